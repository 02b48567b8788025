"""Classes of clients by rule: each scheme with a measure, kept up to date as clients change (C28).

A class somebody gave by hand stands until it is taken back. Which of the two it is can be read
from the reason: that of a rule begins with a measure and its value.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from cm_cli.domain.records.classification import by_rule
from cm_cli.domain.register import kind as kind_of
from cm_cli.domain.sheet import UNITS, plain
from cm_cli.store import classes as store
from cm_cli.store.regulations import in_force

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from cm_cli.domain.classes import Threshold, Thresholds
    from cm_cli.domain.fields import Kept
    from cm_cli.domain.regulation.schema import Scheme
    from cm_cli.store.journal import Writer

_LOWEST = -(2**64)  # below every measure


def ruled(scheme: Scheme | Thresholds) -> bool:
    """Say whether the program can measure what the scheme classes by."""
    return scheme.measure in kind_of("client").names


def by_hand(scheme: Scheme | Thresholds, span: store.Span | None) -> bool:
    """Say whether somebody gave the class, and not the rule."""
    return span is not None and not (ruled(scheme) and by_rule(span.reason))


def classify(writer: Writer, codes: Sequence[str] | None, day: date) -> int:
    """Bring the classes of these clients, or of all this entry has written, up to date.

    Returns how many classes changed, in all schemes that have a measure.
    """
    return sum(
        classify_by(writer, scheme, codes, day)
        for scheme in in_force(writer.connection, day).thresholds()
        if ruled(scheme)
    )


def classify_by(writer: Writer, scheme: Thresholds, codes: Sequence[str] | None, day: date) -> int:
    """Bring the classes of one scheme up to date."""
    bands = Bands(scheme)
    some = store.some(writer.connection, scheme.code)  # in a new store none is looked for
    return sum(
        _classify(writer, bands, values, day, some=some)
        for values in store.measured(writer.connection, scheme.measure, codes, writer.number)
    )


def _classify(
    writer: Writer, bands: Bands, values: Sequence[tuple[str, int | None]], day: date, *, some: bool
) -> int:
    """Bring up to date the classes of clients, given with their measures in 分."""
    scheme, codes = bands.scheme, [code for code, _value in values]
    current = store.standing(writer.connection, scheme.code, day, codes) if some else {}
    changed: dict[str, tuple[str, str]] = {}
    for code, value in values:
        grade, span = bands.grade(value), current.get(code)
        if grade != (span.grade if span else "") and not by_hand(scheme, span):
            changed[code] = grade, bands.reason(value, grade)
    put(writer, scheme, current, changed, day, some=some)
    return len(changed)


def let_go(writer: Writer, codes: Sequence[str], day: date) -> None:
    """Take the classes away that rules gave these clients, who go too; one given by hand stays."""
    schemes = {one.code: one for one in in_force(writer.connection, day).thresholds()}
    for code, span in store.of_clients(writer.connection, codes):
        scheme = schemes.get(code)
        if scheme and ruled(scheme) and not by_hand(scheme, span):
            writer.delete(kind_of("classification"), span.row)


def put(
    writer: Writer,
    scheme: Scheme | Thresholds,
    current: Mapping[str, store.Span],
    fresh: Mapping[str, tuple[str, str]],
    day: date,
    *,
    some: bool = True,
) -> None:
    """End the classes that stand and begin those given (class and reason; "" is none)."""
    for code in fresh:
        if code in current:
            _end(writer, current[code], day)
    later = store.following(writer.connection, scheme.code, day, list(fresh)) if some else {}
    given = [(code, grade, reason) for code, (grade, reason) in fresh.items() if grade]
    if not given:
        return
    clients, grades, reasons = zip(*given, strict=True)
    columns: dict[str, Sequence[Kept]] = {
        "client": clients,
        "scheme": [scheme.code] * len(given),
        "grade": grades,
        "since": [day.isoformat()] * len(given),
        "until": [_before(later.get(code)) for code in clients],
        "reason": reasons,
    }
    writer.insert_columns(kind_of("classification"), columns, len(given))


def _before(following: date | None) -> str | None:
    return (following - timedelta(days=1)).isoformat() if following else None


def _end(writer: Writer, span: store.Span, day: date) -> None:
    """End a class the day before; one that began this very day is taken back instead."""
    kind = kind_of("classification")
    if span.since >= day:
        writer.delete(kind, span.row)
    else:
        writer.update(kind, span.row, {"until": day - timedelta(days=1)})


class Bands:
    """The classes of a scheme by their closed lower bounds, all in 分."""

    def __init__(self, scheme: Thresholds) -> None:
        self.scheme = scheme
        factor = UNITS.get(scheme.unit, Decimal(1)) * 100
        classes = scheme.classes[::-1]  # from low to high
        self._codes = ["", *(each.code for each in classes)]
        self._leasts = [_LOWEST if r.least is None else int(r.least * factor) for r in classes]
        self._places = factor.adjusted()
        self._begins = f"{scheme.measure} "
        self._ends = {"": f" {scheme.unit}".rstrip()} | {
            each.code: _end_of(each, scheme.unit) for each in classes
        }

    def grade(self, value: int | None) -> str:
        """Return the class of a measure; none where it is not known, or below the lowest."""
        return "" if value is None else self._codes[bisect_right(self._leasts, value)]

    def reason(self, value: int | None, grade: str) -> str:
        """Return measure, value, limit and article, the same in every language."""
        if value is None:
            return f"{self._begins}{self._ends[grade]}".strip()
        sign, places = "-" if value < 0 else "", self._places
        text = f"{abs(value):0{places + 1}d}"
        shown = f"{text[:-places]}.{text[-places:]}".rstrip("0").rstrip(".")
        return f"{self._begins}{sign}{shown}{self._ends[grade]}"


def _end_of(each: Threshold, unit: str) -> str:
    limit = "" if each.least is None else f" >= {plain(each.least)}"
    return f"{limit} {unit}".rstrip() + (f" ({each.article})" if each.article else "")

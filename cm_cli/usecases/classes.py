"""Size classes of clients: derived by the regulation's bands, dated, with the reason (C28)."""

from __future__ import annotations

from bisect import bisect_right
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from cm_cli.domain.register import kind as kind_of
from cm_cli.domain.sheet import UNITS, plain
from cm_cli.store import classes as store
from cm_cli.store.regulations import in_force

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from cm_cli.domain.fields import Kept
    from cm_cli.domain.regulation.schema import Scheme
    from cm_cli.store.journal import Writer

_LOWEST = -(2**64)  # below every measure


def classify(writer: Writer, codes: Sequence[str] | None, day: date) -> int:
    """Bring the size class of these clients up to date, or of all this entry has written.

    Returns how many classes changed.
    """
    connection = writer.connection
    scheme = in_force(connection, day).rules().scheme("size")
    if scheme is None or scheme.measure not in {"assets", "sales"}:
        return 0
    bands = Bands(scheme)
    some = store.some(connection, scheme.code)  # in a new store none is looked for
    return sum(
        _classify(writer, bands, values, day, some=some)
        for values in store.measured(connection, scheme.measure, codes, writer.number)
    )


def _classify(
    writer: Writer, bands: Bands, values: Sequence[tuple[str, int | None]], day: date, *, some: bool
) -> int:
    """Bring up to date the classes of clients, given with their measures in 分."""
    connection, scheme, codes = writer.connection, bands.scheme.code, [code for code, _ in values]
    current = store.standing(connection, scheme, day, codes) if some else {}
    changed = [
        (code, value, grade)
        for code, value in values
        if (grade := bands.grade(value)) != (current[code].grade if code in current else "")
    ]
    for code, _value, _grade in changed:
        if code in current:
            _end(writer, current[code], day)
    later = store.following(connection, scheme, day, [c[0] for c in changed]) if some else {}
    fresh = [(code, value, grade) for code, value, grade in changed if grade]
    if fresh:
        clients, measures, grades = zip(*fresh, strict=True)
        columns: dict[str, Sequence[Kept]] = {
            "client": clients,
            "scheme": [scheme] * len(fresh),
            "grade": grades,
            "since": [day.isoformat()] * len(fresh),
            "until": [_before(later.get(code)) for code in clients],
            "reason": list(map(bands.reason, measures, grades)),
        }
        writer.insert_columns(kind_of("classification"), columns, len(fresh))
    return len(changed)


def _before(following: date | None) -> str | None:
    return (following - timedelta(days=1)).isoformat() if following else None


class Bands:
    """The classes of a scheme by their closed lower bounds, all in 分."""

    def __init__(self, scheme: Scheme) -> None:
        from cm_cli.domain.classes import limits

        self.scheme = scheme
        factor = UNITS.get(scheme.unit, Decimal(1))
        bounds = [(code, least) for code, least in reversed(limits(scheme))]  # from low to high
        self._codes = ["", *(code for code, _least in bounds)]
        self._leasts = [_LOWEST if least is None else int(least * 100) for _code, least in bounds]
        self._places = -(factor * 100).adjusted()
        self._ends = {
            code: f"{'' if least is None else f' >= {plain(least / factor)}'} {scheme.unit}"
            for code, least in bounds
        }

    def grade(self, value: int | None) -> str:
        """Return the class of a measure; none where it is not known, or below the lowest."""
        return "" if value is None else self._codes[bisect_right(self._leasts, value)]

    def reason(self, value: int, grade: str) -> str:
        """Return measure, value and limit, the same in every language."""
        shown = plain(Decimal(value).scaleb(self._places))
        return f"{self.scheme.measure} {shown}{self._ends[grade]}".strip()


def _end(writer: Writer, span: store.Span, day: date) -> None:
    """End a class the day before; one that began this very day is taken back instead."""
    kind = kind_of("classification")
    if span.since >= day:
        writer.delete(kind, span.row)
    else:
        writer.update(kind, span.row, {"until": day - timedelta(days=1)})

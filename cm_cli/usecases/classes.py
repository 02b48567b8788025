"""Size classes of clients: derived by the regulation's bands, dated, with the reason (C28)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from cm_cli.domain.register import kind as kind_of
from cm_cli.domain.sheet import UNITS, plain
from cm_cli.store import classes as store
from cm_cli.store.regulations import in_force

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from cm_cli.domain.classes import ClassDecision
    from cm_cli.domain.fields import Value
    from cm_cli.domain.regulation.schema import Scheme
    from cm_cli.store.journal import Writer


def classify(writer: Writer, codes: Iterable[str], day: date) -> int:
    """Bring the size class of these clients up to date; returns how many classes changed."""
    from cm_cli.domain.classes import classifier

    rules = in_force(writer.connection, day).rules()
    scheme = rules.scheme("size")
    if scheme is None or scheme.measure not in {"assets", "sales"}:
        return 0
    wanted = sorted(set(codes))
    connection = writer.connection
    current = store.standing(connection, scheme.code, day, wanted)
    values = store.measured(connection, scheme.measure, wanted)
    decide = classifier(scheme)
    decided = [(code, decide(values.get(code))) for code in wanted]
    changed = [
        (code, decision)
        for code, decision in decided
        if decision.code != (current[code].grade if code in current else "")
    ]
    for code, _decision in changed:
        if code in current:
            _end(writer, current[code], day)
    later = store.following(connection, scheme.code, day, [code for code, _decision in changed])
    fresh = [
        _record(code, scheme, decision, day, values.get(code), later.get(code))
        for code, decision in changed
        if decision.code
    ]
    if fresh:
        writer.insert_many(kind_of("classification"), fresh)
    return len(changed)


def _end(writer: Writer, span: store.Span, day: date) -> None:
    """End a class the day before; one that began this very day is taken back instead."""
    kind = kind_of("classification")
    if span.since >= day:
        writer.delete(kind, span.row)
    else:
        writer.update(kind, span.row, {"until": day - timedelta(days=1)})


def _record(
    code: str,
    scheme: Scheme,
    decision: ClassDecision,
    day: date,
    value: Decimal | None,
    following: date | None,
) -> dict[str, Value]:
    return {
        "client": code,
        "scheme": scheme.code,
        "grade": decision.code,
        "since": day,
        "until": following - timedelta(days=1) if following else None,
        "reason": _reason(scheme, decision, value),
    }


def _reason(scheme: Scheme, decision: ClassDecision, value: Decimal | None) -> str:
    """Return measure, value and limit, the same in every language."""
    factor = UNITS.get(scheme.unit, Decimal(1))
    from cm_cli.domain.classes import limits

    limit = dict(limits(scheme)).get(decision.code)
    least = "" if limit is None else f" >= {plain(limit / factor)}"
    shown = "" if value is None else plain(value / factor)
    return f"{scheme.measure} {shown}{least} {scheme.unit}".strip()

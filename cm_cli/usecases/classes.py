"""Size classes of clients: derived by the regulation's bands, dated, with the reason (C28)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from cm_cli.domain.register import kind as kind_of
from cm_cli.store.regulations import in_force

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from cm_cli.domain.classes import ClassDecision
    from cm_cli.domain.fields import Value
    from cm_cli.domain.regulation.schema import Scheme
    from cm_cli.store.journal import Writer

_CURRENT = (
    "SELECT client, id, grade, since FROM classification"
    " WHERE scheme = ? AND (until IS NULL OR until >= ?)"
)


def classify(writer: Writer, codes: Iterable[str], day: date) -> int:
    """Bring the size class of these clients up to date; returns how many classes changed."""
    from cm_cli.domain.classes import classifier

    rules = in_force(writer.connection, day).rules()
    scheme = rules.scheme("size")
    if scheme is None or scheme.measure not in {"assets", "sales"}:
        return 0
    current = {
        row[0]: row[1:]
        for row in writer.connection.execute(_CURRENT, (scheme.code, day.isoformat()))
    }
    values = _values(writer, scheme)
    decide = classifier(scheme)
    decided = [(code, decide(values.get(code))) for code in sorted(set(codes))]
    changed = [
        (code, decision) for code, decision in decided if _grade(current, code) != decision.code
    ]
    for code, _decision in changed:
        if code in current:
            _end(writer, current[code], day)
    fresh = [_record(code, scheme, decision, day) for code, decision in changed if decision.code]
    if fresh:
        writer.insert_many(kind_of("classification"), fresh)
    return len(changed)


def _values(writer: Writer, scheme: Scheme) -> dict[str, Decimal | None]:
    field = kind_of("client").field(scheme.measure)
    found = writer.connection.execute(f"SELECT code, {scheme.measure} FROM client")
    return {code: field.type.give(kept) for code, kept in found}  # type: ignore[misc]


def _grade(current: dict[str, tuple[int, str, str]], code: str) -> str:
    return current[code][1] if code in current else ""


def _end(writer: Writer, row: tuple[int, str, str], day: date) -> None:
    """End a class the day before; one that began this very day is taken back instead."""
    kind = kind_of("classification")
    number, _grade, since = row
    if date.fromisoformat(since) >= day:
        writer.delete(kind, number)
    else:
        writer.update(kind, number, {"until": day - timedelta(days=1)})


def _record(code: str, scheme: Scheme, decision: ClassDecision, day: date) -> dict[str, Value]:
    return {
        "client": code,
        "scheme": scheme.code,
        "grade": decision.code,
        "since": day,
        "reason": decision.reason,
    }

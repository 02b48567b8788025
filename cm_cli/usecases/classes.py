"""Size classes of clients: derived by the regulation's bands, dated, with the reason (C28)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from cm_cli.domain.register import kind as kind_of
from cm_cli.domain.sheet import UNITS, plain
from cm_cli.store.regulations import in_force

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cm_cli.domain.classes import ClassDecision
    from cm_cli.domain.fields import Value
    from cm_cli.domain.regulation.schema import Scheme
    from cm_cli.store.journal import Writer

_CURRENT = (
    "SELECT client, id, grade, since FROM classification WHERE scheme = ? AND since <= ?"
    " AND (until IS NULL OR until >= ?) AND client IN ({places})"
)
_CHUNK = 500


def classify(writer: Writer, codes: Iterable[str], day: date) -> int:
    """Bring the size class of these clients up to date; returns how many classes changed."""
    from cm_cli.domain.classes import classifier

    rules = in_force(writer.connection, day).rules()
    scheme = rules.scheme("size")
    if scheme is None or scheme.measure not in {"assets", "sales"}:
        return 0
    wanted = sorted(set(codes))
    current = _current(writer, scheme, day, wanted)
    values = _values(writer, scheme, wanted)
    decide = classifier(scheme)
    decided = [(code, decide(values.get(code))) for code in wanted]
    changed = [
        (code, decision) for code, decision in decided if _grade(current, code) != decision.code
    ]
    for code, _decision in changed:
        if code in current:
            _end(writer, current[code], day)
    later = _later(writer, scheme, day, [code for code, _decision in changed])
    fresh = [
        _record(code, scheme, decision, day, values.get(code), later.get(code))
        for code, decision in changed
        if decision.code
    ]
    if fresh:
        writer.insert_many(kind_of("classification"), fresh)
    return len(changed)


def _current(
    writer: Writer, scheme: Scheme, day: date, codes: Sequence[str]
) -> dict[str, tuple[int, str, str]]:
    """Return id, class and first day of the classes that stand on the day, by client."""
    found: dict[str, tuple[int, str, str]] = {}
    for part, places in _parts(codes):
        sql = _CURRENT.format(places=places)
        bound = (scheme.code, day.isoformat(), day.isoformat(), *part)
        found |= {row[0]: row[1:] for row in writer.connection.execute(sql, bound)}
    return found


def _values(writer: Writer, scheme: Scheme, codes: Sequence[str]) -> dict[str, Decimal | None]:
    give = kind_of("client").field(scheme.measure).type.give
    found: dict[str, Decimal | None] = {}
    for part, places in _parts(codes):
        sql = f"SELECT code, {scheme.measure} FROM client WHERE code IN ({places})"
        for code, kept in writer.connection.execute(sql, part):
            found[code] = give(kept)  # type: ignore[assignment]
    return found


def _parts(codes: Sequence[str]) -> Iterator[tuple[Sequence[str], str]]:
    for start in range(0, len(codes), _CHUNK):
        part = codes[start : start + _CHUNK]
        yield part, ", ".join("?" * len(part))


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


def _later(writer: Writer, scheme: Scheme, day: date, codes: Sequence[str]) -> dict[str, date]:
    """Return the first day of the next class of each client that has one after the day."""
    found: dict[str, date] = {}
    for part, places in _parts(codes):
        rows = writer.connection.execute(
            "SELECT client, min(since) FROM classification WHERE scheme = ? AND since > ?"
            f" AND client IN ({places}) GROUP BY client",
            (scheme.code, day.isoformat(), *part),
        )
        found |= {code: date.fromisoformat(since) for code, since in rows}
    return found


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

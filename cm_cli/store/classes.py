"""Classes of clients as they are on record: the span that stands on a day, and the one after it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from cm_cli.domain.register import kind as kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from cm_cli.store.engine import Connection

_CHUNK = 500


class Span(NamedTuple):
    """A class of a client: the id of its record, the class, the first day, why."""

    row: int
    grade: str
    since: date
    reason: str = ""


def standing(
    connection: Connection, scheme: str, day: date, codes: Sequence[str]
) -> dict[str, Span]:
    """Return the class each of these clients has on the day."""
    found: dict[str, Span] = {}
    for part, places in _parts(codes):
        rows = connection.execute(
            "SELECT client, id, grade, since, coalesce(reason, '') FROM classification"
            " WHERE scheme = ? AND since <= ? AND (until IS NULL OR until >= ?)"
            f" AND client IN ({places})",
            (scheme, day.isoformat(), day.isoformat(), *part),
        )
        found |= {
            code: Span(row, grade, date.fromisoformat(since), reason)
            for code, row, grade, since, reason in rows
        }
    return found


def following(
    connection: Connection, scheme: str, day: date, codes: Sequence[str]
) -> dict[str, date]:
    """Return the first day of the next class of each client that has one after the day."""
    found: dict[str, date] = {}
    for part, places in _parts(codes):
        rows = connection.execute(
            "SELECT client, min(since) FROM classification WHERE scheme = ? AND since > ?"
            f" AND client IN ({places}) GROUP BY client",
            (scheme, day.isoformat(), *part),
        )
        found |= {code: date.fromisoformat(since) for code, since in rows}
    return found


def measured(
    connection: Connection, measure: str, codes: Sequence[str]
) -> dict[str, Decimal | None]:
    """Return the value (yuan) of a measure of these clients."""
    give = kind_of("client").field(measure).type.give
    found: dict[str, Decimal | None] = {}
    for part, places in _parts(codes):
        sql = f"SELECT code, {measure} FROM client WHERE code IN ({places})"
        for code, kept in connection.execute(sql, part):
            found[code] = give(kept)  # type: ignore[assignment]
    return found


def of_client(connection: Connection, code: str) -> list[tuple[str, str, str, str, str]]:
    """Return every class a client has or had: scheme, class, first and last day, why."""
    return list(
        connection.execute(
            "SELECT scheme, grade, since, coalesce(until, ''), coalesce(reason, '')"
            " FROM classification WHERE client = ? ORDER BY scheme, since",
            (code,),
        )
    )


def of_day(connection: Connection, scheme: str, day: date) -> dict[str, str]:
    """Return the class of every client that has one in a scheme on the day."""
    return dict(
        connection.execute(
            "SELECT client, grade FROM classification WHERE scheme = ? AND since <= ?"
            " AND (until IS NULL OR until >= ?)",
            (scheme, day.isoformat(), day.isoformat()),
        )
    )


def _parts(codes: Sequence[str]) -> Iterator[tuple[Sequence[str], str]]:
    for start in range(0, len(codes), _CHUNK):
        part = codes[start : start + _CHUNK]
        yield part, ", ".join("?" * len(part))

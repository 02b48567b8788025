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
    """A class of a client: the id of its record, the class, the first day."""

    row: int
    grade: str
    since: date


def standing(
    connection: Connection, scheme: str, day: date, codes: Sequence[str]
) -> dict[str, Span]:
    """Return the class each of these clients has on the day."""
    found: dict[str, Span] = {}
    for part, places in _parts(codes):
        rows = connection.execute(
            "SELECT client, id, grade, since FROM classification WHERE scheme = ? AND since <= ?"
            f" AND (until IS NULL OR until >= ?) AND client IN ({places})",
            (scheme, day.isoformat(), day.isoformat(), *part),
        )
        found |= {
            code: Span(row, grade, date.fromisoformat(since)) for code, row, grade, since in rows
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


def _parts(codes: Sequence[str]) -> Iterator[tuple[Sequence[str], str]]:
    for start in range(0, len(codes), _CHUNK):
        part = codes[start : start + _CHUNK]
        yield part, ", ".join("?" * len(part))

"""Classes of clients as they are on record: the span that stands on a day, and the one after it."""

from __future__ import annotations

from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from cm_cli.domain.register import kind as kind_of
from cm_cli.store.engine import stream

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cm_cli.store.engine import Connection

_CHUNK = 500  # codes in one question
_MANY = 5_000  # clients at a time


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


def some(connection: Connection, scheme: str) -> bool:
    """Say whether any client has a class of that scheme."""
    found = connection.execute("SELECT 1 FROM classification WHERE scheme = ? LIMIT 1", (scheme,))
    return found.fetchone() is not None


def measured(
    connection: Connection, measure: str, codes: Sequence[str] | None, entry: int
) -> Iterator[list[tuple[str, int | None]]]:
    """Yield code and measure (分) of these clients, or of all an entry has written.

    They come a chunk at a time, each in the order of codes.
    """
    kind_of("client").field(measure)
    asked = f"SELECT code, {measure} FROM client WHERE"
    if codes is None:
        rows = stream(connection, f"{asked} entry = ? ORDER BY id", (entry,))
        while part := sorted(islice(rows, _MANY)):
            yield part
        return
    for given, places in _parts(sorted(set(codes))):
        yield sorted(connection.execute(f"{asked} code IN ({places})", given))


def of_client(connection: Connection, code: str) -> list[tuple[str, str, str, str, str]]:
    """Return every class a client has or had: scheme, class, first and last day, why."""
    return list(
        connection.execute(
            "SELECT scheme, grade, since, coalesce(until, ''), coalesce(reason, '')"
            " FROM classification WHERE client = ? ORDER BY scheme, since",
            (code,),
        )
    )


def of_clients(connection: Connection, codes: Sequence[str]) -> Iterator[tuple[str, Span]]:
    """Yield every class these clients have or had, each with its scheme."""
    for part, places in _parts(codes):
        rows = connection.execute(
            "SELECT scheme, id, grade, since, coalesce(reason, '') FROM classification"
            f" WHERE client IN ({places}) ORDER BY id",
            list(part),
        )
        for scheme, row, grade, since, reason in rows.fetchall():
            yield scheme, Span(row, grade, date.fromisoformat(since), reason)


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

"""Clients that may be one and the same, and the records that refer to a client."""

from __future__ import annotations

from array import array
from itertools import compress, islice, pairwise
from typing import TYPE_CHECKING

from cm_cli.store.engine import stream

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cm_cli.domain.kind import Field, Kind
    from cm_cli.store.engine import Connection

_CHUNK = 5_000
_ASKED = 500  # ids in one question
_MANY = 2_000_000  # records, beyond which one field is gone through at a time
_SORTED = 500_000  # hashes sorted at a time
_COMPARED = 50_000  # records compared at a time


def groups(
    connection: Connection, kind: Kind, names: Sequence[str], written: int = 0
) -> dict[str, list[list[int]]]:
    """Return, by field, the ids of the records that share a value of it, in the order of codes.

    With ``written`` only values that a record of that entry has. Of a value only half a hash is
    held, and what shares one is looked at again; the records are gone through once, or, where they
    are very many, once for each field.
    """
    for name in names:
        kind.field(name)
    many = connection.execute(f"SELECT count(*) FROM {kind.name}").fetchone()[0] > _MANY
    found: dict[str, list[list[int]]] = {}
    for some in [[name] for name in names] if many else [names]:
        ids, halves = _gone_through(connection, kind, some)
        for name, seen in halves.items():
            shared = _more_than_once(array("I", (one for one in seen if one not in _EMPTY)))
            alike = map(shared.__contains__, seen) if shared else ()
            candidates = [*compress(zip(seen, ids, strict=True), alike)]
            found[name] = _shared(connection, kind, name, candidates, written)
    return found


def _gone_through(
    connection: Connection, kind: Kind, names: Sequence[str]
) -> tuple[array[int], dict[str, array[int]]]:
    """Return the ids of all records, and by field half the hash of each value."""
    ids: array[int] = array("q")
    halves: dict[str, array[int]] = {name: array("I") for name in names}
    rows = stream(connection, f"SELECT id, {', '.join(names)} FROM {kind.name}")
    while some := list(islice(rows, _CHUNK)):
        numbers, *columns = zip(*some, strict=True)
        ids.extend(numbers)
        for seen, column in zip(halves.values(), columns, strict=True):
            seen.frombytes(_half_hashes(column))
    return ids, halves


def _half_hashes(values: Sequence[object]) -> bytes:
    """Return half of the hash of each value, four bytes after four bytes."""
    return memoryview(array("q", map(hash, values))).cast("B").cast("I")[::2].tobytes()


_EMPTY = frozenset(array("I", _half_hashes((None, ""))))


def _more_than_once(hashes: Sequence[int]) -> set[int]:
    """Return what stands there more than once; sorted in parts, so that few are held at a time."""
    parts = 1 + len(hashes) // _SORTED
    found: set[int] = set()
    for part in range(parts):
        some = hashes if parts == 1 else (one for one in hashes if one % parts == part)
        found.update(one for one, other in pairwise(sorted(some)) if one == other)
    return found


def _shared(
    connection: Connection,
    kind: Kind,
    name: str,
    candidates: Sequence[tuple[int, int]],
    written: int,
) -> list[list[int]]:
    """Return those of the candidates (half a hash, id) that do share a value; some at a time."""
    parts = 1 + len(candidates) // _COMPARED
    found: list[list[int]] = []
    for part in range(parts):
        ids = [row for half, row in candidates if half % parts == part]
        by_value: dict[str, list[int]] = {}
        recent: set[str] = set()
        for value, _code, entry, row in sorted(_values(connection, kind, name, ids)):
            by_value.setdefault(value, []).append(row)
            recent |= {value} if entry == written or not written else set()
        found += [alike for value, alike in by_value.items() if len(alike) > 1 and value in recent]
    return found


def _values(
    connection: Connection, kind: Kind, name: str, ids: Sequence[int]
) -> Iterator[tuple[str, str, int, int]]:
    """Yield value, code, entry and id of these records."""
    for start in range(0, len(ids), _ASKED):
        part = ids[start : start + _ASKED]
        places = ", ".join("?" * len(part))
        asked = f"SELECT {name}, code, entry, id FROM {kind.name} WHERE id IN ({places})"
        yield from connection.execute(asked, part).fetchall()


def titles(connection: Connection, kind: Kind, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return code and name of these records."""
    return {
        row: (code, title) for title, code, _entry, row in _values(connection, kind, "name", ids)
    }


def referring(connection: Connection, kind: Kind, field: Field, code: str) -> list[int]:
    """Return the ids of the records of a kind that refer to a record by a field, in order."""
    found = connection.execute(
        f"SELECT id FROM {kind.name} WHERE {field.name} = ? ORDER BY id", (code,)
    )
    return [row for (row,) in found]

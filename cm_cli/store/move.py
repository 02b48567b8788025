"""Carrying a store elsewhere, row for row and proved equal: from a file to a server and back.

The journal goes along whole, so the chain at the new place is the chain of the old one. The store
that was left is sealed: it can be read for ever, and written no more.
"""

from __future__ import annotations

import hashlib
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from cm_cli.domain.register import kinds
from cm_cli.errors import CmError, Exit, Problem
from cm_cli.language import _
from cm_cli.store.connection import begin, connected, exclusive, refuse_moved
from cm_cli.store.create import create, filling, making
from cm_cli.store.engine import insert_rows, stream
from cm_cli.store.journal import COLUMNS, head
from cm_cli.store.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cm_cli.store.engine import Connection
    from cm_cli.store.place import Store

_CHUNK = 5_000


class Table(NamedTuple):
    """A table of the store: its columns, and those that put its rows in order."""

    name: str
    columns: tuple[str, ...]
    order: tuple[str, ...]


def tables() -> tuple[Table, ...]:
    """Return every table of a store, journal first."""
    history = ("kind", "row", "since", "until", "digest", "content")
    return (
        Table("setting", ("name", "value"), ("name",)),
        Table("entry", COLUMNS, ("number",)),
        Table("history", history, history[:3]),
        *(Table(kind.name, ("id", *kind.names, "entry", "digest"), ("id",)) for kind in kinds()),
    )


def move(place: Store, target: Store) -> tuple[tuple[int, str], dict[str, int]]:
    """Carry a store to a new place and seal the old one.

    Returns the head of the chain (equal at both places) and the rows by table. Raises CmError
    where the target is taken, or is not equal; then nothing is at the target.
    """
    with exclusive(place), connected(place, readonly=False) as (source, _found):
        begin(source)
        refuse_moved(source, place)
        with making(target) as new:
            create(new, {})
            counts, last = _fill(source, new)
        source.execute("INSERT INTO setting VALUES ('moved_to', ?)", (str(target),))
        source.execute("COMMIT")
    return last, counts


def _fill(source: Connection, target: Store) -> tuple[dict[str, int], tuple[int, str]]:
    with filling(target) as connection:
        counts = copy(source, connection)
        prove(source, connection)
        connection.execute("COMMIT")
        return counts, head(connection)


def copy(source: Connection, target: Connection) -> dict[str, int]:
    """Write every row of one store into an empty one, in its open transaction; counts by table."""
    counts: dict[str, int] = {}
    for table in tables():
        rows = _rows(source, table)
        counts[table.name] = 0
        while chunk := list(islice(rows, _CHUNK)):
            insert_rows(target, table.name, table.columns, chunk)
            counts[table.name] += len(chunk)
    return counts


def prove(source: Connection, target: Connection) -> None:
    """Refuse a copy that is not equal in counts, rows and chain, or is not whole in itself."""
    problems = [*_differences(source, target), *verify(target)]
    if problems:
        raise CmError(
            _("The copy is not equal to the store and was not kept"),
            mend=_("Look at the findings with: cm store check."),
            slug="copy-differs",
            code=Exit.DATA_REFUSED,
            problems=problems,
        )


def _differences(source: Connection, target: Connection) -> Iterator[Problem]:
    for table in tables():
        one, other = _digest(source, table), _digest(target, table)
        if one != other:
            what = _("{table}: {one} rows here, {other} there, or others than those").format(
                table=table.name, one=one[0], other=other[0]
            )
            yield Problem("copy-differs", what)


def _digest(connection: Connection, table: Table) -> tuple[int, str]:
    """Return how many rows a table has and the digest over them all, in order."""
    whole = hashlib.sha256()
    count = 0
    for row in _rows(connection, table):
        whole.update(f"{row!r}\n".encode())
        count += 1
    return count, whole.hexdigest()


def _rows(connection: Connection, table: Table) -> Iterator[tuple[object, ...]]:
    """Yield the rows of a table in order; the seal of a store that has moved stays behind."""
    where = " WHERE name <> 'moved_to'" if table.name == "setting" else ""
    sql = f"SELECT {', '.join(table.columns)} FROM {table.name}{where}"
    for row in stream(connection, f"{sql} ORDER BY {', '.join(table.order)}"):
        yield tuple(row)

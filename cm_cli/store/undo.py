"""Undoing an entry: its rows go back to what stood before, unless they were changed since."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cm_cli.domain.register import kind as kind_of
from cm_cli.domain.register import kinds
from cm_cli.store.journal import COLUMNS, content_of, deleted_rows, entry_of, written_rows
from cm_cli.store.query import fetch
from cm_cli.store.spans import BESIDE, crossed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cm_cli.domain.fields import Kept
    from cm_cli.domain.kind import Kind
    from cm_cli.store.engine import Connection
    from cm_cli.store.journal import Entry, Writer


@dataclass(frozen=True, slots=True)
class Step:
    """What undoing does to one record: ``content`` is put back; none takes the record away."""

    kind: Kind
    row: int
    content: dict[str, Kept] | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A record that keeps an entry from being undone: changed since, or still referred to.

    ``crosses``: it would stand on the same days as another of its client.
    """

    kind: Kind
    row: int
    key: str
    entry: int | None
    by: str = ""
    crosses: bool = False


def entries(connection: Connection, number: int | None = None) -> list[Entry]:
    """Return the journal, or the one entry of that number, oldest first."""
    where = "WHERE number = ?" if number is not None else ""
    found = connection.execute(
        f"SELECT {', '.join(COLUMNS)} FROM entry {where} ORDER BY number",
        (number,) if number is not None else (),
    )
    return [entry_of(row) for row in found]


def plan(connection: Connection, entry: Entry) -> tuple[list[Step], list[Conflict]]:
    """Return the steps that undo an entry and the conflicts that forbid it.

    What an undo of that entry has put back already is neither, as long as there is more to do.
    """
    steps: list[Step] = []
    conflicts: list[Conflict] = []
    back: list[Conflict] = []
    undos = _undos(connection, entry.number)
    for name in entry.counts:
        kind = kind_of(name)
        for row, digest in written_rows(connection, entry.number, name):
            stands = _standing(connection, kind, row)
            if stands is None or stands[1] != digest:
                found = _conflict(connection, kind, row, entry.number)
                (back if _by(connection, kind, row, stands) in undos else conflicts).append(found)
            else:
                steps.append(Step(kind, row, _before(connection, kind, row, entry.number)))
        for row in deleted_rows(connection, entry.number, name):
            if stands := _standing(connection, kind, row):
                found = _conflict(connection, kind, row, entry.number)
                (back if stands[0] in undos else conflicts).append(found)
                continue
            content = _before(connection, kind, row, entry.number)
            other = _bearer(connection, kind, content or {})
            if other and other not in {step.row for step in steps if step.kind is kind}:
                conflicts.append(_conflict(connection, kind, other, entry.number))
            else:
                steps.append(Step(kind, row, content))
    return steps, conflicts or ([] if steps else back)


def _undos(connection: Connection, number: int) -> set[int]:
    """Return the entries that took that one back, wholly or in part."""
    found = connection.execute("SELECT number FROM entry WHERE undoes = ?", (number,))
    return {each for (each,) in found.fetchall()}


def _by(connection: Connection, kind: Kind, row: int, stands: tuple[int, str] | None) -> int | None:
    """Return the entry that wrote a record last, or took it away."""
    if stands:
        return stands[0]
    last: int | None = connection.execute(
        "SELECT max(until) FROM history WHERE kind = ? AND row = ?", (kind.name, row)
    ).fetchone()[0]
    return last


def touched(connection: Connection, entry: Entry) -> set[tuple[str, int]]:
    """Return kind and id of every record an entry made, took away or left otherwise."""
    found: set[tuple[str, int]] = set()
    for name in entry.wrote:
        before = connection.execute(
            "SELECT row, digest FROM history WHERE kind = ? AND until = ?", (name, entry.number)
        )
        written = set(written_rows(connection, entry.number, name))
        written.difference_update((row, digest) for row, digest in before.fetchall())
        found.update((name, row) for row, _digest in written)
        found.update((name, row) for row in deleted_rows(connection, entry.number, name))
    return found


def mirrors(undo: Entry, entry: Entry) -> bool:
    """Say whether an undo counts all that the entry counts, the other way round."""
    turned = {"inserted": "deleted", "updated": "updated", "deleted": "inserted"}
    return all(
        undo.counts.get(name, {}).get(turned[what]) == count
        for name in entry.wrote
        for what, count in entry.counts[name].items()
        if what in turned
    )


def _bearer(connection: Connection, kind: Kind, content: dict[str, Kept]) -> int | None:
    """Return the record that has taken the key of one to be put back."""
    key = [str(content.get(name) if content.get(name) is not None else "") for name in kind.key]
    return fetch(connection, kind, key)


def _standing(connection: Connection, kind: Kind, row: int) -> tuple[int, str] | None:
    found: tuple[int, str] | None = connection.execute(
        f"SELECT entry, digest FROM {kind.name} WHERE id = ?", (row,)
    ).fetchone()
    return found


def _before(connection: Connection, kind: Kind, row: int, number: int) -> dict[str, Kept] | None:
    found = connection.execute(
        "SELECT content FROM history WHERE kind = ? AND row = ? AND until = ? AND since < ?",
        (kind.name, row, number, number),
    ).fetchone()
    if found is None:
        return None
    content: dict[str, Kept] = json.loads(found[0])
    return content


def _conflict(connection: Connection, kind: Kind, row: int, number: int) -> Conflict:
    later = connection.execute(
        "SELECT min(until) FROM history WHERE kind = ? AND row = ? AND until > ?",
        (kind.name, row, number),
    ).fetchone()[0]
    return Conflict(kind, row, _key(connection, kind, row), later)


def _key(connection: Connection, kind: Kind, row: int) -> str:
    try:
        content = content_of(connection, kind, row)
    except KeyError:
        content = json.loads(
            connection.execute(
                "SELECT content FROM history WHERE kind = ? AND row = ? ORDER BY until DESC",
                (kind.name, row),
            ).fetchone()[0]
        )
    return " ".join(str(content.get(name) or "") for name in kind.key).strip()


def apply(writer: Writer, steps: list[Step]) -> None:
    """Take the steps in the writer's transaction."""
    for step in sorted(steps, key=lambda step: step.content is not None):
        if step.content is None:  # first, so that a key is free again
            writer.delete(step.kind, step.row)
        else:
            writer.restore(step.kind, step.row, step.content)


def apply_all(writer: Writer, steps: list[Step]) -> list[Conflict]:
    """Take the steps; returns those by which two spans of a client cross, to be refused."""
    apply(writer, steps)
    return _crossed(writer)


def apply_sound(writer: Writer, steps: list[Step]) -> list[Conflict]:
    """Take the steps but those by which two spans of a client would cross; returns these.

    The savepoint it needs makes every write several times slower: only where some may be left out.
    """
    left: list[Conflict] = []
    while True:
        writer.connection.execute("SAVEPOINT steps")
        apply(writer, steps)
        found = _crossed(writer)
        if found:
            writer.connection.execute("ROLLBACK TO SAVEPOINT steps")
            writer.counts.clear()
        writer.connection.execute("RELEASE SAVEPOINT steps")
        if not found:
            return left
        left += found
        out = {(each.kind.name, each.row) for each in found}
        steps = [step for step in steps if (step.kind.name, step.row) not in out]


def _crossed(writer: Writer) -> list[Conflict]:
    """Return the records the writer has put where another of their client stands."""
    connection = writer.connection
    return [
        Conflict(kind, row, _key(connection, kind, row), entry, crosses=True)
        for kind in map(kind_of, BESIDE)
        if kind.name in writer.counts
        for row, entry in crossed(connection, kind, writer.number)
    ]


def dangling(connection: Connection) -> list[Conflict]:
    """Return the records that would refer to nothing, in the open transaction."""
    found: list[Conflict] = []
    for kind in kinds():
        for row, parent in referring_to_nothing(connection, kind):
            entry = connection.execute(f"SELECT entry FROM {kind.name} WHERE id = ?", (row,))
            found.append(
                Conflict(kind, row, _key(connection, kind, row), entry.fetchone()[0], parent)
            )
    return found


def referring_to_nothing(connection: Connection, kind: Kind) -> Iterator[tuple[int, str]]:
    """Yield id and kind named of every record that refers to one that is not there."""
    for field in kind.fields:
        if field.refers:
            for (row,) in connection.execute(
                f"SELECT t.id FROM {kind.name} t WHERE t.{field.name} IS NOT NULL AND NOT EXISTS"
                f" (SELECT 1 FROM {field.refers} p WHERE p.code = t.{field.name}) ORDER BY t.id"
            ).fetchall():
                yield row, field.refers

"""The journal: every writing command is one transaction and one entry, chained by hashes.

A row carries the entry that last wrote it and a digest of its content; the row it replaced is
in ``history`` with the span of entries for which it stood. An entry's ``rows_digest`` covers
all rows it wrote or deleted, its ``hash`` covers the entry and the hash before it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from itertools import compress, islice, repeat
from typing import TYPE_CHECKING

from cm_cli.domain.register import names
from cm_cli.store.content import canonical, canonicals, content_in, digest_of, digests_of
from cm_cli.store.engine import UnreadableError, insert_rows, stream

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cm_cli.domain.fields import Kept, Value
    from cm_cli.domain.kind import Kind
    from cm_cli.store.content import Columns
    from cm_cli.store.engine import Connection
    from cm_cli.store.query import Stored

GENESIS = "0" * 64
COLUMNS = (
    "number", "moment", "operator", "host", "command", "reason", "counts", "undoes",
    "rows_digest", "previous", "hash",
)  # fmt: skip
HISTORY = ("kind", "row", "since", "until", "digest", "content")
_COUNTED = frozenset({"inserted", "updated", "deleted", "revealed"})
_CHUNK = 5_000  # rows digested at a time


@dataclass(frozen=True, slots=True)
class Actor:
    """Who writes: the moment (UTC, ISO 8601), operator, host, command line and reason."""

    moment: str
    operator: str
    host: str
    command: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal; ``counts`` is by kind: inserted, updated, deleted, revealed."""

    number: int
    moment: str
    operator: str
    host: str
    command: str
    reason: str
    counts: dict[str, dict[str, int]]
    undoes: int | None
    rows_digest: str
    previous: str
    hash: str

    @property
    def wrote(self) -> set[str]:
        """The kinds of which it wrote rows; an entry that only says who looked has none."""
        return {name for name, counts in self.counts.items() if set(counts) - {"revealed"}}


@dataclass(slots=True)
class Writer:
    """Collects the writes of one command in an open transaction; ``finish`` adds the entry."""

    connection: Connection
    actor: Actor
    number: int = 0
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    _next: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        last = self.connection.execute("SELECT max(number) FROM entry").fetchone()[0]
        self.number = (last or 0) + 1

    def insert(self, kind: Kind, values: Mapping[str, Value]) -> int:
        """Write a new record; returns its id."""
        return self.insert_many(kind, [values])[0]

    def insert_many(self, kind: Kind, records: Sequence[Mapping[str, Value]]) -> range:
        """Write new records; returns their ids."""
        return self.insert_columns(
            kind,
            {
                each.name: [each.type.keep(values.get(each.name)) for values in records]
                for each in kind.fields
            },
            len(records),
        )

    def insert_columns(self, kind: Kind, columns: Columns, count: int) -> range:
        """Write so many new records, given as stored columns by field; returns their ids."""
        first = self._take_id(kind)
        ids = range(first, first + count)
        digests = digests_of(kind, ids, columns)
        parts = [columns.get(name) or repeat(None) for name in kind.names]
        rows = zip(ids, *parts, repeat(self.number), digests, strict=False)
        insert_rows(self.connection, kind.name, ("id", *kind.names, "entry", "digest"), rows)
        self._next[kind.name] = first + count
        self._count(kind, "inserted", count)
        return ids

    def update_columns(
        self, kind: Kind, before: Stored, columns: Columns, digests: Sequence[str]
    ) -> None:
        """Replace the content of these records; what stood before this entry stays in history."""
        stood = [entry != self.number for entry in before.entries]
        past = zip(
            repeat(kind.name),
            before.rows,
            before.entries,
            repeat(self.number),
            before.digests,
            canonicals(before.columns),
            strict=False,
        )
        insert_rows(self.connection, "history", HISTORY, compress(past, stood))
        self._count(kind, "updated", sum(stood))
        change = ", ".join(f"{name} = ?" for name in (*columns, "entry", "digest"))
        self.connection.executemany(
            f"UPDATE {kind.name} SET {change} WHERE id = ?",
            zip(*columns.values(), repeat(self.number), digests, before.rows, strict=False),
        )

    def _take_id(self, kind: Kind) -> int:
        if kind.name not in self._next:
            used = self.connection.execute(
                f"SELECT max(used) FROM (SELECT max(id) AS used FROM {kind.name} UNION ALL"
                " SELECT max(row) FROM history WHERE kind = ?) t",
                (kind.name,),
            ).fetchone()[0]
            self._next[kind.name] = (used or 0) + 1
        return self._next[kind.name]

    def update(self, kind: Kind, row: int, values: Mapping[str, Value]) -> bool:
        """Replace a record's content and say whether it changed; an unchanged one is left."""
        before = content_of(self.connection, kind, row)
        return self.restore(kind, row, {**before, **kind.keep({**kind.give(before), **values})})

    def restore(self, kind: Kind, row: int, kept: Mapping[str, Kept]) -> bool:
        """Put stored content in the place of a record, or back where one was deleted."""
        digest = digest_of(kind, row, kept)
        stands = self.connection.execute(
            f"SELECT digest, entry FROM {kind.name} WHERE id = ?", (row,)
        ).fetchone()
        if stands and stands[0] == digest:
            return False
        names = (*kind.names, "entry", "digest")
        content = (*(kept.get(name) for name in kind.names), self.number, digest)
        if stands:
            if stands[1] != self.number:
                self._archive(kind, row)
                self._count(kind, "updated", 1)
            change = ", ".join(f"{name} = ?" for name in names)
            self.connection.execute(
                f"UPDATE {kind.name} SET {change} WHERE id = ?", (*content, row)
            )
            return True
        places = ", ".join("?" * (len(names) + 1))
        self.connection.execute(
            f"INSERT INTO {kind.name} (id, {', '.join(names)}) VALUES ({places})", (row, *content)
        )
        self._count(kind, "inserted", 1)
        return True

    def delete(self, kind: Kind, row: int) -> None:
        """Take a record away; its content stays in history."""
        self._archive(kind, row)
        self.connection.execute(f"DELETE FROM {kind.name} WHERE id = ?", (row,))
        self._count(kind, "deleted", 1)

    def _archive(self, kind: Kind, row: int) -> None:
        kept = content_of(self.connection, kind, row)
        since, digest = self.connection.execute(
            f"SELECT entry, digest FROM {kind.name} WHERE id = ?", (row,)
        ).fetchone()
        self.connection.execute(
            f"INSERT INTO history ({', '.join(HISTORY)}) VALUES (?, ?, ?, ?, ?, ?)",
            (kind.name, row, since, self.number, digest, canonical(kept)),
        )

    def _count(self, kind: Kind, what: str, more: int) -> None:
        if more:
            counts = self.counts.setdefault(kind.name, {})
            counts[what] = counts.get(what, 0) + more

    def finish(self, *, undoes: int | None = None) -> Entry | None:
        """Write the entry and return it; nothing was written where there is nothing to say."""
        if not self.counts:
            return None
        previous = head(self.connection)[1]
        entry = sealed(
            Entry(
                self.number,
                self.actor.moment,
                self.actor.operator,
                self.actor.host,
                self.actor.command,
                self.actor.reason,
                {name: dict(sorted(self.counts[name].items())) for name in sorted(self.counts)},
                undoes,
                rows_digest(self.connection, self.number, sorted(self.counts)),
                previous,
                "",
            )
        )
        self.connection.execute(
            f"INSERT INTO entry ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})",
            _kept_entry(entry),
        )
        return entry


def content_of(connection: Connection, kind: Kind, row: int) -> dict[str, Kept]:
    """Return a record's stored content; raises KeyError where there is none."""
    found = connection.execute(
        f"SELECT {', '.join(kind.names)} FROM {kind.name} WHERE id = ?", (row,)
    ).fetchone()
    if found is None:
        raise KeyError(row)
    return dict(zip(kind.names, found, strict=True))


def rows_digest(connection: Connection, number: int, names: Sequence[str]) -> str:
    """Return the digest over all rows an entry wrote or deleted, wherever they stand now."""
    whole = hashlib.sha256()
    for name in names:
        line = f"{name}\x1f%d\x1fw\x1f%s\n".__mod__
        rows = written_rows(connection, number, name)
        while text := "".join(map(line, islice(rows, _CHUNK))):
            whole.update(text.encode())
        for row in deleted_rows(connection, number, name):
            whole.update(f"{name}\x1f{row}\x1fd\n".encode())
    return whole.hexdigest()


def written_rows(connection: Connection, number: int, name: str) -> Iterator[tuple[int, str]]:
    """Return id and digest of every row an entry wrote, current or since replaced, by id."""
    return stream(
        connection,
        f"SELECT id, digest FROM {name} WHERE entry = ? UNION ALL"
        " SELECT row, digest FROM history WHERE kind = ? AND since = ? ORDER BY 1",
        (number, name, number),
    )


def deleted_rows(connection: Connection, number: int, name: str) -> list[int]:
    """Return the ids of the rows an entry took away for good, in order."""
    found = connection.execute(
        f"SELECT row FROM history h WHERE kind = :name AND until = :number"
        f" AND NOT EXISTS (SELECT 1 FROM {name} t WHERE t.id = h.row AND t.entry = :number)"
        " AND NOT EXISTS (SELECT 1 FROM history g WHERE g.kind = h.kind AND g.row = h.row"
        " AND g.since = :number) ORDER BY row",
        {"name": name, "number": number},
    )
    return [row for (row,) in found]


def head(connection: Connection) -> tuple[int, str]:
    """Return number and hash of the last entry."""
    found = connection.execute(
        "SELECT number, hash FROM entry ORDER BY number DESC LIMIT 1"
    ).fetchone()
    return (found[0], found[1]) if found else (0, GENESIS)


def sealed(entry: Entry) -> Entry:
    """Return the entry with its hash over the previous hash and its own content."""
    body = json.dumps(_kept_entry(entry)[:-1], ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(f"1\x1f{body}".encode()).hexdigest()
    return replace(entry, hash=digest)


def _fields(entry: Entry) -> list[object]:
    return [getattr(entry, name) for name in COLUMNS]


def _kept_entry(entry: Entry) -> list[object]:
    values = _fields(entry)
    at = COLUMNS.index("counts")
    values[at] = packed(entry.counts)
    return values


def entry_of(row: Sequence[object]) -> Entry:
    """Return the entry a row of the table holds (in the order of ``COLUMNS``).

    Raises UnreadableError where its counts are none.
    """
    values = dict(zip(COLUMNS, row, strict=True))
    values["counts"] = _counts_in(str(values["counts"]))
    return Entry(**values)  # type: ignore[arg-type]


def packed(counts: Mapping[str, Mapping[str, int]]) -> str:
    """Return the counts of an entry as its row holds them."""
    return json.dumps(counts, separators=(",", ":"))


def _counts_in(text: str) -> dict[str, dict[str, int]]:
    """Return counts as ``packed`` wrote them; raises UnreadableError for anything else."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as trouble:
        raise UnreadableError(text) from trouble
    if not isinstance(read, dict) or not set(read) <= set(names()):
        raise UnreadableError(text)
    for counts in read.values():
        if not isinstance(counts, dict) or not set(counts) <= _COUNTED:
            raise UnreadableError(text)
        if any(type(count) is not int for count in counts.values()):
            raise UnreadableError(text)
    return read


def last_moment(connection: Connection) -> str:
    """Return the moment of the last entry, or an empty text."""
    found = connection.execute("SELECT moment FROM entry ORDER BY number DESC LIMIT 1").fetchone()
    return found[0] if found else ""


def version(
    connection: Connection, kind: Kind, row: int, side: str, number: int
) -> dict[str, Kept]:
    """Return the content history holds of a record ``since`` or ``until`` an entry, or nothing."""
    found = connection.execute(
        f"SELECT content FROM history WHERE kind = ? AND row = ? AND {side} = ?",
        (kind.name, row, number),
    ).fetchone()
    return content_in(found[0]) if found else {}

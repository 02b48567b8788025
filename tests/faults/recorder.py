"""The program's own commands over a file system that writes down what it is asked to do.

``recording()`` lets ``sqlite3.connect`` open connections of apsw, whose VFS logs every write,
truncation, sync and deletion; ``Disk`` works out what may be on the disk when the power goes.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import apsw

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

SECTOR = 512


@dataclass(frozen=True)
class Operation:
    """One thing asked of the disk; ``acknowledged`` marks the end of a command instead."""

    what: str
    name: str = ""
    data: bytes = b""
    at: int = 0


class _File(apsw.VFSFile):
    """A file that logs what changes it."""

    def __init__(self, log: list[Operation], base: str, name: Any, flags: list[int]) -> None:
        super().__init__(base, name, flags)
        self.log = log
        self.name = Path(name.filename() if isinstance(name, apsw.URIFilename) else name or "").name

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        """Write, and log it."""
        self.log.append(Operation("write", self.name, bytes(data), offset))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        """Truncate, and log it."""
        self.log.append(Operation("truncate", self.name, at=newsize))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: ARG002, N802
        """Log a sync; the real one would only cost time."""
        self.log.append(Operation("sync", self.name))


class _System(apsw.VFS):
    """The unix file system with a log."""

    def __init__(self, name: str, log: list[Operation]) -> None:
        self.log = log
        super().__init__(name, "unix")

    def xOpen(self, name: Any, flags: list[int]) -> _File:  # noqa: N802
        """Open a file that logs."""
        return _File(self.log, "unix", name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        """Delete, and log it."""
        self.log.append(Operation("delete", Path(filename).name, at=int(syncdir)))
        super().xDelete(filename, syncdir)


class _Connection:
    """What the program uses of ``sqlite3.Connection``, over apsw."""

    def __init__(self, inner: apsw.Connection, synchronous: str) -> None:
        self.inner = inner
        self.synchronous = synchronous
        inner.set_busy_timeout(1000)

    def execute(self, sql: str, values: Any = ()) -> apsw.Cursor:
        """Run a statement."""
        if sql == "PRAGMA synchronous=FULL":
            sql = f"PRAGMA synchronous={self.synchronous}"
        return self.inner.cursor().execute(sql, values)

    def executemany(self, sql: str, rows: Any) -> apsw.Cursor:
        """Run a statement for each row."""
        return self.inner.cursor().executemany(sql, rows)

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self.inner.in_transaction

    def close(self) -> None:
        """Close the connection; one for reading cannot have the lock to tidy up, and need not."""
        with suppress(apsw.IOError):
            self.inner.close()


@contextmanager
def recording(log: list[Operation], synchronous: str = "FULL") -> Iterator[None]:
    """Let every connection of the program be one whose file operations go to the log."""
    system = _System("recorder", log)

    def connect(place: str, **_settings: object) -> _Connection:
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_URI
        return _Connection(apsw.Connection(place, flags=flags, vfs="recorder"), synchronous)

    try:
        with mock.patch.object(sqlite3, "connect", connect):
            yield
    finally:
        system.unregister()


@dataclass
class _Kept:
    """A file: what is surely on the disk, what may be, and whether its name surely is."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list[Operation] = field(default_factory=list)
    named: bool = False
    deleted: bool = False


class Disk:
    """What the disk surely holds and what it may hold, as operations come in."""

    def __init__(self, folder: Path) -> None:
        self.files = {
            path.name: _Kept(bytearray(path.read_bytes()), named=True)
            for path in folder.iterdir()
            if path.name.startswith("cm.db") and not path.name.endswith(("-shm", ".lock"))
        }

    def take(self, one: Operation) -> None:
        """Take an operation in."""
        if one.what == "acknowledged":
            return
        file = self.files.get(one.name)
        if one.what == "delete":
            if file and one.at:
                del self.files[one.name]
            elif file:
                file.deleted = True
            return
        if file is None or file.deleted:  # a new file: the old one of that name may come back
            file = self.files[one.name] = _Kept()
        if one.what == "sync":
            for each in file.pending:
                _apply(file.durable, each)
            file.pending.clear()
            file.named = True
        else:
            file.pending.append(one)

    def after_the_cut(self, dice: random.Random, torn: Operation | None = None) -> dict[str, bytes]:
        """Return what may be found: any part of what was not synced, torn between sectors."""
        share = dice.choice((0.0, 0.3, 0.5, 0.8, 1.0))
        found: dict[str, bytes] = {}
        for name, file in self.files.items():
            if (file.deleted or not file.named) and dice.random() < 0.5:
                continue
            content = bytearray(file.durable)
            extra = [torn] if torn and torn.name == name else []
            for each in [*file.pending, *extra]:
                for part in _sectors(each) if dice.random() < 0.3 else [each]:
                    if dice.random() < share:
                        _apply(content, part)
            found[name] = bytes(content)
        return found


def _sectors(one: Operation) -> list[Operation]:
    """Return a write as the sectors the disk makes of it."""
    if one.what != "write":
        return [one]
    return [
        Operation("write", one.name, one.data[start : start + SECTOR], one.at + start)
        for start in range(0, len(one.data), SECTOR)
    ]


def _apply(content: bytearray, one: Operation) -> None:
    if one.what == "truncate":
        del content[one.at :]
        content.extend(bytes(one.at - len(content)))
        return
    if len(content) < one.at:
        content.extend(bytes(one.at - len(content)))
    content[one.at : one.at + len(one.data)] = one.data

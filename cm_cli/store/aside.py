"""What an import has to remember of a file's rows, kept beside the memory once it is too much."""

from __future__ import annotations

import sqlite3
from itertools import islice
from typing import TYPE_CHECKING

from cm_cli.errors import CmError, Exit
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_PART = 100_000  # rows handed over at a time
_ASKED = 500  # keys in one question


class Beside:
    """Rows by key, with line and hash of the content, in a file of SQLite's own.

    The file has no name: it is gone with the process, however that ends. The keys are in it as
    they are, so it is not for a store that is encrypted.
    """

    def __init__(self) -> None:
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.execute("PRAGMA journal_mode=OFF")
        self._base.execute("PRAGMA synchronous=OFF")
        self._base.execute(
            "CREATE TABLE met (key TEXT PRIMARY KEY, line INTEGER, content INTEGER) WITHOUT ROWID"
        )
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, rows: Iterable[tuple[str, int, int]]) -> None:
        """Remember rows (key, line, content), whose keys are new."""
        rows = iter(rows)
        while part := sorted(islice(rows, _PART)):
            try:
                self._base.execute("BEGIN")
                self._base.executemany("INSERT INTO met VALUES (?, ?, ?)", part)
                self._base.execute("COMMIT")
            except sqlite3.OperationalError as trouble:
                raise _no_room() from trouble
            self._count += len(part)

    def __del__(self) -> None:
        self._base.close()

    def get(self, key: str) -> tuple[int, int] | None:
        """Return line and content of the row with that key, if there is one."""
        asked = "SELECT line, content FROM met WHERE key = ?"
        found: tuple[int, int] | None = self._base.execute(asked, (key,)).fetchone()
        return found

    def any_of(self, keys: Sequence[str]) -> bool:
        """Say whether there is a row with any of these keys."""
        parts = (keys[start : start + _ASKED] for start in range(0, len(keys), _ASKED))
        return any(self._first_of(part) for part in parts)

    def _first_of(self, keys: Sequence[str]) -> object:
        places = ", ".join("?" * len(keys))
        asked = f"SELECT 1 FROM met WHERE key IN ({places}) LIMIT 1"
        return self._base.execute(asked, list(keys)).fetchone()

    def items(self) -> Iterator[tuple[str, tuple[int, int]]]:
        """Yield key, line and content of every row, in the order of the file."""
        for key, line, content in self._base.execute("SELECT * FROM met ORDER BY line"):
            yield key, (line, content)

    def forget(self, keys: Sequence[str]) -> None:
        """Take rows away."""
        gone = self._base.executemany("DELETE FROM met WHERE key = ?", [(key,) for key in keys])
        self._count -= gone.rowcount


def _no_room() -> CmError:
    return CmError(
        _("The temporary folder is full or cannot be written"),
        mend=_(
            "Nothing was changed. Make room there, or name another folder: SQLITE_TMPDIR=FOLDER."
        ),
        slug="temporary-full",
        code=Exit.CANNOT_WRITE,
    )

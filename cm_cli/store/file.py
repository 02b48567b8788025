"""A store in a SQLite file: opening it with our settings, its lock file, its troubles in words.

An unpatched SQLite can lose acknowledged commits in WAL mode when two processes checkpoint at
once; a blocking ``flock`` around every write closes that and keeps the longest wait short.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cm_cli.errors import CmError, Exit
from cm_cli.language import _
from cm_cli.store.engine import WAIT, UnreadableError, busy
from cm_cli.store.place import APPLICATION_ID, Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType
    from typing import NoReturn

_LITTLE = 100_000  # bytes: less than what the engine needs beside the store
_PRAGMAS = (
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-16000",
    "PRAGMA synchronous=FULL",
    f"PRAGMA busy_timeout={int(WAIT * 1000)}",
)


def connect(place: Place, *, readonly: bool) -> sqlite3.Connection:
    """Open the file with our settings; transactions are begun by the caller, never implicitly."""
    if not readonly:
        return _opened(place, "mode=rw")
    try:
        return _opened(place, "mode=ro")
    except Exception as trouble:
        if not _named(trouble).startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")):
            raise
    return _opened(place, _settled(place))


def _settled(place: Place) -> str:
    """Settle what a killed writer left, which a reader may not; return how to read then.

    Where nothing can be written (a read-only medium) the file is read as it is, unless a
    write-ahead log lies beside it.
    """
    log = place.path.with_name(place.path.name + "-wal")
    if os.access(place.path.parent, os.W_OK) and os.access(place.path, os.W_OK):
        _opened(place, "mode=rw").close()
    elif not log.exists() or not log.stat().st_size:
        return "mode=ro&immutable=1"
    return "mode=ro"


def _opened(place: Place, query: str) -> sqlite3.Connection:
    uri = f"{place.path.as_uri()}?{query}"
    driver = _cipher() if place.key else sqlite3
    connection: sqlite3.Connection = driver.connect(
        uri, uri=True, isolation_level=None, timeout=WAIT
    )
    try:
        if place.key:
            _unlock(connection, place.key)
        for pragma in _PRAGMAS:  # the first of them reads the file
            connection.execute(pragma)
    except Exception:
        connection.close()
        raise
    return connection


def _cipher() -> Any:
    """Return the driver of SQLCipher; refuses where it is not installed."""
    try:
        from sqlcipher3 import dbapi2
    except ImportError:
        raise CmError(
            _("An encrypted store needs a driver that is not installed"),
            mend=_("Install it with: pip install 'cm-records[encrypted]'."),
            slug="no-driver",
            code=Exit.CONFIG,
        ) from None
    return dbapi2


def _unlock(connection: sqlite3.Connection, key: str) -> None:
    """Give the engine the key; 64 hexadecimal digits are the key itself, all else a passphrase."""
    raw = re.fullmatch(r"[0-9a-fA-F]{64}", key)
    text = f"x'{key}'" if raw else key.replace('"', '""')
    connection.execute("PRAGMA cipher_log_level=NONE")  # it would write to standard error
    connection.execute(f'PRAGMA key="{text}"')
    connection.execute("PRAGMA cipher_memory_security=OFF")


def schema_of(connection: sqlite3.Connection, place: Place) -> int:
    """Return the number of the store's schema; refuses a database that is not a store."""
    found = connection.execute("PRAGMA application_id").fetchone()[0]
    if found != APPLICATION_ID:
        raise CmError(
            _("{place} is a database, but not a store of cm").format(place=place),
            mend=_("Name the store with --db or CM_DB."),
            slug="not-a-store",
            code=Exit.CONFIG,
        )
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


@contextmanager
def locked(place: Place, *, wait: float = WAIT) -> Iterator[None]:
    """Hold the store's lock file; raises CmError ``store-busy`` after ``wait`` seconds."""
    try:
        import fcntl
    except ImportError:  # a platform without flock relies on BEGIN IMMEDIATE alone
        yield
        return
    try:
        handle = os.open(place.lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as refused:
        raise _read_only(place, refused) from None
    try:
        with _deadline(wait):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
            except TimeoutError:
                raise busy(place, wait) from None
        yield
    finally:
        os.close(handle)


@contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    """Interrupt a blocking call after so many seconds (only the main thread has signals)."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(_number: int, _frame: FrameType | None) -> NoReturn:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _read_only(place: Place, refused: OSError) -> CmError:
    return CmError(
        _("The store {place} cannot be written").format(place=place),
        where=refused.strerror or "",
        mend=_("Nothing was changed. Check the permissions of the file and its folder."),
        slug="store-read-only",
        code=Exit.CANNOT_WRITE,
    )


@contextmanager
def plain_errors(place: Place) -> Iterator[None]:
    """Turn what the engine says into sentences a clerk can act on."""
    try:
        yield
    except (json.JSONDecodeError, UnreadableError) as trouble:
        raise damaged(place) from trouble
    except Exception as trouble:
        refusal = _refusal(place, _named(trouble), str(trouble))
        if refusal is None:
            raise
        raise refusal from trouble


def _named(trouble: Exception) -> str:
    """Return the engine's name for its error; those of SQLCipher's driver have it too."""
    return getattr(trouble, "sqlite_errorname", "")


def _refusal(place: Place, name: str, said: str) -> CmError | None:
    """Return what the engine's error means, or none where it is not one of the expected."""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return busy(place, WAIT)
    if name.startswith("SQLITE_NOTADB"):
        return _no_store(place)
    unknown = name == "SQLITE_ERROR" and said.startswith(("no such", "malformed JSON"))
    if unknown or name.startswith("SQLITE_CORRUPT") or said.startswith("Could not decode"):
        return damaged(place)
    what = ""
    if name.startswith("SQLITE_FULL") or (name.startswith("SQLITE_IOERR") and _full(place)):
        what = _("The disk is full")
    elif name.startswith("SQLITE_IOERR"):
        what = _("The disk refused a read or a write")
    elif name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        what = _("The store cannot be opened or written")
    return _storage(place, what) if what else None


def _full(place: Place) -> bool:
    """Say whether the disk is full; where no file can be made the engine speaks of input."""
    try:
        room = os.statvfs(place.path.parent)
    except (AttributeError, OSError):
        return False
    return room.f_bavail * room.f_frsize < _LITTLE


def _no_store(place: Place) -> CmError:
    """Return the refusal of a file that is no database to us: damaged, or locked by a key."""
    if place.key:
        return CmError(
            _("The key does not open {place}").format(place=place),
            mend=_("Give the file with the right key: --key-file or CM_KEY_FILE."),
            slug="wrong-key",
            code=Exit.CONFIG,
        )
    return CmError(
        _("{place} is damaged or not a store").format(place=place),
        mend=_("If it is encrypted, name its key: --key-file; else restore a backup elsewhere."),
        slug="store-damaged",
        code=Exit.DATA_REFUSED,
    )


def damaged(place: Place) -> CmError:
    """Return the refusal of a file that is not as it was written."""
    return CmError(
        _("{place} is damaged or not a store").format(place=place),
        mend=_("Leave the file as it is and restore the last backup to another place."),
        slug="store-damaged",
        code=Exit.DATA_REFUSED,
    )


def _storage(place: Place, what: str) -> CmError:
    return CmError(
        what,
        where=str(place),
        mend=_("Nothing was changed. Free some space or check the permissions, then try again."),
        slug="store-storage",
        code=Exit.CANNOT_WRITE,
    )

"""Connections to a store: readers never wait, writers take the lock file first.

An unpatched SQLite can lose acknowledged commits in WAL mode when two processes checkpoint at
once; a blocking ``flock`` around every write closes that and keeps the longest wait short.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from cm_cli.errors import CmError, Exit
from cm_cli.language import _
from cm_cli.store.place import APPLICATION_ID, SCHEMA, Place, must_exist

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType
    from typing import NoReturn

WAIT = 30.0
_LITTLE = 100_000  # bytes: less than what the engine needs beside the store
_PRAGMAS = (
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA synchronous=FULL",
    f"PRAGMA busy_timeout={int(WAIT * 1000)}",
)


def connect(place: Place, *, readonly: bool) -> sqlite3.Connection:
    """Open the file with our settings; transactions are begun by the caller, never implicitly."""
    if not readonly:
        return _opened(place, "mode=rw")
    try:
        return _opened(place, "mode=ro")
    except sqlite3.OperationalError as trouble:
        if not trouble.sqlite_errorname.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")):
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
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=WAIT)
    try:
        for pragma in _PRAGMAS:  # the first of them reads the file
            connection.execute(pragma)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection, place: Place) -> None:
    found = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if found != APPLICATION_ID:
        raise CmError(
            _("{place} is a database, but not a store of cm").format(place=place),
            mend=_("Name the store with --db or CM_DB."),
            slug="not-a-store",
            code=Exit.CONFIG,
        )
    if version != SCHEMA:
        raise CmError(
            _(
                "{place} was made by another version of cm (schema {found}, this one has {ours})"
            ).format(place=place, found=version, ours=SCHEMA),
            mend=_("Use the version of cm that made it, or a newer one."),
            slug="store-version",
            code=Exit.CONFIG,
        )


@contextmanager
def reading(place: Place, known_at: str = "") -> Iterator[sqlite3.Connection]:
    """Open the store for reading: one consistent view, no lock, no waiting.

    ``known_at`` (a day or an entry) answers from the store as it was then.
    """
    must_exist(place)
    with plain_errors(place), closing(connect(place, readonly=True)) as connection:
        _check(connection, place)
        connection.execute("BEGIN")
        if known_at:
            from cm_cli.store.past import entry_at, look_back

            look_back(connection, entry_at(connection, known_at))
        try:
            yield connection
        except (json.JSONDecodeError, UnicodeDecodeError) as trouble:  # not as it was written
            raise _damaged(place) from trouble


@contextmanager
def writing(place: Place, *, wait: float = WAIT) -> Iterator[sqlite3.Connection]:
    """Open the store for one transaction; what is not committed inside is rolled back."""
    must_exist(place)
    with (
        locked(place, wait=wait),
        plain_errors(place),
        closing(connect(place, readonly=False)) as connection,
    ):
        _check(connection, place)
        connection.execute("PRAGMA journal_mode=WAL")  # a killed restore may have left it without
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")


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
                raise _busy(place, wait) from None
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


def _busy(place: Place, wait: float) -> CmError:
    return CmError(
        _("Another command has been writing to {place} for {seconds} seconds").format(
            place=place, seconds=f"{wait:g}"
        ),
        mend=_("Nothing was changed. Try again when it has finished."),
        slug="store-busy",
        code=Exit.LOCKED,
    )


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
    except sqlite3.OperationalError as trouble:
        name = getattr(trouble, "sqlite_errorname", "")  # the driver's own errors have none
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise _busy(place, WAIT) from trouble
        no_room = name.startswith("SQLITE_IOERR") and _full(place)
        if no_room or name.startswith("SQLITE_FULL"):
            raise _storage(place, _("The disk is full")) from trouble
        if name.startswith("SQLITE_IOERR"):
            raise _storage(place, _("The disk refused a read or a write")) from trouble
        if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
            raise _storage(place, _("The store cannot be opened or written")) from trouble
        unknown = name == "SQLITE_ERROR" and str(trouble).startswith("no such")
        if unknown or "decode" in str(trouble):
            raise _damaged(place) from trouble
        raise
    except sqlite3.DatabaseError as trouble:
        name = getattr(trouble, "sqlite_errorname", "")
        if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
            raise _damaged(place) from trouble
        raise


def _full(place: Place) -> bool:
    """Say whether the disk is full; where no file can be made the engine speaks of input."""
    try:
        room = os.statvfs(place.path.parent)
    except (AttributeError, OSError):
        return False
    return room.f_bavail * room.f_frsize < _LITTLE


def _damaged(place: Place) -> CmError:
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

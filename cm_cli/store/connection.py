"""Connections to a store: readers never wait, writers take the lock file first.

An unpatched SQLite can lose acknowledged commits in WAL mode when two processes checkpoint at
once; a blocking ``flock`` around every write closes that and keeps the longest wait short.
"""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from cm_cli.errors import CmError, Exit
from cm_cli.language import _
from cm_cli.store.engine import on_server
from cm_cli.store.place import APPLICATION_ID, SCHEMA, Place, Server, Store, must_exist

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType
    from typing import NoReturn

    from cm_cli.store.engine import Connection
    from cm_cli.store.server import ServerConnection

WAIT = 30.0
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
    query = "mode=ro" if readonly else "mode=rw"
    uri = f"{place.path.as_uri()}?{query}"
    driver = _cipher() if place.key else sqlite3
    connection: sqlite3.Connection = driver.connect(
        uri, uri=True, isolation_level=None, timeout=WAIT
    )
    if place.key:
        _unlock(connection, place.key)
    for pragma in _PRAGMAS:
        connection.execute(pragma)
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


def _fits(place: Store, found: int) -> bool:
    """Say whether the schema is ours; an older one is to be migrated, a newer one is refused."""
    if found > SCHEMA:
        raise CmError(
            _(
                "{place} was made by a newer version of cm (schema {found}, this one has {ours})"
            ).format(place=place, found=found, ours=SCHEMA),
            mend=_("Nothing was changed. Install the newer version of cm."),
            slug="store-version",
            code=Exit.CONFIG,
        )
    return found == SCHEMA


@contextmanager
def reading(place: Store, known_at: str = "") -> Iterator[Connection]:
    """Open the store for reading: one consistent view, no lock, no waiting.

    ``known_at`` (a day or an entry) answers from the store as it was then. A store of an older
    schema is migrated first.
    """
    with _opened(place, readonly=True) as connection:
        if isinstance(place, Server):
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        else:
            connection.execute("BEGIN")
        if known_at:
            from cm_cli.store.past import entry_at, look_back

            look_back(connection, entry_at(connection, known_at))
        if isinstance(place, Server):
            connection.execute("SET TRANSACTION READ ONLY")
        yield connection


@contextmanager
def writing(place: Store, *, wait: float = WAIT) -> Iterator[Connection]:
    """Open the store for one transaction; what is not committed inside is rolled back."""
    with exclusive(place, wait=wait), _opened(place, readonly=False) as connection:
        begin(connection, wait)
        refuse_moved(connection, place)
        try:
            yield connection
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")


def begin(connection: Connection, wait: float = WAIT) -> None:
    """Begin a writing transaction: nobody else writes until it ends."""
    if not on_server(connection):
        connection.execute("BEGIN IMMEDIATE")
        return
    from cm_cli.store.server import take_lock

    connection.execute("BEGIN")
    take_lock(connection, wait)


def refuse_moved(connection: Connection, place: Store) -> None:
    """Refuse to write to a store that has been carried elsewhere."""
    found = connection.execute("SELECT value FROM setting WHERE name = 'moved_to'").fetchone()
    if found:
        raise CmError(
            _("{place} has moved to {where} and takes no more writes").format(
                place=place, where=found[0]
            ),
            mend=_("Name that store with --db or CM_DB."),
            slug="store-moved",
            code=Exit.CONFIG,
        )


@contextmanager
def exclusive(place: Store, *, wait: float = WAIT) -> Iterator[None]:
    """Hold the lock file of a SQLite store; a server's writers lock inside their transaction."""
    if isinstance(place, Server):
        yield
        return
    must_exist(place)
    with locked(place, wait=wait):
        yield


@contextmanager
def _opened(place: Store, *, readonly: bool) -> Iterator[Connection]:
    """Open a store of our schema; an older one is migrated first."""
    with connected(place, readonly=readonly) as (connection, found):
        if _fits(place, found):
            yield connection
            return
    from cm_cli.store.migrate import migrate

    migrate(place, locks=readonly)
    with connected(place, readonly=readonly) as (connection, found):
        yield connection


@contextmanager
def connected(place: Store, *, readonly: bool) -> Iterator[tuple[Connection, int]]:
    """Open a store of any schema; yields the connection and the number of its schema."""
    if isinstance(place, Server):
        with _served(place) as (server, found):
            yield server, found
        return
    must_exist(place)
    with plain_errors(place), closing(connect(place, readonly=readonly)) as connection:
        yield connection, schema_of(connection, place)


@contextmanager
def _served(place: Server) -> Iterator[tuple[ServerConnection, int]]:
    from cm_cli.store import server

    with server.plain_errors(place, WAIT), closing(server.connect(place)) as connection:
        found = server.schema_of(connection)
        if found is None:
            raise CmError(
                _("There is no store at {place}").format(place=place),
                mend=_("Make one with: cm init (or name another with --db or CM_DB)."),
                slug="no-store",
                code=Exit.NO_INPUT,
            )
        yield connection, found


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


def size_of(connection: Connection, place: Store) -> int:
    """Return the bytes a store takes, indexes and all."""
    if isinstance(place, Place):
        return place.path.stat().st_size
    size: int = connection.execute(
        "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'cm' AND c.relkind = 'r'"
    ).fetchone()[0]
    return size


def busy(place: Store, wait: float) -> CmError:
    """Return the refusal of a writer who has waited long enough."""
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
    except Exception as trouble:
        name = getattr(trouble, "sqlite_errorname", "")  # sqlite3's own, or SQLCipher's
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise busy(place, WAIT) from trouble
        if name.startswith("SQLITE_FULL"):
            raise _storage(place, _("The disk is full")) from trouble
        if name.startswith("SQLITE_IOERR"):
            raise _storage(place, _("The disk refused a read or a write")) from trouble
        if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
            raise _storage(place, _("The store cannot be opened or written")) from trouble
        if name == "SQLITE_ERROR" and str(trouble).startswith("no such"):
            raise _damaged(place) from trouble
        if name == "SQLITE_NOTADB":
            raise _no_store(place) from trouble
        if name == "SQLITE_CORRUPT":
            raise _damaged(place) from trouble
        raise


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

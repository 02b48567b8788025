"""Reading and writing a store wherever it is: one view for a reader, one writer at a time.

Which engine keeps it is settled here, and so is its schema: an older store is migrated first.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from cm_cli.errors import CmError, Exit
from cm_cli.language import _
from cm_cli.store import file
from cm_cli.store.engine import WAIT, on_server
from cm_cli.store.place import SCHEMA, Place, Server, Store, must_exist
from cm_cli.store.session import Nested, active

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from cm_cli.store.engine import Connection
    from cm_cli.store.server import ServerConnection


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
    held = active()
    whole = held.of(place) if held and not known_at else None
    if held and whole:
        with _shared(place, whole, atomic=held.atomic):
            yield whole
        return
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
        try:
            yield connection
        except UnicodeDecodeError as trouble:  # not as it was written
            if isinstance(place, Server):
                raise
            raise file.damaged(place) from trouble


@contextmanager
def writing(place: Store, *, wait: float = WAIT) -> Iterator[Connection]:
    """Open the store for one transaction; what is not committed inside is rolled back."""
    held = active()
    whole = held.of(place) if held else None
    if held and whole:
        with _held(place, whole, atomic=held.atomic, wait=wait) as connection:
            yield connection
        return
    with exclusive(place, wait=wait), _opened(place, readonly=False) as connection:
        begin(connection, wait)
        refuse_moved(connection, place)
        try:
            yield connection
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")


@contextmanager
def _shared(place: Store, whole: Connection, *, atomic: bool) -> Iterator[None]:
    """Read on the connection of a session: one view, or what the atomic run has written so far."""
    with _plain(place):
        if atomic:
            yield
            return
        whole.execute("BEGIN")
        try:
            yield
        finally:
            whole.execute("ROLLBACK")


@contextmanager
def _held(place: Store, whole: Connection, *, atomic: bool, wait: float) -> Iterator[Connection]:
    """Write on the connection of a session: a transaction, or a savepoint of an atomic run."""
    with _plain(place):
        if atomic:
            nested = Nested(whole)
            try:
                yield nested
            finally:
                if nested.open:
                    nested.execute("ROLLBACK")
            return
        with exclusive(place, wait=wait):
            begin(whole, wait)
            refuse_moved(whole, place)
            try:
                yield whole
            finally:
                if whole.in_transaction:
                    whole.execute("ROLLBACK")


def _plain(place: Store) -> AbstractContextManager[None]:
    """Return what turns the engine's troubles into sentences."""
    if isinstance(place, Server):
        from cm_cli.store import server

        return server.plain_errors(place, WAIT)
    return file.plain_errors(place)


def begin(connection: Connection, wait: float = WAIT) -> None:
    """Begin a writing transaction: nobody else writes until it ends."""
    if not on_server(connection):
        connection.execute("PRAGMA journal_mode=WAL")  # a killed restore may have left it without
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
    with file.locked(place, wait=wait):
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
    with file.plain_errors(place), closing(file.connect(place, readonly=readonly)) as connection:
        yield connection, file.schema_of(connection, place)


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


def size_of(connection: Connection, place: Store) -> int:
    """Return the bytes a store takes, indexes and all."""
    if isinstance(place, Place):
        return place.path.stat().st_size
    size: int = connection.execute(
        "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'cm' AND c.relkind = 'r'"
    ).fetchone()[0]
    return size

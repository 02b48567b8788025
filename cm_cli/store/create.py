"""Making a store: a new file, 0600 whatever the umask, in WAL mode; or a schema on a server.

A file is made beside its place and moved there when it is whole; a schema is made in one
transaction, under the lock of the writers. An init that is killed, or not the first, leaves none.
"""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from cm_cli import kept
from cm_cli.errors import CmError, Exit
from cm_cli.language import _
from cm_cli.store.beside import beside, settle_new
from cm_cli.store.connection import begin, connected, exclusive, writing
from cm_cli.store.engine import WAIT
from cm_cli.store.file import connect, locked, plain_errors
from cm_cli.store.place import APPLICATION_ID, SCHEMA, Place, Server, Store
from cm_cli.store.session import lent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cm_cli.store.engine import Connection
    from cm_cli.store.server import ServerConnection


@contextmanager
def making(place: Store) -> Iterator[Store]:
    """Yield a place to make a new store at; it becomes the place asked for when all is done.

    Raises CmError ``store-exists`` where there is one; what is not finished leaves nothing.
    """
    if isinstance(place, Server):
        with _making_on_server(place):
            yield place
        return
    with _making_file(place) as new:
        yield new


@contextmanager
def _making_file(place: Place) -> Iterator[Place]:
    refusal = partial(_no_room, place)
    try:
        _make_folder(place)
    except OSError as refused:
        raise refusal(refused) from None
    if place.path.exists() or place.path.is_symlink():
        raise _exists(place)
    try:
        with beside(place.path, refusal) as copy:
            yield place.at(copy)
            settle_new(copy, place.path)
    except FileExistsError:  # another command was quicker
        raise _exists(place) from None
    finally:
        if not place.path.exists():  # what was committed went with the unfinished store
            kept.forget()


@contextmanager
def _making_on_server(place: Server) -> Iterator[None]:
    """Hold the writers' lock and one transaction for all that is written to the new store."""
    from cm_cli.store import server

    with server.plain_errors(place, WAIT), closing(server.connect(place)) as connection:
        _refuse_second(connection, place)  # at once, whoever may be writing to it
        begin(connection)
        _refuse_second(connection, place)  # another command was quicker
        with lent(place, connection):
            yield
        connection.execute("COMMIT")
        kept.mark()


def _refuse_second(connection: ServerConnection, place: Server) -> None:
    from cm_cli.store import server

    if server.schema_of(connection) is not None or server.holds_tables(connection):
        raise _exists(place)


def create(place: Store, settings: Mapping[str, str]) -> None:
    """Make an empty store in a new file, or on a server inside ``making``."""
    if isinstance(place, Server):
        _on_server(place, settings)
    else:
        _in_file(place, settings)


def _in_file(place: Place, settings: Mapping[str, str]) -> None:
    from cm_cli.store.schema import sqlite_statements

    os.close(os.open(place.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with (
        locked(place),
        plain_errors(place),
        closing(connect(place, readonly=False)) as connection,
    ):
        begin(connection)
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={SCHEMA}")
        for statement in sqlite_statements():
            connection.execute(statement)
        _settle(connection, settings)
        connection.execute("COMMIT")


def _on_server(place: Server, settings: Mapping[str, str]) -> None:
    with writing(place) as connection:
        make_tables(connection)
        _settle(connection, settings)
        connection.execute("COMMIT")


@contextmanager
def filling(place: Store) -> Iterator[Connection]:
    """Open a store that is being made, for one transaction."""
    if isinstance(place, Server):
        with writing(place) as connection:
            yield connection
        return
    with exclusive(place), connected(place, readonly=False) as (connection, _found):
        begin(connection)
        yield connection


def make_tables(connection: Connection) -> None:
    """Make the store's schema and its tables on a server, in the open transaction."""
    from cm_cli.store.schema import server_statements

    connection.execute("CREATE SCHEMA IF NOT EXISTS cm")
    for statement in server_statements():
        connection.execute(statement)


def _settle(connection: Connection, settings: Mapping[str, str]) -> None:
    connection.execute("INSERT INTO alembic_version VALUES (?)", (str(SCHEMA),))
    connection.executemany("INSERT INTO setting VALUES (?, ?)", list(settings.items()))


def _exists(place: Store) -> CmError:
    return CmError(
        _("{place} exists already and is left as it is").format(place=place),
        mend=_("Name another place with --db, or move the file away yourself."),
        slug="store-exists",
        code=Exit.CANNOT_WRITE,
    )


def _no_room(place: Place, refused: OSError) -> CmError:
    return CmError(
        _("A store cannot be made at {place}").format(place=place),
        where=refused.strerror or "",
        mend=_("Name a place you may write to with --db or CM_DB."),
        slug="store-place",
        code=Exit.CANNOT_WRITE,
    )


def _make_folder(place: Place) -> None:
    try:
        place.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except FileExistsError as refused:
        raise NotADirectoryError(refused.errno, _("its folder is a file")) from None

"""Making a store: a new file, 0600 whatever the umask, in WAL mode; or a schema on a server."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING

from cm_cli.errors import CmError, Exit
from cm_cli.language import _
from cm_cli.store.connection import WAIT, begin, connect, locked, plain_errors
from cm_cli.store.place import APPLICATION_ID, SCHEMA, Place, Server, Store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cm_cli.store.engine import Connection


def create(place: Store, settings: Mapping[str, str]) -> None:
    """Make an empty store; refuses to touch anything that is there already."""
    if isinstance(place, Server):
        _on_server(place, settings)
    else:
        _in_file(place, settings)


def _in_file(place: Place, settings: Mapping[str, str]) -> None:
    from cm_cli.store.schema import sqlite_statements

    _make_file(place)
    try:
        with (
            locked(place),
            plain_errors(place),
            closing(connect(place, readonly=False)) as connection,
        ):
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version={SCHEMA}")
            for statement in sqlite_statements():
                connection.execute(statement)
            _settle(connection, settings)
            connection.execute("COMMIT")
    except BaseException:
        remove(place)
        raise


def _on_server(place: Server, settings: Mapping[str, str]) -> None:
    from cm_cli.store import server

    with (
        server.plain_errors(place, WAIT),
        closing(server.connect(place)) as connection,
    ):
        if server.schema_of(connection) is not None:
            raise _exists(place)
        begin(connection)
        make_tables(connection)
        _settle(connection, settings)
        connection.execute("COMMIT")


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


def _make_file(place: Place) -> None:
    try:
        _make_folder(place)
        os.close(os.open(place.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise _exists(place) from None
    except OSError as refused:
        raise CmError(
            _("A store cannot be made at {place}").format(place=place),
            where=refused.strerror or "",
            mend=_("Name a place you may write to with --db or CM_DB."),
            slug="store-place",
            code=Exit.CANNOT_WRITE,
        ) from None


def _make_folder(place: Place) -> None:
    try:
        place.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except FileExistsError as refused:
        raise NotADirectoryError(refused.errno, _("its folder is a file")) from None


def remove(place: Store) -> None:
    """Remove a store that was made in this very command and could not be finished."""
    if isinstance(place, Server):
        from cm_cli.store import server

        with closing(server.connect(place)) as connection:
            connection.execute("DROP SCHEMA IF EXISTS cm CASCADE")
        return
    for suffix in ("", "-wal", "-shm", "-journal", ".lock"):
        place.path.with_name(place.path.name + suffix).unlink(missing_ok=True)

"""Bringing a store of an earlier schema to ours: backed up, migrated, checked, or left as it was.

Alembic runs inside one transaction of ours. The driver's own ways would break that promise (it
commits before DDL), and SQLite must not watch references while a table is made anew (dropping the
old one would take the rows that refer to it): both are settled here, before the transaction.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from cm_cli.errors import CmError, Exit
from cm_cli.language import _
from cm_cli.store.backup import no_room
from cm_cli.store.beside import beside, settle_new
from cm_cli.store.connection import begin, connected, exclusive
from cm_cli.store.engine import WAIT
from cm_cli.store.file import connect, plain_errors
from cm_cli.store.place import SCHEMA, Place, Server, Store
from cm_cli.store.server import schema_there
from cm_cli.store.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cm_cli.errors import Problem
    from cm_cli.store.engine import Connection

SCRIPTS = "cm_cli.store:migrations"
_VERSION = (
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,"
    " CONSTRAINT pk_alembic_version PRIMARY KEY (version_num))"
)


def migrate(place: Store, *, locks: bool = True, scripts: str = SCRIPTS) -> str:
    """Migrate a store; returns where the backup of the old one is, or "" where none was due.

    ``locks`` says that the caller does not hold the store's lock file yet. Raises CmError
    ``not-migrated`` where the store cannot follow; then it is as it was.
    """
    if isinstance(place, Server):
        return _on_server(place, scripts)
    if not locks:
        return _of_file(place, scripts)
    with exclusive(place):
        return _of_file(place, scripts)


def found_schema(place: Store) -> int:
    """Return the number of the schema a store has, without changing it."""
    with connected(place, readonly=True) as (_connection, found):
        return found


def _of_file(place: Place, scripts: str) -> str:
    found = found_schema(place)
    if found >= SCHEMA:  # another process has migrated it while we waited
        return ""
    kept = _back_up(place, found)
    with plain_errors(place), closing(connect(place, readonly=False)) as raw:
        raw.execute("PRAGMA foreign_keys=OFF")  # without effect inside a transaction
        with _transaction(place, raw, "sqlite", found) as shared:
            if not raw.execute("PRAGMA table_info(alembic_version)").fetchall():
                raw.execute(_VERSION)
                raw.execute("INSERT INTO alembic_version VALUES (?)", (str(found),))
            _upgrade(shared, scripts)
            raw.execute(f"PRAGMA user_version={SCHEMA:d}")
    return kept


def _back_up(place: Place, found: int) -> str:
    """Keep a copy of the store as it is, under a name of its own; refuses one that is damaged."""
    target = place.path.with_name(f"{place.path.name}.before-schema-{SCHEMA}")
    number = 1
    while target.exists():
        number += 1
        target = target.with_name(f"{place.path.name}.before-schema-{SCHEMA}-{number}")
    with beside(target, partial(no_room, target)) as copy:
        with plain_errors(place), closing(connect(place, readonly=False)) as raw:
            raw.execute("VACUUM INTO ?", (str(copy),))
        with plain_errors(place), closing(connect(place.at(copy), readonly=True)) as raw:
            said = [text for (text,) in raw.execute("PRAGMA integrity_check")]
        if said != ["ok"]:
            raise _left(place, found, "; ".join(said[:3]))
        settle_new(copy, target)
    return str(target)


def _on_server(place: Server, scripts: str) -> str:
    with connected(place, readonly=False) as (connection, found):
        if found >= SCHEMA:
            return ""
        with _transaction(place, connection, "postgresql+psycopg", found) as shared:
            kept = _copy_schema(connection)
            _upgrade(shared, scripts)
    return kept


def _copy_schema(connection: Connection) -> str:
    """Keep the tables as they are in a schema of their own, in the same transaction."""
    number = 1
    name = f"cm_before_schema_{SCHEMA}"
    while schema_there(connection, name):
        number += 1
        name = f"cm_before_schema_{SCHEMA}_{number}"
    connection.execute(f"CREATE SCHEMA {name}")
    for (table,) in connection.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'cm'"
    ).fetchall():
        connection.execute(f'CREATE TABLE {name}."{table}" AS TABLE cm."{table}"')
    return name


@contextmanager
def _transaction(place: Store, connection: Connection, dialect: str, found: int) -> Iterator[Any]:
    """One transaction for Alembic's steps and ours; it is kept only when the store is whole."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import StaticPool

    raw = getattr(connection, "raw", connection)
    engine = create_engine(f"{dialect}://", creator=lambda: raw, poolclass=StaticPool)
    with engine.connect() as shared, shared.begin():  # begun for SQLAlchemy: it emits nothing
        begin(connection, WAIT)
        try:
            yield shared
            problems = verify(connection)
        except BaseException as trouble:
            connection.execute("ROLLBACK")
            if isinstance(trouble, CmError) or not isinstance(trouble, Exception):
                raise
            raise _left(place, found, _cause(trouble)) from trouble
        if problems:
            connection.execute("ROLLBACK")
            raise _left(place, found, _("the store would not be whole"), problems)
        connection.execute("COMMIT")


def _upgrade(shared: Any, scripts: str) -> None:
    """Let Alembic take every step from the store's schema to the last one."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", scripts)
    config.attributes["connection"] = shared
    command.upgrade(config, "head")


def _cause(trouble: Exception) -> str:
    """Return what the engine said in one line, without the statement and its values."""
    return str(getattr(trouble, "orig", None) or trouble).strip().partition("\n")[0]


def _left(place: Store, found: int, cause: str, problems: Sequence[Problem] = ()) -> CmError:
    return CmError(
        _("{place} (schema {found}) cannot be brought to schema {ours}: {cause}").format(
            place=place, found=found, ours=SCHEMA, cause=cause
        ),
        mend=_("It is as it was. Use the version of cm that made it, and report this."),
        slug="not-migrated",
        code=Exit.DATA_REFUSED,
        problems=problems,
    )

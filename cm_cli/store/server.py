"""A store on a PostgreSQL server: the same SQL text, spoken in the server's way.

Questions are written for SQLite (``?`` and ``:name``); here they are translated once and
remembered. Writers take one advisory lock for the length of their transaction, as they take the
lock file of a SQLite store; readers have one consistent view and never wait.
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cm_cli.errors import CmError, Exit
from cm_cli.language import _
from cm_cli.store.engine import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import psycopg

    from cm_cli.store.engine import Connection
    from cm_cli.store.place import Server

SCHEMA_NAME = "cm"
LOCK = 0x636D  # the key of the advisory lock every writer holds
_FEW = 100  # rows for which COPY is not worth its round trips
_MARK = re.compile(r"'[^']*'|%|\?|(?<!:):([a-z_]\w*)|\bLIKE\b")


@lru_cache(maxsize=1024)
def translated(sql: str) -> str:
    """Return SQL text with psycopg's placeholders; LIKE takes no notice of case, as in SQLite."""

    def mark(found: re.Match[str]) -> str:
        text = found[0]
        if found[1]:
            return f"%({found[1]})s"
        return {"?": "%s", "LIKE": "ILIKE"}.get(text) or text.replace("%", "%%")

    return _MARK.sub(mark, sql)


class ServerConnection:
    """A connection of psycopg in the shape of the SQLite driver's."""

    server = True

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        self.raw = raw
        self._streams = 0

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return bool(self.raw.info.transaction_status)

    def execute(self, sql: str, values: Any = ()) -> psycopg.Cursor[Any]:
        """Run one statement written for SQLite."""
        return self.raw.execute(translated(sql), values)

    def script(self, sql: str) -> None:
        """Run text of the server's own language as it stands."""
        self.raw.execute(sql.encode())

    def executemany(self, sql: str, rows: Iterable[Any]) -> psycopg.Cursor[Any]:
        """Run one statement for each row of values."""
        cursor = self.raw.cursor()
        cursor.executemany(translated(sql), rows)
        return cursor

    def stream(self, sql: str, values: Any = ()) -> Iterator[Any]:
        """Yield the rows of a question a chunk at a time."""
        self._streams += 1  # one may be asked while another is being read
        with self.raw.cursor(f"stream{self._streams}") as cursor:
            cursor.itersize = 10_000
            cursor.execute(translated(sql), values)
            yield from cursor

    def copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Write rows in bulk."""
        given = list(rows)
        names = ", ".join(f'"{name}"' for name in columns)
        if len(given) < _FEW:
            places = ", ".join(["%s"] * len(columns))
            sql = f"INSERT INTO {table} ({names}) VALUES ({places})"
            self.raw.cursor().executemany(sql, given)
            return
        with self.raw.cursor().copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in given:
                copy.write_row(row)

    def close(self) -> None:
        """Close the connection; what is not committed is rolled back."""
        self.raw.close()


def connect(server: Server) -> ServerConnection:
    """Open a connection with our settings; transactions are begun by the caller."""
    psycopg = driver()
    secret = {"password": server.password} if server.password else {}
    raw = psycopg.connect(
        server.url, autocommit=True, connect_timeout=10, application_name="cm", **secret
    )
    raw.execute(
        "SELECT set_config('search_path', %s, false), set_config('timezone', 'UTC', false),"
        " set_config('client_min_messages', 'warning', false)",
        (SCHEMA_NAME,),
    )
    return ServerConnection(raw)


def driver() -> Any:
    """Return psycopg; refuses where it is not installed."""
    try:
        import psycopg
    except ImportError:
        raise CmError(
            _("A store on a PostgreSQL server needs a driver that is not installed"),
            mend=_("Install it with: pip install 'cm-records[postgres]'."),
            slug="no-driver",
            code=Exit.CONFIG,
        ) from None
    return psycopg


def take_lock(connection: Connection, wait: float) -> None:
    """Wait for the writers before us, at most so many seconds; held until the transaction ends."""
    limit = f"{max(int(wait * 1000), 1)}ms"
    connection.execute("SELECT set_config('lock_timeout', ?, true)", (limit,))
    connection.execute("SELECT pg_advisory_xact_lock(?)", (LOCK,))


def schema_of(connection: ServerConnection) -> int | None:
    """Return the number of the store's schema, or none where the database holds no store."""
    there = connection.execute(
        "SELECT c.oid, has_schema_privilege(n.oid, 'USAGE') FROM pg_namespace n"
        " LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = 'alembic_version'"
        " WHERE n.nspname = ?",
        (SCHEMA_NAME,),
    ).fetchone()
    if there is None:
        return None
    if not there[1]:
        raise CmError(
            _("Your role may not use this store"),
            mend=_("Ask the owner of the store for a role: cm store roles --grant."),
            slug="no-privilege",
            code=Exit.CONFIG,
        )
    if there[0] is None:
        return None
    found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return int(found[0]) if found else None


def holds_tables(connection: Connection) -> bool:
    """Say whether the schema of that name holds a table of ours or of another program."""
    found = connection.execute(
        "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = ? AND c.relkind IN ('r', 'p', 'v', 'm') LIMIT 1",
        (SCHEMA_NAME,),
    )
    return found.fetchone() is not None


def set_aside(connection: Connection) -> str:
    """Rename the schema of a store that is there; returns its new name, or an empty text."""
    if not schema_there(connection, SCHEMA_NAME):
        return ""
    number = 1
    while schema_there(connection, f"cm_before_restore_{number}"):
        number += 1
    connection.execute(f"ALTER SCHEMA {SCHEMA_NAME} RENAME TO cm_before_restore_{number}")
    return f"cm_before_restore_{number}"


def schema_there(connection: Connection, name: str) -> bool:
    """Say whether the database has a schema of that name."""
    found = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = ?", (name,))
    return found.fetchone() is not None


@contextmanager
def plain_errors(server: Server, wait: float) -> Iterator[None]:
    """Turn what the server says into sentences a clerk can act on."""
    psycopg = driver()
    errors = psycopg.errors
    lost = (errors.UndefinedColumn, errors.UndefinedTable, errors.InvalidTextRepresentation)
    no_object = errors.InvalidParameterValue  # JSON that is a list or a number
    try:
        yield
    except (*lost, no_object, json.JSONDecodeError, UnreadableError) as trouble:
        raise CmError(
            _("{place} is damaged or not a store").format(place=server),
            where=_first_line(trouble) if isinstance(trouble, lost[:2]) else "",
            mend=_("Leave it as it is and restore the last backup to another database."),
            slug="store-damaged",
            code=Exit.DATA_REFUSED,
        ) from trouble
    except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected) as trouble:
        from cm_cli.store.engine import busy

        raise busy(server, wait) from trouble
    except psycopg.errors.InsufficientPrivilege as trouble:
        raise CmError(
            _("Your role may not do this in the store"),
            where=_first_line(trouble),
            mend=_("Nothing was changed. Ask whoever holds the role: cm store roles."),
            slug="no-privilege",
            code=Exit.CANNOT_WRITE,
        ) from trouble
    except psycopg.errors.ReadOnlySqlTransaction as trouble:
        raise _trouble(server, _("The server takes no writes at present"), trouble) from trouble
    except psycopg.errors.DiskFull as trouble:
        raise _trouble(server, _("The disk of the server is full"), trouble) from trouble
    except psycopg.OperationalError as trouble:
        raise _trouble(server, _("The server cannot be reached"), trouble) from trouble


def _trouble(server: Server, what: str, trouble: Exception) -> CmError:
    return CmError(
        what,
        where=f"{server}: {_first_line(trouble)}",
        mend=_("Nothing was changed. Check address, password file and network, then try again."),
        slug="server-trouble",
        code=Exit.LOCKED,
    )


def _first_line(trouble: Exception) -> str:
    """Return what the server said, without details that may quote a record."""
    diagnosis = getattr(trouble, "diag", None)
    said = getattr(diagnosis, "message_primary", None) or str(trouble)
    return str(said).strip().partition("\n")[0]

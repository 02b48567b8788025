"""What both engines can do: the connection every query is asked of, SQLite's or PostgreSQL's.

A file's connection is the driver's own; a server's speaks the same SQL text through
``store.server``. The few things the engines say differently are asked here by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from cm_cli.errors import CmError, Exit
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cm_cli.store.place import Store

WAIT = 30.0  # seconds a writer waits for those before it


class UnreadableError(ValueError):
    """What the store holds is not what this program writes."""


class Cursor(Protocol):
    """The answer to a question."""

    def fetchone(self) -> Any:
        """Return the next row, or none."""

    def fetchall(self) -> list[Any]:
        """Return all rows left."""

    def __iter__(self) -> Iterator[Any]:
        """Yield the rows left."""


class Connection(Protocol):
    """A connection to a store; transactions are begun and ended by ``BEGIN`` and ``COMMIT``."""

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""

    def execute(self, sql: str, values: Any = ..., /) -> Cursor:
        """Run one statement; values are bound to ``?`` (a sequence) or ``:name`` (a mapping)."""

    def executemany(self, sql: str, rows: Iterable[Any], /) -> Cursor:
        """Run one statement for each row of values."""

    def close(self) -> None:
        """Close the connection; what is not committed is rolled back."""


def on_server(connection: Connection) -> bool:
    """Say whether the connection is one to a PostgreSQL server."""
    return getattr(connection, "server", False)


def stream(connection: Connection, sql: str, values: Any = ()) -> Iterator[Any]:
    """Return the rows of a question that may have millions, without holding them."""
    if on_server(connection):
        return connection.stream(sql, values)  # type: ignore[attr-defined,no-any-return]
    return iter(connection.execute(sql, values))


def insert_rows(
    connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Write rows in bulk, by the fastest way of the engine that stays in the transaction."""
    if on_server(connection):
        connection.copy(table, columns, rows)  # type: ignore[attr-defined]
        return
    places = ", ".join("?" * len(columns))
    names = ", ".join(columns)
    connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)


def home(connection: Connection) -> str:
    """Return the name of the schema the tables are in, for what would be hidden by a view."""
    return "cm" if on_server(connection) else "main"


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

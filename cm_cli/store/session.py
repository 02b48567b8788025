"""One open connection for all commands of a process, and one transaction for them if asked.

Opening a store, and closing it (which settles its log), costs more than a small write. With
``atomic`` every command writes inside a savepoint of one transaction, which is kept at the end or
not at all.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cm_cli.errors import CmError, Exit
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cm_cli.store.engine import Connection, Cursor
    from cm_cli.store.place import Store


@dataclass
class Session:
    """What is held open for a run of commands: a store, its connection, the locks."""

    atomic: bool
    dry_run: bool = False  # all of it is rolled back at the end
    place: Store | None = None
    connection: Connection | None = None
    held: ExitStack = field(default_factory=ExitStack)
    entries: list[int] = field(default_factory=list)  # made so far, where all are kept or none

    def of(self, place: Store) -> Connection | None:
        """Return the connection held to that store; the first store asked for is held."""
        from cm_cli.store.connection import begin, connected, exclusive
        from cm_cli.store.place import SCHEMA

        if self.place is not None and self.place != place:
            if self.atomic:
                raise CmError(
                    _("A run of all or nothing writes to one store; {place} is another").format(
                        place=place
                    ),
                    mend=_("Leave --atomic out, or name one store for all lines."),
                    slug="two-stores",
                    code=Exit.USAGE,
                )
            return None
        if self.connection is None:
            if self.atomic:
                self.held.enter_context(exclusive(place))
            connection, found = self.held.enter_context(connected(place, readonly=False))
            if found != SCHEMA:  # let the ordinary road migrate it or refuse it
                self.close()
                return None
            if self.atomic:
                begin(connection)
            self.place, self.connection = place, connection
        return self.connection

    def close(self) -> None:
        """Let go of the store; what is not committed is rolled back."""
        if self.connection is not None and self.connection.in_transaction:
            self.connection.execute("ROLLBACK")
        self.place = self.connection = None
        self.held.close()
        self.held = ExitStack()

    def commit(self) -> None:
        """Keep everything an atomic run has written."""
        if self.connection is not None and self.connection.in_transaction:
            self.connection.execute("COMMIT")


class Nested:
    """The connection as a command of an atomic run sees it: its transaction is a savepoint."""

    def __init__(self, whole: Connection) -> None:
        self.whole = whole
        self.open = True
        whole.execute("SAVEPOINT command")

    @property
    def in_transaction(self) -> bool:
        """Whether the run's transaction is open; it is, until the run has ended."""
        return self.whole.in_transaction

    def execute(self, sql: str, values: Any = ()) -> Cursor:
        """Run one statement; COMMIT and ROLLBACK end the savepoint."""
        if sql == "COMMIT":
            self.open = False
            return self.whole.execute("RELEASE SAVEPOINT command")
        if sql == "ROLLBACK":
            self.open = False
            self.whole.execute("ROLLBACK TO SAVEPOINT command")
            return self.whole.execute("RELEASE SAVEPOINT command")
        return self.whole.execute(sql, values)

    def executemany(self, sql: str, rows: Iterable[Any]) -> Cursor:
        """Run one statement for each row of values."""
        return self.whole.executemany(sql, rows)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.whole, name)


_active: list[Session | None] = []


def active() -> Session | None:
    """Return the session of the process, if there is one."""
    return _active[-1] if _active else None


@contextmanager
def apart() -> Iterator[None]:
    """Open a connection of its own for what is done inside: the one held may be reading."""
    _active.append(None)
    try:
        yield
    finally:
        _active.pop()


@contextmanager
def session(*, atomic: bool, dry_run: bool = False) -> Iterator[Session]:
    """Hold the store of the commands that run inside; ``Session.commit`` keeps an atomic run."""
    made = Session(atomic or dry_run, dry_run)
    _active.append(made)
    try:
        yield made
    finally:
        _active.remove(made)
        made.close()


@contextmanager
def lent(place: Store, connection: Connection) -> Iterator[None]:
    """Let all that is written inside to a store that is being made go into its one transaction."""
    _active.append(Session(atomic=True, place=place, connection=connection))
    try:
        yield
    finally:
        _active.pop()

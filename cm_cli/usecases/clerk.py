"""Who asks, of which store, on which day: what every use case needs to know of its caller."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from cm_cli import kept
from cm_cli.store.connection import writing
from cm_cli.store.session import active

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from cm_cli.domain.sheet import Cell
    from cm_cli.errors import Problem
    from cm_cli.store.journal import Actor, Entry, Writer
    from cm_cli.store.place import Store


class Clerk(NamedTuple):
    """The caller: the store, the business day, and what the journal will say of the command.

    ``moment`` is when the command began; ``clock`` gives the present one.
    """

    place: Store
    today: date
    moment: str
    operator: str
    host: str
    command: str
    reason: str = ""
    dry_run: bool = False
    known_at: str = ""
    clock: Callable[[], str] | None = None

    def now(self) -> Clerk:
        """Return the caller at this moment: who waits for a lock writes after who held it."""
        return self._replace(moment=self.clock()) if self.clock else self

    def actor(self) -> Actor:
        """Return the caller as the journal knows him."""
        from cm_cli.store.journal import Actor

        return Actor(self.moment, self.operator, self.host, self.command, self.reason)


class Change(NamedTuple):
    """What a command did to one field of one record; ``before`` is none for a new record."""

    kind: str
    key: str
    field: str
    before: str | None
    after: str | None


@dataclass(slots=True)
class Outcome:
    """What a writing command did: its entry (none where nothing changed), counts and notes.

    ``tally`` counts the rows of a file by what became of them; ``diff`` tells it row by row, where
    asked for: line, what becomes of it, key, field, before, after. ``pending`` says that it is
    kept only with the whole run it is part of.
    """

    entry: Entry | None = None
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    tally: dict[str, int] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    diff: list[tuple[Cell, ...]] = field(default_factory=list)
    dry_run: bool = False
    pending: bool = False


@contextmanager
def transaction(clerk: Clerk, outcome: Outcome, *, undoes: int | None = None) -> Iterator[Writer]:
    """One transaction and one entry; a dry run takes the same path and is rolled back.

    What only writers need is loaded here: most commands read.
    """
    from cm_cli.store.journal import Writer
    from cm_cli.usecases.cautions import cautions

    with writing(clerk.place) as connection:
        clerk = clerk.now()
        writer = Writer(connection, clerk.actor())
        yield writer
        outcome.counts = {name: dict(writer.counts[name]) for name in sorted(writer.counts)}
        outcome.dry_run = clerk.dry_run
        outcome.notes = [*outcome.notes, *cautions(clerk, connection)]
        entry = writer.finish(undoes=undoes)
        if entry is None or clerk.dry_run:
            connection.execute("ROLLBACK")
            return
        try:
            connection.execute("COMMIT")
        finally:  # a signal may come the moment it is done
            if not connection.in_transaction:
                kept.mark()
        run = active()
        if run and run.dry_run:
            outcome.dry_run = True
            return
        outcome.entry = entry
        if run and run.atomic:
            outcome.pending = True
            run.entries.append(entry.number)

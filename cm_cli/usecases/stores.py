"""The store as a whole: making it, looking at it, checking it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cm_cli.domain.register import kind as kind_of
from cm_cli.domain.register import kinds
from cm_cli.domain.sheet import Column, Document, Sheet
from cm_cli.language import _
from cm_cli.store import backup as copying
from cm_cli.store import query
from cm_cli.store.connection import reading
from cm_cli.store.create import create, making
from cm_cli.store.journal import head, last_moment
from cm_cli.store.place import SCHEMA
from cm_cli.store.regulations import in_force
from cm_cli.store.shape import differences
from cm_cli.store.verify import verify
from cm_cli.usecases.cautions import distant
from cm_cli.usecases.clerk import Clerk, Outcome, transaction
from cm_cli.usecases.rulebook import in_use, text_of

if TYPE_CHECKING:
    from cm_cli.domain.regulation.schema import Regulation
    from cm_cli.errors import Problem


def init(clerk: Clerk, code: str) -> tuple[Outcome, Regulation]:
    """Make a store that works by a regulation: one of the program's, or a YAML file."""
    from cm_cli.domain.regulation.load import read

    file, text = text_of(code)
    rules = read(text, file)
    outcome = Outcome(dry_run=clerk.dry_run)
    if clerk.dry_run:
        return outcome, rules
    with making(clerk.place) as new:
        create(new, {"made": clerk.moment, "made_by": clerk.operator})
        with transaction(replace(clerk, place=new), outcome) as writer:
            writer.insert(kind_of("regulation"), in_use(rules, text, rules.since))
    return outcome, rules


def info(clerk: Clerk) -> Document:
    """Return what the store is: place, size, regulation, last entry, records by kind."""
    with reading(clerk.place, clerk.known_at) as connection:
        number, digest = head(connection)
        moment = last_moment(connection)
        regulation = in_force(connection, clerk.today)
        rows = [(kind.name, kind.label, query.count(connection, kind)) for kind in kinds()]
        made = query.setting(connection, "made")
    facts = (
        (_("Store"), str(clerk.place)),
        (_("File size"), f"{clerk.place.path.stat().st_size / 1_000_000:.1f} MB"),
        (_("Made"), made),
        (_("Regulation"), f"{regulation.code} ({regulation.digest[:16]})"),
        (_("Last entry"), f"{number}, {moment or ''}"),
        (_("Hash"), digest),
        (_("Schema"), str(SCHEMA)),
        *((_("Note"), f"{found.what}. {found.mend}") for found in distant(clerk.place)),
    )
    columns = (
        Column("kind", _("Kind")),
        Column("name", _("Record")),
        Column("count", _("Count"), "count"),
    )
    return Document("store", _("Store"), facts, (Sheet("records", _("Records"), columns, rows),))


def check(clerk: Clerk) -> list[Problem]:
    """Return everything that is wrong with the store: file, references, journal."""
    with reading(clerk.place) as connection:
        return [*verify(connection), *differences(connection)]


def backup(clerk: Clerk, file: str) -> tuple[int, str]:
    """Write a proved copy to a new file; returns number and hash of its last entry."""
    return copying.backup(clerk.place, Path(file).absolute())


def restore(clerk: Clerk, file: str) -> tuple[tuple[int, str], Path | None]:
    """Put a backup in the store's place; returns its last entry and where the old store is."""
    return copying.restore(clerk.place, Path(file).absolute())

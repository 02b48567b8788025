"""The store as a whole: making it, looking at it, checking it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from cm_cli.domain.register import kind as kind_of
from cm_cli.domain.register import kinds
from cm_cli.domain.sheet import Column, Document, Sheet
from cm_cli.errors import CmError, Exit, Problem
from cm_cli.language import _
from cm_cli.store import backup as copying
from cm_cli.store import query
from cm_cli.store.connection import reading, size_of, writing
from cm_cli.store.create import create, making
from cm_cli.store.journal import head, last_moment
from cm_cli.store.modes import open_to_others
from cm_cli.store.place import SCHEMA, Place, Server, place_of
from cm_cli.store.regulations import in_force
from cm_cli.store.shape import differences
from cm_cli.store.spans import BESIDE
from cm_cli.store.verify import verify
from cm_cli.usecases.cautions import distant
from cm_cli.usecases.clerk import Clerk, Outcome, transaction
from cm_cli.usecases.grounds import crossing
from cm_cli.usecases.library import named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cm_cli.domain.regulation.schema import Regulation
    from cm_cli.store.place import Store


def init(clerk: Clerk, code: str) -> tuple[Outcome, Regulation]:
    """Make a store that works by a regulation: one of the program's, or a YAML file."""
    found = named(code)
    rules = found.read()
    outcome = Outcome(dry_run=clerk.dry_run)
    if clerk.dry_run:
        return outcome, rules
    with making(clerk.place) as new:
        create(new, {"made": clerk.moment, "made_by": clerk.operator})
        with transaction(clerk._replace(place=new, clock=None), outcome) as writer:
            writer.insert(kind_of("regulation"), {**found.record(rules), "since": rules.since})
    outcome.pending = False  # it was, as long as the store was being made
    return outcome, rules


def info(clerk: Clerk) -> Document:
    """Return what the store is: place, size, regulation, last entry, records by kind."""
    with reading(clerk.place, clerk.known_at) as connection:
        number, digest = head(connection)
        moment = last_moment(connection)
        regulation = in_force(connection, clerk.today)
        rows = [(kind.name, kind.label, query.count(connection, kind)) for kind in kinds()]
        made = query.setting(connection, "made")
        size = size_of(connection, clerk.place)
        moved = query.setting(connection, "moved_to")
    facts = (
        (_("Store"), str(clerk.place)),
        *(((_("Moved to"), moved),) if moved else ()),
        (_("Size"), f"{size / 1_000_000:.1f} MB"),
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
    sheet = Sheet("records", _("Records"), columns, rows)
    notes = tuple(f"{each.what}. {each.mend}" for each in _lax(clerk))
    return Document("store", _("Store"), facts, (sheet,), notes)


def check(clerk: Clerk) -> list[Problem]:
    """Return everything that is wrong with the store: file, references, journal, schema, spans.

    Files that others may read are a note: they are no damage.
    """
    with reading(clerk.place) as connection:
        found = [*verify(connection), *differences(connection)]
        for name in BESIDE:
            found += crossing(connection, kind_of(name), lambda _key: None)
    return [*found, *_lax(clerk)]


def _lax(clerk: Clerk) -> list[Problem]:
    """Return a note about the files of the store that are not their owner's alone."""
    found = open_to_others(clerk.place) if isinstance(clerk.place, Place) else []
    if not found:
        return []
    modes = ", ".join(f"{file} ({mode:04o})" for file, mode in found)
    names = " ".join(shlex.quote(str(file)) for file, _mode in found)
    what = _("Others can read the store: {files}").format(files=modes)
    mend = _("Keep it to yourself with: chmod 600 {files}").format(files=names)
    return [Problem("open-to-others", what, mend=mend, note=True)]


def backup(clerk: Clerk, file: str) -> tuple[int, str]:
    """Write a proved copy to a new file; returns number and hash of its last entry."""
    return copying.backup(clerk.place, Path(file).absolute())


def restore(clerk: Clerk, file: str) -> tuple[tuple[int, str], str]:
    """Put a backup in the store's place; returns its last entry and where the old store is."""
    return copying.restore(clerk.place, Path(file).absolute())


def migrate(clerk: Clerk) -> tuple[int, str]:
    """Bring a store to the present schema; returns the schema it had and where its backup is."""
    from cm_cli.store.migrate import found_schema
    from cm_cli.store.migrate import migrate as bring

    found = found_schema(clerk.place)
    return found, "" if clerk.dry_run or found >= SCHEMA else bring(clerk.place)


def move(clerk: Clerk, to: str, key_file: str) -> tuple[Store, tuple[int, str], dict[str, int]]:
    """Carry the store to a file or a server; returns the place, the chain's head, rows by table."""
    from cm_cli.store.move import move as carry

    target = place_of(to, key_file=key_file)
    last, counts = carry(clerk.place, target)
    return target, last, counts


def roles(
    clerk: Clerk, grants: Sequence[tuple[str, str]], revokes: Sequence[tuple[str, str]]
) -> Sheet:
    """Return who has which role in a store on a server; sets them up and changes them if asked."""
    from cm_cli.store import roles as store

    if not isinstance(clerk.place, Server):
        raise CmError(
            _("A store in a file has no roles: whoever may write the file may write all of it"),
            mend=_("Carry it to a server: cm store move --to postgresql://HOST/DATABASE."),
            slug="no-roles",
            code=Exit.USAGE,
        )
    with reading(clerk.place) as connection:
        found = store.holdings(connection)
    if grants or revokes or len(found) < len(store.ROLES):
        with writing(clerk.place) as connection:
            store.set_up(connection)
            for role, login in grants:
                store.give(connection, role, login)
            for role, login in revokes:
                store.take(connection, role, login)
            found = store.holdings(connection)
            if not clerk.dry_run:
                connection.execute("COMMIT")
    may = {
        "clerk": _("reads all; writes records and proposes appraisals; no rules, no decisions"),
        "head": _("reads and writes all; decides appraisals, puts regulations into use"),
        "auditor": _("reads all; writes nothing"),
    }
    columns = (
        Column("role", _("Role"), "code"),
        Column("group", _("Group in the database"), "code"),
        Column("members", _("Logins")),
        Column("may", _("What it may do")),
    )
    rows = [(each.role, each.group, ", ".join(each.members), may[each.role]) for each in found]
    return Sheet("roles", _("Roles"), columns, rows)

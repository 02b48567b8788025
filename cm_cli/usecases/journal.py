"""The journal: looking at it, and taking entries back."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cm_cli.domain.register import kind as kind_of
from cm_cli.domain.sheet import Column, Document, Sheet
from cm_cli.errors import CmError, Exit, Problem
from cm_cli.language import _
from cm_cli.readers.intake import whole
from cm_cli.store import undo as undoing
from cm_cli.store import verify as verifying
from cm_cli.store.connection import reading
from cm_cli.store.journal import head
from cm_cli.usecases import trail
from cm_cli.usecases.clerk import Clerk, Outcome, transaction
from cm_cli.usecases.trail import Sought

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cm_cli.domain.sheet import Cell
    from cm_cli.store.engine import Connection
    from cm_cli.store.journal import Entry

_NAMED = 3
# number (as 12,345 in a table for people) and hash, in a row or in two fields that are named
_HEAD = re.compile(
    r"(?<![\w,])([1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]{0,17})"
    r"[\s,;|\"]+(?:hash\"?\s*:\s*\"?)?([0-9a-f]{64})\b"
)


def list_(clerk: Clerk, limit: int | None = None, sought: Sought | None = None) -> Sheet:
    """Return the journal, newest first: all of it, or the entries that touched what is sought."""
    sought = sought or Sought()
    with reading(clerk.place, clerk.known_at) as connection:
        found = undoing.entries(connection)
        wanted = trail.touched(connection, sought, found)
        undone = taken_back(connection, found)
    columns = (
        Column("entry", _("Entry"), "count"),
        Column("moment", _("Moment"), "code"),
        Column("operator", _("Operator")),
        Column("command", _("Command")),
        Column("reason", _("Reason")),
        Column("changes", _("Changes")),
        Column("undone_by", _("Undone by"), "count"),
    )
    rows = [
        (e.number, e.moment, e.operator, e.command, e.reason, counts_text(e), undone.get(e.number))
        for e in reversed(found)
        if e.number in wanted and sought.fits(e)
    ]
    return Sheet("journal", _("Journal"), columns, rows[:limit] if limit else rows)


def counts_text(entry: Entry) -> str:
    """Return the counts of an entry as ``client +2929, classification +2929``."""
    signs = {"inserted": "+{count}", "updated": "~{count}", "deleted": "-{count}"}
    signs["revealed"] = _("{count} revealed")
    return ", ".join(
        f"{kind_of(kind).label} "
        + " ".join(signs[what].format(count=count) for what, count in counts.items())
        for kind, counts in entry.counts.items()
    )


def show(
    clerk: Clerk, number: int, limit: int | None = 200, sought: Sought | None = None
) -> Document:
    """Return one entry with every field it changed, from what to what; or those sought."""
    sought = sought or Sought()
    with reading(clerk.place, clerk.known_at) as connection:
        entry = _entry(connection, number)
        which = trail.meant(connection, sought, [entry])
        turns = which.turns(connection, entry) if sought.fits(entry) else []
    rows = [line for _turn, line in trail.lines(turns, which.field)]
    facts = (
        (_("Moment"), entry.moment),
        (_("Operator"), f"{entry.operator}@{entry.host}"),
        (_("Command"), entry.command),
        (_("Reason"), entry.reason),
        (_("Changes"), counts_text(entry)),
        (_("Undoes"), str(entry.undoes or "")),
        (_("Hash"), entry.hash),
        (_("Previous hash"), entry.previous),
    )
    rows, notes = trail.at_most(rows, limit)
    sheet = Sheet("changes", _("Changes"), trail.columns(), rows, notes)
    title = _("Entry {number}").format(number=number)
    return Document("entry", title, tuple(f for f in facts if f[1]), (sheet,))


def changes(clerk: Clerk, sought: Sought, limit: int | None = 200) -> Sheet:
    """Return every change of the records sought, oldest first, with who made it and when."""
    if not sought.records:
        raise CmError(
            _("Which changes? Neither an entry nor a record is named"),
            mend=_("As: cm journal show 2, or: cm journal show --client 000001."),
            slug="no-subject",
            code=Exit.USAGE,
        )
    with reading(clerk.place, clerk.known_at) as connection:
        found = undoing.entries(connection)
        which = trail.meant(connection, sought, found)
        turns = which.turns(connection)
    entries = {e.number: e for e in found if sought.fits(e)}
    rows: list[tuple[Cell, ...]] = [
        (turn.entry, entries[turn.entry].moment, entries[turn.entry].operator, *line)
        for turn, line in trail.lines(turns, which.field)
        if turn.entry in entries
    ]
    columns = (
        Column("entry", _("Entry"), "count"),
        Column("moment", _("Moment"), "code"),
        Column("operator", _("Operator")),
        *trail.columns(),
    )
    rows, notes = trail.at_most(rows, limit)
    return Sheet("changes", _("Changes"), columns, rows, notes)


def verify(clerk: Clerk, anchor: str) -> list[Problem]:
    """Recompute the chain, every row and every history row; returns what is not as it was."""
    anchors = read_anchors(anchor) if anchor else []
    with reading(clerk.place) as connection:
        return verifying.verify(connection, anchors)


def read_anchors(file: str) -> list[tuple[int, str]]:
    """Read the digests that were kept elsewhere, in any form ``cm journal head`` prints."""
    try:
        text = whole(file).decode("utf-8-sig")
    except (OSError, ValueError) as trouble:
        raise _no_anchor(
            _("The anchor {file} cannot be read").format(file=file),
            getattr(trouble, "strerror", "") or "",
        ) from None
    found = [(int(number.replace(",", "")), digest) for number, digest in _HEAD.findall(text)]
    for number, line in enumerate(text.splitlines(), 1):
        if line[:1].isdecimal() and not _HEAD.search(line):
            raise _no_anchor(_("This is no head of a journal"), f"{file}:{number}")
    if not found:
        raise _no_anchor(_("{file} holds no head of a journal").format(file=file))
    return found


def _no_anchor(what: str, where: str = "") -> CmError:
    return CmError(
        what,
        where=where,
        mend=_("It has lines as cm journal head prints them."),
        slug="no-anchor",
        code=Exit.NO_INPUT,
    )


def last(clerk: Clerk) -> Sheet:
    """Return number and hash of the last entry: to be kept elsewhere as an anchor."""
    with reading(clerk.place, clerk.known_at) as connection:
        number, digest = head(connection)
    columns = (Column("entry", _("Entry"), "count"), Column("hash", _("Hash"), "code"))
    return Sheet("head", _("Head of the journal"), columns, [(number, digest)])


def _entry(connection: Connection, number: int) -> Entry:
    found = undoing.entries(connection, number)
    if not found:
        raise CmError(
            _("There is no entry {number} in the journal").format(number=number),
            mend=_("See those there are with: cm journal list."),
            slug="no-entry",
            code=Exit.NO_INPUT,
        )
    return found[0]


def undo(
    clerk: Clerk, number: int | None, *, skip_conflicts: bool = False
) -> tuple[Outcome, Entry]:
    """Take an entry back (the last one where none is named); refuses where rows changed since.

    With ``skip_conflicts`` the rows changed since, and those that would stand on the same days as
    another of their client, stay as they are and the rest goes back.
    """
    outcome = Outcome()
    with reading(clerk.place, clerk.known_at) as connection:
        target = _entry(connection, number) if number else _last(connection)
    if target.number == 1:
        raise CmError(
            _("Entry {number} put the regulation into use; a store cannot be without one").format(
                number=target.number
            ),
            mend=_("Use another from a day on: cm regulation use."),
            slug="undo-regulation",
            code=Exit.DATA_REFUSED,
        )
    if not target.wrote:
        raise CmError(
            _(
                "Entry {number} says who looked at personal fields; there is nothing to take back"
            ).format(number=target.number),
            mend=_("It stays in the journal. Name another entry: cm journal list."),
            slug="undo-reveal",
            code=Exit.DATA_REFUSED,
        )
    with transaction(clerk, outcome, undoes=target.number) as writer:
        steps, conflicts = undoing.plan(writer.connection, target)
        if conflicts and not skip_conflicts:
            raise _conflicting(target, conflicts)
        taken = undoing.apply_sound if skip_conflicts else undoing.apply_all
        crossed = taken(writer, steps)
        if crossed and not skip_conflicts:
            raise _conflicting(target, crossed)
        conflicts += crossed
        outcome.notes = [replace(each, note=True) for each in _problems(conflicts)]
        dangling = undoing.dangling(writer.connection)
        if dangling:
            raise _conflicting(target, dangling)
    return outcome, target


def taken_back(connection: Connection, found: Sequence[Entry]) -> dict[int, int]:
    """Return the entries of which nothing stands, and by which they were undone last.

    An undo that was undone counts no more, and one that skipped records only as far as it went.
    """
    undone: dict[int, int] = {}
    undos: dict[int, list[Entry]] = {}

    def standing(entry: Entry) -> set[tuple[str, int]]:
        left = undoing.touched(connection, entry)
        for each in undos.get(entry.number, ()):
            left -= standing(each)
        return left

    for entry in reversed(found):
        by = undos.get(entry.number, [])
        whole = any(each.number not in undos and undoing.mirrors(each, entry) for each in by)
        if whole or (by and not standing(entry)):
            undone[entry.number] = by[0].number
        elif entry.undoes:
            undos.setdefault(entry.undoes, []).append(entry)
    return undone


def _last(connection: Connection) -> Entry:
    """Return the newest entry that wrote rows, is no undo and has not been undone."""
    found = undoing.entries(connection)
    undone = taken_back(connection, found)
    for entry in reversed(found):
        if entry.number not in undone and not entry.undoes and entry.wrote:
            if entry.number == 1:
                break
            return entry
    raise CmError(
        _("There is nothing to take back"),
        mend=_("See the journal with: cm journal list."),
        slug="nothing-to-undo",
    )


def _conflicting(target: Entry, conflicts: list[undoing.Conflict]) -> CmError:
    return CmError(
        _("Entry {number} cannot be taken back: its rows were changed or are needed").format(
            number=target.number
        ),
        mend=_("Take the later entries back first. Nothing was changed."),
        slug="undo-conflict",
        code=Exit.DATA_REFUSED,
        problems=_problems(conflicts),
    )


def _problems(conflicts: list[undoing.Conflict]) -> list[Problem]:
    """Return one finding for all conflicts of a sort: which records, which entry is in the way."""
    groups: dict[tuple[str, int, str, bool], list[undoing.Conflict]] = {}
    for each in conflicts:
        sort = (each.kind.name, each.entry or 0, each.by, each.crosses)
        groups.setdefault(sort, []).append(each)
    return [_problem(same) for _key, same in sorted(groups.items(), key=lambda group: group[0])]


def _problem(same: list[undoing.Conflict]) -> Problem:
    first = same[0]
    records = f"{first.kind.label} " + ", ".join(each.key for each in same[:_NAMED])
    if len(same) > _NAMED:
        records += " " + _("and {count} more").format(count=len(same) - _NAMED)
    if first.by:
        what = _("{record}, written by entry {entry}, refers to a {kind} this would take away")
    elif first.crosses:
        what = _("{record} would overlap another of that client, written by entry {entry}")
    elif first.entry:
        what = _("{record} was changed by entry {entry}")
    else:
        what = _("{record} is there again")
    by = kind_of(first.by).label if first.by else ""
    return Problem("undo-conflict", what.format(record=records, entry=first.entry, kind=by))

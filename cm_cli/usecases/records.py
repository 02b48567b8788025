"""Records of any kind: register and change. Nothing here knows one kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cm_cli.domain.privacy import MASK
from cm_cli.domain.sheet import text_of
from cm_cli.errors import CmError, Exit, Problem
from cm_cli.language import _
from cm_cli.store import query
from cm_cli.store.connection import reading
from cm_cli.store.journal import content_of
from cm_cli.usecases import classing
from cm_cli.usecases.checking import (
    check,
    completed,
    strange,
    strange_note,
    whole,
    with_search,
)
from cm_cli.usecases.clerk import Change, Clerk, Outcome, transaction
from cm_cli.usecases.listing import cell_of
from cm_cli.usecases.lookup import locate
from cm_cli.usecases.references import References
from cm_cli.usecases.regulations import Readings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from cm_cli.domain.fields import Context, Option, Value
    from cm_cli.domain.kind import Field, Kind
    from cm_cli.store.journal import Writer

# what follows when records of a kind were written, in the same transaction
EFFECTS: dict[str, Callable[[Writer, Sequence[str] | None, date], int]] = {
    "client": classing.classify
}
# what goes with records of a kind that go
GOES_TOO: dict[str, Callable[[Writer, Sequence[str], date], None]] = {"client": classing.let_go}


def add(clerk: Clerk, kind: Kind, raw: Mapping[str, object]) -> Outcome:
    """Register one record; refuses with all findings, or where its key is taken."""
    outcome = Outcome()
    with transaction(clerk, outcome) as writer:
        reads = Readings.on(writer.connection, clerk.today).of_record(kind, raw)
        values, problems = check(kind, raw, reads, References(writer.connection))
        values = completed(kind, values, reads)
        given = {name for name in raw if name not in values}
        problems += [
            found
            for found in whole(kind, values, clerk.today)
            if not any(kind.field(name).label in found.what for name in given)
        ]
        refuse(problems)
        key = kind.key_of(values)
        if query.fetch(writer.connection, kind, key) is not None:
            raise _taken(kind, key)
        writer.insert(kind, values)
        outcome.changes = changes_of(kind, {}, values, reads.lists)
        outcome.notes = [*_notes(writer, kind, values, reads), *outcome.notes]
        after(writer, kind, [key[0]], clerk.today)
    return outcome


def set_(clerk: Clerk, kind: Kind, key: Sequence[str], raw: Mapping[str, object]) -> Outcome:
    """Change fields of one record; an empty value clears a field."""
    outcome = Outcome()
    with transaction(clerk, outcome) as writer:
        row = locate(writer.connection, kind, key)
        before = kind.give(content_of(writer.connection, kind, row))
        reads = Readings.on(writer.connection, clerk.today).of_record(kind, {**before, **raw})
        values, problems = check(kind, raw, reads, References(writer.connection))
        full = completed(kind, {**before, **with_search(kind, values)}, reads)
        refuse([*problems, *whole(kind, full, clerk.today)])
        new_key = kind.key_of(full)
        if new_key != kind.key_of(before):
            raise CmError(
                _("The key of a record ({fields}) is not changed").format(
                    fields=", ".join(kind.field(name).label for name in kind.key)
                ),
                mend=_("Register a new record instead."),
                slug="key-fixed",
                code=Exit.USAGE,
            )
        writer.update(kind, row, full)
        outcome.changes = changes_of(kind, before, full, reads.lists)
        elsewhere = _grade_elsewhere(kind, full, reads)
        outcome.notes = [*elsewhere, *_names(kind, values, reads), *outcome.notes]
        after(writer, kind, [new_key[0]], clerk.today)
    return outcome


def _grade_elsewhere(kind: Kind, full: Mapping[str, Value], reads: Context) -> list[Problem]:
    """Note a manager who keeps a grade that the regulation for the unit or line does not have."""
    if kind.name != "manager" or full["grade"] in {one.code for one in reads.lists["grades"]}:
        return []
    what = _("{manager} keeps the grade {grade}, which the regulation for unit and line lacks")
    mend = _("It may be one of: {options}.").format(
        options=", ".join(option.shown() for option in reads.lists["grades"])
    )
    said = what.format(manager=full["code"], grade=full["grade"])
    return [Problem("grade-elsewhere", said, mend=mend, note=True)]


def put(clerk: Clerk, kind: Kind, raw: Mapping[str, object]) -> Outcome:
    """Register a record, or change the one that has its key."""
    with reading(clerk.place, clerk.known_at) as connection:
        reads = Readings.on(connection, clerk.today).of_record(kind, raw)
        values, problems = check(kind, raw, reads, References(connection))
        refuse(problems)
        stands = query.fetch(connection, kind, kind.key_of(values))
    if stands is None:
        return add(clerk, kind, raw)
    rest = {name: value for name, value in raw.items() if name not in kind.key}
    return set_(clerk, kind, kind.key_of(values), rest)


def after(writer: Writer, kind: Kind, codes: Sequence[str] | None, day: date) -> int:
    """Let what depends on these records follow, or on all of this entry; in the transaction."""
    effect = EFFECTS.get(kind.name)
    return effect(writer, codes, day) if effect else 0


def before_removal(writer: Writer, kind: Kind, codes: Sequence[str], day: date) -> None:
    """Take away what only followed from these records; what people wrote of them stays."""
    goes_too = GOES_TOO.get(kind.name)
    if goes_too:
        goes_too(writer, codes, day)


def _names(kind: Kind, values: Mapping[str, Value], reads: Context) -> list[Problem]:
    """Return notes about regions and industries no tree knows."""
    return [strange_note(each, {word: 1}, reads) for each, word in strange(kind, values, reads)]


def _notes(
    writer: Writer, kind: Kind, values: Mapping[str, Value], reads: Context
) -> list[Problem]:
    """Return notes about strange names, and about a record that looks like this one."""
    found = _names(kind, values, reads)
    alike = query.alike(writer.connection, kind, values) if kind.search else []
    if alike:
        what = _("The name is like that of {records}").format(records=", ".join(alike))
        found.append(Problem("alike", what, mend=_("Make sure it is not the same."), note=True))
    return found


def changes_of(
    kind: Kind,
    before: Mapping[str, Value],
    now: Mapping[str, Value],
    lists: Mapping[str, Sequence[Option]],
) -> list[Change]:
    """Return the fields people fill in that differ, as texts; personal ones are masked."""
    key = " ".join(part for part in kind.key_of(now) if part)
    found: list[Change] = []
    for each in kind.given:
        old, new = before.get(each.name), now.get(each.name)
        if old != new:
            shown = [
                None if v is None else MASK if each.personal else _text(each, v, lists)
                for v in (old, new)
            ]
            found.append(Change(kind.name, key, each.name, *shown))
    return found


def _text(each: Field, value: Value, lists: Mapping[str, Sequence[Option]]) -> str:
    cell = cell_of(each, value, lists)
    return text_of(each.column(), cell) + (each.unit if each.unit and value is not None else "")


def refuse(problems: Sequence[Problem]) -> None:
    """Raise one CmError with all findings that are more than notes."""
    serious = [found for found in problems if not found.note]
    if serious:
        raise CmError(
            _("Nothing was written: the values need mending"),
            slug="data-refused",
            code=Exit.DATA_REFUSED,
            problems=list(problems),
        )


def _taken(kind: Kind, key: Sequence[str]) -> CmError:
    shown = " ".join(part for part in key if part)
    if kind.examples.get("set"):
        mend = _("Look at it with: cm {kind} show; change it with: cm {kind} set.")
    elif kind.examples.get("show"):
        mend = _("Look at it with: cm {kind} show; change it with: cm import {plural} FILE.")
    else:
        mend = _("Change the one there is, or give another key.")
    return CmError(
        _("There is a {kind} {key} already").format(kind=kind.label, key=shown),
        mend=mend.format(kind=kind.name, plural=kind.plural),
        slug="key-taken",
        code=Exit.DATA_REFUSED,
    )

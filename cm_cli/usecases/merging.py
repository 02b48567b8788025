"""Joining clients that are one and the same: what refers to the others goes to the one kept.

The rules: empty fields of the one kept are filled from the others, in their order; what it has
stays. On days on which it has an assignment or a class of its own, that stands, and those of the
others give way. Records with the same key become one where they do not contradict each other;
where they do, nothing is done and all of them are named.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from cm_cli.domain.register import kind as kind_of
from cm_cli.domain.register import kinds
from cm_cli.domain.spans import without
from cm_cli.errors import CmError, Exit, Problem
from cm_cli.language import _, n_
from cm_cli.store import query
from cm_cli.store.doubles import referring
from cm_cli.store.journal import content_of
from cm_cli.usecases.clerk import Clerk, Outcome, transaction
from cm_cli.usecases.lookup import locate
from cm_cli.usecases.records import after, changes_of
from cm_cli.usecases.regulations import context

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cm_cli.domain.fields import Value
    from cm_cli.domain.kind import Field, Kind
    from cm_cli.domain.spans import Span
    from cm_cli.store.journal import Writer

_Record = dict[str, "Value"]


def merge(clerk: Clerk, keep: str, others: Sequence[str]) -> Outcome:
    """Join clients into the one kept, in one entry; raises CmError with all contradictions."""
    kind = kind_of("client")
    outcome = Outcome()
    with transaction(clerk, outcome) as writer:
        connection = writer.connection
        kept = locate(connection, kind, [keep])
        gone = list(dict.fromkeys(locate(connection, kind, [word]) for word in others))
        if kept in gone:
            raise CmError(
                _("A client is not joined with itself"),
                mend=_("Name the one to keep, then the others."),
                slug="merge-itself",
                code=Exit.USAGE,
            )
        before, *rest = (kind.give(content_of(connection, kind, row)) for row in (kept, *gone))
        full = _filled(kind, before, rest)
        if writer.update(kind, kept, full):
            after(writer, kind, [str(full["code"])], clerk.today)
        problems = _differing(kind, before, rest)
        for other in rest:
            problems += _move(writer, str(other["code"]), str(full["code"]))
        _refuse(problems)
        for row in gone:
            writer.delete(kind, row)
        lists = context(connection, clerk.today).lists
        outcome.changes = changes_of(kind, before, full, lists)
        outcome.notes = problems
    return outcome


def _filled(kind: Kind, before: _Record, others: Sequence[_Record]) -> _Record:
    """Return a record with its empty fields filled from the others, the first that has a value."""
    full = dict(before)
    for each in kind.given:
        values = (other[each.name] for other in others if other[each.name] is not None)
        if full[each.name] is None:
            full[each.name] = next(values, None)
    return full


def _differing(kind: Kind, before: _Record, others: Sequence[_Record]) -> list[Problem]:
    """Return a note for each client about the fields in which it differs and gives way."""
    notes = []
    for other in others:
        labels = [
            each.label
            for each in kind.given
            if each.name not in kind.key
            and None not in {before[each.name], other[each.name]}
            and before[each.name] != other[each.name]
        ]
        if labels:
            what = _("{other} differs from {keep}, which stays as it is: {fields}").format(
                other=other["code"], keep=before["code"], fields=", ".join(labels)
            )
            notes.append(Problem("merge-differs", what, note=True))
    return notes


def _move(writer: Writer, other: str, keep: str) -> list[Problem]:
    """Let all records that refer to one client refer to another; returns what is to be said."""
    problems: list[Problem] = []
    for kind in kinds():
        for each in kind.fields:
            if each.refers == "client":
                rows = referring(writer.connection, kind, each, other)
                if {"since", "until"} <= set(kind.names):
                    problems += _move_spans(writer, kind, each, rows, keep)
                else:
                    for row in rows:
                        problems += _move_one(writer, kind, each, row, keep)
    return problems


def _move_spans(
    writer: Writer, kind: Kind, each: Field, rows: Sequence[int], keep: str
) -> Iterator[Problem]:
    """Move dated records; on days the client kept has one of its own, that stands."""
    own = [_record(writer, kind, row) for row in referring(writer.connection, kind, each, keep)]
    rest = [name for name in kind.key if name not in {each.name, "since"}]
    yielding = 0
    for row in rows:
        record = _record(writer, kind, row)
        taken = [_span(one) for one in own if all(one[name] == record[name] for name in rest)]
        parts = without(_span(record), taken)
        yielding += parts != [_span(record)]
        if not parts:
            writer.delete(kind, row)
        for number, (since, until) in enumerate(parts):
            moved = {**record, each.name: keep, "since": since, "until": until}
            if number:
                writer.insert(kind, moved)
            else:
                writer.update(kind, row, moved)
    if yielding:
        what = n_(
            "{count} {kind} gave way on days on which {keep} has its own",
            "{count} {kind} records gave way on days on which {keep} has its own",
            yielding,
        ).format(count=yielding, kind=kind.label, keep=keep)
        yield Problem("merge-gave-way", what, note=True)


def _span(record: _Record) -> Span:
    since, until = record["since"], record["until"]
    if not isinstance(since, date) or not (until is None or isinstance(until, date)):
        raise TypeError(since)
    return since, until


def _move_one(writer: Writer, kind: Kind, each: Field, row: int, keep: str) -> Iterator[Problem]:
    """Move a record, or join it with the one that has its key already."""
    moved = {**_record(writer, kind, row), each.name: keep}
    stands = query.fetch(writer.connection, kind, kind.key_of(moved))
    if stands is None:
        writer.update(kind, row, moved)
        return
    before = _record(writer, kind, stands)
    full = _filled(kind, before, [moved])
    against = [f for f in kind.given if moved[f.name] not in {None, full[f.name]}]
    if against:
        what = _("{kind} {key}: {row} and {stands} contradict each other in {fields}").format(
            kind=kind.label,
            key=" ".join(part for part in kind.key_of(moved) if part),
            row=row,
            stands=stands,
            fields=", ".join(f.label for f in against),
        )
        mend = _("Make both say the same: cm {kind} set {row}.").format(kind=kind.name, row=row)
        yield Problem("merge-conflict", what, mend=mend)
        return
    writer.delete(kind, row)
    writer.update(kind, stands, full)
    what = _("{kind} {key} was on record for both, with the same figures: one of them is kept")
    key = " ".join(part for part in kind.key_of(moved) if part)
    yield Problem("merge-joined", what.format(kind=kind.label, key=key), note=True)


def _record(writer: Writer, kind: Kind, row: int) -> _Record:
    return kind.give(content_of(writer.connection, kind, row))


def _refuse(problems: Sequence[Problem]) -> None:
    serious = [found for found in problems if not found.note]
    if serious:
        raise CmError(
            n_(
                "Nothing was joined: {count} record of the clients contradicts another",
                "Nothing was joined: {count} records of the clients contradict others",
                len(serious),
            ).format(count=len(serious)),
            mend=_("Make them say the same, then join the clients again."),
            slug="merge-refused",
            code=Exit.DATA_REFUSED,
            problems=serious,
        )

"""Reading records from a file: every row is checked, every finding shown, all or nothing written.

Rows are matched with the store by the key of their kind: new ones are registered, changed ones
updated, the rest left alone, so that the same file a second time changes nothing.
"""

from __future__ import annotations

import gc
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, compress
from operator import itemgetter
from typing import TYPE_CHECKING

from cm_cli.domain.headings import heading_key, headings, match_heading
from cm_cli.domain.kind import longest_text
from cm_cli.domain.register import kind as kind_of
from cm_cli.errors import CmError, Exit, Problem
from cm_cli.language import _, n_
from cm_cli.readers.registry import open_table
from cm_cli.readers.rows import CELL_LIMIT
from cm_cli.store import query
from cm_cli.store.content import digests_of
from cm_cli.store.undo import dangling
from cm_cli.usecases import doubles
from cm_cli.usecases.batch import JOIN, Batch, Met, Rows, Wanted, read, shown
from cm_cli.usecases.checking import (
    completed_columns,
    merged_columns,
    sound,
    strange_in,
    strange_note,
    whole,
)
from cm_cli.usecases.clerk import Clerk, Outcome, transaction
from cm_cli.usecases.columns import by_post, columns_of
from cm_cli.usecases.grounds import borne_out, crossing, grounded
from cm_cli.usecases.records import after, before_removal, changes_of
from cm_cli.usecases.references import References
from cm_cli.usecases.regulations import Readings
from cm_cli.usecases.returned import returned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import BinaryIO

    from cm_cli.domain.fields import Context, Kept
    from cm_cli.domain.kind import Kind
    from cm_cli.domain.sheet import Cell
    from cm_cli.readers.rows import Table
    from cm_cli.store.journal import Writer
    from cm_cli.store.query import Stored
    from cm_cli.usecases.columns import InColumn

_NAMED = 3
_CODE = ("code",)


def import_(
    clerk: Clerk, kind: Kind, source: str, wanted: Wanted, stdin: BinaryIO | None = None
) -> Outcome:
    """Import a file; raises CmError with all findings where a row does not fit."""
    outcome = Outcome()
    with (
        opened(kind, source, wanted, stdin) as table,
        transaction(clerk, outcome) as writer,
    ):
        batch = take(writer, clerk, kind, table, wanted)
        if batch.serious() and not (wanted.accept_good and batch.rows):
            raise refused([batch])
        outcome.tally = batch.tally()
        batch.rows = Met()  # makes room for the search of doubles
        outcome.notes = [*batch.told(), *doubles.notes(writer, kind)]
        outcome.diff = batch.diff
    return outcome


def opened(kind: Kind, source: str, wanted: Wanted, stdin: BinaryIO | None = None) -> Table:
    """Open a file whose rows are records of a kind; its headings say where the table begins."""
    known = headings(kind)
    renamed = {heading_key(old) for old in wanted.renamed}
    table = open_table(
        source,
        encoding=wanted.encoding,
        sheet=wanted.sheet,
        format=wanted.format,
        known=lambda text: (
            match_heading(known, text)[0] is not None or heading_key(text) in renamed
        ),
        stdin=stdin,
        longest=max(longest_text(kind), CELL_LIMIT),
    )
    return returned(kind, table, wanted.renamed)


def take(
    writer: Writer,
    clerk: Clerk,
    kind: Kind,
    table: Table,
    wanted: Wanted,
    *,
    reads: Context | None = None,
    lenient: frozenset[str] = frozenset(),
    effects: bool = True,
) -> Batch:
    """Read a table into the open transaction; the batch says what became of it.

    Where a finding forbids the writing (``Batch.serious``) the caller must not commit. References
    to ``lenient`` kinds are not checked; without ``effects`` nothing follows from the records.
    """
    readings = Readings.on(writer.connection, clerk.today)
    apart = reads is None and readings.depend(kind)
    reads = reads or readings.of()
    references = References(writer.connection, lenient)
    columns, problems = columns_of(kind, table, wanted, reads, references)
    batch = Batch(kind, table, reads, clerk, effects, problems=problems, wanted=wanted)
    if apart:
        batch.columns_for = by_post(batch, columns, readings, references)
    of_headings = (each for each in table.problems if _of_headings(table, each))
    if all(found.note for found in chain(problems, of_headings)):
        _settle(writer, batch, columns, references)
        batch.take(crossing(writer.connection, kind, batch.line_of))
    else:
        what = _("The rows were not read: the headings come first")
        batch.problems += [*table.problems, Problem("rows-unread", what, note=True)]
    return batch


def _of_headings(table: Table, found: Problem) -> bool:
    """Say whether a finding is about the headings or the file, and not about one row of it."""
    return found.where is None or found.where.line <= table.header_line


def _settle(
    writer: Writer, batch: Batch, columns: Sequence[InColumn], references: References
) -> None:
    """Compare the rows with the store and write what is new or changed, a chunk at a time."""
    some = query.any_of(writer.connection, batch.kind)
    with unswept():
        for rows in read(batch, columns):
            keys = rows.keys if some else ()
            stored = query.ids_of(writer.connection, batch.kind, keys, JOIN)
            _settle_chunk(writer, batch, rows, stored, references if some else None)
            batch.wanted.progress(len(batch.rows))
        if batch.effects and batch.new + batch.changed and batch.sound():
            after(writer, batch.kind, None, batch.clerk.today)
    if batch.wanted.mode == "replace-set" and batch.sound():
        _remove_rest(writer, batch)
    batch.problems += batch.table.problems
    if batch.repeated:
        batch.problems.append(_repeats(batch))
    batch.problems += batch.talk
    for name, words in sorted(batch.strange.items()):
        common = dict(words.most_common())
        batch.problems.append(strange_note(batch.kind.field(name), common, batch.reads))


@contextmanager
def unswept() -> Iterator[None]:
    """Let no cycles be looked for: rows make none, and there are millions to be gone through."""
    swept = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if swept:
            gc.enable()


def _settle_chunk(
    writer: Writer,
    batch: Batch,
    rows: Rows,
    stored: Mapping[str, int],
    references: References | None,
) -> None:
    """Complete the rows, check them as wholes, and write those that are new or changed."""
    kind = batch.kind
    ids = [stored.get(key) for key in rows.keys]
    known = [row is not None for row in ids]
    before = query.stored(writer.connection, kind, [row for row in ids if row is not None])
    fresh, old = rows.only([not there for there in known]), rows.only(known)
    fresh.columns = completed_columns(kind, fresh.columns, batch.reads)
    old.columns = merged_columns(kind, old.columns, before.columns)
    cut = references.cut_short(kind.name, fresh.keys) if references and kind.key == _CODE else {}
    told = _examined(batch, fresh, cut, known=False) | _examined(batch, old, {}, known=True)
    batch.take(
        replace(each, where=batch.table.where(line)) for line in sorted(told) for each in told[line]
    )
    if told and batch.wanted.accept_good:
        bad = {line for line, found in told.items() if any(not each.note for each in found)}
        batch.rows.forget(
            [key for line, key in zip(rows.lines, rows.keys, strict=True) if line in bad]
        )
        before = before.only([line not in bad for line in old.lines])
        fresh, old = (some.only([line not in bad for line in some.lines]) for some in (fresh, old))
    digests = digests_of(kind, before.rows, old.columns)
    changed = [one != other for one, other in zip(digests, before.digests, strict=True)]
    old, before, digests = old.only(changed), before.only(changed), list(compress(digests, changed))
    for some in (fresh, old):
        for each, words in strange_in(kind, some.columns, batch.reads):
            batch.strange.setdefault(each.name, Counter()).update(words)
    if batch.wanted.diff:
        batch.diff += _differences(batch, fresh, old, before)
    batch.new += len(fresh.lines)
    batch.changed += len(old.lines)
    if batch.sound():
        writer.insert_columns(kind, fresh.columns, len(fresh.lines))
        writer.update_columns(kind, before, old.columns, digests)


def _examined(
    batch: Batch, rows: Rows, cut: Mapping[str, str], *, known: bool
) -> dict[int, list[Problem]]:
    """Return by line what is wrong with rows as wholes; what follows from them is filled in.

    ``cut`` has the codes that lost zeros, with those on record.
    """
    kind, today = batch.kind, batch.clerk.today
    misplaced = batch.wanted.mode == ("insert" if known else "update")
    fine = borne_out(kind, rows.columns) and sound(kind, rows.columns, today)
    if not rows.lines or (fine and not misplaced and not cut):
        return {}
    told: dict[int, list[Problem]] = {}
    records: list[dict[str, Kept]] = []
    for at, (line, key) in enumerate(zip(rows.lines, rows.keys, strict=True)):
        values = rows.record(kind, at)
        found = [*grounded(kind, values), *whole(kind, values, today)]
        if misplaced:
            found.append(_misplaced(batch, key, known=known))
        if key in cut:
            found.append(_cut_short(key, cut[key]))
        if found:
            told[line] = found
        records.append(kind.keep(values))
    rows.columns = {name: [record[name] for record in records] for name in kind.names}
    return told


def _cut_short(key: str, code: str) -> Problem:
    """Return the finding for a code that would make a second record of one on record."""
    what = _("{key} is not on record, but {code} is: its leading zeros have been lost")
    mend = _("Set the column to text format in the spreadsheet and type the code again.")
    return Problem("lost-zeros", what.format(key=key, code=code), value=key, mend=mend)


def _misplaced(batch: Batch, key: str, *, known: bool) -> Problem:
    """Return the finding for a row the mode has no place for: one too many, or one unknown."""
    said = {"record": shown(key), "kind": batch.kind.label}
    if known:
        what = _("There is a {kind} {record} already").format(**said)
        mend = _("Leave the row out, or import with --mode upsert.")
        return Problem("exists", what, value=said["record"], mend=mend)
    what = _("There is no {kind} {record} to be changed").format(**said)
    mend = _("Mend the key, or import with --mode upsert.")
    return Problem("not-there", what, value=said["record"], mend=mend)


def _remove_rest(writer: Writer, batch: Batch) -> None:
    """Take away the records the file does not have; refuses where others refer to them."""
    stored = query.joined_keys(writer.connection, batch.kind, JOIN)
    gone = [(key, row) for key, row in stored if key not in batch.rows]
    if gone:
        keys = [key for key, _row in gone]
        before_removal(writer, batch.kind, keys, batch.clerk.today)
    for key, row in gone:
        if batch.wanted.diff:
            batch.diff.append((None, "removed", shown(key), "", None, None))
        writer.delete(batch.kind, row)
    batch.removed = len(gone)
    needed: dict[tuple[str, str], list[str]] = {}
    for each in dangling(writer.connection) if gone else ():
        needed.setdefault((each.kind.name, each.by), []).append(each.key)
    for (name, parent), keys in needed.items():
        what = _("{kind} {records} and others, {count} in all, refer to a {parent} the file lacks")
        said = what.format(
            kind=kind_of(name).label,
            records=", ".join(keys[:_NAMED]),
            count=len(keys),
            parent=kind_of(parent).label,
        )
        mend = _("Add it to the file, or import with --mode upsert.")
        batch.take([Problem("still-needed", said, mend=mend)])


def _differences(batch: Batch, fresh: Rows, old: Rows, before: Stored) -> list[tuple[Cell, ...]]:
    """Return what becomes of the rows, field by field, in the order of the file."""
    kind, lists = batch.kind, batch.reads.lists
    nothing = kind.give(dict.fromkeys(kind.names))
    found: list[tuple[Cell, ...]] = []
    for at, (line, key) in enumerate(zip(fresh.lines, fresh.keys, strict=True)):
        record = fresh.record(kind, at)
        stood = nothing | {name: record[name] for name in kind.key}
        given = changes_of(kind, stood, record, lists)
        found += [(line, "new", shown(key), one.field, None, one.after) for one in given]
        found += [] if given else [(line, "new", shown(key), "", None, None)]
    for at, (line, key) in enumerate(zip(old.lines, old.keys, strict=True)):
        stood = kind.give({name: column[at] for name, column in before.columns.items()})
        found += [
            (line, "changed", shown(key), change.field, change.before, change.after)
            for change in changes_of(kind, stood, old.record(kind, at), lists)
        ]
    return sorted(found, key=itemgetter(0))


def _repeats(batch: Batch) -> Problem:
    count = len(batch.repeated)
    what = n_(
        "{count} row repeats an earlier one in every column that is read, and counts once",
        "{count} rows repeat earlier ones in every column that is read, and count once",
        count,
    ).format(count=count)
    return Problem("repeated-row", what, batch.table.where(batch.repeated[0]), note=True)


def refused(batches: Sequence[Batch], others: Sequence[Problem] = ()) -> CmError:
    """Return the refusal of what was read, with every finding of every file, and others."""
    serious = sum(batch.serious() for batch in batches)
    serious += sum(not found.note for found in others)
    named = [batch.table.source.file for batch in batches if batch.serious()]
    named += [found.where.file for found in others if found.where and not found.note]
    return CmError(
        n_(
            "Nothing was written: {count} finding in {file}",
            "Nothing was written: {count} findings in {file}",
            serious,
        ).format(count=serious, file=", ".join(dict.fromkeys(named))),
        mend=_("Mend the rows and import the file again."),
        slug="data-refused",
        code=Exit.DATA_REFUSED,
        problems=[*others, *(found for batch in batches for found in batch.told())],
    )

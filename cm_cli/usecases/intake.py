"""Reading records from a file: every row is checked, every finding shown, all or nothing written.

Rows are matched with the store by the key of their kind: new ones are registered, changed ones
updated, the rest left alone, so that the same file a second time changes nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING

from cm_cli.domain.kind import heading_key, headings, longest_text, match_heading
from cm_cli.domain.marks import FINDINGS
from cm_cli.domain.register import kind as kind_of
from cm_cli.errors import CmError, Exit, Problem
from cm_cli.language import _, n_
from cm_cli.readers.registry import open_table
from cm_cli.readers.rows import CELL_LIMIT
from cm_cli.store import query
from cm_cli.store.journal import digest_of
from cm_cli.store.undo import dangling
from cm_cli.usecases import doubles
from cm_cli.usecases.batch import (
    JOIN,
    Batch,
    InColumn,
    Read,
    Wanted,
    by_post,
    columns_of,
    read,
)
from cm_cli.usecases.checking import (
    References,
    completed,
    strange,
    strange_note,
    whole,
    with_search,
)
from cm_cli.usecases.clerk import Clerk, Outcome, transaction
from cm_cli.usecases.grounds import crossing, grounded
from cm_cli.usecases.records import after, changes_of
from cm_cli.usecases.regulations import Readings
from cm_cli.usecases.returned import returned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import BinaryIO

    from cm_cli.domain.fields import Context, Value
    from cm_cli.domain.kind import Kind
    from cm_cli.readers.rows import Table
    from cm_cli.store.journal import Writer

_MEMORY = 5_000
_SHORT = 64  # characters of a cell worth remembering
_FINDINGS = 10_000  # kept with their places; the others are counted
_CHUNK = 5_000
_NAMED = 3
_OF_CELLS = frozenset({"ruined-number", "error-cell"})  # they keep no other row from being read
_OURS = {heading_key(word) for word in FINDINGS.values()}  # the column of a marked copy


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
        outcome.notes = [*batch.problems, *doubles.notes(writer, kind)]
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
    if all(found.note or found.slug in _OF_CELLS for found in chain(problems, table.problems)):
        _settle(writer, batch, columns)
        batch.take(crossing(writer.connection, kind, batch.line_of))
    else:
        what = _("The rows were not read: the headings come first")
        batch.problems += [*table.problems, Problem("rows-unread", what, note=True)]
    return batch


def _settle(writer: Writer, batch: Batch, columns: Sequence[InColumn]) -> None:
    """Compare the rows with the store and write what is new or changed, a chunk at a time."""
    stored = query.rows_by_key(writer.connection, batch.kind)
    rows = read(batch, columns)
    while chunk := list(islice(rows, _CHUNK)):
        _settle_chunk(writer, batch, chunk, stored)
        batch.wanted.progress(len(batch.rows))
    if batch.wanted.mode == "replace-set" and batch.sound():
        _remove_rest(writer, batch, stored)
    batch.problems += batch.table.problems
    if batch.repeated:
        batch.problems.append(_repeats(batch))
    for name, words in sorted(batch.strange.items()):
        common = dict(words.most_common())
        batch.problems.append(strange_note(batch.kind.field(name), common, batch.reads))


def _settle_chunk(
    writer: Writer,
    batch: Batch,
    chunk: Sequence[Read],
    stored: Mapping[tuple[str, ...], tuple[int, str]],
) -> None:
    kind, today = batch.kind, batch.clerk.today
    old = [stored[read.key][0] for read in chunk if read.key in stored]
    standing = query.contents(writer.connection, kind, old)
    fresh: list[dict[str, Value]] = []
    changed: list[tuple[int, dict[str, Value]]] = []
    for line, key, values in chunk:
        row, digest = stored.get(key, (None, ""))
        full = _full(kind, values, standing.get(row) if row else None, batch.reads)
        found = [
            *grounded(kind, full),
            *whole(kind, full, today),
            *_misplaced(batch, key, known=row is not None),
        ]
        batch.take(replace(each, where=batch.table.where(line)) for each in found)
        if any(not each.note for each in found) and batch.wanted.accept_good:
            del batch.rows[JOIN.join(key)]
        elif row is None:
            fresh.append(full)
            _show(batch, line, key, None, full)
        elif digest != digest_of(kind, row, kind.keep(full)):
            changed.append((row, full))
            _show(batch, line, key, standing[row], full)
    for full in (*fresh, *(values for _row, values in changed)):
        for each, word in strange(kind, full, batch.reads):
            batch.strange.setdefault(each.name, Counter())[word] += 1
    batch.new += len(fresh)
    batch.changed += len(changed)
    if batch.sound():
        _write(writer, batch, fresh, changed)


def _misplaced(batch: Batch, key: tuple[str, ...], *, known: bool) -> Iterator[Problem]:
    """Yield a finding for a row the mode has no place for: one too many, or one unknown."""
    said = {"record": " ".join(part for part in key if part), "kind": batch.kind.label}
    if batch.wanted.mode == "insert" and known:
        what = _("There is a {kind} {record} already").format(**said)
        yield Problem("exists", what, mend=_("Leave the row out, or import with --mode upsert."))
    elif batch.wanted.mode == "update" and not known:
        what = _("There is no {kind} {record} to be changed").format(**said)
        yield Problem("not-there", what, mend=_("Mend the key, or import with --mode upsert."))


def _remove_rest(
    writer: Writer, batch: Batch, stored: Mapping[tuple[str, ...], tuple[int, str]]
) -> None:
    """Take away the records the file does not have; refuses where others refer to them."""
    gone = [(key, row) for key, (row, _d) in stored.items() if JOIN.join(key) not in batch.rows]
    for key, row in gone:
        if batch.wanted.diff:
            batch.diff.append((None, _("removed"), " ".join(p for p in key if p), "", None, None))
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


def _show(
    batch: Batch,
    line: int,
    key: tuple[str, ...],
    before: Mapping[str, Value] | None,
    after_: Mapping[str, Value],
) -> None:
    """Keep what becomes of a row, field by field, where the differences are wanted."""
    if not batch.wanted.diff:
        return
    name = " ".join(part for part in key if part)
    if before is None:
        batch.diff.append((line, _("new"), name, "", None, None))
        return
    for change in changes_of(batch.kind, before, after_, batch.reads.lists):
        batch.diff.append((line, _("changed"), name, change.field, change.before, change.after))


def _write(
    writer: Writer,
    batch: Batch,
    fresh: Sequence[dict[str, Value]],
    changed: Sequence[tuple[int, dict[str, Value]]],
) -> None:
    kind = batch.kind
    if fresh:
        writer.insert_many(kind, fresh)
    for row, full in changed:
        writer.update(kind, row, full)
    touched = [*fresh, *(full for _row, full in changed)]
    if touched and batch.effects:
        codes = [kind.key_of(full)[0] for full in touched]
        after(writer, kind, codes, batch.clerk.today)


def _full(
    kind: Kind, values: dict[str, Value], standing: dict[str, Value] | None, reads: Context
) -> dict[str, Value]:
    """Return the whole record: an empty cell leaves what is stored, or takes the default."""
    if standing is None:
        return completed(kind, values, reads)
    given: dict[str, Value] = {n: value for n, value in values.items() if value is not None}
    if kind.search and given.get(kind.search) == standing.get(kind.search):
        return {**standing, **given}
    return {**standing, **with_search(kind, given)}


def _repeats(batch: Batch) -> Problem:
    count = len(batch.repeated)
    what = n_(
        "{count} row repeats an earlier one word for word and counts once",
        "{count} rows repeat earlier ones word for word and count once",
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
        problems=[*others, *(found for batch in batches for found in batch.problems)],
    )

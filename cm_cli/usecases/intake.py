"""Reading records from a file: every row is checked, every finding shown, all or nothing written.

Rows are matched with the store by the key of their kind: new ones are registered, changed ones
updated, the rest left alone, so that the same file a second time changes nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from cm_cli.domain.fields import BadValueError, nearest
from cm_cli.domain.kind import heading_key, headings, longest_text, match_heading
from cm_cli.domain.marks import FINDINGS
from cm_cli.domain.privacy import masked
from cm_cli.domain.quantities import unit_of_heading
from cm_cli.domain.register import kind as kind_of
from cm_cli.errors import CmError, Exit, Problem
from cm_cli.language import _, n_
from cm_cli.readers.registry import open_table
from cm_cli.readers.rows import CELL_LIMIT
from cm_cli.store import query
from cm_cli.store.journal import digest_of
from cm_cli.store.undo import dangling
from cm_cli.usecases import doubles
from cm_cli.usecases.checking import (
    References,
    completed,
    problem_of,
    strange,
    strange_note,
    whole,
    with_search,
)
from cm_cli.usecases.clerk import Clerk, Outcome, transaction
from cm_cli.usecases.grounds import crossing, grounded
from cm_cli.usecases.records import after, changes_of
from cm_cli.usecases.regulations import context
from cm_cli.usecases.returned import returned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import BinaryIO

    from cm_cli.domain.fields import Context, Value
    from cm_cli.domain.kind import Field, Kind
    from cm_cli.domain.sheet import Cell
    from cm_cli.errors import Where
    from cm_cli.readers.rows import Table
    from cm_cli.store.journal import Writer

_MEMORY = 5_000
_SHORT = 64  # characters of a cell worth remembering
_FINDINGS = 10_000  # kept with their places; the others are counted
_CHUNK = 5_000
_JOIN = "\x1f"
_NAMED = 3
_OF_CELLS = frozenset({"ruined-number", "error-cell"})  # they keep no other row from being read
_OURS = {heading_key(word) for word in FINDINGS.values()}  # the column of a marked copy


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to read a file: what the caller says of it; empty where the file decides."""

    encoding: str = ""
    sheet: str = ""
    format: str = ""
    renamed: Mapping[str, str] = field(default_factory=dict)
    ignore_unknown: bool = False
    mode: str = "upsert"
    accept_good: bool = False
    diff: bool = False


@dataclass(slots=True)
class _Column:
    """One column of the file: where it is, the field it fills, and how its cells are read."""

    at: int
    heading: str
    into: Field
    read: Callable[[Any], Value]
    seen: dict[Any, Value] = field(default_factory=dict)
    met: int = 0
    various: bool = False

    def value(self, cell: Any) -> Value:
        """Read a cell; equal cells are read once. Raises BadValueError."""
        if isinstance(cell, list | dict) or (cell.__class__ is str and len(cell) > _SHORT):
            return self.read(cell)
        if self.various:
            return self.read(cell)
        key = cell if cell.__class__ is str else (cell.__class__, cell)
        if key in self.seen:
            self.met += 1
            return self.seen[key]
        value = self.read(cell)
        if len(self.seen) < _MEMORY:
            self.seen[key] = value
        elif self.met < _MEMORY:  # more are new than known: remembering does not pay
            self.various = True
            self.seen.clear()
        return value


class _Read(NamedTuple):
    """A row that reads well: its line, its key and its values."""

    line: int
    key: tuple[str, ...]
    values: dict[str, Value]


@dataclass(slots=True)
class Batch:
    """What a file comes to: the keys met, with line and content's hash, findings and counts.

    Rows go to the store a chunk at a time and are not held; the first finding ends the writing
    (what was written is rolled back), not the checking.
    """

    kind: Kind
    table: Table
    reads: Context
    clerk: Clerk
    effects: bool = True
    rows: dict[str, tuple[int, int]] = field(default_factory=dict)
    repeated: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    strange: dict[str, Counter[str]] = field(default_factory=dict)
    untold: int = 0
    new: int = 0
    changed: int = 0
    removed: int = 0
    diff: list[tuple[Cell, ...]] = field(default_factory=list)
    wanted: Wanted = field(default_factory=Wanted)
    key_fields: list[Field] = field(init=False)

    def __post_init__(self) -> None:
        self.key_fields = [self.kind.field(name) for name in self.kind.key]

    def line_of(self, key: Sequence[str]) -> Where | None:
        """Return where the record with that key stands in the file, if it does."""
        found = self.rows.get(_JOIN.join(key))
        return self.table.where(found[0]) if found else None

    def sound(self) -> bool:
        """Say whether nothing found so far forbids the writing; good rows may be wanted alone."""
        if self.wanted.accept_good:
            return True
        return all(each.note for each in chain(self.problems, self.table.problems))

    def bad_rows(self) -> int:
        """Return how many rows have a finding that keeps them out."""
        lines = {each.where.line for each in self.problems if each.where and not each.note}
        return len(lines) + self.untold

    def serious(self) -> int:
        """Return how many findings forbid the writing."""
        return sum(not found.note for found in self.problems) + self.untold

    def tally(self) -> dict[str, int]:
        """Return how many rows of the file are new, changed, unchanged or repeated."""
        return {
            "new": self.new,
            "changed": self.changed,
            "unchanged": len(self.rows) - self.new - self.changed,
            "repeated": len(self.repeated),
            **({"removed": self.removed} if self.wanted.mode == "replace-set" else {}),
            **({"refused": self.bad_rows()} if self.wanted.accept_good else {}),
        }

    def take(self, found: Iterable[Problem]) -> None:
        """Add findings; beyond so many, only how many more there are."""
        for each in found:
            if len(self.problems) < _FINDINGS:
                self.problems.append(each)
            else:
                self.untold += 1


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
    reads = reads or context(writer.connection, clerk.today)
    references = References(writer.connection, lenient)
    columns, problems = _columns(kind, table, wanted, reads, references)
    batch = Batch(kind, table, reads, clerk, effects, problems=problems, wanted=wanted)
    if all(found.note or found.slug in _OF_CELLS for found in chain(problems, table.problems)):
        _settle(writer, batch, columns)
        batch.take(crossing(writer.connection, kind, batch.line_of))
    else:
        what = _("The rows were not read: the headings come first")
        batch.problems += [*table.problems, Problem("rows-unread", what, note=True)]
    return batch


def _columns(
    kind: Kind, table: Table, wanted: Wanted, reads: Context, references: References
) -> tuple[list[_Column], list[Problem]]:
    """Match the headings of the file with the fields of the kind."""
    known = headings(kind)
    renamed = {heading_key(old): new for old, new in wanted.renamed.items()}
    columns: list[_Column] = []
    problems: list[Problem] = []
    for at, heading in enumerate(table.headers):
        if heading_key(heading) in _OURS:
            continue
        bare, unit = unit_of_heading(heading)
        name = renamed.get(heading_key(heading)) or renamed.get(heading_key(bare)) or heading
        found = match_heading(known, name)[0]
        if found is None:
            if heading:
                problems.append(_unknown(kind, table, heading, ignored=wanted.ignore_unknown))
            continue
        twin = next((c for c in columns if c.into.name == found.name), None)
        if twin:
            what = _("“{one}” and “{other}” both mean {field}").format(
                one=twin.heading, other=heading, field=found.label
            )
            problems.append(
                Problem("same-field", what, table.where(table.header_line), mend=_("Keep one."))
            )
            continue
        columns.append(_Column(at, heading, found, _reader(found, unit, reads, references)))
    present = {column.into.name for column in columns}
    lacking = [kind.field(name) for name in kind.key if name not in present]
    problems += [
        Problem(
            "missing-column",
            _("There is no column for {field}").format(field=each.label),
            table.where(table.header_line),
            mend=_("Add it, or name the column that holds it: --map HEADING={name}.").format(
                name=each.name
            ),
        )
        for each in lacking
        if each.required
    ]
    return columns, problems


def _unknown(kind: Kind, table: Table, heading: str, *, ignored: bool) -> Problem:
    words = [word for each in kind.given for word in (each.zh, each.en)]
    mend = nearest(heading, words)
    heading = masked(heading)  # a file without headings has data where they should be
    what = (
        _("The column “{heading}” is left out").format(heading=heading)
        if ignored
        else _("The column “{heading}” means nothing here").format(heading=heading)
    )
    rest = _("Rename it, map it with --map HEADING=field, or leave it out with --ignore-unknown.")
    return Problem(
        "unknown-column",
        what,
        table.where(table.header_line),
        heading,
        "" if ignored else f"{mend} {rest}".strip(),
        note=ignored,
    )


def _reader(
    each: Field, unit: str, reads: Context, references: References
) -> Callable[[Any], Value]:
    own = replace(reads, unit=unit)

    def read(cell: Any) -> Value:
        if cell is None or cell == "":
            return None
        value = each.type.parse(cell, own)
        if value is not None and each.refers:
            return references.resolve(each.refers, str(value))
        return value

    return read


def _read(batch: Batch, columns: Sequence[_Column]) -> Iterator[_Read]:
    """Yield every row of the file that reads well; the others become findings."""
    fields = [(column.into.name, column.at, column) for column in columns]
    for line, cells in batch.table.rows:
        try:
            values = {name: column.value(cells[at]) for name, at, column in fields}
        except BadValueError:
            batch.take(_unread(batch, line, cells, columns))
            continue
        taken = _taken(batch, line, values)
        if taken:
            yield taken


def _unread(
    batch: Batch, line: int, cells: Sequence[Any], columns: Sequence[_Column]
) -> Iterator[Problem]:
    """Yield a finding for each cell of the row that cannot be read."""
    for column in columns:
        try:
            column.value(cells[column.at])
        except BadValueError as bad:
            place = batch.table.where(line, column.heading)
            yield problem_of(column.into, cells[column.at], bad, place)


def _taken(batch: Batch, line: int, values: dict[str, Value]) -> _Read | None:
    """Take a row by its key; a row said twice counts once, two that differ are a finding."""
    missing = [each for each in batch.key_fields if each.required and values.get(each.name) is None]
    if missing:
        batch.take(
            Problem(
                "missing-value",
                _("{field} is missing").format(field=each.label),
                batch.table.where(line),
                mend=_("Fill it in."),
            )
            for each in missing
        )
        return None
    kept = [each.type.keep(values.get(each.name)) for each in batch.key_fields]
    key = tuple("" if part is None else str(part) for part in kept)
    joined, content = _JOIN.join(key), hash(tuple(values.values()))
    stands = batch.rows.get(joined)
    if stands is None:
        batch.rows[joined] = (line, content)
        return _Read(line, key, values)
    if stands[1] == content:
        batch.repeated.append(line)
        return None
    what = _("{key} stands in line {line} already, with other values").format(
        key=" ".join(part for part in key if part), line=stands[0]
    )
    mend = _("Keep one of the two rows.")
    batch.take([Problem("duplicate-key", what, batch.table.where(line), mend=mend)])
    return None


def _settle(writer: Writer, batch: Batch, columns: Sequence[_Column]) -> None:
    """Compare the rows with the store and write what is new or changed, a chunk at a time."""
    stored = query.rows_by_key(writer.connection, batch.kind)
    rows = _read(batch, columns)
    while chunk := list(islice(rows, _CHUNK)):
        _settle_chunk(writer, batch, chunk, stored)
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
    chunk: Sequence[_Read],
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
            del batch.rows[_JOIN.join(key)]
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
    gone = [(key, row) for key, (row, _d) in stored.items() if _JOIN.join(key) not in batch.rows]
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

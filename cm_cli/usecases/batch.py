"""The rows of a file on their way into the store: columns, values, keys, and what is wrong.

Nothing is written here; a batch knows which rows read well and keeps every finding.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from cm_cli.domain.fields import BadValueError, nearest
from cm_cli.domain.kind import heading_key, headings, match_heading
from cm_cli.domain.marks import FINDINGS
from cm_cli.domain.privacy import masked
from cm_cli.domain.quantities import unit_of_heading
from cm_cli.errors import Problem
from cm_cli.language import _
from cm_cli.store.regulations import posts_of
from cm_cli.usecases.checking import References, problem_of

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from cm_cli.domain.fields import Context, Value
    from cm_cli.domain.kind import Field, Kind
    from cm_cli.domain.sheet import Cell
    from cm_cli.errors import Where
    from cm_cli.readers.rows import Table
    from cm_cli.usecases.clerk import Clerk
    from cm_cli.usecases.regulations import Readings

_MEMORY = 5_000
_SHORT = 64  # characters of a cell worth remembering
_FINDINGS = 10_000  # kept with their places; the others are counted
_CHUNK = 5_000
JOIN = "\x1f"
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
    progress: Callable[[int], None] = field(default=lambda _rows: None)


@dataclass(slots=True)
class InColumn:
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


class Read(NamedTuple):
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
    columns_for: Callable[[Sequence[Any]], Sequence[InColumn]] | None = None
    key_fields: list[Field] = field(init=False)

    def __post_init__(self) -> None:
        self.key_fields = [self.kind.field(name) for name in self.kind.key]

    def line_of(self, key: Sequence[str]) -> Where | None:
        """Return where the record with that key stands in the file, if it does."""
        found = self.rows.get(JOIN.join(key))
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


def columns_of(
    kind: Kind, table: Table, wanted: Wanted, reads: Context, references: References
) -> tuple[list[InColumn], list[Problem]]:
    """Match the headings of the file with the fields of the kind."""
    known = headings(kind)
    renamed = {heading_key(old): new for old, new in wanted.renamed.items()}
    columns: list[InColumn] = []
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
        columns.append(InColumn(at, heading, found, _reader(found, unit, reads, references)))
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


def by_post(
    batch: Batch, columns: Sequence[InColumn], readings: Readings, references: References
) -> Callable[[Sequence[Any]], Sequence[InColumn]]:
    """Return how the cells of a row are read: by the regulation for the manager's unit and line.

    They are those the row gives, else those on record.
    """
    posts = posts_of(references.connection)
    places = {column.into.name: column for column in columns}
    made: dict[str, Sequence[InColumn]] = {}

    def said(name: str, cells: Sequence[Any]) -> str:
        column = places.get(name)
        try:
            return str((column.value(cells[column.at]) if column else None) or "")
        except BadValueError:
            return ""

    def columns_for(cells: Sequence[Any]) -> Sequence[InColumn]:
        own = batch.kind.name == "manager"
        unit, line = posts.get(said("code" if own else "manager", cells), ("", ""))
        if own:
            unit, line = said("unit", cells) or unit, said("line", cells) or line
        digest = readings.scopes.of(unit, line).digest
        if digest not in made:
            reads = readings.of(unit, line)
            made[digest] = columns_of(batch.kind, batch.table, batch.wanted, reads, references)[0]
        return made[digest]

    return columns_for


def read(batch: Batch, columns: Sequence[InColumn]) -> Iterator[Read]:
    """Yield every row of the file that reads well; the others become findings."""
    fields = [(column.into.name, column.at, column) for column in columns]
    for line, cells in batch.table.rows:
        if batch.columns_for:
            columns = batch.columns_for(cells)
            fields = [(column.into.name, column.at, column) for column in columns]
        try:
            values = {name: column.value(cells[at]) for name, at, column in fields}
        except BadValueError:
            batch.take(_unread(batch, line, cells, columns))
            continue
        taken = _taken(batch, line, values)
        if taken:
            yield taken


def _unread(
    batch: Batch, line: int, cells: Sequence[Any], columns: Sequence[InColumn]
) -> Iterator[Problem]:
    """Yield a finding for each cell of the row that cannot be read."""
    for column in columns:
        try:
            column.value(cells[column.at])
        except BadValueError as bad:
            place = batch.table.where(line, column.heading)
            yield problem_of(column.into, cells[column.at], bad, place)


def _taken(batch: Batch, line: int, values: dict[str, Value]) -> Read | None:
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
    joined, content = JOIN.join(key), hash(tuple(values.values()))
    stands = batch.rows.get(joined)
    if stands is None:
        batch.rows[joined] = (line, content)
        return Read(line, key, values)
    if stands[1] == content:
        batch.repeated.append(line)
        return None
    what = _("{key} stands in line {line} already, with other values").format(
        key=" ".join(part for part in key if part), line=stands[0]
    )
    mend = _("Keep one of the two rows.")
    batch.take([Problem("duplicate-key", what, batch.table.where(line), mend=mend)])
    return None

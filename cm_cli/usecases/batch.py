"""The rows of a file on their way into the store: columns, values, keys, and what is wrong.

Nothing is written here; a batch knows which rows read well and keeps every finding.
"""

from __future__ import annotations

import sys
from array import array
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, compress, count, groupby
from typing import TYPE_CHECKING, Any

from cm_cli.domain.fields import BadValueError, Spoilt
from cm_cli.domain.privacy import masked
from cm_cli.errors import Problem, Where
from cm_cli.language import _, n_
from cm_cli.readers.heads import alone, talk
from cm_cli.store.aside import Beside
from cm_cli.store.place import Place
from cm_cli.store.query import picked
from cm_cli.usecases.checking import problem_of

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from cm_cli.domain.fields import Context, Kept, Value
    from cm_cli.domain.kind import Field, Kind
    from cm_cli.domain.sheet import Cell
    from cm_cli.readers.rows import Chunk, Table
    from cm_cli.usecases.clerk import Clerk
    from cm_cli.usecases.columns import InColumn

MOST_TOLD = 10_000  # findings told with their places; the others are counted
MOST_HELD = 1_000_000  # rows remembered in memory
JOIN = "\x1f"
_WORD = 16  # characters shown of a row that is no record


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to read a file: what the caller says of it; empty where the file decides."""

    encoding: str = ""
    sheet: str = ""
    format: str = ""
    renamed: Mapping[str, str] = field(default_factory=dict)
    mapped: Sequence[str] = ()  # of those renamed: the ones that must be there
    fill: Mapping[str, str] = field(default_factory=dict)
    by_name: bool = False
    ignore_unknown: bool = False
    mode: str = "upsert"
    accept_good: bool = False
    diff: bool = False
    progress: Callable[[int], None] = field(default=lambda _rows: None)
    findings: int = field(default_factory=lambda: MOST_TOLD)


@dataclass(slots=True)
class Rows:
    """Rows that read well: their lines, their keys, and by field what the store is to keep."""

    lines: Sequence[int]
    keys: Sequence[str]
    columns: dict[str, Sequence[Kept]]

    def only(self, wanted: Sequence[object]) -> Rows:
        """Return the rows for which something true is given."""
        if all(wanted):
            return replace(self)
        lines, keys = list(compress(self.lines, wanted)), list(compress(self.keys, wanted))
        return Rows(lines, keys, picked(self.columns, wanted))

    def record(self, kind: Kind, at: int) -> dict[str, Value]:
        """Return one row as values, every field present."""
        return kind.give(
            {name: self.columns[name][at] if name in self.columns else None for name in kind.names}
        )


@dataclass(slots=True)
class Met:
    """The rows a file has shown: by key the line of each and the hash of its content.

    Beyond ``most`` rows they are kept beside the memory, so that it does not grow with the file.
    """

    most: int = field(default_factory=lambda: MOST_HELD)
    places: dict[str, int] = field(default_factory=dict)
    lines: array[int] = field(default_factory=partial(array, "q"))
    contents: array[int] = field(default_factory=partial(array, "q"))
    beside: Beside | None = None

    def __len__(self) -> int:
        return len(self.places) + (len(self.beside) if self.beside else 0)

    def __contains__(self, key: str) -> bool:
        return self.get(key) is not None

    def get(self, key: str) -> tuple[int, int] | None:
        """Return line and content of the row with that key, if it was met."""
        at = self.places.get(key)
        if at is not None:
            return self.lines[at], self.contents[at]
        return self.beside.get(key) if self.beside else None

    def items(self) -> Iterator[tuple[str, tuple[int, int]]]:
        """Yield key, line and content of every row."""
        if self.beside:
            yield from self.beside.items()
        for key, at in self.places.items():
            yield key, (self.lines[at], self.contents[at])

    def news(self, keys: Sequence[str]) -> bool:
        """Say whether no key was met before, and none stands there twice."""
        return (
            self.places.keys().isdisjoint(keys)
            and len(set(keys)) == len(keys)
            and not (self.beside and self.beside.any_of(keys))
        )

    def add(self, keys: Sequence[str], lines: Sequence[int], contents: Iterable[int]) -> None:
        """Remember rows; their keys are new."""
        self.places.update(zip(keys, count(len(self.lines)), strict=False))
        self.lines.extend(lines)
        self.contents.extend(contents)
        if len(self.lines) > self.most:
            self.beside = self.beside or Beside()
            self.beside.add(
                (key, self.lines[at], self.contents[at]) for key, at in self.places.items()
            )
            self.places = {}
            del self.lines[:], self.contents[:]

    def forget(self, keys: Sequence[str]) -> None:
        """Take rows for not met, as those that are left out."""
        for key in keys:
            self.places.pop(key, None)
        if self.beside:
            self.beside.forget(keys)


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
    rows: Met = field(default_factory=Met)
    repeated: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    strange: dict[str, Counter[str]] = field(default_factory=dict)
    untold: int = 0
    talk: list[Problem] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    removed: int = 0
    diff: list[tuple[Cell, ...]] = field(default_factory=list)
    wanted: Wanted = field(default_factory=Wanted)
    columns_for: Callable[[Sequence[Any]], Sequence[InColumn]] | None = None
    key_fields: list[Field] = field(init=False)

    def __post_init__(self) -> None:
        self.key_fields = [self.kind.field(name) for name in self.kind.key]
        if isinstance(self.clerk.place, Place) and self.clerk.place.key:
            self.rows.most = sys.maxsize  # nothing of an encrypted store lies beside it

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
            if len(self.problems) < self.wanted.findings:
                self.problems.append(each)
            else:
                self.untold += 1

    def told(self) -> list[Problem]:
        """Return the findings, and how many there are beyond those that are told."""
        if not self.untold:
            return self.problems
        what = n_(
            "{count} more finding is not told here",
            "{count} more findings are not told here",
            self.untold,
        ).format(count=self.untold)
        mend = _("Mend these first and import the file again.")
        return [
            *self.problems,
            Problem("more-findings", what, Where(self.table.source.file), mend=mend, note=True),
        ]


def read(batch: Batch, general: Sequence[InColumn]) -> Iterator[Rows]:
    """Yield the rows of the file that read well, a chunk at a time; the others become findings."""
    for chunk, columns in _apart(batch, general):
        told: dict[int, list[Problem]] = {}  # by the row's place in the chunk
        values = _values(batch, columns, chunk, told)
        rows = Rows(chunk.lines, _keys(batch, values), values)
        lacking = _lacking(batch, rows)
        _talk(batch, columns, chunk, rows, lacking, told)
        _missing(batch, rows, lacking, told)
        _repeated(batch, rows, told)
        batch.take(each for at in sorted(told) for each in told[at])
        yield rows.only([at not in told for at in range(len(rows.lines))]) if told else rows


def _apart(batch: Batch, columns: Sequence[InColumn]) -> Iterator[tuple[Chunk, Sequence[InColumn]]]:
    """Yield the chunks with their columns: rows of different regulations are read apart."""
    for chunk in batch.table.chunks:
        if batch.columns_for is None or not chunk.lines:
            yield chunk, columns
            continue
        start, kinds = 0, list(map(batch.columns_for, zip(*chunk.columns, strict=True)))
        for _own, same in groupby(kinds, key=id):
            end = start + len(list(same))
            cells = [column[start:end] for column in chunk.columns]
            yield chunk._replace(lines=chunk.lines[start:end], columns=cells), kinds[start]
            start = end


def _values(
    batch: Batch, columns: Sequence[InColumn], chunk: Chunk, told: dict[int, list[Problem]]
) -> dict[str, Sequence[Kept]]:
    """Read the cells by column; only those of a column that cannot be read are seen one by one."""
    values: dict[str, Sequence[Kept]] = {}
    refused: list[InColumn] = []
    for column in columns:
        try:
            values[column.into.name] = column.read(column.cells(chunk))
        except BadValueError:
            values[column.into.name] = []
            refused.append(column)
    for at, line in enumerate(chunk.lines if refused else ()):
        ruined: set[Spoilt] = set()  # a merge has many cells and is one finding
        for column in refused:
            cell, kept = chunk.columns[column.at][at], None
            try:
                kept = column.value(cell)
            except BadValueError as bad:
                found = told.setdefault(at, [])
                place = batch.table.where(line, column.heading)
                if not isinstance(cell, Spoilt):
                    found.append(problem_of(column.into, cell, bad, place))
                elif cell not in ruined:
                    found.append(Problem(cell.slug, cell.what, place, cell.value, cell.mend))
                    ruined.add(cell)
            values[column.into.name].append(kept)  # type: ignore[attr-defined]
    return values


def _lacking(batch: Batch, rows: Rows) -> set[int]:
    """Return the places of the rows that lack a part of their key."""
    parts = [rows.columns.get(each.name, ()) for each in batch.key_fields if each.required]
    return {at for kept in parts if None in kept for at, part in enumerate(kept) if part is None}


def _talk(
    batch: Batch,
    columns: Sequence[InColumn],
    chunk: Chunk,
    rows: Rows,
    lacking: set[int],
    told: dict[int, list[Problem]],
) -> None:
    """Leave out the rows that are none: sums, signatures and notes that have no key, or are it.

    They are looked for among the rows that do not read, that lack their key, or whose key is not
    ASCII: 合计 might pass for a code.
    """
    doubtful = told.keys() | lacking
    if not "".join(rows.keys).isascii():
        doubtful |= {at for at, key in enumerate(rows.keys) if not key.isascii()}
    places = {each.into.name: each.at for each in columns if each.at >= 0}
    taken, first = set(places.values()), places.get(batch.kind.key[0])
    for at in sorted(doubtful):
        cells = [column[at] for column in chunk.columns]
        of_key = "" if at in lacking else talk(cells, first)
        said = of_key or talk(cells) or alone(cells, taken)
        if not said:
            continue
        told[at] = []
        if len(batch.talk) < batch.wanted.findings:
            word = said if len(said) <= _WORD else said[:_WORD] + "…"
            what = _("The row is no record and was left out: “{text}”").format(text=masked(word))
            place = batch.table.where(chunk.lines[at])
            batch.talk.append(Problem("no-record", what, place, word, note=True))


def _keys(batch: Batch, values: Mapping[str, Sequence[Kept]]) -> list[str]:
    """Return the keys of rows, each as one text; an empty part is an empty text."""
    size = len(next(iter(values.values()), ()))
    parts = [
        ["" if kept is None else str(kept) for kept in values.get(name) or [None] * size]
        for name in batch.kind.key
    ]
    return parts[0] if len(parts) == 1 else list(map(JOIN.join, zip(*parts, strict=True)))


def _missing(batch: Batch, rows: Rows, lacking: set[int], told: dict[int, list[Problem]]) -> None:
    """Tell the rows that read well but lack a part of their key which."""
    for at in lacking - told.keys():
        place = batch.table.where(rows.lines[at])
        told[at] = [
            Problem(
                "missing-value",
                _("{field} is missing").format(field=each.label),
                place,
                mend=_("Fill it in."),
            )
            for each in batch.key_fields
            if each.required and rows.columns[each.name][at] is None
        ]


def _repeated(batch: Batch, rows: Rows, told: dict[int, list[Problem]]) -> None:
    """Remember the rows; one said twice counts once, two that differ are a finding."""
    contents = map(hash, zip(*rows.columns.values(), strict=True))
    if not told and batch.rows.news(rows.keys):
        batch.rows.add(rows.keys, rows.lines, contents)
        return
    for at, (line, key, content) in enumerate(zip(rows.lines, rows.keys, contents, strict=True)):
        if at in told:
            continue
        stands = batch.rows.get(key)
        if stands is None:
            batch.rows.add([key], [line], [content])
        elif stands[1] == content:
            batch.repeated.append(line)
            told[at] = []
        else:
            what = _("{key} stands in line {line} already, with other values").format(
                key=shown(key), line=stands[0]
            )
            mend = _("Keep one of the two rows.")
            told[at] = [Problem("duplicate-key", what, batch.table.where(line), mend=mend)]


def shown(key: str) -> str:
    """Return a key as people read it."""
    return " ".join(part for part in key.split(JOIN) if part)

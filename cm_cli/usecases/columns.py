"""The columns of a file: which field each fills, and how its cells become what the store keeps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cm_cli.domain.fields import BadValueError, nearest
from cm_cli.domain.headings import (
    heading_key,
    headings,
    match_heading,
    strange_unit,
    unit_of_heading,
)
from cm_cli.domain.inert import inert
from cm_cli.domain.marks import FINDINGS
from cm_cli.domain.privacy import masked
from cm_cli.domain.quantities import Amount
from cm_cli.errors import Problem
from cm_cli.language import _
from cm_cli.store.regulations import posts_of
from cm_cli.usecases.headings import by_name, code_finder, counts, left_out, unmet, watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cm_cli.domain.fields import Context, FieldType, Kept
    from cm_cli.domain.kind import Field, Kind
    from cm_cli.readers.rows import Chunk, Table
    from cm_cli.usecases.batch import Batch, Wanted
    from cm_cli.usecases.references import References
    from cm_cli.usecases.regulations import Readings

NOWHERE = -1  # the place of a column the file does not have
_OURS = {heading_key(word) for word in FINDINGS.values()}  # the column of a marked copy


@dataclass(slots=True)
class InColumn:
    """One column of the file: where it is, the field it fills, and how its cells are read."""

    at: int
    heading: str
    into: Field
    type: FieldType  # of the cells: that of the field, or of a name that stands for a code
    context: Context
    references: References
    code: Callable[[str], str] | None = None  # finds the code a name stands for
    usual: Kept = None  # of the cells that say nothing

    def cells(self, chunk: Chunk) -> Sequence[Any]:
        """Return the column's cells; those of one the file does not have are empty."""
        return [None] * len(chunk.lines) if self.at == NOWHERE else chunk.columns[self.at]

    def read(self, cells: Sequence[Any]) -> Sequence[Kept]:
        """Read a column into what the store keeps; raises BadValueError where a cell is wrong."""
        kept = self.type.read_column(cells, self.context)
        if self.code:
            kept = [None if name is None else self.code(str(name)) for name in kept]
        elif self.into.refers:
            kept = self.references.resolve_all(self.into.refers, kept)
        if self.usual is None or None not in kept:
            return kept
        return [self.usual if each is None else each for each in kept]

    def value(self, cell: Any) -> Kept:
        """Read one cell; raises BadValueError, which says what is wrong."""
        kept = self.type.read(cell, self.context)
        if kept is None:
            return self.usual
        if self.code:
            return self.code(str(kept))
        return self.references.resolve(self.into.refers, str(kept)) if self.into.refers else kept


def columns_of(
    kind: Kind, table: Table, wanted: Wanted, reads: Context, references: References
) -> tuple[list[InColumn], list[Problem]]:
    """Match the headings of the file with the fields of the kind."""
    known = headings(kind)
    renamed = {heading_key(old): new for old, new in wanted.renamed.items()}
    mapped = {heading_key(text) for text in wanted.mapped}
    columns: dict[str, InColumn] = {}
    units: set[str] = set()
    problems = list(unmet(table, wanted))
    for at, heading in enumerate(table.headers):
        if heading_key(heading) in _OURS:
            continue
        bare, unit = unit_of_heading(heading)
        keys = {heading_key(heading), heading_key(bare)}
        name = next((renamed[key] for key in keys if key in renamed), heading)
        found = match_heading(known, name)[0]
        if found is None:
            if heading and counts(heading):
                problems.append(left_out(table, heading))
            elif heading:
                problems.append(_unknown(kind, table, heading, ignored=wanted.ignore_unknown))
            continue
        problems += _units_said(table, heading, found, unit, mapped=bool(mapped & keys))
        own = replace(reads, unit=unit or table.unit)
        column = InColumn(at, heading, found, found.type, own, references)
        twin = columns.get(found.name)
        if twin and bool(mapped & keys) == _is_mapped(twin.heading, mapped):
            problems += _twins(table, twin, heading)
        elif twin and not mapped & keys:
            problems.append(left_out(table, heading))
        else:
            problems += [left_out(table, twin.heading)] if twin else []
            columns[found.name] = column
            units |= {found.name} if unit else set()
    if table.unit and any(
        isinstance(column.into.type, Amount) and name not in units
        for name, column in columns.items()
    ):
        what = _("Amounts whose heading says no unit are read in {unit}, as is said above it")
        where = table.where(table.header_line)
        problems.append(Problem("unit-above", what.format(unit=table.unit), where, note=True))
    watch(table, noted=wanted.ignore_unknown or wanted.accept_good)
    problems += _unsaid(kind, columns, wanted, reads, references)
    lacking = [kind.field(name) for name in kind.key if name not in columns]
    if wanted.by_name and "code" not in columns:
        lacking = [kind.field("name"), *(each for each in lacking if each.name != "code")]
    problems += [_lacking(kind, table, each) for each in lacking if each.required]
    return list(columns.values()), problems


def _units_said(
    table: Table, heading: str, into: Field, unit: str, *, mapped: bool
) -> Iterator[Problem]:
    """Yield what is to be said of a column of amounts whose heading names no unit that is read."""
    if unit or not isinstance(into.type, Amount):
        return
    where = table.where(table.header_line, heading)
    strange, example = strange_unit(heading), f"{into.label}（万元）"
    if strange:
        what = _("“{unit}” is not a unit of money that is read").format(unit=inert(strange))
        mend = _("Write it as 元, 万元 or 亿元 ({example}); convert other currencies first.")
        yield Problem("strange-unit", what, where, strange, mend.format(example=example))
    elif mapped and not table.unit:
        what = _("The heading names no unit: its amounts are read in {unit}")
        mend = _("Where they are in another, write it into the heading: {example}.")
        said = what.format(unit=into.unit)
        yield Problem("unit-unsaid", said, where, mend=mend.format(example=example), note=True)


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
        if column is None:
            return ""
        try:
            return str(column.value("" if column.at == NOWHERE else cells[column.at]) or "")
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


def _unsaid(
    kind: Kind,
    columns: dict[str, InColumn],
    wanted: Wanted,
    reads: Context,
    references: References,
) -> list[Problem]:
    """Add the columns the file does not have: codes by name, and values the caller gives."""
    problems: list[Problem] = []
    if wanted.by_name and "code" not in columns and "name" in columns:
        codes = code_finder(kind, references)
        columns["code"] = replace(columns["name"], into=kind.field("code"), code=codes)
    for name, text in wanted.fill.items():
        each = kind.field(name)
        given = InColumn(NOWHERE, "", each, each.type, reads, references)
        column = columns.setdefault(name, given)
        try:
            column.usual = given.value(text)
        except BadValueError as bad:
            what = _("--fill {name}={value} {what}").format(name=name, value=text, what=bad.what)
            problems.append(Problem("bad-fill", what, mend=bad.mend))
    return problems


def _is_mapped(heading: str, mapped: set[str]) -> bool:
    return bool({heading_key(heading), heading_key(unit_of_heading(heading)[0])} & mapped)


def _twins(table: Table, twin: InColumn, heading: str) -> Iterator[Problem]:
    """Yield a finding about two columns for one field; of the same heading the reader told."""
    if heading == twin.heading:
        return
    what = _("“{one}” and “{other}” both mean {field}").format(
        one=twin.heading, other=heading, field=twin.into.label
    )
    either = _("Keep one, or say which to take: --map {heading}={name}.")
    alike = heading_key(heading) == heading_key(twin.heading)
    mend = _("Keep one.") if alike else either.format(heading=heading, name=twin.into.name)
    yield Problem("same-field", what, table.where(table.header_line), mend=mend)


def _lacking(kind: Kind, table: Table, each: Field) -> Problem:
    mend = _(
        "Add it, name the column that holds it: --map HEADING={name}, or give one value for all"
        " rows: --fill {name}=VALUE."
    )
    if each.name == "code" and by_name(kind):
        mend = _(
            "Add it, or name the column that holds it: --map HEADING={name}. Where the names are"
            " as good as codes: --by-name."
        )
    what = _("There is no column for {field}").format(field=each.label)
    where = table.where(table.header_line)
    return Problem("missing-column", what, where, mend=mend.format(name=each.name))


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

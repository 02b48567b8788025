"""Reading records from a file: every row is checked, every finding shown, all or nothing written.

Rows are matched with the store by the key of their kind: new ones are registered, changed ones
updated, the rest left alone, so that the same file a second time changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cm_cli.domain.fields import BadValueError, nearest
from cm_cli.domain.kind import heading_key, headings, match_heading
from cm_cli.errors import CmError, Exit, Problem
from cm_cli.language import _, n_
from cm_cli.readers.registry import open_table
from cm_cli.store import query
from cm_cli.store.journal import digest_of
from cm_cli.usecases.checking import References, completed, problem_of, whole, with_search
from cm_cli.usecases.clerk import Clerk, Outcome, transaction
from cm_cli.usecases.records import after
from cm_cli.usecases.regulations import context

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import BinaryIO

    from cm_cli.domain.fields import Context, Value
    from cm_cli.domain.kind import Field, Kind
    from cm_cli.readers.rows import Table
    from cm_cli.store.journal import Writer

_MEMORY = 50_000
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to read a file: what the caller says of it; empty where the file decides."""

    encoding: str = ""
    sheet: str = ""
    format: str = ""
    renamed: Mapping[str, str] = field(default_factory=dict)
    ignore_unknown: bool = False


@dataclass(slots=True)
class _Column:
    """One column of the file: where it is, the field it fills, and how its cells are read."""

    at: int
    heading: str
    into: Field
    read: Callable[[Any], Value]
    seen: dict[Any, Value] = field(default_factory=dict)

    def value(self, cell: Any) -> Value:
        """Read a cell; equal cells are read once. Raises BadValueError."""
        key = (type(cell), cell)
        if key in self.seen:
            return self.seen[key]
        value = self.read(cell)
        if len(self.seen) < _MEMORY:
            self.seen[key] = value
        return value


@dataclass(slots=True)
class _Batch:
    """The rows of a file that read well, by key, with the line each stands on."""

    kind: Kind
    rows: dict[tuple[str, ...], tuple[int, dict[str, Value]]] = field(default_factory=dict)
    repeated: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def import_(
    clerk: Clerk, kind: Kind, source: str, wanted: Wanted, stdin: BinaryIO | None = None
) -> Outcome:
    """Import a file; raises CmError with all findings where a row does not fit."""
    outcome = Outcome()
    known = headings(kind)
    with (
        open_table(
            source,
            encoding=wanted.encoding,
            sheet=wanted.sheet,
            format=wanted.format,
            known=lambda text: match_heading(known, text)[0] is not None,
            stdin=stdin,
        ) as table,
        transaction(clerk, outcome) as writer,
    ):
        reads = context(writer.connection, clerk.today)
        references = References(writer.connection)
        columns, problems = _columns(kind, table, wanted, reads, references)
        batch = _Batch(kind, problems=problems)
        if any(not found.note for found in problems):
            batch.problems += table.problems
            raise _refused(batch, table)
        _read(batch, table, columns)
        _settle(writer, batch, table, clerk, reads, outcome)
        outcome.notes = [found for found in batch.problems if found.note]
    return outcome


def _columns(
    kind: Kind, table: Table, wanted: Wanted, reads: Context, references: References
) -> tuple[list[_Column], list[Problem]]:
    """Match the headings of the file with the fields of the kind."""
    known = headings(kind)
    renamed = {heading_key(old): new for old, new in wanted.renamed.items()}
    columns: list[_Column] = []
    problems: list[Problem] = []
    for at, heading in enumerate(table.headers):
        name = renamed.get(heading_key(heading), heading)
        found, unit = match_heading(known, name)
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


def _read(batch: _Batch, table: Table, columns: Sequence[_Column]) -> None:
    """Read every row of the file into the batch, or a finding about it."""
    for row in table.rows:
        values: dict[str, Value] = {}
        sound = True
        for column in columns:
            try:
                values[column.into.name] = column.value(row.cells[column.at])
            except BadValueError as bad:
                sound = False
                place = table.where(row.line, column.heading)
                batch.problems.append(problem_of(column.into, row.cells[column.at], bad, place))
        if sound:
            _take(batch, table, row.line, values)
    batch.problems += table.problems


def _take(batch: _Batch, table: Table, line: int, values: dict[str, Value]) -> None:
    """Put a row under its key; a row said twice counts once, two that differ are a finding."""
    missing = [
        batch.kind.field(n)
        for n in batch.kind.key
        if batch.kind.field(n).required and values.get(n) is None
    ]
    if missing:
        batch.problems += [
            Problem(
                "missing-value",
                _("{field} is missing").format(field=each.label),
                table.where(line),
                mend=_("Fill it in."),
            )
            for each in missing
        ]
        return
    key = batch.kind.key_of(values)
    stands = batch.rows.get(key)
    if stands is None:
        batch.rows[key] = (line, values)
    elif stands[1] == values:
        batch.repeated.append(line)
    else:
        what = _("{key} stands in line {line} already, with other values").format(
            key=" ".join(part for part in key if part), line=stands[0]
        )
        batch.problems.append(
            Problem("duplicate-key", what, table.where(line), mend=_("Keep one of the two rows."))
        )


def _settle(
    writer: Writer, batch: _Batch, table: Table, clerk: Clerk, reads: Context, outcome: Outcome
) -> None:
    """Compare the batch with the store, refuse or write it, and count what became of each row."""
    stored = query.rows_by_key(writer.connection, batch.kind)
    standing = _contents(
        writer.connection, batch.kind, [stored[key][0] for key in batch.rows if key in stored]
    )
    fresh: list[dict[str, Value]] = []
    changed: list[tuple[int, dict[str, Value]]] = []
    for key, (line, values) in batch.rows.items():
        row = stored[key][0] if key in stored else None
        full = _full(batch.kind, values, standing.get(row) if row else None, reads)
        batch.problems += whole(batch.kind, full, clerk.today, table.where(line))
        if row is None:
            fresh.append(full)
        elif stored[key][1] != digest_of(batch.kind, row, batch.kind.keep(full)):
            changed.append((row, full))
    if batch.repeated:
        batch.problems.append(_repeats(batch, table))
    if any(not found.note for found in batch.problems):
        raise _refused(batch, table)
    if fresh:
        writer.insert_many(batch.kind, fresh)
    for row, full in changed:
        writer.update(batch.kind, row, full)
    touched = [*fresh, *(full for _row, full in changed)]
    if touched:
        after(writer, batch.kind, [batch.kind.key_of(full)[0] for full in touched], clerk.today)
    outcome.tally = {
        "new": len(fresh),
        "changed": len(changed),
        "unchanged": len(batch.rows) - len(touched),
        "repeated": len(batch.repeated),
    }


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


def _contents(
    connection: sqlite3.Connection, kind: Kind, rows: Sequence[int]
) -> dict[int | None, dict[str, Value]]:
    """Return the records of these ids."""
    found: dict[int | None, dict[str, Value]] = {}
    names = ", ".join(kind.names)
    for start in range(0, len(rows), _CHUNK):
        part = rows[start : start + _CHUNK]
        places = ", ".join("?" * len(part))
        for row in connection.execute(
            f"SELECT id, {names} FROM {kind.name} WHERE id IN ({places})", list(part)
        ):
            found[row[0]] = kind.give(dict(zip(kind.names, row[1:], strict=True)))
    return found


def _repeats(batch: _Batch, table: Table) -> Problem:
    count = len(batch.repeated)
    what = n_(
        "{count} row repeats an earlier one word for word and counts once",
        "{count} rows repeat earlier ones word for word and count once",
        count,
    ).format(count=count)
    return Problem("repeated-row", what, table.where(batch.repeated[0]), note=True)


def _refused(batch: _Batch, table: Table) -> CmError:
    serious = _serious(batch.problems)
    return CmError(
        n_(
            "Nothing was written: {count} finding in {file}",
            "Nothing was written: {count} findings in {file}",
            serious,
        ).format(count=serious, file=table.source.file),
        mend=_("Mend the rows and import the file again."),
        slug="data-refused",
        code=Exit.DATA_REFUSED,
        problems=batch.problems,
    )


def _serious(problems: Iterable[Problem]) -> int:
    return sum(1 for found in problems if not found.note)

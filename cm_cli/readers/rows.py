"""What every input format yields: a table of headings and rows, findings beside them.

Nothing here knows what a heading means; a reader only asks whether it is known.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import chain, compress, islice
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from cm_cli.domain.privacy import masked
from cm_cli.errors import CmError, Exit, Problem, Where
from cm_cli.language import _, n_
from cm_cli.readers.heads import unit_above, units_beneath, with_unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import TracebackType

CELL_LIMIT = 32_767  # characters, the most a spreadsheet's cell holds
COLUMNS_LIMIT = 1_000
HEAD_ROWS = 10
FINDINGS_LIMIT = 1_000
CHUNK = 5_000  # rows handed on at a time


class Row(NamedTuple):
    """The cells under the headings and the line (of a workbook: the row) they begin on."""

    line: int
    cells: list[Any]


class Block(NamedTuple):
    """Some records as they stand in the file: the line of each, and its cells."""

    lines: Sequence[int]
    rows: Sequence[list[Any]]

    def only(self, wanted: Sequence[bool]) -> Block:
        """Return the records that are wanted."""
        if all(wanted):
            return self
        return Block(list(compress(self.lines, wanted)), list(compress(self.rows, wanted)))

    def filled(self) -> Block:
        """Return the records that are not blank; nearly all of them show it by their first cell."""
        return self.only(
            [
                bool(cells)
                and ((cells[0].__class__ is str and bool(cells[0].strip())) or not blank(cells))
                for cells in self.rows
            ]
        )


class Chunk(NamedTuple):
    """Some rows of a table, turned over: the line of each, and their cells by column."""

    lines: Sequence[int]
    columns: list[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Source:
    """What was read: the name as given, the real format, and the SHA-256 of the bytes."""

    file: str
    format: str
    sha256: str
    encoding: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What the caller asks of a reader; an empty text leaves the choice to the file."""

    encoding: str = ""
    sheet: str = ""
    format: str = ""
    known: Callable[[str], bool] | None = None
    longest: int = CELL_LIMIT  # characters of a text; more only where a kind has long ones


@dataclass(eq=False)
class Table:
    """Headings and rows of one file, to be read once and closed (or used as a context).

    Rows come a chunk at a time, by column. An empty cell is ``""``; other cells are ``str``,
    ``int``, ``float``, ``Decimal``, ``bool``, ``date``, ``datetime``, ``Spoilt``, or a ``list`` of
    such. ``problems`` is complete when the rows are exhausted; a row that has a finding of its own
    is not yielded. What ends the reading raises CmError. ``unit`` is the one that is said above the
    headings, if one is.
    """

    source: Source
    headers: list[str]
    header_line: int
    chunks: Iterator[Chunk]
    problems: list[Problem]
    close: Callable[[], None] = field(default=lambda: None)
    unit: str = ""

    @property
    def rows(self) -> Iterator[Row]:
        """The rows one by one; those taken are gone from the chunks."""
        for lines, columns in self.chunks:
            yield from map(Row, lines, map(list, zip(*columns, strict=True)))

    def where(self, line: int = 0, column: str = "") -> Where:
        """Return the place in the file for a finding."""
        return Where(self.source.file, line, masked(column), self.source.sheet)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def table_of(
    source: Source,
    blocks: Iterator[Block],
    request: Request,
    *,
    problems: list[Problem],
    close: Callable[[], None],
) -> Table:
    """Find the heading row among the first records and return the table beneath it."""
    first = beginning(blocks)
    at = heading_at(first[:HEAD_ROWS], request.known)
    return table_under(source, first, at, blocks, problems=problems, close=close)


def size_after(met: int) -> int:
    """Return how many records to read at once after so many: few until the headings are found."""
    return CHUNK if met > HEAD_ROWS else HEAD_ROWS + 1


def beginning(blocks: Iterator[Block]) -> list[Row]:
    """Take blocks until there are the records to find the headings among, and one beneath."""
    taken: list[Row] = []
    for block in blocks:
        taken += map(Row, *block)
        if len(taken) > HEAD_ROWS:
            break
    return taken


def in_blocks(records: Iterable[Row]) -> Iterator[Block]:
    """Yield records that come one by one as blocks."""
    records = iter(records)
    while some := list(islice(records, CHUNK)):
        yield Block(*zip(*some, strict=True))


def table_under(
    source: Source,
    first: Sequence[Row],
    at: int,
    blocks: Iterable[Block],
    *,
    problems: list[Problem],
    close: Callable[[], None] = lambda: None,
) -> Table:
    """Return the table whose headings are the ``at``-th of the records already taken."""
    if not first:
        raise empty(source.file)
    headers = _trimmed([str(cell).strip() for cell in first[at].cells])
    beneath = at + 1
    if beneath < len(first) and (units := units_beneath(first[beneath].cells)):
        headers = [with_unit(text, units.get(n, "")) for n, text in enumerate(headers)]
        beneath += 1
    if len(headers) > COLUMNS_LIMIT:
        raise too_many_columns(Where(source.file, first[at].line, "", source.sheet))
    unit = unit_above(record.cells for record in first[:at])
    table = Table(source, headers, first[at].line, iter(()), problems, close, unit)
    problems.extend(_duplicates(table))
    table.chunks = _checked(table, chain(in_blocks(first[beneath:]), blocks))
    return table


def heading_at(head: Sequence[Row], known: Callable[[str], bool] | None) -> int:
    """Return which record has the most known headings, the first where none has one."""
    scores = [known_in(record.cells, known) for record in head]
    return scores.index(max(scores)) if scores else 0


def known_in(cells: Iterable[Any], known: Callable[[str], bool] | None) -> int:
    """Count the cells that are known headings."""
    if known is None:
        return 0
    return sum(1 for cell in cells if isinstance(cell, str) and cell.strip() and known(cell))


def blank(cells: Sequence[Any]) -> bool:
    """Say whether a record has nothing in it but white space."""
    return not any(cell.strip() if isinstance(cell, str) else cell is not None for cell in cells)


def empty(file: str) -> CmError:
    """Return the refusal of a file in which there is nothing."""
    return CmError(
        _("The file is empty"),
        where=file,
        mend=_("Check that it was saved, and that it is the right one."),
        slug="empty-file",
        code=Exit.NO_INPUT,
    )


def no_records(file: str) -> CmError:
    """Return the refusal of a list in which there is nothing."""
    return CmError(
        _("There are no records in the file"),
        where=file,
        mend=_("Check that it was saved, and that it is the right one."),
        slug="empty-file",
        code=Exit.NO_INPUT,
    )


def no_keys(where: Where) -> CmError:
    """Return the refusal of records in which nothing is said."""
    what = _("The records have no keys, so there is nothing to read")
    return refused("no-keys", what, where, _("Give each record keys with values."))


def too_many_columns(where: Where) -> CmError:
    """Return the refusal of records with more keys or headings than any list has."""
    what = _("There are more than {limit} different columns").format(limit=COLUMNS_LIMIT)
    return refused("too-many-columns", what, where, _("Check that it is the right file."))


def duplicate_key() -> tuple[str, str]:
    """Return the sentence about a key given twice in one record, and its mend."""
    return _("The key stands there twice"), _("Keep one of the two, or give it another name.")


def too_long(limit: int) -> tuple[str, str]:
    """Return the sentence about a text too long for a cell, and its mend."""
    what = _("The text is longer than {limit} characters").format(limit=limit)
    return what, _("Shorten the text, or keep it in a document of its own.")


def refused(slug: str, what: str, where: Where | str, mend: str = "") -> CmError:
    """Return the refusal of a file whose rest cannot be read."""
    return CmError(what, where=str(where), mend=mend, slug=slug, code=Exit.DATA_REFUSED)


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _duplicates(table: Table) -> Iterator[Problem]:
    for header, times in Counter(table.headers).items():
        if header and times > 1:
            yield Problem(
                "duplicate-header",
                n_(
                    "The heading stands there {n} time", "The heading stands there {n} times", times
                ).format(n=times),
                table.where(table.header_line, header),
                mend=_("Keep one of the columns, or give the other its own heading."),
            )


def _checked(table: Table, blocks: Iterable[Block]) -> Iterator[Chunk]:
    """Yield the rows that fit the headings; findings about the others go to the table."""
    width, count, wrong = len(table.headers), 0, 0
    for block in blocks:
        lines, rows = block
        count += len(rows)
        if set(map(len, rows)) != {width}:
            fit = [_fits(cells, width) for cells in rows]
            misfits = [at for at, fits in enumerate(fit) if not fits]
            told = misfits[: max(FINDINGS_LIMIT - wrong, 0)]
            table.problems.extend(_misfit(table, Row(lines[at], rows[at])) for at in told)
            wrong += len(misfits)
            lines, rows = block.only(fit)
        if rows:
            yield Chunk(lines, list(zip(*rows, strict=True)))
    if not count:
        table.problems.append(_no_rows(table))
    if wrong > FINDINGS_LIMIT:
        table.problems.append(_more(table, wrong - FINDINGS_LIMIT))


def _fits(cells: list[Any], width: int) -> bool:
    """Say whether a row has a cell for each heading; empty ones beyond them are taken away."""
    fits = len(cells) == width or (len(cells) > width and blank(cells[width:]))
    if fits:
        del cells[width:]
    return fits


def _misfit(table: Table, record: Row) -> Problem:
    expected, met = len(table.headers), len(record.cells)
    longer = met > expected
    what = (
        _("The row has more cells ({met}) than there are headings ({expected})")
        if longer
        else _("The row has fewer cells ({met}) than there are headings ({expected})")
    )
    return Problem(
        "row-too-long" if longer else "row-too-short",
        what.format(met=met, expected=expected),
        table.where(record.line),
        value=str(next((c for c in record.cells[expected:] if c != ""), "")),
        mend=_("A separator inside a text needs quotes around that text.")
        if longer
        else _("Where a cell is empty its separator has to be there all the same."),
    )


def _no_rows(table: Table) -> Problem:
    return Problem(
        "no-rows",
        _("There are no rows beneath the headings"),
        table.where(table.header_line),
        mend=_("Check that it is the right file, and the right sheet of it."),
    )


def _more(table: Table, count: int) -> Problem:
    what = n_("{n} more row does not fit", "{n} more rows do not fit", count).format(n=count)
    return Problem("more-misfits", what, table.where())

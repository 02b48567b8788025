"""Workbooks: xlsx, xls, WPS's et, ods; rows are numbered as the clerk sees them.

A cell merged downwards holds its value in every row; a whole number is ``int``, a midnight is a
``date``. What Excel has already ruined (error cells, codes of more than 15 digits typed as numbers,
formulas without a result, cells merged sideways) is ``Spoilt``, a finding for whoever reads it.
"""

from __future__ import annotations

from datetime import datetime, time
from itertools import islice
from typing import TYPE_CHECKING, Any

from cm_cli.domain.fields import Spoilt
from cm_cli.domain.headings import unit_of_heading
from cm_cli.domain.inert import inert
from cm_cli.domain.marks import HOW_TO
from cm_cli.errors import CmError, Exit, Problem, Where
from cm_cli.language import _
from cm_cli.readers.archive import Archive, inspect, password
from cm_cli.readers.heads import with_unit
from cm_cli.readers.rows import (
    HEAD_ROWS,
    Block,
    Row,
    Source,
    beginning,
    empty,
    heading_at,
    known_in,
    refused,
    size_after,
    table_under,
)
from cm_cli.readers.trial import try_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from python_calamine import CalamineSheet, CalamineWorkbook

    from cm_cli.readers.intake import Intake
    from cm_cli.readers.rows import Request, Table

NAMES = ("xlsx", "xls", "et", "ods")
SIZE_LIMIT = 64 << 20
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # the second begins an archive without parts
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EXACT_DIGITS = 10**15
_LARGE = 500_000  # cells
_NAMED = 20


def recognises(head: bytes, _ending: str) -> str:
    """Recognise a ZIP archive or an OLE container."""
    if head.startswith(_ZIP):
        return "xlsx"
    return "xls" if head.startswith(_OLE) else ""


def read(intake: Intake, request: Request, name: str) -> Table:
    """Return the table of one sheet: the one asked for, else the one with most known headings."""
    digest, archive, book = _opened(intake, name)
    sheet, problems = _choose(book, request, intake.name)
    source = Source(intake.name, archive.format, digest, sheet=sheet.name)
    return _table(source, sheet, request, archive, problems)


def sheets(intake: Intake, name: str) -> list[tuple[str, Callable[[Request], Table]]]:
    """Return the visible sheets of a workbook, each with what reads it; empty ones are left out."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    digest, archive, book = _opened(intake, name)

    def reader(title: str) -> Callable[[Request], Table]:
        def of_sheet(request: Request) -> Table:
            sheet = _sheet(book, title, intake.name)
            source = Source(intake.name, archive.format, digest, sheet=title)
            return _table(source, sheet, request, archive, [])

        return of_sheet

    return [
        (facts.name, reader(facts.name))
        for facts in book.sheets_metadata
        if facts.visible == SheetVisibleEnum.Visible
        and facts.typ == SheetTypeEnum.WorkSheet
        and _sheet(book, facts.name, intake.name).height
    ]


def _opened(intake: Intake, name: str) -> tuple[str, Archive, CalamineWorkbook]:
    """Return the digest of a workbook, what its archive was found to hold, and its parser."""
    digest = intake.digest()
    archive = inspect(intake.handle, intake.name) if name == "xlsx" else Archive(name)
    if name != "xlsx":
        try_out(intake.head(intake.size), intake.name)
    return digest, archive, _open(intake)


def _table(
    source: Source, sheet: CalamineSheet, request: Request, archive: Archive, notes: list[Problem]
) -> Table:
    blocks = _blocks(sheet)
    first = beginning(blocks)
    if not first:
        return table_under(source, first, 0, blocks, problems=notes)
    at = heading_at(first[:HEAD_ROWS], request.known)
    lowest = _bottom(sheet, first[at].line)
    at = max(at, *(n for n, record in enumerate(first[:HEAD_ROWS]) if record.line <= lowest))
    _grouped(sheet, first, at)
    spoilt = _spoilt(archive, sheet, first[at].line)
    for line, cells in first[at + 1 :]:
        _ruin(spoilt, line, cells)
    below = (_ruined_in(spoilt, block) for block in blocks)
    return table_under(source, first, at, below, problems=notes)


def _open(intake: Intake) -> CalamineWorkbook:
    import io

    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    data = intake.handle.read()
    intake.handle.close()
    if "EncryptedPackage".encode("utf-16-le") in data[: 1 << 20] + data[-(1 << 20) :]:
        raise password(intake.name)
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError as error:
        raise password(intake.name) from error
    except CalamineError as error:
        raise _unreadable(intake.name) from error
    except BaseException as error:
        raise _panic(intake.name, error) from error


def _unreadable(file: str) -> CmError:
    what = _("The workbook is damaged, or of a sort that is not read")
    mend = _("Open it in WPS or Excel and save it again as .xlsx.")
    return refused("damaged-workbook", what, file, mend)


def _panic(file: str, error: BaseException) -> BaseException:
    """Return a refusal for the parser's own bug, which it raises as a bare BaseException."""
    return _unreadable(file) if type(error).__name__ == "PanicException" else error


def _sheet(book: CalamineWorkbook, name: str, file: str) -> CalamineSheet:
    from python_calamine import CalamineError

    try:
        return book.get_sheet_by_name(name)
    except CalamineError as error:
        raise _unreadable(file) from error
    except BaseException as error:
        raise _panic(file, error) from error


def _choose(
    book: CalamineWorkbook, request: Request, file: str
) -> tuple[CalamineSheet, list[Problem]]:
    """Return the sheet asked for; else the first visible one with most known headings."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    if request.sheet:
        return _sheet(book, _named(book.sheet_names, request.sheet, file), file), []
    best: CalamineSheet | None = None
    chosen, most, others = "", -1, []
    for facts in book.sheets_metadata:
        if facts.visible != SheetVisibleEnum.Visible or facts.typ != SheetTypeEnum.WorkSheet:
            continue
        if best and best.height * best.width > _LARGE:
            best = None  # never two large ones in memory; it is read again if it is the one
        sheet = _sheet(book, facts.name, file)
        if not sheet.height:
            continue
        others.append(facts.name)
        rows = sheet.to_python(nrows=HEAD_ROWS)
        score = max((known_in(row, request.known) for row in rows), default=0)
        if score > most:
            best, chosen, most = sheet, facts.name, score
        del sheet, rows
    if not others:
        raise empty(file)
    others = [name for name in others if name != chosen and name not in HOW_TO.values()]
    best = best or _sheet(book, chosen, file)
    return best, _left_out(others, Where(file, sheet=chosen))


def _named(names: list[str], wanted: str, file: str) -> str:
    """Return the sheet of that name, or of that number counted from 1."""
    if wanted in names:
        return wanted
    if wanted.isdecimal() and 1 <= int(wanted) <= len(names):
        return names[int(wanted) - 1]
    known = ", ".join(map(inert, names[:_NAMED])) + ", …" * (len(names) > _NAMED)
    raise CmError(
        _("There is no sheet “{value}”").format(value=inert(wanted)),
        where=file,
        mend=_("Known: {known}.").format(known=known),
        slug="unknown-sheet",
        code=Exit.NO_INPUT,
    )


def _left_out(others: list[str], where: Where) -> list[Problem]:
    if not others:
        return []
    names = ", ".join(map(inert, others[:_NAMED])) + ", …" * (len(others) > _NAMED)
    what = _("Other sheets with data were not read: {names}").format(names=names)
    return [Problem("other-sheets", what, where, mend=_("Choose one with --sheet."), note=True)]


def _blocks(sheet: CalamineSheet) -> Iterator[Block]:
    """Yield the rows that are not blank, with the row numbers of the sheet.

    The parser yields the empty rows above the data, but not the empty columns beside it.
    """
    rows = _merged_downwards(sheet) if _merges(sheet) else sheet.iter_rows()
    begins, met = 1, 0
    while some := list(islice(rows, size_after(met))):
        for at, column in enumerate(zip(*some, strict=True)):
            if set(map(type, column)) != {str}:
                for cells, value in zip(some, _values(column), strict=True):
                    cells[at] = value
        block = Block(range(begins, begins + len(some)), some).filled()
        begins, met = begins + len(some), met + len(block.rows)
        yield block


def _merged_downwards(sheet: CalamineSheet) -> Iterator[list[Any]]:
    """Yield the rows of a sheet; a cell merged downwards holds its value in every row."""
    downwards = _downwards(sheet, _shift(sheet))
    filled: dict[int, tuple[int, Any]] = {}
    for line, cells in enumerate(sheet.iter_rows(), 1):
        for at, (last, value) in list(filled.items()):
            if line <= last:
                cells[at] = value
            else:
                del filled[at]
        for at, last in downwards.get(line, ()):
            if at < len(cells):
                filled[at] = (last, cells[at])
        yield cells


def _shift(sheet: CalamineSheet) -> int:
    """Return how many empty columns stand beside the table, which the parser leaves out."""
    return (sheet.start or (0, 0))[1]


def _values(column: Sequence[Any]) -> list[Any]:
    if (
        set(map(type, column)) == {float}
        and -_EXACT_DIGITS < min(column) <= max(column) < _EXACT_DIGITS
    ):
        return [int(cell) if cell.is_integer() else cell for cell in column]
    return list(map(_value, column))


def _value(cell: Any) -> Any:
    if type(cell) is float:
        if abs(cell) >= _EXACT_DIGITS:
            return _ruined(cell)
        return int(cell) if cell.is_integer() else cell
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date()
    return cell


def _ruined(cell: float) -> Spoilt:
    number = f"{cell:.0f}"
    what = _("The number {value} has more than 15 digits: the spreadsheet has already lost its end")
    mend = _("Set the column to text format and type the code again.")
    return Spoilt("ruined-number", what.format(value=number), number, mend)


def _letters(at: int) -> str:
    """Return the letters of a column counted from 0."""
    text, number = "", at + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def _merges(sheet: CalamineSheet) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return sheet.merged_cell_ranges or []


def _downwards(sheet: CalamineSheet, shift: int) -> dict[int, list[tuple[int, int]]]:
    """Return, by first row, the columns merged downwards and the last row of each."""
    found: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, right) in _merges(sheet):
        if bottom > top and left == right and left >= shift:
            found.setdefault(top + 1, []).append((left - shift, bottom + 1))
    return found


def _bottom(sheet: CalamineSheet, line: int) -> int:
    """Return the last row of a heading that is merged downwards."""
    merges = _merges(sheet)
    return max((end[0] + 1 for start, end in merges if start[0] + 1 == line), default=line)


def _grouped(sheet: CalamineSheet, head: list[Row], at: int) -> None:
    """Give the headings the unit that a cell merged above them names, as 财务（亿元）."""
    shift, lines = _shift(sheet), {record.line: record.cells for record in head[:at]}
    headings = head[at].cells
    for (top, left), (_last, right) in _merges(sheet):
        cells = lines.get(top + 1)
        if cells and right > left >= shift and left - shift < len(cells):
            unit = unit_of_heading(str(cells[left - shift]))[1]
            for column in range(left - shift, min(right - shift + 1, len(headings))):
                if isinstance(headings[column], str) and headings[column]:
                    headings[column] = with_unit(headings[column], unit)


def _ruined_in(spoilt: Mapping[int, Mapping[int, Spoilt]], block: Block) -> Block:
    """Put the ruined cells of some rows in their places, and return the rows."""
    if spoilt:
        for line, cells in zip(*block, strict=True):
            _ruin(spoilt, line, cells)
    return block


def _ruin(spoilt: Mapping[int, Mapping[int, Spoilt]], line: int, cells: list[Any]) -> None:
    """Put the ruined cells of a row in their places; of a merge the first keeps its text."""
    for at, cell in spoilt.get(line, {}).items():
        if at < len(cells):
            cells[at] = cell


def _spoilt(archive: Archive, sheet: CalamineSheet, heading: int) -> dict[int, dict[int, Spoilt]]:
    """Return the ruined cells beneath the headings, by row and by column from 0."""
    found: dict[int, dict[int, Spoilt]] = {}
    shift = _shift(sheet)
    last, left_over = (sheet.start or (0, 0))[0] + sheet.height, sheet.height * sheet.width
    for (top, left), (bottom, right) in _merges(sheet):
        if top < heading or right <= left or left_over <= 0:  # real ones do not overlap
            continue
        cell = _merged(left, right)
        for line in range(top + 1, min(bottom + 1, last) + 1):
            first = max(left - shift, 0) + (line == top + 1)
            places = range(first, min(right - shift + 1, sheet.width))
            found.setdefault(line, {}).update(dict.fromkeys(places, cell))
            left_over -= len(places) + 1
    for line, column, text in archive.errors.get(sheet.name, ()):
        if line > heading:
            found.setdefault(line, {})[column - 1 - shift] = _error(text)
    return found


def _merged(left: int, right: int) -> Spoilt:
    what = _("Cells are merged across columns {first} to {last}")
    return Spoilt(
        "merged-cells",
        what.format(first=_letters(left), last=_letters(right)),
        "",
        _("Take the merge apart so that every column has its own value."),
    )


def _error(text: str) -> Spoilt:
    if text:
        what = _("The cell holds the error {value} of the spreadsheet").format(value=text)
        return Spoilt("error-cell", what, text, _("Correct the formula, or type the value."))
    return Spoilt(
        "unknown-result",
        _("The cell holds a formula, and the file does not say what it comes to"),
        "",
        _("Open the file in WPS or Excel, save it there, and import it again."),
    )

"""The clerk's own file with the findings in it: cells filled and commented, one column more.

What stands in the file is left as it is, drop-downs, names and hidden sheets of a workbook too;
the column of findings comes last, or is the one that an earlier copy has already. A cell without
a heading that was in the way gets one (``?1``), so that it is not left out in silence.
"""

from __future__ import annotations

import csv
import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from cm_cli.domain.inert import inert
from cm_cli.domain.marks import FINDINGS
from cm_cli.domain.privacy import masked
from cm_cli.language import pick
from cm_cli.writers.csv import neutral

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_AUTHOR = "cm"
_BAD, _NOTE = "FFFFC7CE", "FFFFEB9C"
_BOX = (320, 110)  # points, wide and high
_WIDTH = 60
_OPEN = frozenset({"utf-8", "utf-16-le", "utf-16-be", "gb18030"})  # codecs that write any text
_LONGEST = 32_000  # characters of a cell


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding: its line, its column (heading or letters; none is the whole row), the words."""

    line: int
    column: str
    text: str
    note: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """How a separated text is written: its codec, the bytes before its first letter, the sign."""

    codec: str
    mark: bytes
    separator: str


def text(
    records: Iterable[tuple[int, list[str]]],
    form: Text,
    headings: int,
    remarks: Sequence[Remark],
    width: int,
    out: BinaryIO,
) -> None:
    """Write the records with a column of findings; ``width`` is that of the longest record.

    A whole record is filled up to that column, so that the copy can be imported as it stands; one
    with too few cells gets its findings, but no cells: it must not pass for a whole one.
    """
    codec, mark = (form.codec, form.mark) if form.codec in _OPEN else ("utf-8", b"\xef\xbb\xbf")
    out.write(mark)
    stream = io.TextIOWrapper(out, encoding=codec, newline="", write_through=True)
    writer = csv.writer(stream, delimiter=form.separator, lineterminator="\r\n")
    said = _by_line(remarks)
    at, known = -1, 0
    for line, cells in records:
        row = list(cells)
        if line == headings:
            at, known = _place(row, width)
        elif at >= 0 and row and len(row) >= known:
            row += [""] * (at + 1 - len(row))
        elif line in said:
            row.append("")
        if at >= 0 and len(row) > at:
            row[at] = ""
        if line == headings:
            row[at] = pick(FINDINGS)
        elif line in said:
            row[min(at, len(row) - 1)] = neutral(_joined(said[line]))
        writer.writerow(row)
    stream.flush()
    stream.detach()


def _place(head: list[str], width: int) -> tuple[int, int]:
    """Find or make the column of findings; returns where it is and how many headings there were."""
    while head and not head[-1].strip():
        head.pop()
    known = len(head)
    for at, heading in enumerate(head):
        if heading.strip() in FINDINGS.values():
            return at, known
    head += [f"?{number}" for number in range(1, width - known + 1)]
    head.append("")
    return len(head) - 1, known


def workbook(
    data: bytes, sheet: str, headings: int, remarks: Sequence[Remark], out: BinaryIO
) -> None:
    """Write a copy of the workbook with its findings; raises ValueError where it cannot be kept."""
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it does not know is left out: said in the help
        try:
            book = load_workbook(io.BytesIO(data))
            page = book[sheet]
        except Exception as error:
            raise ValueError(type(error).__name__) from error
        columns = _columns(page, headings)
        last = _findings_column(page, headings, columns)
        _head(page, headings, last)
        for line, said in _by_line(remarks).items():
            row = max(headings, line)
            for place, same in _by_column(said).items():
                at = columns.get(place) or _letters(place) if place else None
                if at and line:
                    _mark(_cell(page, row, at), same)
            _write(page, row, last, said, headings)
        book.active = page
        book.save(out)


def _by_line(remarks: Sequence[Remark]) -> dict[int, list[Remark]]:
    found: dict[int, list[Remark]] = {}
    for each in remarks:
        found.setdefault(each.line, []).append(each)
    return found


def _by_column(said: Sequence[Remark]) -> dict[str, list[Remark]]:
    found: dict[str, list[Remark]] = {}
    for each in said:
        found.setdefault(each.column, []).append(each)
    return found


def _joined(said: Sequence[Remark]) -> str:
    return inert("; ".join(dict.fromkeys(each.text for each in said)))[:_LONGEST]


def _cell(page: Any, row: int, column: int) -> Any:
    """Return a cell; of merged ones the first, which alone has a value."""
    cell = page.cell(row, column)
    if type(cell).__name__ == "MergedCell":
        for area in page.merged_cells.ranges:
            if cell.coordinate in area:
                return page.cell(area.min_row, area.min_col)
    return cell


def _columns(page: Any, headings: int) -> dict[str, int]:
    """Return the number of each column by its heading, as findings name it."""
    found: dict[str, int] = {}
    for at in range(1, page.max_column + 1):
        value = _cell(page, headings, at).value
        if value is not None and str(value).strip():
            found.setdefault(masked(str(value).strip()), at)
    return found


def _letters(text: str) -> int | None:
    from openpyxl.utils import column_index_from_string

    try:
        return int(column_index_from_string(text))
    except ValueError:
        return None


def _findings_column(page: Any, headings: int, columns: Mapping[str, int]) -> int:
    """Return the column of findings: the one of an earlier copy, swept, or the first free one."""
    for word in FINDINGS.values():
        if word in columns:
            _sweep(page, columns[word], headings)
            return columns[word]
    first = max(columns.values(), default=0) + 1
    filled = [
        at
        for row in page.iter_rows(min_row=headings + 1, min_col=first)
        for at, cell in enumerate(row, first)
        if cell.value is not None
    ]
    for number, at in enumerate(range(first, max(filled, default=first - 1) + 1), 1):
        page.cell(headings, at).value = f"?{number}"
    return max(filled, default=first - 1) + 1


def _sweep(page: Any, last: int, headings: int) -> None:
    """Take away what an earlier copy marked."""
    from openpyxl.styles import PatternFill

    for row in page.iter_rows(min_row=headings):
        for cell in row:
            if cell.comment is not None and cell.comment.author == _AUTHOR:
                cell.comment = None
            if cell.fill.fgColor.rgb in {_BAD, _NOTE}:
                cell.fill = PatternFill()
            if cell.column == last and cell.row > headings:
                cell.value = None


def _head(page: Any, headings: int, last: int) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    cell = _cell(page, headings, last)
    cell.value = pick(FINDINGS)
    cell.font = Font(bold=True)
    page.column_dimensions[get_column_letter(last)].width = _WIDTH


def _mark(cell: Any, said: Sequence[Remark]) -> None:
    """Fill a cell and say in a comment why; a comment of the clerk's stays above ours."""
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    cell.fill = PatternFill("solid", fgColor=_NOTE if all(e.note for e in said) else _BAD)
    own = f"{cell.comment.text}\n" if cell.comment is not None else ""
    comment = Comment(own + _joined(said), _AUTHOR)
    comment.width, comment.height = _BOX
    cell.comment = comment


def _write(page: Any, row: int, last: int, said: Sequence[Remark], headings: int) -> None:
    """Write the findings of a row as a text; those of the headings are a comment on ours."""
    cell = _cell(page, row, last)
    _mark(cell, said) if row == headings else _fill(cell, said)


def _fill(cell: Any, said: Sequence[Remark]) -> None:
    from openpyxl.styles import Alignment, PatternFill

    cell.value = _joined(said)
    cell.data_type = "s"  # never a formula
    cell.fill = PatternFill("solid", fgColor=_NOTE if all(e.note for e in said) else _BAD)
    cell.alignment = Alignment(wrap_text=True, vertical="top")

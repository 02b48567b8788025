"""Workbooks for spreadsheets: a sheet of its own for each table, ready to filter and to print.

Texts are written as texts, so that nothing is calculated and no code loses its zeros; numbers, days
and money are values with a format. The same document gives the same bytes.
"""

from __future__ import annotations

import re
import tempfile
from datetime import UTC, date, datetime
from decimal import Context, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from cm_cli.domain.inert import inert
from cm_cli.domain.sheet import in_unit, text_of
from cm_cli.errors import CmError, Exit
from cm_cli.language import _
from cm_cli.writers.layout import display_width
from cm_cli.writers.page import lone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cm_cli.domain.sheet import Cell, Column, Document, Sheet
    from cm_cli.writers.options import Options

NAME = "xlsx"
SUFFIXES = (".xlsx",)
BINARY = True
_ROWS, _CELL, _TITLE = 1_048_575, 32_767, 31
_EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number
_DIGITS = Context(prec=15)
_MADE = datetime(2000, 1, 1, tzinfo=UTC)  # a workbook says when it was made; ours never changes
_LARGE = 50_000  # rows from which a sheet is not held in memory
_SAMPLE = 500  # rows that decide how wide a column is
_NARROW, _WIDE = 6, 48
_FORMATS = {
    "text": {"num_format": "@"},
    "code": {"num_format": "@"},
    "day": {"num_format": "yyyy-mm-dd"},
    "count": {"num_format": "#,##0"},
    "number": {"num_format": "General"},
    "money": {"num_format": "#,##0.00####"},
    "percent": {"num_format": '0.##"%"'},
    "flag": {"num_format": "@"},
}


def write(document: Document, out: BinaryIO, options: Options) -> None:
    """Write a workbook; a report begins with a page of its heading, facts, notes and signatures.

    Raises CmError ``sheet-too-long`` or ``cell-too-long`` where a spreadsheet would lose data.
    """
    for sheet in document.sheets:
        if len(sheet.rows) > _ROWS:
            raise _too_long(sheet)
    if max((len(sheet.rows) for sheet in document.sheets), default=0) <= _LARGE:
        _book(document, out, {"in_memory": True}, options)
        return
    name = getattr(out, "name", "")  # of a temporary file it is a number
    place = Path(name).parent if isinstance(name, str) and name else None
    with tempfile.TemporaryDirectory(prefix=".cm-xlsx-", dir=place) as folder:
        _book(document, out, {"constant_memory": True, "tmpdir": folder}, options)


def _book(document: Document, out: BinaryIO, settings: dict[str, Any], options: Options) -> None:
    import xlsxwriter

    settings |= {"strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, settings)
    book.set_properties({"title": inert(document.title), "created": _MADE})
    formats = {name: book.add_format(style) for name, style in _FORMATS.items()}
    formats["head"] = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEEEEE"})
    formats["title"] = book.add_format({"bold": True, "font_size": 14})
    taken: set[str] = set()
    if not options.exact and not lone(document):
        _cover(book.add_worksheet(_name(_("Overview"), taken)), document, formats)
    try:
        for sheet in document.sheets:
            page = book.add_worksheet(_name(sheet.title, taken))
            _table(page, sheet, formats, exact=options.exact)
    except BaseException:
        for page in book.worksheets():
            if page.row_data_fh:
                page.row_data_fh.close()
        raise
    book.close()


def _name(title: str, taken: set[str]) -> str:
    """Return a name a spreadsheet accepts for a sheet, different from those before it."""
    name = re.sub(r"[\[\]:*?/\\']", " ", inert(title)).strip()[:_TITLE] or "-"
    number = 1
    while name.casefold() in taken:
        number += 1
        name = f"{name[: _TITLE - 4]} {number}"
    taken.add(name.casefold())
    return name


def _cover(page: Any, document: Document, formats: dict[str, Any]) -> None:
    """Write what a report says beside its tables."""
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 60)
    page.write_string(0, 0, inert(document.title), formats["title"])
    line = 2
    for label, value in document.facts:
        page.write_string(line, 0, inert(label), formats["text"])
        page.write_string(line, 1, inert(value, lines=True), formats["text"])
        line += 1
    for note in (*document.notes, *(n for sheet in document.sheets for n in sheet.notes)):
        page.write_string(line + 1, 0, inert(note, lines=True))
        line += 1
    for who in document.signatures:
        page.write_string(line + 2, 0, f"{inert(who)}: ____________________")
        line += 2
    _print(page, wide=False)


def _table(page: Any, sheet: Sheet, formats: dict[str, Any], *, exact: bool) -> None:
    widths = _widths(sheet)
    for at, (column, width) in enumerate(zip(sheet.columns, widths, strict=True)):
        page.set_column(at, at, width, formats[column.type])
        page.write_string(0, at, inert(column.heading), formats["head"])
    for line, row in enumerate(sheet.rows, 1):
        _row(page, line, sheet.columns, row, formats, exact=exact)
    page.freeze_panes(1, 0)
    if sheet.rows and sheet.columns:
        page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
    page.repeat_rows(0)
    _print(page, wide=sum(widths) > 90)  # noqa: PLR2004 - what fits on A4 upright


def _too_long(sheet: Sheet) -> CmError:
    return CmError(
        _("“{sheet}” has {count} rows; a sheet takes {most}").format(
            sheet=inert(sheet.title), count=len(sheet.rows), most=_ROWS
        ),
        mend=_("Write it as .csv or .jsonl, or choose fewer rows."),
        slug="sheet-too-long",
        code=Exit.CANNOT_WRITE,
    )


def _row(
    page: Any,
    line: int,
    columns: Sequence[Column],
    row: tuple[Cell, ...],
    formats: dict[str, Any],
    *,
    exact: bool,
) -> None:
    for at, (column, cell) in enumerate(zip(columns, row, strict=True)):
        if cell is None:
            continue
        value = in_unit(column, cell)
        look = formats[column.type]
        if isinstance(value, date):
            page.write_datetime(line, at, datetime(value.year, value.month, value.day), look)  # noqa: DTZ001 - a day
        elif (number := _number(value, exact=exact)) is not None:
            page.write_number(line, at, number, look)
        else:
            text = inert(text_of(column, cell), lines=True)
            if len(text) > _CELL:
                raise CmError(
                    _("A text of “{column}” has {count} characters; a cell takes {most}").format(
                        column=inert(column.label), count=len(text), most=_CELL
                    ),
                    mend=_("Write it as .csv or .jsonl, or leave that column out: --fields."),
                    slug="cell-too-long",
                    code=Exit.CANNOT_WRITE,
                )
            page.write_string(line, at, text, formats["text"])


def _number(value: Cell, *, exact: bool) -> Decimal | None:
    """Return the number as a spreadsheet keeps it, rounded unless ``exact``; none if it cannot."""
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        return None
    kept = _DIGITS.create_decimal(value)
    return kept if abs(kept) < _EXACT and (kept == value or not exact) else None


def _widths(sheet: Sheet) -> list[int]:
    shown: list[list[str]] = [[column.heading for column in sheet.columns]]
    shown += [
        [text_of(column, cell) for column, cell in zip(sheet.columns, row, strict=True)]
        for row in sheet.rows[:_SAMPLE]
    ]
    return [
        min(
            max([_NARROW, *(display_width(row[at].partition("\n")[0]) + 2 for row in shown)]), _WIDE
        )
        for at in range(len(sheet.columns))
    ]


def _print(page: Any, *, wide: bool) -> None:
    """Set the page up for A4: as wide as one sheet of paper, numbered at the foot."""
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_footer("&C&P / &N")
    if wide:
        page.set_landscape()

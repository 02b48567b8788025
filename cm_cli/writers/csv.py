"""CSV for spreadsheets: headings people read, UTF-8 with a byte-order mark, CRLF.

A text a spreadsheet would take for a formula gets an apostrophe before it; a text that looks as if
it had one already gets another, so that reading takes exactly one away. A spreadsheet still cuts
long digits of a CSV short: for codes, xlsx is the safe way.
"""

from __future__ import annotations

import codecs
import csv
import re
from decimal import Decimal
from typing import TYPE_CHECKING, BinaryIO

from cm_cli.domain.inert import inert
from cm_cli.domain.sheet import text_of

if TYPE_CHECKING:
    import _csv

    from cm_cli.domain.sheet import Cell, Column, Document
    from cm_cli.writers.options import Options

NAME = "csv"
SUFFIXES = (".csv",)
BINARY = True
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")


def write(document: Document, out: BinaryIO, _options: Options) -> None:
    """Write the rows of every sheet; several sheets are divided by an empty line and a title."""
    write_rows(document, csv.writer(codecs.getwriter("utf-8-sig")(out), lineterminator="\r\n"))


def write_rows(document: Document, writer: _csv.Writer) -> None:
    """Write the rows under their headings as the writer separates them."""
    for number, sheet in enumerate(document.sheets):
        if len(document.sheets) > 1:
            writer.writerows([[]] * bool(number) + [[neutral(sheet.title)]])
        writer.writerow([neutral(column.heading) for column in sheet.columns])
        writer.writerows(_cells(sheet.columns, row) for row in sheet.rows)


def neutral(text: str) -> str:
    """Return the text with an apostrophe before it where a spreadsheet would calculate."""
    text = inert(text, lines=True)
    return "'" + text if _FORMULA.match(text) else text


def _cells(columns: tuple[Column, ...], row: tuple[Cell, ...]) -> list[str]:
    return [_cell(column, cell) for column, cell in zip(columns, row, strict=True)]


def _cell(column: Column, cell: Cell) -> str:
    text = text_of(column, cell)
    return text if isinstance(cell, int | Decimal) else neutral(text)

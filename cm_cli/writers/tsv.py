r"""Tab-separated values, one record a line, for pipes and scripts: the same in every language.

Column names head it; money is in yuan, a flag is ``true`` or ``false``; a tab or line break in a
text is ``\t`` or ``\n`` and a backslash ``\\``, so that nothing is lost. Only the rows of sheets
are written, not the facts around them; several sheets are divided by an empty line and ``# name``.
"""

from __future__ import annotations

import codecs
import csv
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, BinaryIO

from cm_cli.domain.inert import inert
from cm_cli.domain.sheet import plain
from cm_cli.writers.csv import write_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cm_cli.domain.sheet import Cell, Document
    from cm_cli.writers.options import Options

NAME = "tsv"
SUFFIXES = (".tsv", ".tab")
BINARY = True


def write(document: Document, out: BinaryIO, options: Options) -> None:
    """Write every sheet under its column names, in UTF-8; for an import, quoted as CSV is."""
    if options.exact:
        text = codecs.getwriter("utf-8")(out)
        write_rows(document, csv.writer(text, delimiter="\t", lineterminator="\n"))
        return
    several = len(document.sheets) > 1
    for number, sheet in enumerate(document.sheets):
        if several:
            out.write(("\n" * bool(number) + f"# {_text(sheet.name)}\n").encode())
        out.write(_line(column.name for column in sheet.columns))
        out.writelines(_line(row) for row in sheet.rows)


def _line(cells: Iterable[Cell]) -> bytes:
    return ("\t".join(map(_text, cells)) + "\n").encode()


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        text = inert(cell.replace("\\", "\\\\"), lines=True)
        return text.replace("\t", "\\t").replace("\n", "\\n")
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return plain(cell)
    return cell.isoformat() if isinstance(cell, date) else str(cell)

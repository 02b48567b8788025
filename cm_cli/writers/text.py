"""A document as plain text, for a mail from cron or a printer of lines: UTF-8, aligned, uncut."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from cm_cli.domain.sheet import Sheet
from cm_cli.writers.bars import barred
from cm_cli.writers.layout import fit, grid_of, in_blocks, in_columns
from cm_cli.writers.page import parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cm_cli.domain.sheet import Document
    from cm_cli.writers.options import Options

NAME = "text"
SUFFIXES = (".txt",)
BINARY = True


def write(document: Document, out: BinaryIO, options: Options) -> None:
    """Write headings, facts, aligned sheets, notes and lines to sign on."""
    for part in parts(document, options.width):
        lines = _sheet(part, options) if isinstance(part, Sheet) else [part]
        out.writelines(f"{line}\n".encode() for line in lines)


def _sheet(sheet: Sheet, options: Options) -> Iterator[str]:
    known = {column.name for column in sheet.columns}
    grid = grid_of(barred(sheet, [name for name in options.bars if name in known]))
    widths = fit(grid, options.width)
    if widths is None:
        return in_blocks(grid, options.width)
    return in_columns(grid, widths, ruled=True)

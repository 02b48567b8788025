"""A frameless table for a terminal: folded where it must be, cut nowhere.

Rich draws it up to 200 rows; more would take it seconds, so they are laid out plainly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from cm_cli.writers.bars import barred
from cm_cli.writers.layout import GAP, Grid, fit, grid_of, in_blocks, in_columns
from cm_cli.writers.page import lone, notes, parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cm_cli.domain.sheet import Document, Sheet
    from cm_cli.writers.options import Options

NAME = "table"
SUFFIXES = ()
BINARY = False
_RICH_ROWS = 200


def write(document: Document, out: TextIO, options: Options) -> None:
    """Write the document for reading on a terminal; a lone sheet goes without its title."""
    alone = lone(document)
    if alone:
        _draw(alone, out, options)
        _lines(out, notes(alone.notes, options.width))
        return
    for part in parts(document, options.width):
        if isinstance(part, str):
            out.write(part + "\n")
        else:
            _draw(part, out, options)


def _draw(sheet: Sheet, out: TextIO, options: Options) -> None:
    known = {column.name for column in sheet.columns}
    grid = grid_of(barred(sheet, [name for name in options.bars if name in known]))
    widths = fit(grid, options.width)
    if widths is None:
        _lines(out, in_blocks(grid, options.width))
    elif len(grid.rows) > _RICH_ROWS:
        _lines(out, in_columns(grid, widths))
    else:
        _rich(grid, widths, out, options)


def _lines(out: TextIO, lines: Iterable[str]) -> None:
    out.writelines(line + "\n" for line in lines)


def _rich(grid: Grid, widths: Sequence[int], out: TextIO, options: Options) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(
        file=out,
        width=sum(widths) + GAP * len(widths),
        force_terminal=options.color,
        color_system="standard" if options.color else None,
        no_color=not options.color,
        markup=False,
        emoji=False,
        highlight=False,
        soft_wrap=False,
    )
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    for heading, width, right in zip(grid.headings, widths, grid.right, strict=True):
        table.add_column(
            heading, width=width, overflow="fold", justify="right" if right else "left"
        )
    for row in grid.rows:
        table.add_row(*map(Text, row))
    console.print(table)

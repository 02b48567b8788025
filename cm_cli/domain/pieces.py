"""Long texts in pieces: what no cell of a spreadsheet holds goes on in columns beside it.

``text`` is followed by ``text (2)``, ``text (3)`` …; reading joins them again.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cm_cli.domain.sheet import Cell, Column, Sheet

PIECE = 16_000  # characters; a spreadsheet counts some of them twice and takes 32,767
_NUMBERED = re.compile(r"(.+?)\s*[(（](\d{1,3})[)）]")


def split(sheet: Sheet, names: Collection[str]) -> Sheet:
    """Return the sheet with each of these columns as many times as its longest text needs."""
    counts = [
        max((_count(row[at]) for row in sheet.rows), default=1) if column.name in names else 1
        for at, column in enumerate(sheet.columns)
    ]
    columns = [
        _column(column, number)
        for column, count in zip(sheet.columns, counts, strict=True)
        for number in range(1, count + 1)
    ]
    return replace(sheet, columns=tuple(columns), rows=[_row(row, counts) for row in sheet.rows])


def numbered(heading: str) -> tuple[str, int]:
    """Return the heading that this one continues and its number; 1 for one that continues none."""
    found = _NUMBERED.fullmatch(heading.strip())
    return (found[1], int(found[2])) if found and int(found[2]) > 1 else (heading, 1)


def _count(cell: Cell) -> int:
    return max(-(-len(cell) // PIECE), 1) if isinstance(cell, str) else 1


def _column(column: Column, number: int) -> Column:
    if number == 1:
        return column
    return column._replace(name=f"{column.name} ({number})", label=f"{column.label} ({number})")


def _row(row: Sequence[Cell], counts: Sequence[int]) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for cell, count in zip(row, counts, strict=True):
        if count == 1:
            cells.append(cell)
            continue
        text = str(cell) if cell is not None else ""
        cells += [text[at * PIECE : (at + 1) * PIECE] or None for at in range(count)]
    return tuple(cells)

"""Bars beside a column of numbers: each value's share of the largest, in blocks GBK also has."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from cm_cli.domain.sheet import Cell, Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cm_cli.domain.sheet import Sheet

_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


def bar(value: Cell, largest: Decimal, width: int) -> str:
    """Draw the share of the largest; a negative value is drawn with a minus before it."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not largest:
        return ""
    eighths = int(abs(Decimal(value)) / largest * width * 8 + Decimal("0.5"))
    drawn = "█" * (eighths // 8) + _EIGHTHS[eighths % 8]
    return "-" + drawn if value < 0 else drawn


def barred(sheet: Sheet, names: Sequence[str], width: int = 12) -> Sheet:
    """Return the sheet with a bar column after each of the named columns."""
    for name in names:
        at = [column.name for column in sheet.columns].index(name)
        amounts = [row[at] for row in sheet.rows]
        largest = max(
            (abs(Decimal(v)) for v in amounts if isinstance(v, int | Decimal)), default=Decimal(0)
        )
        drawn = (bar(amount, largest, width) for amount in amounts)
        column = Column(f"{name}_bar", "", "text")
        sheet = replace(
            sheet,
            columns=(*sheet.columns[: at + 1], column, *sheet.columns[at + 1 :]),
            rows=[
                (*row[: at + 1], cell, *row[at + 1 :])
                for row, cell in zip(sheet.rows, drawn, strict=True)
            ],
        )
    return sheet

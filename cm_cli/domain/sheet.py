"""Sheets: the one shape every list and report takes before a writer turns it into bytes.

A cell is ``str``, ``int``, ``Decimal``, ``date``, ``bool`` or ``None``; money is ``Decimal``
yuan and is shown in the unit of its column. Labels arrive translated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple

from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ColumnType = Literal["text", "code", "day", "count", "number", "money", "percent", "flag"]
Cell = str | int | Decimal | date | bool | None
UNITS = {"元": Decimal(1), "万元": Decimal(10_000), "亿元": Decimal(100_000_000)}
NUMERIC: frozenset[ColumnType] = frozenset({"count", "number", "money", "percent"})


class Column(NamedTuple):
    """One column: ``name`` is the key in JSON and TSV, ``label`` the heading people read."""

    name: str
    label: str
    type: ColumnType = "text"
    unit: str = ""

    @property
    def heading(self) -> str:
        """The label with its unit, as ``总资产（万元）``."""
        return f"{self.label}({self.unit})" if self.unit else self.label


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows under typed columns, with notes that belong beneath them."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Cell, ...]]
    notes: tuple[str, ...] = ()

    def only(self, names: Sequence[str]) -> Sheet:
        """Return the sheet with these columns in this order; raises KeyError for an unknown one."""
        at = {column.name: index for index, column in enumerate(self.columns)}
        picked = [at[name] for name in names]
        rows = [tuple(row[index] for index in picked) for row in self.rows]
        return replace(self, columns=tuple(self.columns[i] for i in picked), rows=rows)


@dataclass(frozen=True, slots=True)
class Document:
    """A report: a heading, facts (label and value), sheets, notes and lines to sign on."""

    name: str
    title: str
    facts: tuple[tuple[str, str], ...] = ()
    sheets: tuple[Sheet, ...] = ()
    notes: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()


def plain(value: Decimal) -> str:
    """Return the decimal without exponent or trailing zeros: ``1E+3`` is ``1000``."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def in_unit(column: Column, value: Cell) -> Cell:
    """Return a money cell converted from yuan to the unit of its column, others untouched."""
    if column.type == "money" and isinstance(value, Decimal) and column.unit in UNITS:
        return value / UNITS[column.unit]
    return value


def text_of(column: Column, value: Cell, *, grouped: bool = False) -> str:
    """Return the cell as one text; ``grouped`` puts commas between thousands (for people)."""
    value = in_unit(column, value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        shown = plain(value)
        if grouped:
            whole, dot, rest = shown.partition(".")
            shown = f"{int(whole):,}{dot}{rest}" if whole != "-0" else shown
        return shown + ("%" if column.type == "percent" else "")
    if isinstance(value, int) and column.type in NUMERIC:
        return f"{value:,}" if grouped else str(value)
    return str(value)


def texts(sheet: Sheet, *, grouped: bool = False) -> Iterable[list[str]]:
    """Yield every row of the sheet as texts."""
    for row in sheet.rows:
        yield [
            text_of(column, cell, grouped=grouped)
            for column, cell in zip(sheet.columns, row, strict=True)
        ]

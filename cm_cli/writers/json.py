r"""JSON: an array of objects for a lone sheet, one object for a document; every row on its line.

Keys are column names in their order. Money is in yuan; a number JSON readers would round (they
keep 53 bits) is a string; texts are unchanged, characters a terminal obeys are ``\uXXXX``.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, BinaryIO

from cm_cli.domain.inert import spelled
from cm_cli.writers.page import lone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cm_cli.domain.sheet import Cell, Document, Sheet
    from cm_cli.writers.options import Options

NAME = "json"
SUFFIXES = (".json",)
BINARY = True


def write(document: Document, out: BinaryIO, _options: Options) -> None:
    """Write one JSON value in UTF-8 without a byte-order mark."""
    alone = lone(document)
    out.writelines(piece.encode() for piece in (_rows(alone) if alone else _document(document)))
    out.write(b"\n")


def dump(value: object, indent: int | None = None) -> str:
    """Return compact JSON with real Unicode and nothing in it that a terminal obeys."""
    return spelled(json.dumps(value, ensure_ascii=False, indent=indent), _escaped)


def _escaped(sign: str) -> str:
    """Return a character as JSON escapes it: two halves where it needs them."""
    return f"\\u{ord(sign):04x}" if sign <= "\uffff" else json.dumps(sign)[1:-1]


def exact(cell: Cell) -> str | int | float | bool | None:
    """Return the cell as JSON has it; a number that would be rounded as its digits."""
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool) or not isinstance(cell, int | Decimal):
        return cell
    if Decimal(repr(float(Decimal(cell)))) != cell:
        return format(cell, "f") if isinstance(cell, Decimal) else str(cell)
    return int(cell) if cell == int(cell) else float(cell)


def record(sheet: Sheet, row: tuple[Cell, ...]) -> dict[str, str | int | float | bool | None]:
    """Return a row as an object, keys in the order of the columns."""
    return {column.name: exact(cell) for column, cell in zip(sheet.columns, row, strict=True)}


def heading(document: Document) -> dict[str, object]:
    """Return what a document says before its sheets."""
    facts = [{"label": label, "value": value} for label, value in document.facts]
    return {"name": document.name, "title": document.title, "facts": facts}


def _rows(sheet: Sheet) -> Iterator[str]:
    yield "["
    for number, row in enumerate(sheet.rows):
        yield ("," if number else "") + "\n  " + dump(record(sheet, row))
    yield "\n]" if sheet.rows else "]"


def _document(document: Document) -> Iterator[str]:
    yield "{" + "".join(f"{dump(k)}: {dump(v)},\n" for k, v in heading(document).items())
    yield '"sheets": ['
    for number, sheet in enumerate(document.sheets):
        yield ",\n" if number else "\n"
        yield from _sheet(sheet)
    yield f'],\n"notes": {dump(document.notes)},\n"signatures": {dump(document.signatures)}}}'


def _sheet(sheet: Sheet) -> Iterator[str]:
    columns = [{"name": c.name, "label": c.label, "type": c.type} for c in sheet.columns]
    yield f'{{"name": {dump(sheet.name)}, "title": {dump(sheet.title)},\n'
    yield f'"columns": {dump(columns)},\n"rows": '
    yield from _rows(sheet)
    yield f',\n"notes": {dump(sheet.notes)}}}'

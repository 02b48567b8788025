"""JSON lines: an object a row for a lone sheet.

A document begins with a line of its heading; each row then says its sheet:
``{"sheet": "visits", "row": {…}}``. Values are as in ``json``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from cm_cli.writers.json import dump, heading, record
from cm_cli.writers.page import lone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cm_cli.domain.sheet import Document
    from cm_cli.writers.options import Options

NAME = "jsonl"
SUFFIXES = (".jsonl", ".ndjson")
BINARY = True


def write(document: Document, out: BinaryIO, _options: Options) -> None:
    """Write one JSON object a line, in UTF-8."""
    out.writelines(f"{dump(value)}\n".encode() for value in _objects(document))


def _objects(document: Document) -> Iterator[object]:
    alone = lone(document)
    if alone:
        yield from (record(alone, row) for row in alone.rows)
        return
    yield heading(document) | {"notes": document.notes, "signatures": document.signatures}
    for sheet in document.sheets:
        for row in sheet.rows:
            yield {"sheet": sheet.name, "row": record(sheet, row)}

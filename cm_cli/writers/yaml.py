"""YAML: a list of mappings for a lone sheet, one mapping for a document; values as in ``json``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from cm_cli.domain.inert import hidden
from cm_cli.writers.json import heading, record
from cm_cli.writers.page import lone

if TYPE_CHECKING:
    from cm_cli.domain.sheet import Document
    from cm_cli.writers.options import Options

NAME = "yaml"
SUFFIXES = (".yaml", ".yml")
BINARY = True


def write(document: Document, out: BinaryIO, _options: Options) -> None:
    """Write YAML in UTF-8, the keys in the order of the columns."""
    alone = lone(document)
    if alone:
        out.writelines(_dumped([record(alone, row)]) for row in alone.rows)
        if not alone.rows:
            out.write(b"[]\n")
        return
    sheets = [
        {
            "name": sheet.name,
            "title": sheet.title,
            "rows": [record(sheet, row) for row in sheet.rows],
            "notes": sheet.notes,
        }
        for sheet in document.sheets
    ]
    ends = {"notes": document.notes, "signatures": document.signatures}
    out.write(_dumped(heading(document) | {"sheets": sheets} | ends))


def _dumped(value: Any) -> bytes:
    import yaml

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    as_it_is: str = yaml.dump(value, Dumper=dumper, allow_unicode=True, sort_keys=False, width=4096)
    if hidden(as_it_is):  # then everything beyond ASCII is escaped
        as_it_is = yaml.dump(value, Dumper=dumper, sort_keys=False, width=4096)
    return as_it_is.encode()

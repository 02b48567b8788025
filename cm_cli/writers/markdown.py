"""Markdown with pipe tables (GitHub's dialect); whatever could be markup in data is escaped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

from cm_cli.domain.inert import inert
from cm_cli.domain.sheet import NUMERIC, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cm_cli.domain.sheet import Document, Sheet
    from cm_cli.writers.options import Options

NAME = "markdown"
SUFFIXES = (".md", ".markdown")
BINARY = True
# besides markup, what GitHub makes links, mentions and pictures of: ://, www., a@b, :smile:
_MARKUP = re.compile(r"[\\`*_{}\[\]<>|~&#$@]|:(?=//)|:(?=[\w+-]+:)|(?i:(?<=www)\.)")
_BLOCK = re.compile(r"^(\s*\d*)([-+=:.)])", re.MULTILINE)
_SIGNATURE = "\\_" * 16


def write(document: Document, out: BinaryIO, _options: Options) -> None:
    """Write the document in UTF-8."""
    out.writelines(f"{line}\n".encode() for line in _document(document))


def escaped(text: str) -> str:
    """Return the text so that Markdown shows it as it is, line breaks as ``<br>``."""
    return _escaped(text).replace("\n", "<br>")


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", inert(text, lines=True).replace("\t", " "))


def _paragraph(text: str) -> str:
    """Escape also what begins a list or a rule: the sign itself, the full stop after a number."""
    return _BLOCK.sub(r"\1\\\2", _escaped(text)).replace("\n", "<br>\n")


def _document(document: Document) -> Iterator[str]:
    yield f"# {escaped(document.title)}"
    if document.facts:
        yield ""
    for label, value in document.facts:
        yield f"- **{escaped(label)}**: {escaped(value)}"
    for sheet in document.sheets:
        yield ""
        if sheet.title != document.title:
            yield from (f"## {escaped(sheet.title)}", "")
        yield from _table(sheet)
        yield from _paragraphs(sheet.notes)
    yield from _paragraphs(document.notes)
    yield from _paragraphs(document.signatures, f": {_SIGNATURE}")


def _table(sheet: Sheet) -> Iterator[str]:
    yield _line(escaped(column.heading) for column in sheet.columns)
    yield _line("---:" if column.type in NUMERIC else "---" for column in sheet.columns)
    for row in texts(sheet, grouped=True):
        yield _line(map(escaped, row))


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _paragraphs(sentences: Iterable[str], after: str = "") -> Iterator[str]:
    for sentence in sentences:
        yield from ("", _paragraph(sentence) + after)

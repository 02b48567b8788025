"""The order in which a document is read: heading, facts, sheets with their notes, signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cm_cli.domain.inert import inert
from cm_cli.writers.layout import GAP, display_width, fold, pad

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cm_cli.domain.sheet import Document, Sheet

_SIGNATURE = "_" * 16


def lone(document: Document) -> Sheet | None:
    """Return the sheet of a document that is nothing but one wrapped sheet."""
    bare = not (document.facts or document.notes or document.signatures)
    if bare and len(document.sheets) == 1 and document.sheets[0].name == document.name:
        return document.sheets[0]
    return None


def parts(document: Document, width: int | None) -> Iterator[str | Sheet]:
    """Yield the plain lines of a document and, in their places, the sheets still to be drawn."""
    yield from _headed(document.title, "=", width)
    if document.facts:
        yield ""
        yield from _facts(document, width)
    for sheet in document.sheets:
        yield ""
        if sheet.title != document.title:
            yield from _headed(sheet.title, "-", width)
        yield sheet
        yield from notes(sheet.notes, width)
    yield from notes(document.notes, width)
    for label in document.signatures:
        yield ""
        yield f"{inert(label)}: {_SIGNATURE}"


def notes(sentences: tuple[str, ...], width: int | None) -> Iterator[str]:
    """Yield notes as paragraphs after an empty line."""
    if sentences:
        yield ""
    for sentence in sentences:
        yield from fold(inert(sentence, lines=True).replace("\t", " "), width or 10_000)


def _headed(title: str, rule: str, width: int | None) -> Iterator[str]:
    lines = fold(inert(title), width or 10_000)
    yield from lines
    yield rule * max(map(display_width, lines))


def _facts(document: Document, width: int | None) -> Iterator[str]:
    labels = [inert(label) for label, _value in document.facts]
    label_width = max(map(display_width, labels)) + GAP
    for label, (_label, value) in zip(labels, document.facts, strict=True):
        head = pad(f"{label}: ", label_width)
        room = max((width or 10_000) - label_width, GAP * 6)
        for line in fold(inert(value, lines=True).replace("\t", " "), room):
            yield head + line
            head = " " * label_width

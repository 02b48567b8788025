"""Sheets laid out in columns of a terminal or a plain text, by the width characters are shown in.

Nothing is cut: what does not fit beside its neighbours is folded, and a sheet with more columns
than can be read side by side becomes a block of ``label: value`` lines for each record.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from cm_cli.domain.inert import inert
from cm_cli.domain.sheet import NUMERIC, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cm_cli.domain.sheet import Sheet

GAP = 2
_READABLE = 12  # six 汉字: a text column narrower than this cannot be read
_READABLE_HEADING = 6


class Grid(NamedTuple):
    """The texts of a sheet with the facts a layout needs; every cell may hold line breaks."""

    headings: tuple[str, ...]
    rows: list[list[str]]
    right: tuple[bool, ...]
    foldable: tuple[bool, ...]


def grid_of(sheet: Sheet) -> Grid:
    """Return the harmless texts of a sheet, numbers grouped for people."""
    return Grid(
        tuple(inert(column.heading) for column in sheet.columns),
        [
            [_shown(text_of(*pair, grouped=True)) for pair in zip(sheet.columns, row, strict=True)]
            for row in sheet.rows
        ],
        tuple(column.type in NUMERIC for column in sheet.columns),
        tuple(column.type == "text" for column in sheet.columns),
    )


def display_width(text: str) -> int:
    """Return how many columns of a terminal the text takes."""
    return len(text) if text.isascii() else sum(map(_width, text))


def fold(text: str, width: int) -> list[str]:
    """Break the text into lines no wider than ``width``, at a space where there is one."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        rest = paragraph
        while display_width(rest) > width:
            at = _break(rest, width)
            lines.append(rest[:at].rstrip(" "))
            rest = rest[at:].lstrip(" ")
        if rest or not paragraph:
            lines.append(rest)
    return lines


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Fill the text with spaces up to a display width."""
    spaces = " " * (width - display_width(text))
    return spaces + text if right else text + spaces


def fit(grid: Grid, available: int | None) -> list[int] | None:
    """Return a width for every column, or None where they cannot be read side by side."""
    cells = [max(map(_widest, column), default=0) for column in zip(*grid.rows, strict=True)]
    cells = cells or [0] * len(grid.headings)
    heads = [_widest(heading) for heading in grid.headings]
    natural = [max(pair) for pair in zip(cells, heads, strict=True)]
    gaps = GAP * (len(natural) - 1)
    if available is None or sum(natural) + gaps <= available:
        return natural
    floors = [
        min(full, _READABLE) if folds else max(cell, min(head, _READABLE_HEADING))
        for full, cell, head, folds in zip(natural, cells, heads, grid.foldable, strict=True)
    ]
    room = available - gaps - sum(floors)
    return _shared(floors, natural, room) if room >= 0 else None


def in_columns(grid: Grid, widths: Sequence[int], *, ruled: bool = False) -> Iterator[str]:
    """Yield the lines of a frameless table: the headings, a rule if wanted, the records."""
    yield from _record(grid.headings, widths, grid.right)
    if ruled:
        yield (" " * GAP).join("-" * width for width in widths)
    for row in grid.rows:
        yield from _record(row, widths, grid.right)


def in_blocks(grid: Grid, available: int | None) -> Iterator[str]:
    """Yield ``label: value`` lines, a block for each record, empty values left out."""
    label_width = max(map(display_width, grid.headings), default=0)
    value_width = max((available or 10_000) - label_width - GAP, _READABLE)
    hanging = " " * (label_width + GAP)
    for number, row in enumerate(grid.rows):
        if number:
            yield ""
        for heading, value in zip(grid.headings, row, strict=True):
            if value:
                label = pad(f"{heading}: " if heading else "", label_width + GAP)
                for line in fold(value, value_width):
                    yield label + line
                    label = hanging


def _shown(text: str) -> str:
    return inert(text, lines=True).replace("\t", " ") if text else ""


def _width(character: str) -> int:
    if unicodedata.east_asian_width(character) in "WF":
        return 2
    return 0 if unicodedata.category(character) in {"Mn", "Me", "Cf"} else 1


def _widest(text: str) -> int:
    return max(map(display_width, text.split("\n"))) if "\n" in text else display_width(text)


def _break(text: str, width: int) -> int:
    """Return where to break a text that is too wide: after a space, else before what is over."""
    used = 0
    for at, character in enumerate(text):
        used += _width(character)
        if used > width:
            space = text.rfind(" ", 1, at + 1)
            return space if space > 0 and text[:space].strip() else max(at, 1)
    return len(text)


def _shared(floors: Sequence[int], natural: Sequence[int], room: int) -> list[int]:
    """Give the room that is left to the columns that want it, the modest ones first."""
    widths = list(floors)
    wanting = sorted(range(len(floors)), key=lambda at: (natural[at] - floors[at], at))
    for done, at in enumerate(wanting):
        given = min(natural[at] - floors[at], room // (len(wanting) - done))
        widths[at] += given
        room -= given
    return widths


def _record(texts: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> Iterator[str]:
    """Yield the lines of one record, as many as its tallest cell has."""
    folded = [fold(text, width) for text, width in zip(texts, widths, strict=True)]
    for level in range(max(map(len, folded), default=0)):
        parts = [
            pad(lines[level] if level < len(lines) else "", width, right=aside)
            for lines, width, aside in zip(folded, widths, right, strict=True)
        ]
        yield (" " * GAP).join(parts).rstrip(" ")

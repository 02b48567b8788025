"""Cells as the XML of a sheet writes them: where they are, and those the parser shows as empty.

A cell that holds an error, or a formula without its result, is noted, so that nobody takes it for
an empty one. No pattern here takes longer than in proportion to what it reads.
"""

from __future__ import annotations

import re

from cm_cli.language import _
from cm_cli.readers.rows import refused

ERRORS_LIMIT = 100_000
_MOST_LETTERS, _MOST_DIGITS = 3, 7
_OPENED = re.compile(rb"<(?:\w++:)?+c\s[^<>]*+>")
_ERROR = re.compile(rb"""\bt\s*+=\s*+["']e["']""")
_UNKNOWN = re.compile(
    rb'<c r="([A-Z]++)(\d++)"([^<>]*+)><f(?:\s[^<>]*+)?+/?+>(?:[^<]*+</f>)?+'
    rb"(?:<v\s*+/>|<v></v>)?+</c>"
)
REFERENCE = re.compile(rb"""\sr\s*+=\s*+["']([A-Za-z]*+)(\d++)""")
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)<")


def column_number(letters: bytes) -> int:
    """Return 1 for ``A``, 27 for ``AA``; for more letters than any column has, a million."""
    number = 0
    if len(letters) > _MOST_LETTERS:
        return 1_000_000
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def row_number(digits: bytes) -> int:
    """Return a row's number or a count of repetitions; one beyond reason as the largest."""
    return int(digits) if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS


def note_errors(chunk: bytes, errors: list[tuple[int, int, str]], file: str) -> None:
    """Note the cells whose type is an error, with its text."""
    for found in _OPENED.finditer(chunk):
        reference = REFERENCE.search(found.group())
        if not reference or not _ERROR.search(found.group()):
            continue
        value = _VALUE.search(chunk, found.end(), found.end() + 2_000)
        text = value[1].decode("utf-8", "replace") if value else "#?"
        _note(errors, (row_number(reference[2]), column_number(reference[1]), text), file)


def note_formulas(chunk: bytes, errors: list[tuple[int, int, str]], file: str) -> None:
    """Note the cells with a formula that no program has worked out: they look empty."""
    for found in _UNKNOWN.finditer(chunk):
        if b't="str"' in found[3]:  # nothing is a text like any other
            continue
        _note(errors, (row_number(found[2]), column_number(found[1]), ""), file)


def _note(errors: list[tuple[int, int, str]], cell: tuple[int, int, str], file: str) -> None:
    if len(errors) >= ERRORS_LIMIT:
        what = _("More than {limit} cells of a sheet hold errors, or formulas without a result")
        mend = _("Open the file in WPS or Excel, correct the formulas, and save it there.")
        raise refused("too-many-errors", what.format(limit=ERRORS_LIMIT), file, mend)
    errors.append(cell)

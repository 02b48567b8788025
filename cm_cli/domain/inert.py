"""Text from data made harmless for a terminal: nothing in a name may move a cursor or hide itself.

Not for markup of an output format (each writer escapes its own), nor for spreadsheets' formulas.
"""

from __future__ import annotations

import re

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\ud800-\udfff]"
)


def inert(text: str, *, lines: bool = False) -> str:
    r"""Return the text with control, bidi and zero-width characters shown as ``\\u{1b}``.

    Line breaks and tabs stay only where ``lines`` allows them; else they become a space.
    """
    if not lines:
        text = text.replace("\r\n", " ").replace("\n", " ").replace("\t", " ")
    else:
        text = text.replace("\r\n", "\n")
    return _UNSAFE.sub(lambda found: f"\\u{{{ord(found.group()):x}}}", text)

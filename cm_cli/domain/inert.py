r"""Text from data made harmless for a terminal: nothing in a name may move a cursor or hide itself.

Not for markup of an output format (each writer escapes its own), nor for spreadsheets' formulas.
What is shown as ``\u{1b}`` here is what no field takes (``hidden``). Characters Unicode has not
named yet, those of private use, and marks of a variant are let through: rare names need them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# control, format (bidi, zero width, tags), line and paragraph separators, halves of pairs, and
# letters that are drawn as nothing
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f"
    "\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff"
    "\uffa0\ufff0-\ufffb\ufdd0-\ufdef\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff\ud800-\udfff]"
)


def hidden(text: str) -> str:
    """Return the first character that cannot be seen or that a terminal obeys, or nothing.

    Line breaks and tabs are not among them.
    """
    found = _UNSAFE.search(text)
    return found.group() if found else ""


def spelled(text: str, spell: Callable[[str], str]) -> str:
    """Return the text with every hidden character replaced by what ``spell`` makes of it."""
    return _UNSAFE.sub(lambda found: spell(found.group()), text)


def inert(text: str, *, lines: bool = False) -> str:
    r"""Return the text with control, bidi and zero-width characters shown as ``\u{1b}``.

    Line breaks and tabs stay only where ``lines`` allows them; else they become a space.
    """
    if not lines:
        text = text.replace("\r\n", " ").replace("\n", " ").replace("\t", " ")
    else:
        text = text.replace("\r\n", "\n")
    return spelled(text, lambda sign: f"\\u{{{ord(sign):x}}}")

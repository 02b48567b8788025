"""What keeps a text from being JSON, in sentences of our own instead of the parser's."""

from __future__ import annotations

import json

from cm_cli.language import _, later

_REASONS = (
    ("Expecting property name", later("a key in double quotes is missing")),
    ("Expecting ':'", later("the colon after a key is missing")),
    ("Expecting ','", later("a comma or the closing bracket is missing")),
    ("Expecting value", later("a value is missing, or a text without double quotes")),
    ("Unterminated string", later("a double quote opened here is never closed")),
    ("Invalid control character", later("a line break or a tab stands inside a text")),
    ("Invalid \\", later("a backslash is followed by what may not follow it")),
    ("Extra data", later("something follows its end")),
)


def reason(error: ValueError | RecursionError) -> str:
    """Return why the text is no JSON, and where in its line if that is known."""
    if isinstance(error, RecursionError):
        return _("too many brackets inside each other")
    if not isinstance(error, json.JSONDecodeError):
        return _("a number has too many digits")
    found = next((said for begins, said in _REASONS if error.msg.startswith(begins)), "")
    why = _(found) or _("it breaks off or goes on wrongly")
    return at(why, error.colno)


def at(why: str, column: int) -> str:
    """Return the reason with the character of the line it stands at, counted from 1."""
    return _("{reason} (character {column})").format(reason=why, column=column)

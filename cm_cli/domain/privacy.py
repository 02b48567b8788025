"""Personal data in what the program says: what stands for a value, and what gives one away.

A field that is personal is masked wherever it is shown. What was put in the wrong place (a
telephone number under another heading, a first row read as headings) is found by its look.
"""

from __future__ import annotations

import re

MASK = "***"
_MOBILE = r"(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}"
_LANDLINE = r"0\d{2,3}[ -]\d{7,8}"
_IDENTITY = r"\d{6}[ -]?(?:18|19|20)\d{2}[ -]?\d{4}[ -]?\d{3}[\dXx]"
_CARD = r"\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}(?:[ -]?\d{1,3})?"
_LOOK = re.compile(rf"(?<![\d.])(?:{_IDENTITY}|{_CARD}|{_MOBILE}|{_LANDLINE})(?![\d.])", re.ASCII)
_PASSWORD = re.compile(r"(?<=://)([^/?#@\s:]*):[^/?#\s]*@|((?:^|(?<=[?&\s]))password=)[^&\s]*")


def masked(text: str) -> str:
    """Return a text without what looks like a telephone, identity or card number."""
    return _LOOK.sub(MASK, text)


def without_password(text: str) -> str:
    """Return the place of a store without the password somebody wrote into it."""
    return _PASSWORD.sub(
        lambda found: f"{found[2]}{MASK}" if found[2] else f"{found[1]}:{MASK}@", text
    )

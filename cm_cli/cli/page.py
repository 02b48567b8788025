"""Help pages: how they are laid out, and the page of the root, which needs no Typer to be shown.

``cm --help`` is answered from the table of commands; that is a third of the time of importing
what builds them.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from cm_cli.cli.groups import GROUPS
from cm_cli.language import _, later
from cm_cli.writers.layout import display_width, fold, pad

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEFT = 34
_WIDEST = 100
ABOUT = later(
    "Keeps the records of client managers and works by the regulation in force:"
    " assignment, visits, diaries, appraisal, each explained down to record and article."
)
VERSION = later("Print the version.")
HELP = later("Show this page and leave.")
# name, declarations, metavar ("" is a flag), help
Spec = tuple[str, tuple[str, ...], str, str]
COMMON: tuple[Spec, ...] = (
    ("db", ("--db",), "PLACE", later("The store; else CM_DB, else the platform's data folder.")),
    ("key_file", ("--key-file",), "FILE", later("Key of an encrypted store; else CM_KEY_FILE.")),
    ("lang", ("--lang",), "zh|en", later("Language; else CM_LANG, else the locale.")),
    ("on", ("--on",), "DAY", later("The business day; else CM_TODAY, else today.")),
    ("operator", ("--operator",), "NAME", later("Who works here; else CM_OPERATOR, else the login.")),
    ("quiet", ("--quiet", "-q"), "", later("Say nothing but errors.")),
    ("color", ("--color",), "auto|always|never", later("Colour on a terminal (NO_COLOR is heeded).")),
)


def root() -> Iterator[str]:
    """Yield the lines of the root's page."""
    columns = width()
    yield _("Usage: {line}").format(line=f"cm {_('COMMAND [OPTIONS]')}")
    yield ""
    yield from wrapped(_(ABOUT), columns)
    yield ""
    rows = [(name, _(summary)) for name, (_place, summary) in GROUPS.items()]
    yield from section(_("Commands"), rows, columns)
    options = [("--version", _(VERSION)), *map(spelt, COMMON), ("-h, --help", _(HELP))]
    yield from section(_("Options"), options, columns)


def spelt(spec: Spec) -> tuple[str, str]:
    """Return a common option as its page shows it."""
    _name, declared, metavar, text = spec
    return f"{', '.join(declared)} {metavar}".strip(), _(text)


def width() -> int:
    """Return how wide a page is: as the terminal, but not too wide to read."""
    return min(shutil.get_terminal_size().columns, _WIDEST)


def section(title: str, rows: list[tuple[str, str]], columns: int) -> Iterator[str]:
    """Yield a heading and its rows: a word at the left, what it means at the right."""
    if not rows:
        return
    yield _("{title}:").format(title=title)
    longest = max(display_width(left) for left, _right in rows)
    left_width = min(longest, _LEFT, max(columns // 3, 12))
    for left, right in rows:
        lines = wrapped(right, columns - left_width - 4) or [""]
        if display_width(left) > left_width:
            yield f"  {left}"
        else:
            yield f"  {pad(left, left_width)}  {lines.pop(0)}".rstrip()
        yield from (f"{' ' * (left_width + 4)}{line}" for line in lines)
    yield ""


def wrapped(text: str, columns: int) -> list[str]:
    """Return the text in lines that fit."""
    return fold(text, max(columns, 16))

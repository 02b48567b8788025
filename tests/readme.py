"""The command reference of the README, made from the commands themselves.

``python tests/readme.py`` writes it anew; the tests compare it.
"""

from __future__ import annotations

import re
from pathlib import Path

from catalogue import commands

from cm_cli.cli.frame import paragraphs

README = Path(__file__).parents[1] / "README.md"
_PART = re.compile(r"(<!-- commands: begin[^\n]*-->\n).*(<!-- commands: end -->)", re.DOTALL)


def reference() -> str:
    """Return one line a command."""
    lines = ["| command | what it does |", "|---|---|"]
    for path, command in commands():
        if not hasattr(command, "commands"):
            lines.append(
                f"| `cm {path}` | {paragraphs(command.help)[0].replace('|', chr(92) + '|')} |"
            )
    return "\n".join(lines) + "\n"


def updated(text: str) -> str:
    """Return the README with today's reference."""
    return _PART.sub(lambda found: found[1] + reference() + found[2], text)


if __name__ == "__main__":
    README.write_text(updated(README.read_text(encoding="utf-8")), encoding="utf-8")

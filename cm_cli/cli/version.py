"""``cm version``: versions of the program, its engine and the place of the store."""

from __future__ import annotations

import platform
import sqlite3

import typer

from cm_cli import __version__
from cm_cli.cli import show
from cm_cli.cli.desk import desk
from cm_cli.cli.frame import Reads, single
from cm_cli.domain.sheet import Document
from cm_cli.language import _

app = single()
_SAFE = ((3, 51, 3), (3, 50, 7), (3, 44, 6))


@app.command("version", cls=Reads)
def version(ctx: typer.Context) -> None:
    """Print the versions of the program, of Python and of SQLite, and where the store is.

    Examples:
      $ cm version --json
    """
    here = desk(ctx)
    facts = (
        ("cm", __version__),
        ("Python", platform.python_version()),
        ("SQLite", sqlite3.sqlite_version),
        (_("Store"), str(here.clerk().place)),
    )
    notes = () if _mended(sqlite3.sqlite_version_info) else (
        _(
            "This SQLite can lose commits when other programs write to the store at the same"
            " time; cm's own writers are safe, because each holds the lock file."
        ),
    )
    show.show(Document("version", f"cm {__version__}", facts, notes=notes), here)


def _mended(version: tuple[int, ...]) -> bool:
    """Say whether this SQLite has the repair of its WAL-reset fault."""
    return version >= _SAFE[0] or any(version[:2] == each[:2] and version >= each for each in _SAFE[1:])

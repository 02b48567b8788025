"""Whether the tables of a store are still declared as the program declares them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cm_cli.errors import Problem
from cm_cli.language import _

_NAME = re.compile(r"CREATE (?:UNIQUE )?(?:TABLE|INDEX) (\w+)")

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator


def differences(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Yield the tables and indexes that are missing, foreign, or declared in other words."""
    from cm_cli.store.schema import sqlite_statements

    ours = {_NAME.match(sql)[1]: sql for sql in sqlite_statements()}  # type: ignore[index]
    declared = dict(
        connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    )
    for name in sorted(ours.keys() | declared.keys()):
        if declared.get(name) != ours.get(name):
            what = _("“{name}” is not declared in the file as the program declares it")
            yield Problem("schema-changed", what.format(name=name))

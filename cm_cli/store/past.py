"""The store as it was known at an entry: temporary views stand before the tables.

A current row counts when its entry is not later, a history row when the entry lies in its span;
so that every query answers from then without knowing of it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from cm_cli.domain.fields import BadValueError, Context
from cm_cli.domain.quantities import Day
from cm_cli.domain.register import kinds
from cm_cli.errors import CmError, Exit
from cm_cli.language import _

if TYPE_CHECKING:
    import sqlite3

    from cm_cli.domain.kind import Kind


def entry_at(connection: sqlite3.Connection, text: str) -> int:
    """Return the entry meant by a number, or by a day: the last one written on it or before."""
    if text.isdecimal() and len(text) < 8:  # noqa: PLR2004 - longer ones are days
        number = int(text)
        known = connection.execute("SELECT max(number) FROM entry").fetchone()[0] or 0
        if 1 <= number <= known:
            return number
    else:
        found = connection.execute(
            "SELECT max(number) FROM entry WHERE moment < ?", (_end_of(text),)
        ).fetchone()[0]
        if found:
            return int(found)
    raise CmError(
        _("The store knew nothing at “{text}”").format(text=text),
        mend=_("Give a day as 2016-04-01 or the number of an entry: cm journal list."),
        slug="known-at",
        code=Exit.USAGE,
    )


def _end_of(text: str) -> str:
    """Return the moment (UTC) at which a day ends in the zone of this machine; "" for no day."""
    try:
        day = Day().parse(text, Context())
    except BadValueError:
        return ""
    if not isinstance(day, date):
        return ""
    midnight = datetime.combine(day + timedelta(days=1), time()).astimezone(UTC)
    return midnight.strftime("%Y-%m-%dT%H:%M:%SZ")


def look_back(connection: sqlite3.Connection, number: int) -> None:
    """Let the connection answer from the store as it was after that entry."""
    for kind in kinds():
        connection.execute(_view(kind, number))
    connection.execute(
        f"CREATE TEMP VIEW entry AS SELECT * FROM main.entry WHERE number <= {number:d}"
    )


def _view(kind: Kind, number: int) -> str:
    fields = ", ".join(kind.names)
    old = ", ".join(f"json_extract(content, '$.{name}')" for name in kind.names)
    return (
        f"CREATE TEMP VIEW {kind.name} AS"
        f" SELECT id, {fields}, entry, digest FROM main.{kind.name} WHERE entry <= {number:d}"
        f" UNION ALL SELECT row, {old}, since, digest FROM main.history"
        f" WHERE kind = '{kind.name}' AND since <= {number:d} AND until > {number:d}"
    )

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
from cm_cli.store.engine import home, on_server

if TYPE_CHECKING:
    from cm_cli.domain.kind import Kind
    from cm_cli.store.engine import Connection


def entry_at(connection: Connection, text: str) -> int:
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


def look_back(connection: Connection, number: int) -> None:
    """Let the connection answer from the store as it was after that entry."""
    where = home(connection)
    for kind in kinds():
        standing = f"FROM {where}.{kind.name} WHERE entry <= {number:d}"
        replaced = (
            f"WHERE h.kind = '{kind.name}' AND h.since <= {number:d} AND h.until > {number:d}"
        )
        connection.execute(
            f"CREATE TEMP VIEW {kind.name} AS"
            f" SELECT id, {', '.join(kind.names)}, entry, digest {standing}"
            f" UNION ALL SELECT h.row, {_content(connection, kind)}, h.since, h.digest"
            f" FROM {where}.history h{_unpacked(connection, kind)} {replaced}"
        )
    connection.execute(
        f"CREATE TEMP VIEW entry AS SELECT * FROM {where}.entry WHERE number <= {number:d}"
    )


def _content(connection: Connection, kind: Kind) -> str:
    """Return the columns of a record, taken from the content history keeps of it."""
    if on_server(connection):
        return ", ".join(f'c."{name}"' for name in kind.names)
    return ", ".join(f"json_extract(h.content, '$.{name}')" for name in kind.names)


def _unpacked(connection: Connection, kind: Kind) -> str:
    if not on_server(connection):
        return ""
    types = {"INTEGER": "bigint", "TEXT": 'text COLLATE "C"'}
    columns = ", ".join(f'"{each.name}" {types[each.type.sql]}' for each in kind.fields)
    return f", jsonb_to_record(h.content::jsonb) AS c({columns})"

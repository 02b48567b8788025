"""Clients that may be one and the same, and the records that refer to a client."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cm_cli.domain.kind import Field, Kind
    from cm_cli.store.engine import Connection


def groups(
    connection: Connection, kind: Kind, name: str, written: int = 0
) -> list[list[tuple[str, str]]]:
    """Return code and name of the records that share a value of a field, one list for each value.

    With ``written`` only values that a record of that entry has.
    """
    kind.field(name)
    recent = " AND max(entry) = :written" if written else ""
    found = connection.execute(
        f"SELECT {name}, code, name FROM {kind.name} WHERE {name} IN"
        f" (SELECT {name} FROM {kind.name} WHERE {name} <> '' GROUP BY {name}"
        f" HAVING count(*) > 1{recent}) ORDER BY 1, 2",
        {"written": written} if written else {},
    )
    by_value: dict[str, list[tuple[str, str]]] = {}
    for value, code, title in found:
        by_value.setdefault(value, []).append((code, title))
    return list(by_value.values())


def referring(connection: Connection, kind: Kind, field: Field, code: str) -> list[int]:
    """Return the ids of the records of a kind that refer to a record by a field, in order."""
    found = connection.execute(
        f"SELECT id FROM {kind.name} WHERE {field.name} = ? ORDER BY id", (code,)
    )
    return [row for (row,) in found]

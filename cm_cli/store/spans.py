"""Spans of days in which something is true of a client: those that cross another of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cm_cli.domain.kind import Kind
    from cm_cli.store.engine import Connection

_MOST = 1_000


def crossing(connection: Connection, kind: Kind, beside: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return client (and what stands ``beside``), first and last day, first day of the next."""
    names = ("client", *beside)
    shown = ", ".join(f"a.{name}" for name in names)
    same = " AND ".join(f"b.{name} = a.{name}" for name in names)
    found = connection.execute(
        f"SELECT {shown}, a.since, a.until, min(b.since) FROM {kind.name} a"
        f" JOIN {kind.name} b ON {same} AND b.since > a.since"
        " AND (a.until IS NULL OR a.until >= b.since)"
        f" GROUP BY {shown}, a.since, a.until ORDER BY {shown}, a.since LIMIT {_MOST}"
    )
    return found.fetchall()

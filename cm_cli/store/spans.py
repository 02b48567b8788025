"""Spans of days in which something is true of a client: those that cross another of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cm_cli.domain.kind import Kind
    from cm_cli.store.engine import Connection

BESIDE: dict[str, tuple[str, ...]] = {"assignment": (), "classification": ("scheme",)}
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


def crossed(connection: Connection, kind: Kind, number: int) -> list[tuple[int, int]]:
    """Return the spans an entry wrote that cross one it did not, and the entry that wrote that."""
    names = ("client", *BESIDE[kind.name])
    same = " AND ".join(f"b.{name} = a.{name}" for name in names)
    found = connection.execute(
        f"SELECT a.id, max(b.entry) FROM {kind.name} a JOIN {kind.name} b ON {same}"
        " AND b.entry <> a.entry AND (a.until IS NULL OR a.until >= b.since)"
        " AND (b.until IS NULL OR b.until >= a.since)"
        " WHERE a.entry = ? GROUP BY a.id ORDER BY a.id",
        (number,),
    )
    return [(row, entry) for row, entry in found.fetchall()]

"""What the assignment engine is told, read from the store for a day."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cm_cli.domain.assignment.facts import ClientFacts, ManagerFacts
from cm_cli.domain.register import kind as kind_of
from cm_cli.store.facts import leaves

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cm_cli.store.engine import Connection

_CLIENTS = """
SELECT c.code, coalesce(c.status, 'active'), coalesce(c.region, ''), coalesce(c.industry, ''),
       coalesce(k.grade, ''), coalesce(c.relation, ''), coalesce(c.services, ''),
       coalesce(a.manager, ''), coalesce(a.locked, 0), c.assets, c.sales
FROM client c
LEFT JOIN classification k ON k.client = c.code AND k.scheme = 'size'
     AND k.since <= :on AND (k.until IS NULL OR k.until >= :on)
LEFT JOIN assignment a ON a.client = c.code
     AND a.since <= :on AND (a.until IS NULL OR a.until >= :on)
ORDER BY c.code
"""
_UNIT = {"clients": Decimal(1), "assets": Decimal(10_000), "sales": Decimal(10_000)}


def clients(connection: Connection, on: date) -> list[ClientFacts]:
    """Return every client with its class and its manager on the day."""
    rows = connection.execute(_CLIENTS, {"on": on.isoformat()})
    return [
        ClientFacts(
            code=row[0],
            status=row[1],
            region=row[2],
            industry=row[3],
            size=row[4],
            relation=row[5],
            service=_first(row[6]),
            manager=row[7],
            locked=bool(row[8]),
            assets=_yuan(row[9]),
            sales=_yuan(row[10]),
        )
        for row in rows
    ]


def _first(kept: str) -> str:
    """Return the first service of a client: the one it is assigned by (S39 way 5)."""
    return str(json.loads(kept)[0]) if kept else ""


def _yuan(fen: int | None) -> Decimal | None:
    return None if fen is None else Decimal(fen) / 100


def managers(connection: Connection, ladder: Sequence[str]) -> list[ManagerFacts]:
    """Return every manager with coverage, capacity (clients, or yuan of its measure) and leaves."""
    away = leaves(connection)
    rank: dict[str, int] = defaultdict(int, {code: n for n, code in enumerate(ladder, 1)})
    rows = connection.execute(
        "SELECT code, coalesce(status, 'active'), grade, regions, industries, sizes, capacity,"
        " coalesce(capacity_measure, 'clients') FROM manager ORDER BY code"
    )
    return [
        ManagerFacts(
            code=row[0],
            status=row[1],
            coverage={
                name: tuple(json.loads(kept))
                for name, kept in zip(("region", "industry", "size"), row[3:6], strict=True)
                if kept
            },
            capacity=None if row[6] is None else Decimal(row[6]) * _UNIT[row[7]],
            measure=row[7],
            rank=rank[row[2]],
            leaves=tuple(away.get(row[0], ())),
        )
        for row in rows
    ]


def current(connection: Connection, on: date) -> dict[str, tuple[int, date]]:
    """Return id and first day of the assignment every client has on the day."""
    rows = connection.execute(
        "SELECT client, id, since FROM assignment"
        " WHERE since <= :on AND (until IS NULL OR until >= :on)",
        {"on": on.isoformat()},
    )
    return {client: (row, date.fromisoformat(since)) for client, row, since in rows}


def burden(connection: Connection, manager: str, measure: str, on: date) -> Decimal:
    """Return what a manager holds on a day: clients, or 万元 of their assets or sales."""
    each = "1" if measure == "clients" else f"coalesce(c.{measure}, 0)"
    asked = (
        f"SELECT coalesce(sum({each}), 0) FROM assignment a JOIN client c ON c.code = a.client"
        " WHERE a.manager = :manager AND a.since <= :on AND (a.until IS NULL OR a.until >= :on)"
    )
    (held,) = connection.execute(asked, {"manager": manager, "on": on.isoformat()}).fetchone()
    return Decimal(int(held)) / (1 if measure == "clients" else 100 * _UNIT[measure])


def later_than(connection: Connection, on: date, client: str = "") -> int:
    """Count the assignments (of one client) that begin after the day."""
    found = connection.execute(
        "SELECT count(*) FROM assignment WHERE since > :on AND (:client = '' OR client = :client)",
        {"on": on.isoformat(), "client": client},
    ).fetchone()
    return int(found[0])


def history_of(connection: Connection, client: str) -> list[tuple[Any, ...]]:
    """Return a client's assignments, newest first, each with the name of its manager."""
    return connection.execute(
        "SELECT a.manager, a.since, a.until, a.rule, a.reason, a.locked, a.entry, m.name"
        " FROM assignment a JOIN manager m ON m.code = a.manager"
        " WHERE a.client = ? ORDER BY a.since DESC",
        (client,),
    ).fetchall()


def names(connection: Connection, kind: str) -> dict[str, str]:
    """Return the names of clients or managers by code."""
    kind_of(kind)
    return dict(connection.execute(f"SELECT code, name FROM {kind}"))

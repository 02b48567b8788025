"""Making room for clients who wait by moving others who were placed in the same run."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING

from cm_cli.domain.assignment.seats import put

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cm_cli.domain.assignment.seats import Pool, Seats

ATTEMPTS = 2_000


def augment(pools: Sequence[Pool], seats: Seats) -> None:
    """Make room for those who wait by chains of moves among the placed, as long as there is one.

    A pool from which no chain leads to room has proven that everything it reaches is full: that
    set stays closed, so that it is not searched again.
    """
    holders: dict[int, dict[int, None]] = defaultdict(dict)
    for number, pool in enumerate(pools):
        for at in pool.placed:
            holders[at][number] = None
    closed: set[int] = set()
    for number, pool in enumerate(pools):
        while pool.waiting:
            chain = _chain(number, pools, seats, holders, closed)
            if not chain:
                break
            _shift_along(chain, pools, seats, holders)


Step = tuple[int, int, int]  # pool, from manager (-1: those who wait), to manager


def _chain(
    start: int,
    pools: Sequence[Pool],
    seats: Seats,
    holders: dict[int, dict[int, None]],
    closed: set[int],
) -> list[Step]:
    """Return the steps of a shortest chain that ends at a manager with room; empty if none."""
    entered = {start: -1}
    taken: dict[int, int] = {}
    queue = deque([start])
    while queue:
        number = queue.popleft()
        for at in pools[number].candidates():
            if at in taken or at in closed:
                continue
            taken[at] = number
            if seats.room(at) > 0:
                return _steps(at, entered, taken)
            for other in sorted(holders[at]):
                if other not in entered:
                    entered[other] = at
                    queue.append(other)
    closed.update(taken)
    return []


def _steps(at: int, entered: dict[int, int], taken: dict[int, int]) -> list[Step]:
    steps = []
    while at >= 0:
        number = taken[at]
        steps.append((number, entered[number], at))
        at = entered[number]
    return steps


def _shift_along(
    chain: list[Step], pools: Sequence[Pool], seats: Seats, holders: dict[int, dict[int, None]]
) -> None:
    sources = [
        pools[number].placed[a] if a >= 0 else pools[number].waiting for number, a, _ in chain
    ]
    amount = min(seats.room(chain[0][2]), *(len(source) for source in sources))
    for (number, before, at), source in zip(chain, sources, strict=True):
        moved = source[-amount:]
        del source[-amount:]
        if before >= 0:
            seats.shift(before, -amount, -amount)
            if not source:
                del pools[number].placed[before]
                del holders[before][number]
        pools[number].placed.setdefault(at, []).extend(moved)
        holders[at][number] = None
        seats.shift(at, amount, amount)


def exchange(pools: Sequence[Pool], seats: Seats) -> None:
    """Move one placed client elsewhere for each who waits, where that makes room for him.

    ATTEMPTS bounds how many of those who wait are tried.
    """
    attempts = ATTEMPTS
    homes: dict[int, list[tuple[int, Pool]]] = defaultdict(list)
    for pool in pools:
        for at, clients in pool.placed.items():
            homes[at] += [(client, pool) for client in clients]
    for pool in pools:
        left = []
        for client in reversed(pool.waiting):
            attempts -= 1
            if attempts < 0 or not _make_room(client, pool, seats, homes):
                left.append(client)
        pool.waiting = left[::-1]


def _make_room(
    client: int, pool: Pool, seats: Seats, homes: dict[int, list[tuple[int, Pool]]]
) -> bool:
    weight = seats.weigh(client)
    widest = max(seats.room(at) for at in range(len(seats.managers)))
    for at in pool.candidates():
        short = weight - seats.room(at)
        if short > widest:
            continue
        movable = sorted(
            (seats.weigh(other), other, n)
            for n, (other, _home) in enumerate(homes[at])
            if seats.weigh(other) >= short
        )
        for heavy, other, n in movable:
            home = homes[at][n][1]
            to = next(
                (to for to in home.candidates() if to != at and seats.room(to) >= heavy), None
            )
            if to is None:
                continue
            del homes[at][n]
            home.placed[at].remove(other)
            if not home.placed[at]:
                del home.placed[at]
            seats.shift(at, -heavy, -1)
            put(home, seats, other, to)
            homes[to].append((other, home))
            put(pool, seats, client, at)
            homes[at].append((client, pool))
            return True
    return False

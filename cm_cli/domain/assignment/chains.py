"""Making room for clients who wait by moving others who were placed in the same run."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING

from cm_cli.domain.assignment.seats import NO_LIMIT, put

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cm_cli.domain.assignment.seats import Pool, Seats

LOOKS = 3_000_000


def augment(pools: Sequence[Pool], seats: Seats) -> None:
    """Make room for those who wait by chains of moves among the placed, as long as there is one.

    Managers by money take no part: there one client does not make room for just one other.
    A pool from which no chain leads to room has proven that everything it reaches is full: that
    set stays closed, so that it is not searched again.
    """
    holders: dict[int, dict[int, None]] = defaultdict(dict)
    for number, pool in enumerate(pools):
        for at in pool.placed:
            holders[at][number] = None
    closed = {at for at, table in enumerate(seats.tables) if table is not None}
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

    LOOKS bounds how many managers and clients are looked at for it.
    """
    swap = _Swap(pools, seats)
    for pool in pools:
        tables = [seats.figures[measure] for measure in sorted(_measures(pool, seats))]
        vain: set[tuple[int, ...]] = set()
        left = []
        for client in reversed(pool.waiting):
            weights = tuple(table[client] for table in tables)
            if weights in vain or not swap.make_room(client, pool):
                vain.add(weights)
                left.append(client)
            else:
                vain.clear()
        pool.waiting = left[::-1]


def _measures(pool: Pool, seats: Seats) -> set[str]:
    return {seats.by[at] for at in pool.candidates()} & seats.figures.keys()


class _Swap:
    """The search for single exchanges; ``homes`` are the clients placed with each manager."""

    def __init__(self, pools: Sequence[Pool], seats: Seats) -> None:
        self.seats, self.looks = seats, LOOKS
        self.homes: dict[int, list[tuple[int, Pool]]] = defaultdict(list)
        for pool in pools:
            for at, clients in pool.placed.items():
                self.homes[at] += [(client, pool) for client in clients]
        self.widest = self._widest()

    def _widest(self) -> int:
        """Return the room nobody exceeds; unlimited where managers count by different measures."""
        seats = self.seats
        same = len(set(seats.by)) == 1
        return max(map(seats.room, range(len(seats.managers)))) if same else NO_LIMIT

    def make_room(self, client: int, pool: Pool) -> bool:
        """Place the client where moving one other makes room; say whether that was possible."""
        seats = self.seats
        for at in pool.candidates():
            self.looks -= 1
            short = seats.weigh(client, at) - seats.room(at)
            if self.looks < 0 or short > self.widest:
                continue
            found = self._movable(at, short)
            if found:
                n, to = found
                self._move(at, n, to)
                put(pool, seats, client, at)
                self.homes[at].append((client, pool))
                self.widest = self._widest()
                return True
        return False

    def _movable(self, at: int, short: int) -> tuple[int, int] | None:
        """Return the place of the lightest client who can leave the manager, and where to."""
        seats = self.seats
        self.looks -= len(self.homes[at])
        movable = sorted(
            (seats.weigh(other, at), other, n)
            for n, (other, _home) in enumerate(self.homes[at])
            if seats.weigh(other, at) >= short
        )
        for _weight, other, n in movable:
            for to in self.homes[at][n][1].candidates():
                self.looks -= 1
                if to != at and seats.room(to) >= seats.weigh(other, to):
                    return n, to
            if self.looks < 0:
                return None
        return None

    def _move(self, at: int, n: int, to: int) -> None:
        other, home = self.homes[at].pop(n)
        home.placed[at].remove(other)
        if not home.placed[at]:
            del home.placed[at]
        self.seats.shift(at, -self.seats.weigh(other, at), -1)
        put(home, self.seats, other, to)
        self.homes[to].append((other, home))

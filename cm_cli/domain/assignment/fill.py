"""Filling managers with clients: the combinatorial heart, on numbers only.

The objective, in this order. It is reached exactly when all managers count by clients:

1. Clients kept and locked stay where they are.
2. As many of the others as possible are placed (a maximum flow: a client waits only when no
   chain of moves among the *newly* placed ones could make room).
3. The placing is *stable*: no newly placed client has room at a manager whom the order of rules,
   then the preferences at the loads of the finished plan, rank before his own.

With ties left to a person nothing is moved to make room. Once one manager counts by money the
problem is a bin packing: among candidates of whom one counts by money the heaviest client goes
first to the best manager who has room for him; for those who wait, chains of moves are tried
among the managers by clients, then single exchanges among all. That is a heuristic; 2 and 3 are
not claimed. No manager is filled over his capacity, in his own measure, either way.

Preferences by load compare shares of capacity when every manager in post has a capacity, else
numbers of clients, so that managers of different measures stay comparable.
"""

from __future__ import annotations

from hashlib import sha256
from heapq import heapify, heappop, heappush, heapreplace
from typing import TYPE_CHECKING

from cm_cli.domain.assignment.chains import augment, exchange
from cm_cli.domain.assignment.seats import FULL, Pool, Seats, put

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cm_cli.domain.assignment.coverage import Tier
    from cm_cli.domain.assignment.seats import Heat

PASSES = 60


def lot(seed: str, client: str, among: int) -> int:
    """Draw a number below ``among`` that depends on the seed and the client's code alone."""
    return int.from_bytes(sha256(f"{seed}\x1f{client}".encode()).digest()[:8]) % among


class Filler:
    """One run over the pools; ``codes`` are the clients' codes, for the lots."""

    def __init__(self, seats: Seats, codes: Sequence[str], seed: str, *, leave_ties: bool) -> None:
        self.seats, self.codes, self.seed = seats, codes, seed
        self.leave_ties = leave_ties

    def run(self, pools: Sequence[Pool]) -> None:
        """Place the clients of all pools; the pools come in the order in which they choose."""
        for pool in pools:
            self.place(pool)
        if not self.leave_ties:
            augment(pools, self.seats)
        if self.seats.figures and not self.leave_ties:
            exchange(pools, self.seats)
        if self.seats.figures or self.leave_ties:
            while sum(self._once_more(pool) for pool in pools if pool.waiting):
                continue
            return
        self.settle(pools)

    def _once_more(self, pool: Pool) -> bool:
        """Say whether what others did since has left room, or has parted a tie."""
        before, pool.tied = len(pool.waiting), ()
        self.place(pool)
        return len(pool.waiting) < before

    def place(self, pool: Pool) -> None:
        """Place the waiting clients of one pool, tier by tier."""
        for tier in pool.tiers:
            if not pool.waiting or pool.tied:
                return
            if self.seats.split.lot:
                self._by_lot(pool, tier)
            else:
                self._by_load(pool, tier)

    def _by_load(self, pool: Pool, tier: Tier) -> None:
        if self.leave_ties or self.seats.by_money(tier.managers):
            self._one_by_one(pool, tier)
            return
        seats, placed, waiting = self.seats, pool.placed, pool.waiting
        free, load, limits, ladders = seats.free, seats.load, seats.limits, seats.ladders
        heap = [(free[at], n, at) for n, at in enumerate(tier.managers) if free[at] is not FULL]
        heapify(heap)
        touched = set()
        while waiting and heap:
            _heat, place, at = heap[0]
            if at not in touched:
                touched.add(at)
                placed.setdefault(at, [])
                seats.step(at, min(limits[at], load[at] + len(waiting)))
            placed[at].append(waiting.pop())
            count = load[at] = load[at] + 1
            if count < limits[at]:
                heapreplace(heap, (ladders[at][count], place, at))
            else:
                heappop(heap)
        for at in touched:
            seats.clients[at] = load[at]
            seats.shift(at, 0, 0)

    def _one_by_one(self, pool: Pool, tier: Tier) -> None:
        """Place clients of different weight, or with a look at ties before each."""
        seats, left = self.seats, []
        heat, tables = seats.heat, seats.tables
        heap = [(heat[at], n, at) for n, at in enumerate(tier.managers) if seats.room(at) >= 0]
        heapify(heap)
        widest: dict[str, int] = {}
        while pool.waiting and heap:
            client = pool.waiting[-1]
            if widest and not seats.fits(client, widest):
                left.append(pool.waiting.pop())
                continue
            aside = []
            while heap and seats.room(heap[0][2]) < seats.weigh(client, heap[0][2]):
                aside.append(heappop(heap))
            if heap and self.leave_ties and self._tied(pool, tier, heap):
                break
            pool.waiting.pop()
            if heap:
                _heat, place, at = heap[0]
                put(pool, seats, client, at)
                heapreplace(heap, (heat[at], place, at))
            else:
                left.append(client)
                widest = seats.widest(at for _heat, _place, at in aside)
            for each in aside:
                if tables[each[2]] is not None:
                    heappush(heap, each)
        pool.waiting += reversed(left)

    def _tied(self, pool: Pool, tier: Tier, heap: list[tuple[Heat, int, int]]) -> bool:
        grades, client = tier.grades, pool.waiting[-1]
        best = heap[0]
        equal = [
            at
            for heat, place, at in heap
            if heat == best[0]
            and (not grades or grades[place] == grades[best[1]])
            and self.seats.room(at) >= self.seats.weigh(client, at)
        ]
        if len(equal) > 1:
            pool.tied = tuple(sorted(equal))
        return len(equal) > 1

    def _by_lot(self, pool: Pool, tier: Tier) -> None:
        seats, left = self.seats, []
        by_money = seats.by_money(tier.managers)
        free = [at for at in tier.managers if seats.open(at)]
        while pool.waiting:
            client = pool.waiting.pop()
            among = free
            if by_money:
                among = [at for at in free if seats.room(at) >= seats.weigh(client, at)]
            if not among:
                left.append(client)
                continue
            if seats.keys:
                coolest = min(seats.heat[at] for at in among)
                among = [at for at in among if seats.heat[at] == coolest]
            at = among[lot(self.seed, self.codes[client], len(among))]
            put(pool, seats, client, at)
            if not seats.open(at):
                free.remove(at)
        pool.waiting += reversed(left)

    def settle(self, pools: Sequence[Pool]) -> None:
        """Let every pool choose again, the others standing, until none would choose otherwise.

        Each choice lowers (ranks, loads) of the whole, so that it ends; PASSES is a safeguard.
        """
        for _pass in range(PASSES):
            if not sum(self._choose_again(pool) for pool in pools if pool.placed):
                return

    def _choose_again(self, pool: Pool) -> bool:
        if self._content(pool):
            return False
        seats = self.seats
        waiting, pool.waiting = pool.waiting, []
        for at in sorted(pool.placed):
            seats.shift(at, -len(pool.placed[at]), -len(pool.placed[at]))
            pool.waiting += pool.placed[at]
        pool.placed = {}
        pool.waiting.sort(reverse=True)
        self.place(pool)
        pool.waiting = waiting
        return True

    def _content(self, pool: Pool) -> bool:
        """Say whether no client of the pool has room at a manager ranked before his own.

        Equal in all preferences is content: the code decides when a client is placed.
        """
        free, better = self.seats.free, False
        for tier in pool.tiers:
            held = [at for at in tier.managers if at in pool.placed]
            if held and better:
                return False
            coolest = min(map(free.__getitem__, tier.managers))
            better = better or coolest is not FULL
            if held and coolest is not FULL and not self._level(tier, held, coolest):
                return False
        return True

    def _level(self, tier: Tier, held: list[int], coolest: Heat) -> bool:
        seats = self.seats
        hottest = max(seats.step(at, seats.clients[at] - 1) for at in held)
        if hottest != coolest or not tier.grades:
            return hottest <= coolest
        grade = dict(zip(tier.managers, tier.grades, strict=True))
        best = min(grade[at] for at in tier.managers if seats.free[at] == coolest)
        return best >= max(
            grade[at] for at in held if seats.step(at, seats.clients[at] - 1) == hottest
        )

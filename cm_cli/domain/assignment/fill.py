"""Filling managers with clients: the combinatorial heart, on numbers only.

The objective, in this order. With capacity by number of clients it is reached exactly:

1. Clients kept and locked stay where they are.
2. As many of the others as possible are placed (a maximum flow: a client waits only when no
   chain of moves among the *newly* placed ones could make room).
3. The placing is *stable*: no newly placed client has room at a manager whom the order of rules,
   then the preferences at the loads of the finished plan, rank before his own.

With ties left to a person nothing is moved to make room. With capacity by a measure the problem
is a bin packing: the heaviest client goes first to the best manager who has room for him, then
single exchanges are tried for those who wait. That is a heuristic; 2 and 3 are not claimed.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from hashlib import sha256
from heapq import heapify, heappop, heappush, heapreplace
from typing import TYPE_CHECKING

from cm_cli.domain.assignment.criteria import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cm_cli.domain.assignment.coverage import Preferences, Tier
    from cm_cli.domain.assignment.facts import ManagerFacts

    Heat = tuple[float, ...]

NO_LIMIT = 1 << 62
FULL = (float("inf"),)
PASSES = 60
ATTEMPTS = 2_000


@dataclass(slots=True)
class Pool:
    """Clients with the same ranked candidates. ``waiting`` is taken from its end."""

    tiers: tuple[Tier, ...]
    waiting: list[int] = field(default_factory=list)
    placed: dict[int, list[int]] = field(default_factory=dict)
    tied: tuple[int, ...] = ()

    def candidates(self) -> Iterator[int]:
        """Yield the candidates, best tier first."""
        for tier in self.tiers:
            yield from tier.managers


class Seats:
    """The loads while a plan is made; ``weight`` is the load of each client by its number.

    ``heat`` is the key of the preferences by load, ``free`` the same for who has room, else FULL.
    """

    def __init__(
        self,
        managers: Sequence[ManagerFacts],
        limits: Sequence[int],
        weight: Sequence[int] | None,
        split: Preferences,
        *,
        relative: bool,
    ) -> None:
        self.managers, self.limits, self.weight, self.split = managers, limits, weight, split
        self.scale = [float(limit or 1) if relative else 1.0 for limit in limits]
        self.keys = [preference.key for preference in split.heat]
        self.ladders = self._ladders()
        self.load = [0] * len(managers)
        self.clients = [0] * len(managers)
        self.heat: list[Heat] = [()] * len(managers)
        self.free: list[Heat] = [()] * len(managers)
        for at in range(len(managers)):
            self.shift(at, 0, 0)

    def _ladders(self) -> list[list[Heat]]:
        """Return a list of heats by number of clients a manager, shared by those who are alike."""
        fixed = [each.key for each in self.split.heat if each.of == "manager"]
        shared: dict[tuple[object, ...], list[Heat]] = {}
        return [
            shared.setdefault((self.scale[at], *(key(Standing(manager)) for key in fixed)), [])
            for at, manager in enumerate(self.managers)
        ]

    def heat_at(self, at: int, load: int, clients: int) -> Heat:
        """Return the key of the preferences by load, as if the manager had this load."""
        standing = Standing(self.managers[at], 0, load, load / self.scale[at], clients)
        return tuple(part for key in self.keys for part in key(standing))

    def step(self, at: int, clients: int) -> Heat:
        """Return the heat of the manager with so many clients, each of weight 1."""
        ladder = self.ladders[at]
        while len(ladder) <= clients:
            ladder.append(self.heat_at(at, len(ladder), len(ladder)))
        return ladder[clients]

    def weigh(self, client: int) -> int:
        """Return the load a client is."""
        return self.weight[client] if self.weight else 1

    def room(self, at: int) -> int:
        """Return the load the manager may still take; below 0 where he is over capacity."""
        return self.limits[at] - self.load[at]

    def shift(self, at: int, weight: int, clients: int) -> None:
        """Add to the manager's load and to the number of clients; both may be negative."""
        load = self.load[at] = self.load[at] + weight
        count = self.clients[at] = self.clients[at] + clients
        heat = self.heat_at(at, load, count) if self.weight else self.step(at, count)
        self.heat[at] = heat
        self.free[at] = heat if load < self.limits[at] else FULL


def put(pool: Pool, seats: Seats, client: int, at: int) -> None:
    """Give the client of the pool to the manager."""
    pool.placed.setdefault(at, []).append(client)
    seats.shift(at, seats.weigh(client), 1)


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
        if self.leave_ties:
            return
        if self.seats.weight:
            exchange(pools, self.seats)
            return
        augment(pools, self.seats)
        self.settle(pools)

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
        if self.leave_ties or self.seats.weight:
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
        heat = seats.heat
        heap = [(heat[at], n, at) for n, at in enumerate(tier.managers) if seats.room(at) >= 0]
        heapify(heap)
        while pool.waiting and heap:
            weight = seats.weigh(pool.waiting[-1])
            aside = []
            while heap and seats.room(heap[0][2]) < weight:
                aside.append(heappop(heap))
            if heap and self.leave_ties and self._tied(pool, tier, heap, weight):
                break
            client = pool.waiting.pop()
            if heap:
                _heat, place, at = heap[0]
                put(pool, seats, client, at)
                heapreplace(heap, (heat[at], place, at))
            else:
                left.append(client)
            if seats.weight:
                for each in aside:
                    heappush(heap, each)
        pool.waiting += reversed(left)

    def _tied(self, pool: Pool, tier: Tier, heap: list[tuple[Heat, int, int]], weight: int) -> bool:
        grades = tier.grades
        best = heap[0]
        equal = [
            at
            for heat, place, at in heap
            if heat == best[0]
            and (not grades or grades[place] == grades[best[1]])
            and self.seats.room(at) >= weight
        ]
        if len(equal) > 1:
            pool.tied = tuple(sorted(equal))
        return len(equal) > 1

    def _by_lot(self, pool: Pool, tier: Tier) -> None:
        seats, left = self.seats, []
        free = [at for at in tier.managers if seats.room(at) > 0]
        while pool.waiting:
            client = pool.waiting.pop()
            weight = seats.weigh(client)
            among = [at for at in free if seats.room(at) >= weight] if seats.weight else free
            if not among:
                left.append(client)
                continue
            if seats.keys:
                coolest = min(seats.heat[at] for at in among)
                among = [at for at in among if seats.heat[at] == coolest]
            at = among[lot(self.seed, self.codes[client], len(among))]
            put(pool, seats, client, at)
            if seats.room(at) <= 0:
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

"""The state of a plan in the making: pools of clients that choose, and the seats they choose.

Clients and managers are numbers here; nothing decides, this only keeps count.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cm_cli.domain.assignment.criteria import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cm_cli.domain.assignment.coverage import Preferences, Tier
    from cm_cli.domain.assignment.facts import ManagerFacts

    Heat = tuple[float, ...]

NO_LIMIT = 1 << 62
FULL = (float("inf"),)


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
    """The loads while a plan is made, each manager's in his own measure.

    ``by`` is the measure of each manager. ``figures`` holds, for each measure by money in use, what
    each client weighs by it, by the client's number; by clients each weighs 1. ``heat`` is the key
    of the preferences by load, ``free`` the same for who has room, else FULL. Heats compare shares
    of capacity where ``relative``, else numbers of clients.
    """

    def __init__(
        self,
        managers: Sequence[ManagerFacts],
        limits: Sequence[int],
        by: Sequence[str],
        figures: Mapping[str, Sequence[int]],
        split: Preferences,
        *,
        relative: bool,
    ) -> None:
        self.managers, self.limits, self.by, self.split = managers, limits, by, split
        self.figures = figures
        self.tables = [figures.get(measure) for measure in by]
        self.relative = relative
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
        standing = Standing(self.managers[at], 0, load, self.share(at, load, clients), clients)
        return tuple(part for key in self.keys for part in key(standing))

    def share(self, at: int, load: int, clients: int) -> float:
        """Return how loaded the manager is, comparable between measures."""
        return (load if self.relative else clients) / self.scale[at]

    def step(self, at: int, clients: int) -> Heat:
        """Return the heat of a manager by clients with so many of them."""
        ladder = self.ladders[at]
        while len(ladder) <= clients:
            ladder.append(self.heat_at(at, len(ladder), len(ladder)))
        return ladder[clients]

    def by_money(self, among: Iterable[int]) -> bool:
        """Say whether one of the managers counts by money."""
        return bool(self.figures) and any(self.tables[at] is not None for at in among)

    def weigh(self, client: int, at: int) -> int:
        """Return the load the client is to the manager."""
        table = self.tables[at]
        return 1 if table is None else table[client]

    def open(self, at: int) -> bool:
        """Say whether some client may still come; by money even to a full one, weighing 0."""
        return self.room(at) >= (1 if self.tables[at] is None else 0)

    def widest(self, among: Iterable[int]) -> dict[str, int]:
        """Return the most room one of the managers has, by measure."""
        found: dict[str, int] = {}
        for at in among:
            found[self.by[at]] = max(self.room(at), found.get(self.by[at], -NO_LIMIT))
        return found

    def fits(self, client: int, widest: Mapping[str, int]) -> bool:
        """Say whether the client finds so much room by any of the measures."""
        return any(
            (self.figures[measure][client] if measure in self.figures else 1) <= room
            for measure, room in widest.items()
        )

    def room(self, at: int) -> int:
        """Return the load the manager may still take; below 0 where he is over capacity."""
        return self.limits[at] - self.load[at]

    def shift(self, at: int, weight: int, clients: int) -> None:
        """Add to the manager's load and to the number of clients; both may be negative."""
        load = self.load[at] = self.load[at] + weight
        count = self.clients[at] = self.clients[at] + clients
        by_count = self.tables[at] is None
        heat = self.step(at, count) if by_count else self.heat_at(at, load, count)
        self.heat[at] = heat
        self.free[at] = heat if load < self.limits[at] else FULL


def put(pool: Pool, seats: Seats, client: int, at: int) -> None:
    """Give the client of the pool to the manager."""
    pool.placed.setdefault(at, []).append(client)
    seats.shift(at, seats.weigh(client, at), 1)

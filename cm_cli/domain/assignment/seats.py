"""The state of a plan in the making: pools of clients that choose, and the seats they choose.

Clients and managers are numbers here; nothing decides, this only keeps count.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cm_cli.domain.assignment.criteria import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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

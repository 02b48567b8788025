"""Two registers: the criteria clients are assigned by (S39 ways 1 to 7) and the preferences.

A criterion is one function: does *one* declared value hold the client's value, and how far is
it? A preference is one function: a key, smaller first. What managers are made of stays in facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Literal, NamedTuple

from cm_cli.language import later

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cm_cli.domain.assignment.facts import ManagerFacts, Trees

    Distance = Callable[[str, str, Trees], int | None]
    Key = Callable[["Standing"], tuple[float, ...]]


class Holds(Enum):
    """What a manager's coverage says about a client on one dimension."""

    UNDECLARED = "undeclared"
    COVERS = "covers"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Match:
    """The answer of a criterion; ``distance`` counts the steps down the tree where it covers."""

    holds: Holds
    distance: int | None = None

    @property
    def blocks(self) -> bool:
        """A declared dimension that does not hold the client makes the manager ineligible."""
        return self.holds in {Holds.OUTSIDE, Holds.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Criterion:
    """A dimension of assignment; its code is also the field of ``ClientFacts`` it reads."""

    code: str
    label: str
    distance: Distance

    def match(self, declared: Sequence[str], value: str, trees: Trees) -> Match:
        """Say whether the declared values hold the client's value; the nearest one counts."""
        if not declared:
            return Match(Holds.UNDECLARED)
        if not value:
            return Match(Holds.UNKNOWN)
        found = [self.distance(each, value, trees) for each in declared]
        near = min((steps for steps in found if steps is not None), default=None)
        return Match(Holds.OUTSIDE) if near is None else Match(Holds.COVERS, near)


class Standing(NamedTuple):
    """A candidate as a preference sees him.

    ``load`` is in the manager's own measure. ``share`` is load over capacity where all in post
    have a capacity, else the number of clients: what can be compared between measures.
    """

    manager: ManagerFacts
    distance: int = 0
    load: int = 0
    share: float = 0.0
    clients: int = 0


@dataclass(frozen=True, slots=True)
class Preference:
    """An order among the candidates of one rule. ``of`` says what the key depends on."""

    code: str
    label: str
    of: Literal["manager", "distance", "load", "draw"]
    key: Key


CRITERIA: dict[str, Criterion] = {}
PREFERENCES: dict[str, Preference] = {}
UNRELATED = 1_000_000  # the distance of a manager who declared no region: after all who did


def criterion(code: str, label: str) -> Callable[[Distance], Distance]:
    """Register a function of (declared value, client's value, trees) to distance or None."""

    def register(function: Distance) -> Distance:
        CRITERIA[code] = Criterion(code, label, function)
        return function

    return register


def preference(
    code: str, label: str, of: Literal["manager", "distance", "load", "draw"]
) -> Callable[[Key], Key]:
    """Register a key of a candidate, smaller first."""

    def register(function: Key) -> Key:
        PREFERENCES[code] = Preference(code, label, of, function)
        return function

    return register


@criterion("region", later("region"))
def _region(declared: str, value: str, trees: Trees) -> int | None:
    return trees.region.depth_between(declared, value)


@criterion("industry", later("industry"))
def _industry(declared: str, value: str, trees: Trees) -> int | None:
    return trees.industry.depth_between(declared, value)


@criterion("size", later("size"))
def _size(declared: str, value: str, _trees: Trees) -> int | None:
    return 0 if declared == value else None


@criterion("relation", later("relation"))
def _relation(declared: str, value: str, _trees: Trees) -> int | None:
    return 0 if declared == value else None


@criterion("service", later("service"))
def _service(declared: str, value: str, _trees: Trees) -> int | None:
    return 0 if declared == value else None


@preference("nearest_region", later("nearest region"), "distance")
def _nearest_region(standing: Standing) -> tuple[float, ...]:
    return (standing.distance,)


@preference("specialist", later("most restricted coverage"), "manager")
def _specialist(standing: Standing) -> tuple[float, ...]:
    return (-standing.manager.dimensions,)


@preference("least_loaded", later("least loaded"), "load")
def _least_loaded(standing: Standing) -> tuple[float, ...]:
    return (standing.share, standing.clients)


@preference("fewest_clients", later("fewest clients"), "load")
def _fewest_clients(standing: Standing) -> tuple[float, ...]:
    return (standing.clients,)


@preference("lowest_grade", later("lowest grade"), "manager")
def _lowest_grade(standing: Standing) -> tuple[float, ...]:
    return (standing.manager.rank,)


@preference("highest_grade", later("highest grade"), "manager")
def _highest_grade(standing: Standing) -> tuple[float, ...]:
    return (-standing.manager.rank,)


@preference("random", later("drawn by lot from the seed"), "draw")
def _random(_standing: Standing) -> tuple[float, ...]:
    """Equal for all: the lot is drawn by client where the engine chooses (S39 way 9)."""
    return ()

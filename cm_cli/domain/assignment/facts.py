"""What the assignment engine is told: clients, managers, the rules of the regulation, the trees.

Values only; the caller gathers them from the store and the regulation. Codes are canonical.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

ACTIVE = "active"
CapacityMeasure = Literal["clients", "assets", "sales"]


class Tree(Protocol):
    """A tree of codes, as regions and industries are."""

    def covers(self, wide: str, narrow: str) -> bool:
        """Say whether ``narrow`` is ``wide`` itself or lies below it."""
        ...

    def depth_between(self, wide: str, narrow: str) -> int | None:
        """Return the steps from ``wide`` down to ``narrow``; None where it does not cover it."""
        ...


@dataclass(frozen=True, slots=True)
class Trees:
    """The two trees along which coverage is inherited."""

    region: Tree
    industry: Tree


class ClientFacts(NamedTuple):
    """One client on the day. A tuple, because there are millions and rows of SQL become it.

    Empty text means not recorded. ``manager`` is the present owner; ``locked`` marks a pair made
    by claim or by hand (S53.R4). ``assets`` and ``sales`` are yuan.
    """

    code: str
    status: str = ACTIVE
    region: str = ""
    industry: str = ""
    size: str = ""
    relation: str = ""
    service: str = ""
    manager: str = ""
    locked: bool = False
    assets: Decimal | None = None
    sales: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ManagerFacts:
    """One manager on the day.

    ``coverage`` maps a dimension to the values declared; a dimension without values is
    unrestricted. ``capacity`` is in the unit of ``measure``: clients, or yuan of assets or sales;
    None is no limit. Without a ``measure`` of his own that of the rules applies.
    ``rank`` is the position of the grade, lowest 1; 0 where there is none. ``leaves`` are spans
    of days, both ends included.
    """

    code: str
    status: str = ACTIVE
    coverage: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    capacity: Decimal | int | None = None
    rank: int = 0
    leaves: tuple[tuple[date, date], ...] = ()
    measure: Literal["", CapacityMeasure] = ""

    def declared(self, dimension: str) -> tuple[str, ...]:
        """Return the values declared on the dimension; empty where it is unrestricted."""
        return tuple(self.coverage.get(dimension, ()))

    @property
    def dimensions(self) -> int:
        """How many dimensions are restricted: the more, the more of a specialist."""
        return sum(1 for values in self.coverage.values() if values)

    def away(self, on: date) -> bool:
        """Say whether the manager is on leave on the day."""
        return any(first <= on <= last for first, last in self.leaves)


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """One rule of the order: it proposes the eligible managers who declared all of ``by``."""

    code: str
    by: tuple[str, ...] = ()
    name: Mapping[str, str] = field(default_factory=dict, hash=False)
    article: str = ""
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """How the regulation assigns: rules in order, preferences, ties, and what it leaves alone.

    ``keep_on_leave``: leave stops new clients only; the ones held stay (C33). ``seed`` serves the
    preference ``random``. ``capacity_measure`` is for managers who have no measure of their own.
    ``regulation`` and ``digest`` identify the text the rules came from.
    """

    order: tuple[RuleSpec, ...]
    prefer: tuple[str, ...] = ("least_loaded",)
    ties: Literal["code", "leave"] = "code"
    keep_owner: bool = True
    keep_on_leave: bool = True
    capacity_measure: CapacityMeasure = "clients"
    seed: str = ""
    regulation: str = ""
    digest: str = ""

    def measure_of(self, manager: ManagerFacts) -> CapacityMeasure:
        """Return what the manager's capacity counts."""
        return manager.measure or self.capacity_measure

    def rule(self, code: str) -> RuleSpec | None:
        """Return the rule of this code, if there is one."""
        return next((rule for rule in self.order if rule.code == code), None)

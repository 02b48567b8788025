"""Clients: schemes with classes, service standards, and how clients find their manager."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from cm_cli.domain.regulation.base import (
    Code,
    Count,
    Currency,
    Days,
    GradeCode,
    ListCode,
    Listed,
    Name,
    Named,
    Percent,
    Positive,
    Rhythm,
    RoleCode,
    Rule,
    Sourced,
    Text,
    Unit,
    refuse,
)
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Mapping

HUNDRED = Decimal(100)
Measure = Literal[
    "assets", "sales", "profit", "deposits", "loans", "employees", "score", "by_hand",
    "weighted", "top_share",
]  # fmt: skip
MEASURED = frozenset({"assets", "sales", "profit", "deposits", "loans", "employees", "score"})


class Band(Sourced):
    """A class of clients: from this value (included) up to the class above it."""

    code: Code
    """What it is referred to by."""
    name: Name
    """What it is called."""
    aliases: tuple[Text, ...] = ()
    """Other names for it in files."""
    from_: Decimal | None = Field(default=None, alias="from")
    """The least value, this value included; the lowest class has none."""
    to: Decimal | None = None
    """Where the class above begins; only to show it."""
    manager: Literal["one", "team", "none"] = "one"
    """Whether such a client has one manager, a team, or none (S24, S50)."""
    grade: GradeCode | None = None
    """The least grade of its manager (S41)."""
    served: tuple[Listed, ...] = ()
    """By what: face to face, telephone, counter, e-banking."""
    standard: tuple[Listed, ...] = ()
    """The service standard of the class (S12.R2)."""


class Factor(Sourced):
    """One factor of a weighted scheme, scored from 0 to 100 (F25)."""

    code: Code
    """What it is referred to by."""
    name: Name
    """What it is called."""
    weight: Positive
    """Its weight; the weights add to 100."""


class Top(Sourced):
    """Which clients are the core: the first so many percent by a measure (F29, 20/80)."""

    percent: Percent
    """Percent of all clients."""
    by: Literal["assets", "sales", "profit", "deposits", "loans"]
    """The measure they are ordered by."""
    rounding: Literal["up", "down", "half_up"] = "up"
    """How a part of a client is rounded."""
    share: Percent | None = None
    """Percent of the whole they are said to bring, to compare with."""

    @model_validator(mode="after")
    def _a_part(self) -> Top:
        if not 0 < self.percent < HUNDRED:
            raise ValueError(_("the percent has to be above 0 and under 100"))
        return self


class Group(Named):
    """Several classes under one name, as the large clients of S24.R1."""

    classes: tuple[Code, ...] = Field(min_length=1)
    """The classes."""


class Review(Sourced):
    """How often something is looked at anew."""

    every: Rhythm
    """How often."""
    by: RoleCode | None = None
    """Who looks."""


class Scheme(Named):
    """One way of classing clients; a client holds one class in each scheme.

    Bands are written from the highest to the lowest; the lowest has no `from`. A scheme that is
    judged `by_hand` has bands without values; `weighted` adds up `factors`; `top_share` has two
    bands, the core and the rest.
    """

    measure: Measure
    """What decides the class."""
    unit: Unit = ""
    """The unit of `from`."""
    currency: Currency | None = None
    """The currency, where the unit is money."""
    of: Literal["all", "enterprise", "person"] = "all"
    """Which clients are classed."""
    factors: tuple[Factor, ...] = ()
    """With `weighted`: the factors."""
    top: Top | None = None
    """With `top_share`: who is the core."""
    review: Review | None = None
    """How often the classes are looked at anew."""
    bands: tuple[Band, ...] = Field(min_length=1)
    """The classes, high to low."""
    groups: tuple[Group, ...] = ()
    """Names for several classes together."""

    @model_validator(mode="after")
    def _fits(self) -> Scheme:
        codes = [band.code for band in self.bands]
        findings = []
        if (self.measure == "weighted") != bool(self.factors):
            findings.append(_("`measure: weighted` and `factors:` belong together"))
        if self.factors and sum((one.weight for one in self.factors), Decimal(0)) != HUNDRED:
            findings.append(_("the weights of the factors do not add to 100"))
        if (self.measure == "top_share") != (self.top is not None):
            findings.append(_("`measure: top_share` and `top:` belong together"))
        if self.top is not None and (
            len(codes) != 2 or any(band.from_ is not None for band in self.bands)  # noqa: PLR2004
        ):
            findings.append(_("`top_share` has two bands without `from:`, the core and the rest"))
        if self.factors and any((band.from_ or 0) > HUNDRED for band in self.bands):
            findings.append(_("weighted points are 100 at most"))
        for group in self.groups:
            findings += [
                _("“{code}” is no class of this scheme").format(code=code)
                for code in group.classes
                if code not in codes
            ]
        refuse(findings)
        return self


class Rank(Rule):
    """One rank of the assignment order: managers who declared, and match, all of `by`."""

    code: Code
    """What it is referred to by."""
    name: Name
    """What it is called."""
    by: tuple[Code, ...] = ()
    """The criteria that have to match."""


class Order(Sourced):
    """The ranks of assignment, tried from the first to the last."""

    ranks: tuple[Rank, ...] = Field(min_length=1)
    """The ranks."""


class Preferences(Sourced):
    """What decides between managers of one rank, and what is done when nothing does."""

    by: tuple[Code, ...] = ()
    """What is preferred, the first before the second."""
    ties: Literal["code", "leave"]
    """Among equals the lower code, or nobody."""


class Owner(Sourced):
    """Whether a client stays with its manager, also while the manager is on leave."""

    keep: bool
    """Whether it stays."""
    keep_on_leave: bool = True
    """Whether it stays during a leave."""
    reason: bool = False
    """Whether a change needs a reason and a hand-over (C33)."""


class Capacity(Sourced):
    """What a manager's capacity counts: clients, or the money of a measure."""

    counts: Literal["clients", "assets", "sales"]
    """What is counted."""


class Load(Sourced):
    """The most clients one manager of a grade, or of any, has."""

    clients: Count
    """The most clients."""
    grade: GradeCode | None = None
    """For this grade; for all where not said."""


class Claims(Sourced):
    """Clients of a named list that managers may claim (S53.R4, F70)."""

    list: ListCode
    """The list."""
    days: Days | None = None
    """Days a claim holds; without end where not said."""


class Way(Named):
    """A way of assigning clients that the source describes (S39, S32, S55)."""

    kind: Literal[
        "region", "industry", "size", "relation", "service", "crossed", "combined", "team",
        "random", "claim", "own_group",
    ]  # fmt: skip
    """Which way."""
    by: tuple[Code, ...] = ()
    """The criteria it goes by."""
    values: tuple[Listed, ...] = ()
    """What the source names: regions, industries, sizes."""


class Assignment(Rule):
    """How clients find their manager."""

    order: Order
    """The ranks, tried in order."""
    prefer: Preferences
    """What decides between equals."""
    owner: Owner
    """Whether a client stays."""
    capacity: Capacity
    """What a manager's capacity counts."""
    ways: tuple[Way, ...] = ()
    """The ways the source describes."""
    review: Review | None = None
    """How often the assignment is looked at anew."""
    loads: tuple[Load, ...] = ()
    """The most clients of one manager."""
    claims: Claims | None = None
    """Clients that may be claimed."""


def weighted(scheme: Scheme, scores: Mapping[str, Decimal]) -> Decimal | None:
    """Return the points of a client in a weighted scheme; None where a factor is not scored."""
    if any(factor.code not in scores for factor in scheme.factors):
        return None
    points = sum((scores[one.code] * one.weight for one in scheme.factors), Decimal(0))
    return points / HUNDRED


def core(top: Top, values: Mapping[str, Decimal]) -> tuple[list[str], Decimal | None]:
    """Return the core clients, largest first, and the percent of the whole they bring (F29).

    Ties go to the lower code; the percent is None where the whole is not above 0.
    """
    rounding = {"up": ROUND_CEILING, "down": ROUND_FLOOR, "half_up": ROUND_HALF_UP}[top.rounding]
    count = int((top.percent * len(values) / HUNDRED).to_integral_value(rounding))
    ordered = sorted(values, key=lambda code: (-values[code], code))[:count]
    whole = sum(values.values(), Decimal(0))
    brought = sum((values[code] for code in ordered), Decimal(0))
    if whole <= 0:
        return ordered, None
    return ordered, (brought * HUNDRED / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)

"""Targets: what a year, quarter or month is to bring, how it is split, and what it is based on."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from cm_cli.domain.regulation.base import (
    Code,
    GradeCode,
    IndicatorCode,
    Named,
    NotNegative,
    Percent,
    Rhythm,
    RoleCode,
    Sourced,
    refuse,
)
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Mapping

HUNDRED = Decimal(100)


class Split(Sourced):
    """How a target is divided: by shares of channels, months, outlets (F42)."""

    into: Literal["quarter", "month", "week", "channel", "unit", "manager", "product"]
    """Into what."""
    shares: dict[Code, Percent] = Field(default_factory=dict)
    """Percent for each; they add to 100. Without them the shares are those of the year before."""
    equal: bool = False
    """Whether all get the same."""

    @model_validator(mode="after")
    def _whole(self) -> Split:
        findings = []
        if self.shares and sum(self.shares.values(), Decimal(0)) != HUNDRED:
            findings.append(_("the shares do not add to 100"))
        if self.shares and self.equal:
            findings.append(_("`shares:` and `equal:` do not go together"))
        refuse(findings)
        return self


class Base(Sourced):
    """What a target is based on: the same period before, with growth (F44)."""

    same_period: Literal["last_year", "last_period"] = "last_year"
    """Which period it is compared with."""
    growth: Decimal = Decimal(0)
    """Percent more (or less, negative) than then."""


class Reminded(Sourced):
    """Who is told of the gap to a target, how often (S45.R3)."""

    every: Rhythm
    """How often."""
    by: tuple[RoleCode, ...] = ()
    """Who tells."""


class Target(Named):
    """A target: of which indicator, for how long, how it is set and divided."""

    indicator: IndicatorCode
    """The indicator."""
    every: Literal["week", "month", "quarter", "half_year", "year"]
    """For how long one target holds."""
    amount: NotNegative | None = None
    """The amount, where the source names one."""
    floor: NotNegative | None = None
    """Below this there is an alarm (F72)."""
    grades: tuple[GradeCode, ...] = ()
    """For managers of these grades; all where empty."""
    set_by: RoleCode | None = None
    """Who sets it."""
    base: Base | None = None
    """What it is based on."""
    split: Split | None = None
    """How it is divided."""
    reminded: Reminded | None = None
    """Who is told of the gap."""


def split_amount(
    amount: Decimal, shares: Mapping[str, Decimal], places: int = 0
) -> dict[str, Decimal]:
    """Return an amount divided by shares so that the parts add up to it exactly (F42).

    Each part is rounded down; what is left goes, unit by unit, to the largest remainders.
    """
    whole = sum(shares.values(), Decimal(0))
    if not whole:
        return dict.fromkeys(shares, Decimal(0))
    unit = Decimal(1).scaleb(-places)
    exact = {code: amount * share / whole for code, share in shares.items()}
    parts = {code: value.quantize(unit, ROUND_DOWN) for code, value in exact.items()}
    left = amount - sum(parts.values(), Decimal(0))
    order = sorted(exact, key=lambda code: (parts[code] - exact[code], list(shares).index(code)))
    for code in order:
        if left < unit:
            break
        parts[code] += unit
        left -= unit
    if left:
        parts[order[0]] += left
    return parts


def based_on(base: Base, before: Decimal) -> Decimal:
    """Return the target that grows from what was before (F44)."""
    return before * (HUNDRED + base.growth) / HUNDRED


def gap(goal: Decimal, actual: Decimal, elapsed: int, length: int) -> tuple[Decimal, Decimal]:
    """Return what is missing to a goal, and what is missing to its even pace so far (F32)."""
    return goal - actual, goal * elapsed / length - actual

"""Figures: quantities an institution counts, ratios made of them, and values to compare with."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from cm_cli.domain.regulation.base import (
    Bounds,
    Code,
    Named,
    QuantityCode,
    Rhythm,
    refuse,
)
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Mapping

HUNDRED = Decimal(100)


class Quantity(Named):
    """Something that is counted or measured and is not an indicator of a manager."""

    unit: str = ""
    """Its unit."""


class Figure(Named):
    """A figure made of quantities.

    `share` is `of` / `per` in percent; `ratio` `of` / `per`; `growth` (`of` - `per`) / `per` in
    percent; `difference` `of` - `per`; `sum` all of `parts`; `rest` `of` less all of `parts`.
    """

    formula: Literal["share", "ratio", "growth", "difference", "sum", "rest"]
    """How it is made."""
    of: QuantityCode | None = None
    """The quantity above the line, or that which is later."""
    per: QuantityCode | None = None
    """The quantity below the line, or that which is earlier."""
    parts: tuple[QuantityCode, ...] = ()
    """The quantities of a sum or a rest."""
    every: Rhythm | None = None
    """How often it is drawn up."""
    bounds: Bounds | None = None
    """Outside these there is an alarm."""

    @model_validator(mode="after")
    def _complete(self) -> Figure:
        pair = {"share", "ratio", "growth", "difference"}
        findings = []
        if self.formula in pair and (self.of is None or self.per is None or self.parts):
            findings.append(_("this formula needs `of:` and `per:`, and no `parts:`"))
        if self.formula in pair and self.of is not None and self.of == self.per:
            findings.append(_("`of:` and `per:` are the same"))
        if self.formula == "sum" and (self.of or self.per or len(self.parts) < 2):  # noqa: PLR2004
            findings.append(_("a sum needs two `parts:` or more, and nothing else"))
        if self.formula == "rest" and (self.of is None or self.per or not self.parts):
            findings.append(_("a rest needs `of:` and `parts:`"))
        refuse(findings)
        return self


class Benchmark(Named):
    """Printed values to compare with: shares of reasons, staffing of others (S23, S35, S47)."""

    values: dict[Code, Decimal] = Field(min_length=1)
    """The values by code."""
    unit: str = "%"
    """Their unit."""
    add_to: Decimal | None = None
    """What they add up to, where they are parts of a whole."""
    on: Annotated[str, Field(min_length=4)] | None = None
    """The day or year they are of, as printed."""

    @model_validator(mode="after")
    def _adds_up(self) -> Benchmark:
        added = sum(self.values.values(), Decimal(0))
        if self.add_to is not None and added != self.add_to:
            what = _("the values add to {added}, not {whole}")
            raise ValueError(what.format(added=added, whole=self.add_to))
        return self


def figure(rule: Figure, values: Mapping[str, Decimal], places: int = 2) -> Decimal | None:
    """Return a figure, rounded half up; None where a quantity is missing or the divisor is 0."""
    names = [name for name in (rule.of, rule.per, *rule.parts) if name]
    if any(name not in values for name in names):
        return None
    parts = sum((values[name] for name in rule.parts), Decimal(0))
    of, per = values.get(rule.of or "", Decimal(0)), values.get(rule.per or "", Decimal(0))
    if rule.formula in {"share", "ratio", "growth"} and not per:
        return None
    value = {
        "share": lambda: of * HUNDRED / per,
        "ratio": lambda: of / per,
        "growth": lambda: (of - per) * HUNDRED / per,
        "difference": lambda: of - per,
        "sum": lambda: parts,
        "rest": lambda: of - parts,
    }[rule.formula]()
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def compare(
    benchmark: Benchmark, counts: Mapping[str, Decimal]
) -> dict[str, tuple[Decimal, Decimal]]:
    """Return each code's share of the counts in percent, and its difference to the benchmark."""
    whole = sum(counts.values(), Decimal(0))
    found = {}
    for code, value in benchmark.values.items():
        share = counts.get(code, Decimal(0)) * HUNDRED / whole if whole else Decimal(0)
        share = share.quantize(Decimal("0.01"), ROUND_HALF_UP)
        found[code] = (share, share - value)
    return found

"""Pay (薪酬) and awards: components, tables, tiers, timing; what a manager gets, and by what.

Amounts are in the currency's main unit (元) with two places. Nothing here knows a person: the
facts come in, lines with their sources come out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from cm_cli.domain.regulation.base import (
    Code,
    ComponentCode,
    Currency,
    GradeCode,
    IndicatorCode,
    Listed,
    Months,
    Named,
    NotNegative,
    Percent,
    PostCode,
    QuantityCode,
    RoleCode,
    Rule,
    Sourced,
    refuse,
)
from cm_cli.domain.sheet import UNITS
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

HUNDRED = Decimal(100)
CENT = Decimal("0.01")


class Table(Sourced):
    """A number for each grade, rating, pay level, post or kind of unit."""

    by: Literal["grade", "rating", "level", "post", "unit_kind"]
    """What the number depends on."""
    values: dict[Annotated[str, Field(min_length=1, max_length=40)], NotNegative] = Field(
        min_length=1
    )
    """The number for each code (for levels: the level)."""


class Tier(Rule):
    """From this value on (included) this percent."""

    at_least: NotNegative = Field(alias="from")
    """The lower end of the tier."""
    percent: Percent
    """Percent of the value."""


class Deferral(Sourced):
    """Part of a component that is paid later (S20.R5)."""

    percent: Percent
    """How much of it is held back."""
    parts: tuple[Annotated[tuple[Months, Percent], Field()], ...] = Field(min_length=1)
    """Pairs of months later and percent of what is held back; they add to 100."""

    @model_validator(mode="after")
    def _whole(self) -> Deferral:
        findings = []
        if sum((part for _months, part in self.parts), Decimal(0)) != HUNDRED:
            findings.append(_("the parts paid later do not add to 100"))
        if any(one >= other for (one, _a), (other, _b) in pairwise(self.parts)):
            findings.append(_("the months have to rise"))
        refuse(findings)
        return self


class Component(Named):
    """One component of pay: where its amount comes from, when it is paid, the least it is.

    `kind` says which: `table` a number of a table; `given` recorded by hand; `product` another
    component times a table; `score` an amount times the total of the appraisal in percent;
    `commission` percent of an indicator by tiers; `piece` a price for each unit of an indicator;
    `share` percent of another component.
    """

    kind: Literal["table", "given", "product", "score", "commission", "piece", "share"]
    """How the amount is found."""
    table: Table | None = None
    """The table (`table`, `product`; for `product` the coefficient)."""
    of: ComponentCode | None = None
    """The component it is a product or share of."""
    indicator: IndicatorCode | None = None
    """The indicator (`commission`, `piece`)."""
    amount: NotNegative | None = None
    """The amount at a total of 100 (`score`), or the price of one (`piece`)."""
    percent: Percent | None = None
    """Percent of the other component (`share`)."""
    tiers: tuple[Tier, ...] = ()
    """The tiers of a commission, rising."""
    marginal: bool = True
    """Whether each tier counts for its own part of the value (true) or the whole (false)."""
    least: QuantityCode | None = None
    """A quantity the component is not under, as the bonus of a clerk."""
    grades: tuple[GradeCode, ...] = ()
    """The grades that get it; all where empty."""
    posts: tuple[PostCode, ...] = ()
    """The posts that get it; all where empty."""
    paid: Literal["month", "quarter", "half_year", "year", "event"] = "month"
    """When it is paid."""
    deferral: Deferral | None = None
    """What of it is paid later."""

    @model_validator(mode="after")
    def _complete(self) -> Component:
        needs = _NEEDS[self.kind]
        given = {key for key in _ALL if getattr(self, key) not in (None, ())}
        findings = [
            _("a component of kind {kind} needs `{key}:`").format(kind=self.kind, key=key)
            for key in sorted(needs - given)
        ]
        findings += [
            _("a component of kind {kind} takes no `{key}:`").format(kind=self.kind, key=key)
            for key in sorted(given - needs)
        ]
        if any(one.at_least >= other.at_least for one, other in pairwise(self.tiers)):
            findings.append(_("the tiers have to rise by `from:`"))
        refuse(findings)
        return self


_NEEDS: dict[str, frozenset[str]] = {
    "table": frozenset({"table"}),
    "given": frozenset(),
    "product": frozenset({"of", "table"}),
    "score": frozenset({"amount"}),
    "commission": frozenset({"indicator", "tiers"}),
    "piece": frozenset({"indicator", "amount"}),
    "share": frozenset({"of", "percent"}),
}
_ALL = frozenset().union(*_NEEDS.values())


class Pay(Sourced):
    """What client managers are paid: components, and which of them add up to the pay."""

    currency: Currency = "CNY"
    """The currency of all amounts."""
    components: tuple[Component, ...] = Field(min_length=1)
    """The components; one that is only the base of a product stands here too."""
    total: tuple[ComponentCode, ...] = Field(min_length=1)
    """The components that are paid."""

    @model_validator(mode="after")
    def _refers(self) -> Pay:
        codes = [one.code for one in self.components]
        findings = [
            _("`{key}:` names “{code}”, which is no component").format(key="total", code=code)
            for code in self.total
            if code not in codes
        ]
        for at, one in enumerate(self.components):
            if one.of is not None and one.of not in codes[:at]:
                what = _("“{code}” is made of “{of}”, which has to stand above it")
                findings.append(what.format(code=one.code, of=one.of))
        if len(set(self.total)) < len(self.total):
            findings.append(_("`total:` names a component twice"))
        used = {*self.total, *(one.of for one in self.components)}
        findings += [
            _("“{code}” is never paid").format(code=code) for code in codes if code not in used
        ]
        refuse(findings)
        return self


@dataclass(frozen=True, slots=True)
class Earner:
    """What pay looks at: grade, rating, level, post, kind of unit, the total of the appraisal.

    ``given`` are components and quantities recorded by hand, ``results`` values of indicators.
    """

    grade: str = ""
    rating: str = ""
    level: int | None = None
    post: str = ""
    unit_kind: str = ""
    score: Decimal | None = None
    given: Mapping[str, Decimal] = field(default_factory=dict)
    results: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PayLine:
    """One component: its amount (None where something is not recorded), how, and its source."""

    component: Component
    amount: Decimal | None
    how: str
    missing: str = ""


def pay_lines(pay: Pay, earner: Earner, units: Mapping[str, str] | None = None) -> list[PayLine]:
    """Return every component that an earner gets, in order, each rounded to the cent, half up.

    ``units`` are those of the indicators: tiers of a commission are in the unit of its indicator
    (万元), what it comes to is in 元.
    """
    amounts: dict[str, Decimal | None] = {}
    lines = []
    for one in pay.components:
        if _gets(one, earner):
            line = _line(one, earner, amounts, (units or {}).get(one.indicator or "", ""))
            amounts[one.code] = line.amount
            lines.append(line)
    return lines


def pay_total(pay: Pay, lines: Sequence[PayLine]) -> Decimal | None:
    """Return what is paid in all; None where a component that is paid is not known (F10, F11)."""
    paid = [line.amount for line in lines if line.component.code in pay.total]
    return None if None in paid else sum((one for one in paid if one is not None), Decimal(0))


def schedule(component: Component, amount: Decimal) -> list[tuple[int, Decimal]]:
    """Return when an amount is paid: months later and how much; the parts add up (F18).

    What is paid up to each part is rounded, so that no part pays back what others paid too much.
    """
    if component.deferral is None:
        return [(0, amount)]
    later = (amount * component.deferral.percent / HUNDRED).quantize(CENT, ROUND_HALF_UP)
    found = [(0, amount - later)]
    share = paid = Decimal(0)
    for months, percent in component.deferral.parts:
        share += percent
        so_far = (later * share / HUNDRED).quantize(CENT, ROUND_HALF_UP)
        found.append((months, so_far - paid))
        paid = so_far
    return found


def _gets(one: Component, earner: Earner) -> bool:
    return (not one.grades or earner.grade in one.grades) and (
        not one.posts or earner.post in one.posts
    )


def _line(
    one: Component, earner: Earner, amounts: Mapping[str, Decimal | None], unit: str
) -> PayLine:
    value, how, missing = _FIND[one.kind](one, earner, amounts)
    if value is not None and one.kind == "commission":
        value *= UNITS.get(unit, Decimal(1))
    if value is not None and one.least:
        least = earner.given.get(one.least)
        if least is None:
            value, missing = None, one.least
        elif value < least:
            value, how = least, _("{how}, not under {least}").format(how=how, least=least)
    return PayLine(
        one, None if value is None else value.quantize(CENT, ROUND_HALF_UP), how, missing
    )


_Found = tuple[Decimal | None, str, str]


def _in_table(one: Component, earner: Earner, _amounts: Mapping[str, Decimal | None]) -> _Found:
    table = one.table
    if table is None:
        return None, "", "table"
    key = str(getattr(earner, table.by) or "")
    value = table.values.get(key)
    return value, f"{table.by} {key}", "" if value is not None else table.by


def _product(one: Component, earner: Earner, amounts: Mapping[str, Decimal | None]) -> _Found:
    base = amounts.get(one.of or "")
    factor, how, missing = _in_table(one, earner, amounts)
    if base is None or factor is None:
        return None, "", missing or (one.of or "")
    return base * factor, f"{base} × {factor} ({how})", ""


def _given(one: Component, earner: Earner, _amounts: Mapping[str, Decimal | None]) -> _Found:
    value = earner.given.get(one.code)
    return value, _("recorded"), "" if value is not None else one.code


def _score(one: Component, earner: Earner, _amounts: Mapping[str, Decimal | None]) -> _Found:
    if earner.score is None or one.amount is None:
        return None, "", "score"
    return one.amount * earner.score / HUNDRED, f"{one.amount} × {earner.score} %", ""


def _commission(one: Component, earner: Earner, _amounts: Mapping[str, Decimal | None]) -> _Found:
    value = earner.results.get(one.indicator or "")
    if value is None:
        return None, "", one.indicator or ""
    return commission(one.tiers, value, marginal=one.marginal), f"{one.indicator} {value}", ""


def commission(tiers: Sequence[Tier], value: Decimal, *, marginal: bool) -> Decimal:
    """Return the commission on a value: each tier on its own part, or the tier reached on all."""
    reached = [tier for tier in tiers if value >= tier.at_least]
    if not reached:
        return Decimal(0)
    if not marginal:
        return value * reached[-1].percent / HUNDRED
    ends = [*(tier.at_least for tier in reached[1:]), value]
    return (
        sum(
            ((end - tier.at_least) * tier.percent for tier, end in zip(reached, ends, strict=True)),
            Decimal(0),
        )
        / HUNDRED
    )


def _piece(one: Component, earner: Earner, _amounts: Mapping[str, Decimal | None]) -> _Found:
    value = earner.results.get(one.indicator or "")
    if value is None or one.amount is None:
        return None, "", one.indicator or ""
    return value * one.amount, f"{value} × {one.amount}", ""


def _share(one: Component, _earner: Earner, amounts: Mapping[str, Decimal | None]) -> _Found:
    base = amounts.get(one.of or "")
    if base is None or one.percent is None:
        return None, "", one.of or ""
    return base * one.percent / HUNDRED, f"{base} × {one.percent} %", ""


_FIND = {
    "table": _in_table, "given": _given, "product": _product, "score": _score,
    "commission": _commission, "piece": _piece, "share": _share,
}  # fmt: skip


class AwardRange(Sourced):
    """The size of an award: from this percent to that of a quantity, or an amount (S29.R5)."""

    of: QuantityCode | None = None
    """The quantity the percents are of."""
    from_: NotNegative = Field(alias="from")
    """The least: percent of the quantity, or an amount where there is none."""
    to: NotNegative
    """The most."""

    @model_validator(mode="after")
    def _rises(self) -> AwardRange:
        refuse([_("`from:` is above `to:`")] if self.from_ > self.to else [])
        return self


class AwardWhen(Sourced):
    """What an award is for: a quantity that reaches a value, or a mark by hand; one is enough."""

    quantity: QuantityCode | None = None
    """The quantity that has to reach `at_least`."""
    at_least: Decimal | None = None
    """The value it has to reach, this value included."""
    marked: tuple[Code, ...] = ()
    """Marks set by hand; one of them is enough."""

    @model_validator(mode="after")
    def _says_when(self) -> AwardWhen:
        findings = []
        if (self.quantity is None) != (self.at_least is None):
            findings.append(_("`quantity:` and `at_least:` belong together"))
        if self.quantity is None and not self.marked:
            findings.append(_("needs `quantity:` or `marked:`"))
        refuse(findings)
        return self


class AwardAgain(Sourced):
    """What follows when an award is won several years running (F21)."""

    years: Annotated[int, Field(ge=2, le=20)]
    """So many years without a gap, this one included."""
    employment: tuple[Code, ...] = ()
    """Only for these kinds of employment; all where empty."""
    rights: tuple[Listed, ...] = Field(min_length=1)
    """What it gives a claim to."""


class Award(Named):
    """An award: for what, how much, by whom, and what it gives besides money (S29)."""

    every: Literal["event", "month", "quarter", "year"] = "event"
    """How often it is given."""
    when: AwardWhen | None = None
    """What it is for; decided by people where not said."""
    size: AwardRange | None = None
    """How much."""
    rights: tuple[Listed, ...] = ()
    """What it gives besides: a certificate, preference."""
    by: RoleCode | None = None
    """Who decides it."""
    again: AwardAgain | None = None
    """What follows when it is won years running."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Whether an award is due, between which amounts, and which rights it gives."""

    due: bool
    least: Decimal | None = None
    most: Decimal | None = None
    rights: tuple[str, ...] = ()


def claim(
    award: Award,
    quantities: Mapping[str, Decimal],
    marks: Collection[str] = (),
    years_before: int = 0,
    employment: str = "",
) -> Claim:
    """Return what is due by an award (F19, F21); ``years_before`` it was won without a gap."""
    if award.when is not None and not _earned(award.when, quantities, marks):
        return Claim(due=False)
    rights = tuple(right.code for right in award.rights)
    again = award.again
    if (
        again
        and years_before + 1 >= again.years
        and (not again.employment or employment in again.employment)
    ):
        rights += tuple(right.code for right in again.rights)
    size = award.size
    if size is None:
        return Claim(True, rights=rights)
    if size.of is None:
        return Claim(True, size.from_, size.to, rights)
    base = quantities.get(size.of)
    if base is None:
        return Claim(True, rights=rights)
    low, high = (
        (base * percent / HUNDRED).quantize(CENT, ROUND_HALF_UP)
        for percent in (size.from_, size.to)
    )
    return Claim(True, low, high, rights)


def _earned(when: AwardWhen, quantities: Mapping[str, Decimal], marks: Collection[str]) -> bool:
    has = quantities.get(when.quantity or "")
    reached = has is not None and when.at_least is not None and has >= when.at_least
    return reached or bool(set(when.marked) & set(marks))

"""Cases about money: pay, its schedule, commissions, awards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from cm_cli.domain.regulation.base import Code
from cm_cli.domain.regulation.sections.pay import Earner, claim, pay_lines, pay_total, schedule
from cm_cli.domain.regulation.worked.base import (
    Case,
    Heads,
    Number,
    Numbers,
    at,
    both,
    number,
    one,
    words,
    yes,
)

if TYPE_CHECKING:
    from cm_cli.domain.regulation.schema import Regulation
    from cm_cli.domain.regulation.worked.base import Both


class PayCase(Case):
    """A manager and the pay: lines by component, and the total (F10, F11, F20); 元."""

    grade: Code = ""
    rating: Code = ""
    level: Heads | None = None
    post: Code = ""
    unit_kind: Code = ""
    score: Number | None = None
    given: Numbers = Field(default_factory=dict)
    results: Numbers = Field(default_factory=dict)
    lines: Numbers = Field(default_factory=dict)
    missing: tuple[Code, ...] = ()
    total: Number | None = None


class ScheduleCase(Case):
    """An amount of a component and when it is paid: pairs of months later and amount (F18)."""

    component: Code
    amount: Number
    paid: tuple[Annotated[tuple[Number, ...], Field(min_length=2, max_length=2)], ...]


class AwardCase(Case):
    """Quantities and marks, and the award that is due (F19, F21)."""

    award: Code
    quantities: Numbers = Field(default_factory=dict)
    marks: tuple[Code, ...] = ()
    years_before: Heads = 0
    employment: Code = ""
    due: bool
    least: Number | None = None
    most: Number | None = None
    rights: tuple[Code, ...] = ()


def pay(regulation: Regulation, case: PayCase) -> Both:
    """Run a case of pay."""
    if regulation.pay is None:
        return {"total": number(case.total)}, {}
    earner = Earner(
        case.grade, case.rating, case.level, case.post, case.unit_kind, case.score, case.given,
        case.results,
    )  # fmt: skip
    units = {one.code: one.unit for one in regulation.indicators}
    lines = pay_lines(regulation.pay, earner, units)
    amounts = {line.component.code: line.amount for line in lines}
    expected: dict[str, object | None] = {code: number(v) for code, v in case.lines.items()}
    got = {code: at(value, amounts.get(code)) for code, value in case.lines.items()}
    expected["missing"] = words(sorted(case.missing))
    got["missing"] = words(sorted({line.missing for line in lines if line.missing}))
    expected["total"] = number(case.total)
    got["total"] = at(case.total, pay_total(regulation.pay, lines))
    return both(expected, got)


def paid(regulation: Regulation, case: ScheduleCase) -> Both:
    """Run a case of when pay is paid."""
    component = one(regulation.pay.components, case.component) if regulation.pay else None
    found = schedule(component, case.amount) if component else []
    expected = words([f"{number(months)}:{number(amount)}" for months, amount in case.paid])
    return {"paid": expected}, {"paid": words([f"{m}:{number(amount)}" for m, amount in found])}


def award(regulation: Regulation, case: AwardCase) -> Both:
    """Run a case of an award."""
    rule = one(regulation.awards, case.award)
    if rule is None:
        return {"due": yes(case.due)}, {}
    found = claim(rule, case.quantities, case.marks, case.years_before, case.employment)
    got = {
        "due": yes(found.due),
        "least": number(found.least),
        "most": number(found.most),
        "rights": words(found.rights),
    }
    expected = {"due": yes(case.due), "least": number(case.least), "most": number(case.most)}
    return both({**expected, "rights": words(case.rights)}, got)

"""What a rating leads to (F05): the first rule that fits, and rewards in addition.

The order of the rules is the order of the regulation. What the rules leave to the institution
("one grade up or a raise") stays open here and is decided by people.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from cm_cli.domain.appraisal.card import Named, Outcome
from cm_cli.domain.appraisal.proof import Source

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from decimal import Decimal

    from cm_cli.domain.appraisal.card import ItemScore, MeritLine
    from cm_cli.domain.appraisal.facts import ManagerFacts, YearRating
    from cm_cli.domain.period import Period
    from cm_cli.domain.regulation.appraisal import Consequence, When


@dataclass(frozen=True, slots=True)
class Reached:
    """What a manager reached besides the rating: the total, item scores in percent, penalties."""

    total: Decimal | None = None
    items: Mapping[str, Decimal | None] = field(default_factory=dict)
    penalties: Collection[str] = ()

    @classmethod
    def on(
        cls, items: Sequence[ItemScore], merits: Sequence[MeritLine], total: Decimal | None
    ) -> Self:
        """Return what the lines of a card say; a penalty counts where it took points off."""
        penalties = {one.item.code for one in merits if one.kind == "penalty" and one.counted}
        return cls(total, {one.item.code: one.score for one in items}, penalties)


def outcomes(
    rules: Sequence[Consequence],
    rating: str,
    facts: ManagerFacts,
    period: Period,
    reached: Reached = Reached(),
) -> tuple[Outcome, ...]:
    """Return what follows a rating: one outcome, then those in addition; none off the period.

    Where rules apply to this kind of period and none fits, the outcome is ``keep`` by no rule.
    """
    here = [rule for rule in rules if rule.applies == period.kind]
    if not here:
        return ()
    fitting = [rule for rule in here if fits(rule.when, rating, facts, period, reached)]
    first = [rule for rule in fitting if not rule.in_addition][:1]
    more = [rule for rule in fitting if rule.in_addition]
    found = [_outcome(rule, facts, rating, period) for rule in first + more]
    return tuple(found) if first else (Outcome("keep", ("keep",), Source()), *found)


def fits(when: When, rating: str, facts: ManagerFacts, period: Period, reached: Reached) -> bool:
    """Say whether everything the condition asks for holds; what is not measured does not."""
    return (
        _within(when, reached)
        and (not when.penalty or when.penalty in reached.penalties)
        and when.rating in {"", rating}
        and when.grade in {"", facts.grade}
        and when.huge_benefit in {None, facts.huge_benefit}
        and len(_run(when, rating, facts, period)) + 1 >= (when.years_running or 1)
    )


def _within(when: When, reached: Reached) -> bool:
    """Say whether the total, or the item, is in the range the condition names."""
    if when.at_least is None and when.below is None:
        return True
    value = reached.items.get(when.item) if when.item else reached.total
    if value is None:
        return False
    return (when.at_least is None or value >= when.at_least) and (
        when.below is None or value < when.below
    )


def _run(when: When, rating: str, facts: ManagerFacts, period: Period) -> tuple[YearRating, ...]:
    """Return the earlier years of the same rating without a gap, latest first, as many as needed.

    A year without a rating ends the run; so does a promotion, where the rule restarts after it.
    """
    by_year = {earlier.year: earlier for earlier in facts.earlier}
    run: list[YearRating] = []
    for year in range(period.first.year - 1, period.first.year - (when.years_running or 1), -1):
        earlier = by_year.get(year)
        if earlier is None or earlier.rating != rating:
            break
        if earlier.promoted and when.restarts_after_promotion:
            break
        run.append(earlier)
    return tuple(run)


def _outcome(rule: Consequence, facts: ManagerFacts, rating: str, period: Period) -> Outcome:
    name = Named(rule.then, rule.name.zh, rule.name.en) if rule.name else None
    rows = [earlier.row for earlier in _run(rule.when, rating, facts, period) if earlier.row]
    if rule.when.huge_benefit and facts.huge_benefit_row:
        rows.append(facts.huge_benefit_row)
    source = Source(rule.article, rule.chosen)
    actions, grade, slug, blocked = _open_to(rule.then, facts)
    return Outcome(
        rule.then, actions, source, name, rule.in_addition, grade, blocked, slug, tuple(rows)
    )


def _open_to(action: str, facts: ManagerFacts) -> tuple[tuple[str, ...], str, str, tuple[str, ...]]:
    """Return the actions left, the grade they lead to, and what closed the others."""
    if action == "one_grade_down":
        lower = _grade_beside(facts, -1)
        return ((action,), lower, "", ()) if lower else (("keep",), "", "lowest_grade", ())
    if action not in {"one_grade_up", "one_grade_up_or_raise", "skip_grade_up"}:
        return (action,), "", "", ()
    instead = "raise" if action.endswith("or_raise") else "keep"
    higher = _grade_beside(facts, 1)
    if not higher:
        return (instead,), "", "highest_grade", ()
    if facts.promotion_blocked:
        return (instead,), "", "promotion_blocked", facts.promotion_blocked
    if action == "skip_grade_up":  # people decide how far
        return (action,), "", "", ()
    both = ("one_grade_up", "raise") if instead == "raise" else ("one_grade_up",)
    return both, higher, "", ()


def _grade_beside(facts: ManagerFacts, steps: int) -> str:
    """Return the grade so many rungs up (down if negative), empty beyond the ladder."""
    if facts.grade not in facts.grades:
        return ""
    at = facts.grades.index(facts.grade) + steps
    return facts.grades[at] if 0 <= at < len(facts.grades) else ""

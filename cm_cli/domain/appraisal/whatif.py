"""What it would take: the nearest value of an indicator that brings a manager to a rating.

The answer is found by scoring again, so it holds whatever scores, caps and vetoes are between.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from cm_cli.domain.appraisal.combine import combine
from cm_cli.domain.appraisal.facts import ResultRow
from cm_cli.domain.appraisal.proof import carry_out
from cm_cli.domain.appraisal.score import score

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cm_cli.domain.appraisal.card import Scorecard
    from cm_cli.domain.appraisal.facts import IndicatorLike, ManagerFacts
    from cm_cli.domain.period import Period
    from cm_cli.domain.regulation.appraisal import Appraisal

FARTHEST = 2**40
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Needed:
    """The nearest value on the grid that reaches the rating, and the card it makes.

    ``now`` is none where nothing is recorded; who has reached the rating needs what he has.
    """

    indicator: str
    now: Decimal | None
    value: Decimal | None
    card: Scorecard


def with_actual(
    facts: ManagerFacts, indicator: str, period: Period, value: Decimal
) -> ManagerFacts:
    """Return the facts as if the indicator stood at this value for the whole period."""
    others = tuple(
        replace(row, actual=None) if (row.indicator, row.period) == (indicator, period) else row
        for row in facts.results
    )
    assumed = ResultRow(f"assumed#{indicator}", indicator, period, actual=value)
    return replace(facts, results=(*others, assumed))


def needed(
    appraisal: Appraisal,
    indicators: Mapping[str, IndicatorLike],
    facts: ManagerFacts,
    period: Period,
    *,
    indicator: str,
    rating: str,
    grid: Decimal = CENT,
) -> Needed | None:
    """Return what the indicator has to be for the rating or a better one, None out of reach.

    Looks upwards, or downwards where lower is better (then not under 0), in steps of ``grid``;
    from 0 where nothing is recorded.
    """
    now = _now(facts, indicators[indicator], period)
    lower = indicators[indicator].better == "lower"
    wanted = appraisal.rank_of(rating)
    start = (now or Decimal(0)).quantize(grid, ROUND_FLOOR if lower else ROUND_CEILING)

    def value_at(steps: int) -> Decimal:
        return start - steps * grid if lower else start + steps * grid

    def card_at(steps: int) -> Scorecard:
        assumed = with_actual(facts, indicator, period, value_at(steps))
        return score(appraisal, indicators, assumed, period)

    def good(card: Scorecard) -> bool:
        return card.rating is not None and appraisal.rank_of(card.rating.code) <= wanted

    as_it_is = score(appraisal, indicators, facts, period)
    if good(as_it_is):
        return Needed(indicator, now, now, as_it_is)
    farthest = max(int(start / grid), 0) if lower else FARTHEST
    steps = _nearest(lambda steps: good(card_at(steps)), farthest)
    return None if steps is None else Needed(indicator, now, value_at(steps), card_at(steps))


def _now(facts: ManagerFacts, indicator: IndicatorLike, period: Period) -> Decimal | None:
    """Return what the indicator stands at, if anything is recorded."""
    rows = [row for row in facts.results if row.indicator == indicator.code]
    found = combine(
        rows,
        "actual",
        period,
        indicator.over_period,
        facts.in_post_since,
        clients=indicator.together,
    )
    return carry_out(found.operation, found.terms) if found.terms else None


def _nearest(reached: Callable[[int], bool], farthest: int) -> int | None:
    """Return the least number of steps that reaches, doubling and then halving; None if none."""
    if reached(0):
        return 0
    high = 1
    while not reached(min(high, farthest)):
        if high >= farthest:
            return None
        high *= 2
    low, high = high // 2, min(high, farthest)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high

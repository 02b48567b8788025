"""Ranking of scorecards, overall and in the unit: 1 + the number strictly better (F65)."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from cm_cli.domain.appraisal.card import Scorecard


@dataclass(frozen=True, slots=True)
class Rank:
    """A place and among how many; equal totals share a place."""

    overall: int
    of: int
    in_unit: int
    of_unit: int


def ranks(cards: Sequence[Scorecard]) -> dict[str, Rank]:
    """Return the rank of each manager; a card without a total has none and counts for none."""
    scored = [(card, card.total) for card in cards if card.total is not None]
    everyone = [total for _card, total in scored]
    by_unit: dict[str, list[Decimal]] = {}
    for card, total in scored:
        by_unit.setdefault(card.unit, []).append(total)
    overall = places(everyone)
    of_unit = {unit: places(totals) for unit, totals in by_unit.items()}
    return {
        card.manager: Rank(
            overall[total], len(everyone), of_unit[card.unit][total], len(by_unit[card.unit])
        )
        for card, total in scored
    }


def places(values: Iterable[Decimal]) -> Mapping[Decimal, int]:
    """Return the place of each value: 1 + how many are strictly greater."""
    fallen = sorted(-value for value in values)
    return {-value: bisect_left(fallen, value) + 1 for value in fallen}

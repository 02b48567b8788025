"""Checks of what an appraisal can come to: totals in their limits, ratings reached and shared out.

The checks of its items and of the consequences are in ``check_appraisal.py``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from cm_cli.domain.regulation.appraisal import OTHER, Item, Node, Part
from cm_cli.domain.regulation.rules import every_rule
from cm_cli.domain.regulation.scores import HUNDRED, Banded
from cm_cli.domain.sheet import plain
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from cm_cli.domain.regulation.appraisal import Appraisal
    from cm_cli.domain.regulation.nodes import Path, Source

_NONE = Decimal(0)


def check_all(appraisal: Appraisal, source: Source) -> None:
    """Note totals and ratings that cannot be, and what has no effect on them."""
    _total(appraisal, source)
    _best_reached(appraisal, source)
    _worst_reached(appraisal, source)
    _vetoes(appraisal, source)
    _distribution(appraisal, source)


def most(item: Item) -> Decimal:
    """Return the highest score an item can have."""
    if item.score.kind == "attainment":
        return item.score.cap
    if isinstance(item.score, Banded):
        return max(item.score.below, *(band.points for band in item.score.bands))
    return item.score.start if item.score.kind == "deduction" else HUNDRED


def least(item: Item) -> Decimal:
    """Return the lowest score an item can have."""
    if item.score.kind in {"attainment", "deduction"}:
        return getattr(item.score, "floor", _NONE)
    if isinstance(item.score, Banded):
        return min(item.score.below, *(band.points for band in item.score.bands))
    return _NONE


def highest(appraisal: Appraisal) -> Decimal:
    """Return the highest total the items give, in the kind of unit where it is highest."""
    parts = appraisal.total.parts
    return max(_points(parts, kind, most) for kind in unit_kinds_of(appraisal))


def lowest(appraisal: Appraisal) -> Decimal:
    """Return a total that is surely not fallen short of; 0 where penalties or gaps may lower it."""
    bound = appraisal.total_at_least.points if appraisal.total_at_least else _NONE
    gaps = [appraisal.missing.policy]
    gaps += [
        rule.missing for _path, rule in every_rule(appraisal.total) if isinstance(rule, Part)
        if rule.missing
    ]  # fmt: skip
    if appraisal.penalty or set(gaps) != {"refuse"}:
        return bound
    parts = appraisal.total.parts
    return max(bound, min(_points(parts, kind, least) for kind in unit_kinds_of(appraisal)))


def _points(
    parts: tuple[Part, ...] | tuple[Item, ...], kind: str, score: Callable[[Item], Decimal]
) -> Decimal:
    """Return the points these parts give together in a unit of this kind, each item its score."""
    added = _NONE
    for part in parts:
        weight = part.weight
        if isinstance(weight, dict):
            weight = weight.get(kind, weight.get(OTHER, _NONE))
        whole = part.maximum or weight or _NONE
        if isinstance(part, Item):
            added += whole * score(part) / HUNDRED
        elif part.maximum is not None:
            added += _points(part.parts or part.items, kind, score)
        else:
            added += whole * _points(part.parts or part.items, kind, score) / HUNDRED
    return added


def unit_kinds_of(appraisal: Appraisal) -> list[str]:
    """Return the kinds of unit whose weights are told apart anywhere in the appraisal."""
    kinds = {
        kind
        for _path, rule in every_rule(appraisal)
        if isinstance(rule, Node) and isinstance(rule.weight, dict)
        for kind in rule.weight
    }
    return sorted(kinds or {OTHER})


def _total(appraisal: Appraisal, source: Source) -> None:
    """Check that some total lies between the least and the highest."""
    low, high = appraisal.total_at_least, appraisal.total_at_most
    if low and high and low.points > high.points:
        what = _("`total_at_least:` is above `total_at_most:`")
        place = ("appraisal", "total_at_least", "points")
        source.add("contradiction", place, what, value=plain(low.points))


def _best_reached(appraisal: Appraisal, source: Source) -> None:
    """Check that the best rating can be reached, and that something is left for the others."""
    if not appraisal.bands:
        return
    top = highest(appraisal)
    if appraisal.total_at_most:
        top = min(top, appraisal.total_at_most.points)
    for at, band in enumerate(appraisal.bands):
        path: Path = ("appraisal", "bands", at, "from")
        if band.at_least is not None and band.at_least > top:
            what = _("This rating is not reached: without bonus the total is {points} at most")
            what = what.format(points=plain(top))
            source.add("rating-unreachable", path, what, value=str(band.at_least))
        if band.at_least is not None and band.at_least <= 0:
            what = _("Nothing is left for the ratings below this one")
            source.add("rating-unreachable", path, what, value=str(band.at_least))


def _worst_reached(appraisal: Appraisal, source: Source) -> None:
    """Check that no total is too high for a rating to be had at all, but by a veto."""
    bottom = lowest(appraisal)
    vetoed = {veto.at_best for veto in appraisal.vetoes}
    for at, band in enumerate(appraisal.bands[1:], 1):
        above = appraisal.bands[at - 1].at_least
        if above is not None and 0 < above <= bottom and band.rating not in vetoed:
            what = _("“{rating}” is not reached: the total is {points} at least")
            what = what.format(rating=band.rating, points=plain(bottom))
            bound = appraisal.total_at_least
            by_bound = bound is not None and bound.points == bottom
            place: Path = ("appraisal", "bands", at)
            if by_bound:
                place = ("appraisal", "total_at_least", "points")
            source.add("rating-unreachable", place, what, value=plain(bottom))


def _vetoes(appraisal: Appraisal, source: Source) -> None:
    """Check that a veto closes some rating, and that nothing in it is without effect."""
    for at, veto in enumerate(appraisal.vetoes):
        path: Path = ("appraisal", "vetoes", at)
        if veto.at_best == appraisal.ratings[0].code:
            what = _("A veto that leaves the best rating open has no effect")
            source.add("contradiction", (*path, "at_best"), what, value=veto.at_best)
        if veto.penalty and veto.below is not None:
            what = _("A veto by penalty takes no `below:`; it counts events")
            source.add("contradiction", (*path, "below"), what, value=plain(veto.below))
        if veto.item and veto.events > 1:
            what = _("A veto by item takes no `events:`; it looks at the score")
            source.add("contradiction", (*path, "events"), what, value=str(veto.events))


def _distribution(appraisal: Appraisal, source: Source) -> None:
    """Check that the ratings can be shared out as they have to be."""
    base: Path = ("appraisal", "distribution")
    low = {rating.code: _NONE for rating in appraisal.ratings}
    high = dict.fromkeys(low, HUNDRED)
    for at, one in enumerate(appraisal.distribution):
        if one.rating not in low:
            continue
        was = low[one.rating] <= high[one.rating]
        low[one.rating] = max(low[one.rating], one.at_least or _NONE)
        high[one.rating] = min(high[one.rating], HUNDRED if one.at_most is None else one.at_most)
        if was and low[one.rating] > high[one.rating]:
            what = _("This portion and one above it of the same rating cannot both be kept")
            source.add("contradiction", (*base, at), what, value=one.rating)
    asked, room = sum(low.values(), _NONE), sum(high.values(), _NONE)
    if asked > HUNDRED:
        what = _("The portions ask for {percent} % of all managers together")
        source.add("contradiction", base, what.format(percent=plain(asked)))
    if room < HUNDRED:
        what = _("The portions leave no rating for {percent} % of all managers")
        source.add("contradiction", base, what.format(percent=plain(HUNDRED - room)))

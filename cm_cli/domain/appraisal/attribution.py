"""Why two cards of one manager differ: the difference of the totals, shared out among its causes.

The two cards may be made by two regulations, or by one from two sets of facts. Every share has a
cause with a name, and the shares add up to the difference exactly: for an item that both have,
what its weight and what its score changed are each taken at the mean of the other (so that
neither is counted first), and what left-out items gave up stands apart.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_EVEN, Context, Decimal, Inexact, localcontext
from typing import TYPE_CHECKING

from cm_cli.domain.appraisal.card import Named
from cm_cli.domain.appraisal.proof import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cm_cli.domain.appraisal.card import ItemScore, Scorecard
    from cm_cli.domain.regulation.appraisal import Appraisal, Item

NOTHING = Decimal(0)
HUNDRED = Decimal(100)
# wide enough for every sum and product here to be exact; if one were not, it raises
_EXACT = Context(prec=2000, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[Inexact])
_TINY = Decimal("1e-20")
_MERITS = {"bonus": 1, "penalty": -1}
_OF_MERITS = frozenset({"with_bonus", "less_penalty"})
PLACES = 4
UNSOURCED = Source()


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the difference: of which item, by which cause, how many points.

    ``before`` and ``after`` are the points of the item (the part, the merit) on the two cards;
    ``ruled`` and ``ruled_after`` what orders it in the two regulations.
    """

    of: Named
    cause: str
    points: Decimal
    before: Decimal | None = None
    after: Decimal | None = None
    ruled: Source = UNSOURCED
    ruled_after: Source = UNSOURCED


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two cards, with the appraisal section that made it."""

    card: Scorecard
    appraisal: Appraisal

    def items(self) -> dict[str, ItemScore]:
        """Return the lines of the card by code."""
        return {line.item.code: line for line in self.card.items}

    def rules(self) -> dict[str, Item]:
        """Return the items of the regulation by code, also those without weight in this unit."""
        return {item.code: item for item in self.appraisal.items()}

    def nominal(self, line: ItemScore) -> Decimal:
        """Return what 100 gives where nothing is missing, in points of the total."""
        if self.card.kind != "weighted":
            return line.weight
        size, parent = line.weight, line.part
        parts = {part.part.code: part for part in self.card.parts}
        while parent in parts:
            size = size * parts[parent].weight / HUNDRED
            parent = parts[parent].parent
        return size


def difference(before: Side, after: Side) -> Decimal | None:
    """Return how much more the total is on the second card; None where either has no total."""
    if before.card.total is None or after.card.total is None:
        return None
    with localcontext(_EXACT):
        return after.card.total - before.card.total


def attribute(before: Side, after: Side) -> list[Share]:
    """Return the shares of the difference, exact to the last digit; none where a total is lacking.

    The share ``rounding`` is what the two cards rounded, items and totals, and nothing else.
    """
    whole = difference(before, after)
    if whole is None:
        return []
    with localcontext(_EXACT):
        shares = [share for share in _all(before, after) if share.points]
        rest = whole - sum((share.points for share in shares), NOTHING)
        if rest:
            shares.append(Share(ROUNDING, "rounding", rest))
    return shares


ROUNDING = Named("rounding", "四舍五入", "rounding")


def readable(shares: Sequence[Share], places: int = PLACES) -> list[Share]:
    """Return the shares cut to so many places; what that cuts off goes to the share of rounding.

    They add up to the same as before, and differ from the exact ones by less than one unit.
    """
    with localcontext(_EXACT):
        whole = sum((share.points for share in shares), NOTHING)
    step = Decimal(1).scaleb(-places)
    kept = [
        replace(share, points=share.points.quantize(step, ROUND_HALF_EVEN, _ROUNDS))
        for share in shares
        if share.cause != "rounding"
    ]
    kept = [share for share in kept if share.points]
    with localcontext(_EXACT):
        rest = whole - sum((share.points for share in kept), NOTHING)
    return [*kept, Share(ROUNDING, "rounding", rest)] if rest else kept


_ROUNDS = Context(prec=2000, Emax=MAX_EMAX, Emin=MIN_EMIN)


def _all(before: Side, after: Side) -> Iterator[Share]:
    lines, others = before.items(), after.items()
    for code in dict.fromkeys((*lines, *others)):
        yield from _item(before, after, lines.get(code), others.get(code))
    yield from _parts(before, after)
    yield from _merits(before, after)
    yield from _steps(before, after)


def _points(line: ItemScore | None) -> Decimal:
    return line.points if line and line.points is not None else NOTHING


def _item(
    before: Side, after: Side, one: ItemScore | None, other: ItemScore | None
) -> Iterator[Share]:
    """Share out what one item gives on the two cards."""
    line = one or other
    if line is None:
        return
    rules = (before.rules().get(line.item.code), after.rules().get(line.item.code))

    def share(cause: str, points: Decimal) -> Share:
        return Share(
            (other or line).item,
            cause,
            points,
            one.points if one else None,
            other.points if other else None,
            one.source if one else UNSOURCED,
            other.source if other else UNSOURCED,
        )

    if one is None or other is None:
        there = all(rules)
        cause = "weight" if there else "dropped" if other is None else "added"
        yield share(cause, _points(other) - _points(one))
    elif one.score is None or other.score is None:
        yield share("missing", _points(other) - _points(one))
    else:
        sizes = (before.nominal(one), after.nominal(other))
        full = (one.full or NOTHING, other.full or NOTHING)
        scores = (one.score + other.score) / 200
        yield share("weight", (sizes[1] - sizes[0]) * scores)
        yield share(_why(rules, one, other), (other.score - one.score) * (full[0] + full[1]) / 200)
        taken_over = (full[1] - sizes[1]) - (full[0] - sizes[0])
        if abs(taken_over) >= _TINY:  # less is the last digit of a quotient
            yield share("left_out", taken_over * scores)


def _why(rules: tuple[Item | None, Item | None], one: ItemScore, other: ItemScore) -> str:
    """Say what made the score of an item another: what is measured, how it is scored, or facts."""
    first, second = rules
    if first is None or second is None:
        return "measure"
    if first.measure != second.measure:
        return "measure" if first.score == second.score else "measure_and_score"
    if first.score != second.score:
        return "score"
    return "value" if (one.actual, one.target) != (other.actual, other.target) else "indicator"


def _parts(before: Side, after: Side) -> Iterator[Share]:
    """Yield what a part gives beyond the sum of what is in it, if a regulation has such a rule."""
    extra = (_beyond(before.card), _beyond(after.card))
    named = {p.part.code: p for card in (before.card, after.card) for p in card.parts}
    for code in dict.fromkeys((*extra[0], *extra[1])):
        points = extra[1].get(code, NOTHING) - extra[0].get(code, NOTHING)
        if abs(points) >= _TINY:  # less is the last digit of a sum
            yield Share(named[code].part, "part", points, ruled_after=named[code].source)


def _beyond(card: Scorecard) -> dict[str, Decimal]:
    inside: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for part in card.parts:
        inside[part.parent] += part.points or NOTHING
    for line in card.items:
        inside[line.part] += line.points or NOTHING
    return {p.part.code: (p.points or NOTHING) - inside[p.part.code] for p in card.parts}


def _merits(before: Side, after: Side) -> Iterator[Share]:
    """Yield what each sort of bonus and penalty gives, and what the limits of all took."""
    for kind, sign in _MERITS.items():
        counted = (_counted(before.card, kind), _counted(after.card, kind))
        for code in dict.fromkeys((*counted[0], *counted[1])):
            one, other = (each.get(code) for each in counted)
            line = other or one or (Named(code, code, code), UNSOURCED, NOTHING)
            amounts = (one[2] if one else NOTHING, other[2] if other else NOTHING)
            yield Share(
                line[0],
                kind,
                sign * (amounts[1] - amounts[0]),
                sign * amounts[0],
                sign * amounts[1],
                one[1] if one else UNSOURCED,
                other[1] if other else UNSOURCED,
            )
        cut = [_cut(card, kind) for card in (before.card, after.card)]
        limits = [_source(side.appraisal, f"{kind}_at_most") for side in (before, after)]
        yield Share(
            LIMITS[kind],
            f"{kind}_limit",
            sign * (cut[1] - cut[0]),
            sign * cut[0],
            sign * cut[1],
            *limits,
        )


LIMITS = {
    "bonus": Named("bonus_at_most", "加分上限", "limit of all bonus"),
    "penalty": Named("penalty_at_most", "扣分上限", "limit of all penalties"),
}


def _source(appraisal: Appraisal, name: str) -> Source:
    limit = getattr(appraisal, name, None)
    return Source(limit.article, limit.chosen) if limit else UNSOURCED


def _counted(card: Scorecard, kind: str) -> Mapping[str, tuple[Named, Source, Decimal]]:
    found: dict[str, tuple[Named, Source, Decimal]] = {}
    for line in card.merits:
        if line.kind == kind and line.counted is not None:
            so_far = found[line.item.code][2] if line.item.code in found else NOTHING
            found[line.item.code] = (line.item, line.source, so_far + line.counted)
    return found


def _cut(card: Scorecard, kind: str) -> Decimal:
    """Return what the limit of all bonus (penalty) took from its records, 0 or less."""
    given = card.bonus if kind == "bonus" else card.penalty
    added = sum((amount for _n, _s, amount in _counted(card, kind).values()), NOTHING)
    return (given or NOTHING) - added


def _steps(before: Side, after: Side) -> Iterator[Share]:
    """Yield what each further step from the parts to the total did: its bounds."""
    done = (_of_total(before.card), _of_total(after.card))
    for role in dict.fromkeys((*done[0], *done[1])):
        one, other = (each.get(role, NOTHING) for each in done)
        sources = [_source(side.appraisal, f"total_{role}") for side in (before, after)]
        name = BOUNDS.get(role, Named(role, role, role))
        yield Share(name, "bound", other - one, one, other, *sources)


BOUNDS = {
    "at_least": Named("total_at_least", "总分下限", "least total"),
    "at_most": Named("total_at_most", "总分上限", "largest total"),
}


def _of_total(card: Scorecard) -> dict[str, Decimal]:
    """Return how much each step changed on the way from the parts to the rounded total."""
    found: dict[str, Decimal] = {}
    last = NOTHING
    for step in card.steps_of("total"):
        if step.role not in {"parts", "total", *_OF_MERITS}:
            found[step.role] = step.value - last
        last = step.value
    return found

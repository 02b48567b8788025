"""The scoring engine: an appraisal section and the facts of one manager make a scorecard.

Pure: the same arguments give the same card, with the working of every number in it.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from cm_cli.domain.appraisal.card import Named, Scorecard
from cm_cli.domain.appraisal.consequence import Reached, outcomes
from cm_cli.domain.appraisal.lines import item_lines, missing_items, notes, part_lines
from cm_cli.domain.appraisal.merits import merit_lines, merit_sum
from cm_cli.domain.appraisal.proof import HUNDRED, Proof, Source, Term, number
from cm_cli.domain.appraisal.rating import rate, vetoed
from cm_cli.domain.appraisal.survey import Case, source_of, survey
from cm_cli.errors import CmError, Exit
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cm_cli.domain.appraisal.card import Outcome
    from cm_cli.domain.appraisal.facts import IndicatorLike, ManagerFacts
    from cm_cli.domain.appraisal.survey import Surveyed
    from cm_cli.domain.period import Period
    from cm_cli.domain.regulation.appraisal import Appraisal, Consequence

NOTHING = Decimal(0)


def score(
    appraisal: Appraisal,
    indicators: Mapping[str, IndicatorLike],
    facts: ManagerFacts,
    period: Period,
    consequences: Sequence[Consequence] = (),
) -> Scorecard:
    """Score one manager for one period.

    Raises CmError for a period the regulation does not appraise, a unit kind without weights and
    an unknown indicator. What is missing is never an error: the card says what and by which policy.
    """
    _check(appraisal, indicators, period)
    case = Case(appraisal, indicators, facts, period, Proof())
    top = survey(case, appraisal.total.parts, "", appraisal.missing.policy)
    seen = [surveyed for part in top for surveyed in part.walk()]
    earned = None
    if any(part.counts for part in top) and not any(s.refuses for s in seen):
        earned = _allotted(case, top, _whole(appraisal), ("total", "parts"))
    merits = merit_lines(appraisal, facts, period, case.proof)
    bonus = merit_sum("bonus", merits, appraisal.bonus_at_most, case.proof)
    penalty = merit_sum("penalty", merits, appraisal.penalty_at_most, case.proof)
    total = None if earned is None else _total(case, earned, bonus, penalty)
    items = item_lines(seen, case.proof)
    vetoes = vetoed(appraisal, items, merits, case.proof)
    rating = None if total is None else rate(appraisal, total, vetoes, case.proof)
    reached = Reached.on(items, merits, total.value if total else None)
    return Scorecard(
        manager=facts.code,
        name=facts.name,
        unit=facts.unit,
        unit_kind=facts.unit_kind,
        grade=facts.grade,
        period=str(period),
        kind=appraisal.total.kind,
        places=appraisal.rounding.places,
        items=items,
        parts=part_lines(seen, case.proof),
        merits=tuple(merits),
        bonus=bonus.value if bonus else None,
        penalty=penalty.value if penalty else None,
        total=total.value if total else None,
        rating=rating,
        decided=False,
        vetoes=vetoes,
        missing=missing_items(seen),
        notes=notes(seen, facts),
        outcomes=_following(consequences, rating, facts, period, reached),
        steps=tuple(case.proof.steps),
    )


def decide(
    card: Scorecard,
    appraisal: Appraisal,
    facts: ManagerFacts,
    period: Period,
    *,
    rating: str,
    consequences: Sequence[Consequence] = (),
) -> Scorecard:
    """Return the card with the rating the person with authority decided on, and what follows."""
    found = appraisal.find_rating(rating)
    if found is None:
        raise CmError(
            _("“{rating}” is not a rating of this regulation").format(rating=rating),
            mend=_("Take one of {known}.").format(
                known=", ".join(r.code for r in appraisal.ratings)
            ),
            slug="unknown-rating",
            code=Exit.DATA_REFUSED,
        )
    reached = Reached.on(card.items, card.merits, card.total)
    following = outcomes(consequences, found.code, facts, period, reached)
    named = Named(found.code, found.name.zh, found.name.en)
    return replace(card, rating=named, decided=True, outcomes=following)


def _following(
    consequences: Sequence[Consequence],
    rating: Named | None,
    facts: ManagerFacts,
    period: Period,
    reached: Reached,
) -> tuple[Outcome, ...]:
    return outcomes(consequences, rating.code, facts, period, reached) if rating else ()


def _check(appraisal: Appraisal, indicators: Mapping[str, IndicatorLike], period: Period) -> None:
    kinds = {"month": _("month"), "quarter": _("quarter"), "year": _("year")}
    if period.kind not in appraisal.periods:
        raise CmError(
            _("The regulation does not appraise by the {kind}").format(kind=kinds[period.kind]),
            where=str(period),
            mend=_("It appraises by: {kinds}.").format(
                kinds=", ".join(kinds[each] for each in appraisal.periods)
            ),
            slug="period-not-appraised",
            code=Exit.DATA_REFUSED,
        )
    used = {code for i in appraisal.items() for code in (i.measure.indicator, i.measure.of) if code}
    unknown = sorted(used - set(indicators))
    if unknown:
        raise CmError(
            _("The regulation has no indicator {codes}").format(codes=", ".join(unknown)),
            mend=_("Add it under `indicators:`."),
            slug="unknown-indicator",
            code=Exit.DATA_REFUSED,
        )


def _whole(appraisal: Appraisal) -> Term:
    """Return the points of the whole: 100, or the maxima of the parts."""
    if appraisal.total.kind == "weighted":
        return number("whole", HUNDRED)
    maxima = (part.maximum or NOTHING for part in appraisal.total.parts)
    return number("whole", sum(maxima, NOTHING))


def _allotted(case: Case, children: Sequence[Surveyed], size: Term, name: tuple[str, str]) -> Term:
    """Share out the size among the children that count, score them and add them up."""
    counting = [child for child in children if child.counts]
    weights = number("weights", sum((child.weight for child in counting), NOTHING))
    points = []
    for child in counting:
        source = source_of(child.node)
        terms = [size, number("weight", child.weight), weights]
        full = case.proof.do((child.node.code, "full"), "scaled", terms, source)
        points.append(_points(case, child, full))
    return case.proof.do(name, "add", points, Source())


def _points(case: Case, child: Surveyed, full: Term) -> Term:
    code, source = child.node.code, source_of(child.node)
    if child.missing:
        return case.proof.do((code, "points"), "given", [number("zero", 0)], source)
    if child.graded is None or child.graded.score is None:
        return _allotted(case, child.children, full, (code, "points"))
    terms = [full, child.graded.score]
    rounding = case.appraisal.rounding
    if rounding.at == "total":
        return case.proof.do((code, "points"), "share_of", terms, source)
    exact = case.proof.do((code, "points_exact"), "share_of", terms, source)
    return _rounded(case, exact, (code, "points"))


def _rounded(case: Case, exact: Term, name: tuple[str, str]) -> Term:
    rounding = case.appraisal.rounding
    terms = [exact, number("places", rounding.places)]
    return case.proof.do(name, rounding.mode, terms, source_of(rounding))


def _total(case: Case, earned: Term, bonus: Term | None, penalty: Term | None) -> Term:
    """Add bonus, take penalty, keep within the bounds of the total, round."""
    total, appraisal = earned, case.appraisal
    if bonus:
        total = case.proof.do(("total", "with_bonus"), "add", [total, bonus], Source())
    if penalty:
        total = case.proof.do(("total", "less_penalty"), "less", [total, penalty], Source())
    bounds = {"at_least": appraisal.total_at_least, "at_most": appraisal.total_at_most}
    for operation, bound in bounds.items():
        if bound:
            terms = [total, number("limit", bound.points)]
            total = case.proof.do(("total", operation), operation, terms, source_of(bound))
    return _rounded(case, total, ("total", "total"))

"""From a total to a rating: bands with closed lower bounds, capped by vetoes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cm_cli.domain.appraisal.card import Named, Vetoed
from cm_cli.domain.appraisal.proof import Source, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cm_cli.domain.appraisal.card import ItemScore, MeritLine
    from cm_cli.domain.appraisal.proof import Proof, Term
    from cm_cli.domain.regulation.appraisal import Appraisal, Veto


def rate(appraisal: Appraisal, total: Term, vetoes: Sequence[Vetoed], proof: Proof) -> Named | None:
    """Return the rating a total reaches, None where ratings are given by hand."""
    if not appraisal.bands:
        return None
    limits = [
        number("from", band.at_least) for band in appraisal.bands if band.at_least is not None
    ]
    place = proof.do(("rating", "place"), "place", [total, *limits], Source())
    for veto in vetoes:
        capped = number("at_best", appraisal.rank_of(veto.at_best) + 1)
        place = proof.do(("rating", veto.veto.code), "worst", [place, capped], veto.source)
    rating = appraisal.ratings[int(place.value) - 1]
    return Named(rating.code, rating.name.zh, rating.name.en)


def vetoed(
    appraisal: Appraisal, items: Sequence[ItemScore], merits: Sequence[MeritLine], proof: Proof
) -> tuple[Vetoed, ...]:
    """Return the vetoes that apply; what has no score or does not count vetoes nothing."""
    found = []
    for veto in appraisal.vetoes:
        rows = _by_item(veto, items, proof) if veto.item else _by_penalty(veto, merits)
        if rows is not None:
            named = Named(veto.code, veto.name.zh, veto.name.en)
            found.append(Vetoed(named, veto.at_best, rows, Source(veto.article, veto.chosen)))
    return tuple(found)


def _by_item(veto: Veto, items: Sequence[ItemScore], proof: Proof) -> tuple[str, ...] | None:
    """Return the records of the item when its score is under the limit, else None."""
    item = next((i for i in items if i.item.code == veto.item), None)
    if item is None or item.score is None or veto.below is None or item.score >= veto.below:
        return None
    return tuple(dict.fromkeys(r for s in proof.steps if s.of == veto.item for r in s.rows))


def _by_penalty(veto: Veto, merits: Sequence[MeritLine]) -> tuple[str, ...] | None:
    """Return the records of the penalty when enough of them count, else None."""
    rows = [
        line.row for line in merits if line.item.code == veto.penalty and line.counted is not None
    ]
    return tuple(rows) if len(rows) >= veto.events else None

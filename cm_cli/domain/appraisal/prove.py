"""A second look at a kept scorecard: whether every number comes out of its working again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cm_cli.domain.appraisal.proof import Unproved, recompute

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

    from cm_cli.domain.appraisal.card import Scorecard


def prove(
    card: Scorecard, leaves: Mapping[tuple[str, str], Decimal] | None = None
) -> list[Unproved]:
    """Return what does not come out again; empty means proved.

    With ``leaves`` (``facts.leaves``) each record read is compared with what it says now; one
    that is gone or altered is named.
    """
    values = {step.name: step.value for step in card.steps}
    wrong = recompute(card.steps, leaves)
    for name, shown in _numbers(card):
        if shown is not None and values.get(name) != shown:
            wrong.append(Unproved(name, "card"))
    return wrong


def _numbers(card: Scorecard) -> Iterator[tuple[str, Decimal | None]]:
    """Yield every number the card shows with the name of the step it has to come from."""
    for item in card.items:
        for role in ("target", "actual", "completion", "score", "full", "points"):
            yield f"{item.item.code}.{role}", getattr(item, role)
    for part in card.parts:
        yield f"{part.part.code}.full", part.full
        yield f"{part.part.code}.points", part.points
    for line in card.merits:
        yield f"{line.row}.counted", line.counted
    yield "total.total", card.total

"""The lines of a scorecard, read off what was surveyed and worked out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cm_cli.domain.appraisal.card import ItemScore, MissingItem, Named, Note, PartScore
from cm_cli.domain.appraisal.survey import source_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from cm_cli.domain.appraisal.facts import ManagerFacts
    from cm_cli.domain.appraisal.proof import Proof, Term
    from cm_cli.domain.appraisal.survey import Surveyed
    from cm_cli.domain.regulation.appraisal import Node


def item_lines(seen: Sequence[Surveyed], proof: Proof) -> tuple[ItemScore, ...]:
    """Return a line for each item, in the order of the regulation."""
    return tuple(_item(surveyed, proof) for surveyed in seen if surveyed.measured)


def part_lines(seen: Sequence[Surveyed], proof: Proof) -> tuple[PartScore, ...]:
    """Return a line for each part, parents before children."""
    return tuple(
        PartScore(
            _named(part.node),
            part.parent,
            part.weight,
            source_of(part.node),
            proof.values.get((part.node.code, "full")),
            proof.values.get((part.node.code, "points")),
        )
        for part in seen
        if not part.measured
    )


def missing_items(seen: Sequence[Surveyed]) -> tuple[MissingItem, ...]:
    """Return every item and part without a value, with the policy that applies to it."""
    return tuple(MissingItem(_named(s.node), s.missing, s.policy) for s in seen if s.missing)


def notes(seen: Sequence[Surveyed], facts: ManagerFacts) -> tuple[Note, ...]:
    """Return what a reader has to know about the values taken."""
    found = [
        Note(_named(s.node), remark.slug, remark.field, remark.value)
        for s in seen
        if s.measured
        for remark in s.measured.remarks
    ]
    days = ", ".join(day.isoformat() for day in facts.diary.missing) if facts.diary else ""
    about_diaries = [s for s in seen if s.of_measure == "diary_completeness"]
    found += [
        Note(_named(s.node), "diaries_missing", "actual", days) for s in about_diaries if days
    ]
    return tuple(dict.fromkeys(found))


def _named(node: Node) -> Named:
    return Named(node.code, node.name.zh, node.name.en)


def _value(term: Term | None) -> Decimal | None:
    return term.value if term else None


def _item(line: Surveyed, proof: Proof) -> ItemScore:
    measured, graded, code = line.measured, line.graded, line.node.code
    return ItemScore(
        _named(line.node),
        line.parent,
        measured.unit if measured else "",
        measured.better if measured else "higher",
        line.weight,
        source_of(line.node),
        _value(measured.target if measured else None),
        _value(measured.actual if measured else None),
        _value(graded.completion if graded else None),
        _value(graded.score if graded else None),
        proof.values.get((code, "full")),
        proof.values.get((code, "points")),
        line.missing,
    )

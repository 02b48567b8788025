"""Looking at every item of an appraisal: what it measures, what is missing, what it scores.

Sizes are not known yet: they depend on what is missing, which is what this finds out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cm_cli.domain.appraisal.grading import Graded, grade
from cm_cli.domain.appraisal.measures import MEASURES, Measured, Question
from cm_cli.domain.appraisal.proof import Proof, Source
from cm_cli.domain.regulation.appraisal import Item, Part, weight_for
from cm_cli.errors import CmError, Exit
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal

    from cm_cli.domain.appraisal.facts import IndicatorLike, ManagerFacts
    from cm_cli.domain.period import Period
    from cm_cli.domain.regulation.appraisal import Appraisal, MissingPolicy, Node
    from cm_cli.domain.regulation.base import Sourced


@dataclass(frozen=True, slots=True)
class Case:
    """One scoring under way: what is asked, and the working so far."""

    appraisal: Appraisal
    indicators: Mapping[str, IndicatorLike]
    facts: ManagerFacts
    period: Period
    proof: Proof


@dataclass(frozen=True, slots=True)
class Surveyed:
    """A part or item looked at: its weight here, what is missing, and the policy for that.

    ``children`` belong to a part, ``measured`` and ``graded`` to an item.
    """

    node: Node
    parent: str
    weight: Decimal
    policy: MissingPolicy
    missing: str = ""
    children: tuple[Surveyed, ...] = ()
    measured: Measured | None = None
    graded: Graded | None = None

    @property
    def counts(self) -> bool:
        """Whether it keeps its weight: it has a value, or its lack counts as zero."""
        return not self.missing or self.policy == "zero"

    @property
    def refuses(self) -> bool:
        """Whether its lack keeps the total from being made."""
        return bool(self.missing) and self.policy == "refuse"

    @property
    def of_measure(self) -> str:
        """The measure of an item; empty for a part."""
        return self.node.measure.kind if isinstance(self.node, Item) else ""

    def walk(self) -> Iterator[Surveyed]:
        """Yield this and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


def source_of(rule: Sourced) -> Source:
    """Return what orders a rule."""
    return Source(rule.article, rule.chosen)


def survey(
    case: Case, nodes: Sequence[Node], parent: str, policy: MissingPolicy
) -> tuple[Surveyed, ...]:
    """Look at every node that weighs something in the manager's unit, and all below it."""
    weighed = [(node, _weight(case, node)) for node in nodes]
    return tuple(_look(case, node, parent, w, policy) for node, w in weighed if w > 0)


def _weight(case: Case, node: Node) -> Decimal:
    """Return the weight of a node for the manager's unit, or its maximum."""
    weight = node.maximum or weight_for(node, case.facts.unit_kind)
    if weight is None:
        raise CmError(
            _("“{code}” has no weight for units of kind “{kind}”").format(
                code=node.code, kind=case.facts.unit_kind
            ),
            where=case.facts.unit,
            mend=_("Give the unit one of the kinds of the regulation, or add a weight `other:`."),
            slug="no-weight-for-unit-kind",
            code=Exit.DATA_REFUSED,
        )
    return weight


def _look(case: Case, node: Node, parent: str, weight: Decimal, policy: MissingPolicy) -> Surveyed:
    if isinstance(node, Item):
        return _look_at_item(case, node, parent, weight, policy)
    children: tuple[Surveyed, ...] = ()
    if isinstance(node, Part):
        children = survey(case, node.children, node.code, node.missing or policy)
    missing = "" if any(child.counts for child in children) else "nothing_measured"
    return Surveyed(node, parent, weight, policy, missing, children)


def _look_at_item(
    case: Case, item: Item, parent: str, weight: Decimal, policy: MissingPolicy
) -> Surveyed:
    question = Question(
        item.code,
        item.measure,
        source_of(item),
        case.indicators,
        case.facts,
        case.period,
        case.proof,
    )
    measured = MEASURES[item.measure.kind].function(question)
    graded = grade(question, item.score, measured)
    gaps = any(remark.slug == "months_without_value" for remark in measured.remarks)
    missing = graded.missing or ("months_without_value" if gaps and policy == "refuse" else "")
    return Surveyed(item, parent, weight, policy, missing, (), measured, graded)

"""The assignment section of a regulation as the rules the assignment engine is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cm_cli.domain.assignment.facts import Rules, RuleSpec
from cm_cli.errors import CmError, Exit
from cm_cli.language import _

if TYPE_CHECKING:
    from cm_cli.domain.regulation.schema import Regulation


def rules_of(regulation: Regulation, digest: str = "") -> Rules:
    """Return the rules of assignment; raises CmError where the regulation has none."""
    section = regulation.assignment
    if section is None:
        raise CmError(
            _("The regulation {code} does not say how clients are assigned").format(
                code=regulation.regulation
            ),
            mend=_("Add an `assignment:` section, or use another regulation."),
            slug="no-assignment-rules",
            code=Exit.DATA_REFUSED,
        )
    order = tuple(
        RuleSpec(rank.code, rank.by, rank.name.both(), section.order.article, section.order.chosen)
        for rank in section.order.ranks
    )
    return Rules(
        order=order,
        prefer=section.prefer.by,
        ties=section.prefer.ties,
        keep_owner=section.owner.keep,
        keep_on_leave=section.owner.keep_on_leave,
        capacity_measure=section.capacity.counts,
        regulation=regulation.regulation,
        digest=digest,
    )

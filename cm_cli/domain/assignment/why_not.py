"""Why a client is not held by a given manager, and what it would take."""

from __future__ import annotations

from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from cm_cli.domain.assignment.case import Candidate, Case
from cm_cli.domain.assignment.coverage import Coverage
from cm_cli.domain.assignment.criteria import CRITERIA
from cm_cli.domain.assignment.facts import ACTIVE
from cm_cli.domain.assignment.plan import parts
from cm_cli.domain.assignment.reasons import Reason, dimension, misfit, sentence, spoken
from cm_cli.domain.sheet import Document, plain
from cm_cli.errors import CmError
from cm_cli.language import _, later

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from cm_cli.domain.assignment.facts import ClientFacts, ManagerFacts, Rules, Trees
    from cm_cli.domain.assignment.plan import Plan

TAKES = {
    "owner-not-in-post": later("set the manager's status to active"),
    "owner-outside": later("extend the manager's coverage to {what}, or drop that restriction"),
    "owner-no-data": later("record the client's {what}"),
    "inactive": later("set the client's status to active"),
    "locked-elsewhere": later("release the lock, or move the client by hand"),
    "kept-elsewhere": later("move the client by hand, with a reason and a hand-over"),
    "away": later("wait for the end of the leave, or end it"),
    "not-proposed": later("declare {what} in the manager's coverage"),
    "earlier-rule": later("change the order of the rules, or the coverage that rule looks at"),
    "full": later("raise the capacity, or take load off: short by {missing}"),
    "preferred": later("come before {managers} in “{preference}”"),
    "left-to-person": later("assign the client by hand"),
    "preferred-by-code": later("take any load off, or assign the client by hand"),
    "placed-earlier": later("plan the client anew, alone"),
    "holds-already": later("nothing"),
}


HELD = frozenset({"locked-elsewhere", "kept-elsewhere"})  # another manager has the client


class WhyNot(NamedTuple):
    """The first thing in the way of a manager, and what would remove it."""

    reason: Reason
    takes: str


def why_not(
    client: ClientFacts,
    manager: str,
    managers: Sequence[ManagerFacts],
    rules: Rules,
    trees: Trees,
    *,
    on: date,
    made: Plan,
) -> WhyNot:
    """Say what first keeps the client from the manager; raises CmError for an unknown one."""
    coverage = Coverage(managers, rules, trees, on)
    if manager not in coverage.index:
        near = get_close_matches(manager, coverage.index, n=1)
        raise CmError(
            _("There is no manager “{code}”.").format(code=manager),
            mend=_("Did you mean “{code}”?").format(code=near[0]) if near else "",
            slug="no-such-manager",
        )
    reason = _in_the_way(Case(client, coverage, made), coverage.index[manager])
    return WhyNot(reason, _takes(reason))


def _takes(reason: Reason) -> str:
    return _(TAKES[reason.slug]).format(
        what=", ".join(dimension(code, value) for code, value in reason.about),
        managers=", ".join(reason.managers),
        **spoken(reason),
    )


def why_not_document(
    client: str, manager: str, answer: WhyNot, again: WhyNot | None = None
) -> Document:
    """Return the answer as a document; ``again`` is that for the client planned anew."""
    title = _("Why {manager} does not hold {client}").format(manager=manager, client=client)
    facts = [(_("because"), sentence(answer.reason)), (_("it would take"), answer.takes)]
    if again:
        reason = again.reason
        if reason.slug == "holds-already":
            reason = Reason("first-anew", managers=(manager,))
        facts.append((_("if it were planned anew"), sentence(reason)))
    return Document("assignment-why-not", title, tuple(facts))


def _in_the_way(case: Case, at: int) -> Reason:
    client, decision, code = case.client, case.decision, case.coverage.managers[at].code
    if decision.manager == code:
        return Reason("holds-already", managers=(code,))
    if client.status != ACTIVE:
        return Reason("inactive", detail=(("status", client.status),))
    misfits = misfit(case.coverage, at, case.values, code)
    if misfits and misfits[0].slug != "owner-on-leave":
        return misfits[0]
    if case.coverage.away >> at & 1:
        return Reason("away", managers=(code,))
    if decision.change == "keep":
        slug = "locked-elsewhere" if client.locked else "kept-elsewhere"
        return Reason(slug, managers=(decision.manager,))
    return _in_the_order(case, at)


def _in_the_order(case: Case, at: int) -> Reason:
    code, order = case.coverage.managers[at].code, [rule.code for rule in case.rules.order]
    proposing = [r for r in case.rules.order if case.coverage.proposed(r, case.values) >> at & 1]
    if not proposing:
        return Reason("not-proposed", about=_undeclared(case, at), managers=(code,))
    decided = case.decision.rule
    if decided in order[: order.index(proposing[0].code)]:
        return Reason("earlier-rule", detail=(("rule", decided),))
    mine = case.candidate(at)
    if mine.full:
        return Reason("full", managers=(code,), detail=_fullness(mine))
    if any(reason.slug == "tie" for reason in case.decision.reasons):
        return Reason("left-to-person")
    return _outranked(case, mine)


def _undeclared(case: Case, at: int) -> tuple[tuple[str, str], ...]:
    """Return what the rule that lacks least would need declared."""
    value = dict(zip(CRITERIA, case.values, strict=True))
    lacking = [
        tuple((code, value[code]) for code in rule.by if not case.coverage.declared[code] >> at & 1)
        for rule in case.rules.order
    ]
    return min(lacking, key=len, default=())


def _fullness(mine: Candidate) -> tuple[tuple[str, str], ...]:
    missing = Decimal(mine.weight - mine.room) / parts(mine.measure)
    return (
        ("load", plain(mine.shown)),
        ("capacity", plain(Decimal(mine.standing.manager.capacity or 0))),
        ("missing", plain(missing)),
        ("measure", mine.measure),
    )


def _outranked(case: Case, mine: Candidate) -> Reason:
    winner = case.decision.manager
    if not winner:
        return Reason("placed-earlier", managers=(mine.standing.manager.code,))
    chosen = case.candidate(case.coverage.index[winner])
    decided = case.deciding(chosen, mine)
    if decided is None:
        return Reason("preferred-by-code", managers=(winner,))
    if decided.of != "draw" and case.order(mine) < case.order(chosen):
        return Reason("placed-earlier", managers=(winner,))
    return Reason("preferred", managers=(winner,), detail=(("preference", decided.code),))

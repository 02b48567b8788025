"""Why the plan gives a client this manager: rules tried, candidates, what decided, runner-up."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from cm_cli.domain.assignment.case import Candidate, Case
from cm_cli.domain.assignment.coverage import Coverage
from cm_cli.domain.assignment.criteria import CRITERIA, UNRELATED
from cm_cli.domain.assignment.reasons import Reason, in_measure, measured
from cm_cli.domain.assignment.sheets import CHANGES, because
from cm_cli.domain.sheet import Column, Document, Sheet
from cm_cli.language import _, pick

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from cm_cli.domain.assignment.facts import ClientFacts, ManagerFacts, Rules, RuleSpec, Trees
    from cm_cli.domain.assignment.plan import Plan
    from cm_cli.domain.sheet import Cell


def why(
    client: ClientFacts,
    managers: Sequence[ManagerFacts],
    rules: Rules,
    trees: Trees,
    *,
    on: date,
    made: Plan,
) -> Document:
    """Explain what the plan says of the client: rules tried, candidates, what decided."""
    case = Case(client, Coverage(managers, rules, trees, on), made)
    decision = case.decision
    sheets = [_rules_sheet(case)]
    tried = [(rule, case.candidates(rule)) for rule in _tried(case)]
    rows = [row for rule, found in tried for row in _candidate_rows(case, rule, found)]
    if rows:
        sheets.append(_candidates_sheet(rows))
    facts = (
        (_("client"), client.code),
        (_("day"), on.isoformat()),
        (_("change"), _(CHANGES[decision.change])),
        (_("manager before"), client.manager),
        (_("manager"), decision.manager),
        (_("because"), _because(case, tried)),
    )
    title = _("Why {client} is held as planned").format(client=client.code)
    shown = tuple((label, value) for label, value in facts if value)
    return Document("assignment-why", title, shown, tuple(sheets))


def _because(case: Case, tried: list[tuple[RuleSpec, list[Candidate]]]) -> str:
    decision = case.decision
    if decision.change in {"none", "release"} or decision.reasons[:1] == (Reason("locked"),):
        return because(decision.reasons)
    if decision.change == "keep":
        return _("the manager still fits, and who fits stays") if decision.manager else ""
    found = next((found for rule, found in tried if rule.code == decision.rule), [])
    chosen = next((e for e in found if e.standing.manager.code == decision.manager), None)
    others = [each for each in found if each is not chosen and not each.full]
    said = [because(decision.reasons)] if decision.reasons else []
    if chosen is not None:
        said.append(_chosen(case, chosen, others))
    return _("; ").join(said)


def _chosen(case: Case, chosen: Candidate, others: list[Candidate]) -> str:
    rule = case.decision.rule
    if not others:
        return _("the only candidate of rule “{rule}” with room").format(rule=rule)
    second = others[0]
    facts = {"rule": rule, "other": second.standing.manager.code}
    decided = case.deciding(chosen, second)
    if decided is None:
        text = _("rule “{rule}”: equal to {other} in every preference, first by code")
    elif decided.of != "draw" and case.order(second) < case.order(chosen):
        text = _("rule “{rule}”: before {other} when the turn of the client came")
    else:
        text = _("rule “{rule}”: before {other} by “{preference}”")
        facts["preference"] = _(decided.label)
    return text.format(**facts)


def _tried(case: Case) -> list[RuleSpec]:
    """Return the rules up to the one that decided; all of them where none did."""
    codes = [rule.code for rule in case.rules.order]
    if case.decision.rule in codes:
        return list(case.rules.order[: codes.index(case.decision.rule) + 1])
    return list(case.rules.order)


def _rules_sheet(case: Case) -> Sheet:
    columns = (
        Column("rule", _("rule"), "code"),
        Column("name", _("name")),
        Column("by", _("by")),
        Column("candidates", _("candidates"), "count"),
        Column("room", _("with room"), "count"),
        Column("outcome", _("outcome")),
    )
    tried = {rule.code for rule in _tried(case)}
    rows = [_rule_row(case, rule, rule.code in tried) for rule in case.rules.order]
    sources = dict.fromkeys(_source(rule) for rule in case.rules.order)
    return Sheet("rules", _("Rules in their order"), columns, rows, tuple(sources))


def _source(rule: RuleSpec) -> str:
    """Say on what a rule stands: an article, or the reason it was chosen."""
    if rule.article:
        return _("article {article}").format(article=rule.article)
    return _("chosen: {why}").format(why=_(rule.chosen))


def _rule_row(case: Case, rule: RuleSpec, tried: bool) -> tuple[Cell, ...]:
    found = case.candidates(rule)
    room = sum(1 for each in found if not each.full)
    if rule.code == case.decision.rule:
        outcome = _("decides")
    elif case.decision.change == "keep" or not tried:
        outcome = _("not asked")
    elif not found:
        outcome = _("nobody")
    else:
        outcome = _("tie") if room else _("all full")
    by = ", ".join(_(CRITERIA[code].label) for code in rule.by)
    return rule.code, pick(rule.name), by, len(found), room, outcome


def _candidates_sheet(rows: list[tuple[Cell, ...]]) -> Sheet:
    columns = (
        Column("rule", _("rule"), "code"),
        Column("position", _("position"), "count"),
        Column("manager", _("manager"), "code"),
        Column("distance", _("steps from the region"), "count"),
        Column("measure", _("measure")),
        Column("load", _("load without the client"), "number"),
        Column("capacity", _("capacity"), "number"),
        Column("clients", _("clients"), "count"),
        Column("verdict", _("verdict")),
    )
    return Sheet("candidates", _("Candidates, in the order of the preferences"), columns, rows)


def _candidate_rows(case: Case, rule: RuleSpec, found: list[Candidate]) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for position, each in enumerate(found, start=1):
        standing = each.standing
        far = None if standing.distance == UNRELATED else standing.distance
        manager = standing.manager
        verdict = _verdict(case, rule, each)
        rows.append((rule.code, position, manager.code, far, *_burden(each), verdict))
    return rows


def _burden(each: Candidate) -> tuple[Cell, ...]:
    capacity, measure = each.standing.manager.capacity, each.measure
    limit = None if capacity is None else in_measure(Decimal(capacity), measure)
    return measured(measure), in_measure(each.shown, measure), limit, each.standing.clients


def _verdict(case: Case, rule: RuleSpec, each: Candidate) -> str:
    if each.standing.manager.code == case.decision.manager:
        return _("is chosen") if rule.code == case.decision.rule else _("holds the client")
    return _("full") if each.full else ""

"""Running the cases of a regulation: by the functions of daily work, or against what is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from cm_cli.domain.appraisal.consequence import Reached, outcomes
from cm_cli.domain.appraisal.facts import (
    DiaryFacts,
    ManagerFacts,
    MeritRow,
    ResultRow,
    ScoreRow,
    VisitRow,
    YearRating,
)
from cm_cli.domain.appraisal.score import score
from cm_cli.domain.assignment import facts as assigning
from cm_cli.domain.assignment.plan import plan
from cm_cli.domain.career import caps, may_hold, term_end
from cm_cli.domain.classes import classify, due_on
from cm_cli.domain.period import month, quarter, year_of
from cm_cli.domain.regulation.assigning import rules_of
from cm_cli.domain.regulation.cases import (
    CapCase,
    ClassCase,
    DutyCase,
    OutcomeCase,
    RankCase,
    RequirementCase,
    ScoreCase,
    TermCase,
    TrainingCase,
    WorkflowCase,
    read_cases,
)
from cm_cli.domain.regulation.worked.base import FactError
from cm_cli.domain.regulation.worked.register import RUNS
from cm_cli.domain.sheet import UNITS, plain
from cm_cli.domain.tree import Tree
from cm_cli.errors import CmError, Problem
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cm_cli.domain.period import Period
    from cm_cli.domain.regulation.cases import Cases
    from cm_cli.domain.regulation.nodes import Source
    from cm_cli.domain.regulation.schema import Regulation
    from cm_cli.domain.regulation.worked.base import Case
    from cm_cli.errors import Where

_YEAR = year_of(2016)
_DAY = _YEAR.first
_PERIODS = {"year": _YEAR, "quarter": quarter(2016, 1), "month": month(2016, 1)}
Answer = dict[str, str]
Run = Callable[["Regulation", Any, "Cases"], tuple[Answer, Answer]]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case as it went: expected and got are texts like ``senior 2, manager 5``."""

    name: str
    article: str
    passed: bool
    expected: str
    got: str
    where: Where | None = None


def run_cases(regulation: Regulation, cases_text: str, file: str) -> list[CaseResult]:
    """Run every case of the file; raises CmError where the file is not a cases file."""
    return run_all(regulation, *read_cases(cases_text, file))


def run_all(regulation: Regulation, cases: Cases, source: Source) -> list[CaseResult]:
    """Run cases that are read already."""
    return [_run(regulation, cases, case, source.where(path)) for path, case in cases.every()]


def failures(regulation: Regulation, cases_text: str, file: str) -> list[Problem]:
    """Return a finding for each case that does not come out as its officer expects."""
    return [
        Problem(
            "case-fails",
            _failed(one),
            one.where,
            mend=_("Correct the regulation or the case."),
        )
        for one in run_cases(regulation, cases_text, file)
        if not one.passed
    ]


def _failed(one: CaseResult) -> str:
    if not one.expected:
        return _("The case “{name}” fails: {why}").format(name=one.name, why=one.got)
    what = _("The case “{name}” fails: expected {expected}, got {got}")
    return what.format(name=one.name, expected=one.expected, got=one.got)


def _run(regulation: Regulation, cases: Cases, case: Case, where: Where) -> CaseResult:
    try:
        run = RUNS.get(type(case))
        if run is not None:
            expected, got = run(regulation, case)
        else:
            expected, got = _RUNS[type(case)](regulation, case, cases)
    except (CmError, FactError) as error:
        return CaseResult(case.name, case.article, False, "", str(error), where)
    except ArithmeticError:
        why = _("a number in it is too large, or it divides by nothing")
        return CaseResult(case.name, case.article, False, "", why, where)
    except (AttributeError, LookupError, StopIteration, TypeError, ValueError):
        why = _("a value in it does not fit the rule it is about")
        return CaseResult(case.name, case.article, False, "", why, where)
    passed = expected == got
    return CaseResult(case.name, case.article, passed, _said(expected), _said(got), where)


def _said(answer: Answer) -> str:
    return ", ".join(f"{key} {value or '-'}" for key, value in answer.items())


def _number(value: Decimal | int | None) -> str:
    return "" if value is None else plain(Decimal(value))


def _words(words: Mapping[str, int] | tuple[str, ...] | list[str]) -> str:
    return " ".join(words)


def _caps(regulation: Regulation, case: CapCase, _cases: Cases) -> tuple[Answer, Answer]:
    lines = {line.grade: line for line in caps(regulation, case.heads)}
    got = {code: _number(lines[code].most) if code in lines else "" for code in case.most}
    expected = {code: str(most) for code, most in case.most.items()}
    broken = [line.grade for line in lines.values() if not line.kept]
    return expected | {"broken": _words(case.broken)}, got | {"broken": _words(broken)}


def _requirement(
    regulation: Regulation, case: RequirementCase, _cases: Cases
) -> tuple[Answer, Answer]:
    problems = may_hold(
        regulation,
        case.grade,
        case.education,
        case.years,
        related=case.related_years,
        certificates=case.certificates,
    )
    return {"open": str(case.may_hold)}, {"open": str(not problems)}


def _term(regulation: Regulation, case: TermCase, _cases: Cases) -> tuple[Answer, Answer]:
    end = str(term_end(regulation.term, case.start)) if regulation.term else ""
    return {"last": str(case.last_day)}, {"last": end}


def _class(regulation: Regulation, case: ClassCase, _cases: Cases) -> tuple[Answer, Answer]:
    scheme = regulation.scheme(case.scheme)
    got = _("there is no such scheme")
    if scheme:
        unit = UNITS.get(scheme.unit, Decimal(1))
        got = classify(scheme, None if case.value is None else case.value * unit).code
    return {"class": case.falls_into or ""}, {"class": got}


def _duty(regulation: Regulation, case: DutyCase, _cases: Cases) -> tuple[Answer, Answer]:
    duty = next((one for one in regulation.duties if one.code == case.duty), None)
    expected: Answer = {}
    got: Answer = {}
    if case.every:
        expected["every"], got["every"] = case.every, (duty.every or "") if duty else ""
    if case.last:
        due = due_on(duty, case.client_class or "", case.last) if duty else None
        expected["due"], got["due"] = str(case.due or ""), str(due or "")
    return expected, got


def _rank(regulation: Regulation, case: RankCase, cases: Cases) -> tuple[Answer, Answer]:
    trees = assigning.Trees(_tree(cases.regions), _tree(cases.industries))
    managers = [
        assigning.ManagerFacts(code, coverage=declared.model_dump())
        for code, declared in case.managers.items()
    ]
    held = [
        assigning.ClientFacts(f"{manager}-{n}", manager=manager, locked=True)
        for manager, count in case.clients_held.items()
        for n in range(count)
    ]
    client = assigning.ClientFacts("case", **case.client.model_dump())
    made = plan([client, *held], managers, rules_of(regulation), trees, _DAY).of("case")
    expected = {"gets": case.gets or "", "rank": case.rank or ""}
    return expected, {"gets": made.manager, "rank": made.rule} if made else {}


def _tree(names: Mapping[str, tuple[str, ...]]) -> Tree:
    """Return a tree of what lies within what, as the file writes it."""
    rows = dict.fromkeys(names, "")
    rows |= {below: name for name, inner in names.items() for below in inner}
    return Tree.of({"zh": name, "en": "", "parent": parent} for name, parent in rows.items())


def _score(regulation: Regulation, case: ScoreCase, _cases: Cases) -> tuple[Answer, Answer]:
    if regulation.appraisal is None:
        return {"total": _number(case.total)}, {"total": ""}
    indicators = {one.code: one for one in regulation.indicators}
    appraised = regulation.appraisal.periods
    period = next(one for kind, one in _PERIODS.items() if kind in appraised)
    card = score(regulation.appraisal, indicators, _facts(case, period), period)
    found = {each.item.code: each.points for each in card.items}
    found |= {each.part.code: each.points for each in card.parts}
    expected = {code: _number(points) for code, points in case.points.items()}
    got = {code: _number(_at(points, found.get(code))) for code, points in case.points.items()}
    missing = {each.item.code for each in card.missing}
    expected |= {"missing": _words(sorted(case.missing)), "total": _number(case.total)}
    got |= {"missing": _words(sorted(missing)), "total": _number(card.total)}
    if case.rating:
        expected["rating"], got["rating"] = case.rating, card.rating.code if card.rating else ""
    return expected, got


def _at(wanted: Decimal, points: Decimal | None) -> Decimal | None:
    """Return the points to as many places as the case writes."""
    return None if points is None else points.quantize(wanted, ROUND_HALF_UP)


def _facts(case: ScoreCase, period: Period) -> ManagerFacts:
    """Return the facts of the case as records of one period."""
    results = tuple(
        ResultRow(f"result#{code}", code, period, *row) for code, row in case.results.items()
    )
    scores = tuple(ScoreRow(f"score#{code}", code, points) for code, points in case.rated.items())
    reached, assigned = _counts(case.clients_reached)
    written, due = _counts(case.diary)
    return ManagerFacts(
        code="case",
        name="",
        unit="",
        unit_kind=case.unit_kind,
        results=results,
        scores=scores,
        clients={f"c{n}": f"client#{n}" for n in range(assigned)},
        visits=tuple(VisitRow(f"visit#{n}", f"c{n}", _DAY) for n in range(reached)),
        diary=DiaryFacts(due, tuple(f"diary#{n}" for n in range(written))) if case.diary else None,
        merits=tuple(_merits(case.merits, "case")) + tuple(_merits(case.unverified, "")),
    )


def _counts(pair: tuple[int, ...] | None) -> tuple[int, int]:
    return (pair[0], pair[1]) if pair else (0, 0)


def _merits(points: Mapping[str, tuple[Decimal, ...]], verified_by: str) -> list[MeritRow]:
    events = [(code, value) for code, values in points.items() for value in values]
    return [
        MeritRow(f"merit#{at}", _DAY + timedelta(days=at), code, value, "case", verified_by)
        for at, (code, value) in enumerate(events)
    ]


def _outcome(regulation: Regulation, case: OutcomeCase, _cases: Cases) -> tuple[Answer, Answer]:
    before = enumerate(case.before, 1)
    facts = ManagerFacts(
        code="case",
        name="",
        unit="",
        grade=case.grade,
        grades=tuple(regulation.ladder_with(case.grade)),
        promotion_blocked=("case",) if case.closed else (),
        earlier=tuple(YearRating(_DAY.year - back, rating) for back, rating in before),
        huge_benefit=case.huge_benefit,
    )
    reached = Reached(case.total, case.items, case.penalties)
    found = outcomes(regulation.consequences, case.rating, facts, _PERIODS[case.period], reached)
    got = {"then": _words([action for outcome in found for action in outcome.actions])}
    expected = {"then": _words(case.then)}
    if case.to:
        expected["to"], got["to"] = case.to, _words([o.to_grade for o in found if o.to_grade])
    return expected, got


def _workflow(regulation: Regulation, case: WorkflowCase, _cases: Cases) -> tuple[Answer, Answer]:
    flow = next((one for one in regulation.workflows if one.code == case.workflow), None)
    roles = [step.by for step in flow.steps] if flow else []
    return {"roles": _words(case.roles)}, {"roles": _words(roles)}


def _training(regulation: Regulation, case: TrainingCase, _cases: Cases) -> tuple[Answer, Answer]:
    roles = [role for one in regulation.training if one.grade == case.grade for role in one.by]
    return {"by": _words(case.by)}, {"by": _words(roles)}


_RUNS: dict[type, Run] = {
    CapCase: _caps,
    RequirementCase: _requirement,
    TermCase: _term,
    ClassCase: _class,
    DutyCase: _duty,
    RankCase: _rank,
    ScoreCase: _score,
    OutcomeCase: _outcome,
    WorkflowCase: _workflow,
    TrainingCase: _training,
}

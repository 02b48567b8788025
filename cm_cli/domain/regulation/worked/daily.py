"""Cases about daily work: forms, deadlines, limits, courses of decisions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import Field

from cm_cli.domain.regulation.base import Code
from cm_cli.domain.regulation.sections.forms import lacking, unmet
from cm_cli.domain.regulation.sections.work import deadline_of, due_after, rounds
from cm_cli.domain.regulation.worked.base import Case, both, one, words, yes

if TYPE_CHECKING:
    from cm_cli.domain.regulation.schema import Regulation
    from cm_cli.domain.regulation.worked.base import Both

_FRIDAY = 5
Cell = str | tuple[dict[Code, str], ...]


class FormCase(Case):
    """A sheet, field by field, and whether it does what is asked (F31); rows are lists."""

    form: Code
    sheet: dict[Code, Cell] = Field(default_factory=dict)
    met: bool | None = None
    lacks: tuple[Code, ...] = ()


class AfterCase(Case):
    """The day something happened, and the day a duty is due after it (F38); Saturdays are off."""

    duty: Code
    happened: date
    due: date


class DeadlineCase(Case):
    """The first and last day of a period, and the day a duty or report is due by (F41)."""

    duty: Code | None = None
    report: Code | None = None
    first: date
    last: date
    due: date


class LimitCase(Case):
    """A count, whether it is within a limit, and into how many rounds it is split (F51)."""

    limit: Code
    count: Decimal
    within: bool | None = None
    rounds: int | None = None


class StateCase(Case):
    """A state of a workflow ("" is the beginning) and the states that may follow."""

    workflow: Code
    state: str = ""
    next: tuple[Code, ...] = ()


class ShareCase(Case):
    """Counts of records by mode, and whether the share a duty asks for is kept (F67)."""

    duty: Code
    counts: dict[Code, int]
    kept: bool


def _is_workday(day: date) -> bool:
    return day.isoweekday() <= _FRIDAY


def form(regulation: Regulation, case: FormCase) -> Both:
    """Run a case of a form."""
    rule = one(regulation.forms, case.form)
    if rule is None:
        return {"form": case.form}, {}
    sheet: dict[str, Any] = dict(case.sheet)
    met = None if case.met is None else yes(case.met)
    expected = {"met": met, "lacks": words(case.lacks)}
    got = {"met": yes(not unmet(rule, sheet)), "lacks": words(lacking(rule, sheet))}
    return both(expected, got)


def after(regulation: Regulation, case: AfterCase) -> Both:
    """Run a case of what is due after an event."""
    duty = one(regulation.duties, case.duty)
    if duty is None or duty.after is None:
        return {"due": str(case.due)}, {}
    due = due_after(duty.after, case.happened, _is_workday)
    return {"due": str(case.due)}, {"due": str(due)}


def deadline(regulation: Regulation, case: DeadlineCase) -> Both:
    """Run a case of a deadline."""
    rule = one(regulation.duties, case.duty or "") or one(regulation.reports, case.report or "")
    if rule is None or rule.every is None:
        return {"due": str(case.due)}, {}
    due = deadline_of(rule.every, rule.deadline, case.first, case.last, _is_workday)
    return {"due": str(case.due)}, {"due": str(due)}


def limit(regulation: Regulation, case: LimitCase) -> Both:
    """Run a case of a limit."""
    rule = one(regulation.limits, case.limit)
    if rule is None:
        return {"limit": case.limit}, {}
    within = None if case.within is None else yes(case.within)
    expected = {"within": within, "rounds": case.rounds}
    got = {"within": yes(rule.of.holds(case.count)), "rounds": str(rounds(rule, case.count))}
    return both(expected, got)


def state(regulation: Regulation, case: StateCase) -> Both:
    """Run a case of what may follow a state."""
    flow = one(regulation.workflows, case.workflow)
    got = words(flow.next_states(case.state)) if flow else case.workflow
    return {"next": words(case.next)}, {"next": got}


def share(regulation: Regulation, case: ShareCase) -> Both:
    """Run a case of the share of modes."""
    duty = one(regulation.duties, case.duty)
    rule = duty.share if duty else None
    whole = sum(case.counts.values())
    if rule is None or not whole:
        return {"kept": yes(case.kept)}, {}
    part = sum(count for mode, count in case.counts.items() if mode in rule.modes)
    return {"kept": yes(case.kept)}, {"kept": yes(Decimal(part * 100) / whole > rule.more_than)}

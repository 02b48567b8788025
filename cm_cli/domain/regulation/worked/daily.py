"""Cases about daily work: forms, deadlines, limits, courses of decisions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import Field

from cm_cli.domain.regulation.base import Code
from cm_cli.domain.regulation.nodes import shown
from cm_cli.domain.regulation.sections.forms import lacking, unmet
from cm_cli.domain.regulation.sections.work import deadline_of, due_after, rounds
from cm_cli.domain.regulation.typed import day_of, number_of
from cm_cli.domain.regulation.worked.base import (
    Case,
    Day,
    FactError,
    Heads,
    Number,
    both,
    one,
    words,
    yes,
)
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cm_cli.domain.regulation.schema import Regulation
    from cm_cli.domain.regulation.sections.forms import FormField
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
    happened: Day
    due: date


class DeadlineCase(Case):
    """The first and last day of a period, and the day a duty or report is due by (F41)."""

    duty: Code | None = None
    report: Code | None = None
    first: Day
    last: Day
    due: date


class LimitCase(Case):
    """A count, whether it is within a limit, and into how many rounds it is split (F51)."""

    limit: Code
    count: Number
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
    counts: dict[Code, Heads]
    kept: bool


def _is_workday(day: date) -> bool:
    return day.isoweekday() <= _FRIDAY


def form(regulation: Regulation, case: FormCase) -> Both:
    """Run a case of a form."""
    rule = one(regulation.forms, case.form)
    if rule is None:
        return {"form": case.form}, {}
    sheet = _sheet(rule.fields, case.sheet)
    met = None if case.met is None else yes(case.met)
    expected = {"met": met, "lacks": words(case.lacks)}
    got = {"met": yes(not unmet(rule, sheet)), "lacks": words(lacking(rule, sheet))}
    return both(expected, got)


def _sheet(fields: Sequence[FormField], cells: Mapping[str, Cell]) -> dict[str, Any]:
    """Return what is written on a sheet as what its fields take."""
    known = {one.code: one for one in fields}
    return {code: _cell(known.get(code), cell) for code, cell in cells.items()}


def _cell(field: FormField | None, cell: Cell) -> Any:
    """Return one cell as what its field takes; raises FactError where it is something else."""
    type_ = field.type if field else ""
    if not (field and cell):
        return cell
    if isinstance(cell, tuple):
        if type_ != "rows":
            raise FactError(_("`{field}` takes no rows").format(field=field.code))
        return tuple(_sheet(field.fields, row) for row in cell)
    what = ""
    value: Any = None
    if type_ == "rows":
        what = _("`{field}` takes rows, not “{value}”")
    elif type_ in {"number", "amount"}:
        what, value = _("`{field}` takes a number as 1000 or 2.5, not “{value}”"), number_of(cell)
    elif type_ == "day":
        what, value = _("`{field}` takes a day as 2001-10-01, not “{value}”"), day_of(cell)
    if what and value is None:
        raise FactError(what.format(field=field.code, value=shown(cell)))
    return value if what else cell


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

"""Work: duties with their deadlines, courses of decisions, gates, limits, reports due."""

from __future__ import annotations

import calendar
from collections.abc import Callable  # noqa: TC003 - pydantic reads the annotations when it runs
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from cm_cli.domain.regulation.base import (
    Bounds,
    Code,
    Count,
    Days,
    FormCode,
    GradeCode,
    Listed,
    Name,
    Named,
    Percent,
    Rhythm,
    RoleCode,
    Rule,
    SchemeCode,
    Sourced,
    UnitKindCode,
    refuse,
)
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Collection

Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
ABOUT = Literal[
    "appointment", "promotion", "renewal", "qualification", "task_book", "appraisal", "project",
    "agreement", "product", "handover", "application", "departure", "complaint", "request",
    "review", "plan", "relation", "opportunity", "sale", "training", "service", "event", "credit",
    "assignment", "feedback",
]  # fmt: skip


class Cycle(Sourced):
    """Days between two records of one client, by the client's class in a scheme."""

    scheme: SchemeCode
    """The scheme whose classes the days are given for."""
    days: dict[Code, Days] = Field(min_length=1)
    """The days for each class."""


class Inspection(Sourced):
    """Who looks at the records of a duty, and how often."""

    by: RoleCode
    """Who looks."""
    every: Rhythm
    """How often."""
    opinion: bool = False
    """Whether an opinion is written (S19.R1)."""


class Grace(Sourced):
    """How many days after its day a record may come without being late."""

    days: Annotated[int, Field(ge=0, le=366)]
    """The days."""


class Deadline(Sourced):
    """When in its week, month, quarter or year a record is due; at the end where not said."""

    weekday: Annotated[int, Field(ge=1, le=7)] | None = None
    """Of a week: 1 is Monday."""
    day: Annotated[int, Field(ge=1, le=31)] | None = None
    """Of a month or longer: this day of its last month, its last day at most."""
    time: Clock | None = None
    """The hour, as 17:30."""
    before: bool = False
    """Whether it is due before the week, month or year begins (a plan) and not at its end."""
    workday: bool = False
    """Whether a day off moves it to the working day before."""

    @model_validator(mode="after")
    def _one_day(self) -> Deadline:
        if self.weekday is not None and self.day is not None:
            raise ValueError(_("`weekday:` and `day:` do not go together"))
        return self


class After(Sourced):
    """So many days after something happened (S08.R7: the call-back on the next day)."""

    event: Code
    """What happened: a record, a form, or a state of a workflow."""
    days: Annotated[int, Field(ge=0, le=3660)]
    """Days later."""
    workdays: bool = False
    """Whether only working days count."""
    warn: Annotated[int, Field(ge=0, le=366)] = 0
    """Days before it is due at which it is pressed."""


class ModeShare(Sourced):
    """Which share of the records has to be of these modes (S18.R4: door visits first)."""

    modes: tuple[Code, ...] = Field(min_length=1)
    """The modes."""
    more_than: Percent
    """The share has to be more than this percent."""


class Duty(Named):
    """What is owed: which record, how often (`every`), by client (`cycle`), `after` something."""

    record: Code
    """The kind of record, or a form of this regulation."""
    every: Rhythm | None = None
    """How often."""
    cycle: Cycle | None = None
    """Days between two records of one client, by class."""
    after: After | None = None
    """So long after something happened."""
    at_least: Count = 1
    """How many records each time."""
    deadline: Deadline | None = None
    """When within its time it is due."""
    grace: Grace | None = None
    """Days it may be late."""
    by: tuple[RoleCode, ...] = ()
    """Who owes it; the client managers where empty."""
    grades: tuple[GradeCode, ...] = ()
    """The grades that owe it; all where empty."""
    unit_kinds: tuple[UnitKindCode, ...] = ()
    """The kinds of unit whose managers owe it; all where empty."""
    share: ModeShare | None = None
    """Which share of the records has to be of which modes."""
    contents: tuple[Listed, ...] = ()
    """What the record has to tell."""
    inspected: Inspection | None = None
    """Who looks at it."""


class Step(Rule):
    """One step of a workflow: the state reached and the role that brings it about."""

    state: Code
    """The state reached."""
    name: Name
    """What it is called."""
    by: RoleCode
    """Who brings it about."""
    after: tuple[Code, ...] = ()
    """The states it may follow; the step above where empty."""
    needs: tuple[Listed, ...] = ()
    """What has to be there: papers, examinations, opinions."""
    within: Days | None = None
    """Days allowed since the step before."""


class Workflow(Named):
    """A course of decisions, in order; `from` and `to` name grades where it leads to a grade."""

    about: ABOUT
    """What is decided."""
    from_: GradeCode | None = Field(default=None, alias="from")
    """The grade it starts from (promotion)."""
    to: GradeCode | None = None
    """The grade it leads to."""
    every: Rhythm | None = None
    """How often it is opened, where the source says so."""
    filed: tuple[RoleCode, ...] = ()
    """Whom the result is reported to for the file (备案)."""
    steps: tuple[Step, ...] = Field(min_length=1)
    """The steps in order."""

    @model_validator(mode="after")
    def _connected(self) -> Workflow:
        states = [step.state for step in self.steps]
        findings = []
        for step in self.steps:
            for state in step.after:
                if state not in states:
                    what = _("“{state}” follows “{before}”, which is no state here")
                    findings.append(what.format(state=step.state, before=state))
                elif state == step.state:
                    findings.append(_("“{state}” follows itself").format(state=state))
        refuse(findings)
        return self

    def next_states(self, state: str) -> list[str]:
        """Return the states that may follow a state ("" for the beginning)."""
        found = []
        for at, step in enumerate(self.steps):
            before = step.after or ((self.steps[at - 1].state,) if at else ("",))
            if state in before:
                found.append(step.state)
        return found


class Gate(Named):
    """What has to be there before something may be closed or begun (F54, F55)."""

    about: ABOUT
    """What it stands before."""
    needs: tuple[Listed, ...] = Field(min_length=1)
    """What has to be there; all of these."""


class Limit(Named):
    """A bound on something counted, and what is done beyond it (S58.R3)."""

    of: Bounds
    """The bounds."""
    unit: str = ""
    """What is counted."""
    then: Literal["refuse", "warn", "split"] = "refuse"
    """What is done beyond it: refused, warned of, or split into rounds."""

    @model_validator(mode="after")
    def _splits(self) -> Limit:
        if self.then == "split" and not (self.of.at_most and self.of.at_most > 0):
            raise ValueError(_("`then: split` needs `at_most:` above 0"))
        return self


class ReportDue(Named):
    """A report that is due: who gives it to whom, how often, with what in it."""

    by: tuple[RoleCode, ...] = Field(min_length=1)
    """Who gives it."""
    to: tuple[RoleCode, ...] = ()
    """Who gets it."""
    every: Rhythm
    """How often."""
    deadline: Deadline | None = None
    """When within its time."""
    form: FormCode | None = None
    """The form it is written on."""
    contents: tuple[Listed, ...] = ()
    """What it has to tell."""


def rounds(limit: Limit, count: Decimal) -> int:
    """Return into how many rounds a count is split (F51: 23 children, at most 10: 3 rounds)."""
    most = limit.of.at_most
    if limit.then != "split" or most is None:
        return 1
    return max(int((count / most).to_integral_value(ROUND_CEILING)), 1)


def gate_lacks(gate: Gate, done: Collection[str]) -> list[str]:
    """Return what is still missing before a gate, in its order."""
    return [item.code for item in gate.needs if item.code not in done]


def due_after(after: After, happened: date, is_workday: Callable[[date], bool]) -> date:
    """Return the day something is due after it happened (F38)."""
    if not after.workdays:
        return happened + timedelta(days=after.days)
    day, left = happened, after.days
    while left:
        day += timedelta(days=1)
        left -= is_workday(day)
    return day


def deadline_of(
    every: Rhythm,
    deadline: Deadline | None,
    first: date,
    last: date,
    is_workday: Callable[[date], bool] = lambda _day: True,
) -> date:
    """Return the day a record of a period (first to last day) is due by.

    Where the deadline says so a day off moves it to the working day before.
    """
    day = _deadline(every, deadline, first, last)
    while deadline is not None and deadline.workday and not is_workday(day):
        day -= timedelta(days=1)
    return day


def _deadline(every: Rhythm, deadline: Deadline | None, first: date, last: date) -> date:
    if deadline is None:
        return last
    if deadline.before and deadline.weekday is None and deadline.day is None:
        return first - timedelta(days=1)
    if every == "week" and deadline.weekday is not None:
        day = first + timedelta(days=deadline.weekday - 1)
        return day - timedelta(days=7) if deadline.before else day
    if deadline.day is not None:
        month = first - timedelta(days=1) if deadline.before else last
        end = calendar.monthrange(month.year, month.month)[1]
        return month.replace(day=min(deadline.day, end))
    return last

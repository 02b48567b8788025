"""Duties: what is due, overdue or done on a day, by the rhythm or the cycle of each (F26, F41).

Facts come in as days: on which days somebody wrote, when a client was last met, when a post began.
Of a duty without records here nothing is said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from cm_cli.domain.career import anniversary, term_end, term_reminder
from cm_cli.domain.classes import due_on
from cm_cli.domain.regulation.sections.work import deadline_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cm_cli.domain.regulation.base import Sourced
    from cm_cli.domain.regulation.schema import Duty, Term
    from cm_cli.domain.regulation.sections.work import Inspection

DAILY = frozenset({"day", "workday"})
_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_LAST_MONTH = 12


@dataclass(frozen=True, slots=True)
class Span:
    """The days asked about: due days from ``first`` (none: any) to ``last``, as seen on ``on``."""

    first: date | None
    last: date
    on: date

    def has(self, day: date) -> bool:
        """Say whether a due day is asked about."""
        return (self.first is None or self.first <= day) and day <= self.last


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing owed: by which duty, by when, how late; ``done`` is the day it was done (last)."""

    duty: str
    day: date
    state: str
    late: int = 0
    done: date | None = None
    client: str = ""
    client_class: str = ""
    article: str = ""
    lacking: int = 0  # records, where more than one is asked for and some are there


@dataclass(frozen=True, slots=True)
class Contact:
    """A client in charge: since when, the class by which it is contacted, the last contact."""

    client: str
    since: date
    client_class: str
    last: date | None


def _owed(duty: Duty, day: date, done: date | None, span: Span, rule: Sourced) -> Owed:
    """Return what stands for one due day: done, due, or overdue once the grace is over."""
    article = rule.article or duty.article
    if done is not None:
        return Owed(duty.code, day, "done", 0, done, article=article)
    grace = duty.grace.days if duty.grace else 0
    late = (span.on - day).days - grace
    return Owed(duty.code, day, "overdue" if late > 0 else "due", max(late, 0), article=article)


def _counted(duty: Duty, day: date, made: Mapping[date, int], span: Span) -> Owed:
    """Return what stands for one due day, of which so many records were made on those days."""
    lacking = duty.at_least - sum(made.values())
    found = _owed(duty, day, max(made) if made and lacking <= 0 else None, span, duty)
    return replace(found, lacking=lacking) if made and lacking > 0 else found


def daily(
    duty: Duty, days: Sequence[date], written: Mapping[date, int], span: Span
) -> Iterator[Owed]:
    """Yield the days on which records are owed: the working days in post and not on leave."""
    for day in days:
        if span.has(day):
            made = {day: written[day]} if day in written else {}
            yield _counted(duty, day, made, span)


def periodic(
    duty: Duty,
    since: date | None,
    written: Mapping[date, int],
    span: Span,
    is_workday: Callable[[date], bool],
) -> Iterator[Owed]:
    """Yield the periods in which records are owed, each due by its deadline or its last day.

    Without a first day only the latest period that has ended, and those due until the last day
    asked about. A period that began before ``since`` (the day the post began) is not owed. Of
    what is due before its period begins, records of the period before count as well.
    """
    if duty.every is None:
        return
    for first, last in _periods(duty.every, span):
        day = deadline_of(duty.every, duty.deadline, first, last, is_workday)
        if day > span.last:
            return
        if span.has(day) and (since is None or since <= first):
            begun = first
            if duty.deadline and duty.deadline.before:
                begun = period_of(duty.every, first - timedelta(days=1))[0]
            made = {at: count for at, count in written.items() if begun <= at <= last}
            yield _counted(duty, day, made, span)


def inspected(
    duty: Duty, rule: Inspection, sheets: Mapping[date, date | None], span: Span
) -> Iterator[Owed]:
    """Yield the periods of which a sheet has to be inspected; ``sheets`` says when each was.

    A period without a sheet has nothing to inspect.
    """
    for first, last in _periods(rule.every, span):
        if last > span.last:
            return
        written = {day: seen for day, seen in sheets.items() if first <= day <= last}
        if span.has(last) and written:
            seen = max(filter(None, written.values()), default=None)
            yield _owed(duty, last, seen, span, rule)


def _periods(every: str, span: Span) -> Iterator[tuple[date, date]]:
    """Yield first and last day of the periods from the first day asked about on, without end."""
    first, last = period_of(every, span.first or period_of(every, span.on)[0] - timedelta(days=1))
    while True:
        yield first, last
        first, last = period_of(every, last + timedelta(days=1))


def contact(duty: Duty, known: Contact, span: Span) -> Owed | None:
    """Return when a client is due for contact: after the last one, else after the assignment."""
    due = due_on(duty, known.client_class, known.last or known.since)
    if due is None or duty.cycle is None:
        return None
    if due > span.last:  # the cycle is kept
        day, done = due, known.last
        if done is None or not span.has(done):
            return None
        found = _owed(duty, day, done, span, duty.cycle)
    elif span.has(due):
        found = _owed(duty, due, None, span, duty.cycle)
        found = Owed(found.duty, due, found.state, found.late, known.last, article=found.article)
    else:
        return None
    return Owed(
        found.duty, found.day, found.state, found.late, found.done,
        known.client, known.client_class, found.article,
    )  # fmt: skip


def term(rule: Term, since: date, span: Span) -> Owed | None:
    """Return the end of the running term, once it is announced (F03).

    Terms follow each other from the day the post began; who was not renewed is not in post.
    """
    if span.last < since:
        return None
    start = since
    while term_end(rule, start) < span.on:
        start = anniversary(start, rule.years)
    end = term_end(rule, start)
    announced = term_reminder(rule, start) or end
    if announced > span.last or (span.first and end < span.first):
        return None
    return Owed("term", end, "due", article=rule.article)


def period_of(rhythm: str, day: date) -> tuple[date, date]:
    """Return the first and last day of the week, month, quarter, half-year or year of a day."""
    if rhythm == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    if rhythm not in _MONTHS:
        return day, day
    size = _MONTHS[rhythm]
    month = (day.month - 1) // size * size + 1
    first, end = date(day.year, month, 1), month + size
    following = date(day.year + 1, 1, 1) if end > _LAST_MONTH else date(day.year, end, 1)
    return first, following - timedelta(days=1)

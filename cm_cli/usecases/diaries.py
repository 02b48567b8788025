"""Diaries: which working days have none (S01.R10a)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cm_cli.domain.sheet import Column, Sheet
from cm_cli.language import _, n_
from cm_cli.store import facts
from cm_cli.store.connection import reading
from cm_cli.usecases.lookup import managers_named

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from cm_cli.domain.period import Period
    from cm_cli.domain.sheet import Cell
    from cm_cli.store.facts import Post
    from cm_cli.usecases.clerk import Clerk

    Missing = tuple[Post, Sequence[date]]


def gaps(clerk: Clerk, period: Period, words: Sequence[str], *, counted: bool = False) -> Sheet:
    """Return every working day without a diary, up to today: manager in post and not on leave.

    Counted, it is one row a manager with how many there are, the most first.
    """
    with reading(clerk.place, clerk.known_at) as connection:
        codes = managers_named(connection, words)
        everyone = facts.posts(connection, period, codes)
        posts = [p for p in everyone if (p.code in codes if codes else p.status == "active")]
        found = facts.gather(connection, period)
    missing = [(post, found.diary(post, period, clerk.today).missing) for post in posts]
    columns, rows = _counted(missing) if counted else _listed(missing)
    people = sum(1 for _post, days in missing if days)
    total = sum(len(days) for _post, days in missing)
    summary = n_(
        "{days} diary sheet missing, of {people} of {all} managers.",
        "{days} diary sheets missing, of {people} of {all} managers.",
        total,
    ).format(days=total, people=people, all=len(posts))
    notes = (summary, *found.calendar.notes(period.days()))
    return Sheet("gaps", _("Missing diaries"), columns, rows, notes)


def _listed(missing: Sequence[Missing]) -> tuple[tuple[Column, ...], list[tuple[Cell, ...]]]:
    columns = (
        *_who(),
        Column("day", _("Day"), "day"),
        Column("weekday", _("Weekday")),
    )
    return columns, [
        (post.code, post.name, post.unit, day, _weekday(day))
        for post, days in missing
        for day in days
    ]


def _counted(missing: Sequence[Missing]) -> tuple[tuple[Column, ...], list[tuple[Cell, ...]]]:
    columns = (
        *_who(),
        Column("missing", _("Missing"), "count"),
        Column("first", _("First missing day"), "day"),
        Column("last", _("Last missing day"), "day"),
    )
    rows: list[tuple[Cell, ...]] = [
        (post.code, post.name, post.unit, len(days), min(days), max(days))
        for post, days in sorted(missing, key=lambda each: (-len(each[1]), each[0].code))
        if days
    ]
    return columns, rows


def _who() -> tuple[Column, ...]:
    return (
        Column("manager", _("Manager"), "code"),
        Column("name", _("Manager's name")),
        Column("unit", _("Unit")),
    )


def _weekday(day: date) -> str:
    return (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))[day.weekday()]


def days(clerk: Clerk, period: Period) -> Sheet:
    """Return every day of a period with whether it is worked, and what decides that."""
    with reading(clerk.place, clerk.known_at) as connection:
        work = facts.calendar(connection)
        named = facts.holiday_names(connection)
    rows = [
        (
            day,
            _weekday(day),
            _("working day") if work.is_workday(day) else _("day off"),
            _("own calendar") if day in work.own else "",
            named.get(day.isoformat()) or "",
        )
        for day in period.days()
    ]
    columns = (
        Column("day", _("Day"), "day"),
        Column("weekday", _("Weekday")),
        Column("sort", _("Sort")),
        Column("by", _("Decided by")),
        Column("name", _("Name")),
    )
    worked = len(work.workdays(period.days()))
    notes = (
        n_("{count} working day.", "{count} working days.", worked).format(count=worked),
        *work.notes(period.days()),
    )
    return Sheet("days", _("Calendar {period}").format(period=period), columns, rows, notes)

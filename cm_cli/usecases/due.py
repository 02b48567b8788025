"""What is due: every duty of the regulation whose records are in the store, manager by manager."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from cm_cli.domain import duties, period
from cm_cli.domain.duties import DAILY, Owed, Span
from cm_cli.domain.period import Period
from cm_cli.domain.sheet import Column, Sheet
from cm_cli.errors import CmError, Exit
from cm_cli.language import _, pick
from cm_cli.store import duties as store
from cm_cli.store import facts, query
from cm_cli.store.connection import reading
from cm_cli.store.regulations import in_force
from cm_cli.usecases.lookup import managers_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from cm_cli.domain.calendar import WorkCalendar
    from cm_cli.domain.regulation.schema import Duty, Regulation
    from cm_cli.domain.sheet import Cell
    from cm_cli.store.engine import Connection
    from cm_cli.store.facts import Leave, Post
    from cm_cli.usecases.clerk import Clerk

_BACK = 30  # days that daily duties are looked back, unless told otherwise
_SOME = 5  # managers whose clients are looked up one by one
Line = tuple["Post", str, Owed]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lines: due days from and to, only what is late, what is done as well, counted."""

    first: date | None = None
    last: date | None = None
    overdue: bool = False
    done: bool = False
    counted: bool = False


def due(clerk: Clerk, words: Sequence[str], asked: Asked) -> Sheet:
    """Return what is due and overdue on the day of the clerk, earliest first."""
    last = asked.last or clerk.today
    if asked.first and asked.first > last:
        raise CmError(
            _("{first} is after {last}").format(first=asked.first, last=last),
            mend=_("Turn --from and --to round."),
            slug="span-reversed",
            code=Exit.USAGE,
        )
    span = Span(asked.first, last, clerk.today)
    with reading(clerk.place, clerk.known_at) as connection:
        rules = in_force(connection, clerk.today).rules()
        codes = managers_named(connection, words)
        month = period.month(clerk.today.year, clerk.today.month)
        everyone = facts.posts(connection, month, codes)
        posts = [p for p in everyone if (p.code in codes if codes else p.status == "active")]
        names = dict(query.codes_and_names(connection, "client"))
        lines = list(_lines(connection, rules, posts, span))
        calendar = facts.calendar(connection)
    wanted = {"overdue"} if asked.overdue else {"due", "overdue"}
    kept = [
        line
        for line in lines
        if line[2].state in wanted or (asked.done and line[2].state == "done")
    ]
    kept.sort(key=lambda line: (line[2].day, line[1], line[0].code, line[2].client))
    labels = {duty.code: pick(duty.name.both()) for duty in rules.duties}
    if asked.counted:
        return _counted(kept, labels)
    spanned = Period(_start(span), last, "month").days()
    return _listed(kept, labels, names, calendar.notes(spanned))


def _start(span: Span) -> date:
    return span.first or min(span.on, span.last) - timedelta(days=_BACK)


def _lines(
    connection: Connection, rules: Regulation, posts: Sequence[Post], span: Span
) -> Iterator[Line]:
    for duty in rules.duties:
        mine = [post for post in posts if not duty.grades or post.grade in duty.grades]
        yield from _of_duty(connection, duty, mine, span)
        if duty.inspected and duty.record == "diary" and store.inspected_at_all(connection):
            yield from _inspections(connection, duty, mine, span)
    if rules.term:
        for post in posts:
            found = duties.term(rules.term, post.post_since, span) if post.post_since else None
            if found:
                yield post, "term", found


def _of_duty(
    connection: Connection, duty: Duty, posts: Sequence[Post], span: Span
) -> Iterator[Line]:
    """Yield the lines of one duty; nothing where its records are not kept here."""
    if duty.cycle and duty.record == "visit":
        some = [post.code for post in posts] if len(posts) <= _SOME else []
        held = store.contacts(connection, duty.cycle.scheme, span.on, some)
        for post in posts:
            for known in held.get(post.code, ()):
                owed = duties.contact(duty, known, span)
                if owed:
                    yield post, duty.code, owed
    elif duty.record in store.DATED and duty.every in DAILY:
        yield from _daily(connection, duty, posts, span)
    elif duty.record in store.DATED and duty.every and duty.every != "event":
        start = duties.period_of(duty.every, _start(span))[0] - timedelta(days=366)
        written = store.days(connection, duty.record, start, span.last)
        for post in posts:
            for owed in duties.periodic(
                duty, _begun(post), sorted(written.get(post.code, ())), span
            ):
                yield post, duty.code, owed
    elif duty.record == "appraisal" and duty.every in {"month", "quarter", "year"}:
        yield from _appraisals(connection, duty, posts, span)


def _begun(post: Post) -> date | None:
    return max(filter(None, (post.entered, post.post_since)), default=None)


def _daily(connection: Connection, duty: Duty, posts: Sequence[Post], span: Span) -> Iterator[Line]:
    start = _start(span)
    written = store.days(connection, duty.record, start, span.last)
    calendar, away = facts.calendar(connection), facts.leaves(connection)
    asked = Period(start, span.last, "month")
    for post in posts:
        days = _owed_days(duty, post, asked, calendar, away.get(post.code, []))
        done = frozenset(written.get(post.code, ()))
        for owed in duties.daily(duty, days, done, span):
            yield post, duty.code, owed


def _owed_days(
    duty: Duty, post: Post, asked: Period, calendar: WorkCalendar, away: Sequence[Leave]
) -> list[date]:
    if duty.every == "workday":
        return facts.due_days(post, asked, asked.last, calendar, away)
    begun = _begun(post)
    return [
        day
        for day in asked.days()
        if (begun is None or begun <= day) and not any(a <= day <= b for a, b in away)
    ]


def _appraisals(
    connection: Connection, duty: Duty, posts: Sequence[Post], span: Span
) -> Iterator[Line]:
    """Yield the periods whose appraisal is owed: its record is of the period, not of a day."""
    made = store.appraised(connection)
    for post in posts:
        days = [
            parsed.last
            for text in made.get(post.code, ())
            if (parsed := period.parse(text)).kind == duty.every
        ]
        for owed in duties.periodic(duty, _begun(post), days, span):
            yield post, duty.code, owed


def _inspections(
    connection: Connection, duty: Duty, posts: Sequence[Post], span: Span
) -> Iterator[Line]:
    """Yield the periods in which sheets were written and none of them was inspected."""
    rule = duty.inspected
    if rule is None or rule.every in {*DAILY, "event"}:
        return
    start = duties.period_of(rule.every, _start(span))[0]
    sheets = store.inspections(connection, start, span.last)
    for post in posts:
        mine = sheets.get(post.code, {})
        seen = sorted(day for day, inspected in mine.items() if inspected)
        for owed in duties.periodic(duty, None, seen, span, rule.every):
            first, last = duties.period_of(rule.every, owed.day)
            if any(first <= day <= last for day in mine):
                yield post, f"{duty.code}:inspection", owed


def _named(code: str, labels: dict[str, str]) -> str:
    duty, _colon, more = code.partition(":")
    if duty == "term" and duty not in labels:
        return _("end of the term")
    name = labels.get(duty, duty)
    return _("inspection: {duty}").format(duty=name) if more else name


def _said(state: str) -> str:
    return {"due": _("due"), "overdue": _("overdue"), "done": _("done")}[state]


def _listed(
    lines: Sequence[Line], labels: dict[str, str], names: dict[str, str], notes: tuple[str, ...]
) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (
            owed.day, owed.state, _said(owed.state), owed.late or None, code, _named(code, labels),
            post.code, post.name, post.unit, owed.client or None, names.get(owed.client),
            owed.client_class or None, owed.done, owed.article or None,
        )
        for post, code, owed in lines
    ]  # fmt: skip
    columns = (
        Column("day", _("Due on"), "day"),
        Column("state", _("State"), "code"),
        Column("said", _("Stands")),
        Column("late", _("Days late"), "count"),
        Column("duty", _("Duty"), "code"),
        Column("name", _("Name of the duty")),
        Column("manager", _("Manager"), "code"),
        Column("manager_name", _("Manager's name")),
        Column("unit", _("Unit")),
        Column("client", _("Client"), "code"),
        Column("client_name", _("Client's name")),
        Column("class", _("Class"), "code"),
        Column("last", _("Last done"), "day"),
        Column("article", _("Article"), "code"),
    )
    return Sheet("due", _("What is due"), columns, rows, notes if rows else ())


def _counted(lines: Sequence[Line], labels: dict[str, str]) -> Sheet:
    """Return one row a manager and duty: how many are due and overdue, the earliest, the latest."""
    found: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        found.setdefault((line[0].code, line[1]), []).append(line)
    rows: list[tuple[Cell, ...]] = []
    for (manager, code), same in sorted(found.items()):
        states = [owed.state for _post, _code, owed in same]
        post = same[0][0]
        rows.append(
            (
                manager, post.name, post.unit, code, _named(code, labels), states.count("due"),
                states.count("overdue"), same[0][2].day, max(line[2].late for line in same) or None,
            )
        )  # fmt: skip
    columns = (
        Column("manager", _("Manager"), "code"),
        Column("manager_name", _("Manager's name")),
        Column("unit", _("Unit")),
        Column("duty", _("Duty"), "code"),
        Column("name", _("Name of the duty")),
        Column("due", _("Due"), "count"),
        Column("overdue", _("Overdue"), "count"),
        Column("first", _("Earliest"), "day"),
        Column("late", _("Most days late"), "count"),
    )
    return Sheet("due", _("What is due"), columns, rows)

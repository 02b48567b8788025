"""What is due: every duty of the regulation whose records are in the store, manager by manager."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from cm_cli.domain import duties, period
from cm_cli.domain.duties import Owed, Span
from cm_cli.domain.period import Period
from cm_cli.domain.sheet import Column, Sheet
from cm_cli.errors import CmError, Exit
from cm_cli.language import _, pick
from cm_cli.store import duties as store
from cm_cli.store import facts, query
from cm_cli.store.connection import reading
from cm_cli.store.regulations import Scopes
from cm_cli.usecases.lookup import managers_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from cm_cli.domain.calendar import WorkCalendar
    from cm_cli.domain.regulation.schema import Duty, Regulation
    from cm_cli.domain.regulation.sections.work import Inspection
    from cm_cli.domain.sheet import Cell
    from cm_cli.store.engine import Connection
    from cm_cli.store.facts import Leave, Post
    from cm_cli.usecases.clerk import Clerk

_BACK = 30  # days that daily duties are looked back, unless told otherwise
_YEARS = 366  # days back in which the records of the longest period lie
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


@dataclass(frozen=True, slots=True)
class Look:
    """Where the lines of a duty are looked up: store, days, calendar, kinds of units by name."""

    connection: Connection
    span: Span
    calendar: WorkCalendar
    kinds: Mapping[str, str]


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
        codes = managers_named(connection, words)
        month = period.month(clerk.today.year, clerk.today.month)
        everyone = facts.posts(connection, month, codes)
        posts = [p for p in everyone if (p.code in codes if codes else p.status == "active")]
        names = dict(query.codes_and_names(connection, "client"))
        ruled = _ruled(connection, posts, clerk.today)
        look = Look(connection, span, facts.calendar(connection), facts.unit_kinds(connection))
        lines = [line for rules, under in ruled for line in _lines(look, rules, under)]
        untold = [_untold(rules, under if codes else ()) for rules, under in ruled]
    wanted = {"overdue"} if asked.overdue else {"due", "overdue"}
    kept = [
        line
        for line in lines
        if line[2].state in wanted or (asked.done and line[2].state == "done")
    ]
    kept.sort(key=lambda line: (line[2].day, line[1], line[0].code, line[2].client))
    labels = {duty.code: pick(duty.name.both()) for rules, _under in ruled for duty in rules.duties}
    spanned = Period(_start(span), last, "month").days()
    notes = (*look.calendar.notes(spanned), *dict.fromkeys(filter(None, untold)))
    return _counted(kept, labels, notes) if asked.counted else _listed(kept, labels, names, notes)


def _start(span: Span) -> date:
    return span.first or min(span.on, span.last) - timedelta(days=_BACK)


def _ruled(
    connection: Connection, posts: Sequence[Post], day: date
) -> list[tuple[Regulation, list[Post]]]:
    """Return the regulations in use with the managers under each."""
    scopes = Scopes(connection, day)
    found: dict[str, tuple[Regulation, list[Post]]] = {}
    for post in posts:
        held = scopes.of(post.unit, post.line)
        found.setdefault(held.digest, (held.rules(), []))[1].append(post)
    return list(found.values()) or [(scopes.of().rules(), [])]


def _lines(look: Look, rules: Regulation, posts: Sequence[Post]) -> Iterator[Line]:
    for duty in rules.duties:
        mine = [post for post in posts if _owes(duty, post, look.kinds)]
        if way := _way(duty):
            yield from _TOLD[way](look, duty, mine)
        if duty.inspected and duty.record == "diary" and store.inspected_at_all(look.connection):
            yield from _inspections(look, duty, duty.inspected, mine)
    if rules.term:
        for post in posts:
            found = duties.term(rules.term, post.post_since, look.span) if post.post_since else None
            if found:
                yield post, "term", found


def _owes(duty: Duty, post: Post, kinds: Mapping[str, str]) -> bool:
    graded = not duty.grades or post.grade in duty.grades
    return graded and (not duty.unit_kinds or kinds.get(post.unit) in duty.unit_kinds)


def _way(duty: Duty) -> str:
    """Return how a duty can be told from what is on record here; nothing where it cannot."""
    if duty.record == "appraisal":
        return "appraisal" if duty.every in {"month", "quarter", "year"} else ""
    if duty.by or duty.record not in store.DATED:
        return ""
    if duty.cycle and duty.record == "visit":
        return "contact"
    return {"event": "", None: "", "day": "daily", "workday": "daily"}.get(duty.every, "periodic")


def _untold(rules: Regulation, posts: Sequence[Post]) -> str:
    """Return the sentence that names the duties of which nothing is told, if there are any.

    Where managers were asked about by name, only those of their grades.
    """
    grades = {post.grade for post in posts}
    named = [
        pick(duty.name.both())
        for duty in rules.duties
        if not _way(duty) and not (grades and duty.grades and grades.isdisjoint(duty.grades))
    ]
    sentence = _("Duties not listed, as the store holds no records of them: {duties}")
    return sentence.format(duties=", ".join(named)) if named else ""


def _contacts(look: Look, duty: Duty, posts: Sequence[Post]) -> Iterator[Line]:
    if duty.cycle is None:
        return
    some = [post.code for post in posts] if len(posts) <= _SOME else []
    held = store.contacts(look.connection, duty.cycle.scheme, look.span.on, some)
    for post in posts:
        for known in held.get(post.code, ()):
            owed = duties.contact(duty, known, look.span)
            if owed:
                yield post, duty.code, owed


def _periodic(look: Look, duty: Duty, posts: Sequence[Post]) -> Iterator[Line]:
    start = _start(look.span) - timedelta(days=_YEARS)
    written = store.days(look.connection, duty.record, start, look.span.last)
    for post in posts:
        made = written.get(post.code, {})
        for owed in duties.periodic(duty, post.begun, made, look.span, look.calendar.is_workday):
            yield post, duty.code, owed


def _daily(look: Look, duty: Duty, posts: Sequence[Post]) -> Iterator[Line]:
    start = _start(look.span)
    written = store.days(look.connection, duty.record, start, look.span.last)
    away = facts.leaves(look.connection)
    asked = Period(start, look.span.last, "month")
    for post in posts:
        days = _owed_days(duty, post, asked, look.calendar, away.get(post.code, []))
        for owed in duties.daily(duty, days, written.get(post.code, {}), look.span):
            yield post, duty.code, owed


def _owed_days(
    duty: Duty, post: Post, asked: Period, calendar: WorkCalendar, away: Sequence[Leave]
) -> list[date]:
    if duty.every == "workday":
        return facts.due_days(post, asked, asked.last, calendar, away)
    begun = post.begun
    return [
        day
        for day in asked.days()
        if (begun is None or begun <= day) and not any(a <= day <= b for a, b in away)
    ]


def _appraisals(look: Look, duty: Duty, posts: Sequence[Post]) -> Iterator[Line]:
    """Yield the periods whose appraisal is owed: its record is of the period, not of a day."""
    made = store.appraised(look.connection)
    once = duty.model_copy(update={"at_least": 1})
    for post in posts:
        ends = {each.last: 1 for each in made.get(post.code, ()) if each.kind == duty.every}
        for owed in duties.periodic(once, post.begun, ends, look.span, look.calendar.is_workday):
            yield post, duty.code, owed


def _inspections(look: Look, duty: Duty, rule: Inspection, posts: Sequence[Post]) -> Iterator[Line]:
    """Yield the periods in which sheets were written and none of them was inspected."""
    if rule.every in {*duties.DAILY, "event"}:
        return
    start = _start(look.span) - timedelta(days=_YEARS)
    sheets = store.inspections(look.connection, start, look.span.last)
    for post in posts:
        for owed in duties.inspected(duty, rule, sheets.get(post.code, {}), look.span):
            yield post, f"{duty.code}:inspection", owed


_TOLD = {"contact": _contacts, "daily": _daily, "periodic": _periodic, "appraisal": _appraisals}


def _named(code: str, labels: dict[str, str]) -> str:
    duty, _colon, more = code.partition(":")
    if duty == "term" and duty not in labels:
        return _("end of the term")
    name = labels.get(duty, duty)
    return _("inspection: {duty}").format(duty=name) if more else name


def _said(owed: Owed) -> str:
    said = {"due": _("due"), "overdue": _("overdue"), "done": _("done")}[owed.state]
    lacking = _("{state}, {count} lacking").format(state=said, count=owed.lacking)
    return lacking if owed.lacking else said


def _listed(
    lines: Sequence[Line], labels: dict[str, str], names: dict[str, str], notes: tuple[str, ...]
) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (
            owed.day, owed.state, _said(owed), owed.late or None, code, _named(code, labels),
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


def _counted(lines: Sequence[Line], labels: dict[str, str], notes: tuple[str, ...]) -> Sheet:
    """Return one row a manager and duty: how many are due and overdue, the earliest, the latest."""
    found: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        found.setdefault((line[0].code, line[1]), []).append(line)
    rows: list[tuple[Cell, ...]] = []
    for (manager, code), same in sorted(found.items()):
        states = [owed.state for _post, _code, owed in same]
        open_ = [owed for _post, _code, owed in same if owed.state != "done"]
        post = same[0][0]
        rows.append(
            (
                manager, post.name, post.unit, code, _named(code, labels), states.count("due"),
                states.count("overdue"), states.count("done"),
                min((owed.day for owed in open_), default=None),
                max((owed.late for owed in open_), default=0) or None,
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
        Column("done", _("Done"), "count"),
        Column("first", _("Earliest"), "day"),
        Column("late", _("Most days late"), "count"),
    )
    return Sheet("due", _("What is due"), columns, rows, notes if rows else ())

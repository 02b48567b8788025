"""The facts of appraisals, gathered for all managers of a period with one query a kind.

Every fact carries the reference of its record (``visit#12``), so that a score can be traced back.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from cm_cli.domain import period as periods
from cm_cli.domain.appraisal.facts import (
    DiaryFacts,
    ManagerFacts,
    MeritRow,
    ResultRow,
    ScoreRow,
    VisitRow,
    YearRating,
)
from cm_cli.domain.calendar import WorkCalendar
from cm_cli.domain.career import years_in_post

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cm_cli.domain.period import Period
    from cm_cli.store.engine import Connection

Leave = tuple[date, date]
_HELD = "since <= :last AND (until IS NULL OR until >= :last)"


@dataclass(frozen=True, slots=True)
class Post:
    """Who a manager is, as far as appraisal needs to know."""

    code: str
    name: str
    unit: str
    grade: str
    education: str | None
    status: str
    entered: date | None
    post_since: date | None
    years: Decimal | None
    line: str = ""

    @property
    def begun(self) -> date | None:
        """The first day in the post here, as far as it is known."""
        return max(filter(None, (self.entered, self.post_since)), default=None)

    def years_on(self, day: date) -> Decimal | None:
        """Return the years in a client manager's post up to a day, with those before it."""
        if self.post_since is None:
            return self.years
        return years_in_post(self.post_since, day, self.years or Decimal(0))


def posts(connection: Connection, period: Period, also: Sequence[str] = ()) -> list[Post]:
    """Return who belongs to a period, by code: who was appraised in it, and who else is in post.

    In post is who has not departed and has not begun after the period. ``also`` adds the managers
    named, whatever their status.
    """
    appraised = connection.execute(
        "SELECT manager FROM appraisal WHERE period = ?", (str(period),)
    ).fetchall()
    named = {*also, *(code for (code,) in appraised)}
    rows = connection.execute(
        "SELECT code, name, unit, grade, education, coalesce(status, 'active'), entered,"
        " post_since, years_in_post, coalesce(line, '') FROM manager ORDER BY code"
    )
    found = [
        Post(*row[:6], _day(row[6]), _day(row[7]), _number(row[8]), row[9])  # type: ignore[call-arg]
        for row in rows
    ]
    return [
        post
        for post in found
        if post.code in named
        or (post.status != "departed" and (post.begun is None or post.begun <= period.last))
    ]


def departed_at_work(connection: Connection, period: Period) -> dict[str, date]:
    """Return who has departed by now and worked in a period, with the last day on record."""
    found = connection.execute(
        "SELECT w.manager, max(w.day) FROM (SELECT manager, day FROM visit"
        " UNION ALL SELECT manager, day FROM diary) w"
        " JOIN manager m ON m.code = w.manager AND m.status = 'departed'"
        " WHERE w.day BETWEEN ? AND ? GROUP BY w.manager ORDER BY w.manager",
        (period.first.isoformat(), period.last.isoformat()),
    )
    return {code: date.fromisoformat(day) for code, day in found}


def _day(kept: str | None) -> date | None:
    return date.fromisoformat(kept) if kept else None


def _number(kept: str | None) -> Decimal | None:
    return None if kept is None else Decimal(kept)


def unit_kinds(connection: Connection) -> dict[str, str]:
    """Return the kind of every unit on record."""
    return dict(connection.execute("SELECT name, kind FROM unit"))


def heads(connection: Connection) -> dict[str, dict[str, int]]:
    """Return the active managers by unit and grade; the unit "" is the whole institution."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for unit, grade, count in connection.execute(
        "SELECT unit, grade, count(*) FROM manager"
        " WHERE coalesce(status, 'active') = 'active' GROUP BY unit, grade"
    ):
        found[unit][grade] += count
        found[""][grade] += count
    return found


def calendar(connection: Connection) -> WorkCalendar:
    """Return the working days, with those the institution decides itself."""
    rows = connection.execute("SELECT day, sort FROM holiday")
    return WorkCalendar({date.fromisoformat(day): sort == "workday" for day, sort in rows})


def holiday_names(connection: Connection) -> dict[str, str | None]:
    """Return what the institution calls the days it decides itself."""
    return dict(connection.execute("SELECT day, name FROM holiday"))


class Recorded(NamedTuple):
    """An appraisal on record: scorecard, state, who decided, day of the data, regulation."""

    card: str
    state: str
    decided_by: str
    data_day: date | None
    digest: str


def on_record(connection: Connection, period: Period) -> dict[str, Recorded]:
    """Return the appraisals of a period by manager."""
    rows = connection.execute(
        "SELECT manager, scorecard, coalesce(state, ''), coalesce(decided_by, ''), data_day,"
        " coalesce(text_digest, '') FROM appraisal WHERE period = ?",
        (str(period),),
    )
    return {
        code: Recorded(card, state, by, _day(day), digest)
        for code, card, state, by, day, digest in rows
    }


def leaves(connection: Connection) -> dict[str, list[Leave]]:
    """Return the leaves of every manager, in order."""
    found: dict[str, list[Leave]] = defaultdict(list)
    for code, first, last in connection.execute(
        "SELECT manager, first, last FROM leave ORDER BY manager, first"
    ):
        found[code].append((date.fromisoformat(first), date.fromisoformat(last)))
    return found


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything recorded that bears on a period, by manager."""

    results: dict[str, list[ResultRow]]
    visits: dict[str, list[VisitRow]]
    clients: dict[str, dict[str, str]]
    diaries: dict[str, dict[date, str]]
    scores: dict[str, list[ScoreRow]]
    merits: dict[str, list[MeritRow]]
    earlier: dict[str, list[YearRating]]
    leaves: dict[str, list[Leave]]
    calendar: WorkCalendar

    def diary(self, post: Post, period: Period, until: date) -> DiaryFacts:
        """Return the diaries due and written: every working day in post and not on leave."""
        written = self.diaries.get(post.code, {})
        due = due_days(post, period, until, self.calendar, self.leaves.get(post.code, []))
        kept = tuple(written[day] for day in due if day in written)
        return DiaryFacts(len(due), kept, tuple(day for day in due if day not in written))


def due_days(
    post: Post, period: Period, until: date, work: WorkCalendar, away: Sequence[Leave]
) -> list[date]:
    """Return the days of a period on which a manager owes a diary (S01.R10a)."""
    start = max(filter(None, (period.first, post.entered, post.post_since)))
    last = min(period.last, until)
    days = [start + timedelta(days=n) for n in range((last - start).days + 1)]
    return [
        day for day in work.workdays(days) if not any(first <= day <= end for first, end in away)
    ]


def gather(connection: Connection, period: Period) -> Gathered:
    """Read every record that bears on the period."""
    span = {"first": period.first.isoformat(), "last": period.last.isoformat()}
    return Gathered(
        results=_results(connection, period),
        visits=_visits(connection, span),
        clients=_clients(connection, span),
        diaries=_diaries(connection, span),
        scores=_scores(connection, period),
        merits=_merits(connection, span),
        earlier=_earlier(connection, period),
        leaves=leaves(connection),
        calendar=calendar(connection),
    )


def _results(connection: Connection, period: Period) -> dict[str, list[ResultRow]]:
    """Return results of the period and of the spans growth may be measured against."""
    found: dict[str, list[ResultRow]] = defaultdict(list)
    for row, code, indicator, span, target, actual, base in connection.execute(
        "SELECT id, manager, indicator, period, target, actual, base FROM result"
        " WHERE substr(period, 1, 4) BETWEEN ? AND ? ORDER BY manager, indicator, period, id",
        (str(period.first.year - 1), str(period.last.year)),
    ):
        values = (_number(target), _number(actual), _number(base))
        found[code].append(ResultRow(f"result#{row}", indicator, periods.parse(span), *values))
    return found


def _visits(connection: Connection, span: dict[str, str]) -> dict[str, list[VisitRow]]:
    found: dict[str, list[VisitRow]] = defaultdict(list)
    for row, code, client, day, mode, met in connection.execute(
        "SELECT id, manager, client, day, mode, in_person FROM visit"
        " WHERE day BETWEEN :first AND :last ORDER BY manager, day, id",
        span,
    ):
        visit = VisitRow(f"visit#{row}", client, date.fromisoformat(day), mode, bool(met))
        found[code].append(visit)
    return found


def _clients(connection: Connection, span: dict[str, str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row, client, code in connection.execute(
        f"SELECT id, client, manager FROM assignment WHERE {_HELD} ORDER BY client",
        {"last": span["last"]},
    ):
        found[code][client] = f"assignment#{row}"
    return found


def _diaries(connection: Connection, span: dict[str, str]) -> dict[str, dict[date, str]]:
    found: dict[str, dict[date, str]] = defaultdict(dict)
    for row, code, day in connection.execute(
        "SELECT id, manager, day FROM diary WHERE day BETWEEN :first AND :last", span
    ):
        found[code][date.fromisoformat(day)] = f"diary#{row}"
    return found


def _scores(connection: Connection, period: Period) -> dict[str, list[ScoreRow]]:
    found: dict[str, list[ScoreRow]] = defaultdict(list)
    for row, code, item, points, by in connection.execute(
        "SELECT id, manager, item, points, rated_by FROM score WHERE period = ?"
        " ORDER BY manager, item",
        (str(period),),
    ):
        found[code].append(ScoreRow(f"score#{row}", item, Decimal(points), by))
    return found


def _merits(connection: Connection, span: dict[str, str]) -> dict[str, list[MeritRow]]:
    found: dict[str, list[MeritRow]] = defaultdict(list)
    for row, code, day, item, points, evidence, by in connection.execute(
        "SELECT id, manager, day, item, points, evidence, verified_by FROM merit"
        " WHERE day BETWEEN :first AND :last ORDER BY manager, day, id",
        span,
    ):
        on = date.fromisoformat(day)
        merit = MeritRow(f"merit#{row}", on, item, _number(points), evidence, by or "")
        found[code].append(merit)
    return found


def _earlier(connection: Connection, period: Period) -> dict[str, list[YearRating]]:
    """Return the ratings decided for earlier years, for rules about years running (S01.R19)."""
    found: dict[str, list[YearRating]] = defaultdict(list)
    for row, code, year, rating in connection.execute(
        "SELECT id, manager, period, rating FROM appraisal"
        " WHERE length(period) = 4 AND period < ? AND state = 'decided' ORDER BY period",
        (str(period.first.year),),
    ):
        found[code].append(YearRating(int(year), rating, f"appraisal#{row}"))
    return found


def manager_facts(
    post: Post,
    found: Gathered,
    period: Period,
    until: date,
    *,
    unit_kind: str,
    ladder: Sequence[str],
    blocked: Sequence[str],
) -> ManagerFacts:
    """Put together what is known of one manager for the period."""
    code = post.code
    return ManagerFacts(
        code=code,
        name=post.name,
        unit=post.unit,
        unit_kind=unit_kind,
        grade=post.grade,
        years_in_post=post.years_on(period.last),
        in_post_since=post.post_since,
        grades=tuple(ladder),
        promotion_blocked=tuple(blocked),
        results=tuple(found.results.get(code, ())),
        visits=tuple(found.visits.get(code, ())),
        clients=found.clients.get(code, {}),
        diary=found.diary(post, period, until),
        scores=tuple(found.scores.get(code, ())),
        merits=tuple(found.merits.get(code, ())),
        earlier=tuple(found.earlier.get(code, ())),
    )

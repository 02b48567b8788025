"""Grades and terms: how many managers a grade may have, who may hold it, when a term ends.

Decides nothing: a cap that is broken and a requirement that is not met are said, with their
article, to whoever decides (C03, C26).
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING

from cm_cli.domain.sheet import plain
from cm_cli.errors import Problem
from cm_cli.language import _, pick

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from cm_cli.domain.regulation.schema import Grade, Regulation, Requirement, Term

EDUCATION = (
    "none",
    "secondary",
    "technical_secondary",
    "college",
    "bachelor",
    "master",
    "doctor",
)
_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class CapLine:
    """One grade among all managers of a unit; ``most`` is None where the grade has no cap."""

    grade: str
    heads: int
    total: int
    percent: Decimal | None
    most: int | None
    of: str = ""
    article: str = ""
    chosen: str = ""

    @property
    def kept(self) -> bool:
        """Whether the grade is within its cap: ``heads * 100 <= percent * total``."""
        return self.percent is None or self.heads * 100 <= self.percent * self.total

    @property
    def room(self) -> int | None:
        """How many more the cap allows; negative where it is broken."""
        return None if self.most is None else self.most - self.heads


def caps(regulation: Regulation, heads: Mapping[str, int], of: str = "") -> list[CapLine]:
    """Return every grade, low to high, against its cap (F01, S01.R7).

    ``heads`` counts the managers by grade in that which caps are of: one unit, or all. Heads of
    a grade the regulation does not know count in the total. ``of`` (``unit`` or ``all``) leaves
    out the caps that are of the other.
    """
    total = sum(heads.values())
    return [_cap_line(grade, heads.get(grade.code, 0), total, of) for grade in regulation.grades]


def _cap_line(grade: Grade, heads: int, total: int, of: str) -> CapLine:
    cap = grade.cap
    if cap is None or of not in {"", cap.of}:
        return CapLine(grade.code, heads, total, None, None)
    most = int(cap.percent * total / 100)
    return CapLine(grade.code, heads, total, cap.percent, most, cap.of, cap.article, cap.chosen)


def next_grade(regulation: Regulation, grade: str, steps: int = 1) -> str:
    """Return the grade so many rungs up (down where negative), "" beyond the ladder's end."""
    ladder = regulation.ladder_with(grade)
    if grade not in ladder:
        return ""
    at = ladder.index(grade) + steps
    return ladder[at] if 0 <= at < len(ladder) else ""


def may_hold(
    regulation: Regulation,
    grade: str,
    education: str | None,
    years: Decimal | None,
    *,
    related: Decimal | None = None,
    certificates: Collection[str] = (),
) -> list[Problem]:
    """Return what keeps a person from a grade (F02, S01.R6); not recorded is not met.

    ``years`` are those in a client manager's post, see ``years_in_post``; ``related`` those of
    related work, ``certificates`` the papers held.
    """
    found = regulation.grade(grade)
    if found is None:
        known = ", ".join(regulation.ladder)
        what = _("The regulation has no such grade")
        mend = _("There are: {words}.").format(words=known)
        return [Problem("unknown-grade", what, value=grade, mend=mend)]
    if found.requires is None:
        return []
    needs = found.requires
    problems = (
        _education(found, needs, education),
        _years(found, needs, years),
        _related(found, needs, related),
        _certified(found, needs, certificates),
    )
    return [problem for problem in problems if problem]


def _level(code: str | None) -> str:
    """Return what a level of education is called."""
    from cm_cli.domain.records.manager import EDUCATION as LEVELS

    return next((pick(each.names) for each in LEVELS if each.code == code), code or "")


def _education(grade: Grade, needs: Requirement, has: str | None) -> Problem | None:
    wanted = needs.education
    if wanted is None:
        return None
    if has in EDUCATION and EDUCATION.index(has) >= EDUCATION.index(wanted):
        return None
    what = _("{grade} asks for {wanted} or higher (article {article})").format(
        grade=pick(grade.name.both()), wanted=_level(wanted), article=needs.article or "-"
    )
    if not has:
        mend = _("The education is not recorded: set it with `cm manager set`.")
        return Problem("education-not-recorded", what, mend=mend)
    return Problem("education-too-low", what, value=_level(has))


def _years(grade: Grade, needs: Requirement, has: Decimal | None) -> Problem | None:
    wanted = needs.years_in_post
    if wanted is None or (has is not None and has >= wanted):
        return None
    what = _("{grade} asks for {wanted} years in post (article {article})").format(
        grade=pick(grade.name.both()), wanted=plain(wanted), article=needs.article or "-"
    )
    if has is None:
        mend = _("The years in post are not recorded: set “in post since” with `cm manager set`.")
        return Problem("years-not-recorded", what, mend=mend)
    return Problem("years-too-few", what, value=plain(has))


def _related(grade: Grade, needs: Requirement, has: Decimal | None) -> Problem | None:
    wanted = needs.related_years
    if wanted is None or (has is not None and has >= wanted):
        return None
    what = _("{grade} asks for {wanted} years of related work (article {article})").format(
        grade=pick(grade.name.both()), wanted=plain(wanted), article=needs.article or "-"
    )
    return Problem("related-years-too-few", what, value="" if has is None else plain(has))


def _certified(grade: Grade, needs: Requirement, has: Collection[str]) -> Problem | None:
    if needs.certificate is None or needs.certificate in has:
        return None
    what = _("{grade} asks for the certificate {certificate} (article {article})").format(
        grade=pick(grade.name.both()), certificate=needs.certificate, article=needs.article or "-"
    )
    return Problem("no-certificate", what)


def years_in_post(since: date, on: date, before: Decimal = Decimal(0)) -> Decimal:
    """Return the years in post on a day: whole ones by anniversary, the rest to four places.

    ``before`` are years in such a post before ``since``. A whole year is never reached early.
    """
    if on < since:
        return before
    whole = on.year - since.year
    while anniversary(since, whole) > on:
        whole -= 1
    last, following = anniversary(since, whole), anniversary(since, whole + 1)
    rest = Decimal((on - last).days) / (following - last).days
    return before + whole + rest.quantize(_PLACES, ROUND_DOWN)


def anniversary(day: date, years: int) -> date:
    """Return the same day so many years on; 29 February becomes 1 March in a common year."""
    year = day.year + years
    if (day.month, day.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 3, 1)
    return day.replace(year=year)


def term_end(term: Term, start: date) -> date:
    """Return the last day of a term that begins on ``start`` (F03, S01.R14)."""
    end = anniversary(start, term.years)
    if term.ends.on == "same_day" and end.day == start.day:
        return end
    return end - timedelta(days=1)


def term_reminder(term: Term, start: date) -> date | None:
    """Return the day from which the end of the term is announced, if it is announced."""
    if term.reminder is None:
        return None
    return term_end(term, start) - timedelta(days=term.reminder.days)

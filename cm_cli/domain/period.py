"""Periods: a month, a quarter or a year of the calendar, always given, never taken from a clock."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from cm_cli.errors import CmError, Exit
from cm_cli.language import _

PeriodKind = Literal["month", "quarter", "year"]
YEARS = range(1900, 2200)  # of days and periods alike
_FORMS = re.compile(r"(\d{4})(?:-(\d{2})|-?Q([1-4]))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A span of whole months; written ``2016-03``, ``2016Q1`` or ``2016``."""

    first: date
    last: date
    kind: PeriodKind

    def __str__(self) -> str:
        if self.kind == "month":
            return f"{self.first:%Y-%m}"
        if self.kind == "quarter":
            return f"{self.first.year}Q{(self.first.month + 2) // 3}"
        return f"{self.first.year}"

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def days(self) -> list[date]:
        """Return every day of the period."""
        span = (self.last - self.first).days + 1
        return [self.first + timedelta(days=n) for n in range(span)]

    def months(self) -> list[Period]:
        """Return the months of the period, in order."""
        year = self.first.year
        return [month(year, m) for m in range(self.first.month, self.last.month + 1)]

    def within(self, other: Period) -> bool:
        """Say whether this period lies inside the other (a month inside its quarter)."""
        return other.first <= self.first and self.last <= other.last

    def previous(self) -> Period:
        """Return the period of the same kind just before this one."""
        day = self.first - timedelta(days=1)
        if self.kind == "month":
            return month(day.year, day.month)
        if self.kind == "quarter":
            return quarter(day.year, (day.month + 2) // 3)
        return year_of(day.year)


def month(year: int, number: int) -> Period:
    """Return a month, 1 to 12."""
    last = calendar.monthrange(year, number)[1]
    return Period(date(year, number, 1), date(year, number, last), "month")


def quarter(year: int, number: int) -> Period:
    """Return a quarter, 1 to 4."""
    return Period(date(year, number * 3 - 2, 1), month(year, number * 3).last, "quarter")


def year_of(year: int) -> Period:
    """Return a whole year."""
    return Period(date(year, 1, 1), date(year, 12, 31), "year")


def parse(text: str, kind: PeriodKind | None = None) -> Period:
    """Read ``2016-03``, ``2016Q1``, ``2016-Q1`` or ``2016``; raises CmError for anything else."""
    found = _FORMS.fullmatch(text.strip())
    period: Period | None = None
    if found and int(found[1]) in YEARS:
        year = int(found[1])
        if found[2] and 1 <= int(found[2]) <= 12:  # noqa: PLR2004 - months of a year
            period = month(year, int(found[2]))
        elif found[3]:
            period = quarter(year, int(found[3]))
        elif not found[2]:
            period = year_of(year)
    if period is None or (kind and period.kind != kind):
        shapes = {"month": "2016-03", "quarter": "2016Q1", "year": "2016"}
        wanted = shapes[kind] if kind else ", ".join(shapes.values())
        raise CmError(
            _("“{value}” is not a period").format(value=text),
            mend=_("Write it as {wanted}.").format(wanted=wanted),
            slug="bad-period",
            code=Exit.USAGE,
        )
    return period

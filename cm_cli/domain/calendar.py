"""Working days: the Chinese calendar with its 调休, and the days the institution decides itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """``own`` days come first, then the published calendar, then Monday to Friday."""

    own: Mapping[date, bool] = field(default_factory=dict)

    def is_workday(self, day: date) -> bool:
        """Say whether the day is worked."""
        if day in self.own:
            return self.own[day]
        published = _published(day)
        return day.weekday() < _SATURDAY if published is None else published

    def workdays(self, days: Iterable[date]) -> list[date]:
        """Return the days that are worked."""
        return [day for day in days if self.is_workday(day)]

    def notes(self, days: Iterable[date]) -> tuple[str, ...]:
        """Return a note for each year whose public holidays are not known."""
        years = sorted(
            {day.year for day in days if _published(day) is None and day not in self.own}
        )
        return tuple(
            _(
                "The public holidays of {year} are not published here: Monday to Friday are taken"
                " as working days. Load your own with: cm calendar load FILE."
            ).format(year=year)
            for year in years
        )


def _published(day: date) -> bool | None:
    """Ask the published calendar; none where it does not reach."""
    import chinese_calendar

    try:
        worked: bool = chinese_calendar.is_workday(day)
    except NotImplementedError:
        return None
    return worked

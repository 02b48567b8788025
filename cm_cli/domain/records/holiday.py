"""A day that the institution's own calendar decides: a holiday, or a day worked (调休)."""

from __future__ import annotations

from cm_cli.domain.fields import Choice, Option, Text
from cm_cli.domain.kind import Field, Kind
from cm_cli.domain.quantities import Day
from cm_cli.language import later

SORTS = (
    Option("holiday", {"zh": "休息日", "en": "day off"}, ("假日", "休息", "放假")),
    Option("workday", {"zh": "工作日", "en": "working day"}, ("上班", "调休上班")),
)

KIND = Kind(
    name="holiday",
    zh="日历",
    en="calendar day",
    plural="holidays",
    key=("day",),
    order=("day",),
    listed=("day", "sort", "name"),
    fields=(
        Field("day", Day(), "日期", "Date", later("Which day."), ("date",), required=True),
        Field("sort", Choice(options=SORTS), "类别", "Sort", later("holiday or workday."), required=True),
        Field("name", Text(longest=60), "名称", "Name", later("What the day is called.")),
    ),
)

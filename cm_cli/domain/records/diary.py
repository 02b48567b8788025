"""A diary sheet (《客户经理日志》): one a manager and working day (K24, S01.R10a)."""

from __future__ import annotations

from cm_cli.domain.fields import Ref, Text
from cm_cli.domain.kind import Field, Kind
from cm_cli.domain.quantities import Day
from cm_cli.language import later

KIND = Kind(
    name="diary",
    zh="日志",
    en="diary sheet",
    plural="diaries",
    key=("manager", "day"),
    order=("day", "manager"),
    listed=("day", "manager", "text"),
    fields=(
        Field("manager", Ref(kind="manager"), "工号", "Manager", later("Whose diary."), ("客户经理", "客户经理工号", "manager code"), required=True, refers="manager"),
        Field("day", Day(), "日期", "Date", later("Which day."), ("日志日期", "date"), required=True, past=True),
        Field("text", Text(longest=8000, lines=True), "日志内容", "Text", later("What was done."), ("内容", "日志", "工作内容"), required=True),
        Field("inspected_by", Text(longest=60), "检查人", "Inspected by", later("Who inspected the sheet.")),
        Field("inspected_on", Day(), "检查日期", "Inspected on", later("When it was inspected."), not_before="day"),
    ),
    examples={
        "write": ("cm diary write M01 --day 2016-04-01 --text 走访两户，整理授信资料",),
        "list": ("cm diary list --manager M01 --month 2016-03",),
        "show": ("cm diary show M01 2016-03-31",),
    },
)

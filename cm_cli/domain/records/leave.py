"""A leave (休假): days on which a manager is away; no client is assigned, no diary due."""

from __future__ import annotations

from cm_cli.domain.fields import Ref, Text
from cm_cli.domain.kind import Field, Kind
from cm_cli.domain.quantities import Day
from cm_cli.language import later

KIND = Kind(
    name="leave",
    zh="休假",
    en="leave",
    plural="leaves",
    key=("manager", "first"),
    order=("first", "manager"),
    listed=("manager", "first", "last", "cause"),
    fields=(
        Field("manager", Ref(kind="manager"), "工号", "Manager", later("Who is away."), ("客户经理", "客户经理工号", "manager code"), required=True, refers="manager"),
        Field("first", Day(), "开始日期", "First day", later("First day away."), ("开始", "起始日期", "from"), required=True),
        Field("last", Day(), "结束日期", "Last day", later("Last day away."), ("结束", "截止日期", "to"), required=True, not_before="first"),
        Field("cause", Text(longest=80), "事由", "Cause", later("Why."), ("原因",)),
    ),
    examples={"add": ("cm manager leave M01 --first 2016-04-05 --last 2016-04-08 --cause 年休假",)},
)

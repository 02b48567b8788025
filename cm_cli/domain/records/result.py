"""A result (业绩): target and actual value of an indicator for a period (K11, S01.R24)."""

from __future__ import annotations

from cm_cli.domain.fields import Choice, Ref, Text
from cm_cli.domain.kind import Field, Kind
from cm_cli.domain.quantities import Month, Number
from cm_cli.language import later

KIND = Kind(
    name="result",
    zh="业绩",
    en="result",
    plural="results",
    key=("manager", "indicator", "period", "client"),
    order=("period", "manager", "indicator", "client"),
    listed=("manager", "indicator", "period", "target", "actual"),
    fields=(
        Field("manager", Ref(kind="manager"), "工号", "Manager", later("Whose result."), ("客户经理", "客户经理工号", "manager code"), required=True, refers="manager"),
        Field("indicator", Choice(source="indicators"), "指标", "Indicator", later("Indicator of the regulation."), ("指标名称", "指标代码"), required=True),
        Field("period", Month(), "期间", "Period", later("2016-03, 2016Q1 or 2016."), ("月份", "考核期", "month"), required=True),
        Field("client", Ref(kind="client"), "客户编号", "Client", later("The client it was won with, if one."), ("客户",), refers="client"),
        Field("target", Number(), "目标", "Target", later("Task of the period."), ("任务", "目标值", "计划")),
        Field("actual", Number(), "实际", "Actual", later("What was done."), ("实际值", "完成", "完成值")),
        Field("base", Number(), "基数", "Base", later("Value before the period."), ("上期", "基期")),
        Field("source", Text(longest=80), "来源", "Source", later("Where the figure is from."), ("数据来源",)),
    ),
    examples={
        "log": ("cm result log M01 deposits 2016-04 --target 1500 --actual 1620",),
        "list": ("cm result list --manager M01 --period 2016-03",),
        "set": ("cm result set M01 deposits 2016-03 --actual 1700 --reason 更正",),
    },
)

"""A unit of the institution (机构): branch, department or outlet, and its kind (K01)."""

from __future__ import annotations

from cm_cli.domain.fields import Choice, Named, Text
from cm_cli.domain.kind import Field, Kind
from cm_cli.language import later

KIND = Kind(
    name="unit",
    zh="机构",
    en="unit",
    plural="units",
    key=("name",),
    order=("name",),
    listed=("name", "kind", "superior", "region"),
    fields=(
        Field("name", Text(longest=80), "机构", "Unit", later("Name of the unit, as managers bear it."), ("机构名称", "单位"), required=True),
        Field("kind", Choice(source="unit_kinds"), "机构类别", "Kind", later("Kind of unit by the regulation, as operating or managing."), ("类别",), required=True),
        Field("superior", Text(longest=80), "上级机构", "Superior", later("The unit above it."), ("上级",)),
        Field("region", Named(tree="regions"), "地区", "Region", later("Where it is.")),
        Field("note", Text(longest=2000, lines=True), "备注", "Note", later("Anything else.")),
    ),
    examples={
        "add": ("cm unit add 总行客户部 --kind managing",),
        "list": ("cm unit list",),
        "show": ("cm unit show 杭州分行",),
        "set": ("cm unit set 杭州分行 --superior 浙江省分行",),
    },
)

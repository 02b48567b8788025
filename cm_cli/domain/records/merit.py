"""A bonus or penalty event (加分、扣分) with its evidence (S01.R23)."""

from __future__ import annotations

from decimal import Decimal

from cm_cli.domain.fields import Choice, Ref, Text
from cm_cli.domain.kind import Field, Kind
from cm_cli.domain.quantities import Day, Number
from cm_cli.language import later

KIND = Kind(
    name="merit",
    zh="加扣分",
    en="bonus or penalty",
    plural="merits",
    key=("manager", "day", "item", "evidence"),
    order=("day", "manager", "item", "evidence"),
    listed=("day", "manager", "item", "points", "evidence", "verified_by"),
    fields=(
        Field("manager", Ref(kind="manager"), "工号", "Manager", later("Whose event."), ("客户经理", "客户经理工号", "manager code"), required=True, refers="manager"),
        Field("day", Day(), "日期", "Date", later("When it happened."), ("date",), required=True, past=True),
        Field("item", Choice(source="merit_items"), "项目", "Item", later("Bonus or penalty item of the regulation."), ("加扣分项目",), required=True),
        Field("points", Number(least=Decimal(0)), "分值", "Points", later("Points to add or deduct; always positive."), ("分数",), required=True),
        Field("evidence", Text(longest=500), "依据", "Evidence", later("The evidence."), ("证据", "事由"), required=True),
        Field("verified_by", Text(longest=60), "核实人", "Verified by", later("Who verified it; an unverified penalty does not count."), ("查实人",)),
    ),
    examples={
        "merit": (
            "cm appraise merit M01 information --points 2 --day 2016-03-15 --evidence 行业预警信息被采用 --verified-by 客户部负责人",
        ),
    },
)

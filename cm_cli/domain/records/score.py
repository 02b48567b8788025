"""A hand score (定性评分): points given by a person to an item of the qualitative part (S01.R22)."""

from __future__ import annotations

from decimal import Decimal

from cm_cli.domain.fields import Choice, Ref, Text
from cm_cli.domain.kind import Field, Kind
from cm_cli.domain.quantities import Month, Number
from cm_cli.language import later

KIND = Kind(
    name="score",
    zh="评分",
    en="score",
    plural="scores",
    key=("manager", "item", "period"),
    order=("period", "manager", "item"),
    listed=("manager", "item", "period", "points", "rated_by"),
    fields=(
        Field("manager", Ref(kind="manager"), "工号", "Manager", later("Who is rated."), ("客户经理", "客户经理工号", "manager code"), required=True, refers="manager"),
        Field("item", Choice(source="rated_items"), "项目", "Item", later("Item rated by hand."), ("评分项目", "考核项目"), required=True),
        Field("period", Month(), "期间", "Period", later("2016-03, 2016Q1 or 2016."), ("考核期",), required=True),
        Field("points", Number(least=Decimal(0), most=Decimal(100)), "得分", "Points", later("0 to 100."), ("分数", "评分"), required=True),
        Field("rated_by", Text(longest=60), "评分人", "Rated by", later("Who rated."), ("考评人",), required=True),
        Field("note", Text(longest=2000, lines=True), "说明", "Note", later("Why."), ("备注",)),
    ),
    examples={"score": ("cm appraise score M01 attitude 2016Q1 88 --rated-by 客户部负责人",)},
)

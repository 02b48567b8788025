"""An appraisal (考核) as it was computed and decided, with every step (K12, S01.R18)."""

from __future__ import annotations

from cm_cli.domain.fields import Choice, Code, Option, Ref, Text, Verbatim
from cm_cli.domain.kind import Field, Kind
from cm_cli.domain.quantities import Day, Month, Number
from cm_cli.language import later

STATES = (
    Option("proposed", {"zh": "初步意见", "en": "proposed"}),
    Option("decided", {"zh": "已审定", "en": "decided"}),
)
_STEPS = Verbatim()

KIND = Kind(
    name="appraisal",
    zh="考核",
    en="appraisal",
    plural="appraisals",
    key=("manager", "period"),
    order=("period", "manager"),
    listed=("manager", "period", "total", "rating", "state", "consequence"),
    examples={"list": ("cm appraise list --period 2016Q1 --sort -total --limit 10",)},
    fields=(
        Field("manager", Ref(kind="manager"), "工号", "Manager", later("Who is appraised."), ("客户经理",), required=True, refers="manager"),
        Field("period", Month(), "期间", "Period", later("2016-03, 2016Q1 or 2016."), required=True),
        Field("total", Number(), "总分", "Total", later("Total points.")),
        Field("rating", Choice(source="ratings"), "等次", "Rating", later("Rating in force: proposed, or decided.")),
        Field("proposed", Choice(source="ratings"), "初步等次", "Proposed rating", later("Rating by the points.")),
        Field("state", Choice(options=STATES), "状态", "State", later("Proposed or decided.")),
        Field("decided_by", Text(longest=60), "审定人", "Decided by", later("Who decided the rating.")),
        Field("decided_on", Day(), "审定日期", "Decided on", later("When.")),
        Field("consequence", Text(longest=200), "结果运用", "Consequence", later("What follows from the rating.")),
        Field("regulation", Code(), "办法", "Regulation", later("Code of the regulation.")),
        Field("text_digest", Code(longest=64), "办法摘要", "Regulation digest", later("SHA-256 of its text.")),
        Field("data_day", Day(), "数据截至", "Data as of", later("Day of the data.")),
        Field("scorecard", _STEPS, "计分明细", "Scorecard", later("Every step, as JSON.")),
    ),
)

"""A visit report (访客报告): whom, how, what was found and what follows (K23, S01.R10b)."""

from __future__ import annotations

from cm_cli.domain.fields import Choice, Option, Ref, Text, YesNo
from cm_cli.domain.kind import Field, Kind
from cm_cli.domain.quantities import Clock, Day
from cm_cli.language import later

MODES = (
    Option("door", {"zh": "上门", "en": "at the client's door"}, ("上门拜访", "登门", "走访")),
    Option("telephone", {"zh": "电话", "en": "by telephone"}, ("电话拜访", "phone")),
    Option("video", {"zh": "视频", "en": "by video"}),
    Option("reception", {"zh": "来访", "en": "received at the bank"}, ("接待", "客户来访")),
    Option("other", {"zh": "其他", "en": "other"}),
)
REFUSALS = (
    Option("distrust", {"zh": "不信任", "en": "distrust"}),
    Option("no_need", {"zh": "不需要", "en": "no need"}),
    Option("not_suitable", {"zh": "不适合", "en": "not suitable"}),
    Option("not_urgent", {"zh": "不急", "en": "not urgent"}),
    Option("other", {"zh": "其它", "en": "other"}),
)
_LONG = Text(longest=4000, lines=True)

KIND = Kind(
    name="visit",
    zh="走访",
    en="visit",
    plural="visits",
    key=("day", "manager", "client", "time"),
    order=("day", "manager", "client", "time"),
    listed=("day", "manager", "client", "mode", "persons", "in_person", "findings", "follow_up_on"),
    fields=(
        Field("day", Day(), "日期", "Date", later("Day of the visit."), ("走访日期", "拜访日期", "date"), required=True, past=True),
        Field("manager", Ref(kind="manager"), "客户经理", "Manager", later("Who visited."), ("工号", "走访人", "manager code"), required=True, refers="manager"),
        Field("client", Ref(kind="client"), "客户", "Client", later("Who was visited."), ("客户编号", "客户号", "client code"), required=True, refers="client"),
        Field("time", Clock(), "时间", "Time", later("Time of the day."), ("开始时间",)),
        Field("mode", Choice(options=MODES), "方式", "Mode", later("door, telephone, video, reception or other."), ("走访方式", "拜访方式"), required=True),
        Field("persons", Text(longest=200), "会见人", "Persons met", later("Whom the manager met."), ("面见人", "受访人")),
        Field("in_person", YesNo(), "是否面谈", "In person", later("Whether main members were met in person."), ("面谈",)),
        Field("findings", _LONG, "走访情况", "Findings", later("What was found."), ("情况", "内容")),
        Field("needs", _LONG, "客户需求", "Needs", later("What the client needs."), ("需求",)),
        Field("opinions", _LONG, "意见建议", "Opinions", later("Opinions and suggestions."), ("意见",)),
        Field("change", _LONG, "重要变动", "Important change", later("A change that must be reported promptly.")),
        Field("reported_to", Text(longest=60), "报告对象", "Reported to", later("To whom the change was reported.")),
        Field("refusal", Choice(options=REFUSALS), "拒绝原因", "Refusal", later("Why the client refused.")),
        Field("follow_up", _LONG, "后续事项", "Follow-up", later("What comes next."), ("后续",)),
        Field("follow_up_on", Day(), "后续日期", "Follow-up on", later("By when."), ("后续时间",), not_before="day"),
        Field("note", _LONG, "备注", "Note", later("Anything else.")),
    ),
    examples={
        "log": (
            "cm visit log 000001 --manager M01 --mode door --persons 财务总监 --in-person yes --findings 经营平稳 --follow-up-on 2016-04-08",
        ),
        "list": ("cm visit list --manager M01 --month 2016-03", "cm visit list --client 000001"),
        "show": ("cm visit show 1",),
        "set": ("cm visit set 1 --needs 票据贴现 --reason 补记",),
    },
)

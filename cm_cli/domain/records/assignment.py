"""An assignment: which manager looks after a client from one day to another (K20, S39.R2)."""

from __future__ import annotations

from cm_cli.domain.fields import Ref, Text, YesNo
from cm_cli.domain.kind import Field, Kind
from cm_cli.domain.quantities import Day
from cm_cli.language import later

KIND = Kind(
    name="assignment",
    zh="分配",
    en="assignment",
    plural="assignments",
    key=("client", "since"),
    order=("client", "since"),
    listed=("client", "manager", "since", "until", "rule", "reason"),
    fields=(
        Field("client", Ref(kind="client"), "客户编号", "Client", later("Which client."), ("客户",), required=True, refers="client"),
        Field("manager", Ref(kind="manager"), "工号", "Manager", later("Who looks after it."), ("客户经理",), required=True, refers="manager"),
        Field("since", Day(), "起始日", "Since", later("First day."), required=True),
        Field("until", Day(), "终止日", "Until", later("Last day; empty while it lasts.")),
        Field("rule", Text(longest=60), "规则", "Rule", later("Rule of the regulation, or “by hand”.")),
        Field("reason", Text(longest=500), "理由", "Reason", later("Why.")),
        Field("locked", YesNo(), "锁定", "Locked", later("Whether plans leave it alone.")),
    ),
)

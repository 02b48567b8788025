"""A class of a client in one of several schemes, from one day to another (C28)."""

from __future__ import annotations

from cm_cli.domain.fields import Code, Ref, Text
from cm_cli.domain.kind import Field, Kind
from cm_cli.domain.quantities import Day
from cm_cli.language import later

BY_HAND = "by hand: "

KIND = Kind(
    name="classification",
    zh="客户分类",
    en="classification",
    plural="classifications",
    key=("client", "scheme", "since"),
    order=("client", "scheme", "since"),
    listed=("client", "scheme", "grade", "since", "until", "reason"),
    fields=(
        Field("client", Ref(kind="client"), "客户编号", "Client", later("Which client."), ("客户",), required=True, refers="client"),
        Field("scheme", Code(), "分类方案", "Scheme", later("Scheme of the regulation, as size."), required=True),
        Field("grade", Code(), "类别", "Class", later("Class within the scheme."), required=True),
        Field("since", Day(), "起始日", "Since", later("First day."), required=True),
        Field("until", Day(), "终止日", "Until", later("Last day; empty while it lasts.")),
        Field("reason", Text(longest=300), "理由", "Reason", later("Measure, value and article.")),
    ),
)


def by_rule(reason: str) -> bool:
    """Say whether a rule gave the class: its reason is a measure of the client and the value."""
    from cm_cli.domain.register import kind

    measure, _blank, value = reason.partition(" ")
    return measure in kind("client").names and value.lstrip("-")[:1].isdecimal()

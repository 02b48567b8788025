"""A regulation in force from a day on, for all or for a unit or line, with its texts (law 11)."""

from __future__ import annotations

from cm_cli.domain.fields import Code, Text, Verbatim
from cm_cli.domain.kind import Field, Kind
from cm_cli.domain.quantities import Day
from cm_cli.language import later

_TEXT = Verbatim()
_TEXTS = Verbatim(longest=2_000_000)

KIND = Kind(
    name="regulation",
    zh="管理办法",
    en="regulation",
    plural="regulations",
    key=("since", "unit", "line"),
    order=("since", "unit", "line"),
    listed=("code", "since", "until", "unit", "line", "text_digest"),
    fields=(
        Field("code", Code(), "代码", "Code", later("Code of the regulation."), required=True),
        Field("since", Day(), "启用日", "In use since", later("From which day the store uses it."), required=True),
        Field("until", Day(), "停用日", "In use until", later("The last day of its use, where one is set."), not_before="since"),
        Field("unit", Text(longest=80), "适用机构", "For unit", later("The unit it is for, with those under it; else all.")),
        Field("line", Code(), "适用条线", "For line", later("The line of business it is for; else all.")),
        Field("text_digest", Code(longest=64), "摘要", "Digest", later("SHA-256 of its text and of those it extends."), required=True),
        Field("text", _TEXT, "全文", "Text", later("The YAML text."), required=True),
        Field("parents", _TEXTS, "上层办法", "Parents", later("The texts it extends, as JSON: file and text of each.")),
        Field("compiled", _TEXTS, "编译结果", "Compiled", later("The checked form, as JSON."), required=True),
    ),
)

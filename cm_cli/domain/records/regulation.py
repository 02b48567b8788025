"""A regulation in force from a day on, with its whole text (design law 11)."""

from __future__ import annotations

from cm_cli.domain.fields import Code, Verbatim
from cm_cli.domain.kind import Field, Kind
from cm_cli.domain.quantities import Day
from cm_cli.language import later

_TEXT = Verbatim()

KIND = Kind(
    name="regulation",
    zh="管理办法",
    en="regulation",
    plural="regulations",
    key=("since",),
    order=("since",),
    listed=("code", "since", "text_digest"),
    fields=(
        Field("code", Code(), "代码", "Code", later("Code of the regulation."), required=True),
        Field("since", Day(), "启用日", "In use since", later("From which day the store uses it."), required=True),
        Field("text_digest", Code(longest=64), "摘要", "Digest", later("SHA-256 of its text."), required=True),
        Field("text", _TEXT, "全文", "Text", later("The YAML text."), required=True),
        Field("compiled", _TEXT, "编译结果", "Compiled", later("The checked form, as JSON."), required=True),
    ),
)

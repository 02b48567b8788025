"""A regulation of the institution's own that the store holds, used or not, with its cases."""

from __future__ import annotations

from cm_cli.domain.fields import Code, Verbatim
from cm_cli.domain.kind import Field, Kind
from cm_cli.domain.quantities import Day
from cm_cli.language import later

_TEXT = Verbatim()
_TEXTS = Verbatim(longest=2_000_000)

KIND = Kind(
    name="rulebook",
    zh="办法文本",
    en="rulebook",
    plural="rulebooks",
    key=("code", "since"),
    order=("code", "since"),
    listed=("code", "since", "text_digest"),
    fields=(
        Field("code", Code(), "代码", "Code", later("Code of the regulation."), required=True),
        Field("since", Day(), "生效日", "In force since", later("The day its text says it is in force from."), required=True),
        Field("text_digest", Code(longest=64), "摘要", "Digest", later("SHA-256 of its text and of those it extends."), required=True),
        Field("text", _TEXT, "全文", "Text", later("The YAML text."), required=True),
        Field("parents", _TEXTS, "上层办法", "Parents", later("The texts it extends, as JSON: file and text of each.")),
        Field("cases", _TEXT, "案例", "Cases", later("The YAML text of its cases.")),
        Field("compiled", _TEXTS, "编译结果", "Compiled", later("The checked form, as JSON."), required=True),
    ),
)

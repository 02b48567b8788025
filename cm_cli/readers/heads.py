"""What a clerk writes around a table: a unit above or beneath the headings, sums, signatures.

A unit is taken over, because an amount read in another one is wrong by a factor of thousands.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from cm_cli.domain.quantities import unit_of_heading

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MONEY = "千元|万元|百万元|亿元|元"
_ABOVE = re.compile(rf"单位\s*:\s*(?:人民币)?\s*({_MONEY})(?!\w)")
_BENEATH = re.compile(rf"\(?(?:人民币)?({_MONEY})\)?")
_OTHER = frozenset({"%", "‰", "万户", "万人", *"户家人名个笔件次倍岁年月日天-"})
_SUM = re.compile(
    r"(?:本页|本行|本表|全行|全部|各项)?(?:合计|总计|小计|累计|共计|总和)(?:[::(].*)?"
    r"|(?:grand|sub)?total:?",
    re.IGNORECASE,
)
_TALK = re.compile(
    r"(?:制表|填表|填报|编制|制单|经办|复核|审核|审批|核对|负责|单位负责|部门负责|报送|主管|打印|导出|统计)"
    r"(?:人|者|员|单位|部门|机构|日期|时间|领导)?:"
    r"|(?:注|备注|附注|说明|填表说明|填报说明|数据来源|资料来源|来源|截至|截止)\d*:"
    r"|(?:prepared by|checked by|notes?|source):",
    re.IGNORECASE,
)


def unit_above(rows: Iterable[Sequence[Any]]) -> str:
    """Return the unit of money that a line as ``单位：万元`` above the headings names, if any."""
    for cells in rows:
        for cell in cells:
            found = _ABOVE.search(_plain(cell)) if isinstance(cell, str) else None
            if found:
                return found[1]
    return ""


def units_beneath(cells: Sequence[Any]) -> dict[int, str]:
    """Return the units of money, by column, of a row that says nothing but units."""
    texts = {at: _plain(cell) for at, cell in enumerate(cells) if cell not in {None, ""}}
    found = {at: unit[1] for at, text in texts.items() if (unit := _BENEATH.fullmatch(text))}
    rest = (text for at, text in texts.items() if at not in found)
    return found if all(text.strip("()") in _OTHER for text in rest) else {}


def with_unit(heading: str, unit: str) -> str:
    """Return a heading with the unit it is in, unless it says one itself."""
    return f"{heading}（{unit}）" if unit and not unit_of_heading(heading)[1] else heading


def talk(cells: Sequence[Any]) -> str:
    """Return the first words of a row that is no record but a sum, a signature or a note."""
    said = next((cell for cell in cells if cell is not None and cell != ""), "")
    text = _plain(said) if isinstance(said, str) else ""
    return text if text and (_SUM.fullmatch(text) or _TALK.match(text)) else ""


def _plain(cell: object) -> str:
    """Return a text without blanks between Chinese characters and with plain signs."""
    text = unicodedata.normalize("NFKC", str(cell)).strip()
    return text if text.isascii() else re.sub(r"\s+", "", text)

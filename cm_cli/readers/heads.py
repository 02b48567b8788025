"""What a clerk writes around a table: a unit above or beneath the headings, sums, signatures.

A unit is taken over, because an amount read in another one is wrong by a factor of thousands.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from cm_cli.domain.headings import unit_of_heading

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

_MONEY = "千元|万元|百万元|亿元|元"
_ABOVE = re.compile(rf"单位\s*:\s*(?:人民币)?\s*({_MONEY})(?!\w)")
_BENEATH = re.compile(rf"\(?(?:人民币)?({_MONEY})\)?")
_OTHER = frozenset({"%", "‰", "万户", "万人", *"户家人名个笔件次倍岁年月日天-"})
_SUM = re.compile(
    r"(?:本页|本行|本表|全行|全部|各项)?(?:合计|总计|小计|累计|共计|总和)(?:[::(].*)?"
    r"|(?:grand|sub)?total:?",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"(?:制表|填表|填报|编制|制单|经办|复核|审核|审批|核对|负责|单位负责|部门负责|报送|主管|打印|导出|统计)"
    r"(?:人|者|员|单位|部门|机构|日期|时间|领导)?(?:\((?:签字|签章|签名|盖章|公章)\)|签字|签名|盖章)?:"
    r"|(?:prepared by|checked by):",
    re.IGNORECASE,
)
_NOTED = re.compile(
    r"(?:注|备注|附注|说明|填表说明|填报说明|数据来源|资料来源|来源|截至|截止|日期|时间|联系人|联系电话|电话|地址)\d*:"
    r"|(?:notes?|source):|.{0,12}\((?:签字|签章|签名|盖章|公章)\):?.{0,20}|以下空白|以下无"
    r"|平均[值数]?:?|\d{4}年\d{1,2}月\d{1,2}日|第\d+页.*|(?:共|合计|总计|共计)\d+[户家条笔人个行]:?",
    re.IGNORECASE,
)
_NAME_OR_DAY = re.compile(r"[^\d]*(?:\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?(?: ?00:00:00)?)?")
_FIGURE = re.compile(r"[-+()\d.,%‰¥$]*[万亿千百]*[元户家人名个笔件次]?|[-—/*]*")


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


def talk(cells: Sequence[Any], at: int | None = None) -> str:
    """Return the first words of a row that is no record but a sum, a signature or a note.

    They stand in the cell at a place, or else in the first that is filled. Beside a sum there are
    but figures, beside a signature but names and days, beside a note is nothing; a row that holds
    more is a record somebody spoke of.
    """
    filled = _filled(cells)
    place = filled[0] if at is None and filled else at
    if place is None or not isinstance(cells[place], str):
        return ""
    text = _plain(cells[place])
    others = [_plain(cells[other]) for other in filled if other != place]
    if _SUM.fullmatch(text):
        return text if all(_FIGURE.fullmatch(other) for other in others) else ""
    if _SIGNED.match(text):
        return text if all(map(_NAME_OR_DAY.fullmatch, others)) else ""
    return text if not others and _NOTED.match(text) else ""


def alone(cells: Sequence[Any], taken: AbstractSet[int]) -> str:
    """Return what stands alone in a row, in no column that is read: the number of an empty row."""
    filled = _filled(cells)
    return _plain(cells[filled[0]]) if len(filled) == 1 and filled[0] not in taken else ""


def _filled(cells: Sequence[Any]) -> list[int]:
    """Return the places of the cells that say something; the rest of a merge does not."""
    return [place for place, cell in enumerate(cells) if cell is not None and str(cell)]


def _plain(cell: object) -> str:
    """Return a text without blanks between Chinese characters and with plain signs."""
    text = unicodedata.normalize("NFKC", str(cell)).strip()
    return text if text.isascii() else re.sub(r"\s+", "", text)

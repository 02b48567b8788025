"""What two spellings of one name have in common: pinyin, initials and a key to compare by.

Pinyin is worked out when a record is written (pypinyin is slow to import), never when it is read.
"""

from __future__ import annotations

import re
import unicodedata

_LEGAL = re.compile(
    "(股份有限公司|有限责任公司|集团有限公司|有限公司|股份公司|集团公司|公司|集团|经营部|商行"
    "|co\\.?,?ltd\\.?|ltd\\.?|inc\\.?|corp\\.?|llc)$",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[\s\-_.,·*()（）\[\]【】“”\"'、]+")
# family names that the dictionary reads as the ordinary word
_FAMILY = {
    "曾": "zeng", "仇": "qiu", "单": "shan", "解": "xie", "查": "zha", "区": "ou", "盖": "ge",
    "朴": "piao", "任": "ren", "覃": "qin", "尉": "yu", "翟": "zhai", "缪": "miao", "卜": "bu",
    "纪": "ji", "华": "hua", "乐": "yue", "逄": "pang", "晁": "chao", "冼": "xian",
}  # fmt: skip


def likeness(name: str) -> str:
    """Return the key by which likely doubles meet: NFKC, no blanks or marks, no legal form."""
    folded = _MARKS.sub("", unicodedata.normalize("NFKC", name)).casefold()
    short = _LEGAL.sub("", folded)
    return short or folded


def pinyin(name: str, *, person: bool = False) -> tuple[str, str]:
    """Return the name in pinyin without blanks, and its initials: ``changan``, ``ca``."""
    folded = _MARKS.sub("", unicodedata.normalize("NFKC", name)).casefold()
    if folded.isascii():
        words = re.findall(r"[a-z0-9]+", unicodedata.normalize("NFKC", name).casefold())
        return "".join(words), "".join(word[0] for word in words)
    syllables = _syllables(folded)
    if person and folded and folded[0] in _FAMILY:
        syllables[0] = _FAMILY[folded[0]]
    return "".join(syllables), "".join(part[0] if part else "" for part in syllables)


def _syllables(folded: str) -> list[str]:
    """Return one syllable a Chinese character, and one part a letter or digit."""
    from pypinyin import lazy_pinyin

    parts = lazy_pinyin(folded, errors=list)  # type: ignore[arg-type] # the stub knows texts only
    return [part for part in parts if part]

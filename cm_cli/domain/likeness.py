"""What two spellings of one name have in common: pinyin, initials and a key to compare by.

Pinyin is worked out when a record is written (pypinyin is slow to import), never when it is read.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import zip_longest

_LEGAL = re.compile(
    "(股份有限公司|有限责任公司|集团有限公司|有限公司|股份公司|集团公司|公司|集团|经营部|商行"
    "|co\\.?,?ltd\\.?|ltd\\.?|inc\\.?|corp\\.?|llc)$",
    re.IGNORECASE,
)
_WORDS = 50_000
_MANY = 2_000  # words met, after which it pays to go through the whole dictionary once
_TONES = re.compile("[\u0300\u0301\u0304\u030c]")
_MARKS = re.compile(r"[\s\-_.,·*()（）\[\]【】“”\"'、]+")
# family names that the dictionary reads as the ordinary word
_FAMILY = {
    "曾": "zeng", "仇": "qiu", "单": "shan", "解": "xie", "查": "zha", "区": "ou", "盖": "ge",
    "朴": "piao", "任": "ren", "覃": "qin", "尉": "yu", "翟": "zhai", "缪": "miao", "卜": "bu",
    "纪": "ji", "华": "hua", "乐": "yue", "逄": "pang", "晁": "chao", "冼": "xian",
}  # fmt: skip


def likeness(name: str) -> str:
    """Return the key by which likely doubles meet: NFKC, no blanks or marks, no legal form."""
    folded = _folded(name)
    short = _LEGAL.sub("", folded)
    return short or folded


def pinyin(name: str, *, person: bool = False) -> tuple[str, str]:
    """Return the name in pinyin without blanks, and its initials: ``changan``, ``ca``."""
    folded = _folded(name)
    if folded.isascii():
        words = re.findall(r"[a-z0-9]+", unicodedata.normalize("NFKC", name).casefold())
        return "".join(words), "".join(word[0] for word in words)
    syllables = _syllables(folded)
    if person and folded and folded[0] in _FAMILY:
        syllables[0] = _FAMILY[folded[0]]
    return "".join(syllables), "".join(part[0] if part else "" for part in syllables)


@lru_cache(maxsize=8)  # one name is asked for its key, its pinyin and its initials
def _folded(name: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKC", name)).casefold()


def _syllables(folded: str) -> list[str]:
    """Return one syllable a Chinese character, and one part a letter or digit."""
    met = _sound.cache_info()
    if met.hits + met.misses > _MANY and _wavering().isdisjoint(folded):
        return [part for sign in folded for part in _sound(sign)]
    from pypinyin.seg.simpleseg import seg

    return [part for word in seg(folded) for part in _sound(word)]


@lru_cache(maxsize=_WORDS)
def _sound(word: str) -> tuple[str, ...]:
    """Return the syllables of one word; the same few words make up most names."""
    from pypinyin import lazy_pinyin

    parts = lazy_pinyin(word, errors=list)  # type: ignore[arg-type] # the stub knows texts only
    return tuple(part for part in parts if part)


@cache
def _wavering() -> frozenset[str]:
    """Return the characters that some word reads otherwise than they are read alone.

    A text without any of them sounds the same however it is cut into words.
    """
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

    alone = {chr(code): sounds.split(",", 1)[0] for code, sounds in PINYIN_DICT.items()}
    return frozenset(
        sign
        for word, sounds in PHRASES_DICT.items()
        for sign, sound in zip_longest(word, sounds)
        if sound is None or _toneless(sound[0]) != _toneless(alone.get(sign, ""))
    )


@cache
def _toneless(sound: str) -> str:
    return _TONES.sub("", unicodedata.normalize("NFD", sound))

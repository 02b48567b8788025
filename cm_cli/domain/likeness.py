"""What two spellings of one name have in common: pinyin, initials and a key to compare by.

Pinyin is worked out when a record is written (pypinyin is slow to import), never when it is read.
Names are taken a column at a time: most of them sound as their characters do one by one, and only
where a word of the dictionary reads otherwise is a name cut into words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import zip_longest
from operator import add
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_END = "\0"  # after each name of a column: no name holds it, no rule of Unicode goes across it
_LEGAL = re.compile(  # of a folded name, which has neither capitals nor stops and commas
    "(?:股份有限公司|有限责任公司|集团有限公司|有限公司|股份公司|集团公司|公司|集团|经营部|商行"
    f"|coltd|ltd|[iı]nc|corp|llc)(?={_END})"
)
_WORDS = 50_000
_MANY = 2_000  # words met, after which it pays to go through the whole dictionary once
_TONES = re.compile("[\u0300\u0301\u0304\u030c]")
_MARKS = re.compile(r"[\s\-_.,·*()（）\[\]【】“”\"'、]+")
_CLEAN = re.compile("[0-9A-Za-z\u4e00-\u9fff\0]*")  # nothing to fold but capitals
# family names that the dictionary reads as the ordinary word
_FAMILY = {
    "曾": "zeng", "仇": "qiu", "单": "shan", "解": "xie", "查": "zha", "区": "ou", "盖": "ge",
    "朴": "piao", "任": "ren", "覃": "qin", "尉": "yu", "翟": "zhai", "缪": "miao", "卜": "bu",
    "纪": "ji", "华": "hua", "乐": "yue", "逄": "pang", "晁": "chao", "冼": "xian",
}  # fmt: skip


def searched(
    names: Sequence[str], *, person: bool = False
) -> tuple[list[str], list[str], list[str]]:
    """Return three columns for names: pinyin without blanks, initials (``changan``, ``ca``), key.

    By the key likely doubles meet: NFKC, no blanks or marks, no legal form.
    """
    whole = _folded("".join([name + _END for name in names]))
    folded = whole.split(_END)[:-1]
    keys = [
        short or name
        for short, name in zip(_LEGAL.sub("", whole).split(_END), folded, strict=False)
    ]
    if _few(len(names)):
        told = [_told(*pair, person) for pair in zip(names, folded, strict=True)]
        return [sound for sound, _ in told], [letters for _, letters in told], keys
    sounds = whole.translate(_FULL).split(_END)[:-1]
    initials = whole.translate(_FIRST).split(_END)[:-1]
    wavering = _wavering()
    for at, name in enumerate(folded):
        family = person and name[:1] in _FAMILY
        if family or name.isascii() or (not wavering.isdisjoint(name) and _doubtful(name)):
            sounds[at], initials[at] = _told(names[at], name, person)
    return sounds, initials, keys


def likeness(name: str) -> str:
    """Return the key by which likely doubles meet."""
    return searched([name])[2][0]


def pinyin(name: str, *, person: bool = False) -> tuple[str, str]:
    """Return the name in pinyin without blanks, and its initials."""
    sounds, initials, _keys = searched([name], person=person)
    return sounds[0], initials[0]


def _folded(whole: str) -> str:
    if not _CLEAN.fullmatch(whole):
        whole = _MARKS.sub("", unicodedata.normalize("NFKC", whole))
    return whole.casefold()


def _told(name: str, folded: str, person: bool) -> tuple[str, str]:
    """Return pinyin and initials of one name, cut into words where it is Chinese."""
    if folded.isascii():
        words = re.findall(r"[a-z0-9]+", unicodedata.normalize("NFKC", name).casefold())
        return "".join(words), "".join(word[0] for word in words)
    syllables = _syllables(folded)
    if person and folded[0] in _FAMILY:
        syllables[0] = _FAMILY[folded[0]]
    return "".join(syllables), "".join(part[0] for part in syllables)


class _Signs(dict[int, str]):
    """What ``str.translate`` puts for each character: its sound alone, or the first letter."""

    def __init__(self, most: int | None) -> None:
        super().__init__({ord(_END): _END})
        self.most = most

    def __missing__(self, code: int) -> str:
        self[code] = found = "".join(part[: self.most] for part in _sound(chr(code)))
        return found


_FULL, _FIRST = _Signs(None), _Signs(1)


def _few(more: int) -> bool:
    """Say whether so few names were met, with so many more, that the dictionary stays closed."""
    met = _sound.cache_info()
    return met.hits + met.misses + more <= _MANY


def _syllables(folded: str) -> list[str]:
    """Sound a name piece by piece, cut where no word of the dictionary goes across.

    A piece is sounded with the sign after it: at the end of a text words are cut otherwise.
    """
    if _few(0):
        return list(_sound(folded))
    joints, start = _joints(), 0
    found: list[str] = []
    for at, pair in enumerate([*map(add, folded, folded[1:]), ""], 1):
        if pair not in joints:
            piece = folded[start:at]
            if _wavering().isdisjoint(piece):
                found += [part for sign in piece for part in _sound(sign)]
            else:
                found += _sound(folded[start : at + (at - start > 1)])[: at - start]
            start = at
    return found


@lru_cache(maxsize=_WORDS)
def _sound(words: str) -> tuple[str, ...]:
    """Return one syllable a Chinese character, and one part a letter or digit.

    The same few pieces make up most names.
    """
    from pypinyin import lazy_pinyin

    parts = lazy_pinyin(words, errors=list)  # type: ignore[arg-type] # the stub knows texts only
    return tuple(part for part in parts if part)


def _doubtful(folded: str) -> bool:
    """Say whether a name holds a word that reads otherwise than its characters alone."""
    pairs = _pairs()
    met = pairs.keys() & map(add, folded, folded[1:])
    return any(word in folded for pair in met for word in pairs[pair])


@cache
def _joints() -> frozenset[str]:
    """Return every two characters that stand side by side in some word."""
    from pypinyin.constants import PHRASES_DICT

    return frozenset(pair for word in PHRASES_DICT for pair in map(add, word, word[1:]))


@cache
def _pairs() -> dict[str, list[str]]:
    """Return the words that read otherwise than their characters alone, by a pair that shows it."""
    found: dict[str, list[str]] = {}
    for word, at in _otherwise():
        found.setdefault(word[at : at + 2] if at + 1 < len(word) else word[at - 1 :], []).append(
            word
        )
    return found


@cache
def _wavering() -> frozenset[str]:
    """Return the characters that some word reads otherwise than they are read alone.

    A text without any of them sounds the same however it is cut into words.
    """
    return frozenset(word[at] for word, at in _otherwise())


@cache
def _otherwise() -> tuple[tuple[str, int], ...]:
    """Return each word with each place at which it is read otherwise than its character alone."""
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

    alone = {chr(code): sounds.split(",", 1)[0] for code, sounds in PINYIN_DICT.items()}
    return tuple(
        (word, at)
        for word, sounds in PHRASES_DICT.items()
        for at, (sign, sound) in enumerate(zip_longest(word, sounds))
        if sound is None or _toneless(sound[0]) != _toneless(alone.get(sign, ""))
    )


@cache
def _toneless(sound: str) -> str:
    return _TONES.sub("", unicodedata.normalize("NFD", sound))

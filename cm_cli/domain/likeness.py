"""What two spellings of one name have in common: pinyin, initials and a key to compare by.

Pinyin is worked out when a record is written, never when it is read. Names are taken a column at a
time: most of them sound as their characters do one by one, as ``reference/sounds.csv`` has them;
only where a word reads otherwise (``reference/odd-words.csv``) is pypinyin asked, which is slow to
import, for as much of the name as words of its dictionary hang together.
"""

from __future__ import annotations

import pkgutil
import re
import unicodedata
from functools import cache, lru_cache
from operator import add
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_END = "\0"  # after each name of a column: no name holds it, no rule of Unicode goes across it
_LEGAL = re.compile(  # of a folded name, which has neither capitals nor stops and commas
    "(?:股份有限公司|有限责任公司|集团有限公司|有限公司|股份公司|集团公司|公司|集团|经营部|商行"
    f"|coltd|ltd|[iı]nc|corp|llc)(?={_END})"
)
_WORDS = 50_000
_MARKS = re.compile(r"[\s\-_.,·*()（）\[\]【】“”\"'、]+")
_CLEAN = re.compile("[0-9A-Za-z\u4e00-\u9fff\0]*")  # nothing to fold but capitals
# family names that the dictionary reads as the ordinary word
_FAMILY = {
    "曾": "zeng", "仇": "qiu", "单": "shan", "解": "xie", "查": "zha", "区": "ou", "盖": "ge",
    "朴": "piao", "任": "ren", "覃": "qin", "尉": "yu", "翟": "zhai", "缪": "miao", "卜": "bu",
    "纪": "ji", "华": "hua", "乐": "yue", "逄": "pang", "晁": "chao", "冼": "xian",
}  # fmt: skip
_Pieces = dict[int, tuple[int, tuple[str, ...]]]  # by where each begins: its end and syllables


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
    pieces = _odd_pieces(whole)
    if person:
        _family_names(folded, pieces)
    sounds, initials = _sounded(whole, pieces)
    for at, name in enumerate(folded):
        if name.isascii():
            sounds[at], initials[at] = _latin(names[at])
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


def _latin(name: str) -> tuple[str, str]:
    """Return the words of a name in Latin letters, and their initials."""
    words = re.findall(r"[a-z0-9]+", unicodedata.normalize("NFKC", name).casefold())
    return "".join(words), "".join(word[0] for word in words)


def _sounded(whole: str, pieces: _Pieces) -> tuple[list[str], list[str]]:
    """Return pinyin and initials of every name: the pieces as told, the rest by character."""
    sounds: list[str] = []
    initials: list[str] = []
    begun = 0
    for start, (end, syllables) in sorted(pieces.items()):
        between = whole[begun:start]
        sounds += between.translate(_FULL), "".join(syllables)
        initials += between.translate(_FIRST), "".join([part[0] for part in syllables])
        begun = end
    sounds.append(whole[begun:].translate(_FULL))
    initials.append(whole[begun:].translate(_FIRST))
    return "".join(sounds).split(_END)[:-1], "".join(initials).split(_END)[:-1]


class _Signs(dict[int, str]):
    """What ``str.translate`` puts for each character: its sound alone, or the first letter."""

    def __init__(self, most: int | None) -> None:
        super().__init__()
        self.most = most

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        self[code] = found = _alone().get(sign, sign)[: self.most]
        return found


_FULL, _FIRST = _Signs(None), _Signs(1)


def _odd_pieces(whole: str) -> _Pieces:
    """Return the pieces of names that hold a word which reads otherwise than its characters.

    A piece goes as far as words of the dictionary go across. It is sounded with the sign after
    it: at the end of a text words are cut otherwise.
    """
    found: _Pieces = {}
    words_with = _pairs().get
    over = 0
    for met in _wavering().finditer(whole):
        at = met.start()
        words = words_with(whole[at : at + 2], ()) + words_with(whole[at - 1 : at + 1], ())
        if not words or at < over:
            continue
        start, end = _hanging_together(whole, at)
        piece = whole[start:end]
        if any(word in piece for word in words):
            after = whole[end : end + 1].strip(_END)
            found[start] = end, _sound(piece + after)[: end - start]
            over = end
    return found


def _hanging_together(whole: str, at: int) -> tuple[int, int]:
    """Return how far words of the dictionary go across, on both sides of a place."""
    joints, start, end = _joints(), at, at + 1
    while start and whole[start - 1 : start + 1] in joints:
        start -= 1
    while whole[end - 1 : end + 1] in joints:
        end += 1
    return start, end


def _family_names(folded: Sequence[str], pieces: _Pieces) -> None:
    """Let each name that begins with such a family name be sounded so."""
    begins = 0
    for name in folded:
        if family := _FAMILY.get(name[:1]):
            end, syllables = pieces.get(begins, (begins + 1, ("",)))
            pieces[begins] = end, (family, *syllables[1:])
        begins += len(name) + 1


@lru_cache(maxsize=_WORDS)
def _sound(words: str) -> tuple[str, ...]:
    """Return one syllable a Chinese character, and one part a letter or digit.

    The same few pieces make up most names.
    """
    from pypinyin import lazy_pinyin

    parts = lazy_pinyin(words, errors=list)  # type: ignore[arg-type] # the stub knows texts only
    return tuple(part for part in parts if part)


@cache
def _alone() -> dict[str, str]:
    """Return how each character sounds where it stands alone."""
    return {sign: sound for sound, signs in _table("sounds.csv") for sign in signs}


@cache
def _odd_words() -> tuple[tuple[str, int], ...]:
    """Return each word with each place at which it is read otherwise than its character alone."""
    return tuple((word, int(at)) for word, at in _table("odd-words.csv"))


@cache
def _pairs() -> dict[str, tuple[str, ...]]:
    """Return the words that read otherwise than their characters alone, by a pair that shows it."""
    found: dict[str, tuple[str, ...]] = {}
    for word, at in _odd_words():
        pair = word[at : at + 2] if at + 1 < len(word) else word[at - 1 :]
        found[pair] = (*found.get(pair, ()), word)
    return found


@cache
def _wavering() -> re.Pattern[str]:
    """Return the pattern of the characters that some word reads otherwise than they are alone.

    A text without any of them sounds the same however it is cut into words.
    """
    return re.compile(f"[{''.join({word[at] for word, at in _odd_words()})}]")


@cache
def _joints() -> frozenset[str]:
    """Return every two characters that stand side by side in some word."""
    from pypinyin.constants import PHRASES_DICT

    words = "\n".join(PHRASES_DICT)  # no name has a line break
    return frozenset(map(add, words, words[1:]))


def _table(name: str) -> Iterator[list[str]]:
    """Yield the rows of a table that belongs to the program, without its headings."""
    text = (pkgutil.get_data("cm_cli", f"reference/{name}") or b"").decode()
    return (line.split(",") for line in text.splitlines()[1:])

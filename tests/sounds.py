"""How Chinese characters sound: two files in ``cm_cli/reference``, taken from pypinyin.

``python tests/sounds.py`` writes them anew; the tests compare them. With them a name is sounded
without opening pypinyin's dictionaries, unless it holds a word that reads otherwise.
"""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from pypinyin import lazy_pinyin
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parents[1] / "cm_cli/reference"


def signs() -> str:
    """Return each sound with the characters that are read so when they stand alone."""
    found: dict[str, str] = {}
    for code in sorted(PINYIN_DICT):
        sound = lazy_pinyin(chr(code))[0]
        found[sound] = found.get(sound, "") + chr(code)
    return "sound,signs\n" + "".join(f"{one},{found[one]}\n" for one in sorted(found))


def odd() -> Iterator[tuple[str, int]]:
    """Yield each word with each place at which it is read otherwise than its character alone."""
    for word in sorted(PHRASES_DICT):
        alone = [part for sign in word for part in lazy_pinyin(sign)]
        for at, (one, other) in enumerate(zip_longest(lazy_pinyin(word), alone)):
            if one != other:
                yield word, at


def words() -> str:
    """Return the words read otherwise, one line a place."""
    return "word,at\n" + "".join(f"{word},{at}\n" for word, at in odd())


FILES = {"sounds.csv": signs, "odd-words.csv": words}

if __name__ == "__main__":
    for name, content in FILES.items():
        (FOLDER / name).write_text(content(), encoding="utf-8")

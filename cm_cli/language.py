"""The language of messages: English sentences are the keys, ``locale/`` holds the Chinese ones.

``use()`` is called once at start, before any sentence is made. Names that come from data
(a grade, a rating) carry both languages and are picked by ``pick()``.
"""

from __future__ import annotations

import gettext as _gettext
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LANGUAGES = ("zh", "en")
_LOCALE = Path(__file__).parent / "locale"
_state: tuple[str, _gettext.NullTranslations] = ("en", _gettext.NullTranslations())


def use(language: str) -> None:
    """Speak ``zh`` or ``en`` from here on."""
    global _state  # noqa: PLW0603 - one process speaks one language
    if language == "zh":
        _state = ("zh", _gettext.translation("cm", _LOCALE, languages=["zh_CN"], fallback=True))
    else:
        _state = ("en", _gettext.NullTranslations())


def current() -> str:
    """Return the language in use: ``zh`` or ``en``."""
    return _state[0]


def in_each(say: Callable[[], list[str]]) -> list[dict[str, str]]:
    """Return the sentences in every language, as they are kept for whoever reads them later."""
    before, said = current(), {}
    try:
        for language in LANGUAGES:
            use(language)
            said[language] = say()
    finally:
        use(before)
    return [dict(zip(said, each, strict=True)) for each in zip(*said.values(), strict=True)]


def _(sentence: str) -> str:
    """Return the sentence in the language in use."""
    return _state[1].gettext(sentence) if sentence else ""


def n_(one: str, many: str, count: int) -> str:
    """Return the form of the sentence that fits the count."""
    return _state[1].ngettext(one, many, count)


def later(sentence: str) -> str:
    """Mark a sentence that is translated where it is shown, not where it is written."""
    return sentence


def pick(names: Mapping[str, str]) -> str:
    """Return the name in the language in use, else in whichever language there is one."""
    return names.get(_state[0]) or next(iter(names.values()), "")


def from_environment(environment: Mapping[str, str]) -> str:
    """Choose the language by ``CM_LANG``, then the locale variables; English where none says."""
    for name in ("CM_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name, "").lower()
        if value:
            return "zh" if value.startswith("zh") else "en"
    return "en"

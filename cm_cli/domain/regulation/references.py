"""Checks that codes are given once and refer to something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from cm_cli.domain.regulation.typed import did_you_mean
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cm_cli.domain.regulation.base import Name
    from cm_cli.domain.regulation.nodes import Path, Source


class WithNames(Protocol):
    """A grade, class or rating: one code, several names."""

    @property
    def code(self) -> str:
        """What it is referred to by."""
        ...

    @property
    def name(self) -> Name:
        """What it is called."""
        ...

    @property
    def aliases(self) -> tuple[str, ...]:
        """What else it is called."""
        ...


def twice(source: Source, base: Path, words: Iterable[tuple[Path, str]]) -> None:
    """Note every code that stands more than once among these, at its second place."""
    seen: set[str] = set()
    for path, word in words:
        if word in seen:
            what = _("“{code}” stands twice").format(code=word)
            source.add("code-twice", (*base, *path), what, value=word)
        seen.add(word)


def known(source: Source, path: Path, word: str, words: Iterable[str], what: str) -> None:
    """Note a word that refers to nothing; ``what`` says of what sort it should be."""
    words = list(words)
    if word not in words:
        source.add(
            "unknown-reference", path,
            _("No {what} of this code is in the regulation").format(what=what),
            value=word, mend=did_you_mean(word, words),
        )  # fmt: skip


def named(source: Source, base: Path, rules: Sequence[WithNames]) -> None:
    """Note a name or alias that two codes share: an import could not tell them apart."""
    owner: dict[str, str] = {}
    for at, rule in enumerate(rules):
        for word in dict.fromkeys((rule.name.zh, rule.name.en, *rule.aliases)):
            if owner.setdefault(word, rule.code) != rule.code:
                what = _("“{name}” already names “{code}”").format(name=word, code=owner[word])
                source.add("name-twice", (*base, at), what, value=word)

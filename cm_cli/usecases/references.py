"""What words of a record refer to: codes on record, or names that only one record bears."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cm_cli.domain.fields import BadValueError, did_you_mean, nearest
from cm_cli.domain.register import kind as kind_of
from cm_cli.language import _
from cm_cli.store import query

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from cm_cli.domain.fields import Kept
    from cm_cli.store.engine import Connection

_GUESSES = 60_000  # codes gone through to suggest one, in all
_MISSES = 20  # words that are no code, after which all names are asked for at once


@dataclass(slots=True)
class References:
    """Answers which records exist, by code or by a name that only one of them bears."""

    connection: Connection
    lenient: frozenset[str] = frozenset()  # kinds of which any code is taken
    _known: dict[str, tuple[set[str], set[str]]] = field(default_factory=dict)
    _codes: dict[str, list[str]] = field(default_factory=dict)
    _lengths: dict[str, list[int]] = field(default_factory=dict)
    _guesses: dict[tuple[str, str], str] = field(default_factory=dict)
    _gone_through: int = 0
    _misses: int = 0
    _names: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def unknown(self, kind: str, words: AbstractSet[str]) -> AbstractSet[str]:
        """Return which of these words are no code of a kind; the store is asked once for each."""
        known, strange = self._known.setdefault(kind, (set(), set()))
        if fresh := words - known - strange:
            known |= query.those_there(self.connection, kind, sorted(fresh))
            strange |= fresh - known
        return words & strange

    def resolve(self, kind: str, word: str) -> str:
        """Return the code a word means; raises BadValueError where none or several fit."""
        if kind in self.lenient or not self.unknown(kind, {word}):
            return word
        named = self.named(kind, word)
        if len(named) == 1:
            return named[0]
        if named:
            raise BadValueError(
                _("is the name of several records: {codes}").format(codes=", ".join(named)),
                _("Give the code."),
            )
        raise BadValueError(
            _("is not on record"),
            self._guess(kind, word) or _("Register it first."),
        )

    def resolve_all(self, kind: str, words: Sequence[Kept]) -> Sequence[Kept]:
        """Return the codes a column of words means; raises BadValueError where one means none."""
        if kind in self.lenient:
            return words
        others = self.unknown(kind, {str(word) for word in set(words) - {None}})
        if not others:
            return words
        named = {word: self.named(kind, word) for word in sorted(others)}
        if any(len(codes) != 1 for codes in named.values()):
            raise BadValueError("")  # whoever asks for them one by one is told what is wrong
        return [named[word][0] if word in named else word for word in words]

    def named(self, kind: str, word: str) -> list[str]:
        """Return the codes of those who bear the name; of many words, asked of the store once."""
        self._misses += 1
        if self._misses <= _MISSES:
            return query.codes_by_name(self.connection, kind, word)
        if kind not in self._names:
            known = self._names[kind] = {}
            for code, name in query.codes_and_names(self.connection, kind):
                known.setdefault(name, []).append(code)
        return self._names[kind].get(word, [])

    def cut_short(self, kind: str, words: Iterable[str]) -> dict[str, str]:
        """Return the words of digits that are codes on record without their leading zeros."""
        if kind not in self._lengths:
            self._lengths[kind] = query.lengths_with_zeros(self.connection, kind)
        padded = {
            word.zfill(length): word
            for word in words if word.isdecimal() and word[0] != "0"
            for length in self._lengths[kind] if length > len(word)
        }  # fmt: skip
        there = query.those_there(self.connection, kind, sorted(padded)) if padded else ()
        return {padded[code]: code for code in sorted(there)}

    def _guess(self, kind: str, word: str) -> str:
        """Return the sentence that suggests a code, for the first few words that are none."""
        if code := self.cut_short(kind, [word]).get(word):
            return did_you_mean(code)
        asked = (kind, word)
        if kind not in self._codes:
            few = query.count(self.connection, kind_of(kind)) <= _GUESSES
            self._codes[kind] = sorted(query.codes(self.connection, kind)) if few else []
        codes = self._codes[kind]
        if asked not in self._guesses and self._gone_through + len(codes) <= _GUESSES:
            self._gone_through += len(codes)
            self._guesses[asked] = nearest(word, codes)
        return self._guesses.get(asked, "")

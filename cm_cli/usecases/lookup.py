"""Finding the record a person means: by key, by name, or by number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cm_cli.domain.fields import BadValueError, nearest
from cm_cli.domain.privacy import masked
from cm_cli.errors import CmError, Exit
from cm_cli.language import _
from cm_cli.store import query
from cm_cli.usecases.references import References

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cm_cli.domain.kind import Kind
    from cm_cli.store.engine import Connection


_LONGEST = 19  # digits of the largest number of a record


def locate(connection: Connection, kind: Kind, key: Sequence[str]) -> int:
    """Return the id of the record a person means: by key, by name, or by number (visits)."""
    if len(key) > len(kind.key):
        raise CmError(
            _("too many words: {words}").format(words=masked(" ".join(key[len(kind.key) :]))),
            mend=_("One record at a time; put a value with blanks in quotes."),
            slug="too-many-words",
            code=Exit.USAGE,
        )
    found = query.fetch(connection, kind, _full_key(connection, kind, key))
    if found is None and len(key) == 1:
        found = _by_one_word(connection, kind, key[0])
    if found is None:
        raise unknown(connection, kind, key)
    return found


def _full_key(connection: Connection, kind: Kind, key: Sequence[str]) -> list[str]:
    """Return the key with names turned into codes and optional parts left out filled up."""
    references = References(connection)
    full = [*key, *[""] * (len(kind.key) - len(key))]
    for at, name in enumerate(kind.key):
        refers = kind.field(name).refers
        if refers and at < len(key):
            try:
                full[at] = references.resolve(refers, key[at])
            except BadValueError:
                continue
    return full[: len(kind.key)]


def _by_one_word(connection: Connection, kind: Kind, word: str) -> int | None:
    if kind.search:
        named = query.codes_by_name(connection, kind.name, word)
        if len(named) > 1:
            raise CmError(
                _("“{name}” is the name of several: {codes}").format(
                    name=word, codes=", ".join(named)
                ),
                mend=_("Give the code."),
                slug="ambiguous-name",
                code=Exit.USAGE,
            )
        return query.fetch(connection, kind, named) if named else None
    if word.isdecimal() and len(word) < _LONGEST and len(kind.key) > 1:
        return int(word) if query.is_there(connection, kind, int(word)) else None
    return None


def unknown(connection: Connection, kind: Kind, key: Sequence[str]) -> CmError:
    """Return the refusal of a record that is not there, with the nearest that is."""
    shown = " ".join(key)
    hint = ""
    if "code" in kind.names:
        words = sorted(query.codes(connection, kind.name))
        if kind.search:
            words += query.distinct(connection, kind, kind.search)
        hint = nearest(shown, words)
    return CmError(
        _("There is no {kind} “{key}”").format(kind=kind.label, key=shown),
        mend=hint or _("See those there are with: cm {kind} list.").format(kind=kind.name),
        slug="not-found",
        code=Exit.NO_INPUT,
    )


def managers_named(connection: Connection, words: Sequence[str]) -> tuple[str, ...]:
    """Return the codes of the managers meant; raises CmError for one not on record."""
    references = References(connection)
    codes = []
    for word in words:
        try:
            codes.append(references.resolve("manager", word))
        except BadValueError as bad:
            raise CmError(
                _("Manager “{word}” {what}").format(word=word, what=bad.what),
                mend=bad.mend,
                slug="not-found",
                code=Exit.NO_INPUT,
            ) from None
    return tuple(codes)

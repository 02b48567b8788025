"""What a record is, as one text, and the digest of it: of one record, or of many by column.

The text is JSON without blanks, sorted by field, without empty ones; the digest binds it to the
kind and id of the record. Many records are put together column by column from the same pieces.
"""

from __future__ import annotations

import json
from hashlib import sha256
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, TypeAlias

from cm_cli.store.engine import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cm_cli.domain.fields import Kept
    from cm_cli.domain.kind import Kind

Columns: TypeAlias = "Mapping[str, Sequence[Kept]]"  # by field; one left out is empty
_DIGEST = 16


def canonical(kept: Mapping[str, Kept]) -> str:
    """Return stored content as the one text it has."""
    pieces = [_piece(name, value) for name, value in sorted(kept.items()) if value is not None]
    return f"{{{','.join(pieces)}}}"


def digest_of(kind: Kind, row: int, kept: Mapping[str, Kept]) -> str:
    """Return the digest of a record's content, bound to its kind and id."""
    return text_digest(kind, row, canonical(kept))


def text_digest(kind: Kind, row: int, text: str) -> str:
    """Return ``digest_of`` of content that is such a text already."""
    return _digest(_bound(kind.name, row, text))


def content_in(text: str) -> dict[str, Kept]:
    """Return the stored content a text holds; raises UnreadableError where it holds none."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as trouble:
        raise UnreadableError(text) from trouble
    if not isinstance(read, dict) or any(
        not (value is None or type(value) in {str, int}) for value in read.values()
    ):
        raise UnreadableError(text)
    return read


def canonicals(columns: Columns) -> list[str]:
    """Return ``canonical`` of every row of columns."""
    template, parts = _pattern(columns)
    return list(map(template.__mod__, zip(*parts, strict=True)))


def digests_of(kind: Kind, rows: Sequence[int], columns: Mapping[str, Sequence[Kept]]) -> list[str]:
    """Return ``digest_of`` of every row of columns, which have these ids."""
    template, parts = _pattern(columns)
    texts = map(_bound(kind.name, "%d", template).__mod__, zip(rows, *parts, strict=True))
    return [sha256(text).hexdigest()[:_DIGEST] for text in map(str.encode, texts)]


def _bound(name: str, row: int | str, content: str) -> str:
    return f"{name}\x1f{row}\x1f{content}"


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:_DIGEST]


def _piece(name: str, value: Kept) -> str:
    """Return a field as the text has it; texts are written by the json module's own encoder."""
    return f'"{name}":{encode_basestring(value) if isinstance(value, str) else int(value or 0)}'


def _pattern(columns: Columns) -> tuple[str, list[Sequence[Kept]]]:
    """Return a template of the texts of all rows, and the columns that fill it.

    Commas follow the fields before the first that is nowhere empty, and precede those after it.
    """
    template, anchored = "", False
    parts: list[Sequence[Kept]] = []
    for name in sorted(columns):
        sorts = set(map(type, columns[name]))
        if sorts == {type(None)}:
            continue
        if type(None) in sorts:
            template += "%s"
            parts.append(_pieces(name, columns[name], ",{}" if anchored else "{},"))
            continue
        form, part = _form(name, columns[name], sorts)
        template += f",{form}" if anchored else form
        anchored = True
        parts.append(part)
    if not anchored:  # no field is filled in every row: one by one
        rows = zip(*columns.values(), strict=True)
        return "%s", [[canonical(dict(zip(columns, row, strict=True))) for row in rows]]
    return f"{{{template}}}", parts


def _form(name: str, column: Sequence[Kept], sorts: set[type]) -> tuple[str, Sequence[Kept]]:
    """Return a field as a template has it, and what fills it."""
    if sorts == {int}:
        return f'"{name}":%d', column
    if sorts == {str}:
        joined = "".join(column)  # type: ignore[arg-type] # all are texts
        if len(encode_basestring(joined)) == len(joined) + 2:  # nothing is to be escaped
            return f'"{name}":"%s"', column
    return "%s", _pieces(name, column, "{}")


def _pieces(name: str, column: Sequence[Kept], form: str) -> list[Kept]:
    """Return each value of a column as its piece of the text; an empty one is no text at all."""
    pieces = {
        value: "" if value is None else form.format(_piece(name, value)) for value in set(column)
    }
    return list(map(pieces.__getitem__, column))

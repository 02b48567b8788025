"""Kinds of record: one declaration from which table, options, import columns and lists follow.

A kind says which fields it has and what they are called; it never says what is done with them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cm_cli.domain.fields import FieldType, Several, Text, Value, Verbatim
from cm_cli.domain.sheet import Column
from cm_cli.language import pick

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cm_cli.domain.fields import Kept


@dataclass(slots=True, eq=False)
class Field:
    """One field: its name in the store, its type, its headings and what it means.

    ``derived`` fields are set by the program; ``personal`` ones are masked when listed;
    ``past`` days may not lie in the future; ``not_before`` names the day this one follows.
    """

    name: str
    type: FieldType
    zh: str
    en: str
    help: str = ""
    aliases: tuple[str, ...] = ()
    required: bool = False
    derived: bool = False
    personal: bool = False
    default: str | None = None
    refers: str = ""
    past: bool = False
    not_before: str = ""

    @property
    def label(self) -> str:
        """The heading in the language in use."""
        return pick({"zh": self.zh, "en": self.en})

    @property
    def unit(self) -> str:
        """The unit people read the field in, if it is money."""
        return getattr(self.type, "unit", "")

    def column(self) -> Column:
        """Return the column that shows this field."""
        return Column(self.name, self.label, self.type.column, self.unit)


@dataclass(slots=True, eq=False)
class Kind:
    """A kind of record. ``key`` identifies a record among its kind; ``listed`` is shown by list."""

    name: str
    zh: str
    en: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    listed: tuple[str, ...]
    order: tuple[str, ...] = ()
    search: str = ""
    plural: str = ""
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What one record of the kind is called."""
        return pick({"zh": self.zh, "en": self.en})

    def field(self, name: str) -> Field:
        """Return a field by its name; raises KeyError."""
        for each in self.fields:
            if each.name == name:
                return each
        raise KeyError(name)

    @property
    def given(self) -> tuple[Field, ...]:
        """The fields people fill in."""
        return tuple(each for each in self.fields if not each.derived)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all fields, in the order of the table."""
        return tuple(each.name for each in self.fields)

    def keep(self, values: Mapping[str, Value]) -> dict[str, Kept]:
        """Return a record's values as the store keeps them, every field present."""
        return {each.name: each.type.keep(values.get(each.name)) for each in self.fields}

    def give(self, row: Mapping[str, Kept]) -> dict[str, Value]:
        """Return a stored row as values."""
        return {each.name: each.type.give(row[each.name]) for each in self.fields}

    def key_of(self, values: Mapping[str, Value]) -> tuple[str, ...]:
        """Return the key of a record as texts; an empty part is an empty text."""
        kept = {name: self.field(name).type.keep(values.get(name)) for name in self.key}
        return tuple("" if kept[name] is None else str(kept[name]) for name in self.key)


def longest_text(kind: Kind) -> int:
    """Return how many characters a cell of the kind may have, 0 where it has no long texts."""
    lengths = [each.type.longest for each in kind.fields if isinstance(each.type, Verbatim)]
    return max(lengths, default=0) * 2  # written as JSON a text may be longer


def searchable(zh: str, en: str) -> tuple[Field, ...]:
    """Return the derived fields that let a name be found by pinyin, initials and look."""
    hidden = Field("pinyin", Text(), f"{zh}拼音", f"{en} in pinyin", derived=True)
    return (
        hidden,
        replace(hidden, name="initials", zh=f"{zh}首字母", en=f"{en} initials"),
        replace(hidden, name="likeness", zh=f"{zh}比对", en=f"{en} likeness"),
    )


def is_list(each: Field) -> bool:
    """Say whether the field holds several values."""
    return isinstance(each.type, Several)

"""What every part of a regulation has: strict keys, frozen values, and a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, model_validator

if TYPE_CHECKING:
    from pydantic.config import JsonDict
    from pydantic.fields import FieldInfo

MADE: JsonDict = {"made": True}  # on a field that the compiler fills in and nobody writes


def is_made(info: FieldInfo) -> bool:
    """Say whether the compiler fills the field in."""
    return info.json_schema_extra == MADE


class Rule(BaseModel):
    """A part of a regulation: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Name(Rule):
    """A name shown to people, in both languages; codes are separate from names."""

    zh: str
    en: str

    def both(self) -> dict[str, str]:
        """Return the names by language."""
        return {"zh": self.zh, "en": self.en}


class Sourced(Rule):
    """A rule that says where it comes from: an article of its source, or why it was chosen.

    ``layer`` is the code of the regulation whose text rules it, where one extends another.
    """

    article: str = ""
    chosen: str = ""
    layer: str = Field(default="", json_schema_extra=MADE)

    @model_validator(mode="after")
    def _has_source(self) -> Sourced:
        if not self.article and not self.chosen:
            raise ValueError("needs `article:` (where the source rules it) or `chosen:` (why)")
        return self

"""What every part of a regulation has: strict keys, frozen values, a source; and what it refers to.

The docstring of a model and the line under each key are what ``cm help regulation`` prints, so
the page cannot say anything else than the language.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from cm_cli.language import _

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
    """The Chinese name."""
    en: str
    """The English name."""

    def both(self) -> dict[str, str]:
        """Return the names by language."""
        return {"zh": self.zh, "en": self.en}


class Sourced(Rule):
    """A rule that says where it comes from: an article of its source, or why it was chosen."""

    article: str = ""
    """Where the source rules it, as "16(4)"; several with commas."""
    chosen: str = ""
    """Why it was chosen, where the source leaves it open."""
    layer: str = Field(default="", json_schema_extra=MADE)
    """The code of the regulation whose text rules it, where one extends another."""

    @model_validator(mode="after")
    def _has_source(self) -> Sourced:
        if not self.article and not self.chosen:
            raise ValueError("needs `article:` (where the source rules it) or `chosen:` (why)")
        return self


@dataclass(frozen=True, slots=True)
class Ref:
    """The mark of a key whose value is the code of something else in the regulation."""

    to: str


def refuse(findings: list[str]) -> None:
    """Raise one ValueError that holds every finding."""
    if findings:
        raise ValueError("; ".join(findings))


def bounds_wrong(low: Decimal | None, high: Decimal | None, *, needed: bool = True) -> list[str]:
    """Return what is wrong with a lower and an upper bound; one of them is ``needed``."""
    if needed and low is None and high is None:
        return [_("needs `at_least:` or `at_most:`")]
    if low is not None and high is not None and low > high:
        return [_("`at_least:` is above `at_most:`")]
    return []


Code: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=40)
]
Text: TypeAlias = Annotated[str, StringConstraints(min_length=1)]
Percent: TypeAlias = Annotated[Decimal, Field(ge=0, le=100)]
Positive: TypeAlias = Annotated[Decimal, Field(gt=0)]
NotNegative: TypeAlias = Annotated[Decimal, Field(ge=0)]
Count: TypeAlias = Annotated[int, Field(ge=1)]
Days: TypeAlias = Annotated[int, Field(ge=1, le=3660)]
Months: TypeAlias = Annotated[int, Field(ge=1, le=720)]
Rhythm: TypeAlias = Literal[
    "workday", "day", "week", "month", "quarter", "half_year", "year", "event"
]
Education: TypeAlias = Literal[
    "none", "secondary", "technical_secondary", "college", "bachelor", "master", "doctor"
]
Unit: TypeAlias = Literal["元", "万元", "亿元", "人", "分", ""]
Currency: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]

GradeCode: TypeAlias = Annotated[Code, Ref("grade")]
RoleCode: TypeAlias = Annotated[Code, Ref("role")]
LineCode: TypeAlias = Annotated[Code, Ref("line")]
UnitKindCode: TypeAlias = Annotated[Code, Ref("unit_kind")]
IndicatorCode: TypeAlias = Annotated[Code, Ref("indicator")]
DutyCode: TypeAlias = Annotated[Code, Ref("duty")]
FormCode: TypeAlias = Annotated[Code, Ref("form")]
SchemeCode: TypeAlias = Annotated[Code, Ref("scheme")]
StaffCode: TypeAlias = Annotated[Code, Ref("staff")]
EmploymentCode: TypeAlias = Annotated[Code, Ref("employment")]
PostCode: TypeAlias = Annotated[Code, Ref("post")]
TeamCode: TypeAlias = Annotated[Code, Ref("team")]
CertificateCode: TypeAlias = Annotated[Code, Ref("certificate")]
RatingCode: TypeAlias = Annotated[Code, Ref("rating")]
ComponentCode: TypeAlias = Annotated[Code, Ref("component")]
ListCode: TypeAlias = Annotated[Code, Ref("list")]
QuantityCode: TypeAlias = Annotated[Code, Ref("quantity")]
ItemCode: TypeAlias = Annotated[Code, Ref("item")]


class Listed(Rule):
    """A code with its name."""

    code: Code
    """What it is referred to by."""
    name: Name
    """What it is called."""


class Named(Sourced):
    """A code with its name and the place it comes from."""

    code: Code
    """What it is referred to by."""
    name: Name
    """What it is called."""


class Listing(Named):
    """Things the source enumerates: conditions, fields of an archive, ways of training."""

    items: tuple[Listed, ...] = Field(min_length=1)
    """What is enumerated, in the order of the source."""


class Bounds(Sourced):
    """From this value to that one, both included; one of them may be open."""

    at_least: Decimal | None = None
    """The least that is allowed."""
    at_most: Decimal | None = None
    """The most that is allowed."""

    @model_validator(mode="after")
    def _in_order(self) -> Bounds:
        refuse(bounds_wrong(self.at_least, self.at_most))
        return self

    def holds(self, value: Decimal) -> bool:
        """Say whether a value lies within the bounds."""
        return not (
            (self.at_least is not None and value < self.at_least)
            or (self.at_most is not None and value > self.at_most)
        )

"""Who manages clients: posts and employment, how many of them, who may enter, which papers.

The grades and their caps are in ``schema.py``; here is what stands around the ladder.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from pydantic import Field, model_validator

from cm_cli.domain.regulation.base import (
    CertificateCode,
    Code,
    Education,
    EmploymentCode,
    GradeCode,
    ListCode,
    Listed,
    Months,
    Named,
    Positive,
    QuantityCode,
    Sourced,
    StaffCode,
    TeamCode,
    UnitKindCode,
    bounds_wrong,
    refuse,
)
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Years = Annotated[Decimal, Field(ge=0, le=60)]
Level = Annotated[int, Field(ge=1, le=99)]


class Requirement(Sourced):
    """What a grade or a way in asks of a person; all that is said must hold."""

    education: Education | None = None
    """At least this education."""
    years_in_post: Years | None = None
    """At least these years in a client manager's post."""
    related_years: Years | None = None
    """At least these years of related work."""
    certificate: CertificateCode | None = None
    """Holds this certificate."""
    qualities: tuple[ListCode, ...] = ()
    """Lists of conditions that people judge: what the source asks for and does not measure."""


class Levels(Sourced):
    """The range of pay levels of a post, both ends included (S28)."""

    from_: Level = Field(alias="from")
    """The lowest level."""
    to: Level
    """The highest level."""

    @model_validator(mode="after")
    def _rise(self) -> Levels:
        refuse([_("`from:` is above `to:`")] if self.from_ > self.to else [])
        return self

    def holds(self, level: int) -> bool:
        """Say whether a level lies in the range."""
        return self.from_ <= level <= self.to


class Post(Named):
    """A function or post of those who serve clients, which is not a grade (S26, S28, S44)."""

    grade: GradeCode | None = None
    """The grade its holders have."""
    levels: Levels | None = None
    """The range of their pay levels."""
    tasks: tuple[Listed, ...] = ()
    """What they do."""
    manages_clients: bool = True
    """Whether clients are in their charge."""
    leads_to: tuple[Code, ...] = ()
    """The posts that may follow (career)."""


class Employment(Named):
    """A kind of employment and whether its people may be client managers (S04, S27)."""

    relation: Literal["labour", "service", "agency", "any"] = "labour"
    """Labour contract, service relation, or through an agency."""
    may_manage: bool = True
    """Whether such a person may be appointed client manager."""
    full_time: bool | None = None
    """Whether the post is full-time."""


class Origin(Named):
    """A source client managers may come from: present staff, graduates, the public (S05, S27)."""

    employment: tuple[EmploymentCode, ...] = ()
    """Their kind of employment."""


class Certificate(Named):
    """A paper a manager needs: how it is won, how long it holds, what becomes of it (S02, S27)."""

    steps: tuple[Listed, ...] = ()
    """What comes before it, as training and examination."""
    grades: tuple[GradeCode, ...] = ()
    """The grades that need it; nobody where empty."""
    valid_months: Months | None = None
    """Months it holds; without end where not said."""
    returned: bool = False
    """Whether it is given back on leaving the post."""


class Threshold(Sourced):
    """A figure of the person and the least it has to be."""

    of: QuantityCode
    """The figure."""
    at_least: Decimal
    """The least, this value included."""
    year: Annotated[int, Field(ge=1900, le=2200)] | None = None
    """The year the figure is of, where the source names one."""


class Entry(Named):
    """A way into the post; the first that fits decides (S04.R7)."""

    passed: tuple[Code, ...] = ()
    """Examinations that have to be passed."""
    employment: tuple[EmploymentCode, ...] = ()
    """Kinds of employment it is open to; all where empty."""
    figure: Threshold | None = None
    """A figure that has to be reached."""
    requires: Requirement | None = None
    """What else is asked."""
    grade: GradeCode | None = None
    """The grade it leads to; by the results of the examination where not said."""
    provisional: bool = False
    """Whether the grade is provisional."""


class Norm(Named):
    """How many heads there have to be: per unit, per outlet, per head of other staff (S45, S50)."""

    counts: Literal["managers"] | StaffCode = "managers"
    """Whose heads are counted: managers, or a kind of other staff."""
    per: Literal["unit", "outlet", "staff"]
    """For each of what."""
    unit_kind: UnitKindCode | None = None
    """The kind of unit or outlet it holds for; every one where not said."""
    staff: StaffCode | None = None
    """With `per: staff`: the other staff."""
    class_: Code | None = Field(default=None, alias="class")
    """The class of clients whose managers it is about."""
    team: TeamCode | None = None
    """The team it is about, where a class is served by several."""
    at_least: Positive | None = None
    """The least heads for each."""
    at_most: Positive | None = None
    """The most heads for each."""
    benchmark: Positive | None = None
    """What others have, to compare with."""

    @model_validator(mode="after")
    def _says_something(self) -> Norm:
        findings = bounds_wrong(self.at_least, self.at_most)
        if (self.per == "staff") != (self.staff is not None):
            findings.append(_("`per: staff` and `staff:` belong together"))
        refuse(findings)
        return self


@dataclass(frozen=True, slots=True)
class NormLine:
    """A norm against the heads there are: how many for each, how many short or too many.

    ``short`` are heads that are missing; ``others_short`` how many of the other staff are, where
    there are more heads than they can go with.
    """

    norm: Norm
    heads: int
    each: Decimal
    ratio: Decimal | None
    wanted: int
    short: int
    over: int
    others_wanted: int | None = None
    others_short: int = 0

    @property
    def kept(self) -> bool:
        """Whether the norm is kept."""
        return not (self.short or self.over or self.others_short)


def norm_line(norm: Norm, heads: int, each: Decimal | int) -> NormLine:
    """Return a norm against heads and the number of units, outlets or other staff (F28, F30).

    Wanted heads are rounded up: 2 for each of 70 outlets are 140; 2.4 officers are 3.
    """
    each = Decimal(each)
    wanted = _up((norm.at_least or Decimal(0)) * each)
    most = None if norm.at_most is None else int(norm.at_most * each)
    ratio = heads / each if each else None
    if norm.per == "staff":
        others = _up(heads / norm.at_most) if norm.at_most else None
        missing = max((others or 0) - int(each), 0)
        return NormLine(
            norm, heads, each, ratio, wanted, max(wanted - heads, 0), 0, others, missing
        )
    over = 0 if most is None else max(heads - most, 0)
    return NormLine(norm, heads, each, ratio, wanted, max(wanted - heads, 0), over)


def _up(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_CEILING))


@dataclass(frozen=True, slots=True)
class Person:
    """What entry looks at: examinations passed, employment, education, years, figures."""

    passed: Collection[str] = ()
    employment: str = ""
    education: str = "none"
    years_in_post: Decimal = Decimal(0)
    related_years: Decimal = Decimal(0)
    certificates: Collection[str] = ()
    figures: Mapping[str, Decimal] = field(default_factory=dict)


EDUCATION: tuple[str, ...] = get_args(Education)


def meets(needs: Requirement, person: Person) -> bool:
    """Say whether a person meets what can be measured of a requirement (F02)."""
    known = person.education in EDUCATION
    learnt = needs.education is None or (
        known and EDUCATION.index(person.education) >= EDUCATION.index(needs.education)
    )
    return (
        learnt
        and (needs.years_in_post is None or person.years_in_post >= needs.years_in_post)
        and (needs.related_years is None or person.related_years >= needs.related_years)
        and (needs.certificate is None or needs.certificate in person.certificates)
    )


def meets_no_less(needs: Requirement | None, other: Requirement) -> bool:
    """Say whether whoever meets one requirement meets the other too."""
    if needs is None:
        return False
    learnt = other.education is None or (
        needs.education is not None
        and EDUCATION.index(needs.education) >= EDUCATION.index(other.education)
    )
    return (
        learnt
        and (needs.years_in_post or 0) >= (other.years_in_post or 0)
        and (needs.related_years or 0) >= (other.related_years or 0)
        and other.certificate in {None, needs.certificate}
        and set(other.qualities) <= set(needs.qualities)
    )


def entry_for(ways: tuple[Entry, ...], person: Person) -> Entry | None:
    """Return the first way into the post that is open to a person, None where none is (F12)."""
    return next((way for way in ways if _open(way, person)), None)


def _open(way: Entry, person: Person) -> bool:
    figure = way.figure
    has = person.figures.get(figure.of) if figure else None
    reached = figure is None or (has is not None and has >= figure.at_least)
    return (
        set(way.passed) <= set(person.passed)
        and (not way.employment or person.employment in way.employment)
        and reached
        and (way.requires is None or meets(way.requires, person))
    )

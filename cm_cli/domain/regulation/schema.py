"""A whole regulation: what an institution may decide, as typed values.

The sections are in ``sections/`` by subject; ``appraisal:`` and ``consequences:`` in
``appraisal.py``. A number or a choice stands in a ``Sourced`` rule, so that it carries its article
or the reason it was chosen.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from cm_cli.domain.regulation.appraisal import Appraisal, Consequence
from cm_cli.domain.regulation.base import (
    MADE,
    Code,
    Count,
    Days,
    Education,
    GradeCode,
    LineCode,
    Listed,
    Listing,
    Name,
    Named,
    Percent,
    Rhythm,
    RoleCode,
    Rule,
    Sourced,
    Text,
)
from cm_cli.domain.regulation.sections.clients import (
    Assignment,
    Band,
    Measure,
    Scheme,
)
from cm_cli.domain.regulation.sections.figures import Benchmark, Figure, Quantity
from cm_cli.domain.regulation.sections.forms import Form
from cm_cli.domain.regulation.sections.organisation import Axis, Power, Structure, Team
from cm_cli.domain.regulation.sections.pay import Award, Pay
from cm_cli.domain.regulation.sections.staffing import (
    Certificate,
    Employment,
    Entry,
    Norm,
    Origin,
    Post,
    Requirement,
)
from cm_cli.domain.regulation.sections.targets import Target
from cm_cli.domain.regulation.sections.work import (
    Cycle,
    Duty,
    Gate,
    Limit,
    ReportDue,
    Workflow,
)

__all__ = [
    "MONEY", "RECORDS", "Assignment", "Band", "Cap", "Code", "Cycle", "Duty", "Education", "Grade",
    "Indicator", "Listed", "Listing", "Measure", "Named", "Organiser", "Regulation", "Requirement",
    "Rhythm", "Scheme", "Term", "TermEnd", "Text", "Workflow", "from_json", "to_json",
]  # fmt: skip

MONEY: dict[str, int] = {"元": 1, "万元": 10_000, "亿元": 100_000_000}
RECORDS = frozenset(
    {
        "agreement", "appraisal", "archive", "award", "campaign", "case", "certificate",
        "client_evaluation", "collection", "complaint", "contract", "delivery", "diary",
        "feedback", "handover", "incentive", "inspection", "ledger", "market", "meeting",
        "opportunity", "outlet", "pay", "plan", "product_need", "product_survey", "project",
        "request", "risk", "share_notice", "summary", "survey", "target_list", "task_book",
        "training", "training_need", "visit",
    }
)  # fmt: skip
RULE = r"^S[0-9]{2}(\.R[0-9]+[a-z0-9-]*)?$"


class Cap(Sourced):
    """The largest share of a grade among all managers of one unit, or of the whole institution."""

    percent: Percent
    """Percent of all managers; this share is still allowed."""
    of: Literal["unit", "all"]
    """Counted in each unit, or in the whole institution."""


class Grade(Named):
    """A grade of the ladder; grades are written from low to high."""

    aliases: tuple[Text, ...] = ()
    """Other names for it in files."""
    line: LineCode | None = None
    """The line of business whose ladder it belongs to; the only ladder where not said."""
    cap: Cap | None = None
    """The largest share of managers who may have it."""
    requires: Requirement | None = None
    """What a person needs for it."""


class TermEnd(Sourced):
    """Whether the last day in post is the day before the anniversary or the anniversary itself."""

    on: Literal["day_before", "same_day"]
    """Which day."""


class Reminder(Sourced):
    """How many days before its end a term is announced as due for review."""

    days: Days
    """The days."""


class Term(Sourced):
    """How long an appointment runs, and what may follow it."""

    years: Annotated[int, Field(ge=1, le=60)]
    """The years."""
    ends: TermEnd
    """Which day is the last."""
    reminder: Reminder | None = None
    """When its end is announced."""
    outcomes: tuple[Listed, ...] = ()
    """What may follow at its end: renewed, dismissed, higher, lower (F15)."""


class Organiser(Sourced):
    """The role that organises the training of a grade."""

    grade: GradeCode
    """The grade."""
    by: tuple[RoleCode, ...] = Field(min_length=1)
    """Who organises it."""


class Indicator(Named):
    """A result that is recorded for managers: its unit and how a period's value is taken."""

    kind: Literal[
        "asset", "liability", "intermediary", "expansion", "management", "quality", "service",
        "development", "profit", "volume", "product",
    ]  # fmt: skip
    """What sort of business it belongs to."""
    unit: Text
    """Its unit."""
    better: Literal["higher", "lower"] = "higher"
    """Which is better."""
    over_period: Literal["sum", "last", "mean"]
    """How the values of a period become one; in a mean each month counts alike."""
    over_clients: Literal["sum", "mean"] | None = None
    """How values of several clients become one; where not said, a mean of % and 分, else a sum."""
    counts_from: Decimal | None = None
    """Single amounts under this do not count (large deposits, F09)."""

    @property
    def together(self) -> str:
        """How several values of one span become one: ``sum`` or ``mean``."""
        return self.over_clients or ("mean" if self.unit in {"%", "分"} else "sum")


class Note(Rule):
    """A rule of the source that is not encoded, and why: a principle, a judgement, a wording."""

    code: Code
    """What it is referred to by."""
    name: Name
    """What the source says, in brief."""
    article: str = ""
    """Where it stands."""
    rules: tuple[Annotated[str, StringConstraints(pattern=RULE)], ...] = Field(min_length=1)
    """The rules of the catalogue it is."""
    why: Annotated[str, StringConstraints(min_length=6)]
    """Why it is not encoded."""


class Removal(Sourced):
    """What a layer takes away from the regulation it extends, as ``grades.assistant``."""

    item: Text
    """What is taken away, as `grades.assistant`."""


class LayerOf(Rule):
    """One of the texts a regulation is made of: its code, source and digest."""

    code: str
    """Its code."""
    source: str
    """Its source."""
    text_digest: str
    """The SHA-256 of its text."""


class Regulation(Rule):
    """A whole regulation; in force from ``since`` to ``until``, both days included."""

    regulation: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
    """The code of the regulation."""
    extends: Text | None = None
    """The regulation it changes: a code, or a file beside it."""
    remove: tuple[Removal, ...] = ()
    """What it takes away from that."""
    layers: tuple[LayerOf, ...] = Field(default=(), json_schema_extra=MADE)
    """All the texts it is made of, lowest first."""
    name: Name
    """Its title."""
    source: Text
    """The document it was read from."""
    issued_by: Name
    """Who issued it."""
    articles: Annotated[int, Field(ge=1, le=9999)] | None = None
    """How many articles the source has, where they are numbered."""
    lost_articles: tuple[Count, ...] = ()
    """Articles that the copy it was read from has lost."""
    since: date
    """The first day it is in force."""
    until: date | None = None
    """The last day."""
    systems: tuple[Annotated[str, StringConstraints(pattern=r"^S[0-9]{2}$")], ...] = ()
    """The systems of the catalogue it holds."""
    covers: dict[Annotated[str, StringConstraints(pattern=RULE)], Text] = Field(
        default_factory=dict
    )
    """For each rule of the catalogue the section, or sections, that hold it."""
    notes: tuple[Note, ...] = ()
    """What of the source is not encoded, and why."""
    reads: tuple[Text, ...] = ()
    """How words of the source are read."""
    roles: tuple[Named, ...] = ()
    """Who decides, approves, inspects."""
    unit_kinds: tuple[Named, ...] = ()
    """Kinds of units and outlets."""
    lines: tuple[Named, ...] = ()
    """Lines of business that have a ladder of their own."""
    staff: tuple[Named, ...] = ()
    """Other staff that norms count."""
    employment: tuple[Employment, ...] = ()
    """Kinds of employment."""
    origins: tuple[Origin, ...] = ()
    """Where managers come from."""
    posts: tuple[Post, ...] = ()
    """Functions and posts that are not grades."""
    grades: tuple[Grade, ...] = ()
    """The ladder, low to high."""
    certificates: tuple[Certificate, ...] = ()
    """Papers managers need."""
    entry: tuple[Entry, ...] = ()
    """Ways into the post, tried in order."""
    norms: tuple[Norm, ...] = ()
    """How many heads there have to be."""
    term: Term | None = None
    """How long an appointment runs."""
    classes: tuple[Scheme, ...] = ()
    """Ways of classing clients."""
    forms: tuple[Form, ...] = ()
    """Sheets of the institution's own."""
    events: tuple[Named, ...] = ()
    """What happens and sets a term running, besides records, forms and states."""
    duties: tuple[Duty, ...] = ()
    """What is owed, how often, by when."""
    reports: tuple[ReportDue, ...] = ()
    """Reports due."""
    assignment: Assignment | None = None
    """How clients find their manager."""
    indicators: tuple[Indicator, ...] = ()
    """Results recorded for managers."""
    quantities: tuple[Quantity, ...] = ()
    """What else is counted or measured."""
    figures: tuple[Figure, ...] = ()
    """Ratios made of quantities."""
    benchmarks: tuple[Benchmark, ...] = ()
    """Printed values to compare with."""
    targets: tuple[Target, ...] = ()
    """What a period is to bring."""
    appraisal: Appraisal | None = None
    """How managers are appraised."""
    consequences: tuple[Consequence, ...] = ()
    """What follows an appraisal."""
    pay: Pay | None = None
    """What managers are paid."""
    awards: tuple[Award, ...] = ()
    """Awards besides pay."""
    workflows: tuple[Workflow, ...] = ()
    """Courses of decisions."""
    gates: tuple[Gate, ...] = ()
    """What has to be there before something may be closed or begun."""
    limits: tuple[Limit, ...] = ()
    """Bounds on things counted."""
    powers: tuple[Power, ...] = ()
    """What managers may decide."""
    axes: tuple[Axis, ...] = ()
    """Questions by which structures are told apart."""
    structures: tuple[Structure, ...] = ()
    """Structures to choose from, from the least to the most."""
    teams: tuple[Team, ...] = ()
    """Teams around clients."""
    training: tuple[Organiser, ...] = ()
    """Who organises the training of a grade."""
    lists: tuple[Listing, ...] = ()
    """What the source enumerates."""

    @property
    def ladder(self) -> list[str]:
        """The codes of the grades, low to high; of several ladders one after the other."""
        return [grade.code for grade in self.grades]

    def ladder_with(self, grade: str) -> list[str]:
        """Return the codes of the ladder a grade stands on, low to high; all for no grade."""
        found = self.grade(grade)
        if found is None:
            return self.ladder
        return [one.code for one in self.grades if one.line == found.line]

    def grade(self, code: str) -> Grade | None:
        """Return the grade of this code, if there is one."""
        return next((grade for grade in self.grades if grade.code == code), None)

    def scheme(self, code: str) -> Scheme | None:
        """Return the client scheme of this code, if there is one."""
        return next((scheme for scheme in self.classes if scheme.code == code), None)

    def in_force(self, day: date) -> bool:
        """Say whether the regulation rules this day."""
        return self.since <= day and (self.until is None or day <= self.until)


def to_json(regulation: Regulation) -> str:
    """Return the regulation as JSON text; decimals stay texts, so nothing is rounded."""
    return regulation.model_dump_json(by_alias=True, exclude_defaults=True)


def from_json(text: str) -> Regulation:
    """Return the regulation that ``to_json`` wrote."""
    return Regulation.model_validate_json(text)

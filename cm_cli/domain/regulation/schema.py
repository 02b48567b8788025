"""The sections of a regulation and the whole: what an institution may decide, as typed values.

The sections ``appraisal:`` and ``consequences:`` are in ``appraisal.py``. A number or a choice
stands in a ``Sourced`` rule, so that it carries its article or the reason it was chosen. What a
value means for a person or a client is decided elsewhere (``career``, ``classes``, ``appraisal``).
"""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic reads the annotations when it runs
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from cm_cli.domain.regulation.appraisal import Appraisal, Consequence  # noqa: TC001 - as above
from cm_cli.domain.regulation.base import MADE, Name, Rule, Sourced

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=40)]
Text = Annotated[str, StringConstraints(min_length=1)]
Percent = Annotated[Decimal, Field(ge=0, le=100)]
Days = Annotated[int, Field(ge=1, le=3660)]
Education = Literal[
    "none", "secondary", "technical_secondary", "college", "bachelor", "master", "doctor"
]
Rhythm = Literal["workday", "day", "week", "month", "quarter", "half_year", "year", "event"]
Measure = Literal["assets", "sales", "profit", "deposits", "loans", "employees", "score", "by_hand"]
MONEY: dict[str, int] = {"元": 1, "万元": 10_000, "亿元": 100_000_000}
RECORDS = frozenset(
    {
        "agreement", "appraisal", "archive", "certificate", "complaint", "contract", "diary",
        "handover", "meeting", "plan", "product_survey", "project", "request", "share_notice",
        "summary", "task_book", "training", "visit",
    }
)  # fmt: skip


class Item(Rule):
    """A code with its name."""

    code: Code
    name: Name


class Named(Sourced):
    """A code with its name and the place it comes from."""

    code: Code
    name: Name


class Listing(Named):
    """Things the source enumerates: conditions, fields of an archive, ways of training."""

    items: tuple[Item, ...] = Field(min_length=1)


class Cap(Sourced):
    """The largest share of a grade among all managers of one unit, or of the whole institution."""

    percent: Percent
    of: Literal["unit", "all"]


class Requirement(Sourced):
    """What a grade asks for: at least this education, at least these years in a manager's post."""

    education: Education | None = None
    years_in_post: Annotated[Decimal, Field(ge=0, le=60)] | None = None


class Grade(Named):
    """A grade of the ladder; grades are written from low to high."""

    aliases: tuple[Text, ...] = ()
    cap: Cap | None = None
    requires: Requirement | None = None


class TermEnd(Sourced):
    """Whether the last day in post is the day before the anniversary or the anniversary itself."""

    on: Literal["day_before", "same_day"]


class Reminder(Sourced):
    """How many days before its end a term is announced as due for review."""

    days: Days


class Term(Sourced):
    """How long an appointment runs."""

    years: Annotated[int, Field(ge=1, le=60)]
    ends: TermEnd
    reminder: Reminder | None = None


class Band(Sourced):
    """A class of clients: from this value (included) up to the class above it."""

    code: Code
    name: Name
    aliases: tuple[Text, ...] = ()
    from_: Decimal | None = Field(default=None, alias="from")
    to: Decimal | None = None


class Scheme(Named):
    """One way of classing clients; a client holds one class in each scheme.

    Bands are written from the highest to the lowest; the lowest has no ``from``. A scheme that
    is judged ``by_hand`` has bands without values.
    """

    measure: Measure
    unit: Literal["元", "万元", "亿元", "人", "分", ""] = ""
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None
    bands: tuple[Band, ...] = Field(min_length=1)


class Cycle(Sourced):
    """Days between two records of one client, by the client's class in a scheme."""

    scheme: Code
    days: dict[Code, Days] = Field(min_length=1)


class Inspection(Sourced):
    """Who looks at the records of a duty, and how often."""

    by: Code
    every: Rhythm


class Grace(Sourced):
    """How many days after its day a record may come without being late."""

    days: Annotated[int, Field(ge=0, le=366)]


class Duty(Named):
    """What a manager owes: which record, how often (``every``, or a ``cycle`` for each client)."""

    record: Code
    every: Rhythm | None = None
    cycle: Cycle | None = None
    grace: Grace | None = None
    grades: tuple[Code, ...] = ()
    inspected: Inspection | None = None


class Step(Rule):
    """One step of a workflow: the state reached and the role that brings it about."""

    state: Code
    name: Name
    by: Code


class Workflow(Named):
    """A course of decisions, in order; ``from``/``to`` name grades where it leads to a grade."""

    about: Literal[
        "appointment", "promotion", "renewal", "qualification", "task_book", "appraisal",
        "project", "agreement", "product", "handover",
    ]  # fmt: skip
    from_: Code | None = Field(default=None, alias="from")
    to: Code | None = None
    steps: tuple[Step, ...] = Field(min_length=1)


class Organiser(Sourced):
    """The role that organises the training of a grade."""

    grade: Code
    by: tuple[Code, ...] = Field(min_length=1)


class Rank(Rule):
    """One rank of the assignment order: managers who declared, and match, all of ``by``."""

    code: Code
    name: Name
    by: tuple[Code, ...] = ()


class Order(Sourced):
    """The ranks of assignment, tried from the first to the last."""

    ranks: tuple[Rank, ...] = Field(min_length=1)


class Preferences(Sourced):
    """What decides between managers of one rank, and what is done when nothing does."""

    by: tuple[Code, ...] = ()
    ties: Literal["code", "leave"]


class Owner(Sourced):
    """Whether a client stays with its manager, also while the manager is on leave."""

    keep: bool
    keep_on_leave: bool = True


class Capacity(Sourced):
    """What a manager's capacity counts: clients, or the money of a measure."""

    counts: Literal["clients", "assets", "sales"]


class Assignment(Rule):
    """How clients find their manager."""

    order: Order
    prefer: Preferences
    owner: Owner
    capacity: Capacity


class Indicator(Named):
    """A result that is recorded for managers: its unit and how a period's value is taken."""

    kind: Literal["asset", "liability", "intermediary", "expansion", "management", "quality"]
    unit: Text
    better: Literal["higher", "lower"] = "higher"
    over_period: Literal["sum", "last", "mean"]


class Removal(Sourced):
    """What a layer takes away from the regulation it extends, as ``grades.assistant``."""

    item: Text


class LayerOf(Rule):
    """One of the texts a regulation is made of: its code, source and digest."""

    code: str
    source: str
    text_digest: str


class Regulation(Rule):
    """A whole regulation; in force from ``since`` to ``until``, both days included.

    ``extends`` names the regulation it changes; ``layers`` are then all of them, lowest first.
    """

    regulation: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
    extends: Text | None = None
    remove: tuple[Removal, ...] = ()
    layers: tuple[LayerOf, ...] = Field(default=(), json_schema_extra=MADE)
    name: Name
    source: Text
    issued_by: Name
    articles: Annotated[int, Field(ge=1)] | None = None
    since: date
    until: date | None = None
    reads: tuple[Text, ...] = ()
    roles: tuple[Named, ...] = ()
    unit_kinds: tuple[Named, ...] = ()
    grades: tuple[Grade, ...] = ()
    term: Term | None = None
    classes: tuple[Scheme, ...] = ()
    duties: tuple[Duty, ...] = ()
    assignment: Assignment | None = None
    indicators: tuple[Indicator, ...] = ()
    appraisal: Appraisal | None = None
    consequences: tuple[Consequence, ...] = ()
    workflows: tuple[Workflow, ...] = ()
    training: tuple[Organiser, ...] = ()
    lists: tuple[Listing, ...] = ()

    @property
    def ladder(self) -> list[str]:
        """The codes of the grades, low to high."""
        return [grade.code for grade in self.grades]

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

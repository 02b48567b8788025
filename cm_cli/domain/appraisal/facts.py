"""What a score is made from: the facts of one manager, each with the record it stands in.

A ``row`` is the reference of a record, as ``result#12``; the store gathers facts, the rest of
this package computes with them and never looks anything up.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from cm_cli.domain.period import Period

Leaf = tuple[str, str]


class IndicatorLike(Protocol):
    """What scoring needs to know of an indicator; the regulation's ``Indicator`` has it."""

    @property
    def code(self) -> str:
        """Its code."""

    @property
    def unit(self) -> str:
        """The unit of its values."""

    @property
    def better(self) -> str:
        """``higher`` or ``lower``."""

    @property
    def over_period(self) -> str:
        """How months combine: ``sum``, ``mean`` or ``last``."""

    @property
    def together(self) -> str:
        """How several values of one span combine: ``sum`` or ``mean``."""


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A value of an indicator for a period: any of target, actual and base."""

    row: str
    indicator: str
    period: Period
    target: Decimal | None = None
    actual: Decimal | None = None
    base: Decimal | None = None


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit made (走访): whom, when, and by which mode (``door``, ``telephone``, …)."""

    row: str
    client: str
    on: date
    mode: str = ""
    in_person: bool = False


@dataclass(frozen=True, slots=True)
class DiaryFacts:
    """Diaries (日志) of the period: working days due (leave taken off), and those not written."""

    due: int
    written: tuple[str, ...] = ()
    missing: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """An item scored by hand, 0 to 100."""

    row: str
    item: str
    points: Decimal
    by: str = ""


@dataclass(frozen=True, slots=True)
class MeritRow:
    """A bonus or penalty event; ``points`` is None where the regulation fixes them."""

    row: str
    on: date
    item: str
    points: Decimal | None = None
    evidence: str = ""
    verified_by: str = ""


@dataclass(frozen=True, slots=True)
class CountRow:
    """A record counted by its kind (a complaint, a suggestion, a meeting attended)."""

    row: str
    kind: str
    on: date
    count: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class DutyRow:
    """How a duty was kept over the period (F41)."""

    row: str
    duty: str
    due: int
    done: int


@dataclass(frozen=True, slots=True)
class ArchiveRow:
    """The archive of one client: required fields, and how many of them are filled (F48)."""

    row: str
    client: str
    required: int
    filled: int


@dataclass(frozen=True, slots=True)
class YearRating:
    """The final rating of an earlier year, and whether a promotion followed it."""

    year: int
    rating: str
    row: str = ""
    promoted: bool = False


@dataclass(frozen=True, slots=True)
class ManagerFacts:
    """Everything known of one manager for one period.

    ``clients`` are the assigned clients with the row of each assignment. ``grades`` is the
    ladder, low to high; ``promotion_blocked`` holds why the next grade is closed (cap, degree).
    ``counts`` is None where no records of that sort are kept.
    """

    code: str
    name: str
    unit: str
    unit_kind: str = ""
    grade: str = ""
    years_in_post: Decimal | None = None
    in_post_since: date | None = None
    grades: tuple[str, ...] = ()
    promotion_blocked: tuple[str, ...] = ()
    results: tuple[ResultRow, ...] = ()
    visits: tuple[VisitRow, ...] = ()
    clients: Mapping[str, str] | None = None
    diary: DiaryFacts | None = None
    scores: tuple[ScoreRow, ...] = ()
    merits: tuple[MeritRow, ...] = ()
    counts: tuple[CountRow, ...] | None = None
    duties: tuple[DutyRow, ...] = ()
    archives: tuple[ArchiveRow, ...] = ()
    earlier: tuple[YearRating, ...] = ()
    huge_benefit: bool = False
    huge_benefit_row: str = ""


def leaves(facts: ManagerFacts) -> dict[Leaf, Decimal]:
    """Return the value of each field of each record, to prove a scorecard against."""
    found: dict[Leaf, Decimal] = {}
    for result in facts.results:
        for field in ("target", "actual", "base"):
            value = getattr(result, field)
            if value is not None:
                found[result.row, field] = value
    found |= {(visit.row, "visit"): Decimal(1) for visit in facts.visits}
    found |= {(row, "client"): Decimal(1) for row in (facts.clients or {}).values()}
    if facts.diary:
        found |= {(row, "written"): Decimal(1) for row in facts.diary.written}
        found["calendar", "days_due"] = Decimal(facts.diary.due)
    found |= {(row.row, "points"): row.points for row in facts.scores}
    found |= {(row.row, "points"): row.points for row in facts.merits if row.points is not None}
    found |= {(row.row, "count"): row.count for row in facts.counts or ()}
    for duty in facts.duties:
        found |= {(duty.row, "done"): Decimal(duty.done), (duty.row, "due"): Decimal(duty.due)}
    for archive in facts.archives:
        found[archive.row, "required"] = Decimal(archive.required)
        found[archive.row, "filled"] = Decimal(archive.filled)
    return found

"""**Register** of measures: what an item of an appraisal can look at.

One decorated function is one measure. It gets the question (item, measure, indicators, facts,
period, proof) and returns what it found, or why it found nothing. A measure has no opinion on
how many points its value is worth.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from cm_cli.domain.appraisal.combine import Combined, combine
from cm_cli.domain.appraisal.proof import Term, number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from cm_cli.domain.appraisal.combine import Remark
    from cm_cli.domain.appraisal.facts import IndicatorLike, ManagerFacts, VisitRow
    from cm_cli.domain.appraisal.proof import Proof, Source
    from cm_cli.domain.period import Period
    from cm_cli.domain.regulation.scores import Measure

    Function = Callable[["Question"], "Measured"]

MEASURES: dict[str, MeasureKind] = {}
ONE = Decimal(1)
INDICATOR = frozenset({"indicator"})


@dataclass(frozen=True, slots=True)
class MeasureKind:
    """One entry: the keys it needs and takes; ``target``: from ``rows``, ``stated`` or ``never``.

    ``counts``: the value is a number of events; ``percent``: the value is a share or a score.
    """

    name: str
    function: Function
    needs: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()
    target: Literal["rows", "stated", "never"] = "stated"
    counts: bool = False
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One item asked of the facts of one manager for one period."""

    item: str
    measure: Measure
    source: Source
    indicators: Mapping[str, IndicatorLike]
    facts: ManagerFacts
    period: Period
    proof: Proof

    def note(self, role: str, operation: str, terms: Iterable[Term]) -> Term:
        """Do one step of the working under this item."""
        return self.proof.do((self.item, role), operation, terms, self.source)

    def stated_target(self) -> Term | None:
        """Return the target the regulation itself states."""
        if self.measure.target is None:
            return None
        return self.note("target", "given", [number("target", self.measure.target)])


@dataclass(frozen=True, slots=True)
class Measured:
    """What a measure found: ``missing`` names why there is no actual, remarks what is odd."""

    actual: Term | None = None
    target: Term | None = None
    better: str = "higher"
    unit: str = ""
    missing: str = ""
    remarks: tuple[Remark, ...] = ()


def measure(
    *,
    needs: frozenset[str] = frozenset(),
    takes: frozenset[str] = frozenset({"target"}),
    target: Literal["rows", "stated", "never"] = "stated",
    counts: bool = False,
    percent: bool = False,
) -> Callable[[Function], Function]:
    """Register a measure under the name of its function."""

    def enter(function: Function) -> Function:
        name = function.__name__
        MEASURES[name] = MeasureKind(name, function, needs, takes, target, counts, percent)
        return function

    return enter


def _field(question: Question, field: str, code: str, period: Period | None = None) -> Combined:
    """Combine one field of an indicator's rows over the period, by the indicator's own rule."""
    indicator = question.indicators[code]
    over = indicator.over_period
    if field == "base" and over == "last":
        over = "first"
    since = question.facts.in_post_since
    rows = [row for row in question.facts.results if row.indicator == code]
    whole = period or question.period
    return combine(rows, field, whole, over, since, clients=indicator.together)


def _role(question: Question, field: str, found: Combined, role: str = "") -> Term | None:
    if not found.terms:
        return None
    return question.note(role or field, found.operation, found.terms)


def _base(question: Question, code: str) -> tuple[Combined, str]:
    """Return the base of an indicator: given with the rows, or the actual of an earlier period."""
    if question.measure.base == "given":
        return _field(question, "base", code), "base"
    earlier = question.period.previous()
    if question.measure.base == "year_before":
        earlier = _year_before(question.period)
    return _field(question, "actual", code, earlier), "base"


def _year_before(period: Period) -> Period:
    earlier = period
    for _turn in range({"month": 12, "quarter": 4, "year": 1}[period.kind]):
        earlier = earlier.previous()
    return earlier


def _found(question: Question, code: str, found: Measured) -> Measured:
    indicator = question.indicators[code]
    return replace(found, better=indicator.better, unit=found.unit or indicator.unit)


@measure(needs=INDICATOR, target="rows")
def result(question: Question) -> Measured:
    """Take the value of an indicator against its target (F08)."""
    code = question.measure.indicator
    actual, target = _field(question, "actual", code), _field(question, "target", code)
    remarks = actual.remarks + target.remarks
    found = Measured(
        _role(question, "actual", actual),
        _role(question, "target", target) or question.stated_target(),
        missing="" if actual.terms else "no_actual",
        remarks=remarks,
    )
    return _found(question, code, found)


@measure(needs=INDICATOR, takes=frozenset({"target", "base"}), target="rows")
def growth(question: Question) -> Measured:
    """Take the growth of an indicator over its base, in percent (F09).

    A target in the rows is a level and becomes the growth that reaches it; one stated by the
    regulation is itself a growth in percent.
    """
    code = question.measure.indicator
    end, target = _field(question, "actual", code), _field(question, "target", code)
    base_found, role = _base(question, code)
    base = _role(question, "base", base_found, role)
    remarks = end.remarks + target.remarks + base_found.remarks
    level = _role(question, "actual", end, "end")
    why = "no_actual" if level is None else "no_base" if base is None else ""
    if base is not None and base.value <= 0:
        why = "base_not_positive"
    if why or level is None or base is None:
        return _found(question, code, Measured(missing=why, unit="%", remarks=remarks))
    actual = question.note("actual", "growth", [level, base])
    wanted = question.stated_target()
    target_level = None if wanted else _role(question, "target", target, "target_level")
    if target_level is not None:
        wanted = question.note("target", "growth", [target_level, base])
    return _found(question, code, Measured(actual, wanted, unit="%", remarks=remarks))


def _share(question: Question, field: str, role: str) -> tuple[Term | None, tuple[Remark, ...]]:
    """Return one indicator in percent of another, by their values or their bases."""
    measure_ = question.measure
    found = [_field(question, field, code) for code in (measure_.indicator, measure_.of)]
    remarks = found[0].remarks + found[1].remarks
    part = _role(question, field, found[0], f"{role}_part")
    whole = _role(question, field, found[1], f"{role}_whole")
    if part is None or whole is None or whole.value <= 0:
        return None, remarks
    return question.note(role, "quotient", [part, whole]), remarks


@measure(needs=INDICATOR | {"of"}, percent=True)
def share(question: Question) -> Measured:
    """Take an indicator in percent of another, as own volume of the market (F09)."""
    actual, remarks = _share(question, "actual", "actual")
    found = Measured(
        actual,
        question.stated_target(),
        unit="%",
        missing="" if actual else "no_share",
        remarks=remarks,
    )
    return _found(question, question.measure.indicator, found)


@measure(needs=INDICATOR | {"of"})
def share_change(question: Question) -> Measured:
    """Take the change of a share from base to end, in percentage points (F09)."""
    end, remarks = _share(question, "actual", "end_share")
    base, more = _share(question, "base", "base_share")
    actual = question.note("actual", "less", [end, base]) if end and base else None
    why = "" if actual else "no_share" if end is None else "no_base"
    found = Measured(
        actual, question.stated_target(), unit="%", missing=why, remarks=remarks + more
    )
    return _found(question, question.measure.indicator, found)


def _visits(question: Question) -> list[VisitRow]:
    within = [visit for visit in question.facts.visits if visit.on in question.period]
    return sorted(within, key=lambda visit: (visit.on, visit.row))


def _rows(visits: Iterable[VisitRow]) -> list[Term]:
    return [Term(ONE, "visit", visit.row) for visit in visits]


def _proportion(question: Question, part: list[Term], whole: list[Term], why: str) -> Measured:
    """Return the counted part in percent of the counted whole; no whole is missing."""
    target = question.stated_target()
    if not sum(term.value for term in whole):
        return Measured(target=target, unit="%", missing=why)
    counted = question.note("part", "count", part)
    of = question.note("whole", "count", whole)
    actual = question.note("actual", "quotient", [counted, of])
    return Measured(actual, target, unit="%")


@measure(takes=frozenset({"target", "modes"}), counts=True)
def visits_made(question: Question) -> Measured:
    """Count the visits made, of all modes or of those named."""
    modes = question.measure.modes
    visits = [visit for visit in _visits(question) if not modes or visit.mode in modes]
    return Measured(question.note("actual", "count", _rows(visits)), question.stated_target())


@measure(takes=frozenset({"target", "modes"}), percent=True)
def clients_reached(question: Question) -> Measured:
    """Take the share of assigned clients visited at least once in the period."""
    modes = question.measure.modes
    assigned = question.facts.clients or {}
    first: dict[str, VisitRow] = {}
    for visit in _visits(question):
        if visit.client in assigned and (not modes or visit.mode in modes):
            first.setdefault(visit.client, visit)
    whole = [Term(ONE, "client", row) for _client, row in sorted(assigned.items())]
    return _proportion(question, _rows(first.values()), whole, "no_clients")


@measure(percent=True)
def in_person_share(question: Question) -> Measured:
    """Take the share of visits made in person."""
    visits = _visits(question)
    part = _rows(visit for visit in visits if visit.in_person)
    return _proportion(question, part, _rows(visits), "no_visits")


@measure(takes=frozenset({"target", "modes", "against"}), percent=True)
def door_share(question: Question) -> Measured:
    """Take visits to the door in percent of those and of telephone ones (F67)."""
    doors = question.measure.modes or ("door",)
    telephones = question.measure.against or ("telephone",)
    visits = _visits(question)
    part = _rows(visit for visit in visits if visit.mode in doors)
    whole = _rows(visit for visit in visits if visit.mode in {*doors, *telephones})
    return _proportion(question, part, whole, "no_visits")


@measure(percent=True)
def diary_completeness(question: Question) -> Measured:
    """Take diaries written in percent of the working days on which one was due (F41)."""
    diary = question.facts.diary
    if diary is None:
        return Measured(target=question.stated_target(), unit="%", missing="no_diary")
    part = [Term(ONE, "written", row) for row in sorted(diary.written)]
    due = [Term(Decimal(diary.due), "days_due", "calendar")]
    return _proportion(question, part, due, "no_diary_due")


@measure(needs=frozenset({"duty"}), percent=True)
def duty_kept(question: Question) -> Measured:
    """Take how often a duty was done, in percent of how often it was due (F41)."""
    rows = [row for row in question.facts.duties if row.duty == question.measure.duty]
    done = [Term(Decimal(row.done), "done", row.row) for row in rows]
    due = [Term(Decimal(row.due), "due", row.row) for row in rows]
    return _proportion(question, done, due, "no_duty_due")


@measure(percent=True)
def archive_completeness(question: Question) -> Measured:
    """Take fields filled in the archives of the clients, in percent of those required (F48)."""
    rows = question.facts.archives
    filled = [Term(Decimal(row.filled), "filled", row.row) for row in rows]
    required = [Term(Decimal(row.required), "required", row.row) for row in rows]
    return _proportion(question, filled, required, "no_archives")


@measure(takes=frozenset(), target="never", percent=True)
def rated(question: Question) -> Measured:
    """Take the score an item was given by hand, 0 to 100; the mean of several."""
    rows = [row for row in question.facts.scores if row.item == question.item]
    if not rows:
        return Measured(missing="not_rated")
    terms = [Term(row.points, "points", row.row) for row in sorted(rows, key=lambda r: r.row)]
    return Measured(question.note("actual", "mean", terms))


@measure(needs=frozenset({"record"}), takes=frozenset({"target", "better"}), counts=True)
def record_count(question: Question) -> Measured:
    """Count the records of a kind that stand against the manager in the period; none is 0."""
    if question.facts.counts is None:
        return Measured(missing="not_kept")
    rows = [
        row
        for row in question.facts.counts
        if row.kind == question.measure.record and row.on in question.period
    ]
    terms = [Term(row.count, "count", row.row) for row in sorted(rows, key=lambda r: r.row)]
    actual = question.note("actual", "count", terms)
    better = question.measure.better or "higher"
    return Measured(actual, question.stated_target(), better=better)

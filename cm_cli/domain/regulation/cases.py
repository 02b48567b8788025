"""The cases of a regulation: facts and the outcome expected of them, as an officer would write it.

A cases file stands beside its regulation (``abc-2001.cases.yaml``). Every article that decides
something has a case, or stands under ``no_case:`` with the reason. The running is in
``casework.py``.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from cm_cli.domain.regulation.appraisal import PeriodName
from cm_cli.domain.regulation.base import Rule
from cm_cli.domain.regulation.check import articles_of
from cm_cli.domain.regulation.load import load_as, ordered, refusal
from cm_cli.domain.regulation.references import known
from cm_cli.domain.regulation.rules import every_sourced
from cm_cli.domain.regulation.schema import (
    Code,
    Education,
    Rhythm,
    Text,
)
from cm_cli.domain.regulation.worked import daily, money, numbers, people
from cm_cli.domain.regulation.worked.base import Case, Day, Heads, Number, Records
from cm_cli.language import _

if TYPE_CHECKING:
    from cm_cli.domain.regulation.nodes import Path, Source
    from cm_cli.domain.regulation.schema import Regulation
    from cm_cli.errors import Problem

DESCRIPTIVE = frozenset(
    {"roles", "unit_kinds", "lines", "staff", "quantities", "lists", "notes", "covers", "remove"}
)
Pair = Annotated[tuple[Records, ...], Field(min_length=2, max_length=2)]
Result = Annotated[tuple[Number, ...], Field(min_length=2, max_length=3)]


class CapCase(Case):
    """Heads by grade in a unit, and the most each grade may have (F01)."""

    heads: dict[Code, Heads]
    most: dict[Code, Heads]
    broken: tuple[Code, ...] = ()


class RequirementCase(Case):
    """A person and whether a grade is open to them (F02)."""

    grade: Code
    education: Education | None = None
    years: Number | None = None
    related_years: Number | None = None
    certificates: tuple[Code, ...] = ()
    may_hold: bool


class TermCase(Case):
    """The first and the last day of a term (F03)."""

    start: Day
    last_day: date


class ClassCase(Case):
    """A value in the unit of the scheme, and the class it falls into (F25, F27)."""

    scheme: Code
    value: Number | None = None
    falls_into: Code | None = None


class DutyCase(Case):
    """How often a duty is owed; for a contact, the day it is due again (F26, F41)."""

    duty: Code
    every: Rhythm | None = None
    client_class: Code | None = None
    last: Day | None = None
    due: date | None = None


class Client(Rule):
    """What is known of a client for its assignment; not given is not recorded."""

    region: str = ""
    industry: str = ""
    size: str = ""
    relation: str = ""
    service: str = ""


class Declared(Rule):
    """What a manager declared to be in charge of; nothing on a subject is no restriction."""

    region: tuple[Text, ...] = ()
    industry: tuple[Text, ...] = ()
    size: tuple[Text, ...] = ()
    relation: tuple[Text, ...] = ()
    service: tuple[Text, ...] = ()


class RankCase(Case):
    """A client, the managers with what they declared, and who gets the client by which rank."""

    client: Client
    managers: dict[Code, Declared]
    clients_held: dict[Code, Records] = Field(default_factory=dict)
    gets: Code | None = None
    rank: Code | None = None


class ScoreCase(Case):
    """A year of one manager (target, actual; done, due) and the total and rating it makes (F06).

    A result may have a third number, the base that growth or a change of share starts from (F09).
    ``merits`` are the points of each event, verified. ``points`` says what single items or parts
    bring; ``missing`` which items nobody measured.
    """

    unit_kind: Code = ""
    results: dict[Code, Result] = Field(default_factory=dict)
    rated: dict[Code, Number] = Field(default_factory=dict)
    clients_reached: Pair | None = None
    diary: Pair | None = None
    merits: dict[Code, tuple[Number, ...]] = Field(default_factory=dict)
    unverified: dict[Code, tuple[Number, ...]] = Field(default_factory=dict)
    points: dict[Code, Number] = Field(default_factory=dict)
    missing: tuple[Code, ...] = ()
    total: Number | None = None
    rating: Code | None = None


class OutcomeCase(Case):
    """A grade and a rating, with those of the years before (latest first), and what follows (F05).

    ``closed``: a cap or a requirement keeps the next grade shut.
    """

    grade: Code = ""
    rating: Code = ""
    period: PeriodName = "year"
    before: tuple[Code, ...] = ()
    huge_benefit: bool = False
    total: Number | None = None
    items: dict[Code, Number] = Field(default_factory=dict)
    penalties: tuple[Code, ...] = ()
    closed: bool = False
    then: tuple[Code, ...]
    to: Code | None = None


class WorkflowCase(Case):
    """The roles that act in a workflow, in order (F04)."""

    workflow: Code
    roles: tuple[Code, ...]


class TrainingCase(Case):
    """Who organises the training of a grade (F62)."""

    grade: Code
    by: tuple[Code, ...]


class Cases(Rule):
    """A cases file. ``regions`` and ``industries`` say what lies within what, for assignments."""

    regulation: Text
    regions: dict[Text, tuple[Text, ...]] = Field(default_factory=dict)
    industries: dict[Text, tuple[Text, ...]] = Field(default_factory=dict)
    caps: tuple[CapCase, ...] = ()
    requirements: tuple[RequirementCase, ...] = ()
    terms: tuple[TermCase, ...] = ()
    classes: tuple[ClassCase, ...] = ()
    duties: tuple[DutyCase, ...] = ()
    assignments: tuple[RankCase, ...] = ()
    appraisals: tuple[ScoreCase, ...] = ()
    consequences: tuple[OutcomeCase, ...] = ()
    workflows: tuple[WorkflowCase, ...] = ()
    training: tuple[TrainingCase, ...] = ()
    norms: tuple[people.NormCase, ...] = ()
    entry: tuple[people.EntryCase, ...] = ()
    employment: tuple[people.SourceCase, ...] = ()
    levels: tuple[people.LevelCase, ...] = ()
    gates: tuple[people.GateCase, ...] = ()
    powers: tuple[people.PowerCase, ...] = ()
    teams: tuple[people.TeamCase, ...] = ()
    structures: tuple[people.StructureCase, ...] = ()
    pay: tuple[money.PayCase, ...] = ()
    paid: tuple[money.ScheduleCase, ...] = ()
    awards: tuple[money.AwardCase, ...] = ()
    forms: tuple[daily.FormCase, ...] = ()
    after: tuple[daily.AfterCase, ...] = ()
    deadlines: tuple[daily.DeadlineCase, ...] = ()
    limits: tuple[daily.LimitCase, ...] = ()
    states: tuple[daily.StateCase, ...] = ()
    shares: tuple[daily.ShareCase, ...] = ()
    targets: tuple[numbers.TargetCase, ...] = ()
    figures: tuple[numbers.FigureCase, ...] = ()
    benchmarks: tuple[numbers.BenchmarkCase, ...] = ()
    core: tuple[numbers.CoreCase, ...] = ()
    weighted: tuple[numbers.WeightedCase, ...] = ()
    values: tuple[numbers.ValueCase, ...] = ()
    no_case: dict[Text, Text] = Field(default_factory=dict)

    def every(self) -> list[tuple[Path, Case]]:
        """Return every case with its path, in the order of the sections."""
        found: list[tuple[Path, Case]] = []
        for section in type(self).model_fields:
            value: Any = getattr(self, section)
            if isinstance(value, tuple):
                found += [((section, at), case) for at, case in enumerate(value)]
        return found


def read_cases(text: str, file: str) -> tuple[Cases, Source]:
    """Return a cases file; raises CmError with all findings where it is not one."""
    cases, source = load_as(Cases, text, file)
    if cases is None:
        raise refusal(file, ordered(source.problems))
    return cases, source


def coverage(regulation: Regulation, text: str, file: str) -> list[Problem]:
    """Return what is wrong with the cases as a whole: articles without a case, names twice."""
    return covered_by(regulation, *read_cases(text, file))


def covered_by(regulation: Regulation, cases: Cases, source: Source) -> list[Problem]:
    """Return what is wrong with cases that are read already."""
    if cases.regulation != regulation.regulation:
        what = _("These are cases of another regulation than {code}")
        what = what.format(code=regulation.regulation)
        source.add("other-regulation", ("regulation",), what, value=cases.regulation)
    covered = {
        article
        for _path, case in cases.every()
        if "*" not in getattr(case, "at", "")  # a whole list is no case of each of its articles
        for article in articles_of(case.article)
    }
    deciding = deciding_articles(regulation)
    for article in deciding:
        if article not in cases.no_case and not _has_case(article, covered):
            what = _("Article {article} decides something and has no case").format(article=article)
            mend = _("Add a case, or say why there is none under `no_case:`.")
            source.add("article-without-case", (), what, value=article, mend=mend)
    for article in cases.no_case:
        if article not in deciding:
            what = _("The regulation decides nothing by this article")
            source.add("no-case-idle", ("no_case", article), what, value=article)
    _names(cases, source)
    _unknown(regulation, cases, source)
    return ordered(source.problems)


def deciding_articles(regulation: Regulation) -> list[str]:
    """Return the articles by which the regulation decides something, in its own order."""
    return list(
        dict.fromkeys(
            article
            for path, rule in every_sourced(regulation)
            if path and path[0] not in DESCRIPTIVE
            if rule.layer in {"", regulation.regulation}  # a parent has cases of its own
            for article in articles_of(rule.article)
        )
    )


def _has_case(article: str, covered: set[str]) -> bool:
    """Say whether a case is about the article, or about a part of it."""
    return any(one == article or one.startswith(f"{article}(") for one in covered)


def _unknown(regulation: Regulation, cases: Cases, source: Source) -> None:
    """Note names in the facts of a case that the regulation does not know."""
    indicators = [one.code for one in regulation.indicators]
    appraisal = regulation.appraisal
    items = appraisal.items() if appraisal else []
    rated = [one.code for one in items if one.measure.kind == "rated"]
    merits = [one.code for one in (*appraisal.bonus, *appraisal.penalty)] if appraisal else []
    forms = {one.code: [each.code for each in one.fields] for one in regulation.forms}
    for at, case in enumerate(cases.appraisals):
        facts = (
            ("results", indicators),
            ("rated", rated),
            ("merits", merits),
            ("unverified", merits),
        )
        for key, words in facts:
            for word in getattr(case, key):
                known(source, ("appraisals", at, key, word), word, words, _("item"))
    for at, sheet in enumerate(cases.forms):
        for word in sheet.sheet:
            fields = forms.get(sheet.form, [])
            known(source, ("forms", at, "sheet", word), word, fields, _("field of the form"))


def _names(cases: Cases, source: Source) -> None:
    seen: set[str] = set()
    for path, case in cases.every():
        if case.name in seen:
            what = _("Another case has this name")
            source.add("code-twice", (*path, "name"), what, value=case.name)
        seen.add(case.name)

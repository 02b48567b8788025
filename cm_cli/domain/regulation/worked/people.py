"""Cases about people: norms, ways in, pay levels, gates, powers, teams, structures."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import Field

from cm_cli.domain.regulation.base import Code, Education, Text
from cm_cli.domain.regulation.sections.organisation import advise, team_lacks
from cm_cli.domain.regulation.sections.staffing import Person, entry_for, norm_line
from cm_cli.domain.regulation.sections.work import gate_lacks
from cm_cli.domain.regulation.worked.base import (
    Case,
    Heads,
    Number,
    Numbers,
    at,
    both,
    number,
    one,
    words,
    yes,
)

if TYPE_CHECKING:
    from cm_cli.domain.regulation.schema import Regulation
    from cm_cli.domain.regulation.worked.base import Both


class NormCase(Case):
    """Heads and the units, outlets or other staff they are for (F28, F30)."""

    norm: Code
    heads: Heads
    each: Number
    wanted: Heads | None = None
    short: Heads | None = None
    over: Heads | None = None
    ratio: Number | None = None
    others_wanted: Heads | None = None
    others_short: Heads | None = None
    kept: bool | None = None


class EntryCase(Case):
    """A person and the way into the post that is open (F12); ``way`` is left out where none is."""

    passed: tuple[Code, ...] = ()
    employment: Code = ""
    education: Education = "none"
    years_in_post: Number = Decimal(0)
    related_years: Number = Decimal(0)
    certificates: tuple[Code, ...] = ()
    figures: Numbers = Field(default_factory=dict)
    way: Code | None = None
    grade: Code | None = None
    provisional: bool | None = None


class LevelCase(Case):
    """A pay level of a post and whether it is in its range (F22)."""

    post: Code
    level: Heads
    allowed: bool


class GateCase(Case):
    """What is done, and what a gate still lacks (F54, F55); nothing: it is open."""

    gate: Code
    done: tuple[Code, ...] = ()
    lacks: tuple[Code, ...] = ()


class PowerCase(Case):
    """Whether a grade has a power."""

    power: Code
    grade: Code | None = None
    has: bool


class TeamCase(Case):
    """Who holds which seat of a team, and whether it is complete (F56)."""

    team: Code
    members: dict[Code, tuple[Text, ...]]
    complete: bool


class StructureCase(Case):
    """Answers to the questions, and the structure that suits (F50)."""

    answers: dict[Code, Code]
    structure: Code | None = None


class SourceCase(Case):
    """Whether managers may come from a source or kind of employment (C05, C13)."""

    employment: Code
    may_manage: bool


def norm(regulation: Regulation, case: NormCase) -> Both:
    """Run a case of a norm."""
    rule = one(regulation.norms, case.norm)
    if rule is None:
        return {"norm": case.norm}, {}
    line = norm_line(rule, case.heads, case.each)
    got = {
        "wanted": str(line.wanted),
        "short": str(line.short),
        "over": str(line.over),
        "ratio": at(case.ratio, line.ratio),
        "others_wanted": number(line.others_wanted),
        "others_short": str(line.others_short),
        "kept": str(line.kept),
    }
    return both(case.model_dump(include=set(got)), got)


def entry(regulation: Regulation, case: EntryCase) -> Both:
    """Run a case of a way in."""
    person = Person(
        case.passed, case.employment, case.education, case.years_in_post, case.related_years,
        case.certificates, case.figures,
    )  # fmt: skip
    way = entry_for(regulation.entry, person)
    got = {"way": way.code if way else "", "grade": (way.grade or "") if way else ""}
    got["provisional"] = str(way.provisional) if way else ""
    expected = {"way": case.way or "", "grade": case.grade, "provisional": case.provisional}
    return both(expected, got)


def level(regulation: Regulation, case: LevelCase) -> Both:
    """Run a case of a pay level."""
    post = one(regulation.posts, case.post)
    got = post.levels.holds(case.level) if post and post.levels else None
    return both({"allowed": case.allowed}, {"allowed": "" if got is None else str(got)})


def gate(regulation: Regulation, case: GateCase) -> Both:
    """Run a case of a gate."""
    rule = one(regulation.gates, case.gate)
    got = words(gate_lacks(rule, case.done)) if rule else case.gate
    return {"lacks": words(case.lacks)}, {"lacks": got}


def power(regulation: Regulation, case: PowerCase) -> Both:
    """Run a case of a power."""
    rule = one(regulation.powers, case.power)
    if rule is None:
        return {"has": yes(case.has)}, {}
    has = rule.has and (not rule.grades or case.grade in rule.grades)
    return {"has": yes(case.has)}, {"has": yes(has)}


def team(regulation: Regulation, case: TeamCase) -> Both:
    """Run a case of a team."""
    rule = one(regulation.teams, case.team)
    lacks = team_lacks(rule, case.members) if rule else [case.team]
    got = {"complete": yes(not lacks)}
    if case.complete and lacks:
        got["complete"] = "; ".join(lacks)
    return {"complete": yes(case.complete)}, got


def structure(regulation: Regulation, case: StructureCase) -> Both:
    """Run a case of the advice on a structure."""
    found, _why = advise(regulation.axes, regulation.structures, case.answers)
    return {"structure": case.structure or ""}, {"structure": found.code if found else ""}


def employment(regulation: Regulation, case: SourceCase) -> Both:
    """Run a case of who may manage clients."""
    rule = one(regulation.employment, case.employment)
    return {"may": yes(case.may_manage)}, {"may": yes(rule.may_manage)} if rule else {}

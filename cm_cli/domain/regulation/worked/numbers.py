"""Cases about numbers: targets, figures, benchmarks, client schemes, and what the file says."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from cm_cli.domain.regulation.base import Code, Text
from cm_cli.domain.regulation.check_sections import step_into
from cm_cli.domain.regulation.sections.clients import core, weighted
from cm_cli.domain.regulation.sections.figures import compare, figure
from cm_cli.domain.regulation.sections.targets import based_on, gap, split_amount
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
)
from cm_cli.domain.sheet import plain

if TYPE_CHECKING:
    from cm_cli.domain.regulation.schema import Regulation
    from cm_cli.domain.regulation.worked.base import Both

HUNDRED = Decimal(100)


class TargetCase(Case):
    """A target: what it grows from, how it is divided, what is missing (F32, F42, F44)."""

    target: Code
    before: Number | None = None
    amount: Number | None = None
    shares: Numbers = Field(default_factory=dict)
    parts: Numbers = Field(default_factory=dict)
    based: Number | None = None
    actual: Number | None = None
    elapsed: Heads = 1
    length: Annotated[int, Field(ge=1, le=10_000)] = 1
    gap: Number | None = None
    pace: Number | None = None


class FigureCase(Case):
    """Quantities and the figure they make (F34, F36, F45, F46)."""

    figure: Code
    values: Numbers
    result: Number | None = None


class BenchmarkCase(Case):
    """Counts, and their shares beside the printed ones (F37)."""

    benchmark: Code
    counts: Numbers
    shares: Numbers = Field(default_factory=dict)
    differences: Numbers = Field(default_factory=dict)


class CoreCase(Case):
    """Values of clients, and which are the core with what share of the whole (F29)."""

    scheme: Code
    values: Numbers
    core: tuple[Code, ...]
    share: Number | None = None


class WeightedCase(Case):
    """Scores of a client by factor, and the class they make (F25)."""

    scheme: Code
    scores: Numbers
    points: Number | None = None
    falls_into: Code | None = None


class ValueCase(Case):
    """What the file has to say at a place, as ``grades.senior.cap.percent``: 20.

    A step ``*`` is each of a list: ``duties.*.by`` says ``diary manager, archive officer``.
    """

    at: Text
    says: Text


def target(regulation: Regulation, case: TargetCase) -> Both:
    """Run a case of a target."""
    rule = one(regulation.targets, case.target)
    if rule is None:
        return {"target": case.target}, {}
    expected: dict[str, object | None] = {}
    got: dict[str, str] = {}
    if case.based is not None and case.before is not None and rule.base:
        expected["based"], got["based"] = (
            number(case.based),
            number(based_on(rule.base, case.before)),
        )
    if case.parts and case.amount is not None and rule.split:
        shares = rule.split.shares or case.shares
        if rule.split.equal:
            shares = dict.fromkeys(case.parts, Decimal(1))
        parts = split_amount(case.amount, shares)
        expected |= {code: number(value) for code, value in case.parts.items()}
        got |= {code: number(parts.get(code)) for code in case.parts}
    if case.actual is not None and case.amount is not None:
        missing, pace = gap(case.amount, case.actual, case.elapsed, case.length)
        expected |= {
            key: None if value is None else number(value)
            for key, value in (("gap", case.gap), ("pace", case.pace))
        }
        got |= {"gap": at(case.gap, missing), "pace": at(case.pace, pace)}
    return both(expected or {"target": "decides nothing of this"}, got)


def figured(regulation: Regulation, case: FigureCase) -> Both:
    """Run a case of a figure."""
    rule = one(regulation.figures, case.figure)
    got = at(case.result, figure(rule, case.values, 4)) if rule else case.figure
    return {"result": number(case.result)}, {"result": got}


def benchmark(regulation: Regulation, case: BenchmarkCase) -> Both:
    """Run a case of a benchmark."""
    rule = one(regulation.benchmarks, case.benchmark)
    if rule is None:
        return {"benchmark": case.benchmark}, {}
    found = compare(rule, case.counts)
    expected = {code: number(value) for code, value in case.shares.items()}
    got = {code: at(value, found[code][0]) for code, value in case.shares.items() if code in found}
    for code, value in case.differences.items():
        expected[f"{code} more"] = number(value)
        got[f"{code} more"] = at(value, found[code][1]) if code in found else ""
    return both(expected, got)


def cored(regulation: Regulation, case: CoreCase) -> Both:
    """Run a case of the core clients."""
    scheme = regulation.scheme(case.scheme)
    if scheme is None or scheme.top is None:
        return {"core": words(case.core)}, {}
    codes, share = core(scheme.top, case.values)
    expected = {"core": words(case.core), "share": number(case.share) or None}
    return both(expected, {"core": words(codes), "share": at(case.share, share)})


def weighed(regulation: Regulation, case: WeightedCase) -> Both:
    """Run a case of a weighted class."""
    from cm_cli.domain.classes import classify

    scheme = regulation.scheme(case.scheme)
    if scheme is None:
        return {"class": case.falls_into or ""}, {}
    points = weighted(scheme, case.scores)
    expected = {"class": case.falls_into or "", "points": number(case.points) or None}
    got = {"class": classify(scheme, points).code, "points": at(case.points, points)}
    return both(expected, got)


def value(regulation: Regulation, case: ValueCase) -> Both:
    """Run a case of what the file says at a place."""
    return {case.at: case.says}, {case.at: _read(regulation, tuple(case.at.split(".")))}


def _read(part: Any, steps: tuple[str, ...]) -> str:
    """Return what stands at the end of the steps; what says nothing of it is left out."""
    if not steps:
        return _said(part)
    if steps[0] != "*":
        return _read(step_into(part, steps[0]), steps[1:])
    listed = part if isinstance(part, tuple) else ()
    pairs = part.items() if isinstance(part, dict) else enumerate(listed)
    said = ((_name(key, each), _read(each, steps[1:])) for key, each in pairs)
    form = "{} ({})" if "*" in steps[1:] else "{} {}"
    return ", ".join(form.format(name, what) for name, what in said if what)


def _name(key: str | int, part: Any) -> str:
    """Return by what one of a list is known: its code, else its number."""
    names = (getattr(part, name, None) for name in ("code", "state", "rating", "grade"))
    return str(next((name for name in names if isinstance(name, str) and name), key))


def _said(part: Any) -> str:
    if part is None:
        return ""
    if isinstance(part, bool):
        return "true" if part else "false"
    if isinstance(part, Decimal):
        return plain(part)
    if isinstance(part, tuple):
        return " ".join(str(getattr(each, "code", getattr(each, "state", each))) for each in part)
    if isinstance(part, dict):
        return " ".join(f"{key} {_said(each)}" for key, each in part.items())
    return str(part)

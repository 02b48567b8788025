"""From a measured value to a score of 100, by the kinds of score of the regulation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cm_cli.domain.appraisal.proof import HUNDRED, Term, number

if TYPE_CHECKING:
    from cm_cli.domain.appraisal.measures import Measured, Question
    from cm_cli.domain.regulation.scores import (
        AsIs,
        Attainment,
        Banded,
        Deduction,
        Linear,
        Score,
    )


@dataclass(frozen=True, slots=True)
class Graded:
    """Completion and score in percent, or why there is no score."""

    completion: Term | None = None
    score: Term | None = None
    missing: str = ""


def grade(question: Question, score: Score, measured: Measured) -> Graded:
    """Return the score of a measured value; what cannot be scored is missing, with the reason."""
    actual = measured.actual
    if actual is None:
        return Graded(missing=measured.missing)
    completion = _completion(question, score, measured, actual)
    why = _unusable(score, measured, completion)
    if why:
        return Graded(completion, missing=why)
    if score.kind == "attainment":
        reached = _attainment(question, score, measured, completion)
    elif score.kind == "full":
        reached = _met(question, measured, "score")
    else:
        reached = _by_value(question, score, actual, completion)
    return Graded(completion, reached)


def _completion(question: Question, score: Score, measured: Measured, actual: Term) -> Term | None:
    """Return how far the target is reached in percent; no target over 0, no completion."""
    target = measured.target
    if target is None or target.value <= 0:
        return None
    if measured.better != "lower":
        return question.note("completion", "quotient", [actual, target])
    if score.kind != "attainment" or score.lower_is_better == "200_less_quotient":
        return question.note("completion", "under_target", [actual, target])
    if actual.value <= 0:
        return None
    return question.note("completion", "quotient", [target, actual])


def _unusable(score: Score, measured: Measured, completion: Term | None) -> str:
    """Say why the target does not allow this score, if so."""
    needs_completion = getattr(score, "basis", "") == "completion"
    if not needs_completion and score.kind not in {"attainment", "full"}:
        return ""
    if measured.target is None:
        return "no_target"
    if score.kind == "full" or measured.target.value > 0:
        return ""
    if score.kind == "attainment" and score.target_not_positive == "full_if_met":
        return ""
    return "" if completion else "target_not_positive"


def _met(question: Question, measured: Measured, role: str) -> Term:
    operation = "kept_under" if measured.better == "lower" else "met"
    terms = [term for term in (measured.actual, measured.target) if term]
    return question.note(role, operation, terms)


def _attainment(
    question: Question, score: Attainment, measured: Measured, completion: Term | None
) -> Term:
    bounds = [number("floor", score.floor), number("cap", score.cap)]
    if completion is not None:
        return question.note("score", "within", [completion, *bounds])
    if measured.target is not None and measured.target.value > 0:
        return question.note("score", "given", [number("cap", score.cap)])
    return question.note("score", "within", [_met(question, measured, "met"), *bounds])


def _by_value(
    question: Question,
    score: Linear | Banded | Deduction | AsIs,
    actual: Term,
    completion: Term | None,
) -> Term:
    if score.kind == "as_is":
        return question.note(
            "score", "within", [actual, number("floor", 0), number("cap", HUNDRED)]
        )
    if score.kind == "deduction":
        return question.note("score", "deducted", _deduction(score, actual))
    value = completion if score.basis == "completion" and completion else actual
    if score.kind == "linear":
        ends = [number("zero_at", score.zero_at), number("full_at", score.full_at)]
        return question.note("score", "linear", [value, *ends])
    return question.note("score", "banded", [value, *_bands(score)])


def _deduction(score: Deduction, events: Term) -> list[Term]:
    start, each = number("start", score.start), number("per_event", score.per_event)
    return [start, each, events, number("floor", score.floor)]


def _bands(score: Banded) -> list[Term]:
    terms = [number("below", score.below)]
    for band in score.bands:
        terms += [number("from", band.at_least), number("points", band.points)]
    return terms

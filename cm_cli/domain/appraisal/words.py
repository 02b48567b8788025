"""The words of scorecards: reasons, policies, roles of steps and their arithmetic.

Cards keep slugs, which these tables turn into sentences of the language in use, and what closes a
grade in every language.
"""

from __future__ import annotations

import json
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from cm_cli.domain.sheet import plain
from cm_cli.language import _, later, n_, pick

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cm_cli.domain.appraisal.card import MissingItem, Note
    from cm_cli.domain.appraisal.proof import Source, Step, Term, Unproved

MANY = 6
FINE = 4
REASONS = {
    "no_actual": later("no result is recorded for the period"),
    "no_base": later("no base is recorded to compare with"),
    "base_not_positive": later("the base is 0 or less, so there is no growth in percent"),
    "no_share": later("one of the two values of the share is missing"),
    "no_clients": later("no client is assigned"),
    "no_visits": later("no visit was made"),
    "no_diary": later("nothing is known of the diaries"),
    "no_diary_due": later("no diary was due"),
    "no_duty_due": later("the duty was not due"),
    "not_kept": later("no such records are kept"),
    "no_archives": later("no archive has required fields"),
    "not_rated": later("no score has been given by hand"),
    "no_target": later("no target is set"),
    "target_not_positive": later("the target is 0 or less, so there is no completion"),
    "months_without_value": later("some months have no value"),
    "nothing_measured": later("none of its items has a value"),
}
POLICIES = {
    "refuse": later("no total is made"),
    "leave_out": later("it is left out and the others carry its weight"),
    "zero": later("it counts as 0"),
}
REMARKS = {
    "months_without_value": later("{item}: no {field} for {value}"),
    "span_wins_over_months": later(
        "{item}: the {field} given for {value} is taken; its months make another value"
    ),
    "diaries_missing": later("{item}: no diary on {value}"),
}
MERIT_REASONS = {
    "unknown_merit": later("the regulation has no such bonus or penalty"),
    "no_points": later("no points are given"),
    "points_not_positive": later("points have to be over 0"),
    "no_evidence": later("there is no evidence"),
    "unverified": later("it is not verified"),
    "cut": later("cut to the limit"),
}
ACTIONS = {
    "dismiss": later("dismissed from the post"),
    "one_grade_down": later("one grade down"),
    "one_grade_up": later("one grade up"),
    "raise": later("a raise"),
    "one_grade_up_or_raise": later("one grade up or a raise"),
    "one_off_reward": later("a one-off reward"),
    "commend": later("commended"),
    "train": later("sent to training"),
    "punish": later("punished"),
    "renew": later("the term is renewed"),
    "not_renew": later("the term is not renewed"),
    "keep": later("the grade is kept"),
    "skip_grade_up": later("appointed higher, grades may be skipped"),
    "lower_or_dismiss": later("appointed lower, or dismissed"),
    "remove": later("removed from the post"),
}
LADDER = {
    "highest_grade": later("there is no higher grade"),
    "lowest_grade": later("there is no lower grade"),
    "promotion_blocked": later("the next grade is closed"),
}
KINDS = {"bonus": later("bonus"), "penalty": later("penalty"), "": later("not counted")}
ROLES = {
    "actual": later("actual"),
    "target": later("target"),
    "target_level": later("level of the target"),
    "base": later("base"),
    "end": later("end value"),
    "part": later("those that count"),
    "whole": later("all"),
    "actual_part": later("own value"),
    "actual_whole": later("whole value"),
    "end_share_part": later("own value at the end"),
    "end_share_whole": later("whole value at the end"),
    "base_share_part": later("own value at the base"),
    "base_share_whole": later("whole value at the base"),
    "end_share": later("share at the end"),
    "base_share": later("share at the base"),
    "completion": later("completion in percent"),
    "met": later("target met"),
    "score": later("score of 100"),
    "full": later("points for a score of 100"),
    "points_exact": later("points before rounding"),
    "points": later("points"),
    "left": later("points left under the limit"),
    "counted": later("points counted"),
    "sum": later("sum"),
    "parts": later("sum of the parts"),
    "with_bonus": later("with the bonus"),
    "less_penalty": later("less the penalty"),
    "at_least": later("not under the lower bound"),
    "at_most": later("not over the upper bound"),
    "total": later("total"),
    "place": later("place, 1 is best"),
}
SENTENCES = {
    "quotient": later("{0} ÷ {1} × 100"),
    "growth": later("({0} - {1}) ÷ {1} × 100"),
    "under_target": later("200 - {0} ÷ {1} × 100"),
    "within": later("{0}, not under {1}, not over {2}"),
    "linear": later("({0} - {1}) ÷ ({2} - {1}) × 100, kept between 0 and 100"),
    "deducted": later("{0} - {1} × {2}, not under {3}"),
    "met": later("100 if {0} is at least {1}, else 0"),
    "kept_under": later("100 if {0} is at most {1}, else 0"),
    "scaled": later("{0} × {1} ÷ {2}"),
    "share_of": later("{0} × {1} ÷ 100"),
    "at_least": later("{0}, not under {1}"),
    "at_most": later("{0}, not over {1}"),
    "worst": later("the worse of place {0} and place {1}"),
    "half_up": later("{0} rounded to {1} places, 5 upwards"),
    "half_even": later("{0} rounded to {1} places, 5 to the even side"),
    "down": later("{0} cut off at {1} places"),
}
CAUSES = {
    "weight": later("another weight"),
    "score": later("scored another way"),
    "measure": later("another thing is measured, or another target"),
    "measure_and_score": later("measured and scored another way"),
    "indicator": later("the values of the period are put together another way"),
    "value": later("another value"),
    "added": later("only in the other regulation"),
    "dropped": later("not in the other regulation"),
    "missing": later("measured under one of the two only"),
    "left_out": later("weight given up by what is not measured"),
    "part": later("a rule of the whole part"),
    "bonus": later("bonus points"),
    "bonus_limit": later("limit of all bonus points"),
    "penalty": later("penalty points"),
    "penalty_limit": later("limit of all penalty points"),
    "bound": later("bound of the total"),
    "rounding": later("rounding of items and totals"),
}
UNPROVED = {
    "value": later("The number of “{step}” does not come out of its own arithmetic."),
    "term": later("“{step}” took another number from “{row}” than that gives."),
    "leaf": later("“{step}” does not come out again: the record {row} has another value now."),
    "gone": later("“{step}” does not come out again: the record {row} is gone."),
    "card": later("The card shows another number for “{step}” than its working gives."),
}


def shown(value: Decimal, places: int = FINE) -> str:
    """Return a number for people: at most so many places, without trailing zeros."""
    exact = plain(value)
    if len(exact.partition(".")[2]) <= places:
        return exact
    return plain(value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))


def cited(rows: Sequence[str]) -> str:
    """Return references of records in short: ``diary#532–590, visit#12``."""
    runs: list[list[tuple[str, int]]] = []
    for kind, number in sorted(map(_reference, rows)):
        if runs and number >= 0 and runs[-1][-1] == (kind, number - 1):
            runs[-1].append((kind, number))
        else:
            runs.append([(kind, number)])
    return ", ".join(_run(run) for run in runs)


def _reference(row: str) -> tuple[str, int]:
    kind, _sign, number = row.partition("#")
    return (kind, int(number)) if number.isdecimal() else (row, -1)


def _run(run: Sequence[tuple[str, int]]) -> str:
    (kind, first), (_kind, last) = run[0], run[-1]
    if first < 0:
        return kind
    return f"{kind}#{first}" + (f"–{last}" if last > first else "")


def citation(source: Source) -> str:
    """Return the article, or why the rule was chosen."""
    if source.article:
        return _("article {article}").format(article=source.article)
    return _("chosen: {why}").format(why=_(source.chosen)) if source.chosen else ""


def kept_words(said: Mapping[str, str]) -> str:
    """Return a sentence in all languages as a card keeps it."""
    return json.dumps(said, ensure_ascii=False, sort_keys=True)


def kept(text: str) -> str:
    """Return a sentence of a card in the language in use; earlier cards keep one language."""
    return pick(json.loads(text)) if text.startswith("{") else text


def lack(missing: MissingItem) -> str:
    """Return the sentence about an item or part without a value."""
    return _("{item}: {reason}; {policy}").format(
        item=missing.item.label,
        reason=_(REASONS[missing.why]),
        policy=_(POLICIES[missing.policy]),
    )


def remark(note: Note) -> str:
    """Return the sentence about the value of an item."""
    field = _(ROLES.get(note.field, note.field))
    return _(REMARKS[note.slug]).format(item=note.item.label, field=field, value=note.value)


def cause(name: str) -> str:
    """Say what makes a share of a difference."""
    return _(CAUSES[name])


def unproved(found: Unproved) -> str:
    """Return the sentence about a step that does not come out again."""
    return _(UNPROVED[found.why]).format(step=_named(found.name), row=_named(found.row))


def _named(name: str) -> str:
    """Return the name of a step with its role in words; a record's reference as it is."""
    of, dot, what = name.rpartition(".")
    return f"{of}: {_(ROLES[what])}" if dot and what in ROLES else name


def role(step: Step) -> str:
    """Return what a step works out."""
    if step.operation == "worst":
        return _("place of the rating after the veto")
    return _(ROLES.get(step.role, step.role))


def working(step: Step) -> str:
    """Return the arithmetic of a step with its numbers in it."""
    special = _SPECIAL.get(step.operation)
    if special:
        return special(step.terms)
    values = [_one(term) for term in step.terms]
    return _(SENTENCES[step.operation]).format(*values)


def _one(term: Term) -> str:
    text = shown(term.value)
    return f"({text})" if term.value < 0 else text


def _added(terms: Sequence[Term]) -> str:
    if len(terms) > MANY:
        return n_("{count} value added", "{count} values added", len(terms)).format(
            count=len(terms)
        )
    return " + ".join(_one(term) for term in terms) or "0"


def _counted(terms: Sequence[Term]) -> str:
    if len(terms) == 1 and terms[0].value != 1:
        return _one(terms[0])
    return n_("{count} record", "{count} records", len(terms)).format(count=len(terms))


def _mean(terms: Sequence[Term]) -> str:
    if len(terms) == 1:
        return _one(terms[0])
    if len(terms) > MANY:
        return n_("mean of {count} value", "mean of {count} values", len(terms)).format(
            count=len(terms)
        )
    return f"({_added(terms)}) ÷ {len(terms)}"


def _mean_of_months(terms: Sequence[Term]) -> str:
    months, *pairs = terms
    values = list(zip(map(_one, pairs[::2]), (each.value for each in pairs[1::2]), strict=True))
    if len(values) > MANY:
        return _("mean of {count} values, each by its months").format(count=len(values))
    parts = " + ".join(value if each == 1 else f"{value} × {each}" for value, each in values)
    return f"({parts}) ÷ {months.value}"


def _less(terms: Sequence[Term]) -> str:
    return " - ".join(_one(term) for term in terms)


def _least(terms: Sequence[Term]) -> str:
    return _("the least of {values}").format(values=", ".join(_one(term) for term in terms))


def _banded(terms: Sequence[Term]) -> str:
    value, below, *rest = terms
    band = [at for at in rest[::2] if value.value >= at.value]
    if not band:
        return _("{value} is under the lowest band: {points}").format(
            value=_one(value), points=_one(below)
        )
    return _("{value} is in the band from {at}").format(value=_one(value), at=_one(band[-1]))


def _placed(terms: Sequence[Term]) -> str:
    limits = ", ".join(_one(term) for term in terms[1:])
    return _("{total} against the bands from {limits}").format(total=_one(terms[0]), limits=limits)


_SPECIAL: dict[str, Callable[[Sequence[Term]], str]] = {
    "given": _added,
    "add": _added,
    "count": _counted,
    "mean": _mean,
    "mean_of_months": _mean_of_months,
    "less": _less,
    "least": _least,
    "banded": _banded,
    "place": _placed,
}

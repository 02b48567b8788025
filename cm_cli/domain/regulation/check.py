"""Checks of sense over a whole regulation: what is well written and still cannot be meant.

Each check notes its findings in the ``Source``, which knows the lines. Classes and duties are
in ``check_classes.py``, appraisal and consequences in ``check_appraisal.py``.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from cm_cli.domain.assignment.criteria import CRITERIA, PREFERENCES
from cm_cli.domain.career import EDUCATION
from cm_cli.domain.regulation import (
    check_appraisal,
    check_classes,
    check_sections,
    references,
)
from cm_cli.domain.regulation.references import known, named, twice
from cm_cli.domain.regulation.rules import every_sourced
from cm_cli.domain.regulation.schema import RECORDS
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cm_cli.domain.regulation.nodes import Path, Source
    from cm_cli.domain.regulation.schema import Assignment, Grade, Regulation, Requirement, Workflow

_STEP = r"(?:[0-9]+(?:\.[0-9]+)*|[一二三四五六七八九十百]+)"
_INNER = r"(?:\((?:[0-9]+|[a-z]|[一二三四五六七八九十]+)\)|-[0-9]+)"
_ARTICLE = re.compile(rf"(?:{_STEP}|{_INNER}{_STEP}?){_INNER}*(?:{_STEP})?")
_LIST = re.compile(r"\s*[,，、]\s*")
_FULL = Decimal(100)
_REASON = 6
_DAYS_A_YEAR = 365


def check(regulation: Regulation, source: Source, records: Collection[str] = RECORDS) -> None:
    """Note everything in the regulation that makes no sense; lines come from its source."""
    _codes(regulation, source)
    _sources(regulation, source)
    _dates(regulation, source)
    _grades(regulation.grades, source)
    check_classes.check_all(regulation, source, records)
    if regulation.assignment:
        _assignment(regulation, regulation.assignment, source)
    _workflows(regulation, source)
    _training(regulation, source)
    check_appraisal.check_all(regulation, source, records)
    check_sections.check_all(regulation, source, records)


def articles_of(text: str) -> list[str]:
    """Return the articles that a text like ``16(4), 20`` names."""
    return [article for article in _LIST.split(text.strip()) if article]


def _codes(regulation: Regulation, source: Source) -> None:
    references.check_all(regulation, source)
    for line in {grade.line for grade in regulation.grades}:
        placed = enumerate(regulation.grades)
        named(source, ("grades",), ((at, one) for at, one in placed if one.line == line))


def _sources(regulation: Regulation, source: Source) -> None:
    """Articles look like articles and exist; reasons say something."""
    for path, rule in every_sourced(regulation):
        if rule.chosen and len(rule.chosen) < _REASON:
            what = _("The reason says too little")
            source.add("no-reason", (*path, "chosen"), what, value=rule.chosen)
        layer = source.layer((*path, "article"))
        last = layer.articles if layer else regulation.articles
        for article in articles_of(rule.article):
            _article(source, (*path, "article"), article, last)
    cited = [
        one
        for path, rule in every_sourced(regulation)
        if _of_own_text(source, (*path, "article"))
        for one in articles_of(rule.article)
    ]
    notes = [
        part
        for at, note in enumerate(regulation.notes)
        if _of_own_text(source, ("notes", at, "article"))
        for part in articles_of(note.article)
    ]
    for number in check_sections.idle_articles(regulation, cited, notes):
        what = _("Nothing in the regulation stands on article {article}").format(article=number)
        mend = _("Encode it, or say under `notes:` why it is not encoded.")
        place = ("articles",)
        source.add("article-idle", place, what, value=str(number), mend=mend, note=True)


def _of_own_text(source: Source, path: Path) -> bool:
    """Say whether a path stands in the regulation itself, or in a parent of the same source."""
    layer = source.layer(path)
    return layer is None or layer.source == source.layers[-1].source


def _article(source: Source, path: Path, article: str, last: int | None) -> None:
    if not _ARTICLE.fullmatch(article):
        source.add(
            "article-odd", path, _("This does not look like an article"), value=article,
            mend=_('Write it as "16(4)" or "10(1)"; several with commas.'),
        )  # fmt: skip
        return
    number = re.match(r"[0-9]+", article)
    if last and number and not 1 <= (references.counted(number[0].lstrip("0")) or 0) <= last:
        what = _("The source has articles 1 to {last}").format(last=last)
        source.add("article-missing", path, what, value=article)


def _dates(regulation: Regulation, source: Source) -> None:
    if regulation.until and regulation.until < regulation.since:
        source.add(
            "ends-before-it-begins", ("until",),
            _("The regulation ends before it begins ({since})").format(since=regulation.since),
            value=str(regulation.until),
        )  # fmt: skip
    term = regulation.term
    if term and term.reminder and term.reminder.days >= term.years * _DAYS_A_YEAR:
        what = _("The reminder comes before the term has begun")
        days = str(term.reminder.days)
        source.add("reminder-too-early", ("term", "reminder", "days"), what, value=days)


def _grades(grades: Sequence[Grade], source: Source) -> None:
    for at, grade in enumerate(grades):
        path: Path = ("grades", at)
        if grade.cap and not 0 < grade.cap.percent < _FULL:
            what = _("A cap of 0 closes the grade, one of 100 caps nothing")
            percent = str(grade.cap.percent)
            source.add("cap-impossible", (*path, "cap", "percent"), what, value=percent)
        if grade.requires and not grade.requires.model_fields_set - {"article", "chosen", "layer"}:
            source.add("rule-empty", (*path, "requires"), _("Nothing is required here"))
    if any(grade.line for grade in grades):
        for at, grade in enumerate(grades):
            if grade.line is None:
                what = _("Other grades belong to a line of business, this one to none")
                source.add("grade-without-line", ("grades", at), what, value=grade.code)
    _caps_leave_room(grades, source)
    for at, grade in enumerate(grades):
        _no_fall([one for one in grades[:at] if one.line == grade.line], grade, source, at)


def _caps_leave_room(grades: Sequence[Grade], source: Source) -> None:
    """Where every grade is capped the caps have to add up to all managers."""
    percents = [grade.cap.percent for grade in grades if grade.cap]
    added = sum(percents, Decimal(0))
    if percents and len(percents) == len(grades) and added < _FULL:
        what = _("Every grade is capped, and the caps leave no place for {percent} % of managers")
        source.add("cap-impossible", ("grades",), what.format(percent=_FULL - added))


def _no_fall(below: Sequence[Grade], grade: Grade, source: Source, at: int) -> None:
    """Check that a grade asks for no less than any grade below it on its ladder."""
    falls = {
        "education": _("“{grade}”, which is lower, asks for more education"),
        "years_in_post": _("“{grade}”, which is lower, asks for more years in post"),
        "related_years": _("“{grade}”, which is lower, asks for more years of related work"),
    }
    needs = grade.requires
    for key, what in falls.items() if needs else ():
        here = _asked(needs, key)
        lower = next((one for one in reversed(below) if _asked(one.requires, key) > here), None)
        if lower:
            path = ("grades", at, "requires", key)
            value = "" if getattr(needs, key) is None else str(getattr(needs, key))
            source.add("requirement-falls", path, what.format(grade=lower.code), value=value)


def _asked(needs: Requirement | None, key: str) -> Decimal:
    """Return how much is asked of a kind; education as its place among all."""
    value = getattr(needs, key, None)
    if key == "education":
        return Decimal(EDUCATION.index(value) if value else 0)
    return value or Decimal(0)


def _assignment(regulation: Regulation, assignment: Assignment, source: Source) -> None:
    base: Path = ("assignment", "order", "ranks")
    ranks = assignment.order.ranks
    for at, rank in enumerate(ranks):
        twice(source, (*base, at, "by"), [((i,), word) for i, word in enumerate(rank.by)])
        for i, word in enumerate(rank.by):
            known(source, (*base, at, "by", i), word, CRITERIA, _("assignment criterion"))
            if word == "size" and not regulation.scheme("size"):
                known(source, (*base, at, "by", i), word, [], _("client scheme"))
        earlier = next((one for one in ranks[:at] if set(one.by) <= set(rank.by)), None)
        if earlier:
            what = _("This rank is never reached: “{code}” before it takes every such client")
            what = what.format(code=earlier.code)
            source.add("rank-unreachable", (*base, at), what, value=rank.code)
    _preferences(assignment, source)


def _preferences(assignment: Assignment, source: Source) -> None:
    base: Path = ("assignment", "prefer", "by")
    words = assignment.prefer.by
    twice(source, base, [((at,), word) for at, word in enumerate(words)])
    for at, word in enumerate(words):
        known(source, (*base, at), word, PREFERENCES, _("assignment preference"))


def _workflows(regulation: Regulation, source: Source) -> None:
    for at, flow in enumerate(regulation.workflows):
        path: Path = ("workflows", at)
        states = [(("steps", i, "state"), step.state) for i, step in enumerate(flow.steps)]
        twice(source, path, states)
        _leads_up(regulation, flow, source, path)
    _every_grade_reached(regulation, source)


def _leads_up(regulation: Regulation, flow: Workflow, source: Source, path: Path) -> None:
    ladder = regulation.ladder
    if flow.about != "promotion":
        return
    if flow.from_ is None or flow.to is None:
        what = _("A promotion needs `from:` and `to:`")
        source.add("promotion-without-grades", path, what)
    elif {flow.from_, flow.to} <= set(ladder) and ladder.index(flow.from_) >= ladder.index(flow.to):
        what = _("A promotion leads to a higher grade; the grades are written low to high")
        source.add("promotion-downwards", (*path, "to"), what, value=flow.to)


def _every_grade_reached(regulation: Regulation, source: Source) -> None:
    """Where promotions are ruled, each grade but the lowest has one that leads to it."""
    promotions = [flow for flow in regulation.workflows if flow.about == "promotion"]
    reached = {flow.to for flow in promotions}
    for at, (_lower, grade) in enumerate(pairwise(regulation.ladder)):
        if promotions and grade not in reached:
            what = _("No promotion leads to this grade")
            source.add("grade-unreachable", ("grades", at + 1), what, value=grade)


def _training(regulation: Regulation, source: Source) -> None:
    organisers = regulation.training
    twice(source, ("training",), [((i, "grade"), one.grade) for i, one in enumerate(organisers)])
    trained = {one.grade for one in organisers}
    for at, grade in enumerate(regulation.ladder):
        if organisers and grade not in trained:
            what = _("Nobody organises the training of this grade")
            source.add("grade-untrained", ("grades", at), what, value=grade)

"""What it would take: the value of an indicator that brings managers to a rating."""

from __future__ import annotations

from decimal import ROUND_HALF_UP
from typing import TYPE_CHECKING

from cm_cli.domain.appraisal.card import Named
from cm_cli.domain.appraisal.whatif import CENT, needed
from cm_cli.domain.fields import BadValueError
from cm_cli.domain.sheet import Column, Sheet
from cm_cli.errors import CmError, Exit, Problem
from cm_cli.language import _, pick
from cm_cli.reports import appraisal as report
from cm_cli.reports.register import Asked
from cm_cli.store.connection import reading
from cm_cli.store.regulations import in_force
from cm_cli.usecases.lookup import managers_named
from cm_cli.usecases.whatif import another, indicator_of, rules_of, section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cm_cli.domain.period import Period
    from cm_cli.domain.regulation.schema import Indicator, Regulation
    from cm_cli.domain.sheet import Cell
    from cm_cli.usecases.clerk import Clerk

Goal = tuple["Indicator", Named]


def reach(
    clerk: Clerk,
    period: Period,
    words: Sequence[str],
    name: str,
    *,
    indicator: str,
    rating: str,
) -> Sheet:
    """Return what an indicator would have to be for a rating, manager by manager."""
    with reading(clerk.place, clerk.known_at) as connection:
        asked = Asked(period, managers_named(connection, words), clerk.today)
        under = another(clerk, name) if name else None
        appraised = report.work_out(connection, asked, under)
        rules = rules_of(appraised) or [in_force(connection, period.last).rules()]
    goals = _goals([under.rules()] if under else rules, indicator, rating)
    wanted, code = next(iter(goals.values()))
    chosen = [e for e in appraised if not asked.managers or e.facts.code in asked.managers]
    rows = [_needed(each, period, goals.get(each.regulation.code)) for each in chosen]
    columns = (
        Column("manager", _("Manager"), "code"),
        Column("name", _("Manager's name")),
        Column("unit", _("Unit")),
        Column("rating", _("Rating")),
        Column("total", _("Total"), "number"),
        Column("now", _("Value now"), "number", wanted.unit),
        Column("needed", _("Value needed"), "number", wanted.unit),
        Column("change", _("Difference"), "number", wanted.unit),
        Column("total_then", _("Total then"), "number"),
        Column("rating_then", _("Rating then")),
    )
    title = _("{indicator} for {rating}, {period}").format(
        indicator=pick(wanted.name.both()), rating=code.label, period=period
    )
    out = [str(row[0]) for row in rows if row[9] is None]
    notes = (
        (
            _("No value of {indicator} alone brings them there: {managers}.").format(
                indicator=pick(wanted.name.both()), managers=", ".join(out)
            ),
        )
        if out
        else ()
    )
    return Sheet("needed", title, columns, rows, notes)


def _goals(rules: Sequence[Regulation], indicator: str, rating: str) -> dict[str, Goal]:
    """Return what is meant under each regulation; refuses where it means nothing under any."""
    found: dict[str, Goal] = {}
    refused: list[CmError] = []
    for each in rules:
        try:
            found[each.regulation] = _wanted(each, indicator, rating)
        except CmError as trouble:
            refused.append(trouble)
    if not found:
        raise refused[0]
    return found


def _wanted(rules: Regulation, indicator: str, rating: str) -> Goal:
    """Return the indicator and the rating meant; both are refused together."""
    appraisal, _indicators = section(rules)
    problems: list[Problem] = []
    meant: Indicator | None = None
    try:
        meant = indicator_of([rules], indicator)
        if not any(meant.code in {i.measure.indicator, i.measure.of} for i in appraisal.items()):
            what = _("No item of {code} measures {indicator}").format(
                code=rules.regulation, indicator=meant.code
            )
            problems.append(
                Problem(
                    "not-measured",
                    what,
                    None,
                    indicator,
                    _("See the items with: cm regulation show {name}.").format(
                        name=rules.regulation
                    ),
                )
            )
    except BadValueError as bad:
        what = _("--indicator “{word}” {what}").format(word=indicator, what=bad.what)
        problems.append(Problem("unknown-indicator", what, None, indicator, bad.mend))
    found = appraisal.find_rating(rating)
    if found is None:
        what = _("“{rating}” is not a rating of this regulation").format(rating=rating)
        known = ", ".join(f"{r.code} {pick(r.name.both())}" for r in appraisal.ratings)
        problems.append(
            Problem(
                "unknown-rating", what, None, rating, _("Take one of {known}.").format(known=known)
            )
        )
    elif not appraisal.bands:
        what = _("{code} gives ratings by hand: no value leads to one").format(
            code=rules.regulation
        )
        problems.append(Problem("rated-by-hand", what, None, rating))
    if problems or meant is None or found is None:
        raise CmError(
            _("What is to be reached cannot be asked"),
            mend=_("Mend what is named and ask again."),
            slug="bad-goal",
            code=Exit.USAGE,
            problems=problems,
        )
    return meant, Named(found.code, found.name.zh, found.name.en)


def _needed(each: report.Appraised, period: Period, goal: Goal | None) -> tuple[Cell, ...]:
    facts, card, found = each.facts, each.card, None
    if goal:
        appraisal, indicators = section(each.regulation.rules())
        indicator, rating = goal
        found = needed(
            appraisal, indicators, facts, period, indicator=indicator.code, rating=rating.code
        )
    now = (
        facts.code,
        facts.name,
        facts.unit,
        card.rating.label if card.rating else None,
        card.total,
    )
    if found is None:
        return (*now, *(None,) * 5)
    label = found.card.rating.label if found.card.rating else None
    stands = None if found.now is None else found.now.quantize(CENT, ROUND_HALF_UP)
    if found.value is None or found.value == found.now:
        return (*now, stands, stands, 0, found.card.total, label)
    change = found.value - (stands or 0)
    return (*now, stands, found.value, change, found.card.total, label)

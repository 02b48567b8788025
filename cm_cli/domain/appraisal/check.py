"""Checks of an appraisal section against the rest of its regulation.

What stands within the section is checked by its own models; here is what needs the indicators,
the grades and the consequences beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cm_cli.domain.regulation.appraisal import Appraisal, Consequence, When


def findings_across(
    appraisal: Appraisal,
    consequences: Sequence[Consequence],
    indicators: Collection[str],
    grades: Collection[str],
) -> list[str]:
    """Return what is wrong between the appraisal and the rest of the regulation."""
    known = {
        "rating": {rating.code for rating in appraisal.ratings},
        "grade": set(grades),
        "indicator": set(indicators),
    }
    named = [("rating", rule.when.rating) for rule in consequences]
    named += [("grade", rule.when.grade) for rule in consequences]
    named += [("indicator", item.measure.indicator) for item in appraisal.items()]
    named += [("indicator", item.measure.of) for item in appraisal.items()]
    findings = [
        _("{key} “{code}” is not in the regulation; there are {known}").format(
            key=key, code=code, known=", ".join(sorted(known[key])) or "-"
        )
        for key, code in sorted(set(named))
        if code and code not in known[key]
    ]
    return findings + _unreachable(consequences) + _not_appraised(appraisal, consequences)


def _covers(earlier: When, later: When) -> bool:
    """Say whether whatever fits the later condition has fitted the earlier one already."""
    if earlier.restarts_after_promotion and not later.restarts_after_promotion:
        return False
    return (
        earlier.rating in {"", later.rating}
        and earlier.grade in {"", later.grade}
        and (earlier.years_running or 1) <= (later.years_running or 1)
        and earlier.huge_benefit in {None, later.huge_benefit}
    )


def _unreachable(consequences: Sequence[Consequence]) -> list[str]:
    first = [rule for rule in consequences if not rule.in_addition]
    return [
        _(
            "consequence “{then}” (number {number}) is never reached: an earlier one covers it"
        ).format(then=rule.then, number=consequences.index(rule) + 1)
        for at, rule in enumerate(first)
        if any(_covers(e.when, rule.when) and e.applies == rule.applies for e in first[:at])
    ]


def _not_appraised(appraisal: Appraisal, consequences: Sequence[Consequence]) -> list[str]:
    missing = sorted({rule.applies for rule in consequences} - set(appraisal.periods))
    return [
        _("consequences apply to the {period}, which is not appraised").format(period=period)
        for period in missing
    ]

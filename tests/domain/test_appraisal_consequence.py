"""F05: what a rating leads to, in the order of article 16(4)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from appraisal_example import (
    CONSEQUENCES,
    FACTS,
    INDICATORS,
    YEAR,
    appraisal,
    consequences,
)

from cm_cli.domain.appraisal.consequence import outcomes
from cm_cli.domain.appraisal.facts import YearRating
from cm_cli.domain.appraisal.score import decide, score
from cm_cli.domain.period import parse

GOOD_YEAR = (YearRating(2015, "excellent", "rating#9"),)
GOOD = {"earlier": GOOD_YEAR}
HUGE = {"huge_benefit": True}
REWARD = ("one_off_reward",)
UP_OR_RAISE = ("one_grade_up", "raise")


def following(rating: str, grade: str = "manager", text: str = CONSEQUENCES, **changes):
    facts = replace(FACTS, grade=grade, **changes)
    return outcomes(consequences(text), rating, facts, YEAR)


@pytest.mark.parametrize(
    ("rating", "grade", "changes", "actions", "to_grade"),
    [
        ("incompetent", "assistant", {}, [("dismiss",)], ""),
        ("incompetent", "manager", {}, [("one_grade_down",)], "assistant"),
        ("incompetent", "senior", {}, [("one_grade_down",)], "manager"),
        ("excellent", "manager", {}, [("keep",)], ""),
        ("excellent", "manager", GOOD, [UP_OR_RAISE], "senior"),
        ("excellent", "assistant", GOOD, [UP_OR_RAISE], "manager"),
        ("excellent", "senior", GOOD, [("raise",)], ""),
        ("excellent", "manager", GOOD | {"promotion_blocked": ("cap",)}, [("raise",)], ""),
        ("excellent", "manager", {"earlier": (YearRating(2014, "excellent"),)}, [("keep",)], ""),
        ("excellent", "manager", {"earlier": (YearRating(2015, "competent"),)}, [("keep",)], ""),
        ("competent", "manager", GOOD, [("keep",)], ""),
        ("basic", "manager", {}, [("keep",)], ""),
        ("basic", "manager", HUGE, [UP_OR_RAISE, REWARD], "senior"),
        ("excellent", "manager", HUGE | GOOD, [UP_OR_RAISE, REWARD], "senior"),
        ("incompetent", "assistant", HUGE, [("dismiss",), REWARD], ""),
    ],
)
def test_the_yearly_consequence(rating, grade, changes, actions, to_grade):
    found = following(rating, grade, **changes)
    assert [outcome.actions for outcome in found] == actions
    assert found[0].to_grade == to_grade


@pytest.mark.parametrize(
    ("grade", "changes", "actions", "slug"),
    [
        ("manager", {}, ("skip_grade_up",), ""),
        ("senior", {}, ("keep",), "highest_grade"),
        ("manager", {"promotion_blocked": ("cap",)}, ("keep",), "promotion_blocked"),
    ],
)
def test_skipping_grades_is_a_promotion_too(grade, changes, actions, slug):
    text = "- {when: {rating: excellent}, then: skip_grade_up, article: '7'}"
    (found,) = following("excellent", grade, text, **changes)
    assert (found.actions, found.slug) == (actions, slug)


def test_an_outcome_cites_its_article_its_records_and_what_blocked_it():
    found = following("excellent", earlier=GOOD_YEAR, promotion_blocked=("20 % senior",))[0]
    assert (found.source.article, found.rows) == ("16(4)", ("rating#9",))
    assert (found.slug, found.blocked) == ("promotion_blocked", ("20 % senior",))
    assert following("excellent", "senior", earlier=GOOD_YEAR)[0].slug == "highest_grade"


def test_the_run_restarts_after_a_promotion_only_where_the_rule_says_so():
    promoted = (replace(GOOD_YEAR[0], promoted=True),)
    restarting = CONSEQUENCES.replace(
        "years_running: 2", "years_running: 2, restarts_after_promotion: true"
    )
    assert following("excellent", earlier=promoted)[0].actions == UP_OR_RAISE
    assert following("excellent", text=restarting, earlier=promoted)[0].actions == ("keep",)
    assert following("excellent", text=restarting, earlier=GOOD_YEAR)[0].actions == UP_OR_RAISE


def test_three_years_running_need_two_earlier_ones():
    text = CONSEQUENCES.replace("years_running: 2", "years_running: 3")
    two = (*GOOD_YEAR, YearRating(2014, "excellent", "rating#8"))
    assert following("excellent", text=text, earlier=GOOD_YEAR)[0].actions == ("keep",)
    assert following("excellent", text=text, earlier=two)[0].rows == ("rating#9", "rating#8")


def test_the_lowest_grade_without_a_rule_of_its_own_stays_and_says_why():
    text = "- {when: {rating: incompetent}, then: one_grade_down, article: '1'}"
    found = following("incompetent", "assistant", text)[0]
    assert (found.actions, found.slug) == (("keep",), "lowest_grade")


def test_a_quarter_has_no_consequence_of_the_year():
    card = score(appraisal(), INDICATORS, FACTS, parse("2016Q1"), consequences())
    assert card.outcomes == ()


def test_deciding_another_rating_changes_what_follows():
    facts = replace(FACTS, earlier=GOOD_YEAR)
    card = score(appraisal(), INDICATORS, facts, YEAR, consequences())
    assert (card.rating.code, card.outcomes[0].actions) == ("excellent", UP_OR_RAISE)
    lower = decide(
        card, appraisal(), facts, YEAR, rating="incompetent", consequences=consequences()
    )
    assert lower.outcomes[0].actions == ("one_grade_down",)

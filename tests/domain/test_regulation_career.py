"""Caps, requirements, terms and client classes as abc-2001 has them (F01, F02, F03, F25–F27)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cm_cli.domain.career import (
    anniversary,
    caps,
    may_hold,
    next_grade,
    term_end,
    term_reminder,
    years_in_post,
)
from cm_cli.domain.classes import classify, due_on, limits
from cm_cli.domain.regulation.load import read
from cm_cli.domain.regulation.schema import Band, Scheme, Term, TermEnd

ABC = Path(__file__).parents[2] / "cm_cli/regulations/abc/abc-2001.yaml"


@pytest.fixture(scope="module")
def abc():
    return read(ABC.read_text(), ABC.name)


@pytest.mark.parametrize(
    ("total", "senior", "manager"), [(10, 2, 5), (7, 1, 3), (4, 0, 2), (1, 0, 0), (0, 0, 0)]
)
def test_caps_are_rounded_down(abc, total: int, senior: int, manager: int):
    lines = {line.grade: line for line in caps(abc, {"assistant": total})}
    assert (lines["senior"].most, lines["manager"].most) == (senior, manager)
    assert lines["assistant"].most is None
    assert lines["senior"].article == "7"


def test_a_cap_is_broken_by_one_too_many_and_kept_at_the_number_itself(abc):
    at_cap = {line.grade: line for line in caps(abc, {"assistant": 3, "manager": 5, "senior": 2})}
    over = {line.grade: line for line in caps(abc, {"assistant": 2, "manager": 5, "senior": 3})}
    assert [line.kept for line in at_cap.values()] == [True, True, True]
    assert (over["senior"].kept, over["senior"].room) == (False, -1)
    assert over["manager"].kept


def test_grades_the_regulation_does_not_know_count_among_all(abc):
    lines = {line.grade: line for line in caps(abc, {"manager": 5, "trainee": 5})}
    assert (lines["manager"].total, lines["manager"].kept) == (10, True)


@pytest.mark.parametrize(
    ("education", "years", "slugs"),
    [
        ("bachelor", "3", []),
        ("college", "3", ["education-too-low"]),
        ("doctor", "2.9999", ["years-too-few"]),
        ("none", "0", ["education-too-low", "years-too-few"]),
        ("", None, ["education-not-recorded", "years-not-recorded"]),
    ],
)
def test_what_keeps_a_person_from_senior(abc, education: str, years: str | None, slugs: list[str]):
    found = may_hold(abc, "senior", education, None if years is None else Decimal(years))
    assert [problem.slug for problem in found] == slugs


def test_an_unknown_grade_is_open_to_nobody(abc):
    assert [p.slug for p in may_hold(abc, "chief", "doctor", Decimal(9))] == ["unknown-grade"]


def test_the_ladder_ends(abc):
    assert next_grade(abc, "manager") == "senior"
    assert next_grade(abc, "senior") == ""
    assert next_grade(abc, "manager", -1) == "assistant"
    assert next_grade(abc, "assistant", -1) == ""


@pytest.mark.parametrize(
    ("on", "years"),
    [
        ("2016-03-01", "0"),
        ("2019-02-28", "2.9972"),
        ("2019-03-01", "3.0000"),
        ("2016-02-29", "0"),
        ("2020-03-01", "4.0000"),
    ],
)
def test_a_year_in_post_is_not_reached_before_its_day(on: str, years: str):
    assert years_in_post(date(2016, 3, 1), date.fromisoformat(on)) == Decimal(years)


def test_years_before_the_post_count():
    assert years_in_post(date(2016, 1, 1), date(2017, 1, 1), Decimal("2.5")) == Decimal("3.5")


@pytest.mark.parametrize(
    ("ends_on", "start", "last"),
    [
        ("day_before", "2001-10-01", "2002-09-30"),
        ("same_day", "2001-10-01", "2002-10-01"),
        ("day_before", "2016-02-29", "2017-02-28"),
        ("same_day", "2016-02-29", "2017-02-28"),
        ("day_before", "2015-03-01", "2016-02-29"),
    ],
)
def test_a_term_ends(ends_on: str, start: str, last: str):
    term = Term(years=1, article="14", ends=TermEnd(on=ends_on, chosen="as read here"))
    assert term_end(term, date.fromisoformat(start)) == date.fromisoformat(last)


def test_the_end_of_a_term_is_announced(abc):
    assert term_reminder(abc.term, date(2016, 1, 1)) == date(2016, 11, 1)
    assert anniversary(date(2016, 2, 29), 4) == date(2020, 2, 29)


@pytest.mark.parametrize(
    ("yuan", "code"),
    [
        ("10000000000", "large"),
        ("9999999999.99", "medium"),
        ("2000000000", "medium"),
        ("500000000", "small"),
        ("499999999.99", "micro"),
        ("0", "micro"),
        ("-1", "micro"),
    ],
)
def test_the_lower_bound_belongs_to_the_class(abc, yuan: str, code: str):
    assert classify(abc.scheme("size"), Decimal(yuan)).code == code


def test_a_class_says_why(abc):
    found = classify(abc.scheme("size"), Decimal(12_000_000_000))
    assert found.reason == "total assets 1200000 万元, at least 1000000 万元: large"
    assert found.chosen == "100亿元 and more"
    low = classify(abc.scheme("size"), Decimal(10_000))
    assert low.reason == "total assets 1 万元, under 50000 万元: micro"


def test_what_is_not_measured_has_no_class(abc):
    assert classify(abc.scheme("size"), None).code == ""
    assert classify(abc.scheme("size"), None).reason == "no total assets recorded"


def test_bank_of_america_tiers_have_closed_lower_bounds():
    def band(code: str, start: str | None) -> Band:
        return Band.model_validate(
            {"code": code, "name": {"zh": code, "en": code}, "from": start, "article": "50"}
        )

    tiers = [("large", "2000000000"), ("middle", "50000000"), ("small_middle", "2500000")]
    scheme = Scheme(
        code="tier",
        name={"zh": "层级", "en": "tier"},
        measure="sales",
        unit="元",
        currency="USD",
        article="50",
        bands=(*(band(*tier) for tier in tiers), band("micro", None)),
    )
    values = ["2000000000", "50000000", "2500000", "2499999"]
    found = [classify(scheme, Decimal(value)).code for value in values]
    assert found == ["large", "middle", "small_middle", "micro"]


def test_limits_are_yuan_high_to_low(abc):
    assert limits(abc.scheme("size")) == [
        ("large", Decimal(10_000_000_000)),
        ("medium", Decimal(2_000_000_000)),
        ("small", Decimal(500_000_000)),
        ("micro", None),
    ]


def test_a_contact_is_due_after_the_cycle_of_the_class(abc):
    duty = next(duty for duty in abc.duties if duty.code == "contact")
    assert due_on(duty, "large", date(2016, 2, 1)) == date(2016, 3, 2)
    assert due_on(duty, "", date(2016, 2, 1)) is None

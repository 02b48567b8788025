"""The cases of abc-2001 pass, cover its articles, and fail when the rules change."""

from __future__ import annotations

from pathlib import Path

import pytest

from cm_cli.domain.regulation.cases import coverage, deciding_articles
from cm_cli.domain.regulation.casework import run_cases
from cm_cli.domain.regulation.load import load, read
from cm_cli.errors import CmError

FOLDER = Path(__file__).parents[2] / "cm_cli/regulations/abc"
TEXT = (FOLDER / "abc-2001.yaml").read_text()
CASES = (FOLDER / "abc-2001.cases.yaml").read_text()
NAME = "abc-2001.cases.yaml"


@pytest.fixture(scope="module")
def abc():
    return read(TEXT, "abc-2001.yaml")


def test_every_case_passes(abc):
    results = run_cases(abc, CASES, NAME)
    assert [(r.name, r.expected, r.got) for r in results if not r.passed] == []
    assert len(results) > 90


def test_every_deciding_article_has_a_case(abc):
    assert coverage(abc, CASES, NAME) == []
    assert {"6(1)", "7", "10(1)", "12", "14", "15(2)", "16(4)", "17(3)"} <= set(
        deciding_articles(abc)
    )


# Changes that make sense in themselves, so that only a case can tell that they are wrong.
WRONG = [
    ("{percent: 20, of: unit", "{percent: 25, of: unit", "four managers leave|a senior among four"),
    ("education: bachelor", "education: college", "college with ten years"),
    ("years_in_post: 3", "years_in_post: 2", "master just short"),
    ("on: day_before", "on: same_day", "a plain year"),
    ("from: 1000000", "from: 1000001", "exactly at large"),
    ("from: 50000", "from: 49999", "just under small"),
    ("large: 30", "large: 31", "large client after"),
    ("every: workday", "every: week", "a diary each"),
    ("rating: excellent, from: 90", "rating: excellent, from: 91", "exactly excellent"),
    ("rating: basic, from: 60", "rating: basic, from: 59", "just under basic"),
    ("years_running: 2", "years_running: 3", "second excellent in a row"),
    ("then: one_grade_down", "then: train", "incompetent manager"),
    ("bonus_at_most: {points: 10", "bonus_at_most: {points: 9", "all bonus together"),
    ("verified: true", "verified: false", "an unverified breach"),
    ("by: [nearest_region, least_loaded]", "by: [least_loaded]", "the nearest region"),
    ("policy: leave_out", "policy: zero", "an item nobody measured"),
    ("by: [head_office]", "by: [tier1_branch]", "seniors at head office"),
]


@pytest.mark.parametrize(("written", "wrong", "names"), WRONG)
def test_a_wrong_rule_fails_a_case(written: str, wrong: str, names: str):
    assert written in TEXT
    regulation, problems = load(TEXT.replace(written, wrong, 1), "abc-2001.yaml")
    assert problems == []
    failed = [r.name for r in run_cases(regulation, CASES, NAME) if not r.passed]
    assert failed
    for name in names.split("|"):
        assert any(one.startswith(name) for one in failed), failed


def test_a_failed_case_says_what_was_expected_and_where(abc):
    text = CASES.replace("most: {senior: 1, manager: 3}", "most: {senior: 2, manager: 3}")
    failed = [r for r in run_cases(abc, text, NAME) if not r.passed]
    assert [(r.name, r.article, r.expected, r.got, str(r.where)) for r in failed] == [
        (
            "seven managers",
            "7",
            "senior 2, manager 3, broken -",
            "senior 1, manager 3, broken -",
            f"{NAME}:7 «caps[1]»",
        )
    ]


def test_an_article_without_case_is_found(abc):
    text = "\n".join(line for line in CASES.splitlines() if 'article: "12"' not in line)
    found = coverage(abc, text, NAME)
    assert [(p.slug, p.value) for p in found] == [("article-without-case", "12")]
    assert coverage(abc, text + '\nno_case: {"12": only routes}\n', NAME) == []
    idle = coverage(abc, CASES + '\nno_case: {"21": about the text itself}\n', NAME)
    assert [(p.slug, p.value, str(p.where)) for p in idle] == [
        ("no-case-idle", "21", f"{NAME}:{CASES.count(chr(10)) + 2} «no_case.21»")
    ]


def test_cases_of_another_regulation_are_found(abc):
    text = CASES.replace("regulation: abc-2001", "regulation: abc-2002", 1)
    assert [p.slug for p in coverage(abc, text, NAME)] == ["other-regulation"]


def test_a_misspelt_fact_is_refused_and_not_passed_over(abc):
    text = CASES.replace("heads: {assistant: 3", "head: {assistant: 3", 1)
    with pytest.raises(CmError) as refused:
        run_cases(abc, text, NAME)
    assert [(p.slug, str(p.where)) for p in refused.value.problems] == [
        ("key-missing", f"{NAME}:6 «caps[0].heads»"),
        ("unknown-key", f"{NAME}:6 «caps[0].head»"),
    ]


def test_an_article_in_part_covers_the_whole_one():
    text = TEXT.replace('article: "12"', 'article: "12(1)"').replace('"5(1), 12"', '"5(1)"')
    regulation = read(text, "abc-2001.yaml")
    found = coverage(regulation, CASES, NAME)
    assert [p.value for p in found] == ["12(1)"]
    whole = read(TEXT.replace('article: "16(4)"', 'article: "16"'), "abc-2001.yaml")
    assert coverage(whole, CASES, NAME) == []


def test_only_what_is_rated_by_hand_is_rated_in_a_case(abc):
    slip = CASES.replace("rated: {attitude: 100,", "rated: {deposits: 90, attitude: 100,", 1)
    assert [(p.slug, p.value) for p in coverage(abc, slip, NAME)] == [
        ("unknown-reference", "deposits")
    ]

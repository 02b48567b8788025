"""The sections of a regulation: what is decided by them, and each slip in them found at its line."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from cm_cli.domain.regulation.casework import run_cases
from cm_cli.domain.regulation.load import load, read
from cm_cli.domain.regulation.sections.pay import Component, schedule

HERE = Path(__file__).parent
TEXT = (HERE / "sample.yaml").read_text(encoding="utf-8")
CASES = (HERE / "sample.cases.yaml").read_text(encoding="utf-8")

# slug, what is written, what stands there instead
SLIPS = [
    # references and codes
    ("unknown-reference", "per: staff, staff: officer", "per: staff, staff: officers"),
    ("unknown-reference", "figure: {of: clerk", "figure: {of: clerks"),
    ("unknown-reference", "grade: a, provisional", "grade: c, provisional"),
    ("unknown-reference", "record: f511", "record: f512"),
    ("unknown-reference", "event: request", "event: requests"),
    ("unknown-reference", "least: clerk", "least: clerks"),
    ("unknown-reference", "{quantity: gross_profit", "{quantity: gross_profits"),
    ("unknown-reference", 'by: head, article: "1"}\nteams', 'by: heads, article: "1"}\nteams'),
    ("unknown-reference", "fits: {area: large}", "fits: {areas: large}"),
    ("unknown-reference", "fits: {area: large}", "fits: {area: huge}"),
    ("unknown-reference", "per: clerk", "per: clerks"),
    ("unknown-reference", "indicator: dep, every", "indicator: deps, every"),
    ("unknown-reference", "grades: [b], returned", "grades: [z], returned"),
    ("unknown-reference", "by: [head], every: week", "by: [heads], every: week"),
    ("unknown-reference", "kind: industry, by: [industry]", "kind: industry, by: [trade]"),
    ("unknown-reference", "employment: [staff]", "employment: [staffs]"),
    ("unknown-reference", "values: {a: 1000", "values: {z: 1000"),
    ("unknown-reference", "covers: {S99.R1", "covers: {S98.R1"),
    ("code-twice", "code: outlet, name", "code: tr, name"),
    ("code-twice", "{code: clerk, name: {zh: 科员", "{code: gross_profit, name: {zh: 科员"),
    ("code-twice", "{any_of: [clients], at_least: 5, complete: [family, need], article", "{any_of: [orders, problem], article"),
    ("covers-nothing", "S99.R1: grades", "S99.R1: grade"),
    # people
    ("contradiction", "at_least: 25, at_most: 30", "at_least: 31, at_most: 30"),
    ("contradiction", "per: staff, staff: officer", "per: staff"),
    ("norms-contradict", "norms:\n", 'norms:\n  - {code: o2, name: {zh: 二, en: two}, per: outlet, at_most: 1, article: "1"}\n'),
    ("entry-unreachable", "passed: [interview], employment: [staff]", "passed: []"),
    ("contradiction", "levels: {from: 10, to: 13", "levels: {from: 14, to: 13"),
    ("out-of-range", "related_years: 3", "related_years: 300"),
    # forms, deadlines, limits
    ("contradiction", "any_of: [orders, problem]", "any_of: [order, problem]"),
    ("contradiction", "complete: [family, need]", "complete: [family, needs]"),
    ("contradiction", "type: rows, at_least: 5, fields", "type: text, at_least: 5, fields"),
    ("deadline-odd", "every: week, deadline: {weekday: 5", "every: month, deadline: {weekday: 5"),
    ("deadline-odd", "every: week, deadline: {weekday: 5", "every: week, deadline: {day: 5"),
    ("reminder-too-early", "days: 1, chosen", "days: 1, warn: 1, chosen"),
    ("reminder-too-early", "days: 1, chosen", "days: 0, warn: 5, chosen"),
    ("duty-rhythm", 'after: {event: request, days: 1, chosen: "calendar days"}, ', ""),
    ("contradiction", "of: {at_most: 10", "of: {at_least: 10"),
    ("contradiction", "of: {at_most: 10", "of: {at_least: 11, at_most: 10"),
    # pay and awards
    ("pay-falls", "values: {a: 1000, b: 2000}", "values: {a: 2000, b: 1000}"),
    ("table-gap", "values: {a: 1000, b: 2000}", "values: {a: 1000}"),
    ("pay-falls", '"2": 1.2', '"2": 0.2'),
    ("pay-falls", "marginal: true, tiers: [{from: 0, percent: 1}, {from: 1000, percent: 2}]", "marginal: false, tiers: [{from: 0, percent: 2}, {from: 1000, percent: 1}]"),
    ("tier-idle", "{from: 1000, percent: 2}", "{from: 1000, percent: 1}"),
    ("contradiction", "{from: 1000, percent: 2}", "{from: 0, percent: 2}"),
    ("contradiction", "kind: product, of: post, ", "kind: product, "),
    ("contradiction", "kind: given, ", "kind: given, percent: 5, "),
    ("contradiction", "total: [wage, fee, bonus]", "total: [wage, bonus]"),
    ("contradiction", "of: post, table", "of: bonus, table"),
    ("contradiction", "parts: [[6, 50], [12, 50]]", "parts: [[6, 50], [12, 40]]"),
    ("contradiction", "parts: [[6, 50], [12, 50]]", "parts: [[12, 50], [6, 50]]"),
    ("contradiction", "from: 5, to: 20", "from: 50, to: 20"),
    ("out-of-range", "from: 5, to: 20", "from: 5, to: 200"),
    ("contradiction", "employment: [staff]", "employment: [agent]"),
    ("wrong-unit", "kind: liability, unit: 元", "kind: liability, unit: 户"),
    ("contradiction", "type: rows, at_least: 5, fields", "type: rows, at_most: 2, fields"),
    ("contradiction", "from: 80, article", "from: 180, article"),
    # workflows, structures, teams, targets, figures, classes
    ("state-unreachable", "en: accepted}, by: head}", "en: accepted}, by: head, after: [closed]}"),
    ("contradiction", "after: [handled, refused]", "after: [handled, refuse]"),
    ("contradiction", "after: [handled, refused]", "after: [handled, closed]"),
    ("structure-unreachable", "fits: {area: large}", "fits: {area: small}"),
    ("contradiction", "also: [rel]", "also: [rels]"),
    ("contradiction", "at_least: 1, at_most: 1", "at_least: 2, at_most: 1"),
    ("contradiction", "q1: 30, q2: 30", "q1: 30, q2: 31"),
    ("split-short", "q1: 30, q2: 30, q3: 20, q4: 20", "q1: 50, q2: 50"),
    ("contradiction", "into: quarter", "into: month, equal: true"),
    ("contradiction", "formula: growth, of: gross_profit, per: clerk", "formula: growth, of: clerk, per: clerk"),
    ("contradiction", "formula: growth, of: gross_profit, per: clerk", "formula: sum, of: gross_profit"),
    ("contradiction", "distrust: 55", "distrust: 56"),
    ("contradiction", "weight: 60", "weight: 50"),
    ("contradiction", "top: {percent: 20", "top: {percent: 0"),
    ("contradiction", 'top: {percent: 20, by: sales, article: "1"}, ', ""),
]  # fmt: skip


def test_the_sample_is_clean():
    assert load(TEXT, "sample.yaml")[1] == []


@pytest.mark.parametrize("slug, was, becomes", SLIPS)
def test_each_slip_is_found(slug, was, becomes):
    assert TEXT.count(was) >= 1, "the sample has changed"
    _rules, problems = load(TEXT.replace(was, becomes, 1), "sample.yaml")
    assert slug in {problem.slug for problem in problems}, [str(problem) for problem in problems]
    assert all(problem.where and problem.where.line for problem in problems)


def test_what_jumps_is_a_note():
    text = TEXT.replace("marginal: true", "marginal: false")
    rules, problems = load(text, "sample.yaml")
    assert rules is not None
    assert [(one.slug, one.note) for one in problems] == [("cliff", True)]


def test_what_is_declared_for_nothing_is_a_note():
    text = TEXT.replace(
        "roles: [", 'roles: [{code: clerk, name: {zh: 员, en: clerk}, article: "1"}, '
    )
    assert [(one.slug, one.note, one.value) for one in load(text, "sample.yaml")[1]] == [
        ("idle", True, "clerk")
    ]


def test_an_article_nothing_stands_on_is_a_note():
    text = TEXT.replace("since: 2020-01-01", "since: 2020-01-01\narticles: 10")
    values = {one.value for one in load(text, "sample.yaml")[1] if one.slug == "article-idle"}
    assert values == {"3", "5", "6", "7", "8", "10"}


def test_the_cases_of_the_sample_pass():
    rules = read(TEXT, "sample.yaml")
    failed = [
        (one.name, one.expected, one.got)
        for one in run_cases(rules, CASES, "cases")
        if not one.passed
    ]
    assert failed == []


CHANGES = [
    ("per: outlet, at_least: 2", "per: outlet, at_least: 3"),
    ("at_least: 3000000", "at_least: 3000001"),
    ("values: {a: 1000", "values: {a: 1001"),
    ('"2": 1.2', '"2": 1.3'),
    ("{percent: 40, parts", "{percent: 41, parts"),
    ("at_least: 100000, marked", "at_least: 100001, marked"),
    ("from: 5, to: 20", "from: 5, to: 21"),
    ("any_of: [clients], at_least: 5", "any_of: [clients], at_least: 6"),
    ("days: 1, chosen", "days: 2, chosen"),
    ("of: {at_most: 10", "of: {at_most: 12"),
    ("{code: cert, name: {zh: 证, en: cert}}", "{code: other, name: {zh: 证, en: cert}}"),
    ("related_years: 3", "related_years: 4"),
    ("fits: {area: small}", "fits: {}"),
    ("from: 10, to: 13", "from: 10, to: 14"),
    ("q1: 30, q2: 30", "q1: 29, q2: 31"),
    ("base: {growth: 10", "base: {growth: 11"),
    ("formula: growth", "formula: share"),
    ("weekday: 5", "weekday: 4"),
    ("top: {percent: 20", "top: {percent: 40"),
    ('weight: 60, article: "1"}, {code: need, name: {zh: 需求, en: need}, weight: 40', 'weight: 50, article: "1"}, {code: need, name: {zh: 需求, en: need}, weight: 50'),
    ("distrust: 55, other: 45", "distrust: 50, other: 50"),
    ("has: true", "has: false"),
    ("may_manage: false", "may_manage: true"),
    ("after: [handled, refused]", "after: [handled]"),
    ("at_least: 25, at_most: 30", "at_least: 25, at_most: 25"),
    ("percent: 2}", "percent: 3}"),
]  # fmt: skip


@pytest.mark.parametrize("was, becomes", CHANGES)
def test_a_wrong_number_fails_a_case(was, becomes):
    assert TEXT.count(was) >= 1, "the sample has changed"
    rules, problems = load(TEXT.replace(was, becomes, 1), "sample.yaml")
    assert rules is not None, problems
    assert not all(one.passed for one in run_cases(rules, CASES, "cases"))


@pytest.mark.parametrize(
    ("was", "becomes", "slug"),
    [
        ("S99.R1: grades", "S99.R1: grades.²", "covers-nothing"),
        ("S99.R1: grades", f"S99.R1: grades.{'9' * 5000}", "covers-nothing"),
        ('"2": 1.2', "²: 1.2", "wrong-shape"),
        ('"2": 1.2', "'02': 1.2", "wrong-shape"),
        ('"2": 1.2', "'２': 1.2", "wrong-shape"),
        ('"2": 1.2', f"{'9' * 39}: 1.2", "wrong-shape"),
        ("since: 2020-01-01", "since: 2020-01-01\narticles: 999999999", "out-of-range"),
    ],
)
def test_a_number_is_one_of_few_plain_digits(was, becomes, slug):
    assert was in TEXT
    problems = load(TEXT.replace(was, becomes, 1), "sample.yaml")[1]
    assert slug in {one.slug for one in problems}


def test_an_article_of_thousands_of_digits_is_missing_and_a_note_may_name_anything():
    numbered = TEXT.replace("since: 2020-01-01", "since: 2020-01-01\narticles: 9")
    far = numbered.replace('article: "2"', f'article: "{"9" * 5000}"', 1)
    assert "article-missing" in {one.slug for one in load(far, "sample.yaml")[1]}
    for article, idle in (("²-3", "3"), ("1-999999999", "3"), ("3-8", "")):
        noted = numbered.replace("rules: [S99.R3]", f"rules: [S99.R3], article: {article}")
        values = [one.value for one in load(noted, "sample.yaml")[1] if one.slug == "article-idle"]
        assert values[:1] == ([idle] if idle else [])


@pytest.mark.parametrize(
    ("every", "into", "shares", "slugs"),
    [
        ("quarter", "month", 3, []),
        ("quarter", "month", 12, ["split-short"]),
        ("half_year", "quarter", 2, []),
        ("half_year", "month", 6, []),
        ("year", "month", 12, []),
        ("year", "quarter", 2, ["split-short"]),
        ("year", "week", 2, []),
        ("week", "quarter", 4, ["contradiction"]),
        ("month", "quarter", 4, ["contradiction"]),
        ("week", "week", 2, ["contradiction"]),
        ("week", "channel", 2, []),
    ],
)
def test_a_period_is_split_into_as_many_as_it_has(every, into, shares, slugs):
    first = 100 - shares + 1
    parts = ", ".join(f"q{n}: {first if n == 1 else 1}" for n in range(1, shares + 1))
    was = "every: year, split: {into: quarter, shares: {q1: 30, q2: 30, q3: 20, q4: 20}"
    assert was in TEXT
    text = TEXT.replace(was, f"every: {every}, split: {{into: {into}, shares: {{{parts}}}")
    assert [one.slug for one in load(text, "sample.yaml")[1] if not one.note] == slugs


def test_a_part_paid_later_may_be_a_fraction_of_a_percent_and_its_months_not():
    was = "parts: [[6, 50], [12, 50]]"
    for becomes, slugs in (
        ("parts: [[12, 33.3], [24, 33.3], [36, 33.4]]", []),
        ("parts: [[6.5, 50], [12, 50]]", ["not-whole"]),
        ("parts: [[6, half], [12, 50]]", ["not-a-number"]),
    ):
        problems = load(TEXT.replace(was, becomes), "sample.yaml")[1]
        assert [one.slug for one in problems if not one.note] == slugs


def test_a_table_has_a_number_for_each_grade_that_is_paid_by_it():
    was = 'values: {a: 1000, b: 2000}, chosen: example values}, article: "1"'
    assert was in TEXT
    for paid, values, slugs in (
        ("[b]", "{b: 2000}", []),
        ("[a, b]", "{b: 2000}", ["table-gap"]),
    ):
        becomes = f'values: {values}, chosen: example values}}, grades: {paid}, article: "1"'
        problems = load(TEXT.replace(was, becomes), "sample.yaml")[1]
        assert [one.slug for one in problems if not one.note] == slugs


def test_claims_are_of_a_list_of_the_regulation():
    claims = '  claims: {list: nowhere, article: "1"}\n'
    problems = load(TEXT.replace("assignment:\n", f"assignment:\n{claims}"), "sample.yaml")[1]
    assert [(one.slug, one.value) for one in problems if not one.note] == [
        ("unknown-reference", "nowhere")
    ]


@pytest.mark.parametrize("amount", ["0.05", "0.01", "0.09", "1.37", "0"])
def test_what_is_paid_later_is_never_negative_and_adds_up(amount):
    parts = [[month, 10] for month in range(1, 11)]
    deferral = {"percent": 100, "parts": parts, "chosen": "so"}
    name = {"zh": "奖", "en": "bonus"}
    one = Component(
        code="bonus", name=name, kind="given", deferral=deferral, article="1"
    )  # fmt: skip
    paid = [part for _months, part in schedule(one, Decimal(amount))]
    assert min(paid) >= 0
    assert sum(paid) == Decimal(amount)
    assert max(paid[1:]) - min(paid[1:]) <= Decimal("0.01")

"""Norms and grades that do not go together are found, whatever stands between them."""

from __future__ import annotations

import pytest

from cm_cli.domain.regulation.load import load

HEAD = """regulation: own
name: {zh: 办法, en: rules}
source: x
issued_by: {zh: 某, en: some}
since: 2020-01-01
"""
LINES = """lines:
  - {code: retail, name: {zh: 零售, en: retail}, article: "1"}
  - {code: corporate, name: {zh: 对公, en: corporate}, article: "1"}
"""


def found(text: str) -> list[tuple[str, str, str]]:
    problems = load(HEAD + text, "own.yaml")[1]
    return [(one.slug, one.where.column, one.what) for one in problems if not one.note]


def norms(*said: str) -> str:
    return "norms:\n" + "".join(
        f'  - {{code: n{at}, name: {{zh: 第{at}, en: n{at}}}, per: outlet, {one}, article: "1"}}\n'
        for at, one in enumerate(said, 1)
    )


def grades(*said: str) -> str:
    return "grades:\n" + "".join(
        f'  - {{code: g{at}, name: {{zh: 第{at}, en: grade {at}}}, {one}article: "1"}}\n'
        for at, one in enumerate(said, 1)
    )


def test_a_norm_is_compared_with_every_norm_above_it():
    (only,) = found(norms("at_least: 1", "at_least: 5", "at_most: 3"))
    assert only == (
        "norms-contradict", "norms[2]", "This norm and “n2” cannot both be kept",
    )  # fmt: skip
    assert found(norms("at_least: 1", "at_least: 3", "at_most: 5")) == []


RETAIL = "line: retail, "
CORPORATE = "line: corporate, "
EDUCATED = 'requires: {education: bachelor, article: "2"}, '
RELATED = 'requires: {related_years: 5, article: "2"}, '
THREE = 'requires: {years_in_post: 3, article: "2"}, '
ONE = 'requires: {years_in_post: 1, article: "2"}, '


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        (grades(THREE, "", ONE), "grades[2].requires.years_in_post", "years in post"),
        (grades(EDUCATED, ONE), "grades[1].requires.education", "more education"),
        (grades(RELATED, ONE), "grades[1].requires.related_years", "years of related work"),
        (
            LINES + grades(RETAIL + THREE, CORPORATE, RETAIL + ONE),
            "grades[2].requires.years_in_post",
            "“g1”, which is lower, asks for more years in post",
        ),
    ],
)
def test_a_higher_grade_asks_for_no_less(text: str, place: str, words: str):
    (only,) = [one for one in found(text) if one[0] == "requirement-falls"]
    assert only[1] == place
    assert words in only[2]


def test_ladders_are_compared_each_for_itself():
    assert found(LINES + grades(RETAIL + THREE, CORPORATE + ONE)) == []
    assert found(grades(ONE, "", THREE)) == []


def test_an_alias_is_not_the_code_of_another_grade():
    (only,) = found(grades("aliases: [g2], ", ""))
    assert only == ("name-twice", "grades[1]", "“g2” already names “g1”")
    (only,) = found(grades("", "aliases: [g1], "))
    assert only == ("name-twice", "grades[1]", "“g1” already names “g1”")
    assert found(grades("aliases: [g1], ", "")) == []


def test_the_place_of_a_shared_name_is_that_of_the_grade():
    text = LINES + grades(RETAIL, CORPORATE, CORPORATE + "aliases: [第2], ")
    (only,) = found(text)
    assert only == ("name-twice", "grades[2]", "“第2” already names “g2”")

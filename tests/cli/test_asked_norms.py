"""Norms of a regulation asked of the managers and units on record."""

from __future__ import annotations

import json

import pytest

RULES = """
regulation: norms-of-ours
name: {zh: 配备标准, en: norms of ours}
source: here
issued_by: {zh: 某行, en: a bank}
since: 2000-01-01
unit_kinds: [{code: managing, name: {zh: 管理行, en: managing}, article: "1"}, {code: operating, name: {zh: 经营行, en: operating}, article: "1"}]
staff: [{code: officer, name: {zh: 产品经理, en: officer}, article: "1"}]
norms:
  - {code: each_branch, name: {zh: 每行, en: each branch}, per: unit, unit_kind: operating, at_least: 3, article: "2"}
  - {code: each_outlet, name: {zh: 每网点, en: each outlet}, per: outlet, at_least: 2, article: "3"}
  - {code: ratio, name: {zh: 配比, en: ratio}, per: staff, staff: officer, at_least: 1, at_most: 2, article: "4"}
"""


@pytest.fixture
def rules(tmp_path):
    file = tmp_path / "norms.yaml"
    file.write_text(RULES, encoding="utf-8")
    return file


@pytest.fixture
def staffed(ok, store):
    for unit in ("东行", "西行"):
        ok("unit", "add", unit, "--kind", "operating")
    ok("unit", "add", "总行", "--kind", "managing")
    for number in range(4):
        ok(
            "manager",
            "add",
            f"M{number}",
            "--name",
            f"甲{number}",
            "--unit",
            "东行",
            "--grade",
            "manager",
        )


def _sheet(ok, *words):
    said = json.loads(ok("regulation", "caps", *words, "--json").out)
    (norms,) = [sheet for sheet in said["sheets"] if sheet["name"] == "norms"]
    return norms["rows"]


def test_a_unit_without_managers_is_short_too(ok, staffed, rules):
    rows = [row for row in _sheet(ok, "--regulation", rules) if row["norm"] == "each_branch"]
    assert [(row["unit"], row["heads"], row["short"], row["kept"]) for row in rows] == [
        ("东行", 4, 0, True),
        ("西行", 0, 3, False),
    ]


def test_outlets_are_counted_together(ok, staffed, rules):
    (row,) = [row for row in _sheet(ok, "--regulation", rules) if row["norm"] == "each_outlet"]
    assert (row["heads"], row["each"], row["wanted"], row["short"], row["article"]) == (
        4,
        3,
        6,
        2,
        "3",
    )


def test_other_staff_is_said_by_the_caller(ok, staffed, rules):
    (row,) = [row for row in _sheet(ok, "--regulation", rules) if row["norm"] == "ratio"]
    assert row["kept"] is None
    (row,) = [
        row
        for row in _sheet(ok, "--regulation", rules, "--staff", "officer=1")
        if row["norm"] == "ratio"
    ]
    assert (row["heads"], row["others_short"], row["kept"]) == (4, 1, False)


@pytest.mark.parametrize(
    "word, says", [("clerk=1", "clerk"), ("officer=some", "some"), ("officer", "officer")]
)
def test_other_staff_that_is_not_meant_is_refused(cm, staffed, rules, word, says):
    said = cm("regulation", "caps", "--regulation", rules, "--staff", word)
    assert said.code == 2
    assert says in said.err

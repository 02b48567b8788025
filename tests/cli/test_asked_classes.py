"""Several schemes of client classes at once: by rule, by hand, with history and reason."""

from __future__ import annotations

import json

import pytest
from conftest import rows

from cm_cli.usecases.regulations import preset

MORE = """
  - code: turnover
    name: {zh: 营业额, en: turnover}
    measure: sales
    unit: 亿元
    currency: CNY
    article: "8(4)"
    bands:
      - {code: high, name: {zh: 高, en: high}, from: 100, article: "8(4)"}
      - {code: low, name: {zh: 低, en: low}, article: "8(4)"}
  - code: value
    name: {zh: 价值, en: value}
    measure: by_hand
    article: "8(4)"
    bands:
      - {code: core, name: {zh: 核心, en: core}, article: "8(4)"}
      - {code: plain, name: {zh: 一般, en: plain}, article: "8(4)"}
  - code: heads
    name: {zh: 人数, en: heads}
    measure: employees
    unit: 人
    article: "8(4)"
    bands:
      - {code: many, name: {zh: 多, en: many}, from: 100, article: "8(4)"}
      - {code: few, name: {zh: 少, en: few}, article: "8(4)"}
"""


@pytest.fixture
def schemes(store, ok, tmp_path):
    """Return a store whose regulation classes by assets, by sales and by hand."""
    text = preset("abc-2001")[1]
    file = tmp_path / "more.yaml"
    file.write_text(text.replace("\nduties:", MORE + "\nduties:", 1), encoding="utf-8")
    ok("regulation", "use", file, "--since", "2016-04-01")
    return store


def classes(store, code="C1"):
    return rows(
        store,
        "SELECT scheme, grade, since, until, reason FROM classification WHERE client = ?"
        " ORDER BY scheme, since",
        code,
    )


def test_a_new_client_is_classed_in_every_scheme_that_can_be_measured(schemes, ok):
    ok("client", "add", "C1", "--name", "甲", "--assets", "30亿", "--sales", "120亿")
    assert classes(schemes) == [
        ("size", "medium", "2016-04-01", None, "assets 300000 >= 200000 万元"),
        ("turnover", "high", "2016-04-01", None, "sales 120 >= 100 亿元 (8(4))"),
    ]


def test_a_change_of_one_measure_changes_one_scheme_and_keeps_the_history(schemes, ok):
    ok("client", "add", "C1", "--name", "甲", "--assets", "30亿", "--sales", "120亿")
    ok("client", "set", "C1", "--sales", "90亿", "--on", "2016-05-01")
    assert classes(schemes) == [
        ("size", "medium", "2016-04-01", None, "assets 300000 >= 200000 万元"),
        ("turnover", "high", "2016-04-01", "2016-04-30", "sales 120 >= 100 亿元 (8(4))"),
        ("turnover", "low", "2016-05-01", None, "sales 90 亿元 (8(4))"),
    ]


def test_an_import_classes_in_every_scheme(schemes, ok, tmp_path):
    file = tmp_path / "clients.csv"
    file.write_text(
        "code,name,总资产（亿元）,营业收入（亿元）\nC1,甲,30,120\nC2,乙,,1\n", encoding="utf-8"
    )
    ok("import", "clients", file)
    assert [row[:2] for row in classes(schemes)] == [("size", "medium"), ("turnover", "high")]
    assert [row[:2] for row in classes(schemes, "C2")] == [("turnover", "low")]


def test_proposals_write_nothing_and_are_taken_over_as_one_batch(store, ok, tmp_path):
    """The scheme is new: nobody has a class in it until the rule is asked."""
    ok("client", "add", "C1", "--name", "甲", "--assets", "30亿", "--sales", "120亿")
    ok("client", "add", "C2", "--name", "乙", "--sales", "1亿")
    text = preset("abc-2001")[1]
    file = tmp_path / "more.yaml"
    file.write_text(text.replace("\nduties:", MORE + "\nduties:", 1), encoding="utf-8")
    ok("regulation", "use", file, "--since", "2016-04-01")
    before = rows(store, "SELECT count(*) FROM entry")
    proposed = json.loads(ok("client", "classify", "--propose", "--json").out)
    assert [
        (r["client"], r["scheme"], r["current"], r["proposed"], r["article"]) for r in proposed
    ] == [
        ("C1", "turnover", None, "high", "8(4)"),
        ("C2", "turnover", None, "low", "8(4)"),
    ]
    assert "120" in proposed[0]["reason"]
    assert "Dry run" in ok("client", "classify", "--dry-run").err
    assert rows(store, "SELECT count(*) FROM entry") == before
    assert "classification: 2 new" in ok("client", "classify").err
    assert json.loads(ok("client", "classify", "--propose", "--json").out) == []
    ok("undo")
    assert [row[0] for row in classes(store)] == ["size"]


def test_a_class_by_hand_stays_and_is_shown_as_differing_until_it_is_taken_back(schemes, ok):
    ok("client", "add", "C1", "--name", "甲", "--assets", "30亿", "--sales", "120亿")
    ok("client", "class", "C1", "turnover", "低", "--reason", "关联方", "--on", "2016-05-01")
    ok("client", "set", "C1", "--sales", "150亿", "--on", "2016-06-01")
    said = ok("client", "classify", "--on", "2016-06-02")
    assert "Nothing to change." in said.err
    assert "1 class given by hand differs from the rule and stays" in said.err
    (row,) = json.loads(ok("client", "classify", "--propose", "--on", "2016-06-02", "--json").out)
    assert (row["current"], row["proposed"], row["by_hand"], row["given"]) == (
        "low", "high", True, "关联方",
    )  # fmt: skip
    ok("client", "class", "C1", "turnover", "--by-rule", "--on", "2016-07-01")
    assert [row[1:] for row in classes(schemes) if row[0] == "turnover"] == [
        ("high", "2016-04-01", "2016-04-30", "sales 120 >= 100 亿元 (8(4))"),
        ("low", "2016-05-01", "2016-06-30", "by hand: 关联方"),
        ("high", "2016-07-01", None, "sales 150 >= 100 亿元 (8(4))"),
    ]


def test_a_class_by_an_earlier_measure_is_the_rules_and_follows_the_new_one(schemes, ok, tmp_path):
    ok("client", "add", "C1", "--name", "甲", "--assets", "200亿", "--sales", "1亿")
    ok("client", "add", "C2", "--name", "乙", "--assets", "200亿", "--sales", "1亿")
    ok("client", "class", "C2", "size", "large", "--reason", "集团口径")
    text = preset("abc-2001")[1].replace("    measure: assets\n", "    measure: sales\n", 1)
    file = tmp_path / "by-sales.yaml"
    file.write_text(text, encoding="utf-8")
    ok("regulation", "use", file, "--since", "2016-07-01")
    said = ok("client", "classify", "--on", "2016-07-01").err
    assert "1 class given by hand differs" in said
    size = [row for row in classes(schemes) if row[0] == "size"]
    assert [(grade, since, until) for _scheme, grade, since, until, _reason in size] == [
        ("large", "2016-04-01", "2016-06-30"),
        ("micro", "2016-07-01", None),
    ]
    (sheet,) = json.loads(ok("client", "show", "C2", "--on", "2016-07-01", "--json").out)["sheets"]
    assert [(r["origin"], r["reason"]) for r in sheet["rows"] if r["scheme"] == "size"][-1] == (
        "given by hand",
        "集团口径",
    )


def test_a_class_given_on_the_day_the_rule_gave_it_replaces_it(schemes, ok):
    ok("client", "add", "C1", "--name", "甲", "--sales", "120亿")
    ok("client", "class", "C1", "turnover", "high", "--reason", "确认")
    assert classes(schemes) == [("turnover", "high", "2016-04-01", None, "by hand: 确认")]
    ok("client", "set", "C1", "--sales", "1亿")
    assert [row[1] for row in classes(schemes)] == ["high"]


def test_a_scheme_judged_by_hand_and_the_list_by_class(schemes, ok):
    for code, sales in (("C1", "120亿"), ("C2", "1亿"), ("C3", "130亿")):
        ok("client", "add", code, "--name", code, "--sales", sales)
    ok("client", "class", "C1", "价值", "核心", "--reason", "行长办公会")
    ok("client", "class", "C2", "value", "core", "--reason", "行长办公会")

    def listed(*words):
        return [r["code"] for r in json.loads(ok("client", "list", *words, "--json").out)]

    assert listed("--class", "value=core") == ["C1", "C2"]
    assert listed("--class", "value=核心", "--class", "turnover=high") == ["C1"]
    said = json.loads(ok("client", "show", "C1", "--json").out)
    (sheet,) = said["sheets"]
    assert [(r["scheme"], r["class"], r["origin"]) for r in sheet["rows"]] == [
        ("turnover", "high", "by the rule"),
        ("value", "core", "given by hand"),
    ]
    ok("client", "class", "C1", "value", "--by-rule")
    assert listed("--class", "value=core") == ["C2"]


def test_only_the_scheme_named(schemes, ok):
    ok("client", "add", "C1", "--name", "甲", "--assets", "30亿", "--sales", "120亿")
    ok("undo")
    ok("client", "add", "C1", "--name", "甲")
    assert classes(schemes) == []
    assert "Nothing to change." in ok("client", "classify", "--scheme", "turnover").err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("classify", "--scheme", "heads"), "The program measures nothing for the scheme heads"),
        (("classify", "--scheme", "turnovr"), "abc-2001 has no scheme “turnovr”"),
        (("class", "C1", "value", "gold", "--reason", "x"), "The scheme value has no class “gold”"),
        (("class", "C1", "value", "core"), "The reason is missing"),
        (("class", "C1", "value", "core", "--reason", "长" * 300), "The reason has 309 characters, at most 300 are kept"),
        (("class", "C9", "value", "core", "--reason", "x"), "Client “C9” is not on record"),
        (("class", "C1", "turnover", "--by-rule"), "C1 has no class given by hand in the scheme turnover"),
        (("class", "C1", "turnover"), "Give either a class or --by-rule"),
        (("list", "--class", "turnover"), "“turnover” is not a scheme and a class"),
        (("list", "--class", "value=gold"), "The scheme value has no class “gold”"),
        (("classify", "--known-at", "1"), "What was known then cannot be written"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(schemes, ok, cm, words, said):
    ok("client", "add", "C1", "--name", "甲", "--sales", "1亿")
    answer = cm("client", *words)
    assert answer.code in {2, 66}
    assert said in answer.err


def test_three_thousand_clients_are_classed_by_the_rule_again(example, ok):
    assert "Nothing to change." in ok("client", "classify").err
    assert rows(example, "SELECT count(*) FROM client")[0][0] == 2929

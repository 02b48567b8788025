"""``cm appraise what-if``: other rules or other values on the records of the example."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import EXAMPLE, rows

from cm_cli.usecases.regulations import preset

QUARTER = ("--period", "2016Q1")
BRANCH = str(EXAMPLE.parent / "branch-2017.yaml")


@pytest.fixture
def asked(ok):
    """Ask and return the sheets by name; numbers as they are printed."""

    def ask(*words):
        document = json.loads(ok("appraise", "what-if", *words, "--json").out, parse_float=Decimal)
        return {sheet["name"]: sheet["rows"] for sheet in document["sheets"]}

    return ask


def written(tmp_path, *pairs):
    """Return a file with abc-2001 in which texts are replaced."""
    text = preset("abc-2001")[1]
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    file = tmp_path / "other.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_shares_add_up_to_the_difference_of_every_manager(example, ok, asked):
    before = rows(example, "SELECT count(*), max(number) FROM entry")
    sheets = asked("--regulation", BRANCH, *QUARTER)
    assert len(sheets["managers"]) == 59
    for row in sheets["managers"]:
        shares = [s["points"] for s in sheets["shares"] if s["manager"] == row["manager"]]
        assert sum(shares, Decimal(0)) == row["difference"] == row["total_then"] - row["total"]
    by_item = {(s["item"], s["cause"]): s["points"] for s in sheets["causes"]}
    assert sum(by_item.values(), Decimal(0)) == sum(r["difference"] for r in sheets["managers"])
    assert abs(by_item["rounding", "rounding"]) < 60 * Decimal("0.06")
    assert rows(example, "SELECT count(*), max(number) FROM entry") == before


def test_totals_now_are_those_on_record_and_then_those_of_a_store_under_the_other(
    example, ok, asked
):
    sheets = asked("--regulation", BRANCH, *QUARTER)
    on_record = dict(rows(example, "SELECT manager, total FROM appraisal WHERE period = '2016Q1'"))
    assert {r["manager"]: r["total"] for r in sheets["managers"]} == {
        code: Decimal(total) for code, total in on_record.items()
    }
    ok("regulation", "use", BRANCH, "--since", "2016-01-02")
    ok("appraise", "run", "--quarter", "2016Q1")
    then = dict(rows(example, "SELECT manager, total FROM appraisal WHERE period = '2016Q1'"))
    assert {r["manager"]: r["total_then"] for r in sheets["managers"]} == {
        code: Decimal(total) for code, total in then.items()
    }


def test_the_regulation_in_use_against_itself_is_empty(example, asked):
    sheets = asked("--regulation", "abc-2001", *QUARTER)
    assert sheets["shares"] == sheets["causes"] == []
    assert {row["difference"] for row in sheets["managers"]} == {0}


def test_one_rule_changed_is_one_cause_with_its_article(example, asked, tmp_path):
    """Loans at most 100 % instead of 120 %: M12 loses 10.5 points x what he had over 100 %."""
    loans = "measure: {kind: result, indicator: loans}\n                score: {kind: attainment, cap: 120}"
    file = written(tmp_path, (loans, loans.replace("120", "100")))
    sheets = asked("--regulation", file, *QUARTER)
    assert {(s["item"], s["cause"], s["article"]) for s in sheets["shares"]} == {
        ("loans", "score", "18"),
        ("rounding", "rounding", None),
    }
    for share in sheets["shares"]:
        if share["cause"] == "score":
            assert abs(share["points"] - (share["after"] - share["before"])) <= Decimal("0.0001")


def test_a_value_that_is_set_gives_the_card_it_makes(example, asked):
    sheets = asked("--set", "deposits=2400", "--manager", "M10", *QUARTER)
    (row,) = sheets["managers"]
    deposits = next(item for item in sheets["items"] if item["code"] == "deposits")
    assert (deposits["actual"], deposits["completion"]) == (2400, 80)  # of 3000
    (share,) = [s for s in sheets["shares"] if s["cause"] == "value"]
    assert (share["item"], share["points"]) == ("deposits", Decimal("-5.88"))  # 14.7 x (80 - 120) %
    assert row["difference"] == Decimal("-5.88")


def test_the_value_that_is_needed_is_the_nearest_that_reaches(example, ok, asked):
    found = json.loads(
        ok("appraise", "what-if", "--indicator", "存款日均余额", "--reach", "优秀", "--manager", "M08", *QUARTER, "--json").out,
        parse_float=Decimal,
    )  # fmt: skip
    (row,) = found
    reached = asked("--set", f"deposits={row['needed']}", "--manager", "M08", *QUARTER)
    below = asked(
        "--set", f"deposits={row['needed'] - Decimal('0.01')}", "--manager", "M08", *QUARTER
    )
    assert reached["managers"][0]["rating_then"] == "excellent"
    assert below["managers"][0]["rating_then"] == "competent"
    assert row["change"] == row["needed"] - row["now"]


def test_out_of_reach_is_said(example, ok):
    said = ok(
        "appraise",
        "what-if",
        "--indicator",
        "deposits",
        "--reach",
        "excellent",
        "--manager",
        "M02",
        *QUARTER,
    )
    assert "No value of average deposits alone brings them there: M02." in said.err


def test_a_total_that_is_refused_has_no_difference_and_is_named(example, asked, ok, tmp_path):
    file = written(tmp_path, ("missing: {policy: leave_out", "missing: {policy: refuse"))
    sheets = asked("--regulation", file, "--manager", "M49", *QUARTER)
    (row,) = sheets["managers"]
    assert (row["total_then"], row["difference"], sheets["shares"]) == (None, None, [])
    said = ok("appraise", "what-if", "--regulation", file, "--manager", "M49", *QUARTER)
    assert "M49 has no total" in said.out


def test_a_decision_on_record_does_not_blur_the_comparison(example, ok, asked):
    ok("appraise", "decide", "M10", "不称职", "--quarter", "2016Q1", "--by", "行长")
    sheets = asked("--regulation", "abc-2001", "--manager", "M10", *QUARTER)
    assert sheets["managers"][0]["rating"] == "excellent"


def without_appraisal(tmp_path):
    """Return a file with a regulation that does not appraise."""
    file = tmp_path / "bare.yaml"
    file.write_text(
        Path(BRANCH).read_text(encoding="utf-8").partition("\nappraisal:")[0], encoding="utf-8"
    )
    return file


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--quarter", "2016Q1"),
        ("explain", "M01", "--month", "2016-02"),  # of the quarter there is a card on record
        ("what-if", "--regulation", "abc-2001", *QUARTER),
        ("what-if", "--set", "deposits=1", *QUARTER),
        ("what-if", "--indicator", "deposits", "--reach", "excellent", *QUARTER),
    ],
    ids=" ".join,
)
def test_a_regulation_without_appraisal_refuses_clearly(example, cm, ok, tmp_path, words):
    bare = without_appraisal(tmp_path)
    ok("regulation", "use", bare, "--since", "2016-01-02")
    said = cm("appraise", *words)
    assert said.code == 1
    assert "The regulation branch-2017 does not appraise" in said.err
    assert "Next: See what each regulation carries with: cm regulation list." in said.err


def test_the_other_regulation_may_be_the_one_that_does_not_appraise(example, cm, tmp_path):
    bare = without_appraisal(tmp_path)
    said = cm("appraise", "what-if", "--regulation", bare, *QUARTER)
    assert (said.code, "does not appraise" in said.err) == (1, True)


def test_every_manager_is_thought_of_under_the_regulation_of_his_unit(example, ok, asked):
    """M07 is under a branch's own rules: his total now is that of the ranking of his month."""
    ok("regulation", "use", BRANCH, "--since", "2016-01-02", "--unit", "南京分行")
    month = ("--month", "2016-03")
    ranking = json.loads(ok("report", "appraisal", *month, "--json").out, parse_float=Decimal)
    totals = {row["manager"]: row["total"] for row in ranking["sheets"][0]["rows"]}
    found = asked("--set", "deposits=1", *month)
    assert {row["manager"]: row["total"] for row in found["managers"]} == totals
    heading = json.loads(ok("appraise", "what-if", "--set", "deposits=1", *month, "--json").out)
    in_use = heading["facts"][0]["value"]
    assert ("abc-2001" in in_use, "branch-2017" in in_use) == (True, True)
    reach = ("--indicator", "deposits", "--reach", "excellent", *month)
    reached = json.loads(ok("appraise", "what-if", *reach, "--json").out)
    assert {row["manager"] for row in reached} == set(totals)

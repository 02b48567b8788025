"""What holds on which day: classes never overlap, undo knows what is undone, who belongs to a period."""

from __future__ import annotations

import itertools
import json

import pytest
from conftest import rows


@pytest.mark.parametrize(
    "order", list(itertools.permutations(["2016-05-01", "2016-06-01", "2016-08-01"]))
)
def test_classes_of_a_client_never_overlap_whatever_the_order_they_came_in(store, ok, order):
    ok("client", "add", "1", "--name", "甲", "--assets", "120亿")
    for day, assets in zip(order, ("1亿", "30亿", "8亿"), strict=True):
        ok("client", "set", "1", "--assets", assets, "--on", day)
    spans = rows(store, "SELECT since, coalesce(until, '9999') FROM classification ORDER BY since")
    assert all(since <= until for since, until in spans)
    assert all(a[1] < b[0] for a, b in itertools.pairwise(spans)), spans


def test_what_was_redone_is_not_undone(store, ok):
    ok("unit", "add", "甲", "--kind", "operating")
    ok("unit", "add", "乙", "--kind", "operating")
    ok("undo")
    ok("undo", "4")
    ok("undo")
    assert rows(store, "SELECT name FROM unit") == [("甲",)]


def test_undo_of_a_removal_names_who_took_the_key(store, ok, cm):
    ok("unit", "add", "甲", "--kind", "operating")
    ok("undo")
    ok("unit", "add", "甲", "--kind", "managing")
    said = cm("undo", "3")
    assert said.code == 65
    assert "甲" in said.err


def test_who_departed_later_stays_in_the_period_he_was_appraised_in(example, ok):
    words = ("report", "appraisal", "--quarter", "2016Q1", "--overview", "--json")
    before = json.loads(ok(*words).out)["sheets"][0]["rows"]
    ok("manager", "set", "M01", "--status", "departed")
    assert json.loads(ok(*words).out)["sheets"][0]["rows"] == before


def test_a_rank_does_not_depend_on_who_is_asked_for(example, ok):
    def rank(*managers):
        asked = [word for code in managers for word in ("--manager", code)]
        found = json.loads(ok("report", "appraisal", "--quarter", "2016Q1", *asked, "--json").out)
        sheets = found["sheets"]
        row = next((r for r in sheets[0]["rows"] if r.get("manager") == "M02"), None)
        return row["rank"] if row else None

    assert rank("M02", "M38") == rank("M02", "M01")


def test_a_cleared_field_takes_its_default_again(store, ok):
    ok(
        "manager",
        "add",
        "M1",
        "--name",
        "甲",
        "--unit",
        "杭州分行",
        "--grade",
        "manager",
        "--status",
        "suspended",
    )
    ok("manager", "set", "M1", "--status", "")
    assert rows(store, "SELECT status FROM manager") == [("active",)]


def test_a_sheet_on_record_says_the_day_it_was_made_from(example, ok):
    text = ok(
        "report", "appraisal", "--quarter", "2016Q1", "--manager", "M10", "--on", "2016-09-30"
    ).out
    assert "Day of the data:    2016-04-01" in text
    assert "Records were changed" not in text
    ok("result", "set", "M10", "deposits", "2016-03", "--actual", "1")
    assert (
        "Records were changed"
        in ok("report", "appraisal", "--quarter", "2016Q1", "--manager", "M10").out
    )


def test_nobody_is_given_a_client_who_is_not_in_post(example, cm):
    said = cm("assign", "move", "000625", "M38", "--reason", "试")
    assert said.code == 65
    assert "M38 is not in post" in said.err


def test_moving_to_the_holder_changes_nothing_and_the_lock_stays(example, ok):
    assert "Nothing to change" in ok("assign", "move", "000625", "M39", "--reason", "试").err
    ok("assign", "move", "000625", "M39", "--reason", "试", "--lock")
    assert "Nothing to change" in ok("assign", "move", "000625", "M39", "--reason", "试").err
    ok("assign", "move", "000625", "M39", "--reason", "试", "--unlock")
    assert rows(example, "SELECT locked FROM assignment WHERE client = '000625'") == [(0,)]


def test_a_move_looks_only_at_its_own_client(example, ok):
    ok("assign", "move", "000001", "M01", "--reason", "试", "--on", "2016-05-01")
    ok("assign", "move", "000625", "M07", "--reason", "试", "--on", "2016-04-05")


def test_what_is_stored_is_the_same_in_both_languages(store, ok):
    ok("client", "add", "1", "--name", "甲", "--assets", "120亿", "--lang", "zh")
    ok("client", "add", "2", "--name", "乙", "--assets", "120亿", "--lang", "en")
    assert len(rows(store, "SELECT DISTINCT reason FROM classification")) == 1


def test_a_regulation_of_ones_own_is_used_from_a_day_on(store, ok, cm, tmp_path):
    from cm_cli.usecases.regulations import preset

    text = preset("abc-2001")[1].replace("regulation: abc-2001", "regulation: my-bank", 1)
    own = tmp_path / "my-bank.yaml"
    own.write_text(text.replace("from: 1000000", "from: 2000000"), encoding="utf-8")
    ok("regulation", "use", own, "--since", "2016-07-01")
    ok("client", "add", "1", "--name", "甲", "--assets", "120亿")
    ok("client", "set", "1", "--assets", "121亿", "--on", "2016-07-02")
    assert rows(store, "SELECT grade FROM classification ORDER BY since") == [
        ("large",),
        ("medium",),
    ]
    ok("init", "--db", tmp_path / "own.db", "--regulation", own)
    assert cm("regulation", "use", own, "--since", "1999-01-01").code == 2
    said = cm("regulation", "test", own)
    assert said.code == 66
    assert "There are no cases beside" in said.err

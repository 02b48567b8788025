"""Assignment on the real example: who gets whom, who stays without and why, history, stale plans."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from conftest import rows

HELD = "SELECT client, manager FROM assignment WHERE since <= ? AND (until IS NULL OR until >= ?)"


def holders(store, day="2016-04-01"):
    return dict(rows(store, HELD, day, day))


def test_most_clients_find_a_manager_who_covers_them(example, ok):
    found = holders(example)
    assert len(found) > 2800
    regions = dict(rows(example, "SELECT code, region FROM client"))
    # M39 covers 四川, 重庆, 云南, 贵州
    assert {regions[c] for c, m in found.items() if m == "M39"} <= {"四川", "重庆", "云南", "贵州"}


def test_nobody_holds_more_than_the_capacity(example):
    heads = Counter(holders(example).values())
    limits = dict(
        rows(
            example,
            "SELECT code, CAST(capacity AS INTEGER) FROM manager"
            " WHERE capacity IS NOT NULL AND capacity_measure = 'clients'",
        )
    )
    assert limits
    assert [m for m, limit in limits.items() if heads[m] > limit] == []


def test_capacity_by_total_assets_is_kept(example):
    limits = rows(
        example,
        "SELECT code, CAST(capacity AS REAL) FROM manager WHERE capacity_measure = 'assets'",
    )
    assert limits
    for code, limit in limits:
        held = rows(
            example,
            "SELECT coalesce(sum(c.assets), 0) / 1000000.0 FROM assignment a"
            " JOIN client c ON c.code = a.client WHERE a.manager = ?",
            code,
        )
        assert held[0][0] <= limit


def test_who_departed_or_is_suspended_gets_nobody(example):
    out = {code for (code,) in rows(example, "SELECT code FROM manager WHERE status <> 'active'")}
    assert out
    assert not out & set(holders(example).values())


def test_a_second_plan_is_empty(example, ok):
    before = rows(example, "SELECT max(number) FROM entry")
    said = ok("assign", "apply")
    assert "Nothing to change." in said.err
    assert rows(example, "SELECT max(number) FROM entry") == before


def test_what_stays_without_a_manager_says_why(example, ok):
    plan = json.loads(ok("assign", "plan", "--json").out)
    reasons = {
        slug for decision in plan["decisions"] for slug in [plan["reasons"][decision[5][0]][0]]
    }
    assert reasons
    assert "--" not in reasons
    sheet = ok("assign", "plan", "--format", "text").out
    assert "西藏" in sheet


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("manager", "set", "M39", "--status", "suspended"), "is not in post"),
        (("manager", "cover", "M39", "--region", "西藏", "--only"), "does not cover"),
    ],
)
def test_who_no_longer_fits_gives_clients_away_with_the_reason(example, ok, change, words):
    ok(*change)
    plan = ok("assign", "plan", "--format", "text", "--on", "2016-04-05").out
    assert words in plan
    ok("assign", "apply", "--on", "2016-04-05")
    after = holders(example, "2016-04-05")
    assert after.get("000625") != "M39"
    history = rows(
        example,
        "SELECT manager, since, until FROM assignment WHERE client = '000625' ORDER BY since",
    )
    assert history[0] == ("M39", "2016-01-04", "2016-04-04")


def test_a_locked_pair_is_left_alone(example, ok):
    ok("assign", "move", "000625", "M07", "--reason", "客户要求", "--lock")
    ok("assign", "apply", "--on", "2016-04-05")
    assert holders(example, "2016-04-05")["000625"] == "M07"


def test_moving_by_hand_needs_a_reason(example, cm):
    said = cm("assign", "move", "000625", "M07")
    assert said.code == 2
    assert "needs a reason" in said.err


def test_a_stale_plan_is_refused_with_what_changed(example, ok, cm, tmp_path):
    ok("assign", "plan", "-o", tmp_path / "plan.json")
    ok("client", "set", "000625", "--region", "西藏")
    before = rows(example, "SELECT count(*) FROM assignment")
    said = cm("assign", "apply", tmp_path / "plan.json")
    assert said.code == 65
    assert "client set 000625 --region 西藏" in said.err
    assert rows(example, "SELECT count(*) FROM assignment") == before


def test_a_visit_does_not_make_a_plan_stale(example, ok, tmp_path):
    ok("assign", "plan", "-o", tmp_path / "plan.json")
    ok("visit", "log", "000625", "--manager", "M39", "--mode", "door")
    ok("assign", "apply", tmp_path / "plan.json")


def test_the_plan_is_the_same_bytes_each_time(example, ok, tmp_path):
    for name in ("a.json", "b.json"):
        ok("assign", "plan", "-o", tmp_path / name)
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": "cm-assignment-plan/1"}', "\x00"])
def test_a_file_that_is_no_plan_is_refused(example, cm, tmp_path, text):
    (tmp_path / "plan.json").write_text(text, encoding="utf-8")
    said = cm("assign", "apply", tmp_path / "plan.json")
    assert said.code == 65
    assert "cannot be used" in said.err


def test_a_plan_before_assignments_that_begin_later_is_refused(example, cm):
    said = cm("assign", "plan", "--on", "2016-01-01")
    assert said.code == 65
    assert "begin after 2016-01-01" in said.err


def test_who_is_on_leave_gets_no_new_clients(store, ok):
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
        "--region",
        "浙江",
    )
    ok("client", "add", "1", "--name", "客户", "--region", "杭州", "--assets", "1亿")
    ok("manager", "leave", "M1", "--first", "2016-04-01", "--last", "2016-04-03")
    assert "on leave" in ok("assign", "plan", "--format", "text").out
    ok("assign", "apply", "--on", "2016-04-04")
    assert holders(store, "2016-04-04") == {"1": "M1"}


def test_a_move_by_hand_says_what_a_plan_would_have_minded(store, ok):
    ok("unit", "add", "甲行", "--kind", "operating")
    given = ("--unit", "甲行", "--grade", "manager", "--capacity", "1")
    ok("manager", "add", "M1", "--name", "甲", *given)
    ok("manager", "add", "M2", "--name", "乙", *given[:-1], "100", "--capacity-measure", "assets")
    ok("manager", "leave", "M1", "--first", "2016-04-01", "--last", "2016-04-03")
    for code in ("C1", "C2"):
        ok("client", "add", code, "--name", code, "--assets", "60万")
    ok("client", "add", "C3", "--name", "C3", "--status", "lost")
    assert "M1 is on leave until 2016-04-03" in ok(*moving("C1", "M1")).err
    assert "M1 now holds 2, over the capacity of 1" in ok(*moving("C2", "M1", day="2016-04-04")).err
    assert "over" not in ok(*moving("C1", "M2", day="2016-04-05")).err
    assert (
        "M2 now holds 120, over the capacity of 100"
        in ok(*moving("C2", "M2", day="2016-04-05")).err
    )
    said = ok(*moving("C3", "M2", day="2016-04-05")).err
    assert "The client's status is “lost”: plans leave it out" in said
    assert "A plan takes the client back" not in said


def moving(client, manager, *more, day="2016-04-01"):
    return ("assign", "move", client, manager, "--reason", "调整", "--on", day, *more)


def test_who_holds_a_client_comes_before_what_a_plan_would_do(example, ok):
    """Of a client that stays where it is, the plan anew is only what if."""
    client, holder, other = "002214", "M06", "M05"
    assert holders(example)[client] == holder
    asked = ("assign", "why", client, "--not", other, "--format", "text")
    said = ok(*asked).out
    assert f"{holder} holds the client and still fits" in said
    assert f"if it were planned anew: {other} would come first" in said
    ok("assign", "move", client, holder, "--lock", "--reason", "约定")
    said = ok(*asked).out
    assert f"the client is locked to {holder}" in said
    assert "release the lock" in said

"""``cm regulation caps``: heads against caps on the example, and what promotions would do."""

from __future__ import annotations

import json
from collections import Counter

from conftest import rows


def test_heads_are_those_of_the_active_managers(example, ok):
    ok("manager", "set", "M10", "--status", "suspended")
    found = json.loads(ok("regulation", "caps", "--json").out)
    counted = Counter(
        rows(example, "SELECT unit, grade FROM manager WHERE coalesce(status, 'active') = 'active'")
    )
    assert {(row["unit"], row["grade"]): row["heads"] for row in found if row["heads"]} == counted
    totals = Counter(unit for unit, _grade in counted.elements())
    assert all(row["total"] == totals[row["unit"]] for row in found)
    for row in found:
        limit = {"senior": 20, "manager": 50}.get(row["grade"])
        if limit is None:
            assert (row["most"], row["kept"], row["article"]) == (None, None, None)
            continue
        assert row["most"] == row["total"] * limit // 100
        assert row["kept"] is (row["heads"] <= row["most"])
        assert (row["room"], row["article"]) == (row["most"] - row["heads"], "7")


def test_a_promotion_shows_what_it_breaks_and_what_the_person_lacks(example, ok):
    ok("manager", "set", "M10", "--education", "college", "--years-in-post", "1")
    said = json.loads(ok("regulation", "caps", "--promote", "M10", "--json").out)
    people, caps = said["sheets"]
    (move,) = people["rows"]
    assert (move["manager"], move["from"], move["to"], move["may_hold"]) == (
        "M10",
        "manager",
        "senior",
        False,
    )
    assert "article 6(1)" in move["lacks"]
    senior = next(row for row in caps["rows"] if row["grade"] == "senior")
    assert {row["unit"] for row in caps["rows"]} == {"南京分行"}
    assert (senior["heads"], senior["after"], senior["kept"], senior["kept_after"]) == (
        1,
        2,
        True,
        False,
    )
    assert said["notes"] == [
        "南京分行: the cap of senior client manager would be broken: 2 of 1 (article 7)."
    ]


def test_a_demotion_makes_room_for_a_promotion(example, ok):
    moves = ("--promote", "M10", "--promote", "M07=客户经理")
    said = json.loads(ok("regulation", "caps", *moves, "--json").out)
    assert said["notes"] == ["No cap would be broken."]


def test_moves_that_cannot_be_are_refused_together(example, cm):
    ok_, unknown, grade, highest, twice = "M10", "M99", "M12=chief", "M01", "M10=assistant"
    words = [w for each in (ok_, unknown, grade, highest, twice) for w in ("--promote", each)]
    said = cm("regulation", "caps", *words)
    assert said.code == 2
    assert "4 moves cannot be thought of" in said.err
    assert "Manager “M99” is not on record" in said.err
    assert "Grade “chief” is not in the list" in said.err
    assert "There is no grade above that of M01 (senior)" in said.err
    assert "M10 stands twice" in said.err


def test_another_regulation_and_one_without_caps(example, ok, tmp_path):
    from cm_cli.usecases.regulations import preset

    text = preset("abc-2001")[1]
    looser = tmp_path / "looser.yaml"
    looser.write_text(
        text.replace("percent: 20, of: unit", "percent: 30, of: all"), encoding="utf-8"
    )
    found = json.loads(
        ok("regulation", "caps", "--regulation", looser, "--unit", "杭州", "--json").out
    )
    assert [(row["unit"], row["grade"]) for row in found if row["percent"]] == [
        ("杭州分行", "manager"),
        ("all units", "senior"),
    ]
    bare = tmp_path / "bare.yaml"
    lines = [
        line
        for line in text.replace("grades.manager.cap, grades.senior.cap", "grades").splitlines()
        if not line.startswith("    cap:")
    ]
    bare.write_text("\n".join(lines), encoding="utf-8")
    said = ok("regulation", "caps", "--regulation", bare)
    assert said.err == "Nothing found.\nabc-2001 caps no grade.\n"
    assert len(said.out.splitlines()) == 1


def test_the_day_decides_the_years(example, ok):
    ok(
        "manager",
        "set",
        "M10",
        "--education",
        "bachelor",
        "--post-since",
        "2013-06-01",
        "--years-in-post",
        "",
    )

    def may(day):
        said = json.loads(ok("regulation", "caps", "--promote", "M10", "--json", "--on", day).out)
        return said["sheets"][0]["rows"][0]["may_hold"]

    assert (may("2016-05-31"), may("2016-06-01")) == (False, True)


def test_a_unit_nobody_is_in(example, cm):
    said = cm("regulation", "caps", "--unit", "杭州支行")
    assert (said.code, said.err) == (
        66,
        "Error: No manager is in a unit “杭州支行”\nNext: Did you mean “杭州分行”?\n",
    )

"""Who changed what from what to what: entries and changes by kind, record, field, day, operator."""

from __future__ import annotations

import json
import time

import pytest
from conftest import rows

from cm_cli.cli import desk

MANAGER = ("manager", "add", "M90", "--name", "林一诺", "--unit", "杭州分行", "--grade", "manager")


@pytest.fixture
def told(store, ok, monkeypatch):
    """Return a store with eleven entries by two operators on four days."""
    lines = [
        ("2016-04-01", "clerk", *MANAGER, "--region", "浙江"),  # 2
        (
            "2016-04-01",
            "clerk",
            "client",
            "add",
            "C1",
            "--name",
            "甲公司",
            "--assets",
            "1200亿",
        ),  # 3
        (
            "2016-04-05",
            "auditor",
            "client",
            "add",
            "C_1",
            "--name",
            "乙公司",
            "--phone",
            "13900000001",
        ),
        ("2016-04-05", "clerk", "client", "set", "C1", "--sales", "5亿", "--reason", "年报"),  # 5
        ("2016-04-06", "clerk", "visit", "log", "C1", "--manager", "M90", "--mode", "door"),  # 6
        ("2016-04-06", "auditor", "client", "set", "C_1", "--phone", "13900000002"),  # 7
        ("2016-04-06", "auditor", "client", "set", "C1", "--sales", "6亿"),  # 8
        ("2016-04-06", "auditor", "undo", "8"),  # 9
        (
            "2016-04-07",
            "clerk",
            "undo",
            "4",
            "--skip-conflicts",
        ),  # nothing: the row was changed since
        ("2016-04-07", "clerk", "undo", "7"),  # 10
        ("2016-04-07", "clerk", "undo", "4"),  # 11
    ]
    for day, operator, *words in lines:
        monkeypatch.setenv("CM_NOW", f"{day}T04:00:00Z")
        ok(*words, "--on", day, "--operator", operator)
    return store


def numbers(said) -> list[int]:
    return [each["entry"] for each in json.loads(said.out)]


@pytest.mark.parametrize(
    ("words", "entries"),
    [
        ("", [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]),
        ("--kind client", [11, 10, 9, 8, 7, 5, 4, 3]),
        ("--kind visits", [6]),
        ("--kind 客户经理", [2]),
        ("--client C1", [9, 8, 6, 5, 3]),
        ("--client 甲公司 --kind client", [9, 8, 5, 3]),
        ("--client C_1", [11, 10, 7, 4]),
        ("--manager M90", [6, 2]),
        ("--manager 林一诺 --client C1", [6]),
        ("--field sales", [9, 8, 5]),
        ("--field phone --client C_1", [11, 10, 7, 4]),
        ("--field regions", [2]),
        ("--kind client --field name", [11, 4, 3]),
        ("--operator auditor", [9, 8, 7, 4]),
        ("--since 2016-04-05 --until 2016-04-05", [5, 4]),
        ("--since 2016-04-07", [11, 10]),
        ("--until 2016-04-01 --kind client", [3]),
        ("--client C1 --operator clerk --since 2016-04-06", [6]),
        ("--client C1 --limit 2", [9, 8]),
        ("--client C1 --known-at 5", [5, 3]),
        ("--kind client --field phone --known-at 2016-04-05", [4]),
    ],
)
def test_the_list_keeps_the_entries_that_touched_what_is_sought(told, ok, words, entries):
    assert numbers(ok("journal", "list", "--json", *words.split())) == entries


def changes(said) -> list[tuple[object, ...]]:
    return [tuple(each.values()) for each in json.loads(said.out)]


def test_the_history_of_a_client_over_all_entries_oldest_first(told, ok):
    said = ok("journal", "show", "--client", "C1", "--kind", "client", "--json")
    assert changes(said) == [
        (3, "2016-04-01T04:00:00Z", "clerk", "client", "C1", "code", None, "C1"),
        (3, "2016-04-01T04:00:00Z", "clerk", "client", "C1", "name", None, "甲公司"),
        (3, "2016-04-01T04:00:00Z", "clerk", "client", "C1", "assets", None, "120000000000"),
        (3, "2016-04-01T04:00:00Z", "clerk", "client", "C1", "status", None, "active"),
        (5, "2016-04-05T04:00:00Z", "clerk", "client", "C1", "sales", None, "500000000"),
        (8, "2016-04-06T04:00:00Z", "auditor", "client", "C1", "sales", "500000000", "600000000"),
        (9, "2016-04-06T04:00:00Z", "auditor", "client", "C1", "sales", "600000000", "500000000"),
    ]
    told_of = {
        (each[0], each[3]) for each in changes(ok("journal", "show", "--client", "C1", "--json"))
    }
    assert told_of == {
        (3, "client"),
        (3, "classification"),
        (5, "client"),
        (6, "visit"),
        (8, "client"),
        (9, "client"),
    }


def test_the_history_of_a_client_that_is_gone_tells_its_end_and_no_personal_value(told, ok):
    assert rows(told, "SELECT code FROM client") == [("C1",)]
    said = ok("journal", "show", "--client", "C_1", "--field", "phone", "--json")
    assert [(each[0], *each[-2:]) for each in changes(said)] == [
        (4, None, "***"),
        (7, "***", "***"),
        (10, "***", "***"),
        (11, "***", None),
    ]
    assert "1390000000" not in said.out


def test_the_history_says_what_was_known_then(told, ok):
    words = ("journal", "show", "--client", "C1", "--field", "sales", "--json", "--known-at")
    assert [each[0] for each in changes(ok(*words, "8"))] == [5, 8]
    assert [each[0] for each in changes(ok(*words, "2016-04-05"))] == [5]


def test_an_entry_shows_only_the_changes_sought(told, ok):
    def of(*words: str) -> list[tuple[object, ...]]:
        return [
            tuple(r.values())
            for r in json.loads(ok("journal", "show", *words, "--json").out)["sheets"][0]["rows"]
        ]

    assert of("3", "--field", "assets") == [("client", "C1", "assets", None, "120000000000")]
    assert {each[0] for each in of("3", "--kind", "classification")} == {"classification"}
    assert of("3", "--client", "C_1") == []
    assert of("11", "--field", "name") == [("client", "C_1", "name", "乙公司", None)]
    assert of("3", "--operator", "clerk", "--until", "2016-03-31") == []


def test_a_change_is_shown_once_when_the_past_is_asked(told, ok):
    """Row and history both hold the version that was replaced after the entry asked for."""
    now = ok("journal", "show", "3", "--json").out
    assert ok("journal", "show", "3", "--json", "--known-at", "4").out == now


def test_a_list_and_a_yes_are_shown_as_people_write_them(told, ok):
    said = ok(
        "journal", "show", "--manager", "M90", "--kind", "manager", "--field", "regions", "--json"
    )
    assert changes(said)[0][-1] == "浙江"


def test_a_long_text_is_told_by_its_size(told, ok):
    said = ok("journal", "show", "1", "--field", "text")
    assert "characters)" in said.out
    assert len(said.out) < 2000


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        ("list --kind cleint", 2, "Did you mean “client”?"),
        ("list --field assests", 2, "Did you mean “assets”?"),
        ("list --kind unit --field sales", 2, "has no field “sales”"),
        ("list --kind unit --client C1", 2, "has no field “client”"),
        ("list --client 甲公丝", 66, "Did you mean “甲公司”?"),
        ("show --manager M9", 66, "Did you mean “M90”?"),
        ("list --operator audito", 66, "Did you mean “auditor”?"),
        ("list --since yesterday", 2, "--since: “yesterday” is not a day"),
        ("show", 2, "cm journal show --client 000001"),
        ("show --since 2016-04-01", 2, "cm journal show --client 000001"),
        ("show 99 --client C1", 66, "There is no entry 99"),
    ],
)
def test_what_there_is_not_is_refused_with_the_nearest(told, cm, words, code, sentence):
    said = cm("journal", *words.split())
    assert said.code == code
    assert sentence in said.err


def test_signs_of_patterns_are_taken_as_they_are(told, ok):
    """``C_1`` is not the pattern that ``CX1`` fits."""
    ok("client", "add", "CX1", "--name", "丙公司")
    ok("client", "set", "CX1", "--sales", "1亿")
    assert numbers(ok("journal", "list", "--client", "C_1", "--json")) == [11, 10, 7, 4]


def test_many_changes_are_cut_with_a_word_about_it(example, ok):
    said = ok("journal", "show", "--kind", "visit")
    assert len(said.out.splitlines()) == 201
    assert "all with --all" in said.err
    assert (
        len(ok("journal", "show", "--kind", "visit", "--field", "client", "--all").out.splitlines())
        == 3187
    )


def test_the_trail_of_one_client_among_three_thousand_takes_no_second(example, ok):
    began = time.perf_counter()
    ok("journal", "show", "--client", "000625")
    ok("journal", "list", "--manager", "M01", "--field", "client")
    assert time.perf_counter() - began < 2


def test_the_moment_of_an_entry_is_that_of_its_lock_not_of_its_command(store, ok, monkeypatch):
    """Who waited writes later than who was served before: no clock was set back."""
    moments = iter(["2016-04-01T01:00:00Z", "2016-04-01T01:00:09Z"])
    monkeypatch.setattr(desk, "_moment", lambda: next(moments))
    ok("client", "add", "C1", "--name", "甲")
    asked = "SELECT moment FROM entry ORDER BY number DESC LIMIT 1"
    assert rows(store, asked) == [("2016-04-01T01:00:09Z",)]

"""Registering, changing, listing and finding records of any kind."""

from __future__ import annotations

import json

import pytest
from conftest import rows


def lines(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines()]


def test_a_client_gets_its_class_from_the_regulation_with_day_and_reason(store, ok):
    ok("client", "add", "1", "--name", "甲", "--assets", "1000000")
    ok("client", "add", "2", "--name", "乙", "--assets", "99.99亿")
    ok("client", "add", "3", "--name", "丙")
    found = rows(store, "SELECT client, grade, since, reason FROM classification ORDER BY client")
    assert [row[:3] for row in found] == [
        ("1", "large", "2016-04-01"),
        ("2", "medium", "2016-04-01"),
    ]
    assert "1000000" in found[0][3]


def test_a_class_changes_from_the_day_on_and_the_old_one_stays_on_record(store, ok):
    ok("client", "add", "1", "--name", "甲", "--assets", "1000000")
    ok("client", "set", "1", "--assets", "10", "--on", "2016-05-01")
    found = rows(store, "SELECT grade, since, until FROM classification ORDER BY since")
    assert found == [("large", "2016-04-01", "2016-04-30"), ("micro", "2016-05-01", None)]


def test_every_finding_is_shown_at_once_and_nothing_written(store, cm):
    said = cm(
        "manager", "add", "M 1", "--grade", "总监", "--entered", "2016-02-30", "--education", "本科"
    )
    assert said.code == 65
    for words in (
        "“M 1” is not a code",
        "Grade: “总监” is not in the list",
        "“2016-02-30” is not a day",
        "Unit is missing",
        "Name is missing",
    ):
        assert words in said.err
    assert rows(store, "SELECT count(*) FROM manager") == [(0,)]


def test_a_key_is_taken_once(store, cm, ok):
    ok("client", "add", "1", "--name", "甲")
    said = cm("client", "add", "1", "--name", "乙")
    assert said.code == 65
    assert "There is a client 1 already" in said.err


@pytest.mark.parametrize(
    ("words", "yuan"),
    [
        ("1234.56", 12345600),
        ("1,234.56万元", 12345600),
        ("12亿", 1200000000),
        ("５０元", 50),
        ("0.0001", 1),
    ],
)
def test_amounts_are_read_as_people_write_them(store, ok, words, yuan):
    ok("client", "add", "1", "--name", "甲", "--assets", words)
    assert rows(store, "SELECT assets FROM client") == [(yuan * 100,)]


@pytest.mark.parametrize("words", ["1_000", "nan", "12万万", "0.00000001", "1e99", "--5"])
def test_what_is_no_amount_is_refused(store, cm, words):
    said = cm("client", "add", "1", "--name", "甲", f"--assets={words}")
    assert said.code == 65
    assert "Total assets" in said.err


def test_an_empty_value_clears_a_field(store, ok):
    ok("client", "add", "1", "--name", "甲", "--region", "浙江")
    ok("client", "set", "1", "--region", "")
    assert rows(store, "SELECT region FROM client") == [(None,)]


def test_regions_are_stored_by_the_tree_and_a_wide_one_finds_the_narrow(store, ok):
    ok("client", "add", "1", "--name", "甲", "--region", "浙江省")
    ok("client", "add", "2", "--name", "乙", "--region", "杭州市")
    ok("client", "add", "3", "--name", "丙", "--region", "江苏")
    ok("client", "add", "4", "--name", "丁", "--region", "火星")
    assert lines(ok("client", "list", "--region", "浙江", "--fields", "code").out) == [
        ["code"],
        ["1"],
        ["2"],
    ]
    assert lines(ok("client", "list", "--region", "华东", "--fields", "code").out)[1:] == [
        ["1"],
        ["2"],
        ["3"],
    ]
    assert lines(ok("client", "list", "--region", "火星", "--fields", "code").out)[1:] == [["4"]]


def test_an_unknown_filter_value_suggests_the_nearest(example, cm):
    said = cm("client", "list", "--industry", "白洒")
    assert said.code == 2
    assert "Did you mean “白酒”?" in said.err
    assert "Did you mean “region”?" in cm("client", "list", "--sort", "regoin").err


def test_lists_filter_sort_and_page(example, ok):
    said = ok(
        "client",
        "list",
        "--region",
        "西藏",
        "--unassigned",
        "--sort",
        "-assets",
        "--fields",
        "code,assets",
        "--json",
    )
    found = json.loads(said.out)
    assert len(found) == 12
    assert [row["assets"] for row in found] == sorted(
        (row["assets"] for row in found), reverse=True
    )
    page = ok(
        "client",
        "list",
        "--region",
        "西藏",
        "--sort",
        "-assets",
        "--limit",
        "5",
        "--page",
        "2",
        "--fields",
        "code",
    )
    assert lines(page.out)[1:] == [[row["code"]] for row in found[5:10]]
    assert "5 of 12" in page.err


def test_numbers_sort_by_value(example, ok):
    said = ok(
        "result", "list", "--manager", "M01", "--sort", "-actual", "--fields", "actual", "--json"
    )
    found = [row["actual"] for row in json.loads(said.out)]
    assert found == sorted(found, reverse=True)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("长安汽", "000625"),
        ("changanqi", "000625"),
        ("caqc", "000625"),
        ("00062", "000625"),
        ("金螳螂", "002081"),
        ("*ST新都", "000033"),
    ],
)
def test_find_by_part_pinyin_initials_code_and_look(example, ok, text, code):
    found = json.loads(ok("client", "find", text, "--json").out)
    assert code in [row["code"] for row in found]


def test_find_takes_percent_and_underscore_as_they_are(example, ok):
    assert json.loads(ok("client", "find", "%", "--json").out) == []
    assert json.loads(ok("client", "find", "_", "--json").out) == []


def test_a_name_may_stand_for_a_code_where_one_record_bears_it(example, ok, cm):
    assert "000625" in ok("client", "show", "长安汽车").out
    said = cm("client", "show", "长安汽年")
    assert said.code == 66
    assert "Did you mean “长安汽车”?" in said.err


def test_coverage_is_added_replaced_and_taken_away(store, ok, cm):
    ok(
        "manager",
        "add",
        "M90",
        "--name",
        "林一诺",
        "--unit",
        "杭州分行",
        "--grade",
        "manager",
        "--region",
        "浙江",
    )
    ok("manager", "cover", "M90", "--region", "江苏省", "--size", "大型")
    assert rows(store, "SELECT regions, sizes FROM manager") == [('["浙江", "江苏"]', '["large"]')]
    ok("manager", "cover", "M90", "--drop", "浙江")
    ok("manager", "cover", "M90", "--size", "medium", "--only")
    assert rows(store, "SELECT regions, sizes FROM manager") == [('["江苏"]', '["medium"]')]
    assert cm("manager", "cover", "M90", "--drop", "西藏").code == 2


def test_a_visit_needs_its_manager_and_client_on_record(example, cm):
    said = cm("visit", "log", "999999", "--manager", "M99", "--mode", "door")
    assert said.code == 65
    assert "“999999” is not on record" in said.err
    assert "“M99” is not on record" in said.err


def test_a_visit_may_not_lie_in_the_future_nor_its_follow_up_before_it(example, cm):
    visit = ("visit", "log", "000625", "--manager", "M01", "--mode", "上门")
    assert "lies after today" in cm(*visit, "--day", "2016-04-02").err
    assert "lies before Date" in cm(*visit, "--follow-up-on", "2016-03-01").err


def test_two_visits_of_a_day_differ_by_their_time(example, ok, cm):
    visit = ("visit", "log", "000625", "--manager", "M01", "--mode", "door")
    ok(*visit)
    assert cm(*visit).code == 65
    ok(*visit, "--time", "9:30")
    found = json.loads(
        ok("visit", "list", "--client", "长安汽车", "--month", "2016-04", "--json").out
    )
    assert [row["day"] for row in found] == ["2016-04-01", "2016-04-01"]


def test_an_uncut_line_of_every_field_goes_into_a_pipe(example, ok):
    header, first, *_rest = lines(ok("visit", "list", "--limit", "3").out)
    assert header[:4] == ["id", "day", "manager", "client"]
    assert len(first) == len(header)


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        (("--in-person",), 1),
        (("--in-person", "--findings", "平稳"), 1),
        (("--in-person", "否"), 0),
        ((), None),
    ],
)
def test_an_option_of_yes_or_no_that_stands_alone_is_a_yes(example, ok, words, kept):
    ok("visit", "log", "000625", "--manager", "M01", "--mode", "door", *words)
    newest = "SELECT in_person FROM visit ORDER BY id DESC LIMIT 1"
    assert rows(example, newest) == [(kept,)]


def test_a_sheet_that_is_there_names_only_commands_there_are(example, cm):
    """A diary is changed by an import: there is no cm diary set."""
    said = cm("diary", "write", "M01", "--day", "2016-03-31", "--text", "x")
    assert said.code == 65
    assert "cm diary show; change it with: cm import diaries FILE" in said.err

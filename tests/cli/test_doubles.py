"""Likely doubles: told on import, listed with reasons, joined and taken back."""

from __future__ import annotations

import json

import pytest
from conftest import columns, rows

from cm_cli.domain.register import kinds
from cm_cli.store import doubles as finding


def content(place):
    """Return every record without the entry that wrote it."""
    found = {}
    for kind in kinds():
        names = [name for name in columns(place, kind.name) if name != "entry"]
        found[kind.name] = rows(place, f"SELECT {', '.join(names)} FROM {kind.name} ORDER BY id")
    return found


@pytest.fixture
def three(store, ok, tmp_path):
    """Return a store with one client three times, each with records of its own."""
    file = tmp_path / "clients.csv"
    file.write_text(
        "code,name,phone,region,assets,contact\n"
        "1,西湖电子有限公司,13900000001,,,\n2,西湖电子,13900000001,浙江,120亿,王某\n3,戏湖电子,,江苏,,李某\n",
    )
    ok("import", "clients", file, "--on", "2016-01-04")
    for code in ("M1", "M2"):
        ok("manager", "add", code, "--name", f"经理{code}", "--unit", "分行", "--grade", "senior")
    visits = tmp_path / "visits.csv"
    visits.write_text(
        "day,manager,client,time,mode,findings,needs\n"
        "2016-03-01,M1,1,,door,平稳,\n2016-03-01,M1,2,,door,,贷款\n"
        "2016-03-02,M1,2,,door,平稳,\n2016-03-03,M1,3,10:00,door,平稳,\n",
    )
    ok("import", "visits", visits)
    results = tmp_path / "results.csv"
    results.write_text("manager,indicator,period,client,actual\nM1,deposits,2016-03,2,5\n")
    ok("import", "results", results)
    held = [("1", "M1", "2016-02-01"), ("2", "M2", "2016-01-05"), ("2", "M1", "2016-02-10"),
            ("3", "M2", "2016-03-01")]  # fmt: skip
    for client, manager, since in held:
        ok("assign", "move", client, manager, "--reason", "初次分配", "--on", since)
    return store


def test_an_import_tells_likely_doubles_in_the_file_and_in_the_store(store, ok, tmp_path):
    ok("client", "add", "9", "--name", "钱塘造纸有限公司")
    file = tmp_path / "c.csv"
    file.write_text(
        "code,name,phone\n1,甲厂,13900000001\n2,乙厂,13900000001\n3,钱塘造纸,\n4,包钢,\n5,宝钢,\n"
    )
    said = ok("import", "clients", file)
    assert "1 pair may be one client twice, the same by Phone: 1 甲厂 = 2 乙厂" in said.err
    assert "the same by name: 3 钱塘造纸 = 9 钱塘造纸有限公司" in said.err
    assert "the same by sound of the name: 4 包钢 = 5 宝钢" in said.err
    assert "13900000001" not in said.err
    assert "may be" not in ok("import", "clients", file).err
    file.write_text("code,name\n6,别家\n")
    assert "may be" not in ok("import", "clients", file).err


def test_pairs_are_listed_with_the_reasons(three, ok):
    found = json.loads(ok("client", "duplicates", "--json").out)
    assert [(row["code"], row["other"], row["reasons"]) for row in found] == [
        ("1", "2", "Phone, name"),
        ("2", "3", "sound of the name"),
    ]


def test_pairs_are_the_same_when_records_are_gone_through_in_parts(
    three, ok, tmp_path, monkeypatch
):
    file = tmp_path / "more.csv"
    names = [f"{sign}{place}厂" for sign in "甲乙丙甲乙" for place in "东西"]
    lines = [f"X{at},{name},1380000{at % 3:04}\n" for at, name in enumerate(names)]
    file.write_text("code,name,phone\n" + "".join(lines))
    said = ok("import", "clients", file, "--dry-run").err
    ok("import", "clients", file)
    listed = ok("client", "duplicates").out
    assert len(listed.splitlines()) > 9
    for name, most in (("_MANY", 0), ("_SORTED", 2), ("_COMPARED", 2)):
        monkeypatch.setattr(finding, name, most)
    assert ok("client", "duplicates").out == listed
    ok("undo")
    assert ok("import", "clients", file, "--dry-run").err == said


def test_a_merge_moves_everything_and_fills_what_is_empty(three, ok):
    said = ok("client", "merge", "1", "2", "3", "--reason", "同一客户", "--on", "2016-04-01")
    assert rows(three, "SELECT code, region, contact FROM client") == [("1", "浙江", "王某")]
    visits = rows(three, "SELECT client, day, findings, needs FROM visit ORDER BY day")
    assert visits == [
        ("1", "2016-03-01", "平稳", "贷款"),
        ("1", "2016-03-02", "平稳", None),
        ("1", "2016-03-03", "平稳", None),
    ]
    assert rows(three, "SELECT client, actual FROM result") == [("1", "5")]
    held = rows(three, "SELECT client, manager, since, until FROM assignment ORDER BY since")
    assert held == [("1", "M2", "2016-01-05", "2016-01-31"), ("1", "M1", "2016-02-01", None)]
    classes = rows(three, "SELECT client, since, until FROM classification ORDER BY since")
    assert classes == [("1", "2016-01-04", "2016-03-31"), ("1", "2016-04-01", None)]
    assert "gave way on days on which 1 has its own" in said.err
    assert "2 differs from 1, which stays as it is: Name" in said.err
    assert "王某" not in said.err
    assert rows(three, "SELECT count(*) FROM entry WHERE reason = '同一客户'") == [(1,)]
    ok("journal", "verify")


def test_a_merge_is_taken_back_to_exactly_what_was(three, ok):
    before = content(three)
    ok("client", "merge", "1", "2", "3", "--on", "2016-04-01")
    assert content(three) != before
    ok("undo")
    assert content(three) == before
    ok("journal", "verify")
    ok("undo", str(rows(three, "SELECT max(number) FROM entry")[0][0]))
    assert rows(three, "SELECT code FROM client") == [("1",)]
    ok("journal", "verify")


def test_a_dry_run_changes_nothing(three, ok):
    before = content(three)
    said = ok("client", "merge", "1", "2", "--dry-run")
    assert "client: 1 changed, 1 removed" in said.err
    assert content(three) == before


def test_all_contradictions_are_named_and_nothing_is_done(three, ok, cm):
    ok("visit", "set", "2", "--findings", "亏损")
    before = content(three)
    said = cm("client", "merge", "1", "2", "3")
    assert said.code == 65
    assert "2016-03-01 M1 1: 2 and 1 contradict each other in Findings" in said.err
    assert "cm visit set 2" in said.err
    assert content(three) == before
    ok("visit", "set", "2", "--findings", "平稳")
    ok("client", "merge", "1", "2", "3")


def test_what_cannot_be_joined_is_refused(three, cm):
    assert cm("client", "merge", "1", "1").code == 2
    assert cm("client", "merge", "1", "77").code == 66
    assert cm("client", "merge", "77", "1").code == 66


def test_two_large_clients_of_the_example_become_one_and_two_again(example, ok):
    before = content(example)
    ok("client", "merge", "600019", "600010")
    assert rows(example, "SELECT count(*) FROM client WHERE code = '600010'") == [(0,)]
    ok("undo")
    assert content(example) == before

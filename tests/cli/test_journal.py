"""The journal: one entry a writing command, chained; any entry can be taken back."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest
from conftest import columns, edit, rows

from cm_cli.domain.register import kinds

if TYPE_CHECKING:
    from pathlib import Path

ADD = ("client", "add", "688981", "--name", "中芯国际", "--assets", "1200亿")


def dump(store: Path) -> list[list[tuple[object, ...]]]:
    tables = ("manager", "client", "classification", "visit", "assignment")
    names = {t: [name for name in columns(store, t) if name != "entry"] for t in tables}
    return [rows(store, f"SELECT {', '.join(names[t])} FROM {t} ORDER BY id") for t in tables]


def test_each_writing_command_is_one_entry(store, ok):
    ok(*ADD, "--reason", "开户")
    entries = rows(store, "SELECT number, operator, moment, command, reason, counts FROM entry")
    assert [entry[0] for entry in entries] == [1, 2]
    number, operator, moment, command, reason, counts = entries[1]
    assert (operator, moment, reason) == ("clerk", "2016-04-01T01:00:00Z", "开户")
    assert command == "cm client add 688981 --name 中芯国际 --assets 1200亿 --reason 开户"
    assert json.loads(counts) == {"classification": {"inserted": 1}, "client": {"inserted": 1}}
    assert rows(store, "SELECT DISTINCT entry FROM client") == [(number,)]


def test_a_command_that_changes_nothing_leaves_no_entry(store, ok):
    ok(*ADD)
    said = ok("client", "set", "688981", "--name", "中芯国际")
    assert "Nothing to change." in said.err
    assert rows(store, "SELECT count(*) FROM entry") == [(2,)]


def test_a_dry_run_shows_the_counts_of_the_run_and_writes_nothing(store, ok):
    before = dump(store)
    said = ok(*ADD, "--dry-run")
    assert "Would change classification: 1 new, client: 1 new." in said.err
    assert dump(store) == before
    assert rows(store, "SELECT count(*) FROM entry") == [(1,)]


def test_entries_are_chained_over_their_content(store, ok):
    ok(*ADD)
    names = "number, moment, operator, host, command, reason, counts, undoes, rows_digest, previous, hash"
    first, second = rows(store, f"SELECT {names} FROM entry ORDER BY number")
    assert first[9] == "0" * 64
    assert second[9] == first[10]
    for entry in (first, second):
        body = json.dumps(entry[:-1], ensure_ascii=False, separators=(",", ":"))
        assert entry[10] == hashlib.sha256(f"1\x1f{body}".encode()).hexdigest()


def test_a_row_carries_the_digest_of_its_content(store, ok):
    ok("unit", "add", "杭州分行", "--kind", "operating")
    row, digest = rows(store, "SELECT id, digest FROM unit")[0]
    text = f'unit\x1f{row}\x1f{{"kind":"operating","name":"杭州分行"}}'
    assert digest == hashlib.sha256(text.encode()).hexdigest()[:16]


def test_the_replaced_row_goes_to_history_with_its_span(store, ok):
    ok(*ADD)
    ok("client", "set", "688981", "--region", "上海市")
    kind, row, since, until, content = rows(
        store, "SELECT kind, row, since, until, content FROM history WHERE kind = 'client'"
    )[0]
    assert (kind, since, until) == ("client", 2, 3)
    assert "region" not in json.loads(content)
    assert rows(store, "SELECT region, entry FROM client WHERE id = ?", row) == [("上海", 3)]


@pytest.mark.parametrize(
    "change",
    [
        ("client", "set", "688981", "--sales", "5亿"),
        ("client", "set", "688981", "--assets", "1亿"),
        ("client", "add", "688999", "--name", "新客户", "--assets", "1亿"),
        ("unit", "add", "杭州分行", "--kind", "operating"),
    ],
)
def test_undo_brings_back_what_was_before(store, ok, change):
    ok(*ADD)
    before = dump(store)
    ok(*change)
    assert "taken back" in ok("undo").err
    assert dump(store) == before


def test_an_undo_can_be_undone(store, ok):
    ok(*ADD)
    ok("client", "set", "688981", "--sales", "5亿")
    after = dump(store)
    ok("undo", "3")
    ok("undo", "4")
    assert dump(store) == after


def test_undo_refuses_what_was_changed_since_and_names_it(store, cm, ok):
    ok(*ADD)
    ok("client", "set", "688981", "--sales", "5亿")
    before = dump(store)
    said = cm("undo", "2")
    assert said.code == 65
    assert "client 688981 was changed by entry 3" in said.err
    assert dump(store) == before


def test_undo_refuses_what_others_refer_to(store, cm, ok):
    ok(*ADD)
    ok("manager", "add", "M90", "--name", "林一诺", "--unit", "杭州分行", "--grade", "manager")
    ok("visit", "log", "688981", "--manager", "M90", "--mode", "door")
    said = cm("undo", "2")
    assert said.code == 65
    assert (
        "visit 2016-04-01 M90 688981, written by entry 4, refers to a client this would take away"
        in said.err
    )
    assert rows(store, "SELECT count(*) FROM client") == [(1,)]


def test_after_the_later_entry_is_undone_the_earlier_one_can_be(store, ok):
    ok(*ADD)
    ok("client", "set", "688981", "--sales", "5亿")
    ok("undo", "3")
    ok("undo", "2")
    assert rows(store, "SELECT count(*) FROM client") == [(0,)]


def test_ids_are_never_used_twice(store, ok):
    ok("unit", "add", "甲", "--kind", "operating")
    ok("undo")
    ok("unit", "add", "乙", "--kind", "operating")
    assert rows(store, "SELECT id FROM unit") == [(2,)]


def test_a_whole_import_is_taken_back(example, ok):
    before = rows(example, "SELECT count(*) FROM entry")[0][0]
    number = rows(example, "SELECT number FROM entry WHERE command LIKE '%import scores%'")[0][0]
    ok("undo", str(number))
    assert rows(example, "SELECT count(*) FROM score") == [(0,)]
    assert rows(example, "SELECT count(*) FROM entry") == [(before + 1,)]


def test_journal_show_tells_every_field_from_what_to_what(store, ok):
    ok(*ADD)
    ok("client", "set", "688981", "--sales", "5亿", "--phone", "13800138000")
    said = ok("journal", "show", "3", "--json")
    changes = json.loads(said.out)["sheets"][0]["rows"]
    assert {
        "kind": "client",
        "record": "688981",
        "field": "sales",
        "before": None,
        "after": "500000000",
    } in changes
    assert "13800138000" not in said.out


def test_personal_values_do_not_enter_the_journal(store, ok):
    ok(*ADD, "--phone", "13800138000", "--contact=张三")
    assert "13800138000" not in rows(store, "SELECT command FROM entry WHERE number = 2")[0][0]
    assert "张三" not in rows(store, "SELECT command FROM entry WHERE number = 2")[0][0]
    assert "***" in ok("client", "show", "688981").out
    assert "13800138000" in ok("client", "show", "688981", "--reveal").out


def test_the_whole_journal_is_taken_back_and_put_back(example, ok):
    """Every entry undone from the last on leaves nothing but the regulation; undone again, all."""
    before = everything(example)
    last = rows(example, "SELECT max(number) FROM entry")[0][0]
    for number in range(last, 1, -1):
        ok("undo", str(number))
    emptied = {name: len(found) for name, found in everything(example).items() if found}
    assert emptied == {"regulation": 1}
    for number in range(2 * last - 1, last, -1):
        ok("undo", str(number))
    assert everything(example) == before
    assert ok("journal", "verify").err == ""


def everything(store: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return the content of every record, without the entry that wrote it last."""
    return {
        kind.name: rows(
            store, f"SELECT id, {', '.join(kind.names)}, digest FROM {kind.name} ORDER BY id"
        )
        for kind in kinds()
    }


def test_what_an_entry_took_away_comes_back(example, ok):
    """A second move on one day takes the first one's assignment away."""
    move = ("assign", "move", "000625", "--on", "2016-04-05", "--reason", "试")
    ok(*move[:3], "M01", *move[3:])
    before = everything(example)
    ok(*move[:3], "M02", *move[3:])
    number, counts = rows(example, "SELECT number, counts FROM entry ORDER BY number DESC LIMIT 1")[
        0
    ]
    assert json.loads(counts) == {"assignment": {"deleted": 1, "inserted": 1}}
    after = everything(example)
    ok("undo", str(number))
    assert everything(example) == before
    ok("undo", str(number + 1))
    assert everything(example) == after


def test_what_was_taken_away_and_stands_again_is_a_conflict(store, cm, ok):
    ok(*ADD)
    ok("undo", "2")
    ok(*ADD)
    before = everything(store)
    said = cm("undo", "3")
    assert said.code == 65
    assert "client 688981 is there again" in said.err
    assert everything(store) == before
    left = ok("undo", "3", "--skip-conflicts")
    assert "client 688981 is there again" in left.err


def test_a_dry_run_of_undo_counts_and_writes_nothing(store, ok):
    ok(*ADD)
    ok("client", "set", "688981", "--sales", "5亿")
    before = everything(store)
    said = ok("undo", "3", "--dry-run")
    assert "Would change client: 1 changed." in said.err
    assert json.loads(ok("undo", "2", "--dry-run", "--skip-conflicts", "--json").out)["dry_run"]
    assert everything(store) == before
    assert rows(store, "SELECT count(*) FROM entry") == [(3,)]


def looked_after(store, ok, tmp_path):
    """Let an import end an assignment (entry 6) and another begin after it (entry 7)."""
    ok(*ADD)
    for code in ("M1", "M2"):
        ok("manager", "add", code, "--name", code, "--unit", "杭州分行", "--grade", "manager")
    ok("assign", "move", "688981", "M1", "--on", "2016-04-01", "--reason", "始")
    file = tmp_path / "assignments.csv"
    file.write_text("client,manager,since,until\n688981,M1,2016-04-01,2016-04-10\n")
    ok("import", "assignments", file)
    ok("assign", "move", "688981", "M2", "--on", "2016-04-15", "--reason", "续")


ASSIGNED = "SELECT manager, since, until FROM assignment ORDER BY since"


def test_undo_gives_no_client_two_managers_on_a_day(store, cm, ok, tmp_path):
    looked_after(store, ok, tmp_path)
    before = rows(store, ASSIGNED)
    said = cm("undo", "6")
    assert said.code == 65
    assert (
        "assignment 688981 2016-04-01 would overlap another of that client, written by entry 7"
        in said.err
    )
    assert rows(store, ASSIGNED) == before
    ok("undo")
    ok("undo")
    assert rows(store, ASSIGNED) == [("M1", "2016-04-01", None)]
    assert ok("store", "check").err == ""


def test_skipping_conflicts_leaves_out_what_would_cross(store, ok, tmp_path):
    looked_after(store, ok, tmp_path)
    before = rows(store, ASSIGNED)
    said = ok("undo", "6", "--skip-conflicts")
    assert "would overlap another of that client" in said.err
    assert "Nothing to change" in said.err
    assert rows(store, ASSIGNED) == before


def test_undo_of_an_import_skips_the_one_span_that_would_cross(store, ok, tmp_path):
    looked_after(store, ok, tmp_path)
    ok("client", "add", "2", "--name", "乙")
    ok("assign", "move", "2", "M1", "--on", "2016-04-01", "--reason", "始")
    file = tmp_path / "both.csv"
    file.write_text(
        "client,manager,since,until\n688981,M2,2016-04-15,2016-04-20\n2,M1,2016-04-01,2016-04-20\n"
    )
    ok("import", "assignments", file)
    ok("assign", "move", "688981", "M1", "--on", "2016-04-25", "--reason", "回")
    said = ok("undo", "10", "--skip-conflicts")
    assert "assignment 688981 2016-04-15 would overlap" in said.err
    last = "SELECT client, until FROM assignment WHERE since = ? OR client = '2' ORDER BY client"
    assert rows(store, last, "2016-04-15") == [("2", None), ("688981", "2016-04-20")]
    assert rows(store, "SELECT counts FROM entry WHERE number = 12") == [
        ('{"assignment":{"updated":1}}',)
    ]
    assert ok("journal", "verify").err == ""
    assert ok("store", "check").err == ""


def test_undo_lets_no_two_classes_of_a_client_cross(store, cm, ok, tmp_path):
    ok(*ADD)
    scheme, grade, since = rows(store, "SELECT scheme, grade, since FROM classification")[0]
    for number, (first, last) in enumerate([(since, "2016-04-10"), ("2016-04-15", "")]):
        file = tmp_path / f"{number}.csv"
        line = f"688981,{scheme},{grade},{first},{last}"
        file.write_text(f"client,scheme,grade,since,until\n{line}\n")
        ok("import", "classifications", file)
    said = cm("undo", "3")
    assert said.code == 65
    assert "would overlap another of that client" in said.err
    assert "written by entry 4" in said.err
    assert rows(store, "SELECT count(*) FROM classification WHERE until IS NULL") == [(1,)]


def test_a_check_of_the_store_names_spans_that_cross(store, cm, ok, tmp_path):
    looked_after(store, ok, tmp_path)
    edit(store, "UPDATE assignment SET until = NULL")
    said = cm("store", "check")
    assert "688981: the span from 2016-04-01 to … still lasts when another begins" in said.err


def test_plain_undo_comes_back_to_what_conflicts_left_out(store, ok, tmp_path):
    for code, name in (("1", "甲"), ("2", "乙"), ("3", "丙")):
        ok("client", "add", code, "--name", name)
    file = tmp_path / "sales.csv"
    file.write_text("code,sales\n1,500000000\n2,500000000\n3,500000000\n")
    ok("import", "clients", file)
    ok("client", "set", "2", "--sales", "6亿")
    sales = "SELECT code, sales FROM client ORDER BY code"
    ok("undo", "5", "--skip-conflicts")
    assert rows(store, sales) == [("1", None), ("2", 60000000000), ("3", None)]
    assert undone(ok) == {}
    assert "Entry 6 (" in ok("undo").err
    assert undone(ok) == {6: 8}
    assert "Entry 5 (" in ok("undo").err
    assert rows(store, sales) == [("1", None), ("2", None), ("3", None)]
    assert undone(ok) == {5: 9, 6: 8}
    assert json.loads(ok("journal", "list", "--known-at", "8", "--json").out)
    assert "Entry 4 (" in ok("undo").err
    assert ok("journal", "verify").err == ""


def undone(ok) -> dict[int, int]:
    """Return the entries the journal says are undone, and by which."""
    found = json.loads(ok("journal", "list", "--json").out)
    return {each["entry"]: each["undone_by"] for each in found if each["undone_by"]}

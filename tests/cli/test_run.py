"""Many commands in one process: each its own transaction, or all of them in one."""

from __future__ import annotations

import io
import json

import pytest
from conftest import rows

LINES = """\
# a day's work
cm client add 1 --name 甲 --region 浙江
client add 2 --name "乙 公司" \\
   --region 江苏

client set 1 --sales 5亿   # a remark
"""


@pytest.fixture
def script(tmp_path):
    """Return a function that writes a file of commands."""

    def write(text):
        file = tmp_path / "batch.cm"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def names(store):
    return [name for (name,) in rows(store, "SELECT name FROM client ORDER BY code")]


def test_each_line_is_a_command_and_an_entry_of_its_own(store, ok, script):
    said = ok("run", script(LINES))
    assert names(store) == ["甲", "乙 公司"]
    assert rows(store, "SELECT number, command FROM entry WHERE number > 1 ORDER BY number") == [
        (2, "cm client add 1 --name 甲 --region 浙江"),
        (3, "cm client add 2 --name '乙 公司' --region 江苏"),
        (4, "cm client set 1 --sales 5亿"),
    ]
    assert "3 commands done." in said.err
    ok("undo")
    ok("journal", "verify")


def test_the_first_that_fails_ends_the_run_and_what_came_before_stays(store, cm, script):
    said = cm("run", script(LINES + "client add 1 --name 丙\nclient add 4 --name 丁\n"))
    assert said.code == 65
    assert "There is a client 1 already" in said.err
    assert "batch.cm:7" in said.err
    assert names(store) == ["甲", "乙 公司"]


def test_keep_going_tries_them_all(store, cm, script):
    said = cm(
        "run",
        script("client add 1 --name 甲\nclient add 1 --name 乙\nclient add 2 --name 丙\n"),
        "-k",
    )
    assert said.code == 65
    assert "batch.cm:2" in said.err
    assert names(store) == ["甲", "丙"]


def test_atomic_keeps_all_or_nothing(store, cm, ok, script):
    said = cm("run", script(LINES + "client add 1 --name 丙\n"), "--atomic")
    assert said.code == 65
    assert "Nothing of the run was kept." in said.err
    assert "cm undo" not in said.err
    assert names(store) == []
    assert rows(store, "SELECT count(*) FROM entry") == [(1,)]
    said = ok("run", script(LINES), "--atomic").err
    assert said.count("It is kept if the whole run succeeds.") == 3
    assert "3 commands done. Entries 2 to 4 were made; to take the last one back: cm undo 4" in said
    assert names(store) == ["甲", "乙 公司"]
    assert rows(store, "SELECT count(*) FROM entry") == [(4,)]
    alone = ok("run", script("client add 3 --name 丁\n"), "--atomic").err
    assert "1 command done. Entry 5 was made; to take it back: cm undo 5" in alone
    ok("journal", "verify")


def test_later_lines_of_an_atomic_run_see_the_earlier_ones(store, ok, script):
    said = ok(
        "run", script("client add 1 --name 甲\nclient show 1\nundo\nclient list\n"), "--atomic"
    )
    assert "甲" in said.out
    assert names(store) == []


def test_a_dry_run_does_everything_and_keeps_nothing(store, ok, script):
    said = ok("run", script(LINES), "--dry-run")
    assert "cm undo" not in said.err
    assert said.err.count("Dry run, nothing written. Would change") == 3
    assert "Dry run: nothing of it was kept." in said.err
    assert names(store) == []


def test_common_options_hold_for_all_lines_that_do_not_say_otherwise(store, ok, script):
    ok(
        "run",
        script("client add 1 --name 甲\nclient add 2 --name 乙 --operator 李\n"),
        "--operator",
        "张",
        "-q",
    )
    assert rows(store, "SELECT operator FROM entry WHERE number > 1 ORDER BY number") == [
        ("张",),
        ("李",),
    ]


def test_the_file_may_be_standard_input(store, ok, monkeypatch):
    monkeypatch.setattr(
        "sys.stdin", io.TextIOWrapper(io.BytesIO("client add 1 --name 甲\n".encode("gb18030")))
    )
    ok("run", "-")
    assert names(store) == ["甲"]


def test_json_says_what_became_of_each(store, cm, script):
    said = cm(
        "run", script("client add 1 --name 甲\nclient list\nclient add 1 --name 乙\n"), "--json"
    )
    found = json.loads(said.out)
    assert found["done"] == 2
    assert found["results"] == [
        {"line": 1, "command": "client", "exit": 0},
        {"line": 2, "command": "client", "exit": 0},
        {"line": 3, "command": "client", "exit": 65},
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("client add 1 --name '甲\n", "A quote is not closed (…batch.cm:1)"),
        ("client list\nrun other.cm\n", "“cm run” cannot be part of this run (…batch.cm:2)"),
        ("init --db x.db\n", "“cm init” cannot be part of this run (…batch.cm:1)"),
    ],
)
def test_what_cannot_be_run_is_refused_before_anything_is(store, cm, script, text, words, tmp_path):
    said = cm("run", script(text), "--atomic")
    assert said.code in {2, 65}
    assert words in said.err.replace(str(tmp_path) + "/", "…")
    assert names(store) == []


def test_a_run_may_back_up_and_restore_its_own_store(store, ok, script, tmp_path):
    backup = tmp_path / "b.db"
    ok(
        "run",
        script(
            f"client add 1 --name 甲\nstore backup {backup}\nclient add 2 --name 乙\nstore restore {backup}\nclient add 3 --name 丙\n"
        ),
    )
    assert names(store) == ["甲", "丙"]
    ok("store", "check")


def test_an_atomic_run_writes_to_one_store(store, cm, script, tmp_path, ok):
    ok("init", "--db", tmp_path / "other.db")
    said = cm(
        "run",
        script(f"client add 1 --name 甲\nclient add 1 --name 甲 --db {tmp_path}/other.db\n"),
        "--atomic",
    )
    assert said.code == 2
    assert names(store) == []


@pytest.mark.parametrize("how", ["--dry-run", "--atomic"])
@pytest.mark.parametrize(
    "words", ["client show 1", "client list --fields phone", "export clients -"]
)
def test_a_run_that_may_keep_nothing_shows_no_personal_field(store, cm, ok, script, words, how):
    ok("client", "add", "1", "--name", "甲", "--phone", "13900000001")
    said = cm("run", script(f"{words} --reveal\n"), how)
    assert said.code == 2
    assert "13900000001" not in said.out + said.err
    assert "Personal fields are shown only where the journal keeps" in said.err
    assert "Entry " not in said.err
    assert rows(store, "SELECT count(*) FROM entry") == [(2,)]
    ok("run", script(f"{words}\n"), how)


def test_an_atomic_run_names_no_look_as_its_last_entry(store, cm, script):
    text = "client add 1 --name 甲 --phone 13900000001\nclient show 1 --reveal\n"
    said = cm("run", script(text), "--atomic")
    assert said.code == 2
    assert "cm undo" not in said.err
    assert names(store) == []


def test_a_run_that_exports_personal_fields_journals_each_time(store, ok, script, tmp_path):
    ok("client", "add", "1", "--name", "甲", "--phone", "13900000001")
    bundle = tmp_path / "all.zip"
    lines = f"export clients - --reveal\nexport all {bundle} --reveal\nclient add 2 --name 乙\n"
    said = ok("run", script(lines))
    assert "13900000001" in said.out
    assert bundle.exists()
    assert rows(store, "SELECT number, counts FROM entry WHERE number > 2 ORDER BY number")[:2] == [
        (3, '{"client":{"revealed":1}}'),
        (4, '{"client":{"revealed":1}}'),
    ]
    assert "Entry 4 of the journal: personal fields of 1 record were shown." in said.err
    assert names(store) == ["甲", "乙"]
    ok("journal", "verify")

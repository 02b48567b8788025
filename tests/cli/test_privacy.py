"""Personal data: masked, shown only with an entry that says so, and never in talk, logs or files of others."""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT, edit, rows

from cm_cli.cli import desk
from cm_cli.cli.records import option_names
from cm_cli.domain.privacy import masked, without_password
from cm_cli.domain.register import kinds

if TYPE_CHECKING:
    from pathlib import Path

PHONE = "13900000001"
ADD = ("client", "add", "688981", "--name", "中芯国际", "--phone", PHONE, "--contact", "王某")
LAST = "SELECT number, command, operator, reason, counts FROM entry ORDER BY number DESC LIMIT 1"


def count(store: Path) -> int:
    return rows(store, "SELECT count(*) FROM entry")[0][0]


@pytest.mark.parametrize(
    "words",
    [
        ("client", "list", "--fields", "code,phone"),
        ("client", "list", "--fields", "phone", "--format", "csv"),
        ("client", "list", "--fields", "phone", "--json"),
        ("client", "list", "--fields", "phone", "--known-at", "2"),
        ("client", "show", "688981"),
        ("client", "show", "688981", "--json"),
        ("client", "show", "688981", "--known-at", "2"),
    ],
    ids=" ".join,
)
def test_a_personal_field_is_shown_only_with_an_entry_that_says_so(store, ok, words):
    ok(*ADD)
    hidden = ok(*words)
    assert PHONE not in hidden.out + hidden.err
    assert "***" in hidden.out
    assert count(store) == 2
    shown = ok(*words, "--reveal", "--reason", "回访", "--operator", "auditor")
    assert PHONE in shown.out
    line = " ".join(["cm", *words, "--reveal --reason 回访 --operator auditor"])
    assert rows(store, LAST) == [(3, line, "auditor", "回访", '{"client":{"revealed":1}}')]
    assert (
        "Entry 3 of the journal: personal fields of 1 record were shown." in shown.err + shown.out
    )


def test_the_entry_counts_the_records_shown(store, ok):
    for number in range(5):
        phone = ("--phone", f"1390000000{number}") if number else ()
        ok("client", "add", str(number), "--name", f"公司{number}", *phone)
    ok("client", "list", "--fields", "code,phone", "--reveal", "--limit", "4")
    assert json.loads(rows(store, LAST)[0][4]) == {"client": {"revealed": 3}}


def test_where_no_personal_value_is_shown_there_is_no_entry(store, ok):
    ok(*ADD)
    ok("client", "add", "2", "--name", "乙")
    ok("client", "list", "--reveal")
    ok("client", "show", "2", "--reveal")
    assert count(store) == 3


@pytest.mark.file_only
def test_what_cannot_be_journalled_is_not_shown(store, ok, cm):
    ok(*ADD)
    lock = store.with_name("cm.db.lock")
    lock.unlink()
    lock.mkdir()  # nobody, not even root, can take this lock
    for words in (("client", "list", "--fields", "phone"), ("client", "show", "688981")):
        said = cm(*words, "--reveal")
        assert (said.code, said.out) == (73, "")
        assert PHONE not in said.err
        assert "***" in ok(*words).out


def test_order_does_not_tell_what_is_masked(store, ok, cm):
    ok(*ADD)
    said = cm("client", "list", "--sort", "-phone")
    assert said.code == 2
    assert "would tell what is masked" in said.err
    ok("client", "list", "--sort", "-phone", "--reveal")
    assert json.loads(rows(store, LAST)[0][4]) == {"client": {"revealed": 1}}


def test_having_looked_cannot_be_taken_back(store, ok, cm):
    ok(*ADD)
    ok("client", "show", "688981", "--reveal")
    said = cm("undo", "3")
    assert said.code == 65
    assert "Entry 3 says who looked at personal fields" in said.err
    assert "client 1 revealed" in ok("journal", "list", "--kind", "client", "--limit", "1").out
    assert "Changes:" in ok("journal", "show", "3").out
    assert "Entry 2 (" in ok("undo").err
    assert rows(store, "SELECT count(*) FROM client") == [(0,)]
    assert ok("journal", "verify").err == ""


def test_the_entry_of_a_look_is_proved_like_any_other(store, ok, cm):
    ok(*ADD)
    ok("client", "show", "688981", "--reveal")
    edit(store, 'UPDATE entry SET counts = \'{"client":{"revealed":0}}\' WHERE number = 3')
    assert "Entry 3 was changed outside the program" in cm("journal", "verify").err


def test_having_looked_makes_no_plan_stale(example, ok, cm, tmp_path):
    plan = tmp_path / "plan.json"
    ok("client", "set", "000625", "--phone", PHONE)
    ok("assign", "plan", "-o", plan)
    ok("client", "show", "000625", "--reveal")
    ok("client", "set", "000625", "--region", "西藏")
    said = cm("assign", "apply", plan)
    assert said.code == 65
    assert "--region" in said.err
    assert "--reveal" not in said.err


def test_the_command_line_of_every_personal_field_is_masked():
    for kind in kinds():
        for field in kind.fields:
            if field.personal:
                assert set(option_names(field)) <= set(desk.PERSONAL), (kind.name, field.name)


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        (("--phone", "139", "--name", "甲"), "cm --phone '***' --name 甲"),
        (("--phone=139", "--name", "甲"), "cm '--phone=***' --name 甲"),
        (("--phone", "--contact", "x"), "cm --phone '***' x"),
        (("--db", "postgresql://u:s3cret@h/d"), "cm --db 'postgresql://u:***@h/d'"),
        (("--db=postgresql://h/d?password=s3cret",), "cm '--db=postgresql://h/d?password=***'"),
    ],
)
def test_what_the_journal_keeps_of_a_command_line(words, kept):
    assert desk.command_line(words) == kept


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("“13900000001” x", "“***” x"),
        ("+86 139-0000-0001", "***"),
        ("110101199003070011", "***"),
        ("11010119900307001X", "***"),
        ("0571-80000000", "***"),
        ("6222 0200 0000 0000 012", "***"),
        ("1390000000", "1390000000"),
        ("13900000001.5", "13900000001.5"),
        ("2016-04-01", "2016-04-01"),
        ("1200000000000", "1200000000000"),
    ],
)
def test_numbers_that_give_a_person_away_are_known_by_their_look(text, left):
    assert masked(text) == left


def test_a_password_in_a_place_is_taken_out():
    assert without_password("postgresql://u:p:q@h/d") == "postgresql://u:***@h/d"
    assert without_password("postgresql://u@h:5432/d") == "postgresql://u@h:5432/d"


def planted(many: int = 200) -> list[str]:
    """Return invented telephone and identity numbers, always the same."""
    chance = random.Random(7)  # noqa: S311 - nothing here is a secret
    phones = [f"139{chance.randrange(10**8):08}" for _ in range(many // 2)]
    people = [
        f"110101{chance.randrange(1950, 2005)}0307{chance.randrange(1000):03}X" for _ in phones
    ]
    return [*phones, *people]


def leaks(numbers: list[str], *texts: str) -> list[str]:
    whole = "\n".join(texts)
    return [number for number in numbers if number in whole]


def logged(tmp_path: Path) -> str:
    log = tmp_path / "state" / "cm.log"
    return log.read_text(encoding="utf-8") if log.exists() else ""


def table(path: Path, heads: list[str], lines: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([heads, *lines])
    return path


def test_findings_about_a_file_repeat_no_personal_number(store, cm, ok, tmp_path):
    """Too long, hidden characters, in a wrong column, no headings at all, more cells than headings."""
    numbers = planted()
    heads = ["编号", "客户名称", "电话", "联系人", "总资产", "客户类型", "地区"]
    files = [
        table(
            tmp_path / "long.csv",
            heads,
            [[str(i), f"公司{i}", n * 9, n * 9, "1", "", ""] for i, n in enumerate(numbers)],
        ),
        table(
            tmp_path / "hidden.csv",
            heads,
            [[str(i), f"公司{i}", f"{n}\u200b", "", "", "", ""] for i, n in enumerate(numbers)],
        ),
        table(
            tmp_path / "shifted.csv",
            heads,
            [[str(i), f"公司{i}", "", "", f"x{n}", n, n] for i, n in enumerate(numbers)],
        ),
        table(
            tmp_path / "more.csv",
            heads,
            [[str(i), f"公司{i}", n, "", "", "", "", n] for i, n in enumerate(numbers)],
        ),
        table(tmp_path / "headless.csv", ["1", "公司", *numbers], [["2", "公司", *numbers]]),
        table(tmp_path / "twice.csv", [*heads, numbers[0], numbers[0]], [["1"] * 9]),
    ]
    broken = tmp_path / "broken.json"
    broken.write_text('[{"编号": "1", "电话": "' + '", "电话": "'.join(numbers), encoding="utf-8")
    doubled = tmp_path / "doubled.jsonl"
    doubled.write_text(
        "".join(
            f'{{"code":"{i}","phone":"{n}","phone":["{n}",["{n}"]]}}\n'
            for i, n in enumerate(numbers)
        ),
        encoding="utf-8",
    )
    crooked = tmp_path / "crooked.yaml"
    crooked.write_text(
        "".join(f"- code: {i}\n  phone: {{{n}\n" for i, n in enumerate(numbers)), encoding="utf-8"
    )
    for file in (*files, broken, doubled, crooked):
        for how in ((), ("--json",), ("--lang", "zh"), ("--ignore-unknown",)):
            said = cm("import", "clients", file, *how)
            assert said.code == 65, (file, how, said)
            assert leaks(numbers, said.out, said.err) == [], (file.name, how)
    assert logged(tmp_path) == ""
    assert count(store) == 1


def test_a_whole_life_of_personal_numbers_is_seen_with_reveal_only(store, cm, ok, tmp_path):
    numbers = planted()
    heads = ["编号", "客户名称", "电话", "联系人"]
    pairs = list(zip(numbers[:100], numbers[100:], strict=True))  # telephones, and others
    lines = [[str(i), f"公司{i}", *each] for i, each in enumerate(pairs)]
    ok("import", "clients", table(tmp_path / "a.csv", heads, lines))
    turned = [[str(i), f"公司{i}", *each] for i, each in enumerate(reversed(pairs))]
    said = [ok("import", "clients", table(tmp_path / "b.csv", heads, turned), "--dry-run")]
    said += [ok("import", "clients", tmp_path / "b.csv", "--json"), cm("undo", "2")]
    said += [
        ok("client", "set", "1", "--phone", numbers[5]),
        ok("client", "set", "1", f"--contact={numbers[6]}", "--json"),
    ]
    said += [
        cm("client", "add", "x 1", "--phone", numbers[7] * 9),
        cm("client", "add", "1", "--name", "x", "--phone", numbers[8]),
    ]
    said += [
        cm("client", "set", "1", "--phome", numbers[9]),
        cm("client", "set", "1", "--phone", "1", numbers[10]),
    ]
    said += [
        ok("client", "find", "公司"),
        ok("client", "list", "--fields", "code,phone,contact", "--json"),
    ]
    said += [
        ok("client", "show", "1"),
        ok("journal", "list"),
        ok("journal", "show", "3", "--all"),
        ok("journal", "verify"),
    ]
    said += [ok("undo", "3", "--skip-conflicts"), ok("store", "check"), ok("store", "info")]
    assert leaks(numbers, *(each.out + each.err for each in said), logged(tmp_path)) == []
    assert (
        leaks(numbers, *(str(each) for each in rows(store, "SELECT command, reason FROM entry")))
        == []
    )
    seen = ok("client", "list", "--fields", "phone,contact", "--reveal").out
    assert len(leaks(numbers, seen)) > 150


def _crash(*_args: object, **_more: object) -> None:
    """Fail as bugs do: with values in every message, in the cause, in a note, over several lines."""
    numbers = planted()
    try:
        {}[numbers[0]]
    except KeyError as first:
        trouble = ValueError("\n".join(numbers))
        trouble.add_note(numbers[1])
        raise trouble from first


@pytest.mark.parametrize("debug", ["", "1"])
@pytest.mark.parametrize(
    "place",
    [
        "cm_cli.usecases.records.completed",
        "cm_cli.store.journal.Writer.insert",
        "cm_cli.cli.show.outcome",
    ],
)
def test_a_bug_tells_the_place_in_the_code_and_no_value(
    store, cm, tmp_path, monkeypatch, place, debug
):
    monkeypatch.setattr(place, _crash)
    monkeypatch.setenv("CM_DEBUG", debug)
    said = cm(*ADD)
    assert said.code == 70
    told = said.err if debug else logged(tmp_path)
    assert "in _crash" in told
    assert "KeyError" in told
    assert "ValueError" in told
    assert leaks([*planted(), PHONE, "王某"], said.out, said.err, logged(tmp_path)) == []


def test_a_bug_met_while_a_refusal_is_told_is_no_bare_traceback(store, cm, tmp_path, monkeypatch):
    monkeypatch.setattr("cm_cli.cli.show.error", _crash)
    said = cm("client", "show", "999")
    assert said.code == 70
    assert "CmError" in logged(tmp_path)
    assert leaks(planted(), said.out, said.err, logged(tmp_path)) == []


UMASKED = """
import os, sys
os.umask(int(sys.argv[1], 8))
import cm_cli.cli.app as app
raise SystemExit(app.run(sys.argv[2:]))
"""


@pytest.mark.parametrize("umask", ["000", "022"])
def test_every_file_is_its_owners_alone_whatever_the_umask(tmp_path, umask):
    work = tmp_path / "work"
    work.mkdir(mode=0o755)
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "CM_DB": "cm.db", "CM_LANG": "en",
           "CM_TODAY": "2016-04-01", "CM_STATE": str(work / "state" / "deep"), "TMPDIR": str(work / "tmp")}  # fmt: skip
    (work / "tmp").mkdir(mode=0o700)
    (work / "old.json").write_text("{}")
    (work / "old.json").chmod(0o666)
    (work / "state").mkdir(mode=0o700)
    lines = [
        "init",
        "client add 1 --name 甲 --phone 13900000001",
        "manager add M90 --name 林一诺 --unit 杭州分行 --grade 客户经理",
        "client list --fields phone --reveal -o list.csv",
        "client list -o old.json",
        "assign plan -o plan.json",
        "report visits --month 2016-03 -o visits.md",
        "report visits --month 2016-03 --format json -o sheets/",
        "store backup backup.db",
        "store restore backup.db",
        "client add 2 --name 乙",
    ]
    for line in lines:
        done = subprocess.run(
            [sys.executable, "-c", UMASKED, umask, *line.split()],
            cwd=work,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (line, done.stderr)
    hold = "import sqlite3, time; c = sqlite3.connect('cm.db'); c.execute('SELECT count(*) FROM client').fetchall(); print('open', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", hold],
        cwd=work,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as reader:
        assert reader.stdout.readline() == "open\n"
        bug = UMASKED.replace("raise ", "app._invoke = lambda _words: 1 / 0\nraise ")
        done = subprocess.run(
            [sys.executable, "-c", bug, umask, "client", "list"],
            cwd=work,
            env=env,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 70
        files = {
            p.relative_to(work).as_posix(): p.stat().st_mode & 0o777
            for p in work.rglob("*")
            if p.is_file()
        }
        reader.communicate("\n")
    wanted = {"cm.db", "cm.db-wal", "cm.db-shm", "cm.db.lock", "cm.db.before-restore-1", "backup.db", "list.csv",
              "old.json", "plan.json", "visits.md", "state/deep/cm.log", "sheets/visits-2016-03.json"}  # fmt: skip
    assert wanted <= set(files), sorted(files)
    assert {name: oct(mode) for name, mode in files.items() if mode & 0o077} == {}
    assert list((work / "tmp").iterdir()) == []


@pytest.mark.file_only
def test_a_store_others_can_read_is_named_and_works_on(store, ok):
    store.chmod(0o644)
    ok("client", "list")
    said = ok("store", "check")
    assert f"Note: Others can read the store: {store} (0644)" in said.err
    assert "Others can read the store" in ok("store", "info").out
    files = said.err.partition("chmod 600 ")[2].split()
    assert str(store) in files
    for file in files:
        os.chmod(file, 0o600)  # noqa: PTH101 - as the sentence says
    assert ok("store", "check").err == ""

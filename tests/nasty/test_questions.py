"""What is asked of the store: sixty payloads in every place a word can be given.

None may end in a traceback, answer with rows that were not asked for, put on the screen what a
terminal obeys, or change anything.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from conftest import NOW, ROOT, rows

from cm_cli.cli.app import run

SQL = [
    "' OR '1'='1", "' OR 1=1 --", "'; DROP TABLE client; --", '" OR ""="', "') OR ('a'='a",
    "1; DELETE FROM visit", "1 UNION SELECT * FROM entry", "name; DROP TABLE client", "name DESC--",
    "(SELECT hash FROM entry)", "name FROM client--", "*", "t.name", "rowid", "sqlite_version()",
    "randomblob(1000000000)", "CASE WHEN 1 THEN name END", "name COLLATE NOCASE", "name,code", "?",
    "?1", ":on", ":v1", "@x", "$x", "%", "%%", "_", "%s", "%(a)s", "{}", "{0}", "{name}", "!", "!%",
    "\\", "\\'", "''", "'", '"', "`", "[name]", "/*", "*/", "--", "-- ",
]  # fmt: skip
SHELL = ["$(touch x)", "`touch x`", "a;touch x", "|touch x", "&& touch x", "\n", "a\nb", "\t"]
ODD = [
    "\x1b[31m", "\x9b31m", "\x1b]8;;http://a\x07b", "\u202e", "\u200b", "[red]x[/red]", "[/b]",
    "９", "²", "١", "Ⅷ", "−1", "1e9", "NaN", "-0", "0x10", "1_000", "9" * 40, "-" * 40, "../../x",
    "x" * 60_000, "%" * 7_999, "汉" * 8_000, "x" * 8_000,
]  # fmt: skip
PAYLOADS = SQL + SHELL + ODD
PLACES = [
    ("client", "list", "--name={}"),
    ("client", "list", "--region={}"),
    ("client", "list", "--kind={}"),
    ("client", "list", "--manager={}"),
    ("client", "list", "--size={}"),
    ("client", "list", "--sort={}"),
    ("client", "list", "--fields={}"),
    ("client", "list", "--limit={}"),
    ("client", "list", "--known-at={}"),
    ("client", "list", "--on={}"),
    ("client", "list", "--format={}"),
    ("client", "find", "--", "{}"),
    ("client", "show", "--", "{}"),
    ("manager", "list", "--regions={}"),
    ("manager", "list", "--sizes={}"),
    ("manager", "list", "--unit={}"),
    ("visit", "list", "--client={}"),
    ("visit", "list", "--month={}"),
    ("visit", "show", "--", "{}"),
    ("result", "list", "--period={}"),
    ("journal", "show", "--", "{}"),
    ("undo", "--dry-run", "--", "{}"),
    ("assign", "why", "--", "{}"),
    ("report", "visits", "--month={}"),
    ("help", "--", "{}"),
    ("{}",),
]
SAFE = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u206f]*")


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """Return a small store, the same for all that is asked."""
    place = tmp_path_factory.mktemp("asked") / "cm.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CM_NOW", NOW)
        for line in (
            "init",
            "manager add M1 --name 甲 --unit 城东支行 --grade 客户经理 --regions 浙江",
            "client add C1 --name 乙 --region 浙江 --industry 银行 --assets 12",
            "client add C2 --name 丙 --region 江苏 --industry 医药 --assets 12",
            "visit log C1 --manager M1 --mode door",
        ):
            words = [*line.split(), "--db", str(place), "--on", "2016-04-01", "--operator", "a"]
            assert run(words) == 0
    return place


@pytest.mark.parametrize("words", PLACES, ids=" ".join)
def test_no_word_is_more_than_a_word(asked, cm, words, tmp_path, monkeypatch):
    monkeypatch.setenv("CM_DB", str(asked))
    monkeypatch.chdir(tmp_path)
    before = rows(asked, "SELECT number, hash FROM entry")
    for payload in PAYLOADS:
        said = cm(*(word.replace("{}", payload, 1) for word in words))
        told = f"{words} {payload[:60]!r}: {said.code} {said.err[:300]}"
        assert said.code in {0, 1, 2, 65, 66}, told
        assert "Internal error" not in said.err, told
        assert SAFE.fullmatch(said.out), told
        assert SAFE.fullmatch(said.err), told
        assert len(said.err) < 10_000, told
        assert len(said.out) < 500_000, told
    assert rows(asked, "SELECT number, hash FROM entry") == before
    assert list(tmp_path.glob("*")) == []


def test_the_store_is_whole_after_all_of_it(asked, ok, monkeypatch):
    monkeypatch.setenv("CM_DB", str(asked))
    ok("journal", "verify")
    assert rows(asked, "SELECT count(*) FROM client") == [(2,)]


NAMES = [
    "%",
    "_",
    "!",
    "甲%乙",
    "a_b",
    'a"b',
    "a\\b",
    "[1]",
    "[",
    "' OR 1=1 --",
    "{}",
    "a'b",
    "x!y",
]


def test_a_filter_finds_its_own_rows_and_no_others(store, ok, tmp_path):
    file = tmp_path / "c.json"
    clients = [
        {"code": f"C{at}", "name": name, "region": name, "industry": name, "services": [name]}
        for at, name in enumerate([*NAMES, "其他"])
    ]
    file.write_text(json.dumps(clients), encoding="utf-8")
    ok("import", "clients", file)
    managers = [
        {"code": f"M{at}", "name": name, "unit": name, "grade": "客户经理", "regions": [name]}
        for at, name in enumerate([*NAMES, "其他"])
    ]
    file.write_text(json.dumps(managers), encoding="utf-8")
    ok("import", "managers", file)

    def codes(*words):
        return {each["code"] for each in json.loads(ok(*words[:2], "--json", *words[2:]).out)}

    for at, name in enumerate(NAMES):
        assert codes("client", "list", f"--region={name}") == {f"C{at}"}, name
        assert codes("client", "list", f"--industry={name}") == {f"C{at}"}, name
        assert codes("manager", "list", f"--regions={name}") == {f"M{at}"}, name
        holding = {f"{at}" for at, other in enumerate([*NAMES, "其他"]) if name in other}
        assert codes("client", "list", f"--name={name}") == {f"C{at}" for at in holding}, name
        assert codes("manager", "list", f"--unit={name}") == {f"M{at}" for at in holding}, name
        assert f"C{at}" in codes("client", "find", "--", name), name
        assert (
            json.loads(ok("client", "show", "--json", "--", name).out)["title"] == f"client C{at}"
        )


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_offers_nothing_of_the_store(store, ok, tmp_path, shell):
    """There is no completion yet; the protocol of Typer must not wake one that escapes nothing."""
    ok("client", "add", "a", "--name", "$(touch x);`touch y`")
    said = subprocess.run(
        [sys.executable, "-m", "cm_cli", "client", "show"],
        env={
            "PYTHONPATH": str(ROOT), "CM_DB": str(store), "_CM_COMPLETE": f"complete_{shell}",
            "COMP_WORDS": "cm client show ", "COMP_CWORD": "3",
            "_TYPER_COMPLETE_ARGS": "cm client show ", "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        },
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )  # fmt: skip
    assert said.stdout == b""
    assert b"touch" not in said.stderr


def test_a_list_comes_back_as_it_was_however_it_was_given(store, ok, tmp_path):
    """A mark between values divides them by whatever way they come."""
    file = tmp_path / "c.json"
    file.write_text('[{"code":"1","name":"a","services":["x;y","z"]}]', encoding="utf-8")
    ok("import", "clients", file)
    ok("client", "add", "2", "--name", "b", "--services", "x,y", "--services", "z")
    assert rows(store, "SELECT services FROM client") == [('["x", "y", "z"]',)] * 2
    ok("client", "list", "--fields", "code,name,services", "-o", tmp_path / "c.csv")
    assert "2 unchanged" in ok("import", "clients", tmp_path / "c.csv").err

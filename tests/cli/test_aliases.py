"""Headings of a user's own: from a YAML file, named or in the environment."""

from __future__ import annotations

import pytest
from conftest import rows

ALIASES = "# 我行的表头\nclients:\n  客户全称: name\n  组织机构: code\n  资产合计: assets\nmanagers: {柜员号: code}\n"


@pytest.fixture
def file(tmp_path):
    (tmp_path / "a.yaml").write_text(ALIASES, encoding="utf-8")
    made = tmp_path / "c.csv"
    made.write_text("名单,,\n组织机构,客户全称,资产合计（亿元）\n1,甲,2\n", encoding="utf-8")
    return made


def test_headings_of_a_users_own_are_understood(store, ok, cm, file, tmp_path):
    assert cm("import", "clients", file).code == 65
    ok("import", "clients", file, "--aliases", tmp_path / "a.yaml")
    assert rows(store, "SELECT code, name, assets FROM client") == [("1", "甲", 2 * 10**10)]


def test_the_environment_names_the_file(store, ok, file, tmp_path, monkeypatch):
    monkeypatch.setenv("CM_ALIASES", str(tmp_path / "a.yaml"))
    ok("import", "clients", file)


def test_an_option_wins_over_an_alias(store, ok, file, tmp_path):
    words = ("--map", "客户全称=note", "--map", "名=name")
    file.write_text("组织机构,客户全称,名\n1,甲,乙\n", encoding="utf-8")
    ok("import", "clients", file, "--aliases", tmp_path / "a.yaml", *words)
    assert rows(store, "SELECT name, note FROM client") == [("乙", "甲")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("clients:\n  甲: nmae\n", "a.yaml:2  甲: there is no field “nmae”"),
        ("clients:\n  甲: [name]\n", "a.yaml:2"),
        ("\ncleints: {甲: name}\n", "a.yaml:2  “cleints” is not a kind"),
        ("clients:\n- 甲\n", "a.yaml:2  A mapping is expected here"),
        ("a: b: c\n", "a.yaml:1"),
        ("? [x]\n: y\n", "A word is expected here"),
    ],
)
def test_every_slip_is_told_with_its_line(store, cm, file, tmp_path, text, said):
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    answer = cm("import", "clients", file, "--aliases", tmp_path / "a.yaml")
    assert answer.code == 78
    assert said in answer.err


def test_a_file_that_is_not_there_is_refused(store, cm, file, tmp_path):
    assert cm("import", "clients", file, "--aliases", tmp_path / "none.yaml").code == 66

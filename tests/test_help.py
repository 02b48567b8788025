"""Every command has help in both languages, fits 60 columns, and shows examples that run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import catalogue
import pgserver
import pytest

from cm_cli.cli.frame import examples, paragraphs
from cm_cli.writers.layout import display_width

SILENT = {"regulation check", "journal verify", "store check"}  # when all is well
COMMANDS = [
    (path, command) for path, command in catalogue.commands() if not hasattr(command, "commands")
]
PATHS = [path for path, _command in catalogue.commands()]
EXAMPLES = [
    (path, line)
    for path, command in COMMANDS
    if path not in {"demo", "store roles"}  # they have tests of their own
    for line in examples(command.help)
]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", ["", *PATHS])
def test_help_fits_sixty_columns_in_both_languages(ok, monkeypatch, path, lang):
    monkeypatch.setenv("COLUMNS", "60")
    said = ok(*path.split(), "--lang", lang, "--help")
    body, _mark, _shown = said.out.partition("示例：" if lang == "zh" else "Examples:")
    wide = [line for line in body.splitlines() if display_width(line) > 60]
    assert [line for line in wide if not re.fullmatch(r"\s+-\S+(, -\S+)*( \S+)?", line)] == []
    assert ("用法：" if lang == "zh" else "Usage:") in body
    if lang == "zh":
        assert re.search("[\u4e00-\u9fff]", body)


@pytest.mark.parametrize("path", [path for path, _command in COMMANDS])
def test_every_command_has_a_sentence_and_an_example(path):
    command = dict(COMMANDS)[path]
    assert paragraphs(command.help)[0]
    found = examples(command.help)
    assert found
    assert all(line.startswith(f"cm {path}") for line in found)


@pytest.mark.parametrize("path", [path for path, _command in COMMANDS])
def test_every_option_says_what_it_is_for(path):
    command = dict(COMMANDS)[path]
    assert [param.name for param in command.params if not getattr(param, "help", None)] == []


@pytest.mark.parametrize(("path", "line"), EXAMPLES, ids=[line for _path, line in EXAMPLES])
def test_the_examples_run(example, in_checkout, ok, path, line):
    if "plan.json" in line and "-o" not in line:
        ok("assign", "plan", "-o", "plan.json")
    if path == "store restore":
        ok("store", "backup", "backup.db")
    words = shlex.split(line)[1:]
    on = () if "2016-04-01" in line or path != "assign move" else ("--on", "2016-04-05")
    said = ok(*words, *on)
    assert said.out or said.err or path in SILENT
    assert not list(Path().glob("*.tmp"))


def test_the_example_of_the_roles_runs(full_server, server, database, ok, full_store):
    line = examples(dict(COMMANDS)["store roles"].help)[0]
    ok("store", "restore", full_store)
    for login in ("zhang", "li"):
        pgserver.ask(server, f"CREATE ROLE {login} LOGIN")
    assert "zhang" in ok(*shlex.split(line)[1:]).out
    for login in ("zhang", "li"):
        pgserver.ask(server, f"DROP ROLE {login}")


def test_the_page_of_the_root_is_the_same_by_both_roads(ok):
    """``cm --help`` alone is answered without Typer; with an option beside it Typer answers."""
    assert ok("--help").out == ok("--lang", "en", "--help").out == ok("-h").out

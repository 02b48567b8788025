"""The README is true: its reference is that of the program, its commands are those CI runs, its tour runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import readme

ROOT = Path(__file__).parents[1]
TEXT = readme.README.read_text(encoding="utf-8")


def test_the_command_reference_is_that_of_the_program():
    assert readme.updated(TEXT) == TEXT, "run: python tests/readme.py"


def test_ci_runs_the_test_command_of_the_readme():
    command = next(line for line in TEXT.splitlines() if "pytest" in line)
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_path_named_is_there():
    for path in re.findall(r"\]\((examples[^)]*)\)|`(cm_cli/[\w/.]+|tests/[\w/.]+)`", TEXT):
        assert (ROOT / "".join(path)).exists(), path


def test_the_tour_runs(in_checkout, ok, monkeypatch):
    tour = TEXT.partition("## Tour")[2].partition("```sh\n")[2].partition("```")[0]
    for line in tour.splitlines():
        text = line.partition("  #")[0]
        if text.startswith("export"):
            for pair in text.split()[1:]:
                monkeypatch.setenv(*pair.split("=", 1))
        elif text.startswith("for k in"):
            kinds, _in, body = text.removeprefix("for k in ").partition("; do ")
            for kind in kinds.split():
                command = body.partition("; done")[0].replace("$k", kind)
                ok(*shlex.split(command)[1:])
        elif text.startswith("cm "):
            ok(*shlex.split(text)[1:])

"""Ctrl-C, SIGTERM, SIGHUP, closed pipes and full outputs: a true word, the right code, nothing half."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import office
import pytest

from cm_cli.unfinished import sweep

EARLY = """
import signal, os, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
class Finder:
    def find_spec(self, name, *_more):
        if name == 'cm_cli.cli.app':
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder())
from cm_cli.__main__ import main
main()
"""
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}


@pytest.mark.parametrize("number", list(CODES), ids=lambda number: number.name)
def test_a_signal_leaves_all_or_nothing_and_the_words_are_true(stages, ward, number):
    """Sent at random moments of commands that write rows, files and whole stores."""
    dice = random.Random(int(number))
    work = ward / "work"
    litter = 0
    for name in ("import changes", "backup", "restore", "list"):
        one = office.job(name)
        known = office.undisturbed(one, stages[one.start], work)
        for _turn in range(2):
            office.fresh(stages[one.start], work)
            child = office.forked(work, one.words, _tell_when_ready)
            _wait_for(work / "ready")
            time.sleep(dice.uniform(0, known.seconds))
            os.kill(child, number)
            code, said = office.ended(child), office.said_in(work)
            left = office.left_in(work, one)
            done = (left.output if one.output else left.state) == (
                known.output if one.output else known.after
            )
            assert left.wrong == [], (name, said)
            litter += len(left.stale)
            sweep(work)
            assert office.left_in(work, one).stale == []
            assert left.state in {known.before, known.after}
            assert code in {0, CODES[number], -number}, (name, code, said)
            assert code != 0 or done, (name, said)
            assert "nothing of this command was kept" not in said or not done, name
            assert "had written is kept" not in said or done, name
    assert litter <= 1  # between the making of a folder and the next word it has no owner


def _tell_when_ready() -> None:
    Path("ready").touch()


def _wait_for(file: Path) -> None:
    while not file.exists():
        time.sleep(0.001)


@pytest.mark.parametrize("number", list(CODES), ids=lambda number: number.name)
@pytest.mark.parametrize("name", ["visit log", "backup", "restore", "list", "init"])
def test_a_signal_after_the_deed_says_that_it_is_kept(stages, ward, number, name):
    """The signal comes while the outcome is being printed."""
    one = office.job(name)
    office.fresh(stages[one.start], ward / "work")

    def first() -> None:
        from cm_cli.cli import show

        show.say = lambda *_words: os.kill(os.getpid(), number)

    code, said = office.answered(ward / "work", *one.words, first=first)
    assert (code, said.strip().split("; ")[1:]) == (
        CODES[number],
        ["what this command had written is kept."],
    )


def piped(folder: Path, *words: str) -> tuple[int, int]:
    """Run a command whose reader goes away at once; returns the codes of both."""
    line = f"{sys.executable} -m cm_cli {' '.join(words)} 2>&1 | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ},
    )
    assert done.stderr == ""
    return int(done.stdout)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("client", "show", "none"), 66),
        (("client", "list", "--nonsense"), 2),
        (("client", "list"), 0),
        (("client", "add", "P1", "--name", "piped"), 0),
    ],
)
def test_the_exit_code_does_not_depend_on_a_reader(stages, ward, words, code):
    office.fresh(stages["assigned"], ward / "work")
    assert piped(ward / "work", *words) == code


def test_a_change_whose_outcome_cannot_be_printed_is_said_to_be_kept(stages, ward):
    office.fresh(stages["assigned"], ward / "work")
    words = [sys.executable, "-m", "cm_cli", "client", "add", "F1", "--name", "full", "--json"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            words, cwd=ward / "work", stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 73
    assert "the output could not be written" in done.stderr
    assert "what the command changed is kept" in done.stderr
    assert office.answered(ward / "work", "client", "show", "F1")[0] == 0


def test_an_error_that_nobody_can_be_told_keeps_its_code(stages, ward):
    office.fresh(stages["assigned"], ward / "work")
    words = [sys.executable, "-m", "cm_cli", "client", "show", "none"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(words, cwd=ward / "work", stdout=full, stderr=full, check=False)
    assert done.returncode == 66


def test_ctrl_c_while_the_program_is_being_loaded_gives_no_traceback(stages, ward):
    office.fresh(stages["assigned"], ward / "work")
    words = [sys.executable, "-c", EARLY]
    done = subprocess.run(words, cwd=ward / "work", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "")


def test_nohup_is_respected(stages, ward):
    """A hang-up that was to be ignored when the command was started is ignored by it."""
    office.fresh(stages["assigned"], ward / "work")
    script = (
        "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN);"
        "from cm_cli.cli import show; import os;"
        "show.say = lambda *_words: os.kill(os.getpid(), signal.SIGHUP);"
        "from cm_cli.cli.app import run;"
        "raise SystemExit(run(['client', 'list', '-o', 'out.csv']))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ward / "work", check=False)
    assert done.returncode == 0

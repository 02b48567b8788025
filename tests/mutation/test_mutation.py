"""Faults seeded into every regulation that comes with the program: nearly all are found."""

from __future__ import annotations

import pytest
from mutation.mutants import decides, dump, found, judge, mutants, tree_of

from cm_cli.usecases.regulations import cases, preset, presets

EACH = 2  # of each sort in each regulation; the script runs them all
LEAST, SHARE = 300, 0.99


@pytest.fixture(scope="module")
def outcome() -> tuple[int, list[str]]:
    """Return how many faults were seeded, and those that were not found."""
    seeded, missed = 0, []
    for at, code in enumerate(sorted(presets())):
        (file, text), (_file, worked) = preset(code), cases(code)
        sound = judge(dump(tree_of(text)), worked, file)
        for mutant in mutants(text, most=EACH, seed=at):
            seeded += 1
            if not found(mutant, worked, file, sound) and decides(mutant, text, file):
                place = ".".join(map(str, mutant.path))
                missed.append(f"{code} {mutant.sort} {place}: {mutant.was} -> {mutant.became}")
    return seeded, missed


def test_enough_faults_are_seeded(outcome):
    assert outcome[0] >= LEAST


def test_nearly_all_are_found(outcome):
    seeded, missed = outcome
    assert len(missed) <= seeded * (1 - SHARE), missed


def test_a_sound_text_written_again_is_still_sound():
    file, text = preset("abc-2001")
    assert judge(dump(tree_of(text)), cases("abc-2001")[1], file) == set()

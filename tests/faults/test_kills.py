"""Whatever is killed leaves all or nothing, and the next command works (kills.py is the long run)."""

from __future__ import annotations

import random

import kills
import office


def test_a_killed_command_leaves_all_or_nothing_and_no_half_file(stages, ward):
    """All commands at random moments; init and restore before every fifth operation on files."""
    stepped = (office.job("init"), office.job("restore"))
    tallies = kills.campaign(stages, ward, random.Random(2), 25, stepped=stepped, stride=5)
    assert [line for tally in tallies.values() for line in tally.failures] == []
    assert sum(tally.counts["killed"] for tally in tallies.values()) >= 20

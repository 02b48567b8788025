"""Power loss in the journal mode chosen (power.py is the long run); without syncs it would be seen."""

from __future__ import annotations

import power


def test_no_state_after_a_power_cut_is_broken_or_lacks_an_acknowledged_entry(stages, ward):
    found = power.cut(stages["staffed"], ward, 160, 3, commands=power.FEW)
    assert found.failures == []
    assert found.counts["states"] == 160
    assert found.counts["with it whole"] > 10


def test_the_same_commands_without_syncs_lose_entries(stages, ward):
    """The test of the test: what the recorder finds where nothing is synced."""
    found = power.cut(stages["staffed"], ward, 50, 3, synchronous="OFF", commands=power.FEW)
    assert found.counts["lost"] + found.counts["corrupt"] > 5

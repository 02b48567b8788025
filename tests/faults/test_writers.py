"""Several at once: writers lose nothing, readers never wait, a job started twice is done once."""

from __future__ import annotations

import fcntl
import os
import time

import office
import pytest
import writers


def test_writers_at_once_lose_nothing_and_readers_are_not_disturbed(stages, ward):
    """Writers.py is the long run: 16 processes with 500 commands each."""
    found = writers.crowd(stages["assigned"], ward, 4, 25)
    assert found.failures == []
    assert found.codes == {0: 100}
    assert (found.rows, found.entries) == (100, 100)
    assert set(found.read_codes) == {0}


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("init", {0, 73}),
        ("import", {0}),
        ("assign apply", {0}),
        ("appraise run", {0}),
        ("visit log", {0, 65}),
        ("backup", {0, 73}),
        ("restore", {0}),
        ("list", {0}),
    ],
)
def test_a_job_that_is_started_twice_at_once_is_done_once(stages, ward, name, codes):
    one = office.job(name)
    known = office.undisturbed(one, stages[one.start], ward / "work")
    for _turn in range(2):
        office.fresh(stages[one.start], ward / "work")
        both = [office.forked(ward / "work", one.words) for _ in range(2)]
        found = {office.ended(child) for child in both}
        left = office.left_in(ward / "work", one)
        assert found == codes
        assert (left.state, left.output) == (known.after, known.output)
        assert left.wrong + left.stale == []


def test_a_reader_does_not_wait_for_a_writer_in_the_midst_of_its_transaction(stages, ward):
    """Lock and write transaction are held by another process; a list is answered at once."""
    office.fresh(stages["assigned"], ward / "work")
    office.answered(ward / "work", "client", "list", "--limit", "1")
    child = office.forked(
        ward / "work", ("client", "add", "Z1", "--name", "甲"), _stop_before_commit
    )
    held = ward / "work" / "held"
    while not held.exists():
        time.sleep(0.01)
    started = time.perf_counter()
    code, said = office.answered(ward / "work", "client", "show", "C0001")
    seconds = time.perf_counter() - started
    os.kill(child, 9)
    office.ended(child)
    assert (code, seconds < 2) == (0, True), said


def _stop_before_commit() -> None:
    """Let the command hang when it has written everything but the end of its transaction."""
    from cm_cli.store.journal import Writer

    def hang(*_words: object, **_more: object) -> None:
        office.Path("held").touch()
        time.sleep(60)

    Writer.finish = hang


def test_a_writer_whose_lock_holder_was_killed_goes_on_at_once(stages, ward):
    office.fresh(stages["assigned"], ward / "work")
    child = office.forked(
        ward / "work", ("client", "add", "Z1", "--name", "甲"), _stop_before_commit
    )
    while not (ward / "work" / "held").exists():
        time.sleep(0.01)
    with (ward / "work" / "cm.db.lock").open() as lock, pytest.raises(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.kill(child, 9)
    office.ended(child)
    code, said = office.answered(ward / "work", "client", "add", "Z1", "--name", "甲")
    assert code == 0, said
    assert office.state_of(ward / "work" / office.STORE)[1] == []

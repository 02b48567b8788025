"""A full disk, a limit on file sizes, read-only and unreadable places: a plain refusal, nothing half."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import office
import pytest

NOBODY = 65534
PLAIN = {0, 65, 66, 73, 78}


def mount(folder: Path, *words: str) -> None:
    """Mount something for the test, or skip it where that is not permitted."""
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        ["mount", *words, str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no mount here: {done.stderr.strip()}")


@pytest.fixture
def small_disk(ward):
    """Return a folder on a disk of two megabytes."""
    folder = ward / "small"
    mount(folder, "-t", "tmpfs", "-o", "size=2m", "none")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path, spare: int) -> None:
    """Leave so many bytes free."""
    room = os.statvfs(folder)
    (folder / "filler").write_bytes(bytes(max(room.f_bavail * room.f_frsize - spare, 0)))


def judged(one: office.Job, known: office.Expected, folder: Path, code: int, said: str) -> bool:
    """Check that all or nothing was done and the words are plain; say whether it was done."""
    left = office.left_in(folder, one)
    done = (left.output if one.output else left.state) == (
        known.output if one.output else known.after
    )
    assert left.wrong + left.stale == [], (one.name, said)
    assert left.state in {known.before, known.after}, (one.name, said)
    assert (left.output if one.output else "none") in {"none", known.output}, (one.name, said)
    assert (code == 0) == done, (one.name, code, said)
    assert code in PLAIN, (one.name, code, said)
    return done


@pytest.mark.parametrize("name", ["import", "visit log", "backup", "restore", "list"])
def test_a_disk_that_runs_full_is_named_and_nothing_is_half(stages, ward, small_disk, name):
    """The room left grows from nothing until the command finds enough; then it works."""
    one = office.job(name)
    known = office.undisturbed(one, stages[one.start], ward / "work")
    refused = 0
    for spare in (0, 8_000, 100_000, 300_000, 1_500_000):
        for path in small_disk.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        office.fresh(stages[one.start], small_disk / "w")
        fill(small_disk, spare)
        (small_disk / "w" / "said").symlink_to(ward / "said")
        code, said = office.answered(small_disk / "w", *one.words)
        (small_disk / "filler").unlink()
        if not judged(one, known, small_disk / "w", code, said):
            refused += 1
            assert "full" in said.lower() or "no space left" in said.lower(), (spare, said)
            assert code == 73
    assert refused
    assert code == 0


def test_a_full_disk_can_still_be_read_or_says_why(stages, ward, small_disk):
    office.fresh(stages["assigned"], small_disk / "w")
    fill(small_disk, 0)
    (small_disk / "w" / "said").symlink_to(ward / "said")
    code, said = office.answered(small_disk / "w", "client", "show", "C0001")
    assert code in {0, 73}
    assert code == 0 or "disk is full" in said


@pytest.mark.parametrize("name", ["import", "assign apply", "restore", "list"])
def test_a_limit_on_the_size_of_files_stops_a_command_before_it_does_half(stages, ward, name):
    """The limit is raised page by page, as SQLite's own tests fail one call after another."""
    one = office.job(name)
    known = office.undisturbed(one, stages[one.start], ward / "work")
    done = 0
    for pages in (*range(0, 24, 5), *range(24, 160, 45)):
        office.fresh(stages[one.start], ward / "work")

        def limit(size: int = pages * 4096) -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

        (ward / "work" / "said").symlink_to("/dev/null")
        child = office.forked(ward / "work", one.words, limit)
        done += judged(one, known, ward / "work", office.ended(child), "")
    assert done > 0


def as_nobody() -> None:
    """Give up the rights of the superuser, to whom no file is closed."""
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


@pytest.fixture
def owned(stages, ward):
    """Return a folder with a store that belongs to nobody in particular."""
    if os.getuid() != 0:
        pytest.skip("only the superuser can act as another user")
    with tempfile.TemporaryDirectory() as outer:
        Path(outer).chmod(0o755)
        work = Path(outer) / "work"
        office.fresh(stages["assigned"], work)
        (work / "said").touch()
        for path in (work, *work.iterdir()):
            os.chown(path, NOBODY, NOBODY)
        yield work


def test_a_read_only_store_is_read_but_not_written(owned):
    store = owned / office.STORE
    before = office.state_of(store)
    store.chmod(0o400)
    assert office.answered(owned, "client", "show", "C0001", first=as_nobody)[0] == 0
    code, said = office.answered(owned, "client", "add", "N1", "--name", "甲", first=as_nobody)
    assert code == 73
    assert "Error: The store cannot be opened or written" in said
    assert "check the permissions" in said
    store.chmod(0o600)
    assert office.state_of(store) == before


def test_a_store_in_a_read_only_folder_is_read_but_not_written(owned):
    before = office.state_of(owned / office.STORE)
    for piece in ("-wal", "-shm", ".lock"):
        (owned / f"{office.STORE}{piece}").unlink(missing_ok=True)
    owned.chmod(0o555)
    code, said = office.answered(owned, "client", "show", "C0001", first=as_nobody)
    assert code == 0, said
    code, said = office.answered(owned, "client", "add", "N1", "--name", "甲", first=as_nobody)
    assert code == 73
    assert "cannot be written" in said
    for words in (("store", "backup", "b.db"), ("client", "list", "-o", "out.csv")):
        code, said = office.answered(owned, *words, first=as_nobody)
        assert code == 73
        assert "Permission denied" in said or "cannot be written" in said
    owned.chmod(0o755)
    assert office.state_of(owned / office.STORE) == before


def test_a_store_in_a_folder_that_may_not_be_entered_is_not_said_to_be_missing(owned):
    owned.chmod(0)
    store = str(owned / office.STORE)
    child = office.forked(owned, ("client", "list", "--db", store), as_nobody)
    assert office.ended(child) == 73
    owned.chmod(0o755)
    assert "cannot be opened" in office.said_in(owned)


def test_an_unreadable_store_or_file_is_a_plain_refusal(owned):
    (owned / "more.csv").chmod(0)
    code, said = office.answered(owned, "import", "clients", "more.csv", first=as_nobody)
    assert code == 66
    assert "more.csv" in said
    (owned / office.STORE).chmod(0)
    for words in (("client", "list"), ("client", "add", "N1", "--name", "甲"), ("store", "check")):
        code, said = office.answered(owned, *words, first=as_nobody)
        assert code == 73, (words, said)
        assert "Error: The store cannot be opened or written" in said


def test_a_read_only_medium_is_read(stages, ward):
    office.fresh(stages["assigned"], ward / "work")
    with_log = {path.name for path in (ward / "work").iterdir()}
    for piece in ("-wal", "-shm", ".lock"):
        if office.STORE + piece in with_log:
            (ward / "work" / f"{office.STORE}{piece}").unlink()
    mount(ward / "medium", "--bind", str(ward / "work"))
    try:
        mount(ward / "medium", "-o", "remount,bind,ro")
        (ward / "here").mkdir()
        store = str(ward / "medium" / office.STORE)
        code, said = office.answered(ward / "here", "client", "show", "C0001", "--db", store)
        assert code == 0, said
        code, said = office.answered(
            ward / "here", "unit", "add", "甲", "--kind", "operating", "--db", store
        )
        assert code == 73
        assert "Read-only file system" in said
    finally:
        subprocess.run(["umount", str(ward / "medium")], check=True)

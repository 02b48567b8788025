"""Output files: whole or not at all, private, and no litter."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys

import pytest

from cm_cli.domain.sheet import Column, Sheet
from cm_cli.errors import CmError, Exit
from cm_cli.unfinished import sweep
from cm_cli.writers import registry
from cm_cli.writers.options import Options
from cm_cli.writers.target import replacing

SHEET = registry.document_of(Sheet("s", "S", (Column("n", "名称"),), [("张三",)]))


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def refusal(path):
    with pytest.raises(CmError) as caught, replacing(path) as out:
        out.write(b"x")
    assert caught.value.code == Exit.CANNOT_WRITE
    assert str(path) in caught.value.what
    return caught.value.what


def test_the_file_appears_whole_private_and_alone(tmp_path):
    old = os.umask(0)
    try:
        registry.save(SHEET, tmp_path / "a.tsv", Options())
        registry.save(SHEET, tmp_path / "a.tsv", Options(), name="table")
    finally:
        os.umask(old)
    assert (tmp_path / "a.tsv").read_text(encoding="utf-8").split() == ["名称", "张三"]
    assert stat.S_IMODE((tmp_path / "a.tsv").stat().st_mode) == 0o600
    assert names(tmp_path) == ["a.tsv"]


def test_a_failure_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("old")

    def fail():
        with replacing(path) as out:
            out.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.csv"]


def test_a_folder_a_missing_folder_and_a_device_are_refused(tmp_path):
    assert "it is a folder" in refusal(tmp_path)
    assert "its folder does not exist" in refusal(tmp_path / "none" / "a")
    os.mkfifo(tmp_path / "pipe")
    assert "not an ordinary file" in refusal(tmp_path / "pipe")
    assert "name too long" in refusal(tmp_path / ("字" * 100)).lower()


def test_a_planted_link_is_replaced_not_followed(tmp_path):
    (tmp_path / "target").write_text("keep")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with replacing(tmp_path / "link") as out:
        out.write(b"new")
    assert (tmp_path / "target").read_text() == "keep"
    assert not (tmp_path / "link").is_symlink()


def test_a_full_disk_is_told_and_nothing_stays(tmp_path):
    program = (
        "import resource,signal,sys;signal.signal(signal.SIGXFSZ,signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE,(1000,1000));"
        "from pathlib import Path;from cm_cli.writers.target import replacing\n"
        "from cm_cli.errors import CmError\n"
        "try:\n with replacing(Path(sys.argv[1])) as out: out.write(b'x'*100000)\n"
        "except CmError as e: print(int(e.code), e.what)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "a"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("73 Cannot write")
    assert names(tmp_path) == []


def test_what_a_killed_run_left_is_swept_but_not_what_a_living_one_holds(tmp_path):
    program = (
        "import sys,time;from pathlib import Path;from cm_cli.writers.target import replacing\n"
        "with replacing(Path(sys.argv[1])) as out:\n print('open',flush=True); time.sleep(60)"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", program, tmp_path / "a"], stdout=subprocess.PIPE, text=True
    )
    with run:
        assert run.stdout.readline() == "open\n"
        assert len(names(tmp_path)) == 1
        assert sweep(tmp_path) == 0
        run.send_signal(signal.SIGKILL)
    (tmp_path / ".cm-mine.txt").write_text("not ours to sweep")
    assert sweep(tmp_path) == 1
    assert names(tmp_path) == [".cm-mine.txt"]

"""Manners of a command line: pipes, full disks, locks, bare environments, encodings, permissions."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import edit, rows

ROOT = Path(__file__).parents[2]
CM = [sys.executable, "-m", "cm_cli"]


def bare(store: Path, **more: str) -> dict[str, str]:
    """Return cron's environment: no home, no terminal, no locale."""
    return {"CM_DB": str(store), "CM_TODAY": "2016-04-01", "PYTHONPATH": str(ROOT), **more}


def run(store: Path, *words: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*CM, *words], env=bare(store, **more), capture_output=True, check=False)


def test_a_closed_pipe_is_silent(example):
    line = f"{sys.executable} -m cm_cli client list | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", line],
        env={**bare(example), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == ["code\tname\tregion\tindustry\tassets\tsize\tmanager", "0"]
    assert done.stderr == ""


def test_a_full_disk_is_told(example):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*CM, "client", "list"],
            env=bare(example),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 73
    assert b"could not be written" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "utf-8"])
def test_any_encoding_of_the_terminal_will_do(example, encoding):
    done = run(
        example,
        "client",
        "show",
        "000625",
        "--format",
        "table",
        PYTHONIOENCODING=encoding,
        LANG="C",
    )
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr


def test_a_pipe_gets_utf8_whatever_the_locale(example):
    done = run(example, "client", "find", "caqc", PYTHONIOENCODING="gbk", LANG="zh_CN.GBK")
    assert "长安汽车" in done.stdout.decode("utf-8")


def test_the_language_comes_from_the_environment(example):
    assert "没有命令" in run(example, "cleint", LANG="zh_CN.UTF-8").stderr.decode()
    assert "no command" in run(example, "cleint", LANG="C").stderr.decode()
    assert (
        "no command" in run(example, "cleint", "--lang", "en", LANG="zh_CN.UTF-8").stderr.decode()
    )
    assert "没有命令" in run(example, "--lang=zh", "cleint").stderr.decode()


@pytest.mark.file_only
def test_a_store_being_written_to_is_waited_for_and_then_refused(example, monkeypatch, cm):
    with (example.parent / "cm.db.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        monkeypatch.setattr(
            "cm_cli.store.connection.writing.__wrapped__.__kwdefaults__",
            {"wait": 0.2},
            raising=False,
        )
        said = cm("visit", "log", "000625", "--manager", "M39", "--mode", "door")
    assert said.code == 75
    assert "Nothing was changed" in said.err
    assert cm("visit", "log", "000625", "--manager", "M39", "--mode", "door").code == 0


@pytest.mark.file_only
def test_readers_do_not_wait_for_a_writer(example, ok):
    with (example.parent / "cm.db.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "长安汽车" in ok("client", "show", "000625").out


def test_sixteen_writers_lose_nothing(example):
    def write(number: int) -> int:
        time = f"{8 + number // 4:02}:{number % 4 * 15:02}"
        return run(
            example, "visit", "log", "000625", "--manager", "M39", "--mode", "door", "--time", time
        ).returncode

    before = rows(example, "SELECT count(*) FROM visit")[0][0]
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(write, range(32))) == [0] * 32
    assert rows(example, "SELECT count(*) FROM visit") == [(before + 32,)]
    chain = rows(example, "SELECT number, previous, hash FROM entry ORDER BY number")
    assert [n for n, _p, _h in chain] == list(range(1, len(chain) + 1))
    assert all(later[1] == earlier[2] for earlier, later in pairwise(chain))


@pytest.mark.file_only
def test_files_are_for_their_owner_only(store, ok, tmp_path):
    os.umask(0)
    ok("unit", "add", "杭州分行", "--kind", "operating")
    ok("unit", "list", "-o", tmp_path / "units.csv")
    modes = {
        path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir() if path.is_file()
    }
    assert set(modes) >= {"cm.db", "cm.db.lock", "units.csv"}
    assert set(modes.values()) == {0o600}


@pytest.mark.file_only
def test_a_store_under_two_names_is_refused(store, cm, tmp_path):
    (tmp_path / "other.db").hardlink_to(store)
    said = cm("unit", "list")
    assert said.code == 78
    assert "second name" in said.err


@pytest.mark.parametrize(
    ("make", "code", "words"),
    [
        (lambda _p: None, 66, "There is no store"),
        (lambda p: p.mkdir(), 66, "is not a file"),
        (lambda p: p.write_text("no database"), 65, "damaged or not a store"),
        (lambda p: p.touch(), 78, "not a store of cm"),
    ],
    ids=["nothing", "folder", "text", "empty"],
)
def test_what_is_no_store_is_said_to_be_none(cm, tmp_path, make, code, words):
    make(tmp_path / "cm.db")
    said = cm("client", "list")
    assert said.code == code
    assert words in said.err


def test_a_store_of_a_newer_program_is_refused(store, engine, cm):
    file = engine == "file"
    edit(store, "PRAGMA user_version=99" if file else "UPDATE alembic_version SET version_num = 99")
    said = cm("client", "list")
    assert said.code == 78
    assert "a newer version" in said.err


def test_init_leaves_what_is_there(store, cm):
    before = rows(store, "SELECT hash FROM entry")
    said = cm("init")
    assert said.code == 73
    assert rows(store, "SELECT hash FROM entry") == before


def test_names_from_data_cannot_move_the_cursor(store, ok, cm, tmp_path):
    said = cm("client", "add", "1", "--name", "甲\x1b[31m乙")
    assert said.code == 65
    assert "U+001B" in said.err
    assert "\x1b" not in said.err
    ok("client", "add", "2", "--name", "[red]甲[/b] :smile:")
    shown = ok("client", "list", "--format", "table", "--fields", "name").out
    assert "[red]甲[/b] :smile:" in shown
    ok("client", "list", "-o", tmp_path / "c.md")
    assert "[red]" not in (tmp_path / "c.md").read_text(encoding="utf-8")


def test_formulas_do_not_reach_a_spreadsheet(store, ok, tmp_path):
    ok("client", "add", "1", "--name", "=1+1")
    ok("client", "list", "--fields", "code,name", "-o", tmp_path / "c.csv")
    assert "'=1+1" in (tmp_path / "c.csv").read_text(encoding="utf-8-sig")
    ok("import", "clients", tmp_path / "c.csv")
    assert rows(store, "SELECT name FROM client") == [("=1+1",)]


def test_output_goes_into_no_folder_and_leaves_no_part(store, cm, tmp_path):
    assert cm("unit", "list", "-o", tmp_path / "nowhere" / "u.csv").code == 73
    assert cm("unit", "list", "-o", tmp_path / "u.pdf").code == 2
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("u.")] == []


def test_sql_in_filters_and_sort_keys_is_text(example, cm, ok):
    assert cm("client", "list", "--sort", "name; DROP TABLE client").code == 2
    assert cm("client", "list", "--fields", "name FROM client--").code == 2
    assert ok("client", "list", "--name", "' OR 1=1 --").out.count("\n") == 1
    assert rows(example, "SELECT count(*) FROM client") == [(2929,)]


def test_the_demo_runs_whole(tmp_path):
    done = subprocess.run(
        [*CM, "demo", "--folder", str(tmp_path / "demo"), "--lang", "zh"],
        env={**bare(tmp_path / "x.db"), "HOME": str(tmp_path)}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert "考核表" in done.stdout.decode()
    assert len(list((tmp_path / "demo" / "sheets").iterdir())) == 60
    assert not (tmp_path / "x.db").exists()

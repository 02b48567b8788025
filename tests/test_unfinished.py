"""Unfinished files and folders: whenever a signal comes, the old one or the whole new one, no litter."""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cm_cli import unfinished
from cm_cli.store import beside as beside_module
from cm_cli.store.beside import beside, settle
from cm_cli.unfinished import sweep, unfinished_folder
from cm_cli.writers import target
from cm_cli.writers.target import replacing, replacing_folder

if TYPE_CHECKING:
    from collections.abc import Callable

OURS = {Path(module.__file__ or "").name for module in (unfinished, beside_module, target)}


def file(path: Path) -> None:
    with replacing(path) as out:
        out.write(b"new")


def folder(path: Path) -> None:
    with replacing_folder(path, lambda name: name == "a.csv") as made:
        (made / "a.csv").write_text("new")


def store(path: Path) -> None:
    with beside(path, RuntimeError) as copy:
        copy.write_text("new")
        settle(copy, path)


def read(path: Path) -> str:
    return (path / "a.csv" if path.is_dir() else path).read_text()


def interrupted(act: Callable[[], None], at: int) -> tuple[bool, str]:
    """Do it with Ctrl-C at the so-manieth line of ours; say whether it came, and in which function."""
    seen, where = count(), ""

    def line(frame, event, _argument):
        nonlocal where
        if event == "line" and next(seen) == at:
            where = frame.f_code.co_name
            raise KeyboardInterrupt
        return line

    def call(frame, _event, _argument):
        return line if Path(frame.f_code.co_filename).name in OURS else None

    sys.settrace(call)
    try:
        act()
    except KeyboardInterrupt:
        return True, where
    finally:
        sys.settrace(None)
    return where != "", where


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # open, not yet held
@pytest.mark.parametrize("make", [file, folder, store], ids=lambda each: each.__name__)
def test_ctrl_c_at_any_line_leaves_the_old_or_the_new_and_no_litter(tmp_path, make):
    for at in count():
        work = tmp_path / str(at)
        path = work / "it"
        work.mkdir()
        if make is folder:
            path.mkdir()
            (path / "a.csv").write_text("old")
        else:
            path.write_text("old")
        came, where = interrupted(lambda path=path: make(path), at)
        left = {each.name for each in work.iterdir()} - {"it"}
        assert read(path) in {"old", "new"}, where
        assert left == set(), (at, where)
        if not came:
            assert read(path) == "new"
            break
    assert at > 15


def test_a_folder_that_a_killed_run_left_is_swept_but_not_one_that_is_held(tmp_path):
    with unfinished_folder(tmp_path) as held:
        (held / "a.csv").write_text("being written")
        dead = tmp_path / ".cm-0123456789abcdef.part"
        dead.mkdir()
        (dead / "a.csv").write_text("half")
        assert sweep(tmp_path) == 1
        assert list(tmp_path.iterdir()) == [held]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("new", [False, True])
def test_what_a_killed_run_had_moved_aside_comes_back_unless_the_new_one_is_there(tmp_path, new):
    dead = tmp_path / ".cm-0123456789abcdef.old"
    (dead / "it").mkdir(parents=True)
    (dead / "it" / "a.csv").write_text("old")
    if new:
        (tmp_path / "it").mkdir()
        (tmp_path / "it" / "a.csv").write_text("new")
    assert sweep(tmp_path) == 1
    assert read(tmp_path / "it") == ("new" if new else "old")
    assert [path.name for path in tmp_path.iterdir()] == ["it"]


def test_a_link_to_a_folder_is_never_followed(tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "a.csv").write_text("kept")
    (tmp_path / ".cm-0.part").symlink_to(tmp_path / "kept")
    assert sweep(tmp_path) == 0
    assert (tmp_path / "kept" / "a.csv").read_text() == "kept"

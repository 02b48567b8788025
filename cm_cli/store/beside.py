"""A new store made in a folder beside its place; it takes its name when it is whole."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from cm_cli import kept
from cm_cli.errors import CmError
from cm_cli.unfinished import sweep, unfinished_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@contextmanager
def beside(target: Path, refusal: Callable[[OSError], CmError]) -> Iterator[Path]:
    """Yield the name of a new file in the target's folder, gone afterwards unless it was moved.

    ``refusal`` makes the error of a folder that cannot be written.
    """
    sweep(target.parent)
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(unfinished_folder(target.parent))
        except OSError as refused:
            raise refusal(refused) from None
        copy = folder / "copy.db"
        try:
            yield copy
        except CmError as trouble:  # the user knows the place asked for, not the one beside it
            trouble.what = trouble.what.replace(str(copy), str(target))
            trouble.where = trouble.where.replace(str(copy), str(target))
            raise


def settle(copy: Path, target: Path, *, done: bool = True) -> None:
    """Make the copy durable and give it its final name, in the place of whatever bears it.

    ``done`` says that with it the command has done what it is for.
    """
    _sync(copy)
    try:
        copy.replace(target)
    finally:  # a signal may come the moment it is done
        if done and not copy.exists():
            kept.mark()
    sync_folder(target.parent)


def settle_new(copy: Path, target: Path) -> None:
    """Make the copy durable and give it a name nobody bears; raises FileExistsError."""
    _sync(copy)
    try:
        target.hardlink_to(copy)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if target.exists() or target.is_symlink():
            raise FileExistsError(target) from None
        copy.replace(target)
    finally:
        if not copy.exists() or copy.stat().st_nlink > 1:
            kept.mark()
    copy.unlink(missing_ok=True)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    if os.name == "nt":  # a folder cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync(copy: Path) -> None:
    copy.chmod(0o600)
    with copy.open("rb+") as file:
        os.fsync(file.fileno())

"""A new file made in a locked folder beside its place; it takes its name when it is whole.

A folder without a lock was left by a killed run and is swept by the next one.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cm_cli import kept
from cm_cli.errors import CmError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

try:
    import fcntl
except ImportError:  # a platform without flock sweeps nothing
    fcntl = None  # type: ignore[assignment]

_PREFIX, _SUFFIX = ".cm-", ".copy"


@contextmanager
def beside(target: Path, refusal: Callable[[OSError], CmError]) -> Iterator[Path]:
    """Yield the name of a new file in the target's folder, gone afterwards unless it was moved.

    ``refusal`` makes the error of a folder that cannot be written.
    """
    sweep(target.parent)
    try:
        handle, folder = _folder(target.parent)
    except OSError as refused:
        raise refusal(refused) from None
    copy = folder / "copy.db"
    try:
        yield copy
    except CmError as trouble:  # the user knows the place asked for, not the one beside it
        trouble.what = trouble.what.replace(str(copy), str(target))
        trouble.where = trouble.where.replace(str(copy), str(target))
        raise
    finally:
        _remove(folder)
        if handle is not None:
            os.close(handle)


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


def sweep(folder: Path) -> int:
    """Remove what killed runs of this user left in the folder; return how many there were."""
    return sum(_swept(path) for path in sorted(folder.glob(f"{_PREFIX}*{_SUFFIX}")))


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


def _folder(parent: Path) -> tuple[int | None, Path]:
    """Make a folder and lock it against other runs' sweeping."""
    while True:
        path = Path(tempfile.mkdtemp(_SUFFIX, _PREFIX, parent or Path()))
        if not fcntl:
            return None, path
        with suppress(FileNotFoundError):  # swept before it was locked
            handle = os.open(path, os.O_RDONLY)
            fcntl.flock(handle, fcntl.LOCK_EX)
            if path.exists():
                return handle, path
            os.close(handle)


def _swept(path: Path) -> bool:
    if not fcntl:
        return False
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(handle).st_uid != os.getuid():
                return False
            _remove(path)
        finally:
            os.close(handle)
        return True
    return False


def _remove(folder: Path) -> None:
    for left in folder.iterdir():
        left.unlink()
    folder.rmdir()

"""What is made beside its place until it is whole, locked against the sweeping of other runs.

Without a lock it was left by a killed run, and the next one removes it. Its name is chosen before
anything bears it: whenever a signal comes, there is a name to remove it by.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

try:
    import fcntl
except ImportError:  # a platform without flock sweeps nothing
    fcntl = None  # type: ignore[assignment]

_PREFIX, _PART, _ASIDE = ".cm-", ".part", ".old"
_ENDINGS = (_PART, _ASIDE, ".copy")  # the last is of earlier versions


@contextmanager
def unfinished_file(parent: Path) -> Iterator[Path]:
    """Give an empty file of its owner's (mode 0600), gone at the end unless it was moved.

    Raises OSError for a folder that cannot be written.
    """
    path = _name(parent, _PART)
    with _held(path, lambda: path.touch(0o600, exist_ok=False), os.O_RDWR):
        yield path


@contextmanager
def unfinished_folder(parent: Path) -> Iterator[Path]:
    """Give an empty folder of its owner's (mode 0700), gone at the end unless it was moved.

    Raises OSError for a parent that cannot be written.
    """
    path = _name(parent, _PART)
    with _held(path, lambda: path.mkdir(0o700), os.O_RDONLY):
        yield path


@contextmanager
def moved_aside(path: Path) -> Iterator[None]:
    """Make room at ``path``; what was there comes back at the end, or goes if it has a successor.

    Raises OSError if it cannot be moved. A killed run's is brought back, or removed, by ``sweep``.
    """
    old = _name(path.parent, _ASIDE)
    with _held(old, lambda: old.mkdir(0o700), os.O_RDONLY):
        with suppress(FileNotFoundError):
            path.rename(old / path.name)
        yield


def sweep(folder: Path) -> int:
    """Clear away what killed runs of this user left in the folder; return how many there were."""
    if not fcntl:
        return 0
    found = (path for ending in _ENDINGS for path in folder.glob(f"{_PREFIX}*{ending}"))
    return sum(_swept(path) for path in sorted(found))


@contextmanager
def _held(path: Path, make: Callable[[], None], access: int) -> Iterator[None]:
    """Make what the name is for, hold its lock, and clear it away at the end."""
    handle = None
    try:
        with _cleared(path), _cleared(path):  # a signal may come during the first
            while fcntl and handle is None:
                make()
                with suppress(FileNotFoundError):  # swept before it was locked
                    handle = os.open(path, access)
                    fcntl.flock(handle, fcntl.LOCK_EX)
                    if not path.exists():
                        os.close(handle)
                        handle = None
            if not fcntl:
                make()
            yield
    finally:
        if handle is not None:
            os.close(handle)


@contextmanager
def _cleared(path: Path) -> Iterator[None]:
    try:
        yield
    finally:
        _clear(path)


def _name(parent: Path, ending: str) -> Path:
    """Return a hidden name in the folder that nothing bears."""
    return parent / f"{_PREFIX}{os.urandom(8).hex()}{ending}"


def _clear(path: Path) -> None:
    """Remove it; what had been moved aside goes back first if nothing has taken its place."""
    if path.suffix == _ASIDE and path.is_dir():
        for inside in path.iterdir():
            if not (path.parent / inside.name).exists():
                inside.rename(path.parent / inside.name)
    _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        for inside in path.iterdir():
            _remove(inside)
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


def _swept(path: Path) -> bool:
    with suppress(OSError):
        access = os.O_RDONLY | os.O_DIRECTORY if path.is_dir() else os.O_RDWR | os.O_NONBLOCK
        handle = os.open(path, access | os.O_NOFOLLOW)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(handle).st_uid != os.getuid():
                return False
            _clear(path)
        finally:
            os.close(handle)
        return True
    return False

"""An output file that is either the old one or the whole new one, readable by its owner only.

The bytes go to an unfinished file in the same folder, are synced and renamed.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from cm_cli import kept
from cm_cli.domain.inert import inert
from cm_cli.errors import CmError, Exit
from cm_cli.language import _
from cm_cli.unfinished import moved_aside, sweep, unfinished_file, unfinished_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a stream that becomes the file when the block ends well; raises CmError otherwise."""
    try:
        _check(path)
        sweep(path.parent)
        with unfinished_file(path.parent) as temporary:
            with temporary.open("rb+") as out:
                yield out
                out.flush()
                os.fsync(out.fileno())
            try:
                temporary.replace(path)
            finally:  # a signal may come the moment it is done
                if not temporary.exists():
                    kept.mark()
        _sync_folder(path.parent)
    except OSError as error:
        raise _refusal(path, error.strerror or str(error)) from error


@contextmanager
def replacing_folder(path: Path, ours: Callable[[str], bool]) -> Iterator[Path]:
    """Give an empty folder that takes the place of ``path`` when the block ends well.

    What stands there already must be a folder in which every file is one of ``ours``.
    """
    try:
        _check_folder(path, ours)
        sweep(path.parent)
        with unfinished_folder(path.parent) as made:
            yield made
            for file in made.iterdir():
                _sync(file)
            _sync_folder(made)
            with moved_aside(path):
                try:
                    made.rename(path)
                finally:  # a signal may come the moment it is done
                    if not made.exists():
                        kept.mark()
        _sync_folder(path.parent)
    except OSError as error:
        raise _refusal(path, error.strerror or str(error)) from error


def _check_folder(path: Path, ours: Callable[[str], bool]) -> None:
    if not path.parent.is_dir():
        raise _refusal(path, _("its folder does not exist"), mend=_("Create the folder first."))
    if not path.exists():
        return
    if not path.is_dir():
        raise _refusal(path, _("it is a file"), mend=_("Give the name of a new folder."))
    strange = sorted(file.name for file in path.iterdir() if not ours(file.name))
    if strange:
        reason = _("other files are in it, as {file}").format(file=inert(strange[0]))
        raise _refusal(path, reason, mend=_("Give the name of a new folder."))


def _sync(file: Path) -> None:
    with file.open("rb+") as handle:
        os.fsync(handle.fileno())


def _check(path: Path) -> None:
    """Refuse what must not be replaced, before any work is done."""
    if path.is_dir():
        raise _refusal(path, _("it is a folder"), mend=_("Give the name of a file."))
    if not path.parent.is_dir():
        raise _refusal(path, _("its folder does not exist"), mend=_("Create the folder first."))
    if path.exists() and not path.is_file():
        mend = _("Write to standard output with “-”.")
        raise _refusal(path, _("it is not an ordinary file"), mend=mend)
    if path.exists() and not os.access(path, os.W_OK):
        raise _refusal(path, _("it is write-protected"))


def _refusal(path: Path, reason: str, mend: str = "") -> CmError:
    return CmError(
        _("Cannot write “{path}”: {reason}").format(path=inert(str(path)), reason=reason),
        mend=mend or _("Free the place or choose another file with -o."),
        slug="cannot-write",
        code=Exit.CANNOT_WRITE,
    )


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # a folder cannot be opened there
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)

"""An output file that is either the old one or the whole new one, readable by its owner only.

The bytes go to a locked temporary file in the same folder, are synced and renamed. A temporary
file without a lock was left by a killed run and is swept by the next one.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from cm_cli import kept
from cm_cli.domain.inert import inert
from cm_cli.errors import CmError, Exit
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

try:
    import fcntl
except ImportError:  # a platform without flock sweeps nothing
    fcntl = None  # type: ignore[assignment]

_PREFIX, _SUFFIX = ".cm-", ".part"


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a stream that becomes the file when the block ends well; raises CmError otherwise."""
    try:
        _check(path)
        sweep(path.parent)
        out, temporary = _temporary(path.parent)
        try:
            with out:
                yield out
                out.flush()
                os.fsync(out.fileno())
                try:
                    temporary.replace(path)
                finally:  # a signal may come the moment it is done
                    if not temporary.exists():
                        kept.mark()
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
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
        made = Path(tempfile.mkdtemp(_SUFFIX, _PREFIX, path.parent))
        try:
            yield made
            for file in made.iterdir():
                _sync(file)
            _sync_folder(made)
            _swap(made, path)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
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


def _swap(made: Path, path: Path) -> None:
    """Put the new folder in the place of the old, which is back if that fails."""
    if not path.exists():
        made.rename(path)
        return
    old = Path(tempfile.mkdtemp(_SUFFIX, _PREFIX, path.parent))
    path.rename(old / path.name)
    try:
        made.rename(path)
    except BaseException:
        (old / path.name).rename(path)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _sync(file: Path) -> None:
    with file.open("rb+") as handle:
        os.fsync(handle.fileno())


def sweep(folder: Path) -> int:
    """Remove own temporary files that no living process holds; return how many."""
    return sum(_swept(path) for path in sorted(folder.glob(f"{_PREFIX}*{_SUFFIX}")))


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


def _temporary(folder: Path) -> tuple[BinaryIO, Path]:
    """Create a temporary file (mode 0600) and lock it against other runs' sweeping."""
    while True:
        number, name = tempfile.mkstemp(_SUFFIX, _PREFIX, folder)
        if fcntl:
            fcntl.flock(number, fcntl.LOCK_EX)
        if os.fstat(number).st_nlink:
            return os.fdopen(number, "wb"), Path(name)
        os.close(number)


def _swept(path: Path) -> bool:
    if not fcntl:
        return False
    with suppress(OSError):
        number = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
        finally:
            os.close(number)
        return True
    return False


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # a folder cannot be opened there
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)

"""The bytes of an input file or of standard input, opened once and able to be read again."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cm_cli.domain.inert import inert
from cm_cli.errors import CmError, Exit
from cm_cli.language import _
from cm_cli.readers.rows import empty

WHOLE_LIMIT = 64 << 20  # bytes
STREAM_LIMIT = 256 << 20  # bytes: a stream is kept in memory


@dataclass(frozen=True, slots=True)
class Intake:
    """An open input: its name for messages, its bytes, how many there are."""

    name: str
    handle: io.BufferedReader | io.BytesIO
    size: int

    def head(self, count: int = 65_536) -> bytes:
        """Return the first bytes and stand at the beginning again."""
        self.handle.seek(0)
        first = self.handle.read(count)
        self.handle.seek(0)
        return first

    def digest(self) -> str:
        """Return the SHA-256 of all bytes and stand at the beginning again."""
        self.handle.seek(0)
        digest = hashlib.file_digest(self.handle, "sha256").hexdigest()
        self.handle.seek(0)
        return digest


def take(source: str | Path, stdin: BinaryIO | None = None) -> Intake:
    """Open the file, or standard input for ``-``; raises CmError where there is nothing to read."""
    intake = _stream(stdin) if str(source) == "-" else _file(Path(source))
    if not intake.size:
        intake.handle.close()
        raise empty(intake.name)
    return intake


def whole(file: str) -> bytes:
    """Return a file that is read as one (a plan, a regulation); raises CmError for an endless one.

    Raises OSError as opening does.
    """
    with Path(file).open("rb") as handle:
        data = handle.read(WHOLE_LIMIT + 1)
    if len(data) > WHOLE_LIMIT:
        raise too_big(inert(file), WHOLE_LIMIT)
    return data


def _file(path: Path) -> Intake:
    name = inert(str(path))
    try:
        handle = path.open("rb")
    except FileNotFoundError as error:
        raise _unreadable(name, _("There is no such file")) from error
    except PermissionError as error:
        what = _("You are not allowed to read this file")
        raise _unreadable(name, what, _("Ask whoever owns it, or copy it.")) from error
    except IsADirectoryError as error:
        raise _unreadable(name, _("This is a folder, not a file")) from error
    except OSError as error:
        raise _unreadable(name, _("The file cannot be read")) from error
    facts = os.fstat(handle.fileno())
    if stat.S_ISREG(facts.st_mode):
        return Intake(name, handle, facts.st_size)
    with handle:
        return _kept(name, handle)


def _stream(given: BinaryIO | None) -> Intake:
    name = _("standard input")
    stdin = given or (sys.stdin.buffer if sys.stdin else None)  # closed by the caller
    if stdin is None or stdin.isatty():
        what = _("Nothing is piped into standard input")
        raise _unreadable(name, what, _("Give a file, or pipe one in."))
    return _kept(name, stdin)


def _kept(name: str, stream: BinaryIO) -> Intake:
    try:
        kept = stream.read(STREAM_LIMIT + 1)
    except OSError as error:
        raise _unreadable(name, _("The file cannot be read")) from error
    if len(kept) > STREAM_LIMIT:
        raise too_big(name, STREAM_LIMIT)
    return Intake(name, io.BytesIO(kept), len(kept))


def too_big(name: str, limit: int) -> CmError:
    """Return the refusal of an input above the limit of its format."""
    return CmError(
        _("The input is larger than {limit} MB").format(limit=limit >> 20),
        where=name,
        mend=_("Divide it into several files."),
        slug="input-too-big",
        code=Exit.DATA_REFUSED,
    )


def _unreadable(name: str, what: str, mend: str = "") -> CmError:
    return CmError(
        what,
        where=name,
        mend=mend or _("Check the name and the folder you are in."),
        slug="no-input",
        code=Exit.NO_INPUT,
    )

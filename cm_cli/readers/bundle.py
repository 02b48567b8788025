"""Bundles: a folder, a zip archive or a workbook in which each file or sheet is a table.

Which kind of record a table holds is not known here; a member only says what it is called and
can be opened, more than once. What systems leave lying about (``__MACOSX``, hidden files) is
passed over. An archive is checked before a byte of it is unpacked, as a workbook is.
"""

from __future__ import annotations

import io
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from cm_cli.domain.inert import inert
from cm_cli.errors import CmError, Exit
from cm_cli.language import _
from cm_cli.readers.archive import (
    PARTS_LIMIT,
    UNPACKED_LIMIT,
    is_workbook,
    locked,
    swollen,
    unpacked,
)
from cm_cli.readers.intake import Intake, take
from cm_cli.readers.registry import table_in
from cm_cli.readers.rows import empty, refused
from cm_cli.readers.xlsxfile import recognises, sheets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cm_cli.readers.rows import Request, Table

_LITTER = frozenset({"__macosx", "thumbs.db", "desktop.ini"})
_UTF8 = 0x800  # the flag of a name in UTF-8


@dataclass(frozen=True, slots=True)
class Member:
    """A file or sheet of a bundle: where it is, what it is called, and what opens it."""

    file: str
    stem: str
    open: Callable[[Request], Table]
    sheet: str = ""


@contextmanager
def members(source: str, stdin: BinaryIO | None = None) -> Iterator[list[Member]]:
    """Open a bundle (``-`` is standard input); raises CmError for what is none."""
    if source != "-" and Path(source).is_dir():
        found = _folder(Path(source))
        if not found:
            raise empty(inert(source))
        yield found
        return
    intake = take(source, stdin)
    with intake.handle:
        found = _packed(intake)
        if not found:
            raise empty(intake.name)
        yield found


def _packed(intake: Intake) -> list[Member]:
    """Return the members of an archive or a workbook, by what the bytes are."""
    sort = recognises(intake.head(), "")
    if sort == "xls":
        return _workbook(intake, sort)
    if sort != "xlsx":
        raise CmError(
            _("This is no bundle: neither a folder nor a zip archive nor a workbook"),
            where=intake.name,
            mend=_("Import a lone table by its kind: cm import clients FILE."),
            slug="not-a-bundle",
            code=Exit.DATA_REFUSED,
        )
    parts = _parts(intake)
    return _workbook(intake, sort) if is_workbook(parts) else _archive(intake, parts)


def _folder(folder: Path) -> list[Member]:
    files = [
        path
        for path in sorted(folder.rglob("*"))
        if not _litter(path.relative_to(folder).parts) and path.is_file()
    ]
    if len(files) > PARTS_LIMIT:
        raise _too_big(inert(str(folder)))

    def opener(path: Path) -> Callable[[Request], Table]:
        return lambda request: table_in(take(path), request)

    return [Member(inert(str(path)), path.stem, opener(path)) for path in files]


def _archive(intake: Intake, parts: Sequence[zipfile.ZipInfo]) -> list[Member]:
    if locked(list(parts)):
        what, mend = _("The archive has a password"), _("Pack it again without one.")
        raise refused("password", what, intake.name, mend)
    if swollen(list(parts)):
        raise _too_big(intake.name)
    named = [(_name(part), part) for part in parts if not part.is_dir()]
    named.sort(key=lambda each: each[0])
    found = []
    for name, part in named:
        path = PurePosixPath(name.replace("\\", "/"))
        if not _litter(path.parts):
            file = f"{intake.name}/{inert(name)}"
            found.append(Member(file, path.stem, _opener(intake, part, file)))
    return found


def _opener(intake: Intake, part: zipfile.ZipInfo, file: str) -> Callable[[Request], Table]:
    def opened(request: Request) -> Table:
        data = b"".join(unpacked(intake.handle, part, file))
        if not data:
            raise empty(file)
        return table_in(Intake(file, io.BytesIO(data), len(data)), request)

    return opened


def _workbook(intake: Intake, sort: str) -> list[Member]:
    return [Member(intake.name, title, opener, title) for title, opener in sheets(intake, sort)]


def _parts(intake: Intake) -> list[zipfile.ZipInfo]:
    intake.handle.seek(0)
    try:
        with zipfile.ZipFile(intake.handle) as opened:
            return opened.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        what, mend = _("The archive is damaged"), _("Pack it again.")
        raise refused("damaged-archive", what, intake.name, mend) from error
    finally:
        intake.handle.seek(0)


def _name(part: zipfile.ZipInfo) -> str:
    """Return the name of a part; Windows packs Chinese names in its own encoding, unmarked."""
    if part.flag_bits & _UTF8:
        return part.filename
    try:
        data = part.filename.encode("cp437")
    except UnicodeEncodeError:
        return part.filename
    for codec in ("utf-8", "gb18030"):
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    return part.filename


def _litter(parts: Sequence[str]) -> bool:
    """Say whether a path is hidden, a lock of a program, or what a system leaves behind."""
    return any(part.startswith((".", "~$")) or part.lower() in _LITTER for part in parts)


def _too_big(file: str) -> CmError:
    what = _(
        "The bundle has more than {count} files, unpacks to more than {limit} MB, or is packed"
        " beyond reason"
    ).format(count=PARTS_LIMIT, limit=UNPACKED_LIMIT >> 20)
    return refused("bundle-too-big", what, file, _("Import its tables one by one."))

"""The register of input formats: each ``…file.py`` of this folder reads one family of formats.

A format has ``NAMES``, ``SIZE_LIMIT`` (bytes), ``recognises(head, ending)`` (the name of the format
the first bytes are of, or an empty text) and ``read(intake, request, name)``. What a file is called
never decides what it is, but for a text that might be several things.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from cm_cli.domain.inert import inert
from cm_cli.errors import CmError, Exit
from cm_cli.language import _, later
from cm_cli.readers.intake import Intake, take, too_big
from cm_cli.readers.rows import CELL_LIMIT, Request, refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from cm_cli.readers.rows import Table

_FALLBACK = "csvfile"  # any text may be CSV, so it is asked last
_HTML = ("<!doctype html", "<html", "<table", "<meta", "<head", "<?xml")
_FOREIGN = (
    (b"%PDF", later("a PDF document")),
    (b"SQLite format 3\0", later("an SQLite database")),
    (b"\x1f\x8b", later("a gzip archive")),
    (b"Rar!", later("a RAR archive")),
    (b"7z\xbc\xaf", later("a 7-Zip archive")),
    (b"\x89PNG", later("a picture")),
    (b"\xff\xd8\xff", later("a picture")),
)


class Reader(Protocol):
    """One family of input formats, as a module of this folder offers it."""

    NAMES: tuple[str, ...]
    SIZE_LIMIT: int

    def recognises(self, head: bytes, ending: str, /) -> str:
        """Return the name of the format these first bytes are of, or an empty text.

        ``ending`` is how the file is called, as ``.json``: it settles what the bytes leave open.
        """

    def read(self, intake: Intake, request: Request, name: str, /) -> Table:
        """Return the table; its rows are read as they are asked for."""


def readers() -> list[Reader]:
    """Return every reader, the one for any text last."""
    stems = sorted(path.stem for path in Path(__file__).parent.glob("*file.py"))
    stems.sort(key=lambda stem: stem == _FALLBACK)
    return [cast("Reader", importlib.import_module(f"cm_cli.readers.{stem}")) for stem in stems]


def formats() -> list[str]:
    """Return the names of all formats that can be read."""
    return sorted(name for reader in readers() for name in reader.NAMES)


def open_table(
    source: str | Path,
    *,
    encoding: str = "",
    sheet: str = "",
    format: str = "",  # noqa: A002 - the option's name
    known: Callable[[str], bool] | None = None,
    stdin: BinaryIO | None = None,
    longest: int = CELL_LIMIT,
) -> Table:
    """Open the file (or ``-``) as a table; ``known`` says whether a text is a known heading.

    Raises CmError where there is no file, or it is not a table that can be read.
    """
    request = Request(encoding, sheet, _known_format(format), known, longest)
    return table_in(take(source, stdin), request)


def table_in(intake: Intake, request: Request) -> Table:
    """Return the table of an open input, which is closed where it is none."""
    try:
        return _read(intake, request)
    except BaseException:
        intake.handle.close()
        raise


def _read(intake: Intake, request: Request) -> Table:
    reader, name = _chosen(intake, request)
    if intake.size > reader.SIZE_LIMIT:
        raise too_big(intake.name, reader.SIZE_LIMIT)
    if request.sheet and "xlsx" not in reader.NAMES:
        raise _without_sheets(intake, request.sheet)
    return reader.read(intake, request, name)


def _known_format(name: str) -> str:
    if name and name not in formats():
        raise CmError(
            _("“{value}” is not an input format").format(value=inert(name)),
            mend=_("Known: {known}.").format(known=", ".join(formats())),
            slug="unknown-format",
            code=Exit.USAGE,
        )
    return name


def _chosen(intake: Intake, request: Request) -> tuple[Reader, str]:
    """Return the reader for what the bytes are; among texts the caller may say which."""
    head = intake.head()
    _refuse_foreign(intake, head)
    ending = Path(intake.name).suffix.lower()
    found, name = next((one, name) for one in readers() if (name := one.recognises(head, ending)))
    if not request.format or request.format in found.NAMES:
        return found, name if "xlsx" in found.NAMES else request.format or name
    asked = next(one for one in readers() if request.format in one.NAMES)
    if "xlsx" in (*found.NAMES, *asked.NAMES):
        what = _("The file is {found}, not {value}").format(found=name, value=request.format)
        mend = _("Leave the format out: it is found from the bytes of the file.")
        raise refused("format-contradicted", what, intake.name, mend)
    return asked, request.format


def _refuse_foreign(intake: Intake, head: bytes) -> None:
    for mark, what in _FOREIGN:
        if head.startswith(mark):
            sort = _(what)
            raise _not_a_table(intake, sort)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(tuple(m.encode() for m in _HTML)):
        raise _not_a_table(intake, _("a web page"))


def _not_a_table(intake: Intake, sort: str) -> CmError:
    what = _("The file is {sort}, whatever its name says").format(sort=sort)
    mend = _("Open it in WPS or Excel and save it as .xlsx or .csv.")
    return refused("not-a-table", what, intake.name, mend)


def _without_sheets(intake: Intake, sheet: str) -> CmError:
    return CmError(
        _("The file is a text and has no sheet “{value}”").format(value=inert(sheet)),
        where=intake.name,
        mend=_("Leave --sheet out."),
        slug="no-sheets",
        code=Exit.USAGE,
    )

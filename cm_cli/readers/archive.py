"""What a workbook's archive would cost to parse, found out before a parser is let near it.

A few kilobytes can claim a billion cells or unpack to gigabytes; the parser would take the whole
process with it. So the directory is checked, every part is unpacked against what the directory
says, and the cell references are read in a stream, as are the texts that many cells share, of
which the parser makes a copy a cell. Cells that hold an error, or a formula without its result,
are noted on the way, because the parser shows them as empty. No pattern here takes longer than in
proportion to what it reads.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from array import array
from collections import Counter
from dataclasses import dataclass, field
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING, BinaryIO

from cm_cli.domain.inert import inert
from cm_cli.language import _
from cm_cli.readers.rows import refused
from cm_cli.readers.sheetcells import (
    REFERENCE,
    column_number,
    note_errors,
    note_formulas,
    row_number,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cm_cli.errors import CmError

PARTS_LIMIT = 2_000
UNPACKED_LIMIT = 256 << 20
RATIO_LIMIT = 200
CELLS_LIMIT = 5_000_000
ALL_CELLS_LIMIT = 20_000_000
SHEETS_LIMIT = 1_000
_RATIO_FROM = 8 << 20  # smaller parts may be as repetitive as they like
_TEXT_LIMIT = 1 << 20  # bytes between two tags
_CHUNK = 1 << 16
_FACTS_LIMIT = 8 << 20  # bytes of the part that names the sheets
_LAST_ROW, _LAST_COLUMN = 1 << 20, 1 << 14
_QUOTED = rb"""(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+"""
_USUAL = re.compile(rb'<c r="([A-Z]+)(\d+)"(?: s="\d+")?(/?)')
_FAR_CELL = re.compile(rb'<c(?:[\t\n\r/>]| (?!r="[A-Z]\d{1,5}"))')
_FAR_ROW = re.compile(rb'<row(?:[\t\n\r/>]| (?!r="\d{1,5}"))')
_ODD_TAG = re.compile(rb'<c(?:[\t\n\r/>]| (?!r="[A-Z]+\d+"))|<row(?:[\t\n\r/>]| (?!r="\d+"))')
_PREFIXED = re.compile(rb":(?:c|row)[\s/>]")
_NEAR_CORNER = (99_999, 26)
_WORKBOOKS = frozenset({"xl/workbook.xml", "xl/workbook.bin", "content.xml"})
_CELL = re.compile(rb"<(?:\w++:)?+(row|c)(?=[\s/>])(" + _QUOTED + rb")(>?)")
_ODS = re.compile(
    rb"<table:(table|table-row|table-cell|covered-table-cell)(?=[\s/>])(" + _QUOTED + rb")(>?)"
)
_REPEATED = re.compile(rb"""number-(?:rows|columns)-repeated\s*=\s*["'](\d+)""")
_TAG = re.compile(r"<(?:\w++:)?+(sheet|Relationship)\s[^<>]*+>")
_ATTRIBUTE = re.compile(r"""(?<!\w)(?:\w++:)?+(\w++)\s*+=\s*+(["'])(.*?)\2""")
_SHARED_END = re.compile(rb"<(?:/(?:\w++:)?+si|(?:\w++:)?+si\s*+/)>")
_SHARED = re.compile(rb"v>\s*+(\d++)\s*+<")
_NUMBER = re.compile(rb'<c r="[A-Z]+\d+"(?: s="\d+")?><v>(\d++)</v>')  # of no type: no text
_DECLARED = re.compile(rb"<!DOCTYPE|<!ENTITY")


@dataclass(slots=True)
class Extent:
    """The smallest rectangle around the cells met so far, rows and columns from 1."""

    row: int = 0
    column: int = 0
    rows: tuple[int, int] = (0, 0)
    columns: tuple[int, int] = (0, 0)
    row_times: int = 1
    times: int = 0  # how often the cell met last is repeated
    repeated: int = 0  # bytes of text after it has been

    def take(self, row: int, column: int) -> None:
        """Widen the rectangle by one cell."""
        self.rows = (min(self.rows[0] or row, row), max(self.rows[1], row))
        self.columns = (min(self.columns[0] or column, column), max(self.columns[1], column))

    def cells(self) -> int:
        """Return how many cells a dense table of it has."""
        high = self.rows[1] - self.rows[0] + 1
        return high * (self.columns[1] - self.columns[0] + 1)

    def beyond(self) -> bool:
        """Say whether it reaches over the edge of any sheet."""
        return self.rows[1] > _LAST_ROW or self.columns[1] > _LAST_COLUMN


@dataclass(slots=True)
class Archive:
    """What was found: the format, and by sheet the cells with errors (row, column, its text)."""

    format: str
    errors: dict[str, list[tuple[int, int, str]]] = field(default_factory=dict)
    cells: dict[str, int] = field(default_factory=dict)
    values: dict[str, int] = field(default_factory=dict)
    longest: int = 0
    near: set[str] = field(default_factory=set)  # parts of plain cells that were not measured


def inspect(handle: BinaryIO, file: str) -> Archive:
    """Check the archive of a workbook; raises CmError for one that must not be parsed."""
    try:
        with zipfile.ZipFile(handle) as opened:
            parts = opened.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _damaged(file) from error
    archive = Archive(_format(parts, file))
    _check_directory(parts, file)
    for part in parts:
        extent = _check_part(handle, part, archive, file)
        archive.cells[part.filename] = extent.cells()
        if extent.cells() > CELLS_LIMIT or extent.beyond():
            names = {kept: name for name, kept in _sheets(handle, parts, file)}
            raise _too_wide(names.get(part.filename, ""), extent, file)
    sheets = _sheets(handle, parts, file)
    if _cells_of(sheets, archive) > ALL_CELLS_LIMIT:
        _measure_near(handle, parts, archive, file)
    _check_sheets(sheets, archive, file)
    _check_shared(handle, parts, archive, file)
    names = {kept: name for name, kept in sheets}
    archive.errors = {names.get(part, part): found for part, found in archive.errors.items()}
    handle.seek(0)
    return archive


def password(file: str) -> CmError:
    """Return the refusal of a workbook that is locked."""
    mend = _("Take the password off in WPS or Excel, save, and import again.")
    return refused("password", _("The workbook has a password"), file, mend)


def _format(parts: list[zipfile.ZipInfo], file: str) -> str:
    names = {part.filename.lower() for part in parts}
    found = names & _WORKBOOKS
    if found == {"xl/workbook.xml"}:
        return "xlsx"
    if found == {"content.xml"}:
        return "ods"
    what = _("The file is a ZIP archive and no workbook")
    mend = _("Import it as a bundle: cm import all FILE; or save the table as .xlsx.")
    raise refused("not-a-table", what, file, mend)


def _check_directory(parts: list[zipfile.ZipInfo], file: str) -> None:
    if locked(parts):
        raise password(file)
    if swollen(parts):
        raise _too_big(file)


def locked(parts: list[zipfile.ZipInfo]) -> bool:
    """Say whether a part needs a password."""
    return any(part.flag_bits & 1 for part in parts)


def swollen(parts: list[zipfile.ZipInfo]) -> bool:
    """Say whether there are more parts or bytes than anybody meant, or packed beyond reason."""
    beyond = any(
        part.file_size > max(_RATIO_FROM, part.compress_size * RATIO_LIMIT) for part in parts
    )
    total = sum(part.file_size for part in parts)
    return beyond or len(parts) > PARTS_LIMIT or total > UNPACKED_LIMIT


def is_workbook(parts: list[zipfile.ZipInfo]) -> bool:
    """Say whether an archive is a workbook, and not files packed together."""
    return bool({part.filename.lower() for part in parts} & _WORKBOOKS)


def _check_sheets(sheets: list[tuple[str, str]], archive: Archive, file: str) -> None:
    """Refuse more sheets than can be looked at; one part may be called a sheet many times."""
    if not all(part.lower().endswith(".xml") for _name, part in sheets):
        raise _damaged(file)
    if len(sheets) > SHEETS_LIMIT or _cells_of(sheets, archive) > ALL_CELLS_LIMIT:
        raise _too_big(file)


def _cells_of(sheets: list[tuple[str, str]], archive: Archive) -> int:
    most = max(archive.cells.values(), default=0)
    return sum(archive.cells.get(part, most) for _name, part in sheets)


def _measure_near(
    handle: BinaryIO, parts: list[zipfile.ZipInfo], archive: Archive, file: str
) -> None:
    """Measure the parts that were only seen to be small; of many of them it matters how small."""
    for part in parts:
        if part.filename in archive.near:
            extent = Extent()
            for chunk in _whole_tags(handle, part, file):
                _measure(chunk, extent)
            archive.cells[part.filename] = extent.cells()


def _check_shared(
    handle: BinaryIO, parts: list[zipfile.ZipInfo], archive: Archive, file: str
) -> None:
    """Refuse a text so long, shared by so many cells, that its copies would fill the memory."""
    many = {
        part for part, count in archive.values.items() if count * archive.longest > UNPACKED_LIMIT
    }
    if not many:
        return
    lengths = array("L")
    for part in parts:
        lengths.extend(_shared_lengths(_whole_tags(handle, part, file)))
    for part in parts:
        total = 0
        for chunk in _whole_tags(handle, part, file) if part.filename in many else ():
            shared = Counter(_SHARED.findall(chunk)) - Counter(_NUMBER.findall(chunk))
            for digits, times in shared.items():
                at = row_number(digits)
                total += lengths[at] * times if at < len(lengths) else 0
            if total > UNPACKED_LIMIT:
                raise _too_big(file)


def _shared_lengths(chunks: Iterator[bytes]) -> Iterator[int]:
    """Yield how many bytes each shared text of a part takes, none for other parts."""
    before = 0
    for chunk in chunks:
        at = 0
        for found in _SHARED_END.finditer(chunk):
            yield before + found.end() - at
            at, before = found.end(), 0
        before += len(chunk) - at


def _check_part(handle: BinaryIO, part: zipfile.ZipInfo, archive: Archive, file: str) -> Extent:
    """Unpack a part, look for cells with errors, and return how far its cells reach."""
    extent = Extent()
    odd = near = False
    values = before = 0
    cell = b""  # the beginning of a cell whose end may be in the next piece
    for chunk in _whole_tags(handle, part, file):
        if archive.format == "ods":
            _measure_ods(chunk, extent, file)
            continue
        if _near(chunk):
            near = True
        else:
            odd = odd or _odd(chunk)
            _measure(chunk, extent)
        if b't="e"' in chunk or b"t='e'" in chunk:
            note_errors(chunk, archive.errors.setdefault(part.filename, []), file)
        if b"<f" in chunk or b"<f" in cell:
            note_formulas(cell + chunk, archive.errors.setdefault(part.filename, []), file)
        cell = chunk[at:] if (at := chunk.rfind(b"<c ")) >= 0 else b""
        values += chunk.count(b"v>")
        before = _note_shared(chunk, archive, before)
    archive.values[part.filename] = values // 2
    if near:
        archive.near |= set() if odd else {part.filename}
        extent.take(1, 1)
        extent.take(*_NEAR_CORNER)
    if odd or extent.cells() > CELLS_LIMIT:
        again = _whole_tags(handle, part, file)
        extent = _measured_again(again, archive, extent, file, odd=odd)
    return extent


def _note_shared(chunk: bytes, archive: Archive, before: int) -> int:
    """Note the longest shared text; returns how many bytes of the present one have been met."""
    if b"si>" not in chunk and b"si/" not in chunk and b"si " not in chunk:
        return before + len(chunk)
    first, *rest = [found.end() for found in _SHARED_END.finditer(chunk)] or [0]
    lengths = [right - left for left, right in pairwise((first, *rest))]
    archive.longest = max(archive.longest, before + first if first else 0, *lengths, 0)
    return len(chunk) - (rest[-1] if rest else first) + (0 if first else before)


def _measured_again(
    chunks: Iterator[bytes], archive: Archive, extent: Extent, file: str, *, odd: bool
) -> Extent:
    """Return the exact extent where the quick look was not enough."""
    if archive.format == "ods":
        return extent
    exact = Extent()
    for chunk in chunks:
        if odd:
            _measure_odd(chunk, exact, file)
        else:
            _measure(chunk, exact)
    return exact


def unpacked(handle: BinaryIO, part: zipfile.ZipInfo, file: str) -> Iterator[bytes]:
    """Yield the unpacked bytes, never more than the directory says; raises CmError if it lies."""
    handle.seek(part.header_offset)
    header = handle.read(30)
    if len(header) < 30 or part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:  # noqa: PLR2004 - the length of a local header
        raise _damaged(file)
    handle.seek(sum(struct.unpack("<HH", header[26:])), 1)
    inflater = zlib.decompressobj(-15) if part.compress_type else None
    packed, total = part.compress_size, 0
    while packed and not (inflater and inflater.eof):
        chunk = handle.read(min(_CHUNK, packed))
        if not chunk:
            raise _damaged(file)
        packed -= len(chunk)
        while chunk:
            data = _inflate(inflater, chunk, file) if inflater else chunk
            chunk = inflater.unconsumed_tail if inflater else b""
            total += len(data)
            if total > part.file_size:
                raise _damaged(file)
            yield data


def _inflate(inflater: zlib._Decompress, chunk: bytes, file: str) -> bytes:
    try:
        return inflater.decompress(chunk, _CHUNK * 16)
    except zlib.error as error:
        raise _damaged(file) from error


def _whole_tags(handle: BinaryIO, part: zipfile.ZipInfo, file: str) -> Iterator[bytes]:
    """Yield the part in pieces that end before a tag; refuse declarations and endless texts."""
    kept = b""
    for chunk in unpacked(handle, part, file):
        data = kept + chunk
        if _DECLARED.search(data) or data.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise _damaged(file)
        at = data.rfind(b"<")
        if len(data) - at > _TEXT_LIMIT and part.filename.lower().endswith(".xml"):
            what = _("A cell of the workbook holds more than a million characters")
            mend = _("Shorten the text, or keep it in a document of its own.")
            raise refused("cell-too-long", what, file, mend)
        kept = data[at:][-_TEXT_LIMIT:] if at >= 0 else data[-_TEXT_LIMIT:]
        yield data[: max(at, 0)]
    yield kept


def _near(chunk: bytes) -> bool:
    """Say whether every cell says where it is, within columns A to Z and rows of five digits."""
    beyond = _FAR_CELL.search(chunk) or _FAR_ROW.search(chunk) or _PREFIXED.search(chunk)
    return beyond is None


def _odd(chunk: bytes) -> bool:
    """Say whether rows or cells are not written as spreadsheet programs write them."""
    return bool(_ODD_TAG.search(chunk) or _PREFIXED.search(chunk))


def _measure(chunk: bytes, extent: Extent) -> None:
    """Take the cells of which each says where it is; a cell closed at once is a style alone."""
    filled = [found[:2] for found in _USUAL.findall(chunk) if not found[2]]
    rows = [row_number(number) for number in {number for _letters, number in filled}]
    columns = [column_number(letters) for letters in {letters for letters, _number in filled}]
    if filled:
        extent.take(min(rows), min(columns))
        extent.take(max(rows), max(columns))


def _measure_odd(chunk: bytes, extent: Extent, file: str) -> None:
    """Follow rows and cells as the parser does: a missing reference means the next one."""
    for tag, attributes, ended in _CELL.findall(chunk):
        if not ended:
            raise _damaged(file)
        found = REFERENCE.search(attributes)
        letters, number = (found[1], row_number(found[2])) if found else (b"", 0)
        if tag == b"row":
            extent.row = number or extent.row + 1
            extent.column = 0
        else:
            extent.row = number or extent.row
            extent.column = column_number(letters) if letters else extent.column + 1
            if not attributes.endswith(b"/"):
                extent.take(max(extent.row, 1), extent.column)


def _measure_ods(chunk: bytes, extent: Extent, file: str) -> None:
    """Follow repeated rows and cells; ``extent.row`` is the last row of the present repetition."""
    at = 0
    for match in _ODS.finditer(chunk):
        tag, attributes, ended = match.groups()
        if not ended:
            raise _damaged(file)
        extent.repeated += extent.times * (match.start() - at)
        at, extent.times = match.end(), 0
        found = _REPEATED.search(attributes)
        times = row_number(found[1]) if found else 1
        if tag == b"table":
            extent.row = extent.column = 0
        elif tag == b"table-row":
            extent.row, extent.column, extent.row_times = extent.row + times, 0, times
        else:
            extent.column += times
            if b"value" in attributes or not attributes.endswith(b"/"):
                extent.take(1, 1)
                extent.take(extent.row, extent.column)
                extent.times = times * extent.row_times
                extent.repeated += extent.times * len(attributes)
    extent.repeated += extent.times * (len(chunk) - at)
    if extent.repeated > UNPACKED_LIMIT and extent.cells() <= CELLS_LIMIT:
        raise _too_big(file)


def _sheets(handle: BinaryIO, parts: list[zipfile.ZipInfo], file: str) -> list[tuple[str, str]]:
    """Return the name of each sheet and the part it is kept in; one part may have many names."""
    texts: dict[str, str] = {}
    for part in parts:
        if part.filename in {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"}:
            if part.file_size > _FACTS_LIMIT:
                raise _too_big(file)
            text = b"".join(unpacked(handle, part, file))
            texts[part.filename] = text.decode("utf-8", "replace")
    targets = {}
    for facts in _tags(texts.get("xl/_rels/workbook.xml.rels", "")):
        targets[facts.get("Id", "")] = facts.get("Target", "")
    sheets = []
    for facts in _tags(texts.get("xl/workbook.xml", "")):
        target = targets.get(facts.get("id", "-"), "")
        kept = target[1:] if target.startswith("/") else f"xl/{target}"
        sheets.append((unescape(facts.get("name", "")), kept))
    return sheets


def _tags(text: str) -> Iterator[dict[str, str]]:
    return (_attributes(found.group()) for found in _TAG.finditer(text))


def _attributes(tag: str) -> dict[str, str]:
    return {name: value for name, _quote, value in _ATTRIBUTE.findall(tag)}


def _too_big(file: str) -> CmError:
    what = _("The workbook unpacks to more than {limit} MB, or is packed beyond reason").format(
        limit=UNPACKED_LIMIT >> 20
    )
    mend = _("Copy the table alone into a new workbook, or save it as .csv.")
    return refused("workbook-too-big", what, file, mend)


def _too_wide(sheet: str, extent: Extent, file: str) -> CmError:
    what = (
        _("The used area of the sheet “{sheet}” reaches over {rows} rows and {columns} columns")
        if sheet
        else _("The used area of a sheet reaches over {rows} rows and {columns} columns")
    )
    mend = _("Delete the rows and columns beyond the data, or copy the table into a new workbook.")
    rows, columns = extent.rows[1], extent.columns[1]
    shown = what.format(sheet=inert(sheet[:80]), rows=rows, columns=columns)
    return refused("sheet-too-big", shown, file, mend)


def _damaged(file: str) -> CmError:
    mend = _("Open it in WPS or Excel and save it again as .xlsx.")
    return refused("damaged-workbook", _("The workbook is damaged"), file, mend)

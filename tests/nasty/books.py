"""Workbooks made to harm: real ones taken apart and put together again, and archives by hand."""

from __future__ import annotations

import struct
import zipfile
from typing import TYPE_CHECKING

import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SECTOR = 512
_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text")
)


def xlsx(path: Path, rows: Iterable[Iterable[object]]) -> Path:
    """Write a workbook of one sheet; texts are texts, whatever they look like."""
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return path


def rebuilt(path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """Write a workbook of one client, each part changed."""
    plain = xlsx(path.with_suffix(".plain"), [["code", "name"], ["1", "甲"]])
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, change(part.filename, old.read(part)))
    plain.unlink()
    return path


def with_rows(path: Path, xml: bytes) -> Path:
    """Write a workbook with more rows, as XML."""
    end = b"</sheetData>"
    return rebuilt(
        path, lambda part, data: data.replace(end, xml + end) if "sheet1.xml" in part else data
    )


def ods(path: Path, rows: str) -> Path:
    """Write an OpenDocument sheet of these rows, as XML."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", 0)
        made.writestr(
            "META-INF/manifest.xml",
            '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        made.writestr(
            "content.xml",
            f"<office:document-content {_NAMES}><office:body><office:spreadsheet>"
            f'<table:table table:name="S">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def cells(*texts: str) -> str:
    """Return one row of an OpenDocument sheet."""
    one = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    return "<table:table-row>" + "".join(map(one.format, texts)) + "</table:table-row>"


def _record(number: int, body: bytes) -> bytes:
    return struct.pack("<HH", number, len(body)) + body


def xls(path: Path, texts: list[tuple[int, int, str]], sheets: int = 1, claims: int = 0) -> Path:
    """Write an old workbook: every sheet has these texts (row, column); ``claims`` rows are told of."""
    shared = sorted({text for _row, _column, text in texts})
    table = struct.pack("<II", len(texts), len(shared))
    for text in shared:
        table += struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")
    begin = struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)
    names = [f"S{at}".encode() for at in range(sheets)]
    head = _record(0x0809, begin) + _record(0x0042, struct.pack("<H", 1200))
    length = len(head) + sum(12 + len(name) for name in names) + len(_record(0x00FC, table)) + 4
    body = _record(0x0809, begin[:2] + struct.pack("<H", 0x0010) + begin[4:])
    if claims:
        body += _record(0x0200, struct.pack("<IIHHH", 0, claims, 0, 256, 0))
    for row, column, text in texts:
        body += _record(0x00FD, struct.pack("<HHHI", row, column, 0, shared.index(text)))
    body += _record(0x000A, b"")
    stream = head
    for at, name in enumerate(names):
        place = struct.pack("<IHBB", length + at * len(body), 0, len(name), 0)
        stream += _record(0x0085, place + name)
    stream += _record(0x00FC, table) + _record(0x000A, b"") + body * sheets
    path.write_bytes(_container(stream))
    return path


def _container(stream: bytes) -> bytes:
    """Return a compound file with one stream, ``Workbook``."""
    stream = stream.ljust(max(4096, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    count = len(stream) // _SECTOR
    fats = 1
    while fats * 128 < fats + 1 + count:
        fats += 1
    chain = [_FAT] * fats + [_END]
    chain += [*range(fats + 2, fats + 1 + count), _END]
    chain += [_FREE] * (fats * 128 - len(chain))
    head = _MAGIC + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIII", 0, fats, fats, 0, 4096, _END, 0, _END, 0)
    head += struct.pack("<109I", *range(fats), *[_FREE] * (109 - fats))

    def entry(name: str, sort: int, child: int, first: int, size: int) -> bytes:
        said = (name + "\0").encode("utf-16-le") if name else b""
        return (
            said.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(said), sort, 1, _FREE, _FREE, child)
            + b"\0" * 36
            + struct.pack("<IQ", first, size)
        )

    folder = entry("Root Entry", 5, 1, _END, 0) + entry("Workbook", 2, _FREE, fats + 1, len(stream))
    folder += entry("", 0, _FREE, 0, 0) * 2
    return head + struct.pack(f"<{len(chain)}I", *chain) + folder + stream

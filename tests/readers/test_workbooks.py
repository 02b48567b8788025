"""Workbooks: real files as clerks make them, and files made to harm."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from cm_cli.domain.fields import Spoilt
from cm_cli.errors import CmError, Exit
from cm_cli.readers import archive
from cm_cli.readers.registry import open_table

HALF_PAST_NINE = datetime(2016, 3, 1, 9, 30)  # noqa: DTZ001 - a cell has no zone
KNOWN = {"编号", "客户名称", "余额", "建户"}.__contains__


@pytest.fixture
def book(tmp_path):
    """Return a function that opens a workbook to be filled, saved when it is read."""
    made = xlsxwriter.Workbook(tmp_path / "clients.csv")  # the name never decides
    yield made
    if not made.fileclosed:
        made.close()


def read(book, **asked):
    book.close()
    with open_table(book.filename, **asked) as table:
        return table, list(table.rows)


def findings(table):
    return [(p.slug, p.where.line, p.where.column, p.value) for p in table.problems if not p.note]


def spoilt(records):
    return [
        (cell.slug, record.line, at, cell.value)
        for record in records
        for at, cell in enumerate(record.cells)
        if isinstance(cell, Spoilt)
    ]


def refusal(path, **asked):
    with pytest.raises(CmError) as caught:
        open_table(path, **asked)
    assert caught.value.code == Exit.DATA_REFUSED
    return caught.value.slug


def test_values_rows_and_headings_as_the_clerk_sees_them(book):
    sheet = book.add_worksheet("客户")
    day = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet.merge_range("B2:E2", "客户清单")
    sheet.write_row("B4", ["编号", "客户名称", "余额", "建户"])
    sheet.write_row("B5", ["001", "甲", 12, 1.5])
    sheet.write_row("B8", ["002", " ", 0.1])
    sheet.write_boolean("E8", True)
    sheet.write_datetime("E9", date(2016, 3, 1), day)
    sheet.write_datetime("D9", HALF_PAST_NINE, day)
    sheet.write_string("B1048576", " ")
    table, records = read(book, known=KNOWN)
    assert (table.headers, table.header_line) == (["编号", "客户名称", "余额", "建户"], 4)
    assert records == [
        (5, ["001", "甲", 12, 1.5]),
        (8, ["002", " ", 0.1, True]),
        (9, ["", "", HALF_PAST_NINE, date(2016, 3, 1)]),
    ]
    assert type(records[0].cells[2]) is int
    assert findings(table) == []
    assert (table.source.format, table.source.sheet) == ("xlsx", "客户")


def test_the_sheet_with_known_headings_is_read_and_the_others_named(book):
    how, notes, hidden, data = map(book.add_worksheet, ["填写说明", "说明", "字典", "数据"])
    for page in (how, notes):
        page.write_column("A1", ["说明", "填写"])
    hidden.write_row("A1", ["编号", "客户名称", "余额"])
    hidden.hide()
    data.write_row("A1", ["编号", "客户名称"])
    data.write_row("A2", ["C1", "甲"])
    table, records = read(book, known=KNOWN)
    assert (table.source.sheet, records[0].cells) == ("数据", ["C1", "甲"])
    assert [p.what for p in table.problems if p.note] == [
        "Other sheets with data were not read: 说明"
    ]


@pytest.mark.parametrize("asked", ["乙", "2"])
def test_a_sheet_can_be_asked_for(book, asked):
    for name in ("甲", "乙"):
        book.add_worksheet(name).write_column("A1", [name, 1])
    assert read(book, sheet=asked)[0].headers == ["乙"]
    with pytest.raises(CmError, match="There is no sheet") as caught:
        open_table(book.filename, sheet="丙")
    assert (caught.value.mend, caught.value.code) == ("Known: 甲, 乙.", Exit.NO_INPUT)


def test_merged_cells(book):
    sheet = book.add_worksheet()
    sheet.merge_range("A1:A2", "编号")
    sheet.merge_range("B1:C1", "余额")
    sheet.write_row("B2", ["余额", "建户"])
    sheet.merge_range("A3:A5", "东区")
    sheet.write_column("B3", [1, 2, 3])
    sheet.merge_range("A6:B6", "合计")
    table, records = read(book, known=KNOWN)
    assert (table.headers, table.header_line) == (["编号", "余额", "建户"], 2)
    assert [record.cells[:2] for record in records[:3]] == [["东区", 1], ["东区", 2], ["东区", 3]]
    assert spoilt(records) == [("merged-cells", 6, 1, "")]
    assert records[3].cells[0] == "合计"


def test_what_the_spreadsheet_has_ruined_is_a_finding(book):
    sheet = book.add_worksheet("A&B's")
    sheet.write_row("B3", ["编号", "余额"])
    sheet.write_number("B4", 911100006000370048)
    sheet.write_formula("C4", "=1/0", None, "#DIV/0!")
    sheet.write_row("B5", ["1", 2])
    sheet.write_formula("D5", "=1+1", None, "")
    sheet.write_row("D3", ["建户"])
    _table, records = read(book)
    assert spoilt(records) == [
        ("ruined-number", 4, 0, "911100006000370048"),
        ("error-cell", 4, 1, "#DIV/0!"),
        ("unknown-result", 5, 2, ""),
    ]
    assert [
        cell.what for record in records for cell in record.cells if cell.__class__ is Spoilt
    ] == [
        (
            "The number 911100006000370048 has more than 15 digits: "
            "the spreadsheet has already lost its end"
        ),
        "The cell holds the error #DIV/0! of the spreadsheet",
        "The cell holds a formula, and the file does not say what it comes to",
    ]


def test_many_rows_are_all_read(book):
    sheet = book.add_worksheet()
    for row in range(2000):
        sheet.write_row(row, 0, [f"r{row}", row])
    _table, records = read(book)
    assert [record.cells[1] for record in records] == list(range(1, 2000))


def test_nothing_in_it(book):
    book.add_worksheet()
    with pytest.raises(CmError) as caught:
        read(book)
    assert caught.value.slug == "empty-file"


# files made to harm -----------------------------------------------------------------------------


def rebuilt(book, tmp_path, change):
    """Return the workbook with its sheet's XML changed."""
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["a", "b"])
    sheet.write_row(1, 0, [1, 2])
    book.close()
    path = tmp_path / "changed"
    with zipfile.ZipFile(book.filename) as old, zipfile.ZipFile(path, "w", 8) as new:
        for part in old.infolist():
            data = old.read(part)
            new.writestr(part.filename, change(data) if "sheet1.xml" in part.filename else data)
    return path


def added(xml):
    return lambda data: data.replace(b"</sheetData>", xml + b"</sheetData>")


@pytest.mark.parametrize(
    "xml",
    [
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b'<row r="90000"><c r="ZZ90000"><v>1</v></c></row>',
        b"<row r='1048576'><c  r='XFD1048576'><v>1</v></c></row>",
        b'<row\nr="1048576"><c t="n" r="XFD1048576"><v>1</v></c></row>',
        b'<x:row r="1048576"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>',
        b'<row r="3"><c t=">" r="XFD1048576"><v>1</v></c></row>',
        b'<row r="99999">' + b"<c><v>1</v></c>" * 16384 + b"</row>",
    ],
)
def test_a_far_corner_is_refused_before_it_is_parsed(book, tmp_path, xml):
    path = rebuilt(book, tmp_path, added(xml))
    begun = time.process_time()
    with pytest.raises(CmError, match="of the sheet “Sheet1” reaches over") as caught:
        open_table(path)
    assert caught.value.slug == "sheet-too-big"
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    "xml",
    [
        b'<row r="1048576"><c r="B1048576"><v>1</v></c></row>',
        b'<row r="5"><c r="XFD5"><v>1</v></c></row>',
        b'<row r="1048576"><c r="XFD1048576" s="1"/></row>',
        b"<row><c><v>1</v></c><c><v>1</v></c></row>",
        b'<row r="7"><c s="0" r="A7"><v>1</v></c><c><v>1</v></c></row>',
    ],
)
def test_unusual_but_harmless_cells_are_read(book, tmp_path, xml):
    with open_table(rebuilt(book, tmp_path, added(xml))) as table:
        assert next(table.rows).cells[:2] == [1, 2]


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        (added(b'<row r="3"><c t="str" r="A3"><v>' + b"x" * (9 << 20)), "workbook-too-big"),
        (added(b'<row r="3"><c t="str" r="A3"><v>' + b"x" * (2 << 20)), "cell-too-long"),
        (lambda data: b'<!DOCTYPE a [<!ENTITY b "c">]>' + data, "damaged-workbook"),
        (lambda _data: b"<worksheet", "damaged-workbook"),
    ],
)
def test_bombs_and_damage_are_refused(book, tmp_path, change, slug):
    assert refusal(rebuilt(book, tmp_path, change)) == slug


def test_a_directory_that_lies_about_sizes_is_refused(book, tmp_path):
    path = rebuilt(book, tmp_path, added(b""))
    data = path.read_bytes()
    with zipfile.ZipFile(path) as opened:
        part = opened.getinfo("xl/worksheets/sheet1.xml")
    size = struct.pack("<I", part.file_size)
    path.write_bytes(data.replace(size, struct.pack("<I", 20)))
    assert refusal(path) == "damaged-workbook"


def test_other_archives_and_broken_ones(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr("word/document.xml", "<w/>")
    assert refusal(path) == "not-a-table"
    with zipfile.ZipFile(path, "w"):
        pass
    assert refusal(path) == "not-a-table"
    path.write_bytes(b"PK\x03\x04 cut off")
    assert refusal(path) == "damaged-workbook"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    assert refusal(path) == "damaged-workbook"


def test_a_password_is_named(tmp_path):
    path = tmp_path / "a.xlsx"
    stream = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000 + stream + b"\0" * 500)
    assert refusal(path) == "password"


def test_no_part_of_a_part_escapes_the_count():
    extent = archive.Extent()
    archive._measure_odd(
        b'<row r="2"><c r="B2"><v>1</v></c><c><v/></c><c r="E2"/></row>', extent, "a.xlsx"
    )
    assert (extent.rows, extent.columns) == ((2, 2), (2, 3))
    assert archive.column_number(b"XFD") == 16384


# ODS ---------------------------------------------------------------------------------------------

NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text")
)


def ods(tmp_path, rows):
    path = tmp_path / "a.ods"
    sort = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(path, "w", 8) as made:
        made.writestr("mimetype", sort, 0)
        made.writestr(
            "META-INF/manifest.xml",
            '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        made.writestr(
            "content.xml",
            f"<office:document-content {NAMES}><office:body><office:spreadsheet>"
            f'<table:table table:name="S">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def cells(*texts):
    one = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    return "<table:table-row>" + "".join(map(one.format, texts)) + "</table:table-row>"


EMPTY = (
    '<table:table-row table:number-rows-repeated="1048570">'
    '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
)


def test_ods_is_read_and_its_empty_rest_harms_nobody(tmp_path):
    with open_table(ods(tmp_path, cells("a", "b") + cells("1", "2") + EMPTY)) as table:
        assert (table.headers, list(table.rows)) == (["a", "b"], [(2, ["1", "2"])])
        assert table.source.format == "ods"


@pytest.mark.parametrize(
    "rows",
    [
        cells("a") + EMPTY + "<table:table-row><table:table-cell "
        'table:number-columns-repeated="16383"/><table:table-cell office:value-type="float" '
        'office:value="1"/></table:table-row>',
        (
            '<table:table-row table:number-rows-repeated="1000000"><table:table-cell x=">" '
            'table:number-columns-repeated="1000" office:value-type="float" office:value="1"/>'
            "</table:table-row>"
        ),
    ],
)
def test_repeated_cells_are_counted_before_they_are_made(tmp_path, rows):
    assert refusal(ods(tmp_path, rows)) == "sheet-too-big"


def test_a_workbook_on_standard_input(book):
    book.add_worksheet().write_column("A1", ["a", 1])
    book.close()
    with Path(book.filename).open("rb") as handle, open_table("-", stdin=handle) as table:
        assert list(table.rows) == [(2, [1])]
    with pytest.raises(CmError) as caught:
        open_table("-", stdin=io.BytesIO(b""))
    assert caught.value.slug == "empty-file"

"""The marked copy: the clerk's own file with the findings in it, mended and imported again."""

from __future__ import annotations

import csv

import openpyxl
import pytest
import xlsxwriter
from conftest import rows


@pytest.fixture
def book(tmp_path):
    """Return a clerk's workbook: a title, a drop-down, a name, a hidden sheet, four bad rows."""
    file = tmp_path / "clients.xlsx"
    with xlsxwriter.Workbook(file) as made:
        page = made.add_worksheet("名单")
        hidden = made.add_worksheet("lists")
        hidden.write_column(0, 0, ["浙江", "江苏"])
        hidden.hide()
        made.define_name("regions", "=lists!$A$1:$A$2")
        page.merge_range(0, 1, 0, 4, "客户名单")
        page.write_row(2, 1, ["客户编号", "客户名称", "总资产（万元）", "电话", "地区"])
        page.write_row(3, 1, ["1", "甲", 12])
        page.write_row(4, 1, ["2", "乙", "很多", "13800138000", "浙江"])
        page.write_row(5, 1, ["", "丙", 3])
        page.write_row(6, 1, ["4", "丁", 3])
        page.write_number(6, 1, 123456789012345678)
        page.write_row(7, 1, ["1", "甲二", 12])
        page.data_validation(3, 5, 99, 5, {"validate": "list", "source": "=regions"})
        page.write_comment(4, 3, "我的批注", {"author": "clerk"})
    return file


def test_findings_are_marked_in_a_copy_of_the_workbook(store, cm, book, tmp_path):
    copy = tmp_path / "clients-错误.xlsx"
    said = cm("import", "clients", book, "--mark", copy)
    assert said.code == 65
    assert f"cm import clients {copy}" in said.err
    page = openpyxl.load_workbook(copy)["名单"]
    assert [cell.value for cell in page[3]][-1] == "Import findings"
    assert "“很多”" in page["G5"].value
    assert page["D5"].fill.fgColor.rgb == "FFFFC7CE"
    assert page["D5"].comment.text.startswith("我的批注\n")
    assert "“很多”" in page["D5"].comment.text
    assert page["B6"].fill.fgColor.rgb == "FFFFC7CE"
    assert "Code is missing" in page["G6"].value
    assert "15 digits" in page["B7"].comment.text
    assert "other values" in page["G8"].value
    assert page["G4"].value is None
    assert page["D4"].fill.fgColor.rgb != "FFFFC7CE"
    assert copy.stat().st_mode & 0o777 == 0o600
    assert rows(store, "SELECT count(*) FROM client") == [(0,)]


def test_drop_downs_names_and_hidden_sheets_stay(store, cm, book, tmp_path):
    copy = tmp_path / "copy.xlsx"
    cm("import", "clients", book, "--mark", copy)
    kept = openpyxl.load_workbook(copy)
    assert kept["名单"].data_validations.dataValidation[0].formula1 == "regions"
    assert kept.defined_names["regions"].attr_text == "lists!$A$1:$A$2"
    assert kept["lists"].sheet_state == "hidden"
    assert "B1:E1" in [str(area) for area in kept["名单"].merged_cells.ranges]


def test_the_mended_copy_is_imported_without_any_option(store, cm, ok, book, tmp_path):
    copy = tmp_path / "copy.xlsx"
    cm("import", "clients", book, "--mark", copy, "--lang", "zh")
    mended = openpyxl.load_workbook(copy)
    page = mended["名单"]
    assert page["G3"].value == "错误说明"
    page["D5"], page["B6"], page["B7"], page["B8"] = 7, "3", "4", "5"
    mended.save(copy)
    assert "5 new" in ok("import", "clients", copy).err
    assert rows(store, "SELECT code FROM client ORDER BY 1") == [
        ("1",),
        ("2",),
        ("3",),
        ("4",),
        ("5",),
    ]


def test_a_copy_marked_again_says_only_what_is_left(store, cm, book, tmp_path):
    first, second = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    cm("import", "clients", book, "--mark", first)
    mended = openpyxl.load_workbook(first)
    page = mended["名单"]
    page["D5"], page["B6"], page["B7"] = 7, "3", "4"
    mended.save(first)
    assert cm("import", "clients", first, "--mark", second).code == 65
    page = openpyxl.load_workbook(second)["名单"]
    assert [cell.value for cell in page["G"]][2:7] == ["Import findings", *[None] * 4]
    assert "other values" in page["G8"].value
    assert page["D5"].fill.fgColor.rgb != "FFFFC7CE"
    assert page["B7"].comment is None


def test_personal_values_are_not_repeated(store, cm, tmp_path):
    file, copy = tmp_path / "m.xlsx", tmp_path / "copy.xlsx"
    with xlsxwriter.Workbook(file) as made:
        page = made.add_worksheet()
        page.write_row(0, 0, ["客户编号", "客户名称", "联系人"])
        page.write_row(1, 0, ["1", "甲", "王某" * 40])
    assert cm("import", "clients", file, "--mark", copy).code == 65
    page = openpyxl.load_workbook(copy).active
    assert "王某" not in page["D2"].value + page["C2"].comment.text
    assert "***" in page["D2"].value


def test_findings_about_headings_stand_on_them(store, cm, tmp_path):
    file, copy = tmp_path / "m.xlsx", tmp_path / "copy.xlsx"
    with xlsxwriter.Workbook(file) as made:
        made.add_worksheet().write_row(0, 0, ["客户名称", "星座"])
    assert cm("import", "clients", file, "--mark", copy).code == 65
    page = openpyxl.load_workbook(copy).active
    assert page["C1"].value == "Import findings"
    assert "“星座” means nothing here" in page["C1"].comment.text
    assert "no column for Code" in page["C1"].comment.text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_text_gets_a_column_of_findings(store, cm, ok, tmp_path, encoding):
    file, copy = tmp_path / "c.csv", tmp_path / "copy.csv"
    lines = [
        "名单",
        "客户编号,客户名称,总资产",
        '1,"甲\n乙",5',
        "",
        "2,乙,很多",
        "3,丙,7,",
        "4",
        "5,戊,6,多",
    ]
    file.write_text("\n".join(lines), encoding=encoding)
    assert cm("import", "clients", file, "--mark", copy).code == 65
    with copy.open(encoding=encoding, newline="") as stream:
        table = list(csv.reader(stream))
    assert table[1] == ["客户编号", "客户名称", "总资产", "?1", "Import findings"]
    assert table[2] == ["1", "甲\n乙", "5", "", ""]
    assert table[3] == []
    assert table[4][:4] == ["2", "乙", "很多", ""]
    assert "“很多”" in table[4][4]
    assert table[6][0] == "4"
    assert "fewer cells" in table[6][1]
    assert "more cells" in table[7][4]
    file.write_text("客户编号,客户名称,总资产,错误说明\n1,甲,5,\n2,乙,8,bad\n", encoding=encoding)
    assert "2 new" in ok("import", "clients", file).err


@pytest.mark.parametrize("suffix", ["csv", "tsv"])
def test_a_text_mended_in_an_editor_is_imported_as_it_stands(store, cm, ok, tmp_path, suffix):
    """``1,甲,5``, ``2,乙,很多``: the row without a finding has a cell for it all the same."""
    file, copy = tmp_path / f"c.{suffix}", tmp_path / f"copy.{suffix}"
    text = "code,name,assets\n1,甲,5\n2,乙,很多\n"
    file.write_text(text.replace(",", "\t") if suffix == "tsv" else text, encoding="utf-8")
    assert cm("import", "clients", file, "--mark", copy).code == 65
    mended = copy.read_text(encoding="utf-8").replace("很多", "8", 1)
    copy.write_text(mended, encoding="utf-8")
    assert "2 new" in ok("import", "clients", copy).err


def test_nothing_is_ever_overwritten(store, cm, book, tmp_path):
    before = book.read_bytes()
    said = cm("import", "clients", book, "--mark", book)
    assert said.code == 73
    assert "exists already" in said.err
    assert book.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "body", "target"),
    [("c.json", '[{"code": "1"}]', "x.json"), ("c.csv", "code,name\n1,\n", "x.xlsx")],
)
def test_what_cannot_be_marked_is_refused_beforehand(store, cm, tmp_path, name, body, target):
    (tmp_path / name).write_text(body)
    assert cm("import", "clients", tmp_path / name, "--mark", tmp_path / target).code == 2
    assert not (tmp_path / target).exists()
    assert cm("import", "clients", "-", "--mark", tmp_path / target).code == 2


def test_no_copy_where_all_is_well(store, ok, tmp_path):
    file, copy = tmp_path / "c.csv", tmp_path / "copy.csv"
    file.write_text("code,name\n1,甲\n")
    ok("import", "clients", file, "--mark", copy)
    assert not copy.exists()


def test_a_finding_is_never_a_formula(store, cm, tmp_path):
    file, copy = tmp_path / "m.csv", tmp_path / "copy.csv"
    file.write_text("code,name\n-1,甲\n-1,乙\n")
    cm("import", "clients", file, "--mark", copy)
    assert "'-1 stands in line 2" in copy.read_text()

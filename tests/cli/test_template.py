"""Templates: what a clerk sees in the workbook, and that it is imported as it is."""

from __future__ import annotations

import shutil
import subprocess

import openpyxl
import pytest
from conftest import rows

from cm_cli.cli.intake import KINDS
from cm_cli.domain.headings import headings, match_heading
from cm_cli.domain.register import by_plural


def checks(page):
    """Return the validation of each column by its heading."""
    found = {}
    for each in page.data_validations.dataValidation:
        area = next(iter(each.sqref.ranges))
        found[page.cell(1, area.min_col).value] = (each, area)
    return found


@pytest.fixture
def clients(example, ok, tmp_path):
    file = tmp_path / "clients.xlsx"
    said = ok("import", "template", file)
    assert f"cm import clients {file}" in said.err
    return file


def test_required_fields_formats_and_units_are_shown(clients):
    page = openpyxl.load_workbook(clients)["client"]
    head = {cell.value: cell for cell in page[1]}
    assert list(head)[:3] == ["Code*", "Name*", "Kind"]
    assert head["Code*"].font.color.rgb == "FFC00000"
    assert head["Kind"].font.color is None or head["Kind"].font.color.rgb != "FFC00000"
    assert "Total assets（万元）" in head
    assert page.column_dimensions["A"].number_format == "@"
    assert page.freeze_panes == "B2"
    assert clients.stat().st_mode & 0o777 == 0o600


def test_drop_downs_come_from_hidden_lists_of_any_length(clients):
    book = openpyxl.load_workbook(clients)
    found = checks(book["client"])
    each, area = found["Region"]
    assert (each.type, each.formula1, each.errorStyle) == ("list", "list_region", "information")
    assert (area.min_row, area.max_row) == (2, 5001)
    where = book.defined_names["list_region"].attr_text
    assert where.startswith("lists!$")
    assert book["lists"].sheet_state == "hidden"
    column = where.split("$")[1]
    names = [cell.value for cell in book["lists"][column][1:] if cell.value]
    assert len(", ".join(names)) > 255
    assert "Zhejiang" in names
    strict, _area = found["Status"]
    assert (strict.formula1, strict.errorStyle or "stop") == ("list_status", "stop")


def test_numbers_days_and_lengths_are_checked(example, clients, ok, tmp_path):
    found = checks(openpyxl.load_workbook(clients)["client"])
    amount, _area = found["Total assets（万元）"]
    assert (amount.type, amount.formula1) == ("decimal", "0")
    length, _area = found["Name*"]
    assert (length.type, length.formula1) == ("textLength", "120")
    assert length.prompt == "Required. Full name. Text."
    ok("import", "template", tmp_path / "visits.xlsx")
    found = checks(openpyxl.load_workbook(tmp_path / "visits.xlsx")["visit"])
    day, _area = found["Date*"]
    assert (day.type, day.operator or "between", day.formula2) == ("date", "between", "TODAY()")
    who, _area = found["Manager*"]
    assert who.formula1 == "list_manager"


def test_the_instructions_name_every_field(clients):
    book = openpyxl.load_workbook(clients)
    page = book["How to fill in"]
    lines = [[cell.value for cell in row] for row in page.iter_rows()]
    assert "Import with: cm import clients clients.xlsx" in lines[3][0]
    named = {line[0] for line in lines[6:]}
    assert named == {cell.value for cell in book["client"][1]}
    status = next(line for line in lines if line[0] == "Status")
    assert status[5] == "active, being dropped, lost"


def test_a_filled_template_is_imported_without_any_option(example, ok, clients):
    book = openpyxl.load_workbook(clients)
    page = book["client"]
    at = {cell.value: cell.column for cell in page[1]}
    line = {"Code*": "007", "Name*": "新客户", "Region": "Zhejiang", "Total assets（万元）": 12.5,
            "Status": "being dropped"}  # fmt: skip
    for heading, value in line.items():
        page.cell(2, at[heading]).value = value
    book.save(clients)
    said = ok("import", "clients", clients)
    assert "1 new" in said.err
    assert "not read" not in said.err
    found = rows(example, "SELECT name, region, assets, status FROM client WHERE code = '007'")
    assert found == [("新客户", "浙江", 12_500_000, "dropping")]


def test_an_empty_template_says_that_there_are_no_rows(example, cm, clients):
    said = cm("import", "clients", clients)
    assert said.code == 65
    assert "There are no rows beneath the headings" in said.err


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("plural", KINDS)
def test_every_kind_has_one_in_both_languages(example, ok, tmp_path, plural, lang):
    kind = by_plural(plural)
    one = tmp_path / f"{plural}.xlsx"
    ok("import", "template", one, "--lang", lang)
    book = openpyxl.load_workbook(one)
    page = book.worksheets[0]
    assert page.title == (kind.zh if lang == "zh" else kind.en)
    known = headings(kind)
    met = [match_heading(known, cell.value)[0].name for cell in page[1]]
    assert met == [each.name for each in kind.given]
    assert ("填写说明" if lang == "zh" else "How to fill in") in book.sheetnames


def test_the_same_bytes_every_time(store, ok, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    for folder in ("a", "b"):
        ok("import", "template", tmp_path / folder / "managers.xlsx")
    first, second = (tmp_path / f / "managers.xlsx" for f in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    ("file", "sheet"), [("客户.xlsx", "client"), ("客户经理名单.xlsx", "manager")]
)
def test_the_name_of_the_file_says_the_kind(store, ok, tmp_path, file, sheet):
    ok("import", "template", tmp_path / file)
    assert openpyxl.load_workbook(tmp_path / file).sheetnames[0] == sheet


def test_what_is_no_template_is_refused(store, cm, ok, tmp_path):
    assert cm("import", "template", tmp_path / "x.xlsx").code == 2
    ok("import", "template", tmp_path / "x.xlsx", "--kind", "units")
    assert cm("import", "template", tmp_path / "clients.csv").code == 2
    before = (tmp_path / "x.xlsx").read_bytes()
    assert cm("import", "template", tmp_path / "x.xlsx", "--kind", "clients").code == 73
    assert (tmp_path / "x.xlsx").read_bytes() == before
    ok("import", "template", tmp_path / "clients.xlsx", "--dry-run")
    assert not (tmp_path / "clients.xlsx").exists()


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not here")
@pytest.mark.file_only
def test_a_spreadsheet_program_opens_it(store, ok, tmp_path):
    file = tmp_path / "clients.xlsx"
    ok("import", "template", file)
    words = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(file)]
    subprocess.run(words, check=True, capture_output=True, timeout=120)
    assert (tmp_path / "clients.pdf").stat().st_size > 1000


def test_a_template_filled_in_badly_comes_back_marked_with_its_drop_downs(example, cm, ok, clients):
    book = openpyxl.load_workbook(clients)
    page = book["client"]
    at = {cell.value: cell.column for cell in page[1]}
    line = {
        "Code*": "007",
        "Name*": "新客户",
        "Status": "gone",
        "Credit code": "91350100M000100Y44",
    }
    for heading, value in line.items():
        page.cell(2, at[heading]).value = value
    book.save(clients)
    copy = clients.with_name("copy.xlsx")
    assert cm("import", "clients", clients, "--mark", copy).code == 65
    book = openpyxl.load_workbook(copy)
    page = book["client"]
    assert checks(page)["Status"][0].formula1 == "list_status"
    assert book["lists"].sheet_state == "hidden"
    for heading in ("Status", "Credit code"):
        assert page.cell(2, at[heading]).comment is not None, heading
    last = page.cell(1, page.max_column)
    assert last.value == "Import findings"
    assert "check character" in page.cell(2, page.max_column).value
    page.cell(2, at["Status"]).value = "active"
    page.cell(2, at["Credit code"]).value = "91350100M000100Y43"
    book.save(copy)
    assert "1 new" in ok("import", "clients", copy).err
    assert rows(example, "SELECT credit_code FROM client WHERE code = '007'") == [
        ("91350100M000100Y43",)
    ]

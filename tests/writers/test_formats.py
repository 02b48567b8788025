"""Every output format, byte for byte, over one sheet and one report with awkward texts."""

from __future__ import annotations

import importlib
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cm_cli.domain.sheet import Column, Document, Sheet
from cm_cli.errors import CmError, Exit
from cm_cli.readers.registry import open_table
from cm_cli.writers import registry
from cm_cli.writers.options import Options

CLIENTS = Sheet(
    "clients",
    "Clients",
    (
        Column("code", "编号", "code"),
        Column("name", "客户名称"),
        Column("visits", "走访", "count"),
        Column("balance", "余额", "money", "万元"),
        Column("share", "占比", "percent"),
        Column("since", "建户", "day"),
        Column("key", "重点", "flag"),
    ),
    [
        ("C1", "张三\t[red]|*", 1200, Decimal("12345678.90"), Decimal("12.50"), None, True),
        ("C2", "=1+1\n李四\x1b[31m", 0, Decimal(-5), None, date(2016, 3, 1), False),
    ],
)
REPORT = Document(
    "month",
    "月报 2016-03",
    (("客户经理", "王|五"), ("支行", "=城东")),
    (CLIENTS.only(["code", "visits"]), Sheet("gaps", "缺失", (Column("day", "日期", "day"),), [])),
    ("1. 截至 *3 月*",),
    ("客户经理",),
)


def written(name, document, **options):
    out = io.BytesIO()
    stream = io.TextIOWrapper(out, encoding="utf-8", newline="")
    registry.send(document, name, stream, Options(**options))
    stream.flush()
    return out.getvalue()


def text(name, document, **options):
    return written(name, document, **options).decode()


def test_tsv_is_for_scripts_in_yuan_and_one_record_a_line():
    assert text("tsv", registry.document_of(CLIENTS)) == (
        "code\tname\tvisits\tbalance\tshare\tsince\tkey\n"
        "C1\t张三\\t[red]|*\t1200\t12345678.9\t12.5\t\ttrue\n"
        "C2\t=1+1\\n李四\\u{1b}[31m\t0\t-5\t\t2016-03-01\tfalse\n"
    )


def test_tsv_of_a_report_divides_its_sheets():
    assert text("tsv", REPORT) == "# clients\ncode\tvisits\nC1\t1200\nC2\t0\n\n# gaps\nday\n"


def test_csv_has_mark_headings_and_no_formula():
    assert (
        written("csv", registry.document_of(CLIENTS))
        == (
            "\ufeff编号,客户名称,走访,余额(万元),占比,建户,重点\r\n"
            "C1,张三\t[red]|*,1200,1234.56789,12.5%,,yes\r\n"
            'C2,"\'=1+1\n李四\\u{1b}[31m",0,-0.0005,,2016-03-01,no\r\n'
        ).encode()
    )


@pytest.mark.parametrize(
    "name",
    ["=1", "+86", "-x", "@a", "\tx", "\nx", "＝1", "＋", "－", "＠", "'=1", "''-", "'", "a=1"],
)
def test_what_the_csv_guards_the_reader_gives_back(name, tmp_path):
    sheet = Sheet("s", "s", (Column("n", "名称"), Column("k", "k")), [(name, "1")])
    registry.save(registry.document_of(sheet), tmp_path / "a.csv", Options())
    raw = (tmp_path / "a.csv").read_text(encoding="utf-8-sig").split("\n", 1)[1]
    assert raw.lstrip('"')[0] not in "=+-@\t\n＝＋－＠"
    with open_table(tmp_path / "a.csv") as table:
        assert [row.cells for row in table.rows] == [[name, "1"]]


def test_json_of_a_list_is_an_array_with_exact_numbers():
    shown = text("json", registry.document_of(CLIENTS))
    assert shown.splitlines()[1] == (
        '  {"code": "C1", "name": "张三\\t[red]|*", "visits": 1200, "balance": 12345678.9,'
        ' "share": 12.5, "since": null, "key": true},'
    )
    assert json.loads(shown)[1]["name"] == "=1+1\n李四\x1b[31m"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (Decimal("1E+3"), "1000"),
        (Decimal("0.1"), "0.1"),
        (Decimal(9007199254740993), '"9007199254740993"'),
        (Decimal("9007199254740993.01"), '"9007199254740993.01"'),
        (2**53 + 1, '"9007199254740993"'),
        (-5, "-5"),
    ],
)
def test_a_number_json_would_round_is_a_string(number, shown):
    sheet = Sheet("s", "s", (Column("n", "n", "number"),), [(number,)])
    assert text("jsonl", registry.document_of(sheet)) == f'{{"n": {shown}}}\n'


def test_json_escapes_what_a_terminal_obeys_and_loses_nothing():
    name = "a\u202eb\u200bc\x9bd\ud800"
    sheet = Sheet("s", "s", (Column("n", "n"),), [(name,)])
    shown = text("json", registry.document_of(sheet))
    assert shown.isascii()
    assert json.loads(shown) == [{"n": name}]


def test_json_of_a_report_is_one_object_with_sheets():
    value = json.loads(text("json", REPORT))
    assert list(value) == ["name", "title", "facts", "sheets", "notes", "signatures"]
    assert value["facts"][0] == {"label": "客户经理", "value": "王|五"}
    assert value["sheets"][0]["rows"] == [
        {"code": "C1", "visits": 1200},
        {"code": "C2", "visits": 0},
    ]
    assert value["sheets"][1]["rows"] == []


def test_jsonl_of_a_report_names_the_sheet_of_each_row():
    lines = [json.loads(line) for line in text("jsonl", REPORT).splitlines()]
    assert lines[0]["title"] == "月报 2016-03"
    assert lines[2] == {"sheet": "clients", "row": {"code": "C2", "visits": 0}}


def test_markdown_escapes_markup_and_aligns_numbers():
    assert text("markdown", REPORT) == (
        "# 月报 2016-03\n\n- **客户经理**: 王\\|五\n- **支行**: =城东\n\n"
        "## Clients\n\n| 编号 | 走访 |\n| --- | ---: |\n| C1 | 1,200 |\n| C2 | 0 |\n\n"
        "## 缺失\n\n| 日期 |\n| --- |\n\n1\\. 截至 \\*3 月\\*\n\n客户经理: " + "\\_" * 16 + "\n"
    )
    listed = text("markdown", registry.document_of(CLIENTS))
    assert "| C2 | =1+1<br>李四\\\\u\\{1b\\}\\[31m | 0 |" in listed


def test_text_is_aligned_by_display_width():
    assert text("text", REPORT) == (
        "月报 2016-03\n============\n\n客户经理: 王|五\n支行:     =城东\n\n"
        "Clients\n-------\n编号   走访\n----  -----\nC1    1,200\nC2        0\n\n"
        "缺失\n----\n日期\n----\n\n1. 截至 *3 月*\n\n客户经理: ________________\n"
    )


def test_every_format_is_found_by_its_name_and_suffix():
    assert {"table", "tsv", "csv", "json", "jsonl", "markdown", "text"} <= set(registry.formats())
    for name in registry.formats():
        module = importlib.import_module(f"cm_cli.writers.{name}")
        assert name == module.NAME
        assert all(registry.for_path(Path(f"A{end.upper()}")) is module for end in module.SUFFIXES)


@pytest.mark.parametrize(
    ("ask", "slug", "mend"),
    [
        (lambda: registry.for_name("jsn"), "unknown-format", "Did you mean “json”?"),
        (lambda: registry.for_name("registry"), "unknown-format", "Known: "),
        (lambda: registry.for_path(Path("a.jso")), "unknown-suffix", "Did you mean “.json"),
        (lambda: registry.for_path(Path("a")), "unknown-suffix", "Known: "),
    ],
)
def test_an_unknown_format_is_a_usage_error_with_a_suggestion(ask, slug, mend):
    with pytest.raises(CmError) as caught:
        ask()
    assert (caught.value.slug, caught.value.code) == (slug, Exit.USAGE)
    assert caught.value.mend.startswith(mend)


def test_nothing_a_terminal_obeys_leaves_any_format():
    name = "".join(map(chr, [*range(32), 127, *range(128, 160), 0x202E, 0x200B, 0x2066, 0xFEFF]))
    sheet = Sheet(name, name, (Column("n", name), Column("m", "m")), [(name, "x")], (name,))
    document = Document("d", name, ((name, name),), (sheet, sheet), (name,), (name,))
    for format_name in registry.formats():
        if format_name in {"xlsx", "pdf"}:
            continue
        for shown in (document, registry.document_of(sheet)):
            found = set(text(format_name, shown, width=60).removeprefix("\ufeff")) & set(name)
            assert found <= {"\n", "\t", "\r"}, format_name


def test_a_workbook_holds_texts_as_texts_and_gives_the_same_bytes():
    from openpyxl import load_workbook

    one, other = (written("xlsx", registry.document_of(CLIENTS)) for _twice in range(2))
    assert one == other
    sheet = load_workbook(io.BytesIO(one)).active
    assert [cell.value for cell in sheet[1]] == [
        "编号",
        "客户名称",
        "走访",
        "余额(万元)",
        "占比",
        "建户",
        "重点",
    ]
    assert [cell.data_type for cell in sheet[3]][:2] == ["s", "s"]
    assert sheet["B3"].value == "=1+1\n李四\\u{1b}[31m"
    assert sheet["D2"].value == 1234.56789
    assert sheet["F3"].value.date() == date(2016, 3, 1)
    assert sheet.freeze_panes == "A2"


def test_a_workbook_of_a_report_has_its_heading_and_a_sheet_each():
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(written("xlsx", REPORT)))
    assert book.sheetnames == ["Overview", "Clients", "缺失"]
    assert [row[1].value for row in book["Overview"].iter_rows(min_row=3, max_row=4)] == [
        "王|五",
        "=城东",
    ]
    assert book["Overview"]["B4"].data_type == "s"


@given(st.integers(-(10**14), 10**14), st.integers(0, 6))
def test_every_number_of_fifteen_digits_is_one_in_a_workbook(digits, places):
    from openpyxl import load_workbook

    value = Decimal(digits).scaleb(-places)
    sheet = Sheet("s", "S", (Column("n", "N", "number"),), [(value,)])
    for exact in (False, True):
        book = load_workbook(io.BytesIO(written("xlsx", registry.document_of(sheet), exact=exact)))
        cell = book.active["A2"]
        assert (cell.data_type, Decimal(repr(cell.value))) == ("n", value)


def test_longer_numbers_are_rounded_for_people_and_kept_as_text_for_an_import():
    from openpyxl import load_workbook

    rows = [(Decimal("657.26666666666666666667"),), (Decimal(1234567890123456),)]
    document = registry.document_of(Sheet("s", "S", (Column("n", "N", "number"),), rows))
    shown = load_workbook(io.BytesIO(written("xlsx", document))).active
    kept = load_workbook(io.BytesIO(written("xlsx", document, exact=True))).active
    assert [shown[at].value for at in ("A2", "A3")] == [657.266666666667, "1234567890123456"]
    assert [kept[at].value for at in ("A2", "A3")] == [
        "657.26666666666666666667",
        "1234567890123456",
    ]


def test_what_a_workbook_would_lose_is_refused():
    column = Column("text", "Text")
    with pytest.raises(CmError) as long:
        written("xlsx", registry.document_of(Sheet("s", "S", (column,), [("x" * 32_768,)])))
    assert (long.value.slug, long.value.code) == ("cell-too-long", Exit.CANNOT_WRITE)
    with pytest.raises(CmError) as many:
        written("xlsx", registry.document_of(Sheet("s", "S", (), [()] * 1_048_576)))
    assert many.value.slug == "sheet-too-long"


def test_yaml_reads_back_as_what_was_written():
    import yaml

    found = yaml.safe_load(written("yaml", registry.document_of(CLIENTS)))
    assert found == json.loads(written("json", registry.document_of(CLIENTS)))
    assert yaml.safe_load(written("yaml", REPORT))["sheets"][0]["rows"] == [
        {"code": "C1", "visits": 1200},
        {"code": "C2", "visits": 0},
    ]

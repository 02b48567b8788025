"""Importing: all rows checked, all findings shown, all or nothing, a second run changes nothing."""

from __future__ import annotations

import json

import pytest
import xlsxwriter
from conftest import EXAMPLE, rows


def test_the_example_is_read_whole(example):
    counts = {
        "unit": 12, "manager": 60, "client": 2929, "visit": 3186, "diary": 3443,
        "result": 890, "score": 118, "merit": 12, "leave": 6,
    }  # fmt: skip
    for kind, count in counts.items():
        assert rows(example, f"SELECT count(*) FROM {kind}") == [(count,)], kind


@pytest.mark.parametrize(
    "kind", ["units", "managers", "visits", "diaries", "results", "scores", "merits", "leaves"]
)
def test_a_second_run_changes_nothing(example, ok, kind):
    before = rows(example, "SELECT number, hash FROM entry")
    said = ok("import", kind, EXAMPLE / f"{kind}.csv")
    assert "0 new, 0 changed" in said.err
    assert rows(example, "SELECT number, hash FROM entry") == before


def test_rows_repeated_word_for_word_count_once_and_are_told(store, ok):
    said = ok("import", "clients", EXAMPLE / "clients.xlsx", "--json")
    told = json.loads(said.out)
    assert told["rows"] == {"new": 2929, "changed": 0, "unchanged": 0, "repeated": 10}
    assert "10 rows repeat earlier ones" in told["notes"][0]


def test_all_findings_are_shown_with_their_places_and_nothing_is_written(store, cm, tmp_path):
    file = tmp_path / "clients.csv"
    file.write_text(
        "客户编号,客户名称,总资产（亿元）,地区\n"
        "1,甲,12,浙江\n"
        "2,乙,很多,浙江\n"
        ",丙,3,浙江\n"
        "4,,3,浙江\n"
        "1,甲二,12,浙江\n",
        encoding="utf-8",
    )
    said = cm("import", "clients", file)
    assert said.code == 65
    for place in (
        "clients.csv:3 «总资产（亿元）»",
        "clients.csv:4",
        "clients.csv:5",
        "clients.csv:6",
    ):
        assert place in said.err
    assert "4 findings" in said.err
    assert rows(store, "SELECT count(*) FROM client") == [(0,)]


def test_a_unit_in_the_heading_is_heeded(store, ok, tmp_path):
    file = tmp_path / "c.csv"
    file.write_text("客户编号,客户名称,总资产（亿元）\n1,甲,12\n", encoding="gb18030")
    ok("import", "clients", file)
    assert rows(store, "SELECT assets FROM client") == [(12 * 10**8 * 100,)]


def test_changed_rows_update_and_empty_cells_leave_what_is_stored(store, ok, tmp_path):
    file = tmp_path / "c.csv"
    file.write_text("code,name,region,assets\n1,甲,浙江,5\n2,乙,浙江,5\n", encoding="utf-8")
    ok("import", "clients", file)
    file.write_text("code,name,region,assets\n1,甲,,7\n2,乙,浙江,5\n", encoding="utf-8")
    said = ok("import", "clients", file)
    assert "0 new, 1 changed, 1 unchanged" in said.err
    assert rows(store, "SELECT region, assets FROM client WHERE code = '1'") == [
        ("浙江", 7_000_000)
    ]


def test_unknown_columns_are_findings_unless_left_out_or_mapped(store, cm, ok, tmp_path):
    file = tmp_path / "c.csv"
    file.write_text("客户编号,客户全称,星座\n1,甲,狮子\n", encoding="utf-8")
    said = cm("import", "clients", file)
    assert said.code == 65
    assert "“客户全称” means nothing here" in said.err
    assert "“客户名称”" in said.err
    ok("import", "clients", file, "--map", "客户全称=name", "--ignore-unknown")
    assert rows(store, "SELECT name FROM client") == [("甲",)]


def test_a_broken_ten_thousandth_row_writes_nothing(store, cm, tmp_path):
    file = tmp_path / "c.csv"
    body = "".join(f"{n},客户{n},{n}\n" for n in range(1, 12_001)).replace(
        "10000,客户10000,10000", "10000,客户10000,x"
    )
    file.write_text("code,name,assets\n" + body, encoding="utf-8")
    said = cm("import", "clients", file)
    assert said.code == 65
    assert "c.csv:10001" in said.err
    assert rows(store, "SELECT count(*) FROM client") == [(0,)]


@pytest.mark.parametrize("count", [1, 9, 10, 11, 25])
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_no_row_is_lost_whatever_their_number(store, ok, tmp_path, count, suffix):
    file = tmp_path / f"c.{suffix}"
    table = [["客户编号", "客户名称"], *([f"{n:03}", f"客户{n}"] for n in range(count))]
    if suffix == "csv":
        file.write_text("".join(",".join(row) + "\n" for row in table), encoding="utf-8")
    else:
        with xlsxwriter.Workbook(file) as book:
            sheet = book.add_worksheet()
            for at, row in enumerate(table):
                sheet.write_row(at, 0, row)
    ok("import", "clients", file)
    assert rows(store, "SELECT count(*) FROM client") == [(count,)]


def test_a_workbook_with_title_rows_and_dates(store, ok, tmp_path):
    file = tmp_path / "m.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("名单")
        sheet.merge_range(0, 0, 0, 4, "客户经理名单")
        sheet.write_row(2, 0, ["工号", "姓名", "机构", "职级", "入职日期"])
        sheet.write_row(3, 0, ["M1", "甲", "杭州分行", "客户经理"])
        sheet.write_number(3, 4, 42370)
    ok("import", "managers", file)
    assert rows(store, "SELECT code, entered FROM manager") == [("M1", "2016-01-01")]


def test_standard_input(store, ok, monkeypatch, tmp_path):
    file = tmp_path / "u.csv"
    file.write_text("机构,机构类别\n杭州分行,经营行\n", encoding="gbk")
    with file.open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        ok("import", "units", "-")
    assert rows(store, "SELECT name, kind FROM unit") == [("杭州分行", "operating")]


def test_a_kind_that_cannot_be_imported_is_refused(store, cm):
    said = cm("import", "client", "x.csv")
    assert said.code == 66
    assert cm("import", "cleints", "x.csv").code == 2


GOOD = "code,name,assets\n1,甲,100\n2,乙,200\n"


@pytest.fixture
def clients(store, ok, tmp_path):
    """Return a function that writes a file of clients; two are in the store."""

    def write(text):
        (tmp_path / "c.csv").write_text(text, encoding="utf-8")
        return tmp_path / "c.csv"

    ok("import", "clients", write(GOOD))
    return write


def stored(store):
    return rows(store, "SELECT code, name, assets FROM client ORDER BY code")


def test_insert_takes_new_records_only(store, clients, cm, ok):
    said = cm("import", "clients", clients("code,name\n3,丙\n2,改\n"), "--mode", "insert")
    assert said.code == 65
    assert "There is a client 2 already" in said.err
    assert len(stored(store)) == 2
    ok("import", "clients", clients("code,name\n3,丙\n"), "--mode", "insert")
    assert len(stored(store)) == 3


def test_update_changes_records_that_are_there_only(store, clients, cm, ok):
    said = cm("import", "clients", clients("code,name\n1,改\n9,丙\n"), "--mode", "update")
    assert said.code == 65
    assert "There is no client 9 to be changed" in said.err
    ok("import", "clients", clients("code,assets\n1,300\n"), "--mode", "update")
    assert stored(store)[0] == ("1", "甲", 300_000_000)


def test_replace_set_removes_what_the_file_lacks(store, clients, cm, ok):
    said = ok("import", "units", clients("name,kind\n甲行,operating\n乙行,operating\n"))
    said = ok(
        "import",
        "units",
        clients("name,kind\n甲行,operating\n丙行,operating\n"),
        "--mode",
        "replace-set",
    )
    assert "1 new, 0 changed, 1 unchanged, 0 repeated. Not in the file and removed: 1." in said.err
    assert [name for (name,) in rows(store, "SELECT name FROM unit ORDER BY name")] == [
        "丙行",
        "甲行",
    ]
    ok("undo")
    assert len(rows(store, "SELECT name FROM unit")) == 2
    said = cm("import", "clients", clients("code,name\n1,甲\n"), "--mode", "replace-set")
    assert said.code == 65
    assert "2 size" in said.err
    assert "1 in all, refer to a client the file lacks" in said.err
    assert len(stored(store)) == 2


def test_accept_good_takes_the_good_rows_and_ends_with_findings(store, clients, cm):
    said = cm(
        "import",
        "clients",
        clients("code,name,assets\n3,丙,1\n4,丁,很多\n,戊,1\n5,己,2\n"),
        "--accept-good",
    )
    assert said.code == 1
    assert "2 new, 0 changed, 0 unchanged, 0 repeated. Left out with findings: 2." in said.err
    assert "c.csv:3 «assets»" in said.err
    assert [code for code, _name, _assets in stored(store)] == ["1", "2", "3", "5"]
    assert cm("journal", "verify").code == 0


def test_accept_good_takes_nothing_where_the_headings_are_wrong(store, clients, cm):
    assert cm("import", "clients", clients("code,nam,assets\n3,丙,1\n"), "--accept-good").code == 65
    assert len(stored(store)) == 2


@pytest.mark.parametrize("dry", [("--dry-run",), ()])
def test_diff_tells_what_becomes_of_each_row(store, clients, ok, dry):
    text = "code,name,assets\n3,丙,1\n2,乙,500\n1,甲,100\n"
    said = ok("import", "clients", clients(text), "--diff", *dry)
    assert said.out.splitlines() == [
        "line\tchange\tkey\tfield\tbefore\tafter",
        "2\tnew\t3\t\t\t",
        "3\tchanged\t2\tassets\t200万元\t500万元",
    ]
    assert "1 new, 1 changed, 1 unchanged" in said.err


def test_json_has_counts_and_findings(store, clients, cm, ok):
    said = cm("import", "clients", clients("code,name,assets\n3,丙,很多\n"), "--json")
    assert said.code == 65
    found = json.loads(said.out)["findings"]
    assert (found[0]["line"], found[0]["column"], found[0]["value"]) == (2, "assets", "很多")
    done = json.loads(ok("import", "clients", clients("code,name\n3,丙\n"), "--json", "--diff").out)
    assert done["rows"] == {"new": 1, "changed": 0, "unchanged": 0, "repeated": 0}
    assert done["diff"][0]["key"] == "3"

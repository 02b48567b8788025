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


def test_replace_set_takes_the_classes_by_rule_with_a_client_but_not_those_by_hand(
    store, clients, cm, ok
):
    file = clients("code,name\n1,甲\n")
    ok("client", "class", "2", "size", "large", "--reason", "board decision")
    said = cm("import", "clients", file, "--mode", "replace-set")
    assert said.code == 65
    assert "2 size" in said.err
    assert "1 in all, refer to a client the file lacks" in said.err
    assert len(stored(store)) == 2
    ok("undo")
    ok("import", "clients", file, "--mode", "replace-set")
    assert [code for code, *_rest in stored(store)] == ["1"]
    assert rows(store, "SELECT client FROM classification") == [("1",)]
    ok("undo")
    assert rows(store, "SELECT client FROM classification ORDER BY client") == [("1",), ("2",)]
    ok("journal", "verify")


def test_a_class_from_a_file_is_somebodys_own_whatever_its_reason_begins_with(
    store, clients, cm, ok, tmp_path
):
    classes = tmp_path / "classes.csv"
    classes.write_text("client,scheme,grade,since,reason\n2,size,large,2016-04-01,sales grew\n")
    ok("import", "classifications", classes)
    said = cm("import", "clients", clients("code,name\n1,甲\n"), "--mode", "replace-set")
    assert said.code == 65
    assert "2 size 2016-04-01 and others, 1 in all, refer to a client" in said.err
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
        "2\tnew\t3\tname\t\t丙",
        "2\tnew\t3\tassets\t\t1万元",
        "2\tnew\t3\tstatus\t\tactive",
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
    assert [done["diff"][0][name] for name in ("change", "key", "after")] == ["new", "3", "丙"]
    chinese = ok(
        "--lang", "zh", "import", "clients", clients("code,name\n4,丁\n"), "--json", "--diff"
    )
    assert json.loads(chinese.out)["diff"][0]["change"] == "new"


HEADINGS = ["客户编号", "客户名称", "总资产", "地区"]


def test_sums_signatures_and_notes_are_no_records_and_named(store, ok, tmp_path):
    """A sheet as it is printed: a sum whose formula nobody worked out, signatures, a merged note."""
    file = tmp_path / "c.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.merge_range("A1:D1", "客户名单")
        sheet.write_row("A2", HEADINGS)
        sheet.write_row("A3", ["1", "甲", 12, "浙江"])
        sheet.write_row("A4", ["小计", "", "", ""])
        sheet.write_row("A5", ["2", "乙", 13, "浙江"])
        sheet.write_row("A6", ["合 计", "2家"])
        sheet.write_formula("C6", "=SUM(C3:C5)", None, "")
        sheet.write_row("A7", ["制表人：张三", "", "复核：李四"])
        sheet.merge_range("A8:D8", "注：本表不含分支机构")
    said = ok("import", "clients", file)
    assert "2 new" in said.err
    assert "c.xlsx[Sheet1]:4,6-8  Note: The row is no record and was left out" in said.err
    assert rows(store, "SELECT code, assets FROM client ORDER BY 1") == [
        ("1", 12_000_000),
        ("2", 13_000_000),
    ]


def test_a_record_that_begins_like_a_note_is_a_record(store, cm, ok, tmp_path):
    file = tmp_path / "c.csv"
    file.write_text("备注,客户编号,客户名称,总资产\n注：老客户,1,甲,x\n", encoding="utf-8")
    said = cm("import", "clients", file)
    assert said.code == 65
    assert "c.csv:2 «总资产»" in said.err
    file.write_text("备注,客户编号,客户名称,总资产\n注：老客户,1,甲,3\n", encoding="utf-8")
    assert "1 new" in ok("import", "clients", file).err


@pytest.mark.parametrize(
    "lines",
    [
        ["客户名单,,,", "填报单位：杭州分行,,单位：亿元,", ",".join(HEADINGS), "1,甲,12,浙江"],
        ["（金额单位：人民币亿元）", ",".join(HEADINGS), "1,甲,12,浙江"],
        [",".join(HEADINGS), ",,（亿元）,", "1,甲,12,浙江"],
        ["单位：元", "客户编号,客户名称,总资产（亿元）,地区", "1,甲,12,浙江"],
        ["单位：亿元", ",".join(HEADINGS), "1,甲,120000万元,浙江"],
    ],
)
def test_a_unit_around_the_headings_is_heeded(store, ok, tmp_path, lines):
    file = tmp_path / "c.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    ok("import", "clients", file)
    assert rows(store, "SELECT assets FROM client") == [(12 * 10**8 * 100,)]


def test_a_unit_in_a_heading_of_several_columns_is_heeded(store, ok, tmp_path):
    file = tmp_path / "c.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for at, heading in enumerate(HEADINGS[:2]):
            sheet.merge_range(1, at + 1, 2, at + 1, heading)
        sheet.merge_range("D2:E2", "财务（亿元）")
        sheet.write_row("D3", ["总资产", "营业收入(元)"])
        sheet.write_row("B4", ["1", "甲", 12, 5])
    ok("import", "clients", file)
    assert rows(store, "SELECT assets, sales FROM client") == [(12 * 10**8 * 100, 500)]


def test_good_rows_alone_are_those_without_any_ruined_cell(store, cm, tmp_path):
    """An error, an unknown result, a merge, a number of 18 digits: none is taken for an empty cell."""
    file = tmp_path / "c.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row("A1", [*HEADINGS, "备注", "打分"])
        for line in range(2, 8):
            sheet.write_row(f"A{line}", [f"C{line}", f"客户{line}", line, "浙江"])
        sheet.write_formula("C2", "=1/0", None, "#DIV/0!")
        sheet.write_formula("C3", "=1+1", None, "")
        sheet.merge_range("D4:E4", "浙江")
        sheet.write_number("E5", 123456789012345678)
        sheet.write_formula("F6", "=1/0", None, "#DIV/0!")
    said = cm("import", "clients", file, "--accept-good", "--ignore-unknown")
    assert said.code == 1
    assert "Left out with findings: 4" in said.err
    assert rows(store, "SELECT code FROM client ORDER BY 1") == [("C6",), ("C7",)]


def test_every_value_and_heading_of_a_sort_of_finding_is_named(store, cm, tmp_path):
    file = tmp_path / "c.csv"
    file.write_text("code,nmae,shoe,colour\n1,甲,44,red\n", encoding="utf-8")
    said = cm("import", "clients", file)
    assert "“nmae” means nothing here (and 2 other values: shoe, colour)" in said.err
    assert "nmae: Did you mean “Name”?" in said.err
    file.write_text("code,name,assets\n1,甲,viel\n2,乙,wenig\n", encoding="utf-8")
    said = cm("import", "clients", file)
    assert (
        "c.csv:2-3 «assets»  Total assets: “viel” is not an amount (and 1 other value: wenig)"
        in said.err
    )


def test_what_the_mode_refuses_is_one_finding_however_many_rows(store, cm, ok, tmp_path):
    file = tmp_path / "c.csv"
    file.write_text("code,name\n" + "".join(f"{n},客户{n}\n" for n in range(30)), encoding="utf-8")
    said = cm("import", "clients", file, "--mode", "update")
    assert said.code == 65
    assert "c.csv:2-31  There is no client 0 to be changed (and 29 other values" in said.err
    ok("import", "clients", file)
    said = cm("import", "clients", file, "--mode", "insert")
    assert "c.csv:2-31  There is a client 0 already (and 29 other values" in said.err


CRM = (
    "account,sector,revenue,office_location\n"
    "Gekko & Co,retail,11.5,浙江\n"
    "Acme Corporation,finance,3,江苏\n"
)


def test_names_serve_as_codes_where_the_file_has_none(store, cm, ok, tmp_path):
    """The list of another system: the way out is said, and a second run finds the same records."""
    file = tmp_path / "accounts.csv"
    file.write_text(CRM, encoding="utf-8")
    said = cm("import", "clients", file)
    assert said.code == 65
    assert "no column for Code" in said.err
    assert "--by-name" in said.err
    assert "2 new" in ok("import", "clients", file, "--by-name").err
    assert "2 unchanged" in ok("import", "clients", file, "--by-name").err
    assert rows(store, "SELECT code, name FROM client ORDER BY 1") == [
        ("Acme-Corporation", "Acme Corporation"),
        ("Gekko-Co", "Gekko & Co"),
    ]


def test_a_name_finds_the_record_that_bears_it_whatever_its_code(store, cm, ok, tmp_path):
    ok("client", "add", "7", "--name", "Gekko & Co")
    ok("client", "add", "8", "--name", "Acme Corporation")
    file = tmp_path / "accounts.csv"
    file.write_text(CRM, encoding="utf-8")
    assert "2 changed" in ok("import", "clients", file, "--by-name", "--mode", "update").err
    assert rows(store, "SELECT count(*) FROM client") == [(2,)]
    ok("client", "add", "9", "--name", "Acme Corporation")
    assert "is the name of several records: 8, 9" in cm("import", "clients", file, "--by-name").err
    file.write_text("name\nGekko/Co\nGekko Co\n!!\n", encoding="utf-8")
    said = cm("import", "clients", file, "--by-name")
    assert "Gekko-Co stands in line 2 already" in said.err
    assert "makes no code of its own" in said.err


def test_names_serve_as_codes_only_where_there_are_codes(store, cm, tmp_path):
    assert cm("import", "visits", tmp_path / "v.csv", "--by-name").code == 2


def test_a_value_for_all_rows_fills_what_the_file_does_not_say(store, cm, ok, tmp_path):
    """A column that is not there, and the empty cells of one that is."""
    file = tmp_path / "team.csv"
    file.write_text("code,name,unit,education\nM1,甲,杭州,本科\nM2,乙,杭州,\n", encoding="utf-8")
    ok("import", "managers", file, "--fill", "grade=客户经理", "--fill", "education=master")
    assert rows(store, "SELECT code, grade, education FROM manager ORDER BY 1") == [
        ("M1", "manager", "bachelor"),
        ("M2", "manager", "master"),
    ]
    said = cm("import", "managers", file, "--fill", "grade=王")
    assert said.code == 65
    assert "--fill grade=王 is not in the list" in said.err
    assert cm("import", "managers", file, "--fill", "colour=red").code == 2


def test_a_column_that_was_mapped_goes_before_one_that_was_not(store, cm, ok, tmp_path):
    """省份 and 城市 are both a region; --map says which is wanted, and the other is named."""
    file = tmp_path / "c.csv"
    file.write_text("序号,证券代码,名称,省份,城市\n1,1,甲,浙江,杭州\n", encoding="utf-8")
    said = cm("import", "clients", file)
    assert "“省份” and “城市” both mean Region" in said.err
    assert "--map 城市=region" in said.err
    for city in ("城市", "省份"):
        said = ok("import", "clients", file, "--map", f"{city}=region")
        assert "left out" in said.err
        assert rows(store, "SELECT region FROM client") == [("杭州" if city == "城市" else "浙江",)]
    assert cm("import", "clients", file, "--map", "省份=region", "--map", "城市=region").code == 65


def test_a_mapped_heading_the_file_does_not_have_is_a_finding(store, cm, tmp_path):
    file = tmp_path / "c.csv"
    file.write_text("code,name,client name\n1,甲,乙\n", encoding="utf-8")
    said = cm("import", "clients", file, "--map", "client nmae=name", "--ignore-unknown")
    assert said.code == 65
    assert "--map client nmae: the file has no such heading" in said.err
    assert "Did you mean “client name”?" in said.err


def test_a_column_that_counts_the_rows_is_left_out(store, ok, tmp_path):
    file = tmp_path / "c.csv"
    file.write_text("序号,客户编号,客户名称\n1,1,甲\n", encoding="utf-8")
    assert "Note: The column “序号” is left out" in ok("import", "clients", file).err


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("46347", "2026-11-21"),
        ("2026年11月21日 星期六", "2026-11-21"),
        ("2026-11-21（周六）", "2026-11-21"),
        ("2026/11/21 14:30:05", "2026-11-21"),
        ("２０２６年１１月２１日", "2026-11-21"),
        ("21/11/2026", ""),
        ("99999", ""),
    ],
)
def test_days_as_spreadsheets_write_them_into_a_text(store, cm, ok, tmp_path, written, meant):
    ok("manager", "add", "M1", "--name", "甲", "--unit", "杭州", "--grade", "客户经理")
    file = tmp_path / "d.csv"
    file.write_text(f"工号,日期,日志内容\nM1,{written},x\n", encoding="gb18030")
    said = cm("import", "diaries", file, "--on", "2026-12-01")
    assert said.code == (0 if meant else 65)
    assert rows(store, "SELECT day FROM diary") == ([(meant,)] if meant else [])


@pytest.mark.parametrize(
    ("written", "meant"),
    [("上午9点", "09:00"), ("下午3:20", "15:20"), ("９：３０", "09:30"), ("14时5分", "14:05")],
)
def test_times_as_people_write_them(store, ok, tmp_path, written, meant):
    ok("manager", "add", "M1", "--name", "甲", "--unit", "杭州", "--grade", "客户经理")
    ok("client", "add", "1", "--name", "乙")
    file = tmp_path / "v.csv"
    file.write_text(
        f"日期,客户经理,客户,方式,时间\n2016-03-01,M1,1,上门,{written}\n", encoding="utf-8"
    )
    ok("import", "visits", file)
    assert rows(store, "SELECT time FROM visit") == [(meant,)]


def test_a_dash_in_place_of_a_figure_says_nothing(store, ok, tmp_path):
    file = tmp_path / "c.csv"
    file.write_text("code,name,assets,sales,phone\n1,-,--,—,-\n", encoding="utf-8")
    ok("import", "clients", file)
    assert rows(store, "SELECT name, assets, sales, phone FROM client") == [("-", None, None, None)]


def test_cells_without_a_heading_are_not_left_out_in_silence(store, cm, ok, tmp_path):
    file = tmp_path / "c.csv"
    file.write_text("code,,name\n1,,甲\n2,more,乙\n", encoding="utf-8")
    said = cm("import", "clients", file)
    assert said.code == 65
    assert "c.csv:3  Column 2 has no heading" in said.err
    assert rows(store, "SELECT count(*) FROM client") == [(0,)]
    said = ok("import", "clients", file, "--ignore-unknown")
    assert "Note: Column 2 has no heading and is left out" in said.err
    file.write_text("code,,name\n1,,甲\n", encoding="utf-8")
    assert "heading" not in ok("import", "clients", file).err
    listed = tmp_path / "c.json"
    listed.write_text('[{"code": "1", "": ["x"], "name": "甲"}]', encoding="utf-8")
    assert "Column 2 has no heading" in cm("import", "clients", listed).err


@pytest.mark.parametrize(
    "heading, yuan",
    [
        ("总资产(单位:亿元)", 12 * 10**8),
        ("总资产/亿元", 12 * 10**8),
        ("总资产 亿", 12 * 10**8),
        ("总资产【亿元】", 12 * 10**8),
        ("总资产（人民币万元）", 12 * 10**4),
        ("Total assets (RMB million)", 12 * 10**6),
        ("Total assets (million yuan)", 12 * 10**6),
        ("总资产：元", 12),
    ],
)
def test_the_unit_of_a_heading_is_read_in_many_forms(store, ok, tmp_path, heading, yuan):
    file = tmp_path / "c.csv"
    file.write_text(f"客户编号,客户名称,{heading}\n1,甲,12\n", encoding="utf-8")
    ok("import", "clients", file)
    assert stored(store) == [("1", "甲", yuan * 100)]


@pytest.mark.parametrize(
    "heading", ["总资产（美元）", "总资产（万元/人）", "资产 USD", "资产(thousand $)"]
)
def test_a_unit_that_is_not_read_is_refused_even_where_the_heading_is_mapped(
    store, cm, tmp_path, heading
):
    file = tmp_path / "c.csv"
    file.write_text(f"客户编号,客户名称,{heading}\n1,甲,12\n", encoding="utf-8")
    said = cm("import", "clients", file, "--map", f"{heading}=assets")
    assert said.code == 65
    assert "is not a unit of money that is read" in said.err
    assert stored(store) == []


def test_a_mapped_heading_without_a_unit_is_said_to_be_read_in_the_usual_one(store, ok, tmp_path):
    file = tmp_path / "c.csv"
    file.write_text("客户编号,客户名称,规模\n1,甲,12\n", encoding="utf-8")
    said = ok("import", "clients", file, "--map", "规模=总资产")  # by what people call it
    assert "its amounts are read in 万元" in said.err
    assert stored(store) == [("1", "甲", 12_000_000)]


@pytest.mark.parametrize(
    "text", ["12,34", "1.234,56", "1,2,3", "1,23,456", "1,234.5,6", "1,2345,678"]
)
def test_commas_that_divide_no_thousands_are_refused(store, cm, tmp_path, text):
    file = tmp_path / "c.csv"
    file.write_text(f'code,name,assets\n1,甲,"{text}"\n', encoding="utf-8")
    said = cm("import", "clients", file)
    assert said.code == 65
    assert "has commas that do not divide thousands" in said.err


@pytest.mark.parametrize("text, yuan", [("1,234.5", 12_345_000), ("1,2345", 123_450_000)])
def test_commas_divide_thousands_or_ten_thousands(store, ok, tmp_path, text, yuan):
    file = tmp_path / "c.csv"
    file.write_text(f'code,name,assets\n1,甲,"{text}"\n', encoding="utf-8")
    ok("import", "clients", file)
    assert stored(store)[0][2] == yuan * 100


@pytest.mark.parametrize(
    "row",
    [
        "备注：重点户,,丁公司,500,13800138000",
        "合计,,丁公司,,",
        "注：老客户,,,600,",
        "第2页,,丁公司,,",
        "忘了是谁,,,,",
        "审核：已审,,丁公司,500,",
    ],
)
def test_a_record_that_is_spoken_of_is_not_taken_for_a_note(store, cm, tmp_path, row):
    file = tmp_path / "c.csv"
    file.write_text(f"备注,客户编号,客户名称,总资产,电话\n{row}\n", encoding="utf-8")
    said = cm("import", "clients", file)
    assert said.code == 65
    assert "Code is missing" in said.err


@pytest.mark.parametrize(
    "row",
    [
        "负责人（签字）：,,,",
        "单位负责人（盖章）,,,",
        "2024年3月1日,,,",
        "共12户,,,",
        "第1页 共3页,,,",
        "以下空白,,,",
        "13,,,",
        ",共12户,,",
        "填表人：,张三,,审核：李四",
        "制表：张三,日期：2024-01-05,,2024年1月5日",
        '合计,,12户,"1,234.50"',
    ],
)
def test_what_stands_under_a_table_is_left_out_and_named(store, ok, tmp_path, row):
    file = tmp_path / "c.csv"
    file.write_text(f"序号,客户编号,客户名称,总资产\n1,1,甲,5\n{row}\n", encoding="utf-8")
    said = ok("import", "clients", file)
    assert "c.csv:3  Note: The row is no record and was left out" in said.err
    assert [code for code, *_rest in stored(store)] == ["1"]


def test_codes_that_lost_their_zeros_are_findings_where_the_whole_code_is_known(
    store, cm, ok, tmp_path
):
    file = tmp_path / "c.csv"
    file.write_text("code,name\n000001,平安银行\n000004,国华网安\n12,别家\n", encoding="utf-8")
    ok("import", "clients", file)
    book = tmp_path / "c.xlsx"
    with xlsxwriter.Workbook(book) as made:
        sheet = made.add_worksheet()
        for at, row in enumerate(
            (["code", "name"], [1, "平安"], [12, "别家"], [600000, "浦发"], ["04", "另一家"])
        ):
            sheet.write_row(at, 0, row)
    said = cm("import", "clients", book)
    assert said.code == 65
    assert "1 is not on record, but 000001 is: its leading zeros have been lost" in said.err
    assert said.err.count("zeros") == 1
    visits = tmp_path / "v.csv"
    visits.write_text("day,manager,client,mode\n2016-03-01,M1,4,door\n", encoding="utf-8")
    assert "Did you mean “000004”?" in cm("import", "visits", visits).err


def test_findings_beyond_those_told_are_counted(store, cm, tmp_path, monkeypatch):
    monkeypatch.setattr("cm_cli.usecases.batch.MOST_TOLD", 3)
    file = tmp_path / "c.csv"
    file.write_text("code,name,assets\n" + "".join(f"{n},甲{n},viel\n" for n in range(9)))
    said = cm("import", "clients", file)
    assert "Nothing was written: 9 findings" in said.err
    assert "6 more findings are not told here" in said.err


def test_rows_left_out_are_counted_as_rows(store, cm, tmp_path):
    file = tmp_path / "c.csv"
    file.write_text("code,name,assets,phone\n1,甲,1,\n2,乙,viel,12\n")
    said = cm("import", "clients", file, "--accept-good")
    assert said.code == 1
    assert "1 row with findings was left out" in said.err


def test_by_name_says_that_the_names_are_missing(store, cm, tmp_path):
    file = tmp_path / "c.csv"
    file.write_text("age,job\n30,admin\n")
    said = cm("import", "clients", file, "--by-name", "--ignore-unknown")
    assert said.code == 65
    assert "There is no column for Name" in said.err
    assert "--by-name." not in said.err


def test_telephones_out_of_a_spreadsheet(store, cm, ok, tmp_path):
    file = tmp_path / "c.csv"
    file.write_text("code,name,phone\n1,甲,13800138000.0\n")
    ok("import", "clients", file)
    assert rows(store, "SELECT phone FROM client") == [("13800138000",)]
    file.write_text("code,name,phone\n2,乙,1.38E+10\n")
    assert "shortened to a number" in cm("import", "clients", file).err


@pytest.mark.parametrize(
    "text, yuan",
    [
        ("3千万", 30_000_000),
        ("1200百万", 1_200_000_000),
        ("3.5亿元人民币", 350_000_000),
        ("1200（万元）", 12_000_000),
        ("2万亿", 2_000_000_000_000),
        ("100元整", 100),
        ("无", None),
        ("/", None),
    ],
)
def test_an_amount_is_read_as_people_write_it(store, ok, tmp_path, text, yuan):
    file = tmp_path / "c.csv"
    file.write_text(f"code,name,assets\n1,甲,{text}\n", encoding="utf-8")
    ok("import", "clients", file)
    assert stored(store)[0][2] == (None if yuan is None else yuan * 100)


@pytest.mark.parametrize(
    "text", ["5¥6", "1人民币2", "12(", "12)", "12(万元", "5整", "1RMB2", "万元5"]
)
def test_what_is_no_amount_does_not_become_one(store, cm, tmp_path, text):
    file = tmp_path / "c.csv"
    file.write_text(f"code,name,assets\n1,甲,{text}\n", encoding="utf-8")
    said = cm("import", "clients", file)
    assert said.code == 65
    assert "is not an amount" in said.err


def test_a_record_of_json_that_does_not_read_is_told_with_the_other_findings(store, cm, tmp_path):
    file = tmp_path / "c.jsonl"
    file.write_text(
        '{"code": "1", "name": "甲"}\n{"code": "2", "name": {"zh": "乙"}}\n'
        '{"code": "3", "name": "丙", "assets": "viel"}\n',
        encoding="utf-8",
    )
    said = cm("import", "clients", file)
    assert said.code == 65
    assert "c.jsonl:2" in said.err
    assert "c.jsonl:3" in said.err
    assert "headings" not in said.err
    assert stored(store) == []

"""Importing bundles: which file holds what, all findings at once, one transaction, one entry."""

from __future__ import annotations

import json
import re
import shutil
import zipfile

import pytest
import xlsxwriter
from conftest import EXAMPLE, rows

UNITS = "机构,机构类别\n杭州分行,经营行\n"
MANAGERS = "工号,姓名,机构,职级\nM1,林一,杭州分行,客户经理\n"
CLIENTS = "客户编号,客户名称,总资产（亿元）\n1,甲,12\n2,乙,3\n"
VISITS = "日期,客户经理,客户,方式\n2016-03-01,M1,1,上门\n"


@pytest.fixture
def folder(tmp_path):
    """Return what makes a folder of texts by file name."""

    def make(**texts: str):
        place = tmp_path / "in"
        place.mkdir(exist_ok=True)
        for name, text in texts.items():
            path = place / name.replace("__", "/").replace("_csv", ".csv")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return place

    return make


def counted(store) -> list[int]:
    return [
        int(str(rows(store, f"SELECT count(*) FROM {kind}")[0][0]))
        for kind in ("unit", "manager", "client", "visit")
    ]


def test_kinds_are_read_in_their_order_whatever_the_files_are_called(store, ok, folder):
    place = folder(**{"1-走访_csv": VISITS, "2. 客户_csv": CLIENTS, "z__managers_csv": MANAGERS})
    shutil.copy(EXAMPLE / "units.csv", place / "x.csv")
    (place / "名单.csv").write_text(UNITS, encoding="gb18030")
    (place / "x.csv").unlink()
    (place / ".hidden.csv").write_text("nonsense", encoding="utf-8")
    (place / "__MACOSX").mkdir()
    (place / "__MACOSX" / "clients.csv").write_text("nonsense", encoding="utf-8")
    said = ok("import", "all", place, "--reason", "开户")
    assert "Rows: 5 new" in said.err
    assert counted(store) == [1, 1, 2, 1]
    assert rows(store, "SELECT count(*), max(number) FROM entry") == [(2, 2)]
    assert "Nothing to change" in ok("import", "all", place).err
    ok("undo")
    assert counted(store) == [0, 0, 0, 0]


def test_all_findings_of_all_files_are_shown_and_nothing_is_written(store, cm, folder):
    place = folder(
        units_csv=UNITS,
        clients_csv=CLIENTS.replace(",12", ",many"),
        managers_csv=MANAGERS.replace("客户经理\n", "掌门\n"),
        visits_csv=VISITS.replace("上门", "飞去") + "2016-03-02,M1,2,上门\n",
        leaves_csv="工号,开始日期,结束日期\nM1,2016-03-09,2016-03-08\n",
        cleints_csv="a,b\n1,2\n",
        results_csv='工号,指标,期间\nM1,"存款\n',
    )
    said = cm("import", "all", place, "--dry-run")
    assert said.code == 65
    for told in (
        "clients.csv:2", "managers.csv:2", "visits.csv:2", "leaves.csv:2", "cleints.csv", "“clients”",
        "results.csv:2", "“many”", "“飞去”", "6 findings",
    ):  # fmt: skip
        assert told in said.err, told
    assert "is not on record" not in said.err
    assert counted(store) == [0, 0, 0, 0]


def test_references_are_checked_where_their_own_file_is_sound(store, cm, folder):
    place = folder(
        managers_csv=MANAGERS, clients_csv=CLIENTS, visits_csv=VISITS.replace(",1,", ",9,")
    )
    said = cm("import", "all", place)
    assert said.code == 65
    assert "visits.csv:2" in said.err
    assert "is not on record" in said.err
    assert counted(store) == [0, 0, 0, 0]


def test_two_files_of_a_kind_add_up_but_must_not_contradict_each_other(store, ok, cm, folder):
    place = folder(clients_csv=CLIENTS, **{"clients-2_csv": CLIENTS.replace("1,甲", "3,丙")})
    ok("import", "all", place)
    assert rows(store, "SELECT code FROM client ORDER BY code") == [("1",), ("2",), ("3",)]
    (place / "clients-2.csv").write_text(CLIENTS.replace("甲", "丁"), encoding="utf-8")
    said = cm("import", "all", place)
    assert said.code == 65
    assert "clients.csv:2 stands" not in said.err
    assert "1 stands in" in said.err


@pytest.mark.parametrize(
    "sheets", [("客户", "走访", "客户经理"), ("Sheet3", "clients", "managers 2")]
)
def test_a_workbook_with_a_sheet_for_each_kind(store, ok, tmp_path, sheets):
    file = tmp_path / "all.xlsx"
    by_sheet = dict(zip(("客户", "走访", "客户经理"), (CLIENTS, VISITS, MANAGERS), strict=True))
    words = {"Sheet3": "走访", "clients": "客户", "managers 2": "客户经理"}
    with xlsxwriter.Workbook(file) as book:
        for name in sheets:
            sheet = book.add_worksheet(name)
            for at, line in enumerate(by_sheet[words.get(name, name)].splitlines()):
                sheet.write_row(at, 0, line.split(","))
        book.add_worksheet("empty")
    ok("import", "all", file)
    assert counted(store) == [0, 1, 2, 1]


def test_a_zip_packed_on_windows_with_chinese_names(store, ok, tmp_path):
    file = tmp_path / "a.zip"
    with zipfile.ZipFile(file, "w") as pack:
        pack.writestr("XXXX.csv", CLIENTS)
        pack.writestr("dir/managers.csv", MANAGERS)
        pack.writestr("__MACOSX/dir/._managers.csv", "litter")
    name = "客户".encode("gb18030")
    file.write_bytes(file.read_bytes().replace(b"XXXX.csv", name + b".csv"))
    ok("import", "all", file)
    assert counted(store) == [0, 1, 2, 0]


def test_a_zip_that_unpacks_without_end_is_refused_before_it_is_unpacked(store, cm, tmp_path):
    file = tmp_path / "bomb.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("clients.csv", b"0" * (64 << 20))
    said = cm("import", "all", file)
    assert said.code == 65
    assert "packed beyond reason" in said.err
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2])
    said = cm("import", "all", file)
    assert (said.code, "damaged" in said.err) == (65, True)


def test_what_is_no_bundle(store, cm, tmp_path):
    assert cm("import", "all", EXAMPLE / "units.csv").code == 65
    assert cm("import", "all", tmp_path / "nowhere").code == 66
    (tmp_path / "void").mkdir()
    assert cm("import", "all", tmp_path / "void").code == 66
    assert cm("import", "all", tmp_path, "--map", "a=b").code == 2
    assert cm("import", "all", tmp_path, "--sheet", "a").code == 2


def test_unknown_files_can_be_left_out_and_are_named(store, ok, folder):
    place = folder(clients_csv=CLIENTS, readme_csv="hello\nworld\n")
    said = ok("import", "all", place, "--ignore-unknown")
    assert "“readme” holds no kind of record" in said.err
    assert counted(store) == [0, 0, 2, 0]


def test_a_file_with_headings_alone_holds_nothing(store, ok, folder):
    place = folder(clients_csv=CLIENTS, visits_csv=VISITS.splitlines()[0] + "\n", leaves_csv="")
    ok("import", "all", place)
    assert counted(store) == [0, 0, 2, 0]
    assert rows(store, "SELECT grade FROM classification ORDER BY client") != []


def test_classes_in_the_bundle_stand_for_those_that_would_be_worked_out(store, ok, cm, folder):
    classes = "客户编号,分类方案,类别,起始日,终止日,理由\n1,size,small,2015-01-01,,旧账\n"
    place = folder(clients_csv=CLIENTS, classifications_csv=classes)
    ok("import", "all", place)
    kept = rows(store, "SELECT client, grade, since, reason FROM classification")
    assert kept == [("1", "small", "2015-01-01", "旧账")]
    (place / "classifications.csv").write_text(classes.replace("2015-", "2014-"), encoding="utf-8")
    said = cm("import", "all", place)
    assert said.code == 65
    assert "1 size: the span from 2014-01-01 to … still lasts when another begins" in said.err


def test_assignments_must_not_cross_or_end_before_they_begin(example, ok, cm, tmp_path):
    file = tmp_path / "a.csv"
    head = "客户编号,工号,起始日,终止日\n"
    client, manager = rows(
        example, "SELECT client, manager FROM assignment ORDER BY client LIMIT 1"
    )[0]
    file.write_text(f"{head}{client},{manager},2016-02-01,\n", encoding="utf-8")
    said = cm("import", "assignments", file)
    assert said.code == 65
    assert "a.csv:2" in said.err
    file.write_text(f"{head}{client},{manager},2015-02-01,2015-01-01\n", encoding="utf-8")
    assert "lies before" in cm("import", "assignments", file).err
    file.write_text(f"{head}{client},{manager},2015-02-01,2015-12-31\n", encoding="utf-8")
    ok("import", "assignments", file)


def test_a_regulation_is_what_its_text_says(store, ok, cm, tmp_path):
    file = tmp_path / "r.json"
    ok("export", "regulations", file)
    [record] = json.loads(file.read_text(encoding="utf-8"))
    record["text"] += "# changed\n"
    file.write_text(json.dumps([record]), encoding="utf-8")
    said = cm("import", "regulations", file)
    assert said.code == 65
    assert "was changed after its digest was taken" in said.err
    del record["text_digest"], record["compiled"]
    file.write_text(json.dumps([record | {"since": "2014-01-01"}]), encoding="utf-8")
    ok("import", "regulations", file)
    kept = rows(store, "SELECT text, compiled FROM regulation ORDER BY since")
    assert str(kept[1][0]) == f"{kept[0][0]}# changed\n"
    assert kept[1][1] == kept[0][1]
    record |= {"text": "nonsense", "since": "2015-01-01"}
    file.write_text(json.dumps([record]), encoding="utf-8")
    assert cm("import", "regulations", file).code == 65
    assert rows(store, "SELECT text, compiled FROM regulation ORDER BY since") == kept


def test_an_empty_store_takes_over_the_regulations_of_the_bundle(example, ok, tmp_path):
    other = ("--db", tmp_path / "other.db")
    ok("regulation", "use", "abc-2001", "--since", "2016-02-01")
    ok("export", "all", tmp_path / "a.zip", "--reveal")
    [(text,)] = rows(example, "SELECT text FROM regulation ORDER BY since LIMIT 1")
    own = tmp_path / "own.yaml"
    own.write_text(re.sub(r"(?m)^since: .*$", "since: 2003-05-06", str(text)), encoding="utf-8")
    ok("init", "--regulation", own, *other)
    assert rows(other[1], "SELECT since FROM regulation") == [("2003-05-06",)]
    ok("import", "all", tmp_path / "a.zip", *other)
    ok("export", "all", tmp_path / "b.zip", "--reveal", *other)
    assert (tmp_path / "b.zip").read_bytes() == (tmp_path / "a.zip").read_bytes()
    assert ok("store", "check", *other).code == 0


def test_a_scorecard_that_cannot_be_read_is_refused(example, ok, cm, tmp_path):
    file = tmp_path / "a.jsonl"
    ok("export", "appraisals", file)
    first = json.loads(file.read_text(encoding="utf-8").splitlines()[0])
    first["scorecard"] = first["scorecard"][:-9]
    file.write_text(json.dumps(first) + "\n", encoding="utf-8")
    said = cm("import", "appraisals", file)
    assert said.code == 65
    assert "The scorecard cannot be read" in said.err


def test_other_kinds_keep_the_protection_against_long_cells(store, cm, tmp_path):
    for name, text in (
        ("clients.csv", "code,name,note\n1,甲," + "x" * 40_000 + "\n"),
        ("clients.json", json.dumps([{"code": "1", "name": "甲", "note": "x" * 40_000}])),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        said = cm("import", "clients", tmp_path / name)
        assert said.code == 65
        assert "32767" in said.err

"""Rows go to the store a chunk at a time; where one chunk ends and another begins is not seen."""

from __future__ import annotations

import re

import pytest
import xlsxwriter
from conftest import rows

from cm_cli.readers import rows as reading
from cm_cli.store import aside, query
from cm_cli.usecases import batch

HEAD = "客户编号,客户名称,地区,总资产（万元）,电话,备注\n"


def clients(count, **other):
    """Return a file of clients; ``other`` gives lines of its own, ``L7`` the seventh."""
    lines = [f"C{n},客户{n},浙江,{n}.5,1380013{n % 10_000:04},\n" for n in range(count)]
    for name, line in other.items():
        lines[int(name[1:])] = line + "\n"
    return HEAD + "".join(lines)


@pytest.fixture
def cut(monkeypatch):
    """Let chunks be so short, and so few rows be remembered in memory."""

    def short(chunk, held=batch.MOST_HELD):
        monkeypatch.setattr(reading, "CHUNK", chunk)
        monkeypatch.setattr(batch, "MOST_HELD", held)

    return short


def given(tmp_path, text):
    file = tmp_path / "clients.csv"
    file.write_text(text, encoding="utf-8")
    return file


BROKEN = {
    "L2": "C2,客户2,浙江,很多,1,",
    "L4": ",无号,浙江,1,,",
    "L5": "C5,,浙江,1,,",
    "L8": "C1,客户1,浙江,1.5,13800130001,",
    "L9": "C1,另一个,浙江,1.5,,",
    "L10": "C10,客户10,火星,1,,",
    "L11": 'C11,客户11,浙江,1,,"两\n行"',
    "L12": "C12,太短",
    "L13": "C13,客户13,浙江,-4,13800130013,,,",
}


@pytest.mark.parametrize("chunk, held", [(1, 0), (2, 5), (3, 100), (7, 3)])
@pytest.mark.parametrize("mode", ["upsert", "insert", "update"])
def test_findings_are_the_same_wherever_a_chunk_ends(store, cm, tmp_path, cut, chunk, held, mode):
    file = given(tmp_path, clients(16, **BROKEN))
    whole = cm("import", "clients", file, "--mode", mode)
    cut(chunk, held)
    parts = cm("import", "clients", file, "--mode", mode)
    assert (parts.code, whole.code) == (65, 65)
    assert sorted(parts.err.splitlines()) == sorted(whole.err.splitlines())
    for place in (
        "csv:4 «总资产（万元）»",
        "csv:4 «电话»",
        "csv:6",
        "csv:7",
        "csv:11",
        "csv:15",
        "csv:16",
    ):
        assert place in whole.err
    assert rows(store, "SELECT count(*) FROM client") == [(0,)]


@pytest.mark.parametrize("chunk, held", [(1, 2), (3, 100), (5000, 100)])
def test_the_good_rows_are_the_same_wherever_a_chunk_ends(store, cm, tmp_path, cut, chunk, held):
    cut(chunk, held)
    said = cm("import", "clients", given(tmp_path, clients(16, **BROKEN)), "--accept-good")
    assert said.code == 1
    kept = [code for (code,) in rows(store, "SELECT code FROM client ORDER BY id")]
    assert kept == ["C0", "C1", "C3", "C6", "C7", "C10", "C11", "C14", "C15"]
    assert cm("journal", "verify").code == 0


@pytest.mark.parametrize("chunk, held", [(3, 4), (5000, 100)])
def test_a_changed_file_updates_by_column(store, ok, tmp_path, cut, chunk, held):
    cut(chunk, held)
    ok("import", "clients", given(tmp_path, clients(10)))
    assert "0 new, 0 changed" in ok("import", "clients", given(tmp_path, clients(10))).err
    other = {"L3": "C3,新名称,浙江,3.5,,记", "L9": "C9,客户9,,99,13800130009,"}
    assert "2 new, 2 changed" in ok("import", "clients", given(tmp_path, clients(12, **other))).err
    found = rows(store, "SELECT name, pinyin, phone, note FROM client WHERE code = 'C3'")
    assert found == [("新名称", "xinmingcheng", "13800130003", "记")]
    assert rows(store, "SELECT region, assets FROM client WHERE code = 'C9'") == [
        ("浙江", 99000000)
    ]
    assert rows(store, "SELECT count(*) FROM history WHERE kind = 'client'") == [(2,)]
    ok("journal", "verify")
    ok("undo", "3")
    assert rows(store, "SELECT name FROM client WHERE code = 'C3'") == [("客户3",)]
    ok("journal", "verify")


@pytest.mark.file_only
def test_broken_cells_and_repeats_far_down_are_told_by_their_lines(store, cm, tmp_path):
    text = clients(
        10_010,
        L9998="C9998,客户9998,浙江,1.23456789,13800139998,",
        L10001="C3,另一个,浙江,3.5,13800130003,",
        L10005="C10005,客户10005,浙江,1,1380013,",
    )
    said = cm("import", "clients", given(tmp_path, text))
    places = re.findall(r"clients\.csv:(\d+)", said.err)
    assert {int(line) for line in places} == {10_000, 10_003, 10_007}
    assert "C3 stands in line 5 already" in said.err


def test_a_list_replaced_and_a_folder_are_the_same_with_little_in_memory(
    store, cm, ok, tmp_path, cut
):
    cut(3, 2)
    bare = [re.sub(r",[0-9]+\.5,", ",,", clients(count)) for count in (12, 7)]
    ok("import", "clients", given(tmp_path, bare[0]))
    said = ok("import", "clients", given(tmp_path, bare[1]), "--mode", "replace-set")
    assert "5 removed" in said.err
    folder = tmp_path / "all"
    folder.mkdir()
    for number, text in enumerate((clients(9), clients(11, L4="C4,另一个,浙江,4.5,13800130004,"))):
        (folder / f"clients-{number}.csv").write_text(text, encoding="utf-8")
    said = cm("import", "all", folder)
    assert said.code == 65
    assert said.err.count("already, with other values") == 1
    assert "clients-1.csv:6" in said.err
    assert "clients-0.csv:6" in said.err


def test_lines_are_counted_through_texts_of_several_lines(store, cm, tmp_path, cut):
    cut(4)
    broken = {f"L{at}": f'C{at},客户{at},浙江,1,,"一\r\n二\r三\n"' for at in (1, 6, 7)}
    said = cm("import", "clients", given(tmp_path, clients(12, L9="C9,,浙江,1,,", **broken)))
    assert "clients.csv:20 " in said.err
    open_quote = clients(12, L10='C10,客户10,浙江,1,,"', **broken)
    said = cm("import", "clients", given(tmp_path, open_quote))
    assert "clients.csv:21" in said.err
    assert "never closed" in said.err


def test_names_stand_for_codes_wherever_a_chunk_ends(store, cm, tmp_path, cut):
    names = [f"公司{at}" for at in range(40)]
    text = "客户名称,地区\n" + "".join(f"{one},浙江\n" for one in [*names, "公司30", "Ann & Co"])
    cut(4, 3)
    said = cm("import", "clients", given(tmp_path, text), "--by-name")
    assert said.code == 0, said.err
    assert "41 new, 0 changed, 0 unchanged, 1 repeated" in said.err
    said = cm(
        "import",
        "clients",
        given(tmp_path, text + "".join(f"新{at},\n" for at in range(9)) + "新 & 一,\n新 - 一,\n"),
        "--by-name",
    )
    assert "stands in line 53 already, with other values" in said.err


@pytest.mark.parametrize("above", range(6, reading.HEAD_ROWS))
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_unit_beneath_headings_is_seen_however_much_stands_above(
    store, ok, tmp_path, form, above
):
    lines = [[f"说明{at}"] for at in range(above)]
    lines += [
        ["客户编号", "客户名称", "总资产"],
        ["", "", "亿元"],
        ["1", "甲", "2"],
        ["2", "乙", "3"],
    ]
    file = tmp_path / f"clients.{form}"
    if form == "csv":
        padded = (line + [""] * (3 - len(line)) for line in lines)
        file.write_text("".join(f"{','.join(line)}\n" for line in padded), encoding="utf-8")
    else:
        with xlsxwriter.Workbook(file) as book:
            sheet = book.add_worksheet()
            for at, line in enumerate(lines):
                sheet.write_row(at, 0, line)
    ok("import", "clients", file)
    found = rows(store, "SELECT code, assets FROM client ORDER BY code")
    assert found == [("1", 2 * 10**10), ("2", 3 * 10**10)]


def test_a_word_that_refers_to_nothing_is_asked_for_once(store, ok, monkeypatch, tmp_path, cm):
    asked = []
    there = query.those_there

    def counted(connection, kind, codes):
        asked.append((kind, *codes))
        return there(connection, kind, codes)

    monkeypatch.setattr(query, "those_there", counted)
    file = tmp_path / "visits.csv"
    lines = [f"2016-03-{at % 28 + 1:02},M{at % 3},C{at % 5},door\n" for at in range(200)]
    file.write_text("day,manager,client,mode\n" + "".join(lines))
    assert cm("import", "visits", file).code == 65
    assert len(asked) == 2  # once for each column
    assert sorted(word for _kind, *words in asked for word in words) == [
        "C0", "C1", "C2", "C3", "C4", "M0", "M1", "M2",
    ]  # fmt: skip


def test_good_rows_alone_do_not_replace_the_set(store, cm, ok, tmp_path):
    ok("import", "clients", given(tmp_path, clients(3)))
    bad = given(tmp_path, clients(3, L2="C2,客户2,浙江,很多,,"))
    said = cm("import", "clients", bad, "--mode", "replace-set", "--accept-good")
    assert said.code == 2
    assert "what is left out would be removed" in said.err
    assert rows(store, "SELECT count(*) FROM client") == [(3,)]


@pytest.mark.file_only
def test_a_temporary_folder_without_room_is_told(store, cm, tmp_path, monkeypatch):
    class Small(aside.Beside):
        def __init__(self):
            super().__init__()
            self._base.execute("PRAGMA max_page_count=2")

    monkeypatch.setattr(batch, "Beside", Small)
    monkeypatch.setattr(batch, "MOST_HELD", 200)
    said = cm("import", "clients", given(tmp_path, clients(900)))
    assert said.code == 73
    assert "The temporary folder is full" in said.err
    assert rows(store, "SELECT count(*) FROM client") == [(0,)]

"""Files of a few kilobytes that unpack, repeat or claim more than any machine has.

Each is imported by a process of its own, whose memory and time are measured. The bounds are
generous, for a machine shared with others.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
import zipfile

import books
import pytest
from conftest import ROOT, rows

from cm_cli.readers import sheetcells

MOST_MEMORY = 400  # MB
MOST_TIME = 30  # seconds of the wall
SCRIPT = """
import sys
from cm_cli.cli.app import run
code = run(sys.argv[1:])
sys.stdout.flush()
used = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
sys.stderr.write(f"\\n@@ {int(code)} {int(used.split()[1]) // 1024}")
"""
FAR = b'<row r="300000"><c r="P300000"><v>1</v></c></row>'


def shared(path, longest, count):
    """Write a workbook in which many cells share one long text."""

    def change(part, data):
        if "sharedStrings" in part:
            return data.replace(b"</sst>", b"<si><t>" + b"x" * longest + b"</t></si></sst>")
        cells = b"".join(
            b'<row r="%d"><c r="A%d" t="s"><v>4</v></c></row>' % (n, n) for n in range(3, count)
        )
        return data.replace(b"</sheetData>", cells + b"</sheetData>") if "sheet1" in part else data

    return books.rebuilt(path, change)


def many_sheets(path):
    """Write a workbook that calls one large sheet two hundred times a sheet."""

    def change(part, data):
        if part == "xl/workbook.xml":
            more = b"".join(
                b'<sheet name="s%d" sheetId="%d" r:id="rId1"/>' % (n, n) for n in range(2, 200)
            )
            return data.replace(b"</sheets>", more + b"</sheets>")
        return data.replace(b"</sheetData>", FAR + b"</sheetData>") if "sheet1" in part else data

    return books.rebuilt(path, change)


def zipped(path, name, size):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made, made.open(name, "w") as part:
        for _ in range(size):
            part.write(b"\0" * (1 << 20))
    return path


def overlapping(path):
    """Write an archive whose directory names one part a thousand times."""
    books.xlsx(path, [["code", "name"], ["1", "甲"]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/media/a.xml", b"x" * (1 << 20))
        first = made.infolist()[-1]
        for number in range(1000):
            twin = zipfile.ZipInfo(f"xl/media/{number}.xml")
            for fact in ("compress_type", "CRC", "compress_size", "file_size", "header_offset"):
                setattr(twin, fact, getattr(first, fact))
            made.filelist.append(twin)
    return path


def text(path, content):
    path.write_text(content, encoding="utf-8")
    return path


def repeated(times, body):
    return (
        books.cells("code", "name")
        + f'<table:table-row table:number-rows-repeated="{times}"><table:table-cell '
        f'office:value-type="string"><text:p>{body}</text:p></table:table-cell></table:table-row>'
    )


BOMBS = {
    "a corner of the sheet far away": (
        lambda p: books.with_rows(p, b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "reaches over"),
    "a million rows, three of them used": (
        lambda p: books.with_rows(p, b'<row r="1048575"><c r="A1048575" t="str"><v>2</v></c><c r="B1048575" t="str"><v>b</v></c></row>'), "2 new"),
    "a row of ten digits": (
        lambda p: books.with_rows(p, b'<row r="4000000000"><c r="A4000000000"><v>1</v></c></row>'), "reaches over"),
    "a row of five thousand digits": (
        lambda p: books.with_rows(p, b'<row r="3"><c r="A' + b"9" * 5000 + b'"><v>1</v></c></row>'), "reaches over"),
    "a column of a million letters": (
        lambda p: books.with_rows(p, b'<row r="3"><c r="' + b"A" * 900_000 + b'3"><v>1</v></c></row>'), "reaches over"),
    "a tag of a megabyte": (
        lambda p: books.with_rows(p, b'<row r="3"><c ' + b't="e" ' * 150_000 + b"<"), "damaged"),
    "a far corner behind a sign that may not stand there": (
        lambda p: books.with_rows(p, b'<row r="3"><c x="<" r="XFD1048576"><v>1</v></c></row>'), "damaged"),
    "one sheet under two hundred names": (many_sheets, "packed beyond reason"),
    "one text in three thousand cells": (lambda p: shared(p, 900_000, 3_000), "packed beyond reason"),
    "a picture of 60 MB": (lambda p: zipped(p, "xl/workbook.xml", 60), "packed beyond reason"),
    "parts that overlap": (overlapping, "packed beyond reason"),
    "an OpenDocument text repeated": (lambda p: books.ods(p, repeated(1_000_000, "x" * 30_000)), "packed beyond reason"),
    "an OpenDocument row of endless times": (lambda p: books.ods(p, repeated("9" * 5000, "x")), "reaches over"),
    "an old workbook that claims all rows": (lambda p: books.xls(p, [(0, 0, "code")], claims=1 << 30), "memory or time"),
    "an old workbook with far corners": (
        lambda p: books.xls(p, [(0, 0, "code"), (65535, 255, "x")], sheets=40), "memory or time"),
    "an object of lists": (lambda p: text(p, '[{"code":[' + "[]," * 10_000_000 + "[]]}]"), "longer than 1000000"),
    "a text of ten million characters": (lambda p: text(p, '[{"code":"' + "x" * 10_000_000 + '"}]'), "longer than 1000000"),
    "a cell of ten million characters": (lambda p: text(p, "code,name\n1," + "x" * 10_000_000), "longer than 1000000"),
    "a cell of ten million characters in a workbook": (
        lambda p: books.with_rows(p, b'<row r="3"><c r="A3" t="str"><v>' + b"xyzw" * 2_500_000 + b"</v></c></row>"),
        "packed beyond reason"),
    "a hundred thousand keys": (
        lambda p: text(p, "".join(f'{{"code":"{n}","k{n}":1}}\n' for n in range(100_000))), "more than 1000 different"),
    "a hundred thousand headings": (
        lambda p: text(p, ",".join(f"h{n}" for n in range(100_000)) + "\n1\n"), "more than 1000 different"),
    "ten million brackets": (lambda p: text(p, '[{"code":' + "[" * 10_000_000), "too many brackets"),
    "a YAML of aliases": (
        lambda p: text(p, "- &a [x,x]\n" + "".join(f"- &{chr(98 + n)} [*{chr(97 + n)},*{chr(97 + n)}]\n" for n in range(20))),
        "Error:"),
    "thirty thousand mappings": (lambda p: text(p, "---\n" + "- {code: 1, name: a}\n" * 30_000), "repeated"),
}  # fmt: skip


def measured(store, *words):
    """Run a command in a process of its own; returns exit code, MB at the most, seconds, words."""
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *map(str, words)],
        env={"CM_DB": str(store), "CM_TODAY": "2016-04-01", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=MOST_TIME * 4,
    )
    taken = time.monotonic() - begun
    assert "@@" in done.stderr, f"the process died ({done.returncode}): {done.stderr[-500:]}"
    said, _mark, facts = done.stderr.rpartition("\n@@ ")
    code, memory = map(int, facts.split())
    return code, memory, taken, said


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_with_little_memory_and_soon(store, tmp_path, bomb):
    make, words = BOMBS[bomb]
    file = make(tmp_path / ("a.yaml" if "YAML" in bomb or "mappings" in bomb else "a"))
    code, memory, taken, said = measured(store, "import", "clients", file)
    assert re.search(words, said), said[:600]
    assert "Internal error" not in said
    assert len(said) < 5_000
    assert code in {0, 65}
    assert memory < MOST_MEMORY
    assert taken < MOST_TIME


def test_endless_findings_do_not_fill_the_memory(store, tmp_path):
    """Each row has findings of its own; they are counted, and the first are shown."""
    line = "{n},甲,很多,{n}区\n"
    content = "code,name,assets,region\n" + "".join(line.format(n=n) for n in range(20_000))
    file = text(tmp_path / "a.csv", content)
    code, memory, taken, said = measured(store, "import", "clients", file)
    assert code == 65
    assert "Nothing was written: 20000 findings" in said
    assert memory < MOST_MEMORY
    assert taken < MOST_TIME
    assert rows(store, "SELECT count(*) FROM client") == [(0,)]


def test_unknown_names_are_not_each_guessed_at(store, tmp_path):
    content = "code,name,region\n" + "".join(f"{n},甲,{n}区\n" for n in range(2_000))
    code, _memory, taken, said = measured(
        store, "import", "clients", text(tmp_path / "a.csv", content), "-n"
    )
    assert code == 0
    assert "not in the tree" in said
    assert len(said) < 5_000
    assert taken < MOST_TIME


def test_unknown_codes_are_not_each_guessed_at(store, ok, tmp_path):
    """Twenty thousand codes that are almost those on record."""
    clients = "".join(f"C{n:06},{n}\n" for n in range(20_000))
    ok("import", "clients", text(tmp_path / "c.csv", "code,name\n" + clients))
    ok("manager", "add", "M1", "--name", "a", "--unit", "u", "--grade", "客户经理")
    visits = "".join(f"2016-03-01,M1,X{n:06},door\n" for n in range(20_000))
    file = text(tmp_path / "v.csv", "day,manager,client,mode\n" + visits)
    code, memory, taken, said = measured(store, "import", "visits", file)
    assert code == 65
    assert "20000 findings" in said
    assert memory < MOST_MEMORY
    assert taken < MOST_TIME


def test_endless_errors_of_a_sheet_are_refused(store, cm, tmp_path, monkeypatch):
    """Rows left out for an error are known one by one, so there is an end to them."""
    monkeypatch.setattr(sheetcells, "ERRORS_LIMIT", 3)
    cells = b"".join(
        b'<row r="%d"><c r="A%d" t="e"><v>#N/A</v></c></row>' % (n, n) for n in range(3, 8)
    )
    file = books.with_rows(tmp_path / "c.xlsx", cells)
    said = cm("import", "clients", file, "--accept-good")
    assert said.code == 65
    assert "More than 3 cells of a sheet hold errors" in said.err


def test_merges_without_end_cost_no_more_than_the_cells_there_are(store, cm, tmp_path):
    """Ten thousand merges over the whole of the sheet, though it has three rows."""
    merges = b'<mergeCell ref="A2:XFD1048576"/>' * 10_000
    end = b"</sheetData>"
    file = books.rebuilt(
        tmp_path / "c.xlsx",
        lambda part, data: (
            data.replace(end, end + b"<mergeCells>" + merges + b"</mergeCells>")
            if "sheet1.xml" in part
            else data
        ),
    )
    began = time.perf_counter()
    said = cm("import", "clients", file)
    assert said.code == 65
    assert "Cells are merged" in said.err
    assert time.perf_counter() - began < 5

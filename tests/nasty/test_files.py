"""A list of nasty files, each with what becomes of it: refused in plain words, or taken in safely.

Every file is given as a file and on standard input, under the name it would have and another.
"""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import books
import pytest
from conftest import rows

HEAD = "code,name\n"


def book(*table):
    path = Path("made.xlsx").absolute()
    books.xlsx(path, table)
    data = path.read_bytes()
    path.unlink()
    return data


def changed(part, old, new):
    path = Path("made.xlsx").absolute()
    books.rebuilt(path, lambda name, data: data.replace(old, new) if part in name else data)
    data = path.read_bytes()
    path.unlink()
    return data


def archive(**parts):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as made:
        for name, data in parts.items():
            made.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return kept.getvalue()


def old(texts, **more):
    path = Path("made.xls").absolute()
    books.xls(path, texts, **more)
    data = path.read_bytes()
    path.unlink()
    return data


def open_document(rows):
    path = Path("made.ods").absolute()
    books.ods(path, rows)
    data = path.read_bytes()
    path.unlink()
    return data


XLS = [(0, 0, "code"), (0, 1, "name"), (1, 0, "1"), (1, 1, "=1+1")]

# what it is, how it is made, its ending, what is said of it; a tuple: the clients it leaves
FILES = {
    # characters
    "invalid UTF-8": (lambda: HEAD.encode() + b"1,\xff\xfe\xfd\n", ".csv", "cannot be read"),
    "UTF-8 cut off": (lambda: (HEAD + "1,客户客户客户客户客户客户客户").encode()[:-1], ".csv", "cannot be read"),
    "UTF-8 of surrogates": (lambda: HEAD.encode() + b"1,\xed\xa0\x80\n", ".csv", "cannot be read"),
    "overlong UTF-8": (lambda: HEAD.encode() + b"1,\xc0\xaf\n", ".csv", [("1", "蜡")]),
    "UTF-16 cut off": (lambda: (HEAD + "1,甲\n").encode("utf-16")[:-1], ".csv", "cannot be read"),
    "UTF-32": (lambda: (HEAD + "1,甲\n").encode("utf-32"), ".csv", "NUL"),
    "UTF-7": (lambda: HEAD.encode() + b"1,+ADw-script+AD4-\n", ".csv", [("1", "+ADw-script+AD4-")]),
    "GBK": (lambda: "客户编号,客户名称\n1,长安汽车\n".encode("gbk"), ".csv", [("1", "长安汽车")]),
    "GB18030 of four bytes": (lambda: "客户编号,客户名称\n1,𠮷野家\n".encode("gb18030"), ".csv", [("1", "𠮷野家")]),
    "a NUL": (lambda: (HEAD + "1,甲\0乙\n").encode(), ".csv", "NUL"),
    "a NUL in JSON": (lambda: b'[{"code":"1","name":"a\\u0000b"}]', ".json", "character that is none"),
    "half a pair in JSON": (lambda: b'[{"code":"1","name":"a\\ud800b"}]', ".json", "character that is none"),
    "half a pair in a key": (lambda: b'[{"code":"1","name\\udfff":"a"}]', ".json", "character that is none"),
    "a NUL in YAML": (lambda: b'- {code: "1", name: "a\\0b"}', ".yaml", "U+0000"),
    "an escape in YAML": (lambda: b'- {code: "1", name: "a\\e[31mb"}', ".yaml", "U+001B"),
    "half a pair in YAML": (lambda: b'- {code: "1", name: "a\\ud800b"}', ".yaml", "Error"),
    "an escape": (lambda: (HEAD + "1,\x1b[31m甲\n").encode(), ".csv", "U+001B"),
    "an eight-bit escape": (lambda: (HEAD + "1,甲\x9b31m\n").encode(), ".csv", "U+009B"),
    "a link of a terminal": (lambda: (HEAD + "1,\x1b]8;;http://a\x07b\n").encode(), ".csv", "U+001B"),
    "right to left": (lambda: (HEAD + "1,甲\u202e乙\n").encode(), ".csv", "U+202E"),
    "an Arabic mark": (lambda: (HEAD + "1,甲\u061c乙\n").encode(), ".csv", "U+061C"),
    "a line separator": (lambda: (HEAD + "1,甲\u2028乙\n").encode(), ".csv", "U+2028"),
    "a soft hyphen": (lambda: (HEAD + "1,甲\u00ad乙\n").encode(), ".csv", "U+00AD"),
    "a tag character": (lambda: (HEAD + "1,甲\U000e0041乙\n").encode(), ".csv", "U+E0041"),
    "a blank that is a letter": (lambda: (HEAD + "1,\u3164\n").encode(), ".csv", "U+3164"),
    "zero width": (lambda: (HEAD + "1,甲\u200b乙\n").encode(), ".csv", "U+200B"),
    "a mark in the middle": (lambda: (HEAD + "1,甲\ufeff乙\n").encode(), ".csv", "U+FEFF"),
    "two marks": (lambda: ("\ufeff\ufeff" + HEAD + "1,甲\n").encode(), ".csv", "\\u{feff}code"),
    "a name of marks alone": (lambda: (HEAD + "1,***\n").encode(), ".csv", [("1", "***")]),
    "combining marks": (lambda: (HEAD + "1,e" + "\u0301" * 100 + "\n").encode(), ".csv", [("1", "é" + "\u0301" * 99)]),
    "full-width digits": (lambda: (HEAD + "１２,甲\n").encode(), ".csv", [("12", "甲")]),
    "markup": (lambda: (HEAD + "1,[red]x[/b] :smile:\n").encode(), ".csv", [("1", "[red]x[/b] :smile:")]),
    # cells
    "formulas": (lambda: (HEAD + "1,=1+1\n2,'=1+1\n3,''=1\n").encode(), ".csv",
        [("1", "=1+1"), ("2", "=1+1"), ("3", "'=1")]),
    "formulas in a workbook are texts": (lambda: book(["code", "name"], ["1", "=1+1"], ["2", "'=1"]), ".xlsx",
        [("1", "=1+1"), ("2", "'=1")]),
    "a formula of a workbook is its value": (
        lambda: changed("sheet1.xml", b'<c r="B2" t="s"><v>3</v></c>', b'<c r="B2" t="str"><f>CMD()</f><v>x</v></c>'),
        ".xlsx", [("1", "x")]),
    "a code of slashes": (lambda: (HEAD + "../../x,甲\n").encode(), ".csv", "is not a code"),
    "a code of full-width slashes": (lambda: (HEAD + "．．／x,甲\n").encode(), ".csv", "is not a code"),
    "a code of SQL": (lambda: (HEAD + "1';DROP TABLE client,甲\n").encode(), ".csv", "is not a code"),
    "a code of a shell": (lambda: (HEAD + "$(touch x),甲\n").encode(), ".csv", "is not a code"),
    "a spoilt code": (lambda: (HEAD + "1.1E+17,甲\n").encode(), ".csv", "shortened to a number"),
    "an endless cell": (lambda: (HEAD + "1," + "x" * 40_000 + "\n").encode(), ".csv", "longer than 32767"),
    "an amount finer than its smallest coin": (
        lambda: b"code,name,assets\n1,a,1.00000000000000000000000000000001\n", ".csv", "finer than one"),
    "an amount of endless digits": (lambda: b"code,name,assets\n1,a," + b"9" * 32_000, ".csv", "too large"),
    "more services than there are": (
        lambda: b'[{"code":"1","name":"a","services":[' + b'"s",' * 90_000 + b'"s"]}]', ".json", "90001 values"),
    "an open quote": (lambda: (HEAD + '1,"甲\n2,乙\n').encode(), ".csv", "never closed"),
    "a stray quote": (lambda: (HEAD + '1,"甲"乙\n').encode(), ".csv", "closing quote"),
    "two names of one heading": (lambda: b"code,name,name\n1,a,b\n", ".csv", "stands there 2 times"),
    "two headings of one meaning": (lambda: "code,编号,name\n1,2,a\n".encode(), ".csv", "both mean"),
    "a heading that feigns a message": (
        lambda: b'code,name,"x\n\nEntry 9: client: 9 new."\n1,a,b\n', ".csv", "x  Entry 9"),
    "a heading of a terminal": (lambda: b"code,name,\x1b[2Jx\n1,a,b\n", ".csv", "\\u{1b}[2Jx"),
    "an endless heading": (lambda: b"code,name," + b"x" * 30_000 + b"\n1,a,b\n", ".csv", "xxx…"),
    "more cells than headings": (lambda: b"code,name\n1,a,b\n", ".csv", "more cells"),
    "fewer cells than headings": (lambda: b"code,name\n1\n", ".csv", "fewer cells"),
    "one key with two contents": (lambda: b"code,name\n1,a\n1,b\n", ".csv", "stands in line 2 already"),
    "line ends of three sorts": (lambda: b"code,name\r1,a\r\n2,b\n", ".csv", [("1", "a"), ("2", "b")]),
    # JSON
    "nested JSON": (lambda: b'[{"code":"1","name":{"a":{"b":1}}}]', ".json", "not one cell"),
    "deep JSON": (lambda: b'[{"code":' + b"[" * 5_000 + b"]" * 5_000 + b"}]", ".json", "too many brackets"),
    "a key twice": (lambda: b'[{"code":"1","code":"2","name":"a"}]', ".json", "stands there twice"),
    "NaN": (lambda: b'[{"code":NaN,"name":"a"}]', ".json", "not a number"),
    "a number without end": (lambda: b'[{"code":' + b"9" * 5_000 + b',"name":"a"}]', ".json", "too many digits"),
    "an exponent without end": (lambda: b'[{"code":"1","name":"a","assets":1e999999999}]', ".json", "is not an amount"),
    "an exponent beyond Decimal": (lambda: b'[{"code":"1","name":"a","assets":1e99999999999999999999}]', ".json", "too many digits"),
    "text after JSON": (lambda: b'[{"code":"1","name":"a"}] x', ".json", "something follows"),
    "a prototype": (lambda: b'[{"code":"1","name":"a","__proto__":{"x":1}}]', ".json", "not one cell"),
    "a word of true": (lambda: b"true", ".json", "An object with keys"),
    # YAML
    "an alias bomb": (lambda: b"- &a {code: 1, name: a}\n- *a\n", ".yaml", "anchor or alias"),
    "a merge key": (lambda: b"- {code: 1, <<: *a}\n", ".yaml", "anchor or alias"),
    "a tag of Python": (lambda: b"- {code: 1, name: !!python/object/apply:os.system ['x']}\n", ".yaml", "tag is not read"),
    "YAML of depth": (lambda: b"- " + b"[" * 5_000, ".yaml", "Error"),
    "words YAML would change": (lambda: b"- {code: 0123, name: no}\n", ".yaml", [("0123", "no")]),
    "two YAML documents": (lambda: b"---\n- {code: 1, name: a}\n---\n- {code: 2, name: b}\n", ".yaml", "A list of mappings"),
    # workbooks
    "entities": (
        lambda: changed("sheet1.xml", b"<worksheet", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><worksheet'),
        ".xlsx", "damaged"),
    "a workbook of a tag misspelt": (lambda: changed("workbook.xml", b"<sheets>", b"<sheetz>"), ".xlsx", [("1", "甲")]),
    "a part that leads out": (
        lambda: changed("workbook.xml.rels", b"worksheets/sheet1.xml", b"../../../../etc/passwd"), ".xlsx", "damaged"),
    "a text beyond the last": (lambda: changed("sheet1.xml", b"<v>3</v>", b"<v>99999</v>"), ".xlsx", "damaged"),
    "a merge of nothing": (
        lambda: changed("sheet1.xml", b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A0:ZZZZZ9"/></mergeCells>'),
        ".xlsx", "damaged"),
    "a workbook in another": (lambda: archive(xl__workbook_dot_xml="<x/>", xl__workbook_dot_bin="x"), ".xlsx", "no workbook"),
    "an archive of paths that lead out": (lambda: archive(**{"..__..__etc__x": "x"}), ".zip", "no workbook"),
    "an archive cut off": (lambda: book(["code"])[:-40], ".xlsx", "damaged"),
    "an old workbook": (lambda: old(XLS), ".xls", [("1", "=1+1")]),
    "an old workbook cut off": (lambda: old(XLS)[:2_000], ".xls", "damaged"),
    "an old workbook of an escape": (lambda: old([*XLS[:3], (1, 1, "\x1b[31m")]), ".xls", "U+001B"),
    "an old workbook of loops": (
        lambda: old(XLS)[:512] + struct.pack("<128I", *[2] * 128) + old(XLS)[1024:], ".xls", "Error"),
    "OpenDocument": (lambda: open_document(books.cells("code", "name") + books.cells("1", "=1")), ".ods", [("1", "=1")]),
    "OpenDocument with a broken tag": (
        lambda: open_document(books.cells("code") + '<table:table-row><table:table-cell a="'), ".ods", "damaged"),
    # what is no table
    "nothing": (lambda: b"", ".csv", "is empty"),
    "blanks": (lambda: b" \n\n \n", ".csv", "is empty"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n", ".csv", "a picture"),
    "a database": (lambda: b"SQLite format 3\0" + b"\0" * 100, ".csv", "SQLite"),
    "gzip": (lambda: b"\x1f\x8b\x08\0", ".csv", "gzip"),
    "a web page": (lambda: b"<html><script>alert(1)</script>", ".xls", "a web page"),
}  # fmt: skip


@pytest.fixture
def empty_store(store, tmp_path, monkeypatch):
    """Return a store without clients; the test works in its folder."""
    monkeypatch.chdir(tmp_path)
    return store


@pytest.mark.parametrize("name", FILES)
def test_a_nasty_file(empty_store, cm, tmp_path, monkeypatch, name):
    make, ending, outcome = FILES[name]
    data = make()
    (tmp_path / f"f{ending}").write_bytes(data)
    given = cm("import", "clients", f"f{ending}")
    stored = rows(empty_store, "SELECT code, name FROM client ORDER BY code")
    if isinstance(outcome, str):
        assert given.code in {65, 66}, given.err
        assert outcome in given.err
        assert stored == []
    else:
        assert given.code == 0, given.err
        assert stored == outcome
    assert len(given.err) < 5_000
    assert not set(given.err) & set("\x1b\x9b\u202e\u061c\u2028\u200b\ufeff\xad")
    piped = io.TextIOWrapper(io.BytesIO(data))
    monkeypatch.setattr("sys.stdin", piped)
    again = cm("import", "clients", "-")
    assert again.code in {0, 65, 66}
    if not isinstance(outcome, str):
        assert again.code == 0 or ending in {".json", ".yaml"}, again.err
        assert rows(empty_store, "SELECT code, name FROM client ORDER BY code") == stored


@pytest.mark.parametrize(
    "pair", ["=name", "x=", "x", "=", "x=name;--", "x=\x1b[31m", "x={}", "x=hash"]
)
def test_a_map_is_to_a_field(empty_store, cm, tmp_path, pair):
    (tmp_path / "f.csv").write_text("code,x\n1,a\n", encoding="utf-8")
    said = cm("import", "clients", "f.csv", "--map", pair)
    assert said.code in {2, 65}
    assert "\x1b" not in said.err


def test_standard_input_that_is_none(empty_store, cm, monkeypatch, tmp_path):
    monkeypatch.setattr("sys.stdin", None)
    assert cm("import", "clients", "-").code == 66


@pytest.mark.parametrize(
    "place", ["/proc/self/mem", ".", "/dev/null", "x" * 300, "\x1b[31m", "a\nb"]
)
def test_places_that_are_no_files(empty_store, cm, place):
    said = cm("import", "clients", place)
    assert said.code == 66, said.err
    assert "\x1b" not in said.err
    assert said.err.count("\n") == 2


def test_days_and_amounts_of_a_workbook_that_are_no_numbers(empty_store, cm, tmp_path):
    for value in (b"NaN", b"inf", b"-inf", b"1e308", b"1e400", b"-1", b"99999999999"):
        for heading in (b"day", b"assets", b"code"):
            kind = "holidays" if heading == b"day" else "clients"

            def change(part, data, value=value, heading=heading):
                if "sharedStrings" in part:
                    return data.replace(b"<t>name</t>", b"<t>" + heading + b"</t>")
                return data.replace(b't="s"><v>3</v>', b"><v>" + value + b"</v>")

            books.rebuilt(tmp_path / "f.xlsx", change)
            said = cm("import", kind, "f.xlsx")
            assert said.code == 65, (value, heading, said)


@pytest.mark.parametrize(
    "words",
    [
        ("assign", "apply", "/dev/zero"),
        ("journal", "verify", "--anchor", "/dev/zero"),
        ("regulation", "check", "/dev/zero"),
        ("store", "restore", "/dev/zero"),
        ("import", "clients", "/dev/zero"),
        ("assign", "apply", "nested.json"),
        ("assign", "apply", "digits.json"),
        ("assign", "apply", "bytes.json"),
        ("journal", "verify", "--anchor", "digits.json"),
        ("journal", "verify", "--anchor", "bytes.json"),
        ("regulation", "check", "alias.yaml"),
        ("regulation", "check", "tag.yaml"),
        ("regulation", "check", "nested.yaml"),
        ("regulation", "check", "bytes.yaml"),
        ("init", "--db", "new.db", "--regulation", "alias.yaml"),
    ],
    ids=" ".join,
)
def test_files_that_other_commands_read(empty_store, cm, tmp_path, monkeypatch, words):
    """Plans, anchors, regulations and backups are as little trusted as tables."""
    from cm_cli.readers import intake

    monkeypatch.setattr(intake, "WHOLE_LIMIT", 1 << 20)
    monkeypatch.setattr(intake, "STREAM_LIMIT", 1 << 20)
    for name, content in {
        "nested.json": b"[" * 100_000, "digits.json": b"9" * 5_000, "bytes.json": b"\xff\xfe\0",
        "alias.yaml": b"a: &a [1]\nb: *a\n", "tag.yaml": b"a: !!python/object/apply:os.system [x]\n",
        "nested.yaml": b"a: " + b"[" * 5_000, "bytes.yaml": b"\xff\xfe\0",
    }.items():  # fmt: skip
        (tmp_path / name).write_bytes(content)
    said = cm(*words)
    assert said.code in {1, 2, 65, 66}, said
    assert len(said.err) < 5_000
    assert not (tmp_path / "new.db").exists()


@pytest.mark.parametrize("option", ["--operator", "--reason"])
@pytest.mark.parametrize("value", ["\x1b[31m", "a\u202eb", "x" * 2_000])
def test_the_journal_keeps_nothing_that_hides(empty_store, cm, option, value):
    said = cm("client", "add", "1", "--name", "a", option, value)
    assert said.code == 2
    assert "\x1b" not in said.err
    assert rows(empty_store, "SELECT count(*) FROM client") == [(0,)]

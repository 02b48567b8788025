"""CSV and TSV: real files with every sort of damage, each named with its line."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys

import pytest

from cm_cli.errors import CmError, Exit
from cm_cli.readers import charset, rows
from cm_cli.readers.registry import formats, open_table

KNOWN = {"编号", "客户名称", "行业"}.__contains__


def read(tmp_path, data, **asked):
    path = tmp_path / "clients.xls"  # the name never decides
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    with open_table(path, **asked) as table:
        return table, list(table.rows)


def refusal(tmp_path, data, **asked):
    with pytest.raises(CmError) as caught:
        read(tmp_path, data, **asked)
    return caught.value


def found(table):
    return [(p.slug, p.where.line, p.where.column, p.value) for p in table.problems if not p.note]


def test_rows_carry_the_physical_line_they_begin_on(tmp_path):
    text = 'a,b\r\n1,"x\ny"\r\n\r\n,,\r\n2,z\r\n'
    table, records = read(tmp_path, text)
    assert table.headers == ["a", "b"]
    assert records == [(2, ["1", "x\ny"]), (6, ["2", "z"])]
    assert table.source.format == "csv"
    assert str(table.where(2, "b")).endswith("clients.xls:2 «b»")


@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
def test_the_separator_is_found_outside_quotes(tmp_path, separator):
    text = separator.join(['"a,;|\t,;|\t"', "b", "c"]) + "\n" + separator.join("123") + "\n"
    table, records = read(tmp_path, text)
    assert (table.headers[1:], records[0].cells) == (["b", "c"], ["1", "2", "3"])
    assert table.source.format == ("tsv" if separator == "\t" else "csv")


def test_a_title_above_the_headings_is_passed_over_by_what_is_known(tmp_path):
    text = "客户清单, 2016年, 城东支行\n\n编号;客户名称;行业\nC1;甲,乙;商业\n"
    table, records = read(tmp_path, text, known=KNOWN)
    assert (table.headers, table.header_line) == (["编号", "客户名称", "行业"], 3)
    assert records == [(4, ["C1", "甲,乙", "商业"])]


@pytest.mark.parametrize(
    ("encoding", "seen"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gbk", "gb18030"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16-le"),
    ],
)
def test_the_encoding_is_found_by_rule(tmp_path, encoding, seen):
    rare = "𠮷" if encoding != "gbk" else "吉"
    table, records = read(tmp_path, f"编号,客户名称\nC1,{rare}客户\n".encode(encoding))
    assert table.headers == ["编号", "客户名称"]
    assert records[0].cells == ["C1", f"{rare}客户"]
    assert table.source.encoding == seen
    assert [p.slug for p in table.problems] == ["read-as-gb18030"] * (seen == "gb18030")


def test_a_given_encoding_is_kept_to(tmp_path):
    data = "編號,名稱\n1,重慶\n".encode("big5")
    assert read(tmp_path, data, encoding="Big5")[0].headers == ["編號", "名稱"]
    error = refusal(tmp_path, data, encoding="utf-8")
    assert error.slug == "unreadable-characters"
    assert error.what == "The file is not utf-8: byte 0 cannot be read"
    assert error.mend.startswith("Leave --encoding out")
    assert refusal(tmp_path, data, encoding="hex").code == Exit.USAGE
    marked = "a\n1\n".encode("utf-8-sig")
    assert refusal(tmp_path, marked, encoding="gbk").slug == "encoding-contradicted"


def test_unreadable_bytes_are_named_by_place_however_far_in(tmp_path):
    good = "编号,名称\n" + "C1,客户\n" * 60_000
    error = refusal(tmp_path, good.encode() + b"C2,\xff\xff\n")
    at = len(good.encode()) + 3
    assert f"not utf-8: byte {at}, line 60002" in error.what
    assert error.where.endswith(":60002")
    assert error.code == Exit.DATA_REFUSED
    cut = refusal(tmp_path, "编号\n甲".encode()[:-2])
    assert "line 2" in cut.what


def test_damaged_utf8_is_not_taken_for_gbk(tmp_path):
    damaged = "编号,名称\n1,青海省西宁市长江路客\n2,".encode() + "甲乙\n".encode()[2:]
    damaged.decode("gb18030")
    assert refusal(tmp_path, damaged).where.endswith(":3")


@pytest.mark.parametrize(
    ("text", "slug", "line"),
    [
        ('a,b\n1,"x\n2,y\n', "open-quote", 2),
        ('a,b\n1,x\n2,"y"z\n', "stray-quote", 3),
        ("a,b\n1,x\0y\n", "nul-character", 2),
        ("a\n" + "x" * 40_000, "cell-too-long", 2),
        ("a\n1\n" + "x" * 10_000_000, "line-too-long", 3),
        ('a\n"' + "x\n" * 40_000, "cell-too-long", 2),
    ],
)
def test_what_cannot_be_read_on_is_refused_with_its_line(tmp_path, text, slug, line):
    error = refusal(tmp_path, text)
    assert (error.slug, error.code) == (slug, Exit.DATA_REFUSED)
    assert error.where.endswith(f":{line}")


def test_misfitting_rows_are_findings_and_empty_ends_are_not(tmp_path):
    table, records = read(tmp_path, "a,b,,\n1,2\n3\n4,5,6\n7,8,,\n")
    assert table.headers == ["a", "b"]
    assert records == [(2, ["1", "2"]), (5, ["7", "8"])]
    assert found(table) == [("row-too-short", 3, "", ""), ("row-too-long", 4, "", "6")]


def test_many_misfits_are_counted_not_kept(tmp_path):
    table, _records = read(tmp_path, "a,b\n" + "1\n" * 1500)
    assert len(table.problems) == rows.FINDINGS_LIMIT + 1
    assert table.problems[-1].what == "500 more rows do not fit"


def test_more_rows_than_the_head_are_all_read(tmp_path):
    _table, records = read(tmp_path, "n\n" + "".join(f"{n}\n" for n in range(1000)))
    assert [record.cells for record in records] == [[str(n)] for n in range(1000)]


def test_duplicate_headings_and_a_heading_without_rows_are_findings(tmp_path):
    assert found(read(tmp_path, "a, b ,a,\n1,2,3\n")[0]) == [("duplicate-header", 1, "a", "")]
    assert found(read(tmp_path, "a,b\n\n,\n")[0]) == [("no-rows", 1, "", "")]


@pytest.mark.parametrize("data", [b"", b"\n \n", b"\xef\xbb\xbf", b",,,\n"])
def test_an_empty_file_is_no_input(tmp_path, data):
    error = refusal(tmp_path, data)
    assert (error.slug, error.code) == ("empty-file", Exit.NO_INPUT)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"<html><table><tr><td>1", "a web page"),
        (b"\xef\xbb\xbf\n <?xml version='1.0'?>", "a web page"),
        (b"%PDF-1.4", "a PDF document"),
        (b"SQLite format 3\0rest", "an SQLite database"),
        (b"\x1f\x8b\x08", "a gzip archive"),
    ],
)
def test_what_is_no_table_is_called_by_its_name(tmp_path, data, word):
    error = refusal(tmp_path, data)
    assert error.what == f"The file is {word}, whatever its name says"


def test_a_heading_that_begins_like_an_archive_is_text(tmp_path):
    assert read(tmp_path, "PK,name\n1,甲\n")[1] == [(2, ["1", "甲"])]


def test_missing_folder_and_unreadable_are_no_input(tmp_path):
    for path, words in [
        (tmp_path / "none.csv", "There is no such file"),
        (tmp_path, "This is a folder, not a file"),
        (tmp_path / "a.csv" / "b", "cannot be read"),
    ]:
        (tmp_path / "a.csv").write_text("x")
        with pytest.raises(CmError, match=words) as caught:
            open_table(path)
        assert caught.value.code == Exit.NO_INPUT


def test_standard_input_and_pipes_are_read(tmp_path):
    with open_table("-", stdin=io.BytesIO(b"a\n1\n")) as table:
        assert (list(table.rows), table.source.file) == ([(2, ["1"])], "standard input")
    os.mkfifo(tmp_path / "pipe")
    writer = subprocess.Popen(["sh", "-c", f"printf 'a\\n2\\n' > {tmp_path}/pipe"])
    with writer, open_table(tmp_path / "pipe") as table:
        assert list(table.rows) == [(2, ["2"])]


def test_the_digest_is_of_the_bytes(tmp_path):
    table, _records = read(tmp_path, b"a\n1\n")
    assert table.source.sha256 == hashlib.sha256(b"a\n1\n").hexdigest()


def test_formats_and_sheets_that_do_not_fit_are_refused(tmp_path):
    assert {"csv", "tsv", "xlsx", "xls", "et", "ods", "json", "jsonl", "yaml"} == set(formats())
    assert refusal(tmp_path, "a\n1\n", format="docx").code == Exit.USAGE
    assert refusal(tmp_path, "a\n1\n", format="xlsx").slug == "format-contradicted"
    assert refusal(tmp_path, "a\n1\n", sheet="Sheet1").slug == "no-sheets"
    assert read(tmp_path, '[{"a"]\tb\n1\t2\n', format="tsv")[1] == [(2, ["1", "2"])]


def test_an_unread_table_can_be_closed(tmp_path):
    (tmp_path / "a.csv").write_text("a\n1\n")
    open_table(tmp_path / "a.csv").close()


def test_a_long_file_does_not_take_long_memory(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b,c\n" + b"1,2,3\n" * 1_000_000)
    program = (
        "import sys;from cm_cli.readers.registry import open_table\n"
        "with open_table(sys.argv[1]) as t: print(sum(1 for _ in t.rows))\n"
        "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, path], capture_output=True, text=True, check=True
    )
    count, kilobytes = map(int, done.stdout.split())
    assert count == 1_000_000
    assert kilobytes < 60_000


def test_every_encoding_offered_can_be_used(tmp_path):
    for name in charset.ENCODINGS:
        text = "a\n1\n" if "16" in name else "a,b\n1,2\n"
        codec = charset.ENCODINGS[name]
        assert read(tmp_path, text.encode(codec), encoding=name)[0].headers[0] == "a"

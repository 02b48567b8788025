"""Any text in any field: refused in plain words, or given back exactly by every way out.

A longer run: ``HYPOTHESIS_PROFILE=nasty pytest tests/nasty/test_any_text.py`` (500 examples a test, with
seeds of its own; a failure prints how to repeat it).
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import unicodedata

import books
import pytest
import yaml
from conftest import rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cm_cli.domain.inert import hidden

settings.register_profile("nasty", max_examples=500, deadline=None, print_blob=True)
settings.register_profile("usual", max_examples=15, deadline=None, derandomize=True)
USED = settings.get_profile("nasty" if os.environ.get("HYPOTHESIS_PROFILE") == "nasty" else "usual")
FIXTURES = settings(USED, suppress_health_check=[HealthCheck.function_scoped_fixture])

SIGNS = st.sampled_from(list("=+-@＝＋－＠'\"\\`|<>&*_#[]{}!%;,:$()~^ \t\n\r\0\x1b\x7f\x9b\xa0\u3000"
    "\u00ad\u034f\u061c\u200b\u200d\u202e\u2028\u2066\u3164\ufe0f\ufeff\ufffe\ue000\U000e0041"
    "甲乙𠮷éİßǰﬁ㎏①½０９😀👩\u0301\u0308"))  # fmt: skip
WORDS = st.sampled_from([
    "=1+1", "'=1", "''@x", "-5", "+86 571", "http://a.b", "www.a.b", "a@b.c", ":smile:", "[red]",
    "</table>", "\\n", "\\u{1b}", "\\", "null", "~", "NaN", "true", "1e5", "007", "\r\n", "{0}", "%s",
])  # fmt: skip
PIECES = st.one_of(SIGNS, WORDS, st.characters(), st.text(max_size=5))
SEEN = PIECES.filter(lambda text: not hidden(text))
TEXTS = st.one_of(
    *(st.lists(of, min_size=1, max_size=8).map("".join) for of in (SEEN, SEEN, PIECES))
)
SHOWN = re.compile(
    "[^\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]*"
)


def kept(text, *, lines):
    """Return the text as a field keeps it, or None where it has to be refused."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if hidden(text):
        return None
    text = unicodedata.normalize("NFC", text).strip()
    return text if lines else text.replace("\n", " ").replace("\t", " ")


def inert(said):
    assert SHOWN.fullmatch(said.out), ascii(said.out)
    assert SHOWN.fullmatch(said.err), ascii(said.err)
    return said


def records(text, separator=","):
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))


def unescaped(cell):
    """Undo what the TSV writer did."""
    return re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]), cell)


@pytest.fixture
def first(store, ok, cm, tmp_path):
    ok("manager", "add", "M1", "--name", "甲", "--unit", "城东支行", "--grade", "客户经理")
    ok("client", "add", "1", "--name", "甲")
    return store


def removed(ok, store):
    number = rows(store, "SELECT max(number) FROM entry")[0][0]
    ok("undo", str(number), "-q")


@FIXTURES
@given(name=TEXTS, note=TEXTS)
def test_what_is_typed_comes_back_by_every_format(first, cm, ok, tmp_path, name, note):
    """Add by options; read by json, jsonl, tsv, csv, table, markdown; import the CSV again."""
    words = ["client", "add", "9", f"--name={name}", f"--note={note}"]
    wanted = kept(name, lines=False), kept(note, lines=True)
    said = inert(cm(*words))
    refused = not wanted[0] or wanted[1] is None or len(wanted[0]) > 120
    if refused or any("\ud800" <= sign <= "\udfff" for sign in name + note):
        assert said.code in {2, 65}, said
        assert "Internal" not in said.err
        return
    assert said.code == 0, said
    stored = rows(first, "SELECT name, note FROM client WHERE code = '9'")
    assert stored == [(wanted[0], wanted[1] or None)]
    expected = [wanted[0], wanted[1] or ""]
    listed = ["client", "list", "--fields", "code,name,note"]
    for form in ("json", "jsonl"):
        out = inert(ok(*listed, "--format", form)).out
        found = (
            json.loads(out) if form == "json" else [json.loads(li) for li in out.split("\n")[:-1]]
        )
        assert [found[-1]["name"], found[-1]["note"] or ""] == expected
    line = inert(ok(*listed, "--format", "tsv")).out.split("\n")[-2]
    assert list(map(unescaped, line.split("\t")[1:])) == expected
    shown = ok(*listed, "--format", "csv").out
    assert SHOWN.fullmatch(shown.removeprefix("\ufeff").replace("\r\n", "\n"))
    cells = records(shown.removeprefix("\ufeff"))[-1]
    assert not any(re.match("[=+\\-@\t\r\n＝＋－＠]", cell) for cell in cells)
    for form in ("table", "markdown", "text"):
        out = inert(ok(*listed, "--format", form)).out
        assert "".join(re.findall(r"\w", wanted[0])) in "".join(re.findall(r"\w", out))
    inert(ok("client", "show", "9", "--format", "table"))
    inert(ok("journal", "show", str(rows(first, "SELECT max(number) FROM entry")[0][0])))
    before = rows(first, "SELECT * FROM client WHERE code = '9'")
    for form in ("csv", "json", "jsonl"):
        (tmp_path / "back").write_bytes(ok(*listed, "--format", form).out.encode())
        again = ok("import", "clients", tmp_path / "back")
        assert "2 unchanged" in again.err, (form, again.err)
    assert rows(first, "SELECT * FROM client WHERE code = '9'") == before
    removed(ok, first)


@FIXTURES
@given(texts=st.lists(TEXTS, min_size=5, max_size=5), form=st.sampled_from(["csv", "json", "yaml"]))
def test_what_is_imported_is_kept_or_refused(first, cm, ok, tmp_path, texts, form):
    """A visit's five texts by a file; every cell that is refused is told, none is changed."""
    fields = ("persons", "findings", "needs", "reported_to", "note")
    record = {"day": "2016-03-01", "manager": "M1", "client": "1", "mode": "door"}
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    if form == "csv":  # as our own writer guards them; the reader takes one apostrophe away
        texts = [text.replace("\0", "") for text in texts]
        guarded = [
            "'" + text if re.match("'*[=+\\-@\t\r\n＝＋－＠]", text) else text for text in texts
        ]
        out = io.StringIO(newline="")
        csv.writer(out).writerows([[*record, *fields], [*record.values(), *guarded]])
        data = out.getvalue().encode()
    else:
        whole = [record | dict(zip(fields, texts, strict=True))]
        data = (
            yaml.safe_dump(whole, width=10**6) if form == "yaml" else json.dumps(whole)
        ).encode()
    (tmp_path / "visits").write_bytes(data)
    said = inert(cm("import", "visits", tmp_path / "visits"))
    long = {"persons", "reported_to"}
    wanted = [
        kept(text, lines=field not in long) for field, text in zip(fields, texts, strict=True)
    ]
    if None in wanted or len(wanted[3] or "") > 60:
        assert said.code == 65, said.err
        assert "Nothing was written" in said.err or form != "csv", said.err
        return
    assert said.code == 0, said.err
    stored = rows(first, f"SELECT {', '.join(fields)} FROM visit")
    empty = {"", "~", "null"} if form == "yaml" else {""}
    assert stored == [tuple(text or None for text in wanted)], empty
    removed(ok, first)


MAGIC = [
    b"", b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"[{", b'{"', b"---\n",
    b"- a: ", b"%YAML", b"code,name\n", b"code\tname\n1\t", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"<",
]  # fmt: skip


@FIXTURES
@given(
    begin=st.sampled_from(MAGIC),
    rest=st.binary(max_size=300),
    named=st.sampled_from(["", "csv", "tsv", "json", "jsonl", "yaml", "xlsx", "xls"]),
    ending=st.sampled_from([".csv", ".json", ".yaml", ".xlsx", ""]),
)
def test_no_bytes_are_a_traceback(first, cm, tmp_path, begin, rest, named, ending):
    file = tmp_path / f"f{ending}"
    file.write_bytes(begin + rest)
    said = inert(cm("import", "clients", file, "-n", *(["--from", named] if named else [])))
    assert said.code in {0, 2, 65, 66}, said.err


@pytest.fixture(scope="module")
def workbooks(tmp_path_factory):
    """Return the bytes of a sound workbook of each sort."""
    folder = tmp_path_factory.mktemp("books")
    texts = [(0, 0, "code"), (0, 1, "name"), (1, 0, "1"), (1, 1, "a")]
    made = (
        books.xlsx(folder / "a.xlsx", [["code", "name"], ["1", "甲"]]),
        books.ods(folder / "a.ods", books.cells("code", "name") + books.cells("1", "甲")),
        books.xls(folder / "a.xls", texts),
    )
    return [path.read_bytes() for path in made]


PLACE = st.integers(0, 999_999)  # in millionths of the file


@FIXTURES
@given(
    which=st.sampled_from([0, 0, 1, 1, 2]),
    changes=st.lists(st.tuples(PLACE, st.integers(0, 255)), max_size=6),
    cut=st.one_of(st.just(1_000_000), PLACE),
)
def test_no_damage_to_a_workbook_is_a_traceback(
    first, cm, tmp_path, workbooks, which, changes, cut
):
    """Bytes of real workbooks changed at random places, or cut off."""
    damaged = bytearray(workbooks[which])
    for place, value in changes:
        damaged[place * len(damaged) // 1_000_000] = value
    path = tmp_path / "f"
    path.write_bytes(damaged[: cut * len(damaged) // 1_000_000])
    said = inert(cm("import", "clients", path, "-n"))
    assert said.code in {0, 65, 66}, said.err


OPTIONS = ["--name", "--region", "--kind", "--manager", "--size", "--sort", "--fields", "--limit",
    "--page", "--format", "--known-at", "--on", "--lang", "--color"]  # fmt: skip


@FIXTURES
@given(pairs=st.lists(st.tuples(st.sampled_from(OPTIONS), TEXTS), min_size=1, max_size=3))
def test_no_option_is_a_traceback_or_changes_the_store(first, cm, pairs):
    before = rows(first, "SELECT hash FROM entry")
    said = inert(cm("client", "list", *(f"{option}={value}" for option, value in pairs)))
    assert said.code in {0, 2, 65, 66}, said.err
    assert rows(first, "SELECT hash FROM entry") == before

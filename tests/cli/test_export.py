"""Exporting: what is written can be read into an empty store and written again byte for byte."""

from __future__ import annotations

import io
import json
import zipfile
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from conftest import rows

from cm_cli.domain.headings import heading_key, headings
from cm_cli.domain.register import in_order, kinds

if TYPE_CHECKING:
    from pathlib import Path

SHAPES = (
    ("out", "--format", "csv"),
    ("out", "--format", "tsv"),
    ("out", "--format", "jsonl"),
    ("out", "--format", "json"),
    ("out", "--format", "yaml"),
    ("out.zip",),
    ("out.xlsx",),
)


def contents(place: Path) -> dict[str, bytes]:
    """Return the bytes of a file, or of each file of a folder."""
    files = sorted(place.iterdir()) if place.is_dir() else [place]
    return {file.name.replace("again", "out"): file.read_bytes() for file in files}


@pytest.fixture
def empty(ok, tmp_path):
    """Return the options that name a second, new store."""
    place = tmp_path / "empty.db"
    ok("init", "--db", place, "-q")
    return "--db", place


@pytest.mark.file_only
@pytest.mark.parametrize(
    ("shape", "lang"),
    [*((shape, "en") for shape in SHAPES[:-2]), (SHAPES[0], "zh"), (SHAPES[-1], "zh")],
    ids=str,
)
def test_a_bundle_is_the_same_after_a_new_store_took_it(example, ok, empty, tmp_path, shape, lang):
    _there_and_back(ok, empty, tmp_path, shape, lang)


@pytest.mark.parametrize("shape", SHAPES[-2:], ids=" ".join)
def test_both_engines_give_a_bundle_that_a_new_store_takes(example, ok, empty, tmp_path, shape):
    _there_and_back(ok, empty, tmp_path, shape, "en")


def _there_and_back(ok, empty, tmp_path, shape, lang):
    name, *how = shape
    first, second = tmp_path / name, tmp_path / name.replace("out", "again")
    ok("export", "all", first, *how, "--reveal", "--lang", lang)
    ok("import", "all", first, *empty)
    ok("export", "all", second, *how, "--reveal", "--lang", lang, *empty)
    assert contents(second) == contents(first)
    assert "Nothing to change" in ok("import", "all", first, *empty).err


def test_a_bundle_changes_nothing_where_it_came_from(example, ok, tmp_path):
    ok("export", "all", tmp_path / "a.zip", "--format", "jsonl")
    assert "Nothing to change" in ok("import", "all", tmp_path / "a.zip").err


def test_a_server_takes_what_a_file_gave(store, full_store, ok, tmp_path):
    given, taken = tmp_path / "a.zip", tmp_path / "b.zip"
    ok("export", "all", given, "--reveal", "--db", full_store)
    ok("import", "all", given)
    ok("export", "all", taken, "--reveal")
    assert taken.read_bytes() == given.read_bytes()
    assert ok("journal", "verify").code == 0
    assert ok("store", "check").code == 0


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "json", "yaml", "xlsx"])
@pytest.mark.parametrize("kind", ["clients", "appraisals"])
def test_a_lone_file_changes_nothing_where_it_came_from(example, ok, tmp_path, kind, suffix):
    file = tmp_path / f"x.{suffix}"
    ok("export", kind, file, "--reveal")
    said = ok("import", kind, file)
    assert "0 new, 0 changed" in said.err


AWKWARD = [
    {"code": "001", "name": "=1+1", "note": "'=x", "assets": "1234567890.123456", "services": "a b;c"},
    {"code": "-2", "name": '甲"乙"', "note": "first\n\nlast\ttab, comma; “quote”", "sales": "0.000001"},
    {"code": "3.10", "name": "null", "note": "~", "phone": "+86 010-65432100", "contact": "'-王", "relation": "old"},
    {"code": "4_x", "name": "\\n literal \\t", "note": "# no heading", "region": "火星", "assets": "9007199254740.993017"},
    {"code": "2016-03-01", "name": "yes", "note": "𠮷野 _x000D_ _x005F_", "introduced_by": "'", "assets": "0"},
]  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES, ids=" ".join)
def test_awkward_values_come_back_to_the_letter(store, ok, empty, tmp_path, shape):
    source = tmp_path / "clients.json"
    source.write_text(json.dumps(AWKWARD), encoding="utf-8")
    ok("import", "clients", source)
    name, *how = shape
    first, second = tmp_path / name, tmp_path / name.replace("out", "again")
    ok("export", "all", first, *how, "--reveal")
    ok("import", "all", first, *empty)
    fields = "code, name, kind, region, industry, assets, sales, relation, services, status, contact, phone, introduced_by, note, pinyin, digest"
    kept = [
        [tuple(row[:-1]) for row in rows(place, f"SELECT {fields} FROM client ORDER BY code")]
        for place in (store, empty[1])
    ]
    assert kept[0] == kept[1]
    assert 9007199254740993017 in {row[5] for row in kept[0]}
    ok("export", "all", second, *how, "--reveal", *empty)
    assert contents(second) == contents(first)


def test_every_field_people_or_the_program_fill_in_is_written(example, ok):
    for kind in kinds():
        said = ok("export", kind.plural, "-", "--format", "tsv", "-q")
        given = [each.name + ("(元)" if each.unit else "") for each in kind.given]
        assert said.out.split("\n", 1)[0].split("\t") == given


def test_every_heading_written_means_its_own_field():
    for kind in kinds():
        known = headings(kind)
        for each in kind.given:
            for word in (each.name, each.zh, each.en):
                assert known[heading_key(word)] is each, (kind.name, word)


def test_kinds_come_after_those_they_refer_to():
    placed = set()
    for kind in in_order():
        assert {each.refers for each in kind.fields if each.refers} <= placed
        placed.add(kind.name)
    assert in_order()[0].name == "regulation"
    assert len(in_order()) == len(kinds())


def test_personal_fields_are_masked_and_a_mask_destroys_nothing(example, ok, tmp_path):
    ok("client", "set", "000001", "--phone", "0755-82088888", "--contact", "王某")
    file = tmp_path / "clients.csv"
    ok("export", "clients", file)
    text = file.read_text(encoding="utf-8-sig")
    assert "***" in text
    assert "82088888" not in text
    said = ok("import", "clients", file)
    assert "0 new, 0 changed" in said.err
    assert "2 masked values (***) say nothing" in said.err
    found = rows(example, "SELECT phone, contact FROM client WHERE code = '000001'")
    assert found == [("0755-82088888", "王某")]


def test_a_mask_in_a_new_store_is_an_empty_field(example, ok, empty, tmp_path):
    ok("client", "set", "000001", "--phone", "0755-82088888")
    ok("export", "all", tmp_path / "a.zip")
    ok("import", "all", tmp_path / "a.zip", *empty)
    assert rows(empty[1], "SELECT phone FROM client WHERE code = '000001'") == [(None,)]


def test_revealing_is_journalled_with_how_many_and_why(example, ok, tmp_path):
    ok("client", "set", "000001", "--phone", "0755-82088888")
    said = ok("export", "all", tmp_path / "a.zip", "--reveal", "--reason", "归档")
    managers = rows(example, "SELECT count(*) FROM manager WHERE phone IS NOT NULL")[0][0]
    [(counts, reason)] = rows(
        example, "SELECT counts, reason FROM entry ORDER BY number DESC LIMIT 1"
    )
    told = json.loads(counts)
    assert told["client"] == {"revealed": 1}
    assert told.get("manager", {"revealed": 0}) == {"revealed": managers}
    assert reason == "归档"
    assert "personal fields" in said.err
    before = rows(example, "SELECT count(*) FROM entry")
    ok("export", "all", tmp_path / "b.zip")
    assert rows(example, "SELECT count(*) FROM entry") == before


def test_nothing_is_revealed_where_the_file_cannot_be_written(example, cm, ok, tmp_path):
    ok("client", "set", "000001", "--phone", "0755-82088888")
    before = rows(example, "SELECT count(*) FROM entry")
    assert cm("export", "clients", tmp_path / "no" / "a.csv", "--reveal").code == 73
    assert cm("export", "all", tmp_path / "no" / "a", "--reveal").code == 73
    assert rows(example, "SELECT count(*) FROM entry") == before


def test_a_zip_says_the_same_of_every_file_and_kinds_in_their_order(example, ok, tmp_path):
    ok("export", "all", tmp_path / "a.zip", "--format", "jsonl")
    with zipfile.ZipFile(tmp_path / "a.zip") as pack:
        facts = pack.infolist()
    filled = [k for k in in_order() if rows(example, f"SELECT count(*) FROM {k.name}") != [(0,)]]
    assert [each.filename for each in facts] == [f"{kind.plural}.jsonl" for kind in filled]
    assert {each.date_time for each in facts} == {(1980, 1, 1, 0, 0, 0)}


def test_an_export_of_the_past(example, ok, tmp_path):
    ok("export", "clients", tmp_path / "now.csv")
    ok("client", "set", "000001", "--note", "later")
    ok("export", "clients", tmp_path / "then.csv", "--known-at", "12")
    ok("export", "clients", tmp_path / "later.csv")
    then, now = (tmp_path / name for name in ("then.csv", "now.csv"))
    assert then.read_bytes() == now.read_bytes()
    assert (tmp_path / "later.csv").read_bytes() != now.read_bytes()


def test_money_says_its_unit_in_every_format(store, ok, tmp_path):
    ok("client", "add", "1", "--name", "甲", "--assets", "12345.67元")
    said = ok("export", "clients", "-", "--format", "json", "-q")
    assert json.loads(said.out, parse_float=Decimal)[0]["assets(元)"] == Decimal("12345.67")
    said = ok("export", "clients", "-", "--format", "csv", "-q", "--lang", "zh")
    assert "总资产(万元)" in said.out
    assert ",1.234567," in said.out


def test_a_folder_is_replaced_whole_and_never_one_with_other_files(example, ok, cm, tmp_path):
    folder = tmp_path / "out"
    ok("export", "all", folder)
    (folder / "leaves.json").write_text("[]", encoding="utf-8")
    ok("export", "all", f"{folder}/", "--format", "tsv")
    assert {file.suffix for file in folder.iterdir()} == {".tsv"}
    (folder / "mine.txt").write_text("keep", encoding="utf-8")
    said = cm("export", "all", folder)
    assert said.code == 73
    assert "mine.txt" in said.err
    assert {file.suffix for file in folder.iterdir()} == {".tsv", ".txt"}
    assert not list(tmp_path.glob(".cm-*"))


def test_words_that_are_no_kind_format_or_bundle(store, cm, tmp_path):
    said = cm("export", "cleints", "x.csv")
    assert (said.code, "clients" in said.err) == (2, True)
    assert cm("export", "clients", tmp_path / "x.pdf").code == 2
    assert cm("export", "clients", "-", "--format", "table").code == 2
    assert cm("export", "all", tmp_path / "x.csv").code == 2
    assert cm("export", "all", tmp_path / "x.xlsx", "--format", "csv").code == 2
    assert list(tmp_path.glob("x.*")) == []


def test_a_bundle_goes_to_standard_output_and_comes_from_standard_input(
    example, ok, empty, tmp_path, monkeypatch
):
    ok("export", "all", tmp_path / "a.zip", "--reveal")
    packed = io.TextIOWrapper(io.BytesIO())
    with monkeypatch.context() as patch:
        patch.setattr("sys.stdout", packed)
        ok("export", "all", "-", "--reveal")
    assert packed.buffer.getvalue() == (tmp_path / "a.zip").read_bytes()
    with (tmp_path / "a.zip").open(encoding="latin-1") as stream:
        monkeypatch.setattr("sys.stdin", stream)
        ok("import", "all", "-", *empty)
    assert rows(empty[1], "SELECT count(*) FROM visit") == [(3186,)]

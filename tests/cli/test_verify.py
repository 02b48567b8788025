"""Edits made outside the program are found and named; the store answers from any earlier entry."""

from __future__ import annotations

import json

import pytest
from conftest import edit, rows


@pytest.fixture
def busy(store, ok):
    """Return a store with inserts, updates and a delete behind it."""
    ok("client", "add", "1", "--name", "甲", "--assets", "120亿", "--region", "浙江")
    ok("client", "add", "2", "--name", "乙", "--assets", "1亿")
    ok("client", "set", "1", "--sales", "5亿")
    ok("client", "add", "3", "--name", "丙")
    ok("undo")
    return store


def test_a_whole_store_is_silent(busy, ok, example):
    said = ok("journal", "verify")
    assert said.out + said.err == ""


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE client SET name = '改' WHERE code = '1'", "client 1 (#1) was changed outside"),
        ("UPDATE client SET sales = sales + 1 WHERE code = '1'", "client 1 (#1) was changed outside"),
        ("UPDATE client SET id = 9 WHERE code = '2'", "client 2 (#9) was changed outside"),
        ("UPDATE client SET entry = 2 WHERE code = '2'", "Entry 3 wrote 1 rows of client; 0 are there"),
        ("DELETE FROM client WHERE code = '2'", "Entry 3 wrote 1 rows of client; 0 are there"),
        ("INSERT INTO client (id, code, name, entry, digest) VALUES (7, '7', '庚', 3, 'x')", "client 7 (#7) was changed outside"),
        ("DELETE FROM history", "The rows of entry 2 are not those it wrote"),
        ("UPDATE history SET content = replace(content, '甲', '改')", "The history of client #1"),
        ("UPDATE history SET until = 99", "names entries that are not there"),
        ("UPDATE entry SET operator = 'x' WHERE number = 2", "Entry 2 was changed outside"),
        ("UPDATE entry SET moment = '2015-01-01T00:00:00Z' WHERE number = 2", "Entry 2 was changed outside"),
        ("DELETE FROM entry WHERE number = 2", "Entry 2 is missing"),
        ("UPDATE entry SET number = -number WHERE number IN (3, 4)", "Entry 1 is missing"),
        ("UPDATE classification SET grade = 'large' WHERE client = '2'", "classification 2 size"),
        ("UPDATE setting SET value = 'x' WHERE name = 'made_by'", "The setting made_by was changed"),
        ("DELETE FROM entry", "names entries that are not there"),
        ("INSERT INTO setting VALUES ('mine', 'x')", "The setting mine was changed"),
        ("DELETE FROM setting WHERE name = 'made'", "The setting made was changed"),
        ("UPDATE history SET until = until - 1", "Entry 4 replaced 1 rows of client; history has 0"),
        ("UPDATE history SET until = 5 WHERE row = 1", "The history of client #1 (entry 2) was changed"),
        ("UPDATE history SET until = 1 WHERE row = 3", "The history of client #3 (entry 5) was changed"),
        ("UPDATE history SET kind = 'nothing' WHERE row = 3", "The history of nothing #3 (entry 5)"),
        ("UPDATE history SET content = '{\"code\":\"9\",' || substr(content, 2)", "The history of client #1 (entry 2) was changed"),
        ("UPDATE history SET content = replace(content, '12000000000', '12000000000.75')", "The history of client #1 (entry 2) was changed"),
        ("UPDATE history SET content = '{\"name\":[1]}'", "The history of client #1 (entry 2) was changed"),
        ("UPDATE history SET content = 'x'", "The history of client #1 (entry 2) was changed"),
        ("UPDATE entry SET counts = '{\"client\":5}' WHERE number = 3", "Entry 3 was changed outside"),
        ("UPDATE entry SET counts = '{\"nokind\":{\"inserted\":5}}' WHERE number = 3", "Entry 3 was changed outside"),
        ("UPDATE entry SET counts = '{\"client\":{\"inserted\":\"1\"}}' WHERE number = 3", "Entry 3 was changed outside"),
        ("UPDATE entry SET counts = '{\"client\":{\"inserted\":9},' || substr(counts, 2) WHERE number = 3", "Entry 3 was changed outside"),
        ("UPDATE entry SET counts = '[]' WHERE number = 3", "Entry 3 was changed outside"),
        ("UPDATE entry SET counts = 'xx' WHERE number = 3", "Entry 3 was changed outside"),
    ],
)  # fmt: skip
def test_an_edit_by_a_plain_shell_is_found_and_named(busy, cm, statement, words):
    edit(busy, statement)
    said = cm("journal", "verify")
    assert said.code == 1
    assert words in said.err


def test_an_edit_with_its_digest_made_anew_is_found_by_the_entry(busy, cm):
    from cm_cli.domain.register import kind
    from cm_cli.store.connection import reading
    from cm_cli.store.content import digest_of
    from cm_cli.store.journal import content_of
    from cm_cli.store.place import place_of

    client = kind("client")
    edit(busy, "UPDATE client SET name = '改' WHERE id = 2")
    with reading(place_of(str(busy))) as connection:
        digest = digest_of(client, 2, content_of(connection, client, 2))
    edit(busy, f"UPDATE client SET digest = '{digest}' WHERE id = 2")
    said = cm("journal", "verify")
    assert said.code == 1
    assert "The rows of entry 3 are not those it wrote" in said.err


def ghost(store, since, until):
    """Write a version that never was into history, with a digest of its own."""
    from cm_cli.domain.register import kind
    from cm_cli.store.content import text_digest

    content = '{"code":"9","name":"影子","status":"active"}'
    digest = text_digest(kind("client"), 99999, content)
    edit(
        store,
        f"INSERT INTO history VALUES ('client', 99999, {since}, {until}, '{digest}', '{content}')",
    )


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        (3, 4, "Entry 4 replaced 1 rows of client; history has 2"),
        (7, 8, "The history of client #99999 names entries that wrote no such record"),
    ],
)
def test_a_version_that_never_was_is_found(busy, ok, cm, tmp_path, since, until, words):
    for code in ("M1", "M2"):
        ok("manager", "add", code, "--name", "经理", "--unit", "分行", "--grade", "senior")
    ghost(busy, since, until)
    said = cm("journal", "verify")
    assert said.code == 1
    assert words in said.err


def test_what_one_entry_both_writes_and_takes_away_is_whole(busy, ok):
    from cm_cli.domain.register import kind
    from cm_cli.store.connection import writing
    from cm_cli.store.journal import Actor, Writer
    from cm_cli.store.place import place_of

    client = kind("client")
    with writing(place_of(str(busy))) as connection:
        writer = Writer(connection, Actor("2016-04-01T02:00:00Z", "clerk", "here", "cm test"))
        first = writer.insert(client, {"code": "7", "name": "庚", "status": "active"})
        writer.delete(client, first)
        writer.update(client, 1, {"name": "改"})
        writer.delete(client, 1)
        writer.restore(client, 1, {"code": "1", "name": "再", "status": "active"})
        writer.finish()
        connection.execute("COMMIT")
    ok("journal", "verify")


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE history SET content = 'x'", ("client", "list", "--known-at", "3")),
        ("UPDATE history SET content = 'x'", ("journal", "show", "2")),
        ("UPDATE history SET content = '[1]'", ("journal", "show", "2")),
        ("UPDATE history SET content = '{\"name\":[1]}'", ("journal", "show", "2")),
        ("UPDATE history SET content = 'x'", ("undo", "4")),
        ("UPDATE entry SET counts = 'xx' WHERE number = 3", ("journal", "list")),
        (
            'UPDATE entry SET counts = \'{"nokind":{"inserted":5}}\' WHERE number = 3',
            ("journal", "list"),
        ),
        ("UPDATE entry SET counts = '{\"client\":5}' WHERE number = 3", ("journal", "show", "3")),
        ("ALTER TABLE client DROP COLUMN note", ("store", "check")),
        ("DROP TABLE visit", ("journal", "verify")),
    ],
)
def test_a_damaged_field_is_said_to_be_damage(busy, cm, statement, words):
    edit(busy, statement)
    said = cm(*words)
    assert said.code == 65
    assert "is damaged or not a store" in said.err


def test_a_cut_chain_is_found_by_an_anchor_kept_elsewhere(busy, ok, cm, tmp_path):
    ok("client", "add", "4", "--name", "丁")
    ok("journal", "head", "-o", tmp_path / "head.tsv")
    last = rows(busy, "SELECT max(number) FROM entry")[0][0]
    assert cm("journal", "verify", "--anchor", tmp_path / "head.tsv").code == 0
    edit(
        busy, f"DELETE FROM entry WHERE number = {last}", f"DELETE FROM client WHERE entry = {last}"
    )
    assert cm("journal", "verify").code == 0
    said = cm("journal", "verify", "--anchor", tmp_path / "head.tsv")
    assert said.code == 1
    assert f"Entry {last}, anchored elsewhere, is gone" in said.err


def test_lists_and_records_answer_as_they_were_known(busy, ok, cm):
    def sales(at):
        return json.loads(
            ok("client", "list", "--fields", "code,sales", "--json", "--known-at", at).out
        )

    assert sales("2") == [{"code": "1", "sales": None}]
    assert sales("3") == [{"code": "1", "sales": None}, {"code": "2", "sales": None}]
    assert sales("4") == [{"code": "1", "sales": 500000000}, {"code": "2", "sales": None}]
    assert [row["code"] for row in sales("5")] == ["1", "2", "3"]
    assert [row["code"] for row in sales("6")] == ["1", "2"]
    assert sales("2016-04-01") == sales("6")
    assert "Annual sales" not in ok("client", "show", "1", "--known-at", "3").out
    assert cm("client", "show", "2", "--known-at", "2").code == 66
    assert cm("client", "list", "--known-at", "99").code == 2
    assert cm("client", "list", "--known-at", "2015-01-01").code == 2


def test_a_report_answers_as_it_was_known(example, ok):
    words = ("report", "appraisal", "--quarter", "2016Q1", "--manager", "M10", "--json")
    last = str(rows(example, "SELECT max(number) FROM entry")[0][0])
    before = ok(*words).out
    ok("result", "set", "M10", "deposits", "2016-03", "--actual", "1")
    ok("appraise", "run", "--quarter", "2016Q1")
    assert ok(*words).out != before
    assert ok(*words, "--known-at", last).out == before


def test_undo_can_leave_conflicts_and_take_the_rest(example, ok, cm):
    number = rows(example, "SELECT number FROM entry WHERE command LIKE '%import scores%'")[0][0]
    ok("appraise", "score", "M10", "attitude", "2016Q1", "10", "--rated-by", "客户部")
    assert cm("undo", str(number)).code == 65
    said = ok("undo", str(number), "--skip-conflicts")
    assert "score M10 attitude 2016Q1 was changed by entry" in said.err
    assert rows(example, "SELECT manager, item, points FROM score") == [("M10", "attitude", "10")]
    assert cm("journal", "verify").code == 0


@pytest.mark.parametrize(
    "words",
    [
        ("--json",),
        *(
            ("--format", each)
            for each in ("table", "markdown", "csv", "tsv", "jsonl", "yaml", "text")
        ),
    ],
    ids=lambda words: words[-1],
)
def test_every_form_of_a_head_is_an_anchor(busy, ok, cm, tmp_path, words):
    file = tmp_path / "head.txt"
    file.write_text(ok("journal", "head", *words).out, encoding="utf-8")
    ok("journal", "verify", "--anchor", file)
    digest = rows(busy, "SELECT hash FROM entry ORDER BY number DESC LIMIT 1")[0][0]
    file.write_text(file.read_text(encoding="utf-8").replace(digest, digest[::-1]))
    said = cm("journal", "verify", "--anchor", file)
    assert said.code == 1
    assert "is not the one anchored elsewhere" in said.err


@pytest.mark.parametrize(
    "text", ["", "# Read me\n\nEntry 7 is the last.\n", "entry\thash\n", "[]", "5\t" + "a" * 63]
)
def test_a_file_without_a_head_proves_nothing(busy, cm, tmp_path, text):
    (tmp_path / "head.txt").write_text(text, encoding="utf-8")
    said = cm("journal", "verify", "--anchor", tmp_path / "head.txt")
    assert said.code == 66
    assert "no head of a journal" in said.err
    assert "as cm journal head prints them" in said.err


def test_a_long_number_of_a_table_is_read(busy, cm, tmp_path):
    (tmp_path / "head.txt").write_text(f" Entry  Hash\n12,345  {'a' * 64}\n", encoding="utf-8")
    said = cm("journal", "verify", "--anchor", tmp_path / "head.txt")
    assert said.code == 1
    assert "Entry 12345, anchored elsewhere, is gone" in said.err

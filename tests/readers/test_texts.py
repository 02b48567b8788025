"""JSON and YAML: flat records with their lines; everything clever is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cm_cli.errors import CmError, Exit
from cm_cli.readers.registry import open_table


def read(tmp_path, data, **asked):
    path = tmp_path / "records"
    path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))
    with open_table(path, **asked) as table:
        return table, list(table.rows)


def refusal(tmp_path, data, **asked):
    with pytest.raises(CmError) as caught:
        read(tmp_path, data, **asked)
    assert caught.value.code == Exit.DATA_REFUSED
    return caught.value.slug, int(caught.value.where.rpartition(":")[2].split()[0])


def test_an_array_of_objects(tmp_path):
    text = '[\n {"a": 1, "b": "甲"},\n\n {"b": null, "c": 0.10, "a": true}\n]\n'
    table, records = read(tmp_path, text)
    assert (table.source.format, table.headers) == ("json", ["a", "b", "c"])
    assert records == [(2, [1, "甲", ""]), (4, [True, "", Decimal("0.10")])]
    assert table.problems == []


def test_one_object_a_line_in_any_charset(tmp_path):
    table, records = read(tmp_path, '{"名称": "甲"}\n\n{"名称": "乙"}\n'.encode("gbk"))
    assert (table.source.format, table.source.encoding) == ("jsonl", "gb18030")
    assert records == [(1, ["甲"]), (3, ["乙"])]


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ('[{"a":1},\n{"a":}]', ("broken-json", 2)),
        ('[{"a":1},\n{"a":2}', ("broken-json", 2)),
        ('[{"a":1}\n{"a":2}]', ("broken-json", 2)),
        ('[{"a":1},\n]', ("broken-json", 1)),
        ('[{"a":1}]\n[]', ("broken-json", 2)),
        ('{"a":1e9999999999999999999}', ("broken-json", 1)),
        ('[{"a":1},\n2]', ("not-an-object", 2)),
        ('{"a":1}\nx', ("broken-json", 2)),
        ('{"a":\nNaN}', ("broken-json", 1)),
        ('{"a":-Infinity}', ("broken-json", 1)),
        ('{"a":' + "9" * 5000 + "}", ("broken-json", 1)),
        ('[{"a":' + "[" * 100_000, ("broken-json", 1)),
    ],
)
def test_broken_json_is_refused_with_its_line(tmp_path, text, refused):
    assert refusal(tmp_path, text) == refused


def test_what_one_cell_cannot_hold_is_a_finding(tmp_path):
    text = (
        '[{"a": {"b": 1}},\n {"a": [1, [2]]},\n {"a": 1, "a": 2},\n {"a": "\\ud800"},\n'
        ' {"a": "x\\u0000"},\n {"\\ud800": 1}]'
    )
    table, _records = read(tmp_path, text)
    assert [(p.slug, p.where.line, p.value) for p in table.problems] == [
        ("nested-value", 1, ""),
        ("nested-value", 2, ""),
        ("duplicate-key", 3, ""),
        ("bad-character", 4, r"'\ud800'"),
        ("bad-character", 5, r"'x\x00'"),
        ("bad-character", 6, "1"),
    ]
    for problem in table.problems:
        str(problem.where).encode()


def test_yaml_values_are_the_texts_as_written(tmp_path):
    text = (
        "# 客户\n- code: 0123\n  name: no\n  at: 12:30:00\n"
        "- code: ~\n  name: '~'\n  day: 2016-01-01\n"
    )
    table, records = read(tmp_path, text)
    assert (table.source.format, table.headers) == ("yaml", ["code", "name", "at", "day"])
    assert records == [(2, ["0123", "no", "12:30:00", ""]), (5, ["", "~", "", "2016-01-01"])]


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("- a: &x 1\n- a: *x\n", ("not-plain-yaml", 1)),
        ("- a: !!python/object:os.system 1\n", ("not-plain-yaml", 1)),
        ("- a: 1\n- a: [1]\n", ("not-a-list", 2)),
        ("- a: 1\n- text\n", ("not-a-list", 2)),
        ("- a: 1\n- a: 1\n  a: 2\n", ("duplicate-key", 3)),
        ("---\na: 1\n", ("not-a-list", 2)),
        ("- a: 1\n- b: 'x\n", ("broken-yaml", 2)),
        ("- a: 1\n- b: \x07\n", ("broken-yaml", 2)),
        ("- a: 1\n- b: c: d\n", ("broken-yaml", 2)),
        ("- a: [\n", ("not-a-list", 1)),
        ("- {a: 1\n", ("broken-yaml", 1)),
        ("- a: " + "[" * 100_000, ("not-a-list", 1)),
        ("- a: 1\n- a: " + "x" * 40_000 + "\n", ("cell-too-long", 2)),
    ],
)
def test_clever_yaml_is_refused_with_its_line(tmp_path, text, refused):
    assert refusal(tmp_path, text) == refused


def test_an_empty_list_has_no_records(tmp_path):
    for text in ("[]", "---\n[]\n"):
        with pytest.raises(CmError) as caught:
            read(tmp_path, text)
        assert caught.value.slug == "empty-file"
        assert caught.value.what == "There are no records in the file"


@pytest.mark.parametrize("text", ["[{}]", "{}", "\n[{}, {}]", "---\n- {}\n"])
def test_records_without_keys_are_not_called_empty(tmp_path, text):
    with pytest.raises(CmError) as caught:
        read(tmp_path, text)
    assert caught.value.slug == "no-keys"


def test_a_list_of_plain_values_is_one_cell(tmp_path):
    text = '[{"a": ["浙江", 2, null, true]}, {"a": []}, {"a": [null]}]'
    table, records = read(tmp_path, text)
    assert [record.cells for record in records] == [[["浙江", 2, True]], [""], [""]]
    assert table.problems == []
    table, _records = read(tmp_path, '[{"a": ["x\\u0000"]}, {"a": [{}]}]')
    assert [p.slug for p in table.problems] == ["bad-character", "nested-value"]


@pytest.mark.parametrize(
    ("name", "text", "slug"),
    [
        ("a.json", "[1,2]", "not-an-object"),
        ("a", "[1,2]", "not-an-object"),
        ("a.json", "null\n", "not-an-object"),
        ("a.json", '"text"', "not-an-object"),
        ("a.JSON", "{a: 1}", "broken-json"),
        ("a.yaml", "null\n", "not-a-list"),
        ("a.yaml", "code: C1\nname: 甲\n", "not-a-list"),
        ("a.yml", "# 客户\n- C1\n- C2\n", "not-a-list"),
        ("a.yaml", "# 客户\n", "empty-file"),
    ],
)
def test_what_is_no_list_of_records_does_not_pass_for_csv(tmp_path, name, text, slug):
    (tmp_path / name).write_text(text)
    with pytest.raises(CmError) as caught:
        open_table(tmp_path / name)
    assert caught.value.slug == slug


@pytest.mark.parametrize("name", ["a.json", "a.yaml"])
def test_a_csv_with_a_wrong_name_is_still_read(tmp_path, name):
    (tmp_path / name).write_text("code,name\nC1,甲\n")
    with open_table(tmp_path / name) as table:
        assert (table.source.format, list(table.rows)) == ("csv", [(2, ["C1", "甲"])])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[{"a": 1, b: 2}]', "a key in double quotes is missing (character 11)"),
        ('[{"a": x}]', "a value is missing, or a text without double quotes (character 8)"),
        ('[{"a": "x}]', "a double quote opened here is never closed (character 8)"),
        ('[{"a": 1}] and', "something follows its end (character 12)"),
        ('[{"a": 1},\n 5]', "is expected for each record, not 5"),
        ('{"a":' + "9" * 5_000 + "}", "a number has too many digits"),
        ("- a: 1\n- b: c: d", "from character 7 on: “- b: c: d”"),
        ("- a: 1\n- b: 'x\n", "A quote opened here is never closed"),
        ("- a: \x07", "There is a control character in this line"),
    ],
)
def test_no_words_of_the_parser_are_told(tmp_path, text, sentence):
    with pytest.raises(CmError) as caught:
        read(tmp_path, text)
    assert sentence in caught.value.what
    assert caught.value.mend


def test_a_csv_that_looks_like_another_text_is_read_when_told(tmp_path):
    assert read(tmp_path, "[a],b\n1,2\n")[0].headers == ["[a]", "b"]
    assert read(tmp_path, "- a,b: c\n1,2\n")[0].source.format == "csv"
    assert read(tmp_path, "- a: x\n1\n", format="csv")[0].headers == ["- a: x"]

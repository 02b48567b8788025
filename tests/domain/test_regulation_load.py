"""The strict loader: each file in ``bad/`` says in its first line what has to be found in it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest

from cm_cli.domain.career import EDUCATION
from cm_cli.domain.records.manager import EDUCATION as RECORDED_EDUCATION
from cm_cli.domain.regulation.load import digest, from_json, load, read, to_json
from cm_cli.domain.regulation.nodes import MOST_BYTES
from cm_cli.domain.regulation.schema import Education
from cm_cli.errors import CmError, Exit

BAD = sorted((Path(__file__).parent / "bad").glob("*.yaml"), key=lambda path: path.name)
GOOD = """\
regulation: good-1
name: {zh: 办法, en: rules}
source: a test
issued_by: {zh: 行, en: bank}
since: 2001-10-01
"""


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_file_is_found_out_at_its_line(path: Path):
    text = path.read_text()
    slug, line, words = text.splitlines()[0].removeprefix("# finds: ").split(" | ")
    _regulation, problems = load(text, path.name)
    found = [(p.slug, p.where.line, f"{p.what} {p.mend}".lower()) for p in problems]
    hits = [said for found_slug, at, said in found if (found_slug, at) == (slug, int(line))]
    assert hits, found
    assert any(words.lower() in said for said in hits), hits
    assert all("pydantic" not in said and "input should" not in said for _s, _l, said in found)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_file_is_told_once(path: Path):
    _regulation, problems = load(path.read_text(), path.name)
    places = [(p.where, p.slug) for p in problems]
    assert len(places) == len(set(places))
    assert len(problems) <= 2


def test_all_findings_come_at_once_with_path_value_and_mend():
    text = GOOD + (
        "until: 1999-02-30\n"
        "grades:\n"
        "  - {code: a, name: {zh: 甲}, article: '1', cap: {percent: 120, of: unit, article: '7'}}\n"
        "  - {code: b, nam: {zh: 乙, en: b}, cap: {percent: x, of: unit, article: '7'}}\n"
    )
    _regulation, problems = load(text, "r.yaml")
    assert [(p.slug, str(p.where), p.value) for p in problems] == [
        ("not-a-day", "r.yaml:6 «until»", "1999-02-30"),
        ("key-missing", "r.yaml:8 «grades[0].name.en»", ""),
        ("out-of-range", "r.yaml:8 «grades[0].cap.percent»", "120"),
        ("key-missing", "r.yaml:9 «grades[1].name»", ""),
        ("no-source", "r.yaml:9 «grades[1]»", ""),
        ("not-a-number", "r.yaml:9 «grades[1].cap.percent»", "x"),
        ("unknown-key", "r.yaml:9 «grades[1].nam»", "nam"),
    ]
    assert problems[-1].mend == "Did you mean `name`?"


def test_a_list_is_not_called_empty_for_a_slip_in_one_of_its_items():
    def found(answer: str) -> list[tuple[str, str]]:
        axis = "axes:\n  - {code: a, name: {zh: 甲, en: a}, article: '1', answers: ["
        small = "{code: small, name: {zh: 小, en: small}}"
        _regulation, problems = load(f"{GOOD}{axis}{small}{answer}]}}\n", "r.yaml")
        return [(p.slug, str(p.where)) for p in problems]

    slip = ", {code: 2, name: {zh: 大, en: large}}"
    assert found(slip) == [("bad-code", "r.yaml:7 «axes[0].answers[1].code»")]
    assert found("") == [("empty", "r.yaml:7 «axes[0].answers»")]


def test_numbers_days_and_words_are_what_was_written():
    text = GOOD + (
        "reads: [no, 1e3, 2001-13-99]\n"
        "grades:\n"
        "  - {code: no, name: {zh: 甲, en: yes}, article: 6.10,\n"
        "     cap: {percent: 33.30, of: unit, article: 7}}\n"
        "  - {code: b, name: {zh: 乙, en: b}, article: 6}\n"
    )
    regulation = read(text, "r.yaml")
    grade = regulation.grades[0]
    assert regulation.reads == ("no", "1e3", "2001-13-99")
    assert (grade.code, grade.name.en, grade.article) == ("no", "yes", "6.10")
    assert str(grade.cap.percent) == "33.30"
    assert isinstance(grade.cap.percent, Decimal)


def test_a_refused_regulation_carries_every_finding():
    with pytest.raises(CmError) as refused:
        read(GOOD + "until: 1999-01-01\nterm: {}\n", "r.yaml")
    assert refused.value.slug == "regulation-refused"
    assert refused.value.code is Exit.DATA_REFUSED
    assert refused.value.where == "r.yaml"
    assert {p.slug for p in refused.value.problems} == {"key-missing", "no-source"}


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("", "file-empty"),
        ("# only a remark\n", "not-a-mapping"),
        ("a" * (MOST_BYTES + 1), "file-too-large"),
        ("name: \ud800\n", "not-utf8"),
        ("[" * 100_000, "too-deep"),
        ("a: &a [x]\n" + "b: [*a, *a, *a]\n" * 9, "alias"),
    ],
    ids=["empty", "remark", "large", "surrogate", "deep", "bomb"],
)
def test_what_is_no_regulation_at_all_is_said_and_not_suffered(text: str, slug: str):
    regulation, problems = load(text, "r.yaml")
    assert regulation is None
    assert [p.slug for p in problems] == [slug]


def test_a_byte_order_mark_does_not_hide_the_first_key():
    assert read("\ufeff" + GOOD, "r.yaml").regulation == "good-1"


def test_a_value_that_could_move_a_cursor_is_shown_harmless():
    _regulation, problems = load(GOOD + 'until: "\\e[2J\\u202e"\n', "r.yaml")
    assert problems[0].value == "\\u{1b}[2J\\u{202e}"


def test_json_gives_back_the_same_regulation_to_the_last_digit():
    text = GOOD + (
        "classes:\n"
        "  - {code: size, name: {zh: 规模, en: size}, measure: assets, unit: 万元, currency: CNY,\n"
        "     article: '1', bands: [\n"
        "     {code: a, name: {zh: 大, en: a}, from: 100000.10, article: '1'},\n"
        "     {code: b, name: {zh: 小, en: b}, article: '1'}]}\n"
    )
    regulation = read(text, "r.yaml")
    again = from_json(to_json(regulation))
    assert again == regulation
    assert str(again.classes[0].bands[0].from_) == "100000.10"


def test_the_digest_is_that_of_the_text():
    wanted = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert digest("abc") == wanted


def test_education_is_one_ladder_everywhere():
    assert get_args(Education) == EDUCATION == tuple(o.code for o in RECORDED_EDUCATION)


def test_no_key_is_passed_over_whatever_it_begins_with():
    _regulation, problems = load(GOOD + '"\\0anything": 3\n', "r.yaml")
    assert [(p.slug, p.where.line) for p in problems] == [("unknown-key", 6)]
    twice = "term: {years: 1, article: '1'}\nterm: {years: 2, article: '2'}\n"
    _regulation, problems = load(f"{GOOD}{twice}", "r.yaml")
    assert [p.slug for p in problems if p.slug == "key-twice"] == ["key-twice"]

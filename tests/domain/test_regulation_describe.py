"""A regulation reads like the rule it is, and says what was left open."""

from __future__ import annotations

from pathlib import Path

import pytest

from cm_cli.domain.regulation.assigning import rules_of
from cm_cli.domain.regulation.describe import describe, open_choices, section_titles
from cm_cli.domain.regulation.load import from_json, read, to_json
from cm_cli.domain.regulation.rules import every_sourced
from cm_cli.domain.sheet import texts
from cm_cli.errors import CmError
from cm_cli.language import use

ABC = Path(__file__).parents[2] / "cm_cli/regulations/abc/abc-2001.yaml"


@pytest.fixture(scope="module")
def abc():
    return read(ABC.read_text(), ABC.name)


@pytest.fixture
def chinese():
    use("zh")
    yield
    use("en")


def _rows(document, name: str) -> list[list[str]]:
    return list(texts(next(sheet for sheet in document.sheets if sheet.name == name)))


def test_grades_with_cap_requirement_and_article(abc):
    assert _rows(describe(abc), "grades")[2] == [
        "senior",
        "senior client manager (高级经理, 高级, senior)",
        "20% of the unit, article 7",
        "bachelor or higher, 3 years in post, article 6(1)",
        "article 6(1)",
    ]


def test_every_section_is_there(abc):
    document = describe(abc)
    names = [sheet.name for sheet in document.sheets]
    assert names[:13] == [
        "grades", "classes", "duties", "assignment", "assigning", "indicators", "appraisal",
        "ratings", "merits", "consequences", "workflows", "training", "lists",
    ]  # fmt: skip
    more = [section for section in section_titles() if getattr(abc, section)]
    assert names[13:] == ["bounds", *more, "notes"]
    assert dict(document.facts)["In force since"] == "2001-10-01"
    assert dict(document.facts)["Term"] == "1 year, article 14"
    assert document.notes == abc.reads


def test_consequences_read_like_the_article(abc):
    assert _rows(describe(abc), "consequences")[:2] == [
        ["1", "rating: incompetent, grade: assistant", "dismiss", "no", "article 16(4)"],
        ["2", "rating: incompetent", "one_grade_down", "no", "article 16(4)"],
    ]


@pytest.mark.usefixtures("chinese")
def test_names_are_in_the_language_in_use(abc):
    assert describe(abc).title == "中国农业银行客户经理制实施办法"
    assert _rows(describe(abc), "training")[2][1] == "总行"


def test_open_choices_are_all_that_was_chosen(abc):
    rows = list(texts(open_choices(abc)))
    assert len(rows) == sum(1 for _path, rule in every_sourced(abc) if rule.chosen)
    by_path = {row[0]: row for row in rows}
    assert by_path["appraisal.bands[0]"][1] == "rating: excellent, from: 90"
    assert by_path["duties[1].cycle"][1] == (
        "scheme: size, days: large 30 medium 60 small 90 micro 180"
    )
    assert "grades[2].cap" not in by_path


def test_json_round_trip_of_the_whole_preset(abc):
    assert from_json(to_json(abc)) == abc
    assert to_json(from_json(to_json(abc))) == to_json(abc)


def test_assignment_rules_for_the_engine(abc):
    rules = rules_of(abc, "digest")
    assert [spec.by for spec in rules.order][:2] == [
        ("region", "industry", "size"),
        ("region", "industry"),
    ]
    assert (rules.prefer, rules.ties, rules.keep_owner) == (
        ("nearest_region", "least_loaded"), "code", True,
    )  # fmt: skip
    assert (rules.regulation, rules.digest) == ("abc-2001", "digest")
    with pytest.raises(CmError, match="does not say how clients are assigned"):
        rules_of(abc.model_copy(update={"assignment": None}))


def test_words_of_the_language_read_as_words_in_both_languages():
    """A rhythm, a degree and a role are told by their names, not by their codes."""
    rules = read(ABC.read_text(), ABC.name)
    for lang, words in (
        ("zh", ("每个工作日", "客户部门, 每周", "本科及以上", "发生时")),
        ("en", ("every working day", "client department, every week", "bachelor or higher")),
    ):
        use(lang)
        told = str([sheet.rows for sheet in describe(rules).sheets])
        assert [word for word in words if word not in told] == []
        assert "'workday'" not in told

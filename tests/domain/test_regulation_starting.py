"""Starting files pass as they are, and each of their examples is in the language as it stands."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from cm_cli.domain.regulation.compare import compare
from cm_cli.domain.regulation.examples import example_of
from cm_cli.domain.regulation.load import load, read
from cm_cli.domain.regulation.schema import Regulation
from cm_cli.domain.regulation.starting import layer, starting
from cm_cli.usecases.language import flow

ABC = (Path(__file__).parents[2] / "cm_cli/regulations/abc/abc-2001.yaml").read_text()
TEXT = starting("own-2026", date(2026, 1, 1))
SECTIONS = re.findall(r"(?m)^# (\w+):", TEXT)
# What one section alone cannot have: it refers to another, as a consequence to the appraisal.
ELSEWHERE = {"unknown-reference", "consequence-without-appraisal"}


def find(_word: str, _file: str) -> tuple[str, str]:
    return "abc-2001.yaml", ABC


def uncommented(text: str, section: str = "") -> str:
    """Return the text with one section (or all) put into force."""
    out, on = [], not section
    for line in text.splitlines():
        if key := re.match(r"# (\w+):( |$)", line):
            on = section in {"", key[1]}
        inside = re.match(r"# (\w+:|  )", line) and on
        out.append(line[2:] if inside else line)
    return "\n".join(out) + "\n"


def test_it_is_sound_and_shows_every_section_of_the_schema():
    assert load(TEXT, "own.yaml")[1] == []
    keys = {info.alias or name for name, info in Regulation.model_fields.items()}
    written = {"regulation", "name", "source", "issued_by", "since"}
    assert set(SECTIONS) == keys - written - {"extends", "remove", "layers"}
    assert all(re.search("[\u4e00-\u9fff]", line) for line in TEXT.splitlines() if " · " in line)


@pytest.mark.parametrize("section", SECTIONS)
def test_each_example_is_in_the_language_as_it_stands(section):
    text = uncommented(TEXT, section)
    assert f"\n{section}:" in text
    _regulation, problems = load(text, "own.yaml")
    assert [str(p) for p in problems if not p.note and p.slug not in ELSEWHERE] == []


def test_all_examples_together_lack_only_the_quantities_of_a_figure():
    _regulation, problems = load(uncommented(TEXT), "own.yaml")
    left = [(p.slug, p.where.column) for p in problems if not p.note]
    assert left == [("unknown-reference", f"figures[0].{key}") for key in ("of", "per")]


def test_articles_are_texts_that_may_be_copied():
    assert 'article: "1"' in TEXT
    given = flow(example_of(Regulation, "remove"))
    assert given == "[{item: grades.assistant, article: 1}]"
    own = f"regulation: own\nextends: abc-2001\nremove: {given}\n"
    _regulation, problems = load(own, "own.yaml", find)
    assert [p.slug for p in problems if p.where.column.startswith("remove")] == []


def test_alternatives_stand_beside_a_word():
    assert "every: workday  # workday | day | week | month" in TEXT


def test_a_layer_lists_what_the_parent_left_open_and_may_be_uncommented_whole():
    rules = read(ABC, "abc-2001.yaml")
    text = layer("branch", "abc-2001", rules)
    ours = read(text, "branch.yaml", find)
    assert compare(rules, ours).rows == []
    decided = uncommented(text)
    ours = read(decided, "branch.yaml", find)
    assert {row[0] for row in compare(rules, ours).rows} <= {"changed"}
    kept = {rule.layer for rule in (ours.term.reminder, ours.classes[0], ours.duties[1].cycle)}
    assert kept == {"branch"}
    assert [row for row in compare(rules, ours).rows if row[2] != "article"] == []
    assert "since: 2001-10-01" in text


def test_a_difference_is_told_item_by_item_with_both_sources():
    rules = read(ABC, "abc-2001.yaml")
    ours = read(
        "regulation: branch\nextends: abc-2001\n"
        'grades:\n  - {code: senior, cap: {percent: 15, chosen: "decided by the branch"}}\n'
        'duties:\n  - {code: news, name: {zh: 新闻, en: news}, record: visit, every: week, chosen: "new here"}\n'
        'remove:\n  - {item: term.reminder, chosen: "nobody asked"}\n',
        "branch.yaml",
        find,
    )
    rows = {row[1]: row for row in compare(rules, ours).rows}
    assert rows["grades.senior.cap"] == (
        "changed", "grades.senior.cap", "percent", "20", "article 7", "15",
        "chosen: decided by the branch",
    )  # fmt: skip
    assert rows["term.reminder"][0] == "removed"
    assert rows["term.reminder"][3] == "days: 60"
    assert rows["duties.news"][0] == "added"
    assert rows["duties.news"][6] == "chosen: new here"
    assert len(rows) == 3
    back = {row[1]: row[0] for row in compare(ours, rules).rows}
    assert (back["term.reminder"], back["duties.news"]) == ("added", "removed")
    assert compare(rules, rules).rows == []

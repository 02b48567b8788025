"""A layer over a parent: what it changes, adds and takes away, where each item comes from."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path

import pytest

from cm_cli.domain.regulation.describe import describe, open_choices
from cm_cli.domain.regulation.load import digest, from_json, load, read, to_json
from cm_cli.domain.regulation.nodes import MOST_BYTES
from cm_cli.domain.regulation.rules import every_sourced
from cm_cli.errors import CmError

ABC = (Path(__file__).parents[2] / "cm_cli/regulations/abc/abc-2001.yaml").read_text()
WHY = 'chosen: "decided by the branch"'
TEXTS = {"abc-2001": ABC}


def finder(**more: str):
    """Return a look-up among these texts, by code."""
    texts = {**TEXTS, **{code.replace("_", "-"): text for code, text in more.items()}}

    def find(word: str, _file: str) -> tuple[str, str]:
        if word not in texts:
            raise CmError(f"there is no {word}", mend=f"there are {sorted(texts)}")
        return f"{word}.yaml", texts[word]

    return find


def layer(text: str, extends: str = "abc-2001", code: str = "branch") -> str:
    return f"regulation: {code}\nextends: {extends}\n{text}"


def made(text: str, **more: str):
    return read(layer(text), "branch.yaml", finder(**more))


def findings(text: str, **more: str) -> list[tuple[str, str]]:
    _regulation, problems = load(text, "branch.yaml", finder(**more))
    return [(p.slug, str(p.where)) for p in problems if not p.note]


def test_a_layer_of_two_keys_is_the_parent_under_a_code_of_its_own():
    ours, parent = made(""), read(ABC, "abc.yaml")
    assert ours.regulation == "branch"
    assert ours.since == parent.since
    assert ours.ladder == parent.ladder
    assert {rule.layer for _path, rule in every_sourced(ours)} == {"abc-2001"}
    assert [each.code for each in ours.layers] == ["abc-2001", "branch"]
    assert {rule.layer for _path, rule in every_sourced(parent)} == {""}


def test_items_are_changed_by_their_code_and_say_their_layer():
    ours = made(f"grades:\n  - code: senior\n    cap: {{percent: 15, {WHY}}}\n")
    senior = ours.grade("senior")
    assert (senior.cap.percent, senior.cap.of, senior.cap.layer) == (15, "unit", "branch")
    assert (senior.cap.article, senior.cap.chosen) == ("", "decided by the branch")
    assert (senior.layer, senior.requires.layer) == ("abc-2001", "abc-2001")
    assert ours.grade("manager").cap.percent == 50
    assert from_json(to_json(ours)) == ours


def test_mappings_merge_by_key_and_scalars_replace():
    cycle = f"duties:\n  - code: contact\n    cycle: {{days: {{micro: 120}}, {WHY}}}\n"
    ours = made(cycle + "since: 2003-01-01\n")
    contact = next(duty for duty in ours.duties if duty.code == "contact")
    assert contact.cycle.days == {"large": 30, "medium": 60, "small": 90, "micro": 120}
    assert (contact.cycle.layer, contact.layer) == ("branch", "abc-2001")
    assert str(ours.since) == "2003-01-01"


def test_items_deep_within_parts_are_found_by_code_too():
    ours = made(
        "appraisal:\n  total:\n    parts:\n"
        f"      - {{code: quantitative, weight: {{operating: 70, other: 70}}, {WHY}}}\n"
        f"      - {{code: qualitative, weight: {{operating: 30, other: 30}}, {WHY}}}\n"
        f"  bands:\n    - {{rating: basic, from: 55, {WHY}}}\n"
    )
    first, second = ours.appraisal.total.parts
    assert first.weight == {"operating": 70, "managing": 40, "other": 70}
    assert [item.code for item in second.items] == ["attitude", "ability"]
    assert [band.at_least for band in ours.appraisal.bands] == [90, 75, 55, None]


def test_a_new_item_stands_after_the_one_written_before_it():
    new = "{{code: {code}, name: {{zh: {code}, en: {code}}}, " + WHY + "}}"

    def ladder(text: str) -> list[str]:
        regulation, _problems = load(layer(text), "branch.yaml", finder())
        return regulation.ladder

    text = "grades:\n  - code: manager\n  - " + new.format(code="key") + "\n"
    assert ladder(text) == ["assistant", "manager", "key", "senior"]
    text = "grades:\n  - " + new.format(code="trainee") + "\n  - code: assistant\n"
    assert ladder(text) == ["trainee", "assistant", "manager", "senior"]
    text = "grades:\n  - " + new.format(code="chief") + "\n"
    assert ladder(text) == ["assistant", "manager", "senior", "chief"]
    ranks = (
        "lists:\n  - {code: x, name: {zh: 甲, en: x}, "
        + WHY
        + ", items: [{code: y, name: {zh: 乙, en: y}}]}\n"
    )
    assert made(ranks).lists[-1].layer == "branch"


def test_other_lists_are_replaced_whole_and_readings_are_added():
    ours = made("grades:\n  - {code: senior, aliases: [资深]}\nreads: [半年 means six months]\n")
    assert ours.grade("senior").aliases == ("资深",)
    assert ours.reads[-1] == "半年 means six months"
    assert len(ours.reads) == len(read(ABC, "abc.yaml").reads) + 1


def test_another_kind_is_another_rule():
    text = (
        "appraisal:\n  total:\n    parts:\n      - code: qualitative\n        items:\n"
        f"          - {{code: attitude, measure: {{kind: diary_completeness}}, {WHY}}}\n"
    )
    items = made(text).appraisal.items()
    assert next(i for i in items if i.code == "attitude").measure.kind == "diary_completeness"


def test_removals_need_a_source_and_are_told():
    ours = made(
        f"remove:\n  - {{item: duties.sharing, {WHY}}}\n  - {{item: grades.senior.requires, {WHY}}}\n"
        f"  - {{item: classes.size.bands.large, {WHY}}}\n  - {{item: duties.contact.cycle, {WHY}}}\n"
        f"duties:\n  - {{code: contact, every: month, {WHY}}}\n"
    )
    assert ours.grade("senior").requires is None
    assert "sharing" not in {duty.code for duty in ours.duties}
    assert [band.code for band in ours.scheme("size").bands] == ["medium", "small", "micro"]
    contact = next(duty for duty in ours.duties if duty.code == "contact")
    assert (contact.every, contact.cycle) == ("month", None)
    assert [rule.item for rule in ours.remove][:2] == ["duties.sharing", "grades.senior.requires"]
    sheets = {sheet.name: sheet for sheet in describe(ours).sheets}
    assert sheets["removed"].rows[0] == (
        "duties.sharing", "branch", "chosen: decided by the branch [branch]",
    )  # fmt: skip
    assert findings(layer("remove:\n  - {item: duties.sharing}\n")) == [
        ("no-source", "branch.yaml:4 «remove[0]»")
    ]


def test_a_removal_of_nothing_is_a_finding_with_the_nearest_word():
    _rules, problems = load(
        layer(f"remove:\n  - {{item: grades.seniors, {WHY}}}\n"), "b.yaml", finder()
    )
    assert [(p.slug, p.where.line, p.value) for p in problems] == [
        ("unknown-reference", 4, "grades.seniors")
    ]
    assert "`senior`" in problems[0].mend
    alone = ABC + f"remove:\n  - {{item: grades.senior, {WHY}}}\n"
    assert ("remove-without-parent") in [slug for slug, _where in findings(alone)]


@pytest.mark.parametrize(
    "text",
    [
        "term: {years: 2}\n",
        "grades:\n  - {code: senior, cap: {percent: 15}}\n",
        "duties:\n  - {code: contact, cycle: {days: {large: 20}}}\n",
        "assignment:\n  prefer: {by: [least_loaded]}\n",
        "training:\n  - {grade: senior, by: [bank]}\n",
        "lists:\n  - {code: conditions, items: [{code: odd, name: {zh: 怪, en: odd}}]}\n",
    ],
)
def test_a_change_without_a_source_is_refused_at_its_line(text):
    found = findings(layer(text))
    assert found, text
    assert all(where.startswith("branch.yaml") for _slug, where in found)
    assert "no-source" in {slug for slug, _where in found}


def test_names_may_be_changed_without_a_reason():
    ours = made("grades:\n  - {code: senior, name: {zh: 资深客户经理}}\n")
    assert ours.grade("senior").name.both() == {
        "zh": "资深客户经理",
        "en": "senior client manager",
    }


def test_a_finding_names_the_layer_its_item_stands_in():
    """The cap is the branch's, the requirement that now falls is the parent's."""
    text = f"grades:\n  - {{code: senior, cap: {{percent: 0, {WHY}}}}}\n"
    assert findings(layer(text)) == [("cap-impossible", "branch.yaml:4 «grades[0].cap.percent»")]
    line = ABC[: ABC.index("inspected: {by: client_department")].count("\n") + 1
    text = f"remove:\n  - {{item: roles.client_department, {WHY}}}\n"
    assert ("unknown-reference", f"abc-2001.yaml:{line} «duties[0].inspected.by»") in findings(
        layer(text)
    )


def test_an_article_is_one_of_the_source_of_its_layer():
    text = 'term: {years: 2, article: "23"}\n'
    assert findings(layer(text)) == [("article-missing", "branch.yaml:3 «term.article»")]
    assert findings(layer(text + "source: minutes of 2003\n")) == []
    assert findings(layer(text + "source: minutes of 2003\narticles: 22\n")) == [
        ("article-missing", "branch.yaml:3 «term.article»")
    ]


def test_chains_of_layers_keep_the_origin_of_each_item():
    province = layer(f"term: {{years: 2, {WHY}}}\n", code="province")
    city = layer(
        f"grades:\n  - {{code: senior, cap: {{percent: 10, {WHY}}}}}\n", "province", "city"
    )
    ours = read(city, "city.yaml", finder(province=province))
    assert [each.code for each in ours.layers] == ["abc-2001", "province", "city"]
    assert [each.text_digest for each in ours.layers] == [digest(t) for t in (ABC, province, city)]
    assert (ours.term.years, ours.term.layer, ours.grade("senior").cap.layer) == (
        2, "province", "city",
    )  # fmt: skip
    assert ours.term.ends.layer == "abc-2001"
    bad = province.replace("years: 2", "years: 0")
    assert findings(city, province=bad) == [("out-of-range", "province.yaml:3 «term.years»")]


def test_cycles_unknown_parents_and_missing_codes_are_findings():
    assert findings(layer("", "icbc")) == [("unknown-parent", "branch.yaml:2 «extends»")]
    assert findings(layer("", "branch"), branch=layer("", "branch")) == [
        ("extends-itself", "branch.yaml:2 «extends»")
    ]
    other = layer("", "branch", "other")
    assert findings(layer("", "other"), other=other, branch=layer("", "other")) == [
        ("extends-itself", "other.yaml:2 «extends»")
    ]
    assert findings("extends: abc-2001\n") == [("key-missing", "branch.yaml:1 «regulation»")]
    assert findings(layer("", "[a, b]")) == [("wrong-shape", "branch.yaml:2 «extends»")]
    assert findings(layer("", "")) == [
        ("no-value", "branch.yaml:2 «extends»"),
        ("unknown-parent", "branch.yaml:2 «extends»"),
    ]
    regulation, problems = load(layer(""), "branch.yaml")
    assert regulation is None
    assert [problem.slug for problem in problems] == ["unknown-parent"]


def test_a_chain_and_its_texts_have_an_end():
    many = {f"l{n}": layer("", f"l{n + 1}", f"l{n}") for n in range(20)}
    assert [slug for slug, _where in findings(layer("", "l0"), **many)] == ["too-many-layers"]
    big = layer("#" + "x" * (MOST_BYTES - 100) + "\n", code="big")
    text = layer("#" + "y" * 200 + "\n", "big")
    assert [slug for slug, _where in findings(text, big=big)] == ["file-too-large"]


def test_an_item_written_twice_in_a_layer_is_a_finding():
    text = f"grades:\n  - {{code: senior, cap: {{percent: 10, {WHY}}}}}\n  - {{code: senior}}\n"
    assert findings(layer(text)) == [("code-twice", "branch.yaml:5 «grades[1].code»")]


def test_a_large_layer_over_a_large_parent_is_joined_in_good_time():
    items = "".join(f"      - {{code: c{n}, name: {{zh: 甲, en: x}}}}\n" for n in range(8000))
    parent = ABC.replace(
        "lists:\n",
        f"lists:\n  - code: many\n    name: {{zh: 多, en: many}}\n    {WHY}\n    items:\n{items}",
        1,
    )
    text = f"lists:\n  - code: many\n    {WHY}\n    items:\n{items}"
    before = time.process_time()
    ours = read(layer(text), "branch.yaml", finder(abc_2001=parent))
    assert time.process_time() - before < 20
    assert len(ours.lists[0].items) == 8000


def test_the_digest_covers_every_layer():
    assert digest("a") != digest("a", "b") != digest("a", "c")
    assert digest("a", "b") != digest("b", "a")


def test_show_says_the_layer_of_each_item_and_the_texts_it_is_made_of():
    ours = made(f"source: minutes of 2003\nterm: {{years: 2, {WHY}}}\n")
    document = describe(ours)
    facts = dict(document.facts)
    assert facts["Term"] == "2 years, chosen: decided by the branch [branch]"
    assert facts["Layer abc-2001"].startswith("003_7c6d165f4a24e1cc.txt")
    assert facts["Layer branch"].startswith("minutes of 2003")
    grades = next(sheet for sheet in document.sheets if sheet.name == "grades")
    assert grades.rows[0][-1] == "article 6(3) [abc-2001]"
    rows = [row for row in open_choices(ours).rows if row[0] == "term"]
    assert rows == [("term", "years: 2", "decided by the branch", "", "branch")]
    assert made("").term.years == Decimal(1)


def test_a_grade_or_rating_that_is_no_key_of_its_list_needs_a_source():
    for text in (
        "entry: [{code: competition, grade: manager}]\n",
        "classes: [{code: size, bands: [{code: large, grade: senior}]}]\n",
    ):
        assert [slug for slug, _where in findings(layer(text))] == ["no-source"], text
    rules = findings(layer(f"training:\n  - {{grade: senior, by: [head_office], {WHY}}}\n"))
    assert rules == []


def test_another_kind_of_an_item_leaves_the_rest_of_it_to_the_parent():
    ours = made(f"indicators:\n  - {{code: deposits, kind: volume, {WHY}}}\n")
    deposits = next(one for one in ours.indicators if one.code == "deposits")
    assert (deposits.kind, deposits.unit, deposits.layer) == ("volume", "万元", "branch")
    score = "{kind: linear, zero_at: 0, full_at: 100, basis: completion}"
    item = f"{{code: deposits, score: {score}, {WHY}}}"
    part = f"{{code: quantitative, parts: [{{code: management, items: [{item}]}}]}}"
    parts = f"appraisal: {{total: {{parts: [{part}]}}}}\n"
    scored = next(i for i in made(parts).appraisal.items() if i.code == "deposits").score
    assert scored.kind == "linear"


def test_a_code_twice_in_the_parent_is_found_under_a_layer_too():
    twice = ABC.replace("abc-2001", "parent", 1).replace(
        "  - code: senior\n", "  - code: manager\n"
    )
    assert twice != ABC
    more = f"{{code: expert, name: {{zh: 专家, en: expert}}, {WHY}}}"
    for text in (
        "",
        f"grades: [{more}]\n",
        f"grades: [{{code: manager, name: {{en: m}}}}, {more}]\n",
    ):
        found = findings(layer(text, "parent"), parent=twice)
        assert "code-twice" in {slug for slug, _where in found}, text


def test_articles_of_another_source_are_counted_by_its_own_rules():
    def idle(text: str) -> list[str]:
        problems = load(layer(text, "parent"), "branch.yaml", finder(parent=parent))[1]
        return [one.value for one in problems if one.slug == "article-idle"]

    lost = "lost_articles: [3, 22]\n"
    parent = ABC.replace("abc-2001", "parent", 1) + lost
    term = 'term: {years: 2, article: "2"}\n'
    assert idle(term) == []
    assert idle(f"source: minutes\narticles: 4\n{term}") == ["1", "3", "4"]
    assert idle(f"source: minutes\narticles: 4\nlost_articles: [1]\n{term}") == ["3", "4"]

"""A plan written and read back, and what a damaged file is told."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from assignment_example import DAY, RULES, TREES, planned, read

from cm_cli.domain.assignment.plan import Base, plan
from cm_cli.domain.assignment.state import facts_digest, from_json, to_json
from cm_cli.errors import CmError

TEXT = """
M1 region=深圳 capacity=2
M2 region=广州 status=departed
M3 region=广州 capacity=1
C1 region=南山
C2 region=天河 manager=M2
C3 region=天河
C4 region=京
C5 region=天河 manager=M1 locked=yes
"""


def made():
    clients, managers = read(TEXT)
    rules = replace(RULES, regulation="abc-2001", digest="d1")
    return plan(clients, managers, rules, TREES, DAY, base=Base(12, "ab12", "f00d"))


def test_a_plan_comes_back_as_it_was_and_the_bytes_repeat():
    text = to_json(made())
    assert from_json(text, "plan.json") == made()
    assert to_json(from_json(text, "plan.json")) == text


def test_the_file_is_lines_a_person_can_compare():
    lines = to_json(made()).splitlines()
    assert '"base":{"entry":12,"head":"ab12","facts":"f00d"},' in lines
    assert '["C1","M1","","new","region",[]],' in lines
    assert '["C2","M3","M2","move","region",[0]],' in lines
    assert lines[-1] == "}"
    assert '["M3","clients","1","0","1",0,1]' in lines


def spoil(change):
    document = json.loads(to_json(made()))
    change(document)
    return json.dumps(document)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda d: d.pop("day"), "day"),
        (lambda d: d.update(day="2026-13-01"), "day"),
        (lambda d: d.update(colour="red"), "colour"),
        (lambda d: d.update(kept=-1), "kept"),
        (lambda d: d.update(kept=True), "kept"),
        (lambda d: d.update(measure="deposits"), "measure"),
        (lambda d: d["base"].pop("head"), "base"),
        (lambda d: d.update(base=3), "base"),
        (lambda d: d.update(base=["entry", "head", "facts"]), "base"),
        (lambda d: d.update(decisions={}), "decisions"),
        (lambda d: d["decisions"].reverse(), "decisions"),
        (lambda d: d["decisions"].append(d["decisions"][-1]), "decisions"),
        (lambda d: d["decisions"][0].pop(), "decisions[0]"),
        (lambda d: d["decisions"][0].__setitem__(1, ""), "decisions[0]"),
        (lambda d: d["decisions"][0].__setitem__(3, "take"), "decisions[0]"),
        (lambda d: d["decisions"][0].__setitem__(5, [99]), "decisions[0]"),
        (lambda d: d["decisions"][0].__setitem__(5, [-1]), "decisions[0]"),
        (lambda d: d["decisions"][0].__setitem__(3, ["new"]), "decisions[0]"),
        (lambda d: d["loads"][0].__setitem__(1, "deposits"), "loads[0]"),
        (lambda d: d["loads"][0].__setitem__(2, "NaN"), "loads[0]"),
        (lambda d: d["loads"][0].__setitem__(2, 2), "loads[0]"),
        (lambda d: d["loads"][0].__setitem__(2, "1E+999999999"), "loads[0]"),
        (lambda d: d["reasons"][0].__setitem__(0, "why-not"), "reasons[0]"),
        (lambda d: d["reasons"][0].__setitem__(3, []), "reasons[0]"),
    ],
)
def test_what_was_not_written_by_the_program_is_named(change, place):
    with pytest.raises(CmError) as refused:
        from_json(spoil(change), "plan.json")
    assert (refused.value.slug, int(refused.value.code)) == ("plan-file", 65)
    assert place in {each.where.column for each in refused.value.problems}


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("", "plan-not-json"),
        ('{"format": ', "plan-not-json"),
        ("[" * 100_000, "plan-not-json"),
        ("[]", "plan-form"),
        ('{"format":"cm-assignment-plan/1"}', "plan-form"),
        ('{"format":"cm-assignment-plan/9"}', "plan-form"),
    ],
)
def test_another_file_is_refused(text, slug):
    with pytest.raises(CmError) as refused:
        from_json(text, "other.json")
    assert [each.slug for each in refused.value.problems] == [slug]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda d: d.pop("day"), "This part of the plan is missing."),
        (lambda d: d.update(colour="red"), "A plan has no such part."),
        (lambda d: d.update(base=3), "This part of the plan is not as it was written: 3"),
        (
            lambda d: d["decisions"].reverse(),
            "“C4” is not in its place in this part of the plan.",
        ),
    ],
)
def test_the_sentence_says_what_is_wrong_with_a_part(change, sentence):
    with pytest.raises(CmError) as refused:
        from_json(spoil(change), "plan.json")
    assert sentence in {each.what for each in refused.value.problems}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"format": ', "a value is missing, or a text without double quotes (character 12)"),
        ("[" * 100_000, "too many brackets inside each other"),
        ("9" * 5_000, "a number has too many digits"),
        ("{}", "This is not a plan of assignment."),
        ('{"format":"cm-assignment-plan/1"}', "written by another version of cm"),
    ],
)
def test_no_words_of_the_parser_are_told(text, sentence):
    with pytest.raises(CmError) as refused:
        from_json(text, "other.json")
    assert sentence in refused.value.problems[0].what


def test_a_byte_order_mark_before_a_plan_is_passed_over():
    assert from_json("\ufeff" + to_json(made()), "plan.json") == made()


def test_all_findings_are_told_at_once():
    with pytest.raises(CmError) as refused:
        from_json(spoil(lambda d: (d.update(day=3), d["loads"][1].pop())), "plan.json")
    assert [each.where.column for each in refused.value.problems] == ["day", "loads[1]"]


def test_the_digest_sees_every_fact_and_no_order():
    clients, managers = read(TEXT)
    rules = RULES
    known = facts_digest(clients, managers, rules, DAY)
    assert facts_digest(clients[::-1], managers[::-1], rules, DAY) == known
    other = [
        ([clients[0]._replace(size="large"), *clients[1:]], managers, rules, DAY),
        ([clients[0]._replace(sales=Decimal(5)), *clients[1:]], managers, rules, DAY),
        (clients, [replace(managers[0], capacity=Decimal(3)), *managers[1:]], rules, DAY),
        (clients, [replace(managers[0], coverage={}), *managers[1:]], rules, DAY),
        (clients, [replace(managers[0], measure="assets"), *managers[1:]], rules, DAY),
        (clients, managers, replace(rules, ties="leave"), DAY),
        (clients, managers, replace(rules, order=rules.order[::-1]), DAY),
        (clients, managers, rules, DAY.replace(day=2)),
    ]
    assert len({known, *(facts_digest(*told) for told in other)}) == 1 + len(other)


def test_an_empty_plan_is_written_too():
    empty = planned("M1 region=粤\nC1 region=粤 manager=M1")
    assert empty.kept == 1
    assert from_json(to_json(empty), "plan.json") == empty

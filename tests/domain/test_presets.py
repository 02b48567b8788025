"""Every regulation that comes with the program: sound, its cases pass, its sources are covered."""

from __future__ import annotations

import re

import pytest

from cm_cli.domain.register import names as kinds
from cm_cli.domain.regulation.cases import coverage
from cm_cli.domain.regulation.casework import failures, run_cases
from cm_cli.domain.regulation.load import load, read
from cm_cli.reports import register as reports
from cm_cli.usecases.regulations import cases, preset, presets
from cm_cli.usecases.systems import list_, presets_of, systems

CODES = sorted(presets())
NAMED = {
    "abc-2001", "beijing-postal-finance", "bocom-personal-2002", "city-commercial-bank",
    "bank-post-generic", "rural-commercial-bank", "rural-credit-coop", "telecom-company",
    "china-telecom-large", "water-utility", "tobacco", "postal-large-client", "jiangxi-post",
    "client-grades", "corporate-loan-bank", "hkib-course", "boa-cash-management",
    "insurer-outlet", "china-life-linyi", "everbright-beijing", "bank-settlement-department",
    "hotel-sales", "furniture-sales", "ladders",
}  # fmt: skip


def test_all_that_were_promised_are_there():
    assert set(CODES) >= NAMED


@pytest.mark.parametrize("code", CODES)
def test_it_is_sound(code):
    file, text = preset(code)
    rules, problems = load(text, file)
    assert rules is not None
    assert rules.regulation == code
    assert [str(problem) for problem in problems] == []


@pytest.mark.parametrize("code", CODES)
def test_its_cases_pass_and_each_article_that_decides_has_one(code):
    rules = read(*reversed(preset(code)))
    file, text = cases(code)
    assert len(run_cases(rules, text, file)) > 3
    assert [problem.what for problem in failures(rules, text, file)] == []
    assert [problem.what for problem in coverage(rules, text, file)] == []


def test_the_table_of_systems_is_the_whole_list():
    assert [each.code for each in systems()] == [f"S{number:02}" for number in range(1, 66)]


def test_every_system_lives_somewhere():
    assert [row[0] for row in list_().rows if row[3] in {"planned", ""}] == []


def test_every_numbered_rule_of_a_system_is_encoded_or_noted():
    told: dict[str, set[str]] = {}
    for code in CODES:
        rules = read(*reversed(preset(code)))
        for rule in (*rules.covers, *(one for note in rules.notes for one in note.rules)):
            told.setdefault(rule.split(".")[0], set()).add(rule.partition(".")[2])
    missing = [each.code for each in systems() if each.code not in told]
    for system in systems():
        found = [re.match(r"R([0-9]+)", one) for one in told.get(system.code, ())]
        numbers = {int(one[1]) for one in found if one}
        missing += [f"{system.code}.R{n}" for n in range(1, system.rules + 1) if n not in numbers]
    assert missing == []


def test_a_regulation_names_the_systems_it_holds():
    held = presets_of()
    assert set(held) <= {each.code for each in systems()}
    assert all(any(code in codes for codes in held.values()) for code in CODES)


def test_what_systems_live_in_is_there():
    for system in systems():
        for word in system.lives:
            sort, _colon, name = word.partition(":")
            if sort == "record":
                assert name in kinds()
            elif sort == "report":
                assert name in reports.names()
            else:
                assert word == "command:assign-plan"

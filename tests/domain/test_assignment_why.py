"""Why, why not, and what it would take."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from assignment_example import DAY, REGION, RULES, TREES, planned, read

from cm_cli.domain.assignment.plan import plan
from cm_cli.domain.assignment.reasons import sentence
from cm_cli.domain.assignment.why import why
from cm_cli.domain.assignment.why_not import why_not, why_not_document
from cm_cli.errors import CmError

TEXT = """
M1 region=粤
M2 region=深圳 capacity=1
M3 region=深圳 leave=2026-10-01/2026-10-09
M4 region=广州
M5 region=粤 industry=制造 status=suspended
M6 industry=电子
M7 region=粤
M8 region=粤 size=small
M9 region=粤
C1 region=南山 industry=电子
C2 region=福田 industry=电子
C3 region=天河 industry=电子 manager=M4
C4 region=天河 industry=电子 manager=M7 locked=yes
C5 region=南山 status=closed
C6 region=京 industry=电子
"""


def ask(code, text=TEXT, rules=RULES):
    clients, managers = read(text)
    client = next(each for each in clients if each.code == code)
    made = plan(clients, managers, rules, TREES, DAY)
    return why(client, managers, rules, TREES, on=DAY, made=made)


def refuse(code, manager, text=TEXT, rules=RULES):
    clients, managers = read(text)
    client = next(each for each in clients if each.code == code)
    made = plan(clients, managers, rules, TREES, DAY)
    return why_not(client, manager, managers, rules, TREES, on=DAY, made=made)


def test_why_shows_the_rules_the_candidates_and_what_decided():
    told = ask("C1")
    assert dict(told.facts)["because"] == "rule “region”: before M9 by “nearest region”"
    rules, candidates = told.sheets
    assert rules.rows == [
        ("crossed", "", "region, industry", 0, 0, "nobody"),
        ("region", "by region", "region", 4, 4, "decides"),
    ]
    assert rules.notes == ("article 2", "article 3")
    assert candidates.rows == [
        ("region", 1, "M2", 1, "clients", 0, 1, 0, "is chosen"),
        ("region", 2, "M9", 2, "clients", 0, None, 0, ""),
        ("region", 3, "M1", 2, "clients", 1, None, 1, ""),
        ("region", 4, "M7", 2, "clients", 1, None, 1, ""),
    ]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("C2", "rule “region”: equal to M9 in every preference, first by code"),
        ("C3", "the manager still fits, and who fits stays"),
        ("C5", "the client's status is “closed”: only active clients are planned"),
        ("C6", "no manager covers region 京"),
    ],
)
def test_because(code, words):
    assert dict(ask(code).facts)["because"] == words


def test_because_of_the_only_candidate_and_of_a_move():
    text = "M1 region=深圳\nM2 region=广州\nC1 region=天河 manager=M1"
    assert dict(ask("C1", text).facts)["because"] == (
        "M1 does not cover region 天河; the only candidate of rule “region” with room"
    )


@pytest.mark.parametrize(
    ("code", "manager", "reason", "takes"),
    [
        ("C1", "M2", "M2 holds the client already", "nothing"),
        ("C5", "M1", "the client's status is “closed”", "set the client's status to active"),
        (
            "C1",
            "M5",
            "M5 is not in post (status “suspended”)",
            "set the manager's status to active",
        ),
        (
            "C1",
            "M4",
            "M4 does not cover region 南山",
            "extend the manager's coverage to region 南山, or drop that restriction",
        ),
        (
            "C1",
            "M8",
            "M8 is restricted by size, which the client does not have",
            "record the client's size",
        ),
        (
            "C1",
            "M3",
            "M3 is on leave and takes no new clients",
            "wait for the end of the leave, or end it",
        ),
        (
            "C3",
            "M1",
            "M4 holds the client and still fits",
            "move the client by hand, with a reason and a hand-over",
        ),
        ("C4", "M1", "the client is locked to M7", "release the lock, or move the client by hand"),
        (
            "C1",
            "M6",
            "no rule proposes M6: region 南山 not declared",
            "declare region 南山 in the manager's coverage",
        ),
        (
            "C2",
            "M2",
            "M2 is full: 1 of 1",
            "raise the capacity, or take load off: short by 1",
        ),
        (
            "C1",
            "M1",
            "M2 comes before by “nearest region”",
            "come before M2 in “nearest region”",
        ),
        (
            "C2",
            "M9",
            "M1 is equal in every preference and comes first by code",
            "take any load off, or assign the client by hand",
        ),
    ],
)
def test_why_not(code, manager, reason, takes):
    answer = refuse(code, manager)
    assert (sentence(answer.reason), answer.takes) == (reason, takes)


def test_why_not_an_earlier_rule_or_a_tie():
    text = """
    M1 region=粤 industry=制造
    M2 region=粤
    M3 region=粤
    C1 region=粤 industry=电子
    C2 region=粤
    """
    assert sentence(refuse("C1", "M2", text).reason) == "rule “crossed” comes first and decides"
    left = refuse("C2", "M2", text, replace(RULES, ties="leave"))
    assert left.reason.slug == "left-to-person"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("M4 region=广州", "M4 region=南山"),
        ("status=suspended", "status=active"),
        ("leave=2026-10-01/2026-10-09", "leave=2026-11-01/2026-11-09"),
    ],
)
def test_doing_what_it_takes_changes_the_answer(before, after):
    """C1 in Nanshan; M2, the nearest, is taken out of the race first."""
    text = TEXT.replace("M2 region=深圳 capacity=1", "M2 region=深圳 capacity=0")
    manager = next(line.split()[0] for line in text.splitlines() if before in line)
    assert planned(text).of("C1").manager != manager
    assert refuse("C1", manager, text).reason.slug != "holds-already"
    assert planned(text.replace(before, after)).of("C1").manager == manager


def test_an_unknown_manager_is_refused_with_the_nearest_code():
    with pytest.raises(CmError) as refused:
        refuse("C1", "M22", TEXT)
    assert (refused.value.slug, refused.value.mend) == ("no-such-manager", "Did you mean “M2”?")


def test_why_not_is_a_document():
    told = why_not_document("C1", "M3", refuse("C1", "M3"))
    assert told.facts[0] == ("because", "M3 is on leave and takes no new clients")


def test_loads_by_a_measure_are_shown_in_its_unit():
    text = "M1 region=粤 capacity=20000\nM2 region=粤 capacity=10000\nC1 region=粤 sales=15000"
    rules = replace(RULES, order=(REGION,), capacity_measure="sales")
    told = ask("C1", text, rules)
    assert [row[4:] for row in told.sheets[1].rows] == [
        ("sales (万元)", 0, 2, 0, "is chosen"),
        ("sales (万元)", 0, 1, 0, "full"),
    ]
    assert sentence(refuse("C1", "M2", text, rules).reason) == "M2 is full: 0 万元 of 1 万元"
    assert refuse("C1", "M2", text, rules).takes.endswith("short by 0.5 万元")


def test_each_candidate_is_weighed_in_his_own_measure():
    """C1 is one client to M1, 1.5 万元 of sales to M2, nothing to M3 for want of assets."""
    text = """
    M1 region=粤 capacity=0
    M2 region=粤 capacity=10000 measure=sales
    M3 region=粤 capacity=5000 measure=assets
    C1 region=粤 sales=15000
    """
    rules = replace(RULES, order=(REGION,))
    assert [row[2:] for row in ask("C1", text, rules).sheets[1].rows] == [
        ("M1", 0, "clients", 0, 0, 0, "full"),
        ("M2", 0, "sales (万元)", 0, 1, 0, "full"),
        ("M3", 0, "assets (万元)", 0, Decimal("0.5"), 0, "is chosen"),
    ]
    assert [refuse("C1", code, text, rules).takes.split(": ")[1] for code in ("M1", "M2")] == [
        "short by 1",
        "short by 0.5 万元",
    ]

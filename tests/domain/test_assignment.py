"""Who gets whom, and the reason where nobody does (S39, F49, S53.R4)."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from assignment_example import (
    ANYBODY,
    DAY,
    REGION,
    RULES,
    TREES,
    applied,
    brief,
    planned,
    read,
)

from cm_cli.domain.assignment.criteria import CRITERIA, PREFERENCES, Holds
from cm_cli.domain.assignment.facts import RuleSpec
from cm_cli.domain.assignment.plan import plan
from cm_cli.domain.assignment.reasons import sentence
from cm_cli.domain.assignment.sheets import plan_sheets
from cm_cli.errors import CmError


@pytest.mark.parametrize(
    ("dimension", "declared", "value", "holds", "distance"),
    [
        ("region", (), "南山", Holds.UNDECLARED, None),
        ("region", ("粤", "深圳"), "南山", Holds.COVERS, 1),
        ("region", ("广州",), "南山", Holds.OUTSIDE, None),
        ("region", ("南山",), "深圳", Holds.OUTSIDE, None),
        ("region", ("粤",), "", Holds.UNKNOWN, None),
        ("industry", ("制造",), "电子", Holds.COVERS, 1),
        ("size", ("large", "listed"), "listed", Holds.COVERS, 0),
        ("relation", ("new",), "old", Holds.OUTSIDE, None),
        ("service", ("credit",), "credit", Holds.COVERS, 0),
    ],
)
def test_a_criterion_tells_the_four_answers_apart(dimension, declared, value, holds, distance):
    match = CRITERIA[dimension].match(declared, value, TREES)
    assert (match.holds, match.distance) == (holds, distance)
    assert match.blocks == (holds in {Holds.OUTSIDE, Holds.UNKNOWN})


CASES = {
    "the crossed rule comes before the region": (
        "M1 region=深圳 industry=制造\nM2 region=南山\nC1 region=南山 industry=电子",
        ["C1 new M1 (crossed)"],
    ),
    "a manager restricted to another industry is not asked": (
        "M1 region=南山 industry=贸易\nM2 region=粤\nC1 region=南山 industry=电子",
        ["C1 new M2 (region)"],
    ),
    "the nearest region comes before the least loaded": (
        "M1 region=粤\nM2 region=深圳\nC1 region=南山\nC2 region=南山\nC3 region=天河",
        ["C1 new M2 (region)", "C2 new M2 (region)", "C3 new M1 (region)"],
    ),
    "a full rule passes on to the next": (
        """
        M1 region=南山 industry=制造 capacity=1
        M2 region=深圳
        C1 region=南山 industry=电子
        C2 region=南山 industry=汽车
        """,
        ["C1 new M1 (crossed)", "C2 new M2 (region)"],
    ),
    "loads are shares of capacity, and the code decides between equals": (
        """
        M1 region=粤 capacity=1
        M2 region=粤 capacity=3
        C1 region=粤
        C2 region=粤
        C3 region=粤
        C4 region=粤
        """,
        [
            "C1 new M1 (region)",
            "C2 new M2 (region)",
            "C3 new M2 (region)",
            "C4 new M2 (region)",
        ],
    ),
    "who fits stays, also over capacity, and is not listed": (
        "M1 region=粤 capacity=1\nM2 region=粤\nC1 region=粤 manager=M1\nC2 region=粤 manager=M1",
        [],
    ),
    "a departed owner": (
        "M1 region=粤 status=departed\nM2 region=粤\nC1 region=粤 manager=M1",
        ["C1 move M2 (region) owner-not-in-post"],
    ),
    "a client who moved": (
        "M1 region=深圳\nM2 region=广州\nC1 region=天河 manager=M1",
        ["C1 move M2 (region) owner-outside"],
    ),
    "an owner nobody knows": (
        "M2 region=广州\nC1 region=天河 manager=M9",
        ["C1 move M2 (region) owner-unrecorded"],
    ),
    "a released client": (
        "M1 region=深圳\nC1 region=天河 manager=M1",
        ["C1 release no-cover,owner-outside"],
    ),
    "a locked pair is only reported": (
        "M1 region=深圳\nM2 region=广州\nC1 region=天河 manager=M1 locked=yes",
        ["C1 keep M1 locked,owner-outside"],
    ),
    "an inactive client is left as he is": (
        "M1 region=粤\nC1 region=粤 manager=M1 status=closed\nC2 region=粤 status=closed",
        ["C1 none M1 client-inactive", "C2 none client-inactive"],
    ),
    "leave stops new clients only": (
        "M1 region=粤 leave=2026-09-30/2026-10-01\nC1 region=粤 manager=M1\nC2 region=粤",
        ["C2 none on-leave"],
    ),
    "leave ended yesterday": (
        "M1 region=粤 leave=2026-09-01/2026-09-30\nC2 region=粤",
        ["C2 new M1 (region)"],
    ),
    "all full": (
        """
        M1 region=粤 capacity=1
        M2 region=粤 leave=2026-10-01/2026-10-02
        C1 region=粤
        C2 region=粤
        """,
        ["C1 new M1 (region)", "C2 none all-full,on-leave"],
    ),
    "who would fit is suspended": (
        "M1 region=粤 status=suspended\nM2 region=广州\nC1 region=深圳",
        ["C1 none not-in-post"],
    ),
    "no region recorded": ("M1 region=粤\nC1 size=large", ["C1 none missing-data"]),
    "no manager at all": ("C1 region=粤", ["C1 none no-manager"]),
}


@pytest.mark.parametrize("name", CASES)
def test_decisions(name):
    text, expected = CASES[name]
    assert brief(planned(text)) == expected


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("C1 region=粤 industry=贸易", "no manager covers region 粤 with industry 贸易"),
        ("C1 region=京 industry=制造", "no manager covers region 京"),
        (
            "C1 region=深圳 industry=贸易 size=small",
            "no manager covers region 深圳 with industry 贸易 with size small",
        ),
        (
            "C1 region=深圳 size=small",
            "the client has no industry, which is needed to choose a manager",
        ),
        ("C1 industry=贸易", "the client has no region, which is needed to choose a manager"),
    ],
)
def test_the_smallest_explanation_of_a_gap(line, words):
    text = "M1 region=粤 industry=制造\nM2 region=深圳 size=large\nM3 region=广州 industry=贸易\n"
    (reason,) = planned(text + line).decisions[0].reasons
    assert sentence(reason) == words


SERVICE = RuleSpec("service", ("service",))


def test_a_chain_of_moves_makes_room():
    """C1 would take M1 by code; then C3 had room nowhere, so that C1 goes to M3."""
    text = """
    M1 service=a,b capacity=1
    M2 service=b capacity=1
    M3 service=a capacity=1
    C1 service=a
    C2 service=b
    C3 service=b
    C4 service=b
    """
    made = planned(text, order=(SERVICE,), prefer=("least_loaded",))
    holder = {each.client: each.manager for each in made.decisions}
    assert holder["C1"] == "M3"
    assert sorted(holder.values()) == ["", "M1", "M2", "M3"]


def test_who_chose_first_chooses_again_when_others_have_chosen():
    """Eight of each service; those of service a make way for b at M1, who holds both."""
    text = "M1 service=a,b\nM2 service=a\nM3 service=b\n"
    text += "\n".join(f"C{n:02} service={'ab'[n // 8]}" for n in range(16))
    made = planned(text, order=(SERVICE,), prefer=("least_loaded",))
    assert sorted(each.clients_after for each in made.loads) == [5, 5, 6]


def test_a_tie_is_left_to_a_person_who_is_told_between_whom():
    """M1 holds two, M2 and M3 one each: the second client has two equals."""
    text = """
    M1 region=粤
    M2 region=粤
    M3 region=粤
    C1 region=粤 manager=M1
    C2 region=粤 manager=M1
    C3 region=粤 manager=M2
    C4 region=粤
    C5 region=粤
    C6 region=粤
    """
    made = planned(text, ties="leave")
    assert brief(made) == ["C4 new M3 (region)", "C5 none tie", "C6 none tie"]
    assert made.of("C5").reasons[0].managers == ("M2", "M3")


@pytest.mark.parametrize(
    ("prefer", "chosen"),
    [
        (("specialist",), "M3"),
        (("lowest_grade",), "M2"),
        (("highest_grade",), "M4"),
        (("fewest_clients", "highest_grade"), "M3"),
        (("least_loaded", "nearest_region"), "M2"),
        (("nearest_region", "lowest_grade"), "M2"),
        ((), "M1"),
    ],
)
def test_preferences_come_in_their_order(prefer, chosen):
    text = """
    M1 region=粤 rank=2
    M2 region=深圳 rank=1
    M3 region=粤 industry=制造 rank=3
    M4 region=粤 rank=4
    C1 region=天河 manager=M1
    C2 region=天河 manager=M4
    C3 region=南山 industry=电子
    """
    assert planned(text, order=(REGION,), prefer=prefer).of("C3").manager == chosen


def test_a_tie_that_others_part_is_no_tie():
    """C1 is first equal between M1 and M2; then C2, in Tianhe, fills M2."""
    text = """
    M1 region=广州 capacity=1
    M2 region=广州,天河 capacity=1
    M3 region=粤 capacity=0
    C1 region=广州
    C2 region=天河
    """
    made = planned(text, ties="leave")
    assert brief(made) == ["C1 new M1 (region)", "C2 new M2 (region)"]


def test_ties_are_seen_after_the_last_preference():
    text = "M1 region=粤\nM2 region=深圳\nM3 region=深圳\nC1 region=南山\nC2 region=天河"
    made = planned(text, prefer=("least_loaded", "nearest_region"), ties="leave")
    assert brief(made) == ["C1 none tie", "C2 new M1 (region)"]
    assert made.of("C1").reasons[0].managers == ("M2", "M3")


def test_the_lot_is_repeated_for_a_seed_and_differs_between_seeds():
    text = "M1\nM2\nM3\nM4\n" + "\n".join(f"C{n}" for n in range(40))
    rules = replace(RULES, order=(ANYBODY,), prefer=("random",))
    one, again, other = (planned(text, rules, seed=seed) for seed in ("7", "7", "8"))
    assert one == again
    assert brief(one) != brief(other)
    assert all(each.clients_after for each in one.loads)


def test_capacity_by_a_measure_counts_yuan_and_notes_who_has_no_figure():
    text = """
    M1 region=粤 capacity=100
    M2 region=粤 capacity=50
    C1 region=粤 assets=70.50
    C2 region=粤 assets=50
    C3 region=粤 assets=29.50
    C4 region=粤 assets=0.01
    C5 region=粤
    """
    made = planned(text, capacity_measure="assets")
    assert brief(made)[:4] == [
        "C1 new M1 (region)",
        "C2 new M2 (region)",
        "C3 new M1 (region)",
        "C4 none all-full",
    ]
    assert [each.after for each in made.loads] == [Decimal(100), Decimal(50)]
    assert [sentence(note) for note in made.notes] == [
        "counted as 0 for want of a figure of assets: 1 (C5)"
    ]


def test_an_exchange_makes_room_for_a_heavy_client():
    """C1 takes M1 by code; C2 has room nowhere until C1 goes to M2."""
    text = """
    M1 region=粤 capacity=10
    M2 region=深圳 capacity=6
    M3 region=广州 capacity=1
    C1 region=南山 assets=6
    C2 region=天河 assets=10
    """
    made = planned(text, prefer=("lowest_grade",), capacity_measure="assets")
    assert brief(made) == ["C1 new M2 (region)", "C2 new M1 (region)"]


def test_loads_and_notes_tell_who_is_over_capacity():
    text = "M1 region=粤 capacity=1\nC1 region=粤 manager=M1\nC2 region=粤 manager=M1\nC3 region=粤"
    made = planned(text)
    assert made.kept == 2
    assert made.loads[0] == ("M1", "clients", 1, 2, 2, 2, 2)
    assert [sentence(note) for note in made.notes] == ["M1 keeps 2, over the capacity of 1"]


def test_without_keeping_owners_loads_are_levelled_but_nobody_moves_in_vain():
    """Of M1's four, two go; the second plan has nothing to do."""
    text = "M1 region=粤\nM2 region=粤\n" + "\n".join(f"C{n} region=粤 manager=M1" for n in "1234")
    made = planned(text, keep_owner=False)
    assert [each.change for each in made.decisions] == ["move", "move"]
    assert [each.clients_after for each in made.loads] == [2, 2]
    clients, managers = read(text)
    again = applied(clients, made)
    assert not plan(again, managers, replace(RULES, keep_owner=False), TREES, DAY).changes()


def test_input_order_plays_no_part_and_a_second_plan_is_empty():
    clients, managers = _crowd()
    made = plan(clients, managers, RULES, TREES, DAY)
    chance = random.Random(5)  # noqa: S311
    for _ in range(3):
        chance.shuffle(clients)
        chance.shuffle(managers)
        assert plan(clients, managers, RULES, TREES, DAY) == made
    assert made.changes()
    again = plan(applied(clients, made), managers, RULES, TREES, DAY)
    assert not again.changes()
    assert [each.after for each in again.loads] == [each.after for each in made.loads]


def _crowd():
    chance = random.Random(11)  # noqa: S311
    regions, trades = ["南山", "福田", "天河", "深圳", "京"], ["电子", "批发", "汽车", ""]
    lines = [
        f"C{n:03} region={chance.choice(regions)} industry={chance.choice(trades)}"
        for n in range(150)
    ]
    wide = ["粤", "深圳", "广州", "南山"]
    lines += [
        f"M{n:02} region={chance.choice(wide)} capacity={chance.randint(2, 12)}"
        + (" industry=制造" if n % 3 == 0 else "")
        for n in range(15)
    ]
    return read("\n".join(lines))


def test_every_preference_and_criterion_has_a_case():
    assert set(PREFERENCES) == {
        "nearest_region",
        "specialist",
        "least_loaded",
        "fewest_clients",
        "lowest_grade",
        "highest_grade",
        "random",
    }
    assert set(CRITERIA) == {"region", "industry", "size", "relation", "service"}


@pytest.mark.parametrize(
    ("changes", "slug"),
    [
        ({"prefer": ("cheapest",)}, "assignment-preference"),
        (
            {"prefer": ("least_loaded", "nearest_region", "fewest_clients")},
            "assignment-preference",
        ),
        ({"order": (RuleSpec("star", ("stars",)),)}, "assignment-preference"),
    ],
)
def test_rules_that_cannot_be_weighed_are_refused(changes, slug):
    with pytest.raises(CmError) as refused:
        planned("M1 region=粤\nC1 region=粤", **changes)
    assert refused.value.slug == slug


def test_the_sheets_show_changes_reasons_and_loads():
    text = "M1 region=深圳 capacity=2\nC1 region=南山\nC2 region=天河\nC3 region=天河\nC4 region=京"
    changes, without, loads = plan_sheets(planned(text))
    assert changes.rows == [("C1", "new", "", "M1", "region", "")]
    assert without.rows == [
        ("no-cover", "no manager covers region 天河", 2, "C2, C3"),
        ("no-cover", "no manager covers region 京", 1, "C4"),
    ]
    assert loads.rows == [("M1", "clients", 2, 0, 1, Decimal("50.0"), 0, 1, 1)]


def test_a_regulation_may_let_leave_move_clients():
    text = "M1 region=粤 leave=2026-10-01/2026-12-31\nM2 region=粤\nC1 region=粤 manager=M1"
    assert brief(planned(text, keep_on_leave=False)) == ["C1 move M2 (region) owner-on-leave"]
    assert [sentence(note) for note in planned(text).notes] == [
        "M1 is on leave; the clients held stay, no new ones come"
    ]

"""Heads against caps and what moves would do (F01, F02; article 7 of abc-2001)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cm_cli.domain.headcount import WHOLE, Move, Person, held
from cm_cli.domain.regulation.load import read
from cm_cli.domain.regulation.schema import Cap

FILE = Path(__file__).parents[2] / "cm_cli/regulations/abc/abc-2001.yaml"
ABC = read(FILE.read_text(encoding="utf-8"), FILE.name)


def of(kind: str):
    """Return abc-2001 with its caps of a unit, or of all."""
    grades = [
        grade.model_copy(
            update={"cap": Cap(percent=grade.cap.percent, of=kind, article="7")}
            if grade.cap
            else {}
        )
        for grade in ABC.grades
    ]
    return ABC.model_copy(update={"grades": tuple(grades)})


def staff(unit: str, **heads: int) -> list[Person]:
    return [
        Person(f"{unit}-{grade}-{n}", "张三", unit, grade, "bachelor", Decimal(3))
        for grade, count in heads.items()
        for n in range(count)
    ]


TEN = staff("A", assistant=3, manager=5, senior=2)
FIVE = staff("B", assistant=3, manager=1, senior=1)


def table(lines, unit):
    return {
        line.now.grade: (line.now.heads, line.now.room, line.after.heads, line.effect)
        for line in lines
        if line.unit == unit
    }


def test_caps_of_a_unit_are_counted_in_each_unit_and_not_among_all():
    lines = held(ABC, [*TEN, *FIVE])
    assert [line.unit for line in lines] == ["A"] * 3 + ["B"] * 3
    assert table(lines, "A")["senior"] == (2, 0, 2, "")
    assert table(lines, "B")["senior"] == (1, 0, 1, "")


def test_caps_of_all_are_counted_once():
    lines = held(of("all"), [*TEN, *FIVE])
    assert {line.unit for line in lines} == {WHOLE}
    assert table(lines, WHOLE)["manager"] == (6, 1, 6, "")


def test_a_promotion_leaves_the_total_and_changes_two_grades():
    person = next(one for one in TEN if one.grade == "manager")
    assert table(held(ABC, TEN, [Move(person, "senior")]), "A") == {
        "assistant": (3, None, 3, ""),
        "manager": (5, 0, 4, ""),
        "senior": (2, 0, 3, "breaks"),
    }


def test_two_moves_may_make_room_for_each_other():
    up = next(one for one in TEN if one.grade == "manager")
    down = next(one for one in TEN if one.grade == "senior")
    lines = held(ABC, TEN, [Move(up, "senior"), Move(down, "manager")])
    assert {line.effect for line in lines} == {""}


def test_a_broken_cap_stays_broken_or_is_mended():
    four = staff("C", assistant=2, senior=2)
    seniors = [one for one in four if one.grade == "senior"]
    effects = [
        table(held(ABC, four, [Move(one, "assistant") for one in gone]), "C")["senior"][3]
        for gone in ([], seniors[:1], seniors)
    ]
    assert effects == ["stays_broken", "stays_broken", "mends"]


def test_who_is_not_active_counts_nowhere():
    away = Person("X", "李四", "A", "senior", counts=False)
    assert table(held(ABC, [*TEN, away], [Move(away, "manager")]), "A") == table(
        held(ABC, TEN), "A"
    )


def test_a_grade_of_another_regulation_stands_after_the_ladder_and_in_the_total():
    lines = held(ABC, [*TEN, *staff("A", chief=1)])
    assert [(line.now.grade, line.now.heads, line.now.total) for line in lines][-1] == (
        "chief",
        1,
        11,
    )
    chief = staff("A", chief=1)[0]
    moved = held(ABC, [*TEN, chief], [Move(chief, "manager")])
    assert table(moved, "A")["chief"] == (1, None, 0, "")


def test_without_caps_nothing_is_listed():
    bare = [grade.model_copy(update={"cap": None}) for grade in ABC.grades]
    assert held(ABC.model_copy(update={"grades": tuple(bare)}), TEN) == []


@pytest.mark.parametrize(
    ("education", "years", "slugs"),
    [("bachelor", "3", []), ("college", None, ["education-too-low", "years-not-recorded"])],
)
def test_a_move_says_what_the_person_lacks(education, years, slugs):
    person = Person("X", "李四", "A", "manager", education, Decimal(years) if years else None)
    assert [found.slug for found in Move(person, "senior").lacks(ABC)] == slugs


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.sampled_from("AB"), st.sampled_from(ABC.ladder), st.sampled_from([*ABC.ladder, ""])
        )
    )
)
def test_moves_keep_the_heads_and_are_what_the_caps_say_of_the_staff_after_them(drawn):
    people = [Person(str(n), "", unit, grade) for n, (unit, grade, _to) in enumerate(drawn)]
    moves = [
        Move(p, to)
        for p, (_u, grade, to) in zip(people, drawn, strict=True)
        if to not in {"", grade}
    ]
    later = [
        Person(p.code, "", p.unit, to or grade)
        for p, (_u, grade, to) in zip(people, drawn, strict=True)
    ]
    for rules in (ABC, of("all")):
        lines = held(rules, people, moves)
        assert [line.after for line in lines] == [line.now for line in held(rules, later)]
        for unit in {line.unit for line in lines}:
            mine = [line for line in lines if line.unit == unit]
            assert (
                sum(x.now.heads for x in mine)
                == sum(x.after.heads for x in mine)
                == mine[0].now.total
            )

"""Appraisals nobody can have meant are found: scores, limits, vetoes, portions, consequences."""

from __future__ import annotations

from pathlib import Path

import pytest

from cm_cli.domain.regulation.load import load

ABC = Path(__file__).parents[2] / "cm_cli/regulations/abc/abc-2001.yaml"
TEXT = ABC.read_text(encoding="utf-8")
LEAST = 'total_at_least: {points: 0, chosen: "no total below nothing"}'
AS_IS = "measure: {kind: clients_reached}\n                score: {kind: as_is}"
COUNTED = (
    "measure: {kind: record_count, record: complaint, better: lower}\n"
    "                score: {kind: deduction, per_event: 5, start: START, floor: FLOOR}"
)
VETO = '\n  vetoes: [{code: v, name: {zh: 否, en: veto}, article: "16", '
DISMISS = "{when: {rating: incompetent, grade: assistant}, then: dismiss"
UP = "when: {rating: excellent, years_running: 2}, then: one_grade_up_or_raise"


def deducting(start: int, floor: int) -> str:
    return COUNTED.replace("START", str(start)).replace("FLOOR", str(floor))


def limits(least: int, most: int) -> str:
    return f"{LEAST.replace('0', str(least))}\n  total_at_most: {{points: {most}, chosen: so many}}"


def portions(*said: str) -> str:
    return f"{LEAST}\n  distribution:" + "".join(
        f'\n    - {{rating: {one}, article: "16"}}' for one in said
    )


# slug, what it says, what is written, what stands there instead
SLIPS = [
    ("contradiction", "`floor:` has to be under `start:`", AS_IS, deducting(100, 1000)),
    ("contradiction", "`floor:` has to be under `start:`", AS_IS, deducting(80, 80)),
    (
        "unknown-reference", "No mode of a visit of this code", "{kind: clients_reached}",
        "{kind: clients_reached, modes: [dorr]}",
    ),
    (
        "unknown-reference", "No mode of a visit of this code", "{kind: clients_reached}",
        "{kind: door_share, modes: [door], against: [mobile]}",
    ),
    (
        "merit-over-limit", "`points:` is above `max_per_event:`", "max_per_event: 3,",
        "points: 5, max_per_event: 2,",
    ),
    ("contradiction", "`total_at_least:` is above `total_at_most:`", LEAST, limits(100, 95)),
    ("rating-unreachable", "“incompetent” is not reached", LEAST, LEAST.replace("0", "60")),
    ("rating-unreachable", "“competent” is not reached", LEAST, LEAST.replace("0", "92")),
    (
        "contradiction", "A veto by penalty takes no `below:`", LEAST,
        LEAST + VETO + "penalty: loss, below: 60, at_best: basic}]",
    ),
    (
        "contradiction", "A veto by item takes no `events:`", LEAST,
        LEAST + VETO + "item: loans, below: 60, events: 2, at_best: basic}]",
    ),
    (
        "contradiction", "ask for 180 % of all managers", LEAST,
        portions("excellent, at_least: 90", "basic, at_least: 90"),
    ),
    (
        "contradiction", "one above it of the same rating cannot both be kept", LEAST,
        portions("basic, at_least: 90", "basic, at_most: 10"),
    ),
    (
        "contradiction", "leave no rating for 20 % of all managers", LEAST,
        portions(*(f"{one}, at_most: 20" for one in ("excellent", "competent", "basic", "incompetent"))),
    ),
    (
        "consequence-reversed", "loses the post, and a worse one does not", DISMISS,
        DISMISS.replace("incompetent, grade: assistant", "excellent").replace("dismiss", "remove"),
    ),
    (
        "consequence-reversed", "punished, and one no better is rewarded", DISMISS,
        DISMISS.replace("incompetent", "excellent").replace("dismiss", "lower_or_dismiss"),
    ),
    (
        "consequence-reversed", "punished, and one no better is rewarded", UP,
        "when: {rating: incompetent, huge_benefit: false, grade: manager}, then: skip_grade_up",
    ),
]  # fmt: skip


def said(text: str, slug: str) -> list[str]:
    return [problem.what for problem in load(text, ABC.name)[1] if problem.slug == slug]


@pytest.mark.parametrize(("slug", "words", "written", "slip"), SLIPS)
def test_what_cannot_be_is_found(slug: str, words: str, written: str, slip: str):
    assert written in TEXT
    found = said(TEXT.replace(written, slip, 1), slug)
    assert [one for one in found if words in one], load(TEXT.replace(written, slip, 1), "a")[1]


@pytest.mark.parametrize(
    ("written", "other"),
    [
        (AS_IS, deducting(100, 60)),
        ("{kind: clients_reached}", "{kind: clients_reached, modes: [door, video]}"),
        ("max_per_event: 3,", "points: 2, max_per_event: 2,"),
        (LEAST, limits(0, 110)),
        (LEAST, LEAST.replace("0", "59")),
        (LEAST, LEAST.replace("0", "60") + VETO + "penalty: loss, at_best: incompetent}]"),
        (LEAST, portions("excellent, at_least: 10", "excellent, at_most: 20")),
        (LEAST, portions("basic, at_least: 90", "excellent, at_most: 10")),
    ],
)
def test_what_can_be_is_not(written: str, other: str):
    assert written in TEXT
    assert load(TEXT.replace(written, other, 1), ABC.name)[1] == []


def test_a_total_no_score_falls_short_of_shuts_the_worst_out():
    """Where nothing is taken off and nothing left out, the least scores are the least total."""
    text = TEXT.replace("missing: {policy: leave_out", "missing: {policy: refuse")
    text = text.replace(
        "score: {kind: as_is}", "score: {kind: banded, below: 60, bands: [{from: 80, points: 100}]}"
    )
    text = text.replace("cap: 120}", "cap: 120, floor: 60}")
    start, end = text.index("  penalty:\n"), text.index("  bonus_at_most:")
    without = text[:start] + text[end:]
    without = without.replace(
        '  penalty_at_most: {points: 30, chosen: "bounded, so that events do not outweigh the whole year"}\n',
        "",
    )
    assert "“incompetent” is not reached: the total is 60 at least" in said(
        without, "rating-unreachable"
    )
    assert said(text, "rating-unreachable") == []  # penalties take it lower


def test_skipped_grades_need_a_grade_above():
    slip = TEXT.replace(UP, "when: {rating: excellent}, then: skip_grade_up")
    assert said(slip, "no-grade-to-go") == [
        "“senior” has no grade to go to; say first what happens to it"
    ]
    first = (
        '  - {when: {rating: excellent, grade: senior}, then: raise, article: "16"}\n  - {when: {'
    )
    told = slip.replace("  - {when: {rating: excellent}", f"{first}rating: excellent}}")
    assert said(told, "no-grade-to-go") == []


def test_what_follows_other_periods_does_not_say_what_happens_to_a_grade():
    quarterly = TEXT.replace("then: dismiss, ", "then: dismiss, applies: quarter, ", 1)
    assert said(quarterly, "no-grade-to-go") == [
        "“assistant” has no grade to go to; say first what happens to it"
    ]

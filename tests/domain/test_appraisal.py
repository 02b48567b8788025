"""Scores worked out by hand beside those of the engine (F06-F09, F41, F48, F65, F67)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from appraisal_example import (
    FACTS,
    INDICATORS,
    PLAIN,
    POSTAL,
    WEIGHTED,
    YEAR,
    D,
    appraisal,
    merit,
    one_item,
    result,
    visit,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from cm_cli.domain.appraisal.codec import from_json, to_json
from cm_cli.domain.appraisal.facts import (
    ArchiveRow,
    CountRow,
    DiaryFacts,
    DutyRow,
    ManagerFacts,
    ScoreRow,
    leaves,
)
from cm_cli.domain.appraisal.proof import Step, Term, carry_out, number
from cm_cli.domain.appraisal.prove import prove
from cm_cli.domain.appraisal.rank import ranks
from cm_cli.domain.appraisal.score import decide, score
from cm_cli.domain.appraisal.whatif import needed, with_actual
from cm_cli.domain.appraisal.words import unproved, working
from cm_cli.domain.period import parse
from cm_cli.errors import CmError, Exit


def card_of(facts: ManagerFacts = FACTS, text: str = WEIGHTED, **changes: Any):
    return score(appraisal(text, **changes), INDICATORS, facts, YEAR)


def points(card) -> dict[str, D]:
    return {line.item.code: line.points for line in card.items}


def the_item(facts: ManagerFacts, measure: dict, how: dict, period: str = "2016", **changes: Any):
    card = score(one_item(measure, how, **changes), INDICATORS, facts, parse(period))
    return card.items[0], card


def with_results(*rows) -> ManagerFacts:
    return replace(FACTS, results=rows, merits=())


def test_a_weighted_total_is_the_one_worked_out_by_hand():
    card = card_of()
    assert points(card) == {
        "deposits": D("16.2"),  # 18 x 180/200
        "npl": D("9.6"),  # 12 x 2/2.5
        "new_clients": D(39),  # 30 x 130 %
        "reach": D(6),  # 12 x (75-50)/50
        "diary": D("7.2"),  # 12 x 60 %
        "attitude": D("13.6"),  # 16 x 85 %
    }
    assert {p.part.code: p.points for p in card.parts} == {
        "quantitative": D("64.8"),
        "management": D("25.8"),
        "expansion": D(39),
        "qualitative": D("26.8"),
    }
    assert (card.bonus, card.penalty, card.total) == (D(3), D(4), D("90.60"))
    assert card.rating.code == "excellent"
    assert not card.decided


def test_weights_differ_by_the_kind_of_unit():
    card = card_of(replace(FACTS, unit_kind="managing"))
    assert card.total == D("82.40")  # 10.8 + 6.4 + 26 + 9 + 10.8 + 20.4 + 3 - 4
    assert card.rating.code == "competent"


def test_a_unit_kind_without_weights_is_refused_by_name():
    with pytest.raises(CmError, match="no weight for units of kind “village”") as caught:
        card_of(replace(FACTS, unit_kind="village"))
    assert caught.value.code == Exit.DATA_REFUSED


def test_a_plain_sum_adds_points_out_of_their_maxima():
    card = card_of(POSTAL, PLAIN)
    assert points(card) == {
        "deposit_growth": D(16),  # 8 % of 10 %
        "fees": D(9),  # 30 of 50
        "service": D(22),
        "year_work": D(23),
        "reports": D("13.5"),  # two late in the year: 90 of 100
    }
    assert (card.total, card.rating.code) == (D("83.5"), "good")  # the lower bound is closed


@pytest.mark.parametrize(
    ("policy", "total", "npl"),
    [("leave_out", D("91.80"), None), ("zero", D("81.00"), D(0)), ("refuse", None, None)],
)
def test_a_missing_item_follows_the_stated_policy(policy, total, npl):
    facts = replace(FACTS, results=(FACTS.results[0], FACTS.results[2]))
    card = card_of(facts, missing={"policy": policy, "chosen": "x"})
    assert (card.total, points(card)["npl"]) == (total, npl)
    assert [(m.item.code, m.why, m.policy) for m in card.missing] == [("npl", "no_actual", policy)]
    assert card.refused == (total is None)


def test_a_part_may_have_its_own_policy_and_a_whole_part_may_be_missing():
    """Quantitative has nothing: its items are left out, its own lack is refused by the whole."""
    own = 'article: "17"\n      missing: leave_out\n      parts:'
    text = WEIGHTED.replace('article: "17"\n      parts:', own)
    facts = replace(FACTS, results=())
    refused = card_of(facts, text, missing={"policy": "refuse", "chosen": "x"})
    assert refused.total is None
    kept = card_of(replace(facts, merits=()), text)
    assert kept.total == D("67.00")  # 26.8 of 40
    assert {m.item.code for m in kept.missing} >= {"deposits", "management", "quantitative"}


def test_what_weighs_nothing_here_is_neither_scored_nor_missing():
    text = WEIGHTED.replace("weight: {operating: 60, managing: 40}", "weight: {other: 0}")
    text = text.replace("weight: {operating: 40, managing: 60}", "weight: {other: 100}")
    card = card_of(replace(FACTS, results=(), merits=()), text)
    assert (card.total, card.missing) == (D("67.00"), ())


def test_merits_count_up_to_their_limits_and_penalties_only_when_verified():
    facts = replace(FACTS, merits=(*FACTS.merits, merit(6, "gift", "1"), merit(7, "breach", "-1")))
    lines = {line.row: (line.counted, line.why) for line in card_of(facts).merits}
    assert lines == {
        "merit#1": (D(2), ""),
        "merit#2": (D(1), "cut"),
        "merit#3": (D(4), ""),
        "merit#4": (None, "unverified"),
        "merit#6": (None, "unknown_merit"),
        "merit#7": (None, "points_not_positive"),
    }


def test_merits_outside_the_period_and_without_evidence_do_not_count():
    late = replace(merit(1, "feedback", "2"), on=date(2017, 1, 1))
    bare = replace(merit(2, "feedback", "2"), evidence="")
    card = card_of(replace(FACTS, merits=(late, bare)))
    assert [(line.row, line.why) for line in card.merits] == [("merit#2", "no_evidence")]
    assert card.bonus is None


def test_all_penalties_have_a_limit_and_the_total_a_bound():
    facts = replace(FACTS, merits=tuple(merit(n, "breach", "10") for n in range(1, 12)))
    limited = card_of(facts, penalty_at_most={"points": 20, "chosen": "x"}, vetoes=[])
    assert (limited.penalty, limited.total) == (D(20), D("71.60"))
    bounded = card_of(facts, total_at_least={"points": 0, "chosen": "x"})
    assert bounded.total == D("0.00")
    most = card_of(total_at_most={"points": 90, "chosen": "x"})
    assert most.total == D("90.00")


def test_a_veto_caps_the_rating_and_names_its_records():
    facts = replace(FACTS, merits=(merit(1, "breach", "1"), merit(2, "breach", "0.5")))
    card = card_of(facts)
    assert (card.total, card.rating.code) == (D("90.10"), "basic")
    assert card.vetoes[0].rows == ("merit#1", "merit#2")


def test_a_veto_by_item_looks_at_its_score():
    veto = {"code": "v", "name": {"zh": "否决", "en": "Veto"}, "item": "diary", "at_best": "basic"}
    under = card_of(vetoes=[veto | {"below": 61, "chosen": "x"}])
    assert (under.rating.code, under.vetoes[0].rows[0]) == ("basic", "diary#1")
    assert card_of(vetoes=[veto | {"below": 60, "chosen": "x"}]).rating.code == "excellent"


RESULT = {"kind": "result", "indicator": "fees"}
LOWER = {"kind": "result", "indicator": "npl"}
LINE = {"kind": "linear", "zero_at": 50, "full_at": 100}
BANDS = {"kind": "banded", "bands": [{"from": 10, "points": 40}]}
CAP = {"kind": "attainment", "floor": 20, "cap": 120}


@pytest.mark.parametrize(
    ("measure", "how", "target", "actual", "expected"),
    [
        (RESULT, CAP, 80, 60, 75),
        (RESULT, CAP, 80, 120, 120),
        (RESULT, CAP, 80, 8, 20),
        (RESULT, CAP, 80, -5, 20),
        (RESULT, CAP, 0, 5, "target_not_positive"),
        (RESULT, CAP, -10, 5, "target_not_positive"),
        (RESULT, CAP, None, 5, "no_target"),
        (RESULT, CAP, 80, None, "no_actual"),
        (RESULT, CAP | {"target_not_positive": "full_if_met"}, -10, -9, 100),
        (RESULT, CAP | {"target_not_positive": "full_if_met"}, 0, -1, 20),
        (LOWER, CAP, 2, 4, 50),
        (LOWER, CAP, 2, 1, 120),
        (LOWER, CAP, 2, 0, 120),
        (LOWER, CAP | {"lower_is_better": "200_less_quotient"}, 2, 3, 50),
        (RESULT, {"kind": "full"}, 80, 80, 100),
        (RESULT, {"kind": "full"}, 80, "79.99", 0),
        (LOWER, {"kind": "full"}, 2, 2, 100),
        (LOWER, {"kind": "full"}, 2, "2.01", 0),
        (RESULT, LINE, None, 60, 20),
        (RESULT, LINE, None, 40, 0),
        (LOWER, {"kind": "linear", "zero_at": 5, "full_at": 1}, None, 2, 75),
        (RESULT, LINE | {"basis": "completion"}, 80, 60, 50),
        (RESULT, BANDS, None, 10, 40),
        (RESULT, BANDS, None, "9.99", 0),
        (LOWER, BANDS | {"basis": "completion"}, 2, 3, 40),
        (LOWER, BANDS | {"basis": "completion"}, 2, 4, 0),
    ],
)
def test_a_value_becomes_a_score(measure, how, target, actual, expected):
    given_ = {"target": target, "actual": actual}
    row = result(1, measure["indicator"], **{k: v for k, v in given_.items() if v is not None})
    item, card = the_item(with_results(row), measure, how)
    if isinstance(expected, str):
        assert (item.missing, item.score, card.total) == (expected, None, None)
    else:
        assert (item.missing, item.score, card.total) == ("", D(expected), D(expected))


VISITED = replace(FACTS, visits=(*FACTS.visits, visit(6, "A", day=date(2015, 12, 31))))
DOORS = replace(FACTS, visits=(visit(1, "A"), visit(2, "A", "telephone"), visit(3, "A", "letter")))
DUTIES = replace(FACTS, duties=(DutyRow("d#1", "crm", 4, 3), DutyRow("d#2", "plan", 1, 0)))
ARCHIVES = replace(FACTS, archives=(ArchiveRow("a#1", "A", 6, 6), ArchiveRow("a#2", "B", 4, 1)))
RATED = replace(FACTS, scores=(ScoreRow("s#1", "item", D(80)), ScoreRow("s#2", "item", D(91))))
COMPLAINT = replace(FACTS, counts=(CountRow("c#1", "complaint", date(2016, 1, 1)),))
COUNT = {"kind": "record_count", "record": "complaint"}
GROWTH = {"kind": "growth", "indicator": "deposits"}
BASED = with_results(result(1, "deposits", base=400, actual=500))
NO_BASE = with_results(result(1, "deposits", actual=500))
ZERO_BASE = with_results(result(1, "deposits", base=0, actual=500))
PREVIOUS = {"kind": "growth", "indicator": "fees", "base": "previous"}
BEFORE = with_results(result(1, "fees", "2015", actual=80), result(2, "fees", actual=100))
SHARE = {"kind": "share", "indicator": "fees", "of": "market"}
OWN = result(1, "fees", actual=30, base=20)
MARKET = result(2, "market", actual=120, base=100)


@pytest.mark.parametrize(
    ("measure", "facts", "actual"),
    [
        ({"kind": "visits_made"}, VISITED, D(5)),
        ({"kind": "visits_made", "modes": ["telephone"]}, VISITED, D(1)),
        ({"kind": "clients_reached"}, VISITED, D(75)),
        ({"kind": "clients_reached", "modes": ["door"]}, VISITED, D(50)),
        ({"kind": "clients_reached"}, replace(FACTS, clients={}), "no_clients"),
        ({"kind": "in_person_share"}, VISITED, D(80)),
        ({"kind": "in_person_share"}, replace(FACTS, visits=()), "no_visits"),
        ({"kind": "door_share"}, DOORS, D(50)),
        ({"kind": "diary_completeness"}, FACTS, D(90)),
        ({"kind": "diary_completeness"}, replace(FACTS, diary=None), "no_diary"),
        ({"kind": "diary_completeness"}, replace(FACTS, diary=DiaryFacts(0)), "no_diary_due"),
        ({"kind": "duty_kept", "duty": "crm"}, DUTIES, D(75)),
        ({"kind": "archive_completeness"}, ARCHIVES, D(70)),
        ({"kind": "rated"}, RATED, D("85.5")),
        ({"kind": "rated"}, FACTS, "not_rated"),
        (COUNT, replace(FACTS, counts=()), D(0)),
        (COUNT, COMPLAINT, D(1)),
        (COUNT, replace(FACTS, counts=None), "not_kept"),  # never recorded is no proof of none
        (GROWTH, BASED, D(25)),
        (GROWTH, ZERO_BASE, "base_not_positive"),
        (GROWTH, NO_BASE, "no_base"),
        (PREVIOUS, BEFORE, D(25)),
        (SHARE, with_results(OWN, MARKET), D(25)),
        (SHARE, with_results(OWN), "no_share"),
        (SHARE | {"kind": "share_change"}, with_results(OWN, MARKET), D(5)),
    ],
)
def test_a_measure_takes_its_value_from_the_records(measure, facts, actual):
    item, card = the_item(facts, measure, {"kind": "linear", "zero_at": 0, "full_at": 1000})
    assert (item.actual if item.actual is not None else item.missing) == actual
    assert prove(card, leaves(facts)) == []


def test_the_growth_target_is_the_growth_that_reaches_the_level():
    facts = with_results(result(1, "deposits", base=400, actual=500, target=600))
    item, _card = the_item(
        facts, {"kind": "growth", "indicator": "deposits"}, {"kind": "attainment"}
    )
    assert (item.target, item.actual, item.completion) == (D(50), D(25), D(50))


def of_quarter(actual: int):
    return result(9, "fees", "2016Q1", actual=actual)


MONTHS = [result(n, "fees", f"2016-0{n}", target=30, actual=n * 10) for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("over", "rows", "value", "remarks"),
    [
        ("sum", MONTHS, D(60), []),
        ("mean", MONTHS, D(20), []),
        ("last", MONTHS, D(30), []),
        ("sum", MONTHS[:2], D(30), [("months_without_value", "2016-03")]),
        ("last", MONTHS[:2], D(20), [("months_without_value", "2016-03")]),
        ("sum", [*MONTHS, of_quarter(70)], D(70), [("span_wins_over_months", "2016Q1")]),
        ("sum", [*MONTHS, of_quarter(60)], D(60), []),
        ("sum", [*MONTHS, result(9, "fees", "2016-03", actual=5)], D(65), []),
    ],
)
def test_months_make_a_quarter_and_a_quarter_of_its_own_wins(over, rows, value, remarks):
    indicators = {"fees": replace(INDICATORS["fees"], over_period=over)}
    how = {"kind": "linear", "zero_at": 0, "full_at": 100}
    card = score(one_item(RESULT, how), indicators, with_results(*rows), parse("2016Q1"))
    assert card.items[0].actual == value
    assert [(n.slug, n.value) for n in card.notes if n.field == "actual"] == remarks


@pytest.mark.parametrize(
    ("over", "together", "rows", "value", "operation"),
    [
        ("mean", "sum", [(1, "2016-01", 100), (2, "2016-01", 300)], D(400), "mean_of_months"),
        ("mean", "mean", [(1, "2016-01", 100), (2, "2016-01", 300)], D(200), "mean"),
        ("last", "sum", [(1, "2016-12", 100), (2, "2016-12", 300)], D(400), "add"),
        ("last", "mean", [(1, "2016-12", 100), (2, "2016-12", 300)], D(200), "mean"),
        ("sum", "sum", [(1, "2016-01", 100), (2, "2016-02", 300)], D(400), "add"),
        ("mean", "sum", [(1, "2016-01", 100), (2, "2016-02", 300)], D(200), "mean"),
        (
            "mean",
            "sum",
            [(0, "2016Q1", 1000), *((n, f"2016-{n:02}", 2000) for n in range(4, 13))],
            D(1750),  # three months of 1,000 and nine of 2,000
            "mean_of_months",
        ),
    ],
)
def test_clients_are_put_together_first_and_each_month_counts_alike(
    over, together, rows, value, operation
):
    indicators = {"fees": replace(INDICATORS["fees"], over_period=over, together=together)}
    facts = with_results(*(result(n, "fees", span, actual=v) for n, span, v in rows))
    how = {"kind": "linear", "zero_at": 0, "full_at": 100}
    card = score(one_item(RESULT, how), indicators, facts, parse("2016"))
    assert card.items[0].actual == value
    assert [step.operation for step in card.steps if step.role == "actual"] == [operation]
    assert prove(card, leaves(facts)) == []


def test_a_mean_by_months_is_said_with_its_months():
    terms = [number("months", 4), Term(D(1000)), number("months", 3), Term(D(2000)), number("m", 1)]
    step = Step(
        "fees", "actual", "mean_of_months", tuple(terms), carry_out("mean_of_months", terms)
    )
    assert (working(step), step.value) == ("(1000 × 3 + 2000) ÷ 4", D(1250))


def test_a_target_for_the_quarter_wins_over_months():
    rows = (*MONTHS, result(9, "fees", "2016Q1", target=100))
    item, card = the_item(with_results(*rows), RESULT, {"kind": "attainment"}, "2016Q1")
    assert (item.target, item.completion) == (D(100), D(60))
    assert [(n.slug, n.field) for n in card.notes] == [("span_wins_over_months", "target")]


def test_months_before_the_post_are_not_expected():
    facts = replace(with_results(*MONTHS[1:]), in_post_since=date(2016, 2, 1))
    _item, card = the_item(facts, RESULT, {"kind": "attainment"}, "2016Q1")
    assert card.notes == ()


def test_a_gap_in_the_months_is_missing_where_missing_is_refused():
    changes = {"missing": {"policy": "refuse", "chosen": "x"}}
    item, card = the_item(
        with_results(*MONTHS[:2]), RESULT, {"kind": "attainment"}, "2016Q1", **changes
    )
    assert (item.missing, card.total) == ("months_without_value", None)


@pytest.mark.parametrize(
    ("mode", "at", "total"),
    [("half_up", "total", "16.67"), ("down", "total", "16.66"), ("half_up", "item", "16.67")],
)
def test_rounding_is_the_stated_one(mode, at, total):
    rounding = {"places": 2, "mode": mode, "at": at, "chosen": "x"}
    row = result(1, "fees", target=6, actual=1)
    item, card = the_item(with_results(row), RESULT, {"kind": "attainment"}, rounding=rounding)
    assert card.total == D(total)
    assert (item.points == D(total)) == (at == "item")


def test_half_up_takes_five_away_from_zero():
    row = result(1, "fees", target=800, actual=1)  # 0.125 %
    rounding = {"places": 2, "chosen": "x"}
    _item, card = the_item(with_results(row), RESULT, {"kind": "attainment"}, rounding=rounding)
    assert card.total == D("0.13")


def test_a_period_the_regulation_does_not_appraise_is_refused():
    with pytest.raises(CmError, match="does not appraise by the month") as caught:
        score(appraisal(), INDICATORS, FACTS, parse("2016-03"))
    assert caught.value.code == Exit.DATA_REFUSED


def test_an_unknown_indicator_is_refused_by_name():
    with pytest.raises(CmError, match="no indicator npl") as caught:
        score(appraisal(), {k: v for k, v in INDICATORS.items() if k != "npl"}, FACTS, YEAR)
    assert caught.value.code == Exit.DATA_REFUSED


def test_ratings_by_hand_leave_the_rating_open_until_it_is_decided():
    by_hand = appraisal(bands=[], by_hand={"article": "16(3)"})
    card = score(by_hand, INDICATORS, FACTS, YEAR)
    assert (card.total, card.rating) == (D("90.60"), None)
    decided = decide(card, by_hand, FACTS, YEAR, rating="基本称职")
    assert (decided.rating.code, decided.decided, decided.total) == ("basic", True, card.total)
    with pytest.raises(CmError, match="“superb” is not a rating") as caught:
        decide(card, by_hand, FACTS, YEAR, rating="superb")
    assert caught.value.code == Exit.DATA_REFUSED


def test_ranks_count_the_strictly_better():
    base = card_of()
    totals = {
        "A": ("x", "90"),
        "B": ("x", "90"),
        "C": ("y", "80"),
        "D": ("x", "70"),
        "E": ("y", None),
    }
    cards = [
        replace(base, manager=code, unit=unit, total=D(total) if total else None)
        for code, (unit, total) in totals.items()
    ]
    found = {code: (r.overall, r.of, r.in_unit, r.of_unit) for code, r in ranks(cards).items()}
    assert found == {"A": (1, 4, 1, 3), "B": (1, 4, 1, 3), "C": (3, 4, 1, 1), "D": (4, 4, 3, 3)}


@pytest.mark.parametrize(("facts", "text"), [(FACTS, WEIGHTED), (POSTAL, PLAIN)])
def test_a_card_is_kept_as_json_and_proved_after_it(facts, text):
    card = card_of(facts, text)
    kept = from_json(to_json(card))
    assert kept == card
    assert prove(kept, leaves(facts)) == []


@pytest.mark.parametrize("text", ["{}", "[]", "nonsense", '{"manager": 1}'])
def test_another_text_is_not_a_scorecard(text):
    with pytest.raises(ValueError, match=r"not a scorecard|Expecting value"):
        from_json(text)


def test_every_record_read_is_needed_for_the_proof():
    """Take away or alter any one record: the proof names that record."""
    card, now = card_of(), leaves(FACTS)
    read = {(t.row, t.field) for step in card.steps for t in step.terms if t.row}
    assert len(read) == 27  # 6 results, 3 visits, 4 clients, 9 diaries, calendar, score, 3 merits
    for leaf in read:
        gone = {key: value for key, value in now.items() if key != leaf}
        assert {u.row for u in prove(card, gone)} == {leaf[0]}
        assert {u.row for u in prove(card, now | {leaf: D(77)})} == {leaf[0]}


def test_what_is_not_proved_is_said_in_words():
    card, now = card_of(), leaves(FACTS)
    altered = now | {("result#1", "actual"): D(77)}
    assert [unproved(u) for u in prove(card, altered)] == [
        "“deposits: actual” does not come out again: the record result#1 has another value now."
    ]
    without = {key: value for key, value in now.items() if key[0] != "visit#1"}
    assert [unproved(u) for u in prove(card, without)] == [
        "“reach: those that count” does not come out again: the record visit#1 is gone."
    ]
    step = replace(card.steps[-2], value=D(99))
    spoilt = replace(card, steps=(*card.steps[:-2], step, card.steps[-1]))
    assert [unproved(u) for u in prove(spoilt)] == [
        "The number of “total: total” does not come out of its own arithmetic.",
        "“rating: place, 1 is best” took another number from “total: total” than that gives.",
        "The card shows another number for “total: total” than its working gives.",
    ]


def test_an_altered_number_on_the_card_is_found():
    card = card_of()
    better = replace(card, total=D(99))
    assert [(u.name, u.why) for u in prove(better)] == [("total.total", "card")]
    step = replace(card.steps[-2], value=D(99))
    steps = (*card.steps[:-2], step, card.steps[-1])
    assert {u.why for u in prove(replace(card, steps=steps))} == {"value", "term", "card"}


AMOUNT = st.decimals("0", "10000", places=2)
HOW = st.one_of(
    st.builds(
        lambda floor, more: {"kind": "attainment", "floor": floor, "cap": 100 + more},
        st.integers(0, 90),
        st.integers(0, 100),
    ),
    st.builds(
        lambda zero, span: {"kind": "linear", "zero_at": zero, "full_at": zero + span},
        AMOUNT,
        st.decimals("0.01", "5000", places=2),
    ),
    st.lists(AMOUNT, min_size=1, max_size=4, unique=True).map(
        lambda limits: {
            "kind": "banded",
            "bands": [{"from": x, "points": n * 20} for n, x in enumerate(sorted(limits), 1)],
        }
    ),
    st.just({"kind": "full"}),
    st.just({"kind": "attainment", "target_not_positive": "full_if_met"}),
)


@settings(max_examples=150, deadline=None)
@given(how=HOW, target=AMOUNT, actual=AMOUNT, more=AMOUNT)
def test_more_result_never_lowers_the_total(how, target, actual, more):
    def at(value):
        facts = with_results(result(1, "fees", target=target, actual=value))
        return the_item(facts, RESULT, how)[1]

    less, greater = at(actual), at(actual + more)
    assert prove(less) == []
    if less.total is not None:
        assert greater.total >= less.total


@pytest.mark.parametrize(
    ("indicator", "merits", "value", "total"),
    [
        ("deposits", (), "162.17", "90.00"),  # 75.4 + 18 x 162.17/200 = 89.9953
        (
            "deposits",
            (merit(1, "breach", "6"),),
            "228.84",
            "90.00",
        ),  # 69.4 + 18 x 228.84/200 = 89.9956
        ("deposits", (merit(1, "breach", "9"),), None, None),  # at the cap of 120 %: 88
    ],
)
def test_what_a_rating_takes_is_the_nearest_value_that_reaches_it(indicator, merits, value, total):
    low = replace(
        FACTS,
        merits=merits,
        results=(result(1, "deposits", target=200, actual=100), *FACTS.results[1:]),
    )
    found = needed(appraisal(), INDICATORS, low, YEAR, indicator=indicator, rating="excellent")
    if value is None:
        assert found is None
        return
    assert (found.now, found.value, found.card.total) == (D(100), D(value), D(total))
    less = with_actual(low, indicator, YEAR, found.value - D("0.01"))
    assert score(appraisal(), INDICATORS, less, YEAR).rating.code == "competent"


def test_where_lower_is_better_it_takes_less():
    facts = replace(FACTS, merits=(merit(1, "breach", "2.5"),))  # 89.1: 0.9 more of 12 points
    found = needed(appraisal(), INDICATORS, facts, YEAR, indicator="npl", rating="excellent")
    assert (found.now, found.value) == (D("2.5"), D("2.28"))  # 24 / 2.28 = 10.53, 24 / 2.29 = 10.48


def test_who_has_the_rating_already_needs_nothing_and_nothing_recorded_is_no_zero():
    rated = card_of().rating.code
    there = needed(appraisal(), INDICATORS, FACTS, YEAR, indicator="deposits", rating=rated)
    assert there.value == there.now
    assert there.card.total == card_of().total
    bare = replace(FACTS, results=tuple(r for r in FACTS.results if r.indicator != "deposits"))
    empty = needed(appraisal(), INDICATORS, bare, YEAR, indicator="deposits", rating="incompetent")
    assert (empty.now, empty.value) == (None, None)


def test_what_is_needed_is_on_the_grid_though_the_value_now_is_not():
    thirds = (result(1, "deposits", target=200, actual=D(100) / 3), *FACTS.results[1:])
    facts = replace(FACTS, results=thirds, merits=())
    found = needed(appraisal(), INDICATORS, facts, YEAR, indicator="deposits", rating="excellent")
    assert found.value == found.value.quantize(D("0.01"))

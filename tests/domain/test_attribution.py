"""The difference of two totals is shared out among its causes, to the last digit."""

from __future__ import annotations

from dataclasses import replace
from decimal import Context, Decimal, Inexact, localcontext

from appraisal_example import (
    FACTS,
    INDICATORS,
    PLAIN,
    WEIGHTED,
    YEAR,
    D,
    appraisal,
    merit,
    result,
)
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cm_cli.domain.appraisal.attribution import (
    PLACES,
    Side,
    attribute,
    difference,
    readable,
)
from cm_cli.domain.appraisal.facts import ScoreRow
from cm_cli.domain.appraisal.score import score
from cm_cli.domain.appraisal.whatif import with_actual


def side(rules, facts=FACTS, indicators=INDICATORS) -> Side:
    return Side(score(rules, indicators, facts, YEAR), rules)


def total(shares) -> Decimal:
    """Return the sum without rounding anything: the usual context keeps 28 digits only."""
    with localcontext(Context(prec=500, traps=[Inexact])):
        return sum((share.points for share in shares), D(0))


def told(before: Side, after: Side) -> dict[tuple[str, str], Decimal]:
    return {(s.of.code, s.cause): s.points for s in readable(attribute(before, after))}


def changed(*pairs: tuple[str, str], text: str = WEIGHTED):
    """Return an appraisal with texts of it replaced."""
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return appraisal(text)


def test_the_same_regulation_on_the_same_records_has_nothing_to_say():
    assert attribute(side(appraisal()), side(appraisal())) == []


def test_a_higher_cap_counts_for_the_items_it_lifts():
    """Npl 2 of 2.5 is 80 % either way; new clients 13 of 10 are 130 %: 30 points x (130 - 110) %."""
    capped = changed(("score: {kind: attainment, cap: 150}", "score: {kind: attainment, cap: 110}"))
    assert told(side(capped), side(appraisal())) == {("new_clients", "score"): D("6.0000")}


def test_a_weight_moved_from_one_item_to_another():
    """Deposits 90 %, npl 80 %: ten of the thirty points of management from npl to deposits."""
    moved = changed(
        ("              weight: 60\n", "              weight: 70\n"),
        ("              weight: 40\n              measure: {kind: result, indicator: npl}",
         "              weight: 30\n              measure: {kind: result, indicator: npl}"),
    )  # fmt: skip
    assert told(side(appraisal()), side(moved)) == {
        ("deposits", "weight"): D("2.7000"),
        ("npl", "weight"): D("-2.4000"),
    }


NPL = """              weight: 40
              measure: {kind: result, indicator: npl}
              score: {kind: attainment, cap: 120}"""
LIGHTER = """              weight: 30
              measure: {kind: result, indicator: npl}
              score: {kind: banded, bands: [{from: 0, points: 60}]}"""


def test_weight_and_score_changed_together_are_each_taken_at_the_mean_of_the_other():
    """12 points x 80 % = 9.6 become 9 x 60 % = 5.4: weight -3 x 70 %, score -20 % x 10.5."""
    both = changed(("              weight: 60\n", "              weight: 70\n"), (NPL, LIGHTER))
    found = told(side(appraisal()), side(both))
    assert found["npl", "weight"] == D("-2.1000")
    assert found["npl", "score"] == D("-2.1000")


def test_an_item_left_out_and_one_added():
    """Attitude (85 of 100, 16 points) gives way to service, which nobody has scored: zero."""
    other = changed(
        ("code: attitude", "code: service"),
        ("missing: {policy: leave_out", "missing: {policy: zero"),
    )
    assert told(side(appraisal()), side(other)) == {("attitude", "dropped"): D("-13.6000")}
    rated = replace(FACTS, scores=(*FACTS.scores, ScoreRow("score#2", "service", D(50))))
    assert told(side(appraisal(), rated), side(other, rated)) == {
        ("attitude", "dropped"): D("-13.6000"),
        ("service", "added"): D("8.0000"),
    }


def test_what_is_not_measured_weighs_on_the_others_or_counts_as_zero():
    """Without attitude 40 points are of reach and diary (24 of them): 16 are given up, or lost."""
    unrated = replace(FACTS, scores=())
    strict = changed(("missing: {policy: leave_out", "missing: {policy: zero"))
    before, after = side(strict, unrated), side(appraisal(), unrated)
    found = told(before, after)
    assert {cause for _code, cause in found} <= {"left_out", "rounding"}
    assert {code for code, cause in found if cause == "left_out"} == {"reach", "diary"}
    assert sum(found.values()) == difference(before, after)


def test_a_bonus_a_limit_and_a_bound():
    limits = {
        "bonus_at_most": {"points": 1, "article": "9"},
        "total_at_most": {"points": 80, "article": "8"},
    }
    found = told(side(appraisal()), side(appraisal(WEIGHTED, **limits)))
    assert found["bonus_at_most", "bonus_limit"] == D(-2)  # 3 counted, 1 allowed
    assert found["total_at_most", "bound"] < 0
    dear = changed(("max_per_event: 10", "max_per_event: 3"))
    assert told(side(appraisal()), side(dear)) == {("breach", "penalty"): D(1)}


def test_another_way_to_take_the_value_of_a_period():
    months = replace(
        FACTS,
        results=(
            result(1, "deposits", "2016-01", actual=180, target=200),
            result(2, "deposits", "2016-02", actual=90),
            *FACTS.results[1:],
        ),
    )
    mean = INDICATORS | {"deposits": replace(INDICATORS["deposits"], over_period="mean")}
    causes = {
        cause for _c, cause in told(side(appraisal(), months), side(appraisal(), months, mean))
    }
    assert causes == {"value"}


def test_a_value_that_is_only_thought_of():
    supposed = with_actual(FACTS, "deposits", YEAR, D(200))
    assert told(side(appraisal()), side(appraisal(), supposed)) == {("deposits", "value"): D("1.8")}


def test_two_quite_different_regulations_share_nothing_but_the_rounding():
    """What the one has is dropped, what the other has is added; a refused total has no difference."""
    facts = replace(FACTS, counts=(), merits=())
    before, after = side(appraisal(), facts), side(appraisal(PLAIN), facts)
    shares = attribute(before, after)
    assert {share.cause for share in shares} <= {"added", "dropped", "rounding"}
    assert total(shares) == difference(before, after)
    refuses = changed(("missing: {policy: leave_out", "missing: {policy: refuse"))
    unrated = replace(FACTS, scores=())
    assert difference(side(appraisal(), unrated), side(refuses, unrated)) is None
    assert attribute(side(appraisal(), unrated), side(refuses, unrated)) == []


PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # a smaller example takes minutes to find
CODES = ("deposits", "npl", "fees", "attitude", "reach", "diary", "market")
NAME = {"zh": "项", "en": "Item"}
RESULTS = frozenset({"deposits", "npl", "fees", "market"})
MEASURES = {
    "attitude": {"kind": "rated"},
    "reach": {"kind": "clients_reached"},
    "diary": {"kind": "diary_completeness"},
}
AMOUNT = st.decimals("0.01", "500", places=2)
SCORES = st.one_of(
    st.builds(
        lambda floor, cap: {"kind": "attainment", "floor": floor, "cap": cap},
        st.integers(0, 60),
        st.integers(100, 200),
    ),
    st.just({"kind": "linear", "zero_at": 3, "full_at": 97}),
    st.builds(
        lambda low, high: {
            "kind": "banded",
            "bands": [{"from": 50, "points": low}, {"from": 90, "points": low + high}],
        },
        st.integers(0, 50),
        st.integers(0, 60),
    ),
)


def parted(draw, whole: int, count: int) -> list[int]:
    """Draw whole numbers over 0 that add up to the whole."""
    cuts = sorted(draw(st.sets(st.integers(1, whole - 1), min_size=count - 1, max_size=count - 1)))
    return [b - a for a, b in zip([0, *cuts], [*cuts, whole], strict=True)]


@st.composite
def regulations(draw):
    """Draw an appraisal section: two parts, weighted or plain, of some of the items."""
    codes = draw(st.lists(st.sampled_from(CODES), min_size=2, max_size=6, unique=True))
    split = draw(st.integers(1, len(codes) - 1))
    kind = draw(st.sampled_from(["weighted", "plain_sum"]))
    size = "weight" if kind == "weighted" else "maximum"
    sizes = parted(draw, 100, 2)
    parts = []
    for name, share, inside in (("one", sizes[0], codes[:split]), ("two", sizes[1], codes[split:])):
        whole = 100 if kind == "weighted" else share + 10
        items = [
            {
                "code": code,
                "name": NAME,
                size: each,
                "measure": MEASURES.get(code) or {"kind": "result", "indicator": code},
                "score": draw(SCORES) if code in RESULTS else {"kind": "as_is"},
                "article": "1",
            }
            for code, each in zip(inside, parted(draw, whole, len(inside)), strict=True)
        ]
        top = share if kind == "weighted" else whole
        parts.append({"code": name, "name": NAME, size: top, "items": items, "article": "1"})
    changes = {
        "total": {"kind": kind, "parts": parts},
        "vetoes": [],
        "missing": {"policy": draw(st.sampled_from(["leave_out", "zero"])), "chosen": "x"},
        "rounding": {
            "places": draw(st.integers(0, 4)),
            "at": draw(st.sampled_from(["item", "total"])),
            "mode": draw(st.sampled_from(["half_up", "half_even", "down"])),
            "chosen": "x",
        },
    }
    for limit in ("bonus_at_most", "penalty_at_most", "total_at_most", "total_at_least"):
        if draw(st.booleans()):
            changes[limit] = {"points": draw(st.integers(0, 100)), "article": "2"}
    return appraisal(WEIGHTED, **changes)


@st.composite
def records(draw):
    """Draw the facts of a manager: some results without value, scores, merits."""
    drawn = {code: draw(st.tuples(AMOUNT, st.none() | AMOUNT)) for code in sorted(RESULTS)}
    results = tuple(
        result(row, code, target=target, **({} if actual is None else {"actual": actual}))
        for row, (code, (target, actual)) in enumerate(drawn.items())
    )
    rated = draw(st.none() | st.integers(0, 100))
    merits = tuple(
        merit(row + 1, item, str(draw(st.integers(1, 9))))
        for row, item in enumerate(
            draw(st.lists(st.sampled_from(["feedback", "breach"]), max_size=4))
        )
    )
    scores = () if rated is None else (ScoreRow("score#1", "attitude", D(rated)),)
    return replace(FACTS, results=results, scores=scores, merits=merits)


@settings(max_examples=100, deadline=None, phases=PHASES)
@given(one=regulations(), other=regulations(), facts=records(), later=records())
def test_shares_add_up_to_the_difference_and_rounding_hides_nothing(one, other, facts, later):
    for before, after in (
        (side(one, facts), side(other, facts)),
        (side(one, facts), side(one, later)),
        (side(one, facts), side(other, later)),
    ):
        whole = difference(before, after)
        shares = attribute(before, after)
        if whole is None:
            assert shares == []
            continue
        assert total(shares) == whole
        shown = readable(shares)
        assert total(shown) == whole
        for share in shown:
            if share.cause != "rounding":
                assert share.points == share.points.quantize(D(1).scaleb(-PLACES))
        allowed = sum((_rounded_by(each) for each in (before, after)), D(0))
        found = total(s for s in shares if s.cause == "rounding")
        assert abs(found) <= allowed
        cut = total(s for s in shown if s.cause == "rounding") - found
        assert abs(cut) <= len(shares) * D("0.00005") + D("1e-9")
        assert "part" not in {s.cause for s in shares}


def _rounded_by(each: Side) -> Decimal:
    """Return the most that rounding can have moved a total: a unit an item, and the total's own."""
    rounding = each.appraisal.rounding
    times = 1 + (len(each.card.items) if rounding.at == "item" else 0)
    return times * D(1).scaleb(-rounding.places) + D("1e-9")


@settings(max_examples=100, deadline=None, phases=PHASES)
@given(rules=regulations(), facts=records())
def test_a_regulation_against_itself_is_empty_and_turned_round_is_the_opposite(rules, facts):
    assert attribute(side(rules, facts), side(rules, facts)) == []


@settings(max_examples=100, deadline=None, phases=PHASES)
@given(one=regulations(), other=regulations(), facts=records())
def test_there_and_back_is_nothing(one, other, facts):
    def summed(before, after):
        found = {}
        for share in attribute(side(before, facts), side(after, facts)):
            key = share.of.code
            found[key] = found.get(key, D(0)) + share.points
        return found

    there, back = summed(one, other), summed(other, one)
    assert there.keys() == back.keys()
    assert all(there[code] == -back[code] for code in there)

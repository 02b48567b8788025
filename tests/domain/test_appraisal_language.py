"""What the appraisal section of a regulation refuses, in the words it refuses it with."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from appraisal_example import PLAIN, WEIGHTED, appraisal
from pydantic import ValidationError

from cm_cli.domain.appraisal.measures import MEASURES
from cm_cli.domain.regulation.appraisal import Appraisal, Consequence


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("managing: 40}", "managing: 45}", "kind managing add to 105, not 100"),
        ("managing: 40}", "village: 40}", "kind village add to 40, not 100"),
        ("weight: 60\n", "weight: 61\n", "kind other add to 101, not 100"),
        ("weight: 60\n", "maximum: 60\n", "“deposits” needs `weight:` in a total of kind weighted"),
        ("weight: 60\n", "missing: zero\n", "Extra inputs"),
        ("weight: 60\n", "chosen: x\n", "needs either `weight:` or `maximum:`"),
        ("kind: rated", "kind: guessed", "“guessed” is not a measure; there are archive_comp"),
        ("{kind: rated}", "{kind: rated, indicator: npl}", "rated takes no `indicator:`"),
        (", indicator: npl", "", "the measure result needs `indicator:`"),
        ("{kind: as_is}", "{kind: attainment}", "rated has no target to compare with"),
        ("kind: linear, zero_at: 50, full_at: 100", "kind: full", "needs `target:` for this score"),
        ("{kind: as_is}", "{kind: deduction, per_event: 5}", "needs a measure that counts events"),
        ("{kind: attainment, cap: 150}", "{kind: as_is}", "itself a score of 100 or a share"),
        ("cap: 150", "cap: 1.5", "greater than or equal to 100"),
        ("cap: 150", "cap: 150, floor: 150", "`floor:` has to be under `cap:`"),
        ("zero_at: 50", "zero_at: 100", "are the same value"),
        ("{from: 80, points: 60}", "{from: 95, points: 60}", "have to rise by `from:`"),
        ("[{from: 80,", "[{from: 70, points: 70}, {from: 80,", "rise and fall"),
        ("code: npl", "code: deposits", "“deposits” stands twice"),
        ("zh: 称职", "zh: 优秀", "“优秀” stands twice"),
        ("from: 75", "from: 95", "the bands have to fall by `from:`"),
        ("rating: basic, from: 60,", "rating: basic,", "every band but the last needs `from:`"),
        (
            "rating: basic, from",
            "rating: competent, from",
            "needs every rating once, best to worst",
        ),
        ('chosen: "the rest"', "from: 0", "needs `article:`"),
        ('chosen: "the rest"', "from: 0, chosen: x", "the last has none"),
        ("policy: leave_out", "policy: guess", "'refuse', 'leave_out' or 'zero'"),
        ("max_per_event: 10, ", "", "needs `points:` (fixed) or `max_per_event:`"),
        ("penalty: breach\n", "penalty: theft\n", "a veto names “theft”; there are breach"),
        ("at_best: basic", "at_best: fair", "a veto names “fair”"),
        ("    events: 2\n", "    item: diary\n", "needs either `item:` or `penalty:`"),
        ("rounding: {", "surprise: {", "Extra inputs are not permitted"),
        ("periods: [year", "periods: [week", "'month', 'quarter' or 'year'"),
    ],
)
def test_a_wrong_section_is_refused_in_words(old, new, words):
    assert old in WEIGHTED
    with pytest.raises(ValidationError) as refused:
        appraisal(WEIGHTED.replace(old, new, 1))
    assert words in str(refused.value)


def test_the_maxima_of_items_add_to_that_of_their_part():
    with pytest.raises(ValidationError, match="the maxima add to 61, not 60"):
        appraisal(PLAIN.replace("maximum: 20", "maximum: 21"))


@pytest.mark.parametrize(
    "when", [{"years_running": 2}, {"rating": "x", "restarts_after_promotion": True}]
)
def test_a_condition_that_makes_no_sense_is_refused(when: dict[str, Any]):
    with pytest.raises(ValidationError, match="needs `"):
        Consequence(when=when, then="keep", article="1")


def test_every_measure_says_what_it_needs():
    """A measure that needs nothing is accepted bare; one that needs a key is not."""
    for kind, known in MEASURES.items():
        item = {"kind": kind} | dict.fromkeys(known.needs, "x")
        assert item.keys() - {"kind"} == known.needs
        for left_out in known.needs:
            bare = {key: value for key, value in item.items() if key != left_out}
            text = yaml.safe_load(WEIGHTED)
            text["total"]["parts"][1]["items"][2]["measure"] = bare
            with pytest.raises(ValidationError, match=f"needs `{left_out}:`"):
                Appraisal.model_validate(text)

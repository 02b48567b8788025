"""What differs between two regulations: an order is a rule, and lists are more than their words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cm_cli.domain.regulation.compare import compare
from cm_cli.domain.regulation.load import from_json, read, to_json

HERE = Path(__file__).parent
SAMPLE = (HERE / "sample.yaml").read_text(encoding="utf-8")
ABC = (HERE.parents[1] / "cm_cli/regulations/abc/abc-2001.yaml").read_text(encoding="utf-8")


def turned(text: str, path: str) -> str:
    """Return a regulation's JSON with the list at this path back to front."""
    tree = part = json.loads(text)
    *steps, last = path.split(".")
    for step in steps:
        part = part[int(step)] if step.isdigit() else part[step]
    part[last].reverse()
    return json.dumps(tree)


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ("grades", "grades"),
        ("entry", "entry"),
        ("classes.abc.bands", "classes.0.bands"),
        ("workflows.loop.steps", "workflows.0.steps"),
        ("assignment.order.ranks", "assignment.order.ranks"),
    ],
)
def test_another_order_is_a_difference(place: str, path: str):
    rules = read(ABC if place.startswith("assignment") else SAMPLE, "rules.yaml")
    (row,) = compare(rules, from_json(turned(to_json(rules), path))).rows
    assert row[:3] == ("changed", place, "order")
    assert row[3].split() == row[5].split()[::-1]
    assert compare(rules, rules).rows == []


def test_the_order_is_that_of_the_items_both_have_with_the_source_of_the_list():
    rules = read(ABC, "abc.yaml")
    tree = json.loads(to_json(rules))
    ranks = tree["assignment"]["order"]["ranks"]
    del ranks[0]
    fewer = from_json(json.dumps(tree))
    assert [row[0] for row in compare(rules, fewer).rows] == ["removed"]
    ranks.append(ranks.pop(0))
    moved = from_json(json.dumps(tree))
    (row,) = (row for row in compare(rules, moved).rows if row[0] == "changed")
    assert row[4].startswith(("article", "chosen"))
    assert row[5].split() == [rank["code"] for rank in ranks]


def test_words_and_lists_of_words_differ():
    rules = read(ABC, "abc.yaml")
    tree = json.loads(to_json(rules))
    tree["grades"][0]["aliases"] = [" ".join(rules.grades[0].aliases)]
    (row,) = compare(rules, from_json(json.dumps(tree))).rows
    assert row[2] == "aliases"
    assert row[3] == " | ".join(rules.grades[0].aliases)
    assert row[5] == " ".join(rules.grades[0].aliases)

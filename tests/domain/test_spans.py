"""Spans of days, one taken out of another."""

from __future__ import annotations

from datetime import date

import pytest

from cm_cli.domain.spans import without


def day(number):
    return date(2016, 1, number) if number else None


@pytest.mark.parametrize(
    ("span", "taken", "left"),
    [
        ((1, 9), [], [(1, 9)]),
        ((1, 9), [(10, None)], [(1, 9)]),
        ((5, None), [(1, 4)], [(5, None)]),
        ((1, None), [(5, None)], [(1, 4)]),
        ((1, None), [(3, 5)], [(1, 2), (6, None)]),
        ((1, 9), [(7, 8), (3, 4)], [(1, 2), (5, 6), (9, 9)]),
        ((3, 5), [(1, None)], []),
        ((3, None), [(3, 3)], [(4, None)]),
        ((1, 5), [(5, 9)], [(1, 4)]),
    ],
)
def test_what_is_left_of_a_span(span, taken, left):
    def spans(pairs):
        return [(day(first), day(last)) for first, last in pairs]

    assert without(spans([span])[0], spans(taken)) == spans(left)

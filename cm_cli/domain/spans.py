"""Spans of days: from a first to a last day, or to no end; both days belong to the span."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

Span: TypeAlias = tuple[date, date | None]
_DAY = timedelta(days=1)


def without(span: Span, taken: Iterable[Span]) -> list[Span]:
    """Return what is left of a span on the days that no other span has, in order."""
    left = [span]
    for first, last in sorted(taken, key=lambda one: one[0]):
        left = [part for each in left for part in _cut(each, first, last)]
    return left


def _cut(span: Span, first: date, last: date | None) -> list[Span]:
    since, until = span
    if (until is not None and until < first) or (last is not None and since > last):
        return [span]
    parts: list[Span] = []
    if since < first:
        parts.append((since, first - _DAY))
    if last is not None and (until is None or until > last):
        parts.append((last + _DAY, until))
    return parts

"""Values of months put together to the value of a quarter or a year.

Rows of one span (one a client) are added first, or make a mean where the indicator says so. In a
mean over a period every month counts alike: a value for a quarter counts as three.

A value given for a longer span wins over those of the months inside it, and the difference is
remarked. Months nobody gave a value for are remarked too; they are never taken as zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from cm_cli.domain.appraisal.proof import Term, carry_out, number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from cm_cli.domain.appraisal.facts import ResultRow
    from cm_cli.domain.period import Period

    Spans = dict[Period, list[Term]]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a value that a reader has to know; ``slug`` names the sentence."""

    slug: str
    field: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Combined:
    """The terms that make the value and the operation over them; no terms, no value."""

    operation: str
    terms: tuple[Term, ...] = ()
    remarks: tuple[Remark, ...] = ()


def combine(
    rows: Sequence[ResultRow],
    field: str,
    period: Period,
    over: str,
    since: date | None = None,
    *,
    clients: str = "sum",
) -> Combined:
    """Combine a field of rows over a period by ``sum``, ``mean``, ``last`` or ``first``.

    Several rows of one span (one a client) are put together by ``clients``: ``sum`` or ``mean``.
    Months before ``since`` (the day the manager took up the post) are not expected.
    """
    spans = _by_span(rows, field, period)
    chosen, inner = _widest(spans)
    together = partial(_together, spans=spans, over=over, clients=clients)
    remarks = [
        Remark("span_wins_over_months", field, str(wide))
        for wide in chosen
        if _differs(wide, inner[wide], spans, over, together)
    ]
    gaps = _gaps(chosen, period, since, over)
    if chosen and gaps:
        remarks.append(Remark("months_without_value", field, ", ".join(gaps)))
    if over in {"last", "first"}:
        chosen = chosen[-1:] if over == "last" else chosen[:1]
    return Combined(*together(chosen), tuple(remarks))


def _together(
    chosen: Sequence[Period], spans: Spans, over: str, clients: str
) -> tuple[str, tuple[Term, ...]]:
    """Return the operation that makes one value of those of the spans, and its terms."""
    values = [(len(span.months()), term) for span in chosen for term in spans[span]]
    terms = tuple(term for _months, term in values)
    if over == "sum" or (over != "mean" and clients == "sum"):
        return "add", terms
    each = sum(months for months, _term in values)
    whole = each if clients == "mean" else sum(len(span.months()) for span in chosen)
    if whole == each and len({months for months, _term in values}) <= 1:
        return "mean", terms
    pairs = [part for months, term in values for part in (term, number("months", months))]
    return "mean_of_months", (number("months", whole), *pairs)


def _by_span(rows: Sequence[ResultRow], field: str, period: Period) -> Spans:
    spans: Spans = {}
    for row in sorted(rows, key=lambda r: (r.period, r.row)):
        value = getattr(row, field)
        if value is not None and row.period.within(period):
            spans.setdefault(row.period, []).append(Term(value, field, row.row))
    return spans


def _widest(spans: Spans) -> tuple[list[Period], dict[Period, list[Period]]]:
    """Return the spans that lie in no other, in order, and for each those inside it."""
    inner: dict[Period, list[Period]] = {}
    for span in sorted(spans, key=lambda s: (s.first - s.last, s.first)):
        outer = next((wide for wide in inner if span.within(wide)), None)
        if outer is None:
            inner[span] = []
        else:
            inner[outer].append(span)
    return sorted(inner, key=lambda s: s.first), inner


def _differs(
    wide: Period,
    inner: Sequence[Period],
    spans: Spans,
    over: str,
    together: Callable[[Sequence[Period]], tuple[str, tuple[Term, ...]]],
) -> bool:
    """Say whether a span's own value differs from what the spans inside it make."""
    parts, _nested = _widest({span: spans[span] for span in inner})
    if not parts or parts == [wide]:
        return False
    if over in {"last", "first"}:
        parts = parts[-1:] if over == "last" else parts[:1]
    return carry_out(*together(parts)) != carry_out(*together([wide]))


def _gaps(chosen: list[Period], period: Period, since: date | None, over: str) -> list[str]:
    """Return the months that need a value and have none."""
    months = [m for m in period.months() if since is None or m.last >= since]
    if over in {"last", "first"}:
        months = months[-1:] if over == "last" else months[:1]
    return [str(m) for m in months if not any(m.within(span) for span in chosen)]

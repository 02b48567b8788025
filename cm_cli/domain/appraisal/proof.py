"""Arithmetic that keeps its working: every number is a step that can be done again.

A step is one named operation over terms; a term is the value of a record's field, of an
earlier step, or a number of the regulation. Nothing here knows what is being scored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, localcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    Operation = Callable[..., Decimal]

HUNDRED = Decimal(100)
OPERATIONS: dict[str, Operation] = {}
_EXACT = Context(prec=34, rounding=ROUND_HALF_EVEN)
_MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN}


def operation(function: Operation) -> Operation:
    """Register an operation under the name of its function."""
    OPERATIONS[function.__name__] = function
    return function


@dataclass(frozen=True, slots=True)
class Source:
    """What orders a number: an article of the source text, or the reason it was chosen."""

    article: str = ""
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """One number that goes into a step, and where it comes from.

    ``row`` and ``field``: a field of a record; ``step``: an earlier step; only ``field``: a
    number of the regulation (a weight, a cap).
    """

    value: Decimal
    field: str = ""
    row: str = ""
    step: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One operation done: ``name`` is ``<item>.<role>``, ``source`` what orders it."""

    of: str
    role: str
    operation: str
    terms: tuple[Term, ...]
    value: Decimal
    source: Source = Source()

    @property
    def name(self) -> str:
        """The name by which later steps refer to this one."""
        return f"{self.of}.{self.role}"

    @property
    def rows(self) -> tuple[str, ...]:
        """The records this step reads, each once."""
        return tuple(dict.fromkeys(term.row for term in self.terms if term.row))


@dataclass(frozen=True, slots=True)
class Unproved:
    """A step that does not come out again.

    ``why`` is ``value`` (its own arithmetic), ``term`` (an earlier step, named by ``row``, gives
    another number), ``leaf`` (the record says otherwise now), ``gone`` (there is no such record
    now) or ``card`` (the card shows another number). ``words.unproved`` says it.
    """

    name: str
    why: str
    row: str = ""


@dataclass
class Proof:
    """The working of one scorecard, in order."""

    steps: list[Step] = field(default_factory=list)
    values: dict[tuple[str, str], Decimal] = field(default_factory=dict)

    def do(self, name: tuple[str, str], op: str, terms: Iterable[Term], source: Source) -> Term:
        """Do one operation, note it down and return its value as a term for later steps."""
        used = tuple(terms)
        step = Step(*name, op, used, carry_out(op, used), source)
        self.steps.append(step)
        self.values[name] = step.value
        return Term(step.value, step=step.name)


def number(name: str, value: Decimal | int) -> Term:
    """Return a number of the regulation as a term."""
    return Term(Decimal(value), field=name)


def carry_out(op: str, terms: Sequence[Term]) -> Decimal:
    """Do a registered operation at 34 digits, whatever the caller's decimal context."""
    with localcontext(_EXACT):
        return OPERATIONS[op](*(term.value for term in terms))


def recompute(
    steps: Sequence[Step], leaves: Mapping[tuple[str, str], Decimal] | None = None
) -> list[Unproved]:
    """Do every step again and return those that do not come out; empty means proved.

    ``leaves`` holds the fields of the records as they are now: a term whose record is gone or
    says otherwise is named.
    """
    done: dict[str, Decimal] = {}
    wrong: list[Unproved] = []
    rows = {row for row, _field in leaves or ()}
    for step in steps:
        for term in step.terms:
            if term.step and done.get(term.step) != term.value:
                wrong.append(Unproved(step.name, "term", term.step))
            if term.row and leaves is not None and leaves.get((term.row, term.field)) != term.value:
                wrong.append(Unproved(step.name, "leaf" if term.row in rows else "gone", term.row))
        if step.operation not in OPERATIONS or carry_out(step.operation, step.terms) != step.value:
            wrong.append(Unproved(step.name, "value"))
        done[step.name] = step.value
    return wrong


@operation
def given(value: Decimal) -> Decimal:
    """Take the value as it stands."""
    return value


@operation
def add(*values: Decimal) -> Decimal:
    """Add the values; none is 0."""
    return sum(values, Decimal(0))


@operation
def count(*ones: Decimal) -> Decimal:
    """Count the records."""
    return sum(ones, Decimal(0))


@operation
def mean(*values: Decimal) -> Decimal:
    """Return the mean of one or more values."""
    return sum(values, Decimal(0)) / len(values)


@operation
def mean_of_months(months: Decimal, *pairs: Decimal) -> Decimal:
    """Return the mean of so many months; pairs run ``value, months, value, months``."""
    values = zip(pairs[::2], pairs[1::2], strict=True)
    return sum((value * each for value, each in values), Decimal(0)) / months


@operation
def less(whole: Decimal, *taken: Decimal) -> Decimal:
    """Take the others from the first."""
    return whole - sum(taken, Decimal(0))


@operation
def quotient(part: Decimal, whole: Decimal) -> Decimal:
    """Return the part in percent of the whole."""
    return part * HUNDRED / whole


@operation
def growth(end: Decimal, base: Decimal) -> Decimal:
    """Return the growth in percent of the base (F09)."""
    return (end - base) * HUNDRED / base


@operation
def under_target(actual: Decimal, target: Decimal) -> Decimal:
    """Return 200 less the quotient in percent: 100 on target, more the lower the actual."""
    return 2 * HUNDRED - actual * HUNDRED / target


@operation
def within(value: Decimal, low: Decimal, high: Decimal) -> Decimal:
    """Return the value, not under ``low`` and not over ``high``."""
    return min(max(value, low), high)


@operation
def linear(value: Decimal, zero_at: Decimal, full_at: Decimal) -> Decimal:
    """Return 0 at ``zero_at``, 100 at ``full_at``, straight between and bounded by both."""
    share = (value - zero_at) * HUNDRED / (full_at - zero_at)
    return min(max(share, Decimal(0)), HUNDRED)


@operation
def banded(value: Decimal, below: Decimal, *bands: Decimal) -> Decimal:
    """Return the points of the highest band reached; bands run ``from, points, from, points``."""
    reached = below
    for at_least, points in zip(bands[::2], bands[1::2], strict=True):
        if value >= at_least:
            reached = points
    return reached


@operation
def deducted(start: Decimal, per_event: Decimal, events: Decimal, floor: Decimal) -> Decimal:
    """Return the start less so much for each event, not under the floor."""
    return max(start - per_event * events, floor)


@operation
def met(actual: Decimal, target: Decimal) -> Decimal:
    """Return 100 when the actual reaches the target, else 0."""
    return HUNDRED if actual >= target else Decimal(0)


@operation
def kept_under(actual: Decimal, target: Decimal) -> Decimal:
    """Return 100 when the actual is not over the target, else 0."""
    return HUNDRED if actual <= target else Decimal(0)


@operation
def scaled(size: Decimal, weight: Decimal, weights: Decimal) -> Decimal:
    """Return the size of a part by its weight among the weights that count."""
    return size * weight / weights


@operation
def share_of(size: Decimal, score: Decimal) -> Decimal:
    """Return so many percent of the size."""
    return size * score / HUNDRED


@operation
def least(*values: Decimal) -> Decimal:
    """Return the least value, not under 0."""
    return max(min(values), Decimal(0))


@operation
def at_least(value: Decimal, low: Decimal) -> Decimal:
    """Return the value, not under ``low``."""
    return max(value, low)


@operation
def at_most(value: Decimal, high: Decimal) -> Decimal:
    """Return the value, not over ``high``."""
    return min(value, high)


@operation
def place(total: Decimal, *limits: Decimal) -> Decimal:
    """Return the place of a total among closed lower bounds: 1 where the first is reached."""
    return Decimal(1 + sum(total < limit for limit in limits))


@operation
def worst(*places: Decimal) -> Decimal:
    """Return the worst (highest) of some places."""
    return max(places)


def _rounded(value: Decimal, places: Decimal, mode: str) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-int(places)), rounding=_MODES[mode])


@operation
def half_up(value: Decimal, places: Decimal) -> Decimal:
    """Round, 5 away from zero (四舍五入)."""
    return _rounded(value, places, "half_up")


@operation
def half_even(value: Decimal, places: Decimal) -> Decimal:
    """Round, 5 to the even neighbour."""
    return _rounded(value, places, "half_even")


@operation
def down(value: Decimal, places: Decimal) -> Decimal:
    """Cut off what is beyond the places."""
    return _rounded(value, places, "down")

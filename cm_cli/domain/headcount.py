"""Managers of each grade in each unit against the caps of a regulation, now and after moves.

Decides nothing: a move that breaks a cap or does not meet a requirement is said, with its
article, to whoever decides (C03).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cm_cli.domain.career import CapLine, caps, may_hold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from cm_cli.domain.regulation.schema import Regulation
    from cm_cli.errors import Problem

WHOLE = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A manager, as far as caps and requirements ask; ``counts`` is False for who is not active."""

    code: str
    name: str
    unit: str
    grade: str
    education: str | None = None
    years: Decimal | None = None
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Move:
    """A promotion or demotion that is thought of."""

    person: Person
    to: str

    def lacks(self, regulation: Regulation) -> list[Problem]:
        """Return what keeps the person from the grade (F02)."""
        return may_hold(regulation, self.to, self.person.education, self.person.years)


@dataclass(frozen=True, slots=True)
class Held:
    """One grade in one unit (``WHOLE``: among all managers) now, and after the moves."""

    unit: str
    now: CapLine
    after: CapLine

    @property
    def effect(self) -> str:
        """What the moves do to the cap: ``breaks``, ``stays_broken``, ``mends`` or nothing."""
        if self.after.kept:
            return "" if self.now.kept else "mends"
        return "breaks" if self.now.kept else "stays_broken"


def held(
    regulation: Regulation, people: Sequence[Person], moves: Sequence[Move] = ()
) -> list[Held]:
    """Return every grade in every unit that has managers, then among all, where caps are of these.

    Grades the regulation does not know follow its own; they are in the total. Nobody stands in a
    list of a regulation that caps no grade.
    """
    now, after = _counted(people, {}), _counted(people, {m.person.code: m.to for m in moves})
    kinds = {grade.cap.of for grade in regulation.grades if grade.cap}
    found: list[Held] = []
    for unit in sorted(now, key=lambda name: (name == WHOLE, name)):
        of = "all" if unit == WHOLE else "unit"
        if of in kinds:
            pairs = zip(
                _lines(regulation, now[unit], after[unit], of),
                _lines(regulation, after[unit], now[unit], of),
                strict=True,
            )
            found += [Held(unit, one, other) for one, other in pairs]
    return found


def _counted(people: Iterable[Person], to: Mapping[str, str]) -> dict[str, Counter[str]]:
    """Return the heads by unit and grade, and among all; ``to`` are the grades after moves."""
    found: dict[str, Counter[str]] = {}
    for person in people:
        if person.counts:
            for unit in (person.unit, WHOLE):
                found.setdefault(unit, Counter())[to.get(person.code, person.grade)] += 1
    return found


def _lines(
    regulation: Regulation, heads: Counter[str], others: Counter[str], of: str
) -> list[CapLine]:
    """Return the lines of one unit, the same grades now and after."""
    strange = sorted((heads.keys() | others.keys()) - set(regulation.ladder))
    total = heads.total()
    more = [CapLine(grade, heads[grade], total, None, None) for grade in strange]
    return [*caps(regulation, heads, of), *more]

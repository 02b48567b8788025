"""Organisation: levels of units, structures to choose from, teams, powers."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, model_validator

from cm_cli.domain.regulation.base import (
    Code,
    GradeCode,
    Listed,
    Name,
    Named,
    NotNegative,
    Rule,
    Text,
    bounds_wrong,
    refuse,
)
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Axis(Named):
    """A question by which structures are told apart; its answers are written low to high (S40)."""

    answers: tuple[Listed, ...] = Field(min_length=2)
    """The answers, low to high."""


class Structure(Named):
    """A structure of the client-manager system; they are written from the least to the most."""

    fits: dict[Code, Code] = Field(default_factory=dict)
    """For each axis the highest answer it still serves."""
    pros: tuple[Listed, ...] = ()
    """What speaks for it."""
    cons: tuple[Listed, ...] = ()
    """What speaks against it."""
    grades: tuple[GradeCode, ...] = ()
    """The grades it has."""
    example: Text = "-"
    """An institution it suits."""


class Seat(Rule):
    """A role within a team and how many hold it."""

    code: Code
    """What it is referred to by."""
    name: Name
    """What it is called."""
    at_least: Annotated[int, Field(ge=0)] = 0
    """The least who hold it."""
    at_most: Annotated[int, Field(ge=1)] | None = None
    """The most who hold it."""
    also: tuple[Code, ...] = ()
    """The other seats its holder may have too."""


class Team(Named):
    """A team around clients and who belongs to it (S32, S50, S52)."""

    seats: tuple[Seat, ...] = Field(min_length=1)
    """The roles within it."""
    serves: tuple[Listed, ...] = ()
    """Whom it serves: industries, classes."""

    @model_validator(mode="after")
    def _seats_fit(self) -> Team:
        codes = [seat.code for seat in self.seats]
        findings = [
            _("“{code}” stands twice").format(code=code)
            for code in dict.fromkeys(codes)
            if codes.count(code) > 1
        ]
        for seat in self.seats:
            most = None if seat.at_most is None else Decimal(seat.at_most)
            findings += bounds_wrong(Decimal(seat.at_least), most)
            findings += [
                _("“{code}” is no seat of the team").format(code=code)
                for code in seat.also
                if code not in codes
            ]
        refuse(findings)
        return self


class Power(Named):
    """Something a manager may or may not decide (S31.R1, S37.R1; contradiction C06)."""

    has: bool
    """Whether managers have it."""
    grades: tuple[GradeCode, ...] = ()
    """The grades that have it; all where empty."""
    up_to: NotNegative | None = None
    """The amount up to which it goes."""
    scope: Text = "-"
    """Within what it holds."""


def advise(
    axes: Sequence[Axis], structures: Sequence[Structure], answers: Mapping[str, str]
) -> tuple[Structure | None, dict[str, list[str]]]:
    """Return the least structure that serves these answers, and what keeps each before it (F50)."""
    order = {axis.code: [answer.code for answer in axis.answers] for axis in axes}
    failed: dict[str, list[str]] = {}
    for structure in structures:
        short = [
            axis
            for axis, answer in answers.items()
            if axis in order
            and answer in order[axis]
            and axis in structure.fits
            and order[axis].index(answer) > order[axis].index(structure.fits[axis])
        ]
        if not short:
            return structure, failed
        failed[structure.code] = short
    return None, failed


def team_lacks(team: Team, members: Mapping[str, Sequence[str]]) -> list[str]:
    """Return what is wrong with who holds which seat (F56), one sentence for each finding."""
    known = {seat.code: seat for seat in team.seats}
    found = [sentence for seat in team.seats for sentence in _held(seat, members)]
    found += [
        _("“{code}” is no seat of the team").format(code=code)
        for code in members
        if code not in known
    ]
    seats_of: dict[str, list[str]] = {}
    for code, people in members.items():
        for person in people if code in known else ():
            seats_of.setdefault(person, []).append(code)
    for person, seats in seats_of.items():
        for one, other in combinations(seats, 2):
            if other not in known[one].also and one not in known[other].also:
                what = _("{person} holds {one} and {other}, which do not go together")
                found.append(what.format(person=person, one=one, other=other))
    return found


def _held(seat: Seat, members: Mapping[str, Sequence[str]]) -> list[str]:
    held = len(members.get(seat.code, ()))
    if held < seat.at_least:
        what = _("{seat}: {held} where at least {wanted} are wanted")
        return [what.format(seat=seat.code, held=held, wanted=seat.at_least)]
    if seat.at_most is not None and held > seat.at_most:
        what = _("{seat}: {held} where at most {wanted} are wanted")
        return [what.format(seat=seat.code, held=held, wanted=seat.at_most)]
    return []

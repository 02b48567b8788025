"""One client within a finished plan: who was looked at, in which order, what was decided.

Read off the plan, not off a diary of its making: the plan is stable (see ``fill``), so that the
loads it ends with explain each choice. A candidate's load is taken without the client asked about.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from cm_cli.domain.assignment.coverage import Coverage, class_of, numbers
from cm_cli.domain.assignment.criteria import PREFERENCES, Standing
from cm_cli.domain.assignment.facts import ACTIVE
from cm_cli.domain.assignment.plan import FEN, Decision, parts, seats_of

if TYPE_CHECKING:
    from cm_cli.domain.assignment.criteria import Preference
    from cm_cli.domain.assignment.facts import ClientFacts, RuleSpec
    from cm_cli.domain.assignment.plan import Plan


@dataclass(frozen=True, slots=True)
class Candidate:
    """A manager a rule proposes for the client, as he stands at the end of the plan.

    ``weight`` is what the client is to him, ``room`` what he may take, in 分 or clients;
    ``shown`` is his load in yuan or clients.
    """

    at: int
    standing: Standing
    measure: str
    weight: int
    room: int
    full: bool
    shown: Decimal


class Case:
    """One client within a plan: who was looked at, in which order, and what was decided."""

    def __init__(self, client: ClientFacts, coverage: Coverage, made: Plan) -> None:
        self.client, self.coverage, self.rules = client, coverage, coverage.rules
        self.values = class_of(client)
        stays = Decision(client.code, client.manager, client.manager, "keep", "", ())
        self.decision = made.of(client.code) or stays
        self.seats = seats_of(coverage)
        self.after = {each.manager: (each.after, each.clients_after) for each in made.loads}

    def _weight(self, measure: str) -> int:
        if measure == "clients":
            return 1
        return int((getattr(self.client, measure) or 0) * FEN)

    def candidate(self, at: int) -> Candidate:
        """Return the manager's standing without the client asked about."""
        manager = self.coverage.managers[at]
        shown, clients = self.after.get(manager.code, (Decimal(0), 0))
        measure = self.seats.by[at]
        weight = self._weight(measure)
        load = int(shown * parts(measure))
        if manager.code == self.decision.manager and self.client.status == ACTIVE:
            load, clients = load - weight, clients - 1
        near = self.coverage.distance(at, self.values)
        share = self.seats.share(at, load, clients)
        room = self.seats.limits[at] - load
        return Candidate(
            at,
            Standing(manager, near, load, share, clients),
            measure,
            weight,
            room,
            full=room < max(weight, 0),
            shown=Decimal(load) / parts(measure),
        )

    def candidates(self, rule: RuleSpec) -> list[Candidate]:
        """Return whom the rule proposes, in post and present, in the order of the preferences."""
        mask = self.coverage.proposed(rule, self.values)
        mask &= self.coverage.in_post & ~self.coverage.away
        return sorted((self.candidate(at) for at in numbers(mask)), key=self.order)

    def order(self, each: Candidate) -> tuple[object, ...]:
        """Return the key of a candidate: the preferences in order, then the code."""
        return (*(one.key(each.standing) for one in self.preferences()), each.at)

    def preferences(self) -> list[Preference]:
        """Return the preferences of the rules, in order."""
        return [PREFERENCES[code] for code in self.rules.prefer]

    def deciding(self, one: Candidate, other: Candidate) -> Preference | None:
        """Return the first preference in which the two differ, or that draws a lot between them."""
        for each in self.preferences():
            if each.of == "draw" or each.key(one.standing) != each.key(other.standing):
                return each
        return None

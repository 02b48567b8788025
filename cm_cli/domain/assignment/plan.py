"""The plan: who is to hold whom on a day, what changes by it, and why (S39, F49).

Pure and deterministic: the same facts in any order give the same plan. A client who simply stays
with his manager is not listed; he is counted in the loads. What is filled how, and which
objective is reached, is stated in ``fill``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, Literal, NamedTuple

from cm_cli.domain.assignment.coverage import Coverage, class_of
from cm_cli.domain.assignment.facts import ACTIVE
from cm_cli.domain.assignment.fill import Filler
from cm_cli.domain.assignment.reasons import Reason, misfit, why_nobody
from cm_cli.domain.assignment.seats import NO_LIMIT, Pool, Seats
from cm_cli.domain.sheet import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from cm_cli.domain.assignment.coverage import Class, Tier
    from cm_cli.domain.assignment.facts import ClientFacts, ManagerFacts, Rules, Trees

Change = Literal["new", "keep", "move", "none", "release"]
FEN = 100
EXAMPLES = 5


class Decision(NamedTuple):
    """What the plan says of one client. ``manager`` is empty where nobody is to hold him.

    ``new`` gets a manager, ``move`` another one, ``release`` loses the one who no longer fits,
    ``none`` stays without, ``keep`` is listed only where there is something to say about it.
    """

    client: str
    manager: str
    before: str
    change: Change
    rule: str
    reasons: tuple[Reason, ...]


class Load(NamedTuple):
    """A manager before and after: load in the measure of capacity (yuan or clients), clients."""

    manager: str
    capacity: Decimal | None
    before: Decimal
    after: Decimal
    clients_before: int
    clients_after: int


@dataclass(frozen=True, slots=True)
class Base:
    """The state of the store a plan was made from: journal entry, its hash, digest of the facts."""

    entry: int = 0
    head: str = ""
    facts: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Decisions by client code, loads by manager code. ``kept`` counts all who stay."""

    day: date
    regulation: str
    digest: str
    measure: str
    kept: int
    decisions: tuple[Decision, ...]
    loads: tuple[Load, ...]
    notes: tuple[Reason, ...] = ()
    base: Base = field(default=Base())

    def changes(self) -> tuple[Decision, ...]:
        """Return the decisions that change who holds a client."""
        return tuple(each for each in self.decisions if each.change in {"new", "move", "release"})

    def of(self, client: str) -> Decision | None:
        """Return the decision about the client; None where he simply stays or is not known."""
        at = bisect_left(self.decisions, client, key=attrgetter("client"))
        found = self.decisions[at : at + 1]
        return found[0] if found and found[0].client == client else None


def plan(
    clients: Sequence[ClientFacts],
    managers: Sequence[ManagerFacts],
    rules: Rules,
    trees: Trees,
    on: date,
    *,
    base: Base | None = None,
) -> Plan:
    """Plan who holds whom; ``base`` names the state the facts were read from."""
    run = _Run(sorted(clients, key=attrgetter("code")), Coverage(managers, rules, trees, on))
    run.keep()
    run.fill()
    return Plan(
        day=on,
        regulation=rules.regulation,
        digest=rules.digest,
        measure=rules.capacity_measure,
        kept=run.kept,
        decisions=tuple(sorted(run.decisions, key=attrgetter("client"))),
        loads=tuple(run.loads()),
        notes=tuple(run.notes()),
        base=base or Base(),
    )


def capacity_of(manager: ManagerFacts, measure: str) -> int:
    """Return the capacity in clients or 分; NO_LIMIT where there is none."""
    if manager.capacity is None:
        return NO_LIMIT
    return int(manager.capacity * (1 if measure == "clients" else FEN))


def seats_of(coverage: Coverage, weight: Sequence[int] | None = None) -> Seats:
    """Return the empty seats of the managers; loads are shares where all in post have a limit."""
    measure = coverage.rules.capacity_measure
    limits = [capacity_of(manager, measure) for manager in coverage.managers]
    relative = all(
        limit < NO_LIMIT for at, limit in enumerate(limits) if coverage.in_post >> at & 1
    )
    return Seats(coverage.managers, limits, weight, coverage.split, relative=relative)


class _Run:
    """One making of a plan."""

    def __init__(self, clients: list[ClientFacts], coverage: Coverage) -> None:
        self.clients, self.coverage, self.rules = clients, coverage, coverage.rules
        self.measure = self.rules.capacity_measure
        self.unmeasured: list[str] = []
        self.weight = None if self.measure == "clients" else self._weights()
        self.seats = seats_of(coverage, self.weight)
        count = len(coverage.managers)
        self.before, self.clients_before, self.kept = [0] * count, [0] * count, 0
        self.decisions: list[Decision] = []
        self.waiting: dict[Class, list[int]] = defaultdict(list)
        self.leaving: dict[tuple[Class, str], tuple[Reason, ...]] = {}

    def _weights(self) -> list[int]:
        figures = [getattr(client, self.measure) for client in self.clients]
        self.unmeasured = [
            client.code
            for client, figure in zip(self.clients, figures, strict=True)
            if figure is None and client.status == ACTIVE
        ]
        return [int((figure or 0) * FEN) for figure in figures]

    def keep(self) -> None:
        """Leave in place who stays, list who is not planned, and gather who waits, by class."""
        index, held = self.coverage.index, defaultdict(list)
        for number, client in enumerate(self.clients):
            if client.status != ACTIVE:
                self._inactive(client)
                continue
            values, owner = class_of(client), client.manager
            if not owner:
                self.waiting[values].append(number)
                continue
            at = index.get(owner)
            if at is not None:
                self._stood(number, at)
            reasons = self._reasons_to_go(values, owner, at)
            if client.locked or not reasons:
                self.kept += 1
                if at is not None:
                    held[at].append(number)
                if reasons and reasons[0].slug != "owner-passed-over":
                    said = (Reason("locked"), *reasons)
                    self.decisions.append(Decision(client.code, owner, owner, "keep", "", said))
            else:
                self.waiting[values].append(number)
        for at, numbers in held.items():
            load = sum(self.weight[n] for n in numbers) if self.weight else len(numbers)
            self.seats.shift(at, load, len(numbers))

    def _stood(self, number: int, at: int) -> None:
        self.before[at] += self.weight[number] if self.weight else 1
        self.clients_before[at] += 1

    def _inactive(self, client: ClientFacts) -> None:
        reason = Reason("client-inactive", detail=(("status", client.status),))
        owner = client.manager
        self.decisions.append(Decision(client.code, owner, owner, "none", "", (reason,)))

    def _reasons_to_go(self, values: Class, owner: str, at: int | None) -> tuple[Reason, ...]:
        stays = at is not None and self.coverage.stays(values) >> at & 1
        if stays and self.rules.keep_owner:
            return ()
        key = (values, owner)
        if key not in self.leaving:
            found = misfit(self.coverage, at, values, owner)
            if not found and not self.rules.keep_owner:
                found = (Reason("owner-passed-over", managers=(owner,)),)
            self.leaving[key] = found
        return self.leaving[key]

    def fill(self) -> None:
        """Place who waits and write the decisions."""
        pools: dict[tuple[Tier, ...], Pool] = {}
        ranked: dict[Class, tuple[Tier, ...]] = {}
        for values in sorted(self.waiting):
            coarse = self.coverage.coarse(values)
            if coarse not in ranked:
                ranked[coarse] = self.coverage.tiers(coarse)
            tiers = ranked[coarse]
            pools.setdefault(tiers, Pool(tiers)).waiting += self.waiting[values]
        ordered = sorted(pools.values(), key=self._scarcity)
        for pool in ordered:
            pool.waiting.sort(key=self._turn, reverse=True)
        codes = [client.code for client in self.clients]
        leave_ties = self.rules.ties == "leave"
        filler = Filler(self.seats, codes, self.rules.seed, leave_ties=leave_ties)
        filler.run(ordered)
        nobody: dict[Class, tuple[Reason, ...]] = {}
        for pool in ordered:
            self._write(pool, nobody)

    def _scarcity(self, pool: Pool) -> tuple[int, int]:
        """Pools with few candidates choose first, then the one with the first client."""
        return sum(len(tier.managers) for tier in pool.tiers), min(pool.waiting)

    def _turn(self, number: int) -> tuple[int, int]:
        """Put the heavy first, then go by code."""
        return (-self.weight[number] if self.weight else 0), number

    def _write(self, pool: Pool, nobody: dict[Class, tuple[Reason, ...]]) -> None:
        codes = self.coverage.managers
        rule = {at: tier.rule for tier in pool.tiers for at in tier.managers if at in pool.placed}
        for at, numbers in self._named(pool):
            for number in numbers:
                self._placed(number, codes[at].code, self.rules.order[rule[at]].code)
        tie = (Reason("tie", managers=tuple(codes[at].code for at in pool.tied)),)
        for number in pool.waiting:
            values = class_of(self.clients[number])
            if not pool.tied and values not in nobody:
                nobody[values] = why_nobody(self.coverage, values)
            self._unplaced(number, tie if pool.tied else nobody[values])

    def _named(self, pool: Pool) -> Iterable[tuple[int, list[int]]]:
        """Within a pool clients of equal weight are interchangeable: who can stay, stays."""
        if self.weight or self.rules.keep_owner or self.coverage.split.lot:
            return pool.placed.items()
        index = self.coverage.index
        places = {at: len(numbers) for at, numbers in sorted(pool.placed.items())}
        named: dict[int, list[int]] = {at: [] for at in places}
        others = []
        for number in sorted(n for numbers in pool.placed.values() for n in numbers):
            owner = index.get(self.clients[number].manager, -1)
            if len(named.get(owner, ())) < places.get(owner, 0):
                named[owner].append(number)
            else:
                others.append(number)
        for at, place in places.items():
            missing = place - len(named[at])
            named[at] += others[:missing]
            del others[:missing]
        return named.items()

    def _placed(self, number: int, manager: str, rule: str) -> None:
        client = self.clients[number]
        owner = client.manager
        if owner == manager:
            self.kept += 1
            return
        change: Change = "move" if owner else "new"
        why = self.leaving[class_of(client), owner] if owner else ()
        self.decisions.append(Decision(client.code, manager, owner, change, rule, why))

    def _unplaced(self, number: int, reasons: tuple[Reason, ...]) -> None:
        client = self.clients[number]
        owner = client.manager
        change: Change = "release" if owner else "none"
        if owner:
            reasons = (*reasons, *self.leaving[class_of(client), owner])
        self.decisions.append(Decision(client.code, "", owner, change, "", reasons))

    def loads(self) -> Iterable[Load]:
        """Yield the managers' loads, by code."""
        for at, manager in enumerate(self.coverage.managers):
            yield Load(
                manager.code,
                None if manager.capacity is None else Decimal(manager.capacity),
                self._shown(self.before[at]),
                self._shown(self.seats.load[at]),
                self.clients_before[at],
                self.seats.clients[at],
            )

    def _shown(self, load: int) -> Decimal:
        return Decimal(load) / FEN if self.weight else Decimal(load)

    def notes(self) -> Iterable[Reason]:
        """Yield what is to be known besides: over capacity, on leave with clients, no figure."""
        for at, manager in enumerate(self.coverage.managers):
            if self.seats.room(at) < 0:
                yield self._over(at)
            if self.coverage.away >> at & 1 and self.seats.clients[at]:
                yield Reason("kept-on-leave", managers=(manager.code,))
        if self.unmeasured:
            count, first = str(len(self.unmeasured)), ", ".join(self.unmeasured[:EXAMPLES])
            yield Reason(
                "no-measure",
                detail=(("count", count), ("measure", self.measure), ("clients", first)),
            )

    def _over(self, at: int) -> Reason:
        manager = self.coverage.managers[at]
        load = plain(self._shown(self.seats.load[at]))
        detail = (("load", load), ("capacity", plain(Decimal(manager.capacity or 0))))
        return Reason("over-capacity", managers=(manager.code,), detail=detail)

"""The plan: who is to hold whom on a day, what changes by it, and why (S39, F49).

Pure and deterministic: the same facts in any order give the same plan. A client who simply stays
with his manager is not listed; he is counted in the loads. What is filled how, and which
objective is reached, is stated in ``fill``. Every manager's load, capacity and room are in his
own measure: clients, or yuan of assets or sales. A client without the figure weighs 0 there.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from math import prod
from operator import attrgetter
from typing import TYPE_CHECKING, Literal, NamedTuple

from cm_cli.domain.assignment.coverage import Coverage, class_of
from cm_cli.domain.assignment.facts import ACTIVE
from cm_cli.domain.assignment.fill import Filler
from cm_cli.domain.assignment.reasons import Reason, misfit, why_nobody
from cm_cli.domain.assignment.seats import NO_LIMIT, Pool, Seats
from cm_cli.domain.sheet import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
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
    """A manager before and after: load in his measure (clients or yuan), number of clients."""

    manager: str
    measure: str
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
    """Decisions by client code, loads by manager code. ``kept`` counts all who stay.

    ``measure`` is that of the rules; what counts for a manager is said with his load.
    """

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
    return NO_LIMIT if manager.capacity is None else int(manager.capacity * parts(measure))


def parts(measure: str) -> int:
    """Return how many units of load a unit shown has: 分 of a yuan, or clients."""
    return 1 if measure == "clients" else FEN


def measures_of(coverage: Coverage) -> list[str]:
    """Return what the capacity of each manager counts."""
    return [coverage.rules.measure_of(manager) for manager in coverage.managers]


def seats_of(coverage: Coverage, figures: Mapping[str, Sequence[int]] | None = None) -> Seats:
    """Return the empty seats of the managers; loads are shares where all in post have a limit."""
    by = measures_of(coverage)
    limits = list(map(capacity_of, coverage.managers, by))
    relative = all(
        limit < NO_LIMIT for at, limit in enumerate(limits) if coverage.in_post >> at & 1
    )
    return Seats(coverage.managers, limits, by, figures or {}, coverage.split, relative=relative)


class _Run:
    """One making of a plan."""

    def __init__(self, clients: list[ClientFacts], coverage: Coverage) -> None:
        self.clients, self.coverage, self.rules = clients, coverage, coverage.rules
        self.unmeasured: dict[str, list[str]] = defaultdict(list)
        self.figures = self._figures()
        self.heft = self._heft()
        self.seats = seats_of(coverage, self.figures)
        count = len(coverage.managers)
        self.before, self.clients_before, self.kept = [0] * count, [0] * count, 0
        self.decisions: list[Decision] = []
        self.waiting: dict[Class, list[int]] = defaultdict(list)
        self.leaving: dict[tuple[Class, str], tuple[Reason, ...]] = {}

    def _figures(self) -> dict[str, list[int]]:
        """Return the clients' figures in 分 by each measure by money that a manager counts by."""
        return {
            measure: [int((getattr(client, measure) or 0) * FEN) for client in self.clients]
            for measure in sorted({*measures_of(self.coverage)} - {"clients"})
        }

    def _heft(self) -> list[int]:
        """Return how heavy each client is: his figure; of several, his shares of their totals."""
        totals = {measure: sum(table) or 1 for measure, table in self.figures.items()}
        scaled = [
            [figure * (prod(totals.values()) // totals[measure]) for figure in table]
            for measure, table in self.figures.items()
        ]
        return [sum(shares) for shares in zip(*scaled, strict=True)]

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
            load = sum(self.seats.weigh(number, at) for number in numbers)
            self.seats.shift(at, load, len(numbers))
            self._look_for_figures(numbers, at)

    def _stood(self, number: int, at: int) -> None:
        self.before[at] += self.seats.weigh(number, at)
        self.clients_before[at] += 1

    def _look_for_figures(self, numbers: Iterable[int], at: int) -> None:
        """Note who is counted as 0 for want of the manager's figure."""
        measure = self.seats.by[at]
        if measure in self.figures:
            held = (self.clients[number] for number in numbers)
            self.unmeasured[measure] += [e.code for e in held if getattr(e, measure) is None]

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
            by_money = self.seats.by_money(pool.candidates())
            pool.waiting.sort(key=self._turn if by_money else None, reverse=True)
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
        return -self.heft[number], number

    def _write(self, pool: Pool, nobody: dict[Class, tuple[Reason, ...]]) -> None:
        codes = self.coverage.managers
        rule = {at: tier.rule for tier in pool.tiers for at in tier.managers if at in pool.placed}
        for at, numbers in self._named(pool):
            self._look_for_figures(numbers, at)
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
        if self.rules.keep_owner or self.coverage.split.lot:
            return pool.placed.items()
        if self.seats.by_money(pool.candidates()):
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
                self.seats.by[at],
                None if manager.capacity is None else Decimal(manager.capacity),
                self._shown(self.before[at], at),
                self._shown(self.seats.load[at], at),
                self.clients_before[at],
                self.seats.clients[at],
            )

    def _shown(self, load: int, at: int) -> Decimal:
        return Decimal(load) / parts(self.seats.by[at])

    def notes(self) -> Iterable[Reason]:
        """Yield what is to be known besides: over capacity, on leave with clients, no figure."""
        for at, manager in enumerate(self.coverage.managers):
            if self.seats.room(at) < 0:
                yield self._over(at)
            if self.coverage.away >> at & 1 and self.seats.clients[at]:
                yield Reason("kept-on-leave", managers=(manager.code,))
        for measure, codes in sorted(self.unmeasured.items()):
            if codes:
                first = ", ".join(sorted(codes)[:EXAMPLES])
                told = (("count", str(len(codes))), ("measure", measure), ("clients", first))
                yield Reason("no-measure", detail=told)

    def _over(self, at: int) -> Reason:
        manager = self.coverage.managers[at]
        load = plain(self._shown(self.seats.load[at], at))
        capacity = plain(Decimal(manager.capacity or 0))
        told = (("load", load), ("capacity", capacity), ("measure", self.seats.by[at]))
        return Reason("over-capacity", managers=(manager.code,), detail=told)

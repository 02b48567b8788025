"""The objective of the plan, held against brute force on tiny populations."""

from __future__ import annotations

from itertools import product

from assignment_example import DAY, REGION, TREES
from hypothesis import given, settings
from hypothesis import strategies as st

from cm_cli.domain.assignment.coverage import Coverage, class_of, numbers
from cm_cli.domain.assignment.facts import ClientFacts, ManagerFacts, Rules, RuleSpec
from cm_cli.domain.assignment.plan import plan

SIZE = RuleSpec("size", ("region", "size"))
SERVICE = RuleSpec("service", ("service",))
RULES = Rules(order=(SIZE, REGION, SERVICE), prefer=("nearest_region", "least_loaded"))
REGIONS = st.sampled_from(["粤", "深圳", "广州", "南山", "天河", "京"])


@st.composite
def populations(draw):
    heads = draw(st.integers(1, 4))
    managers = [
        ManagerFacts(
            f"M{n}",
            status=draw(st.sampled_from(["active"] * 5 + ["departed"])),
            coverage={
                "region": tuple(draw(st.lists(REGIONS, min_size=1, max_size=2, unique=True))),
                "size": draw(st.sampled_from([(), (), ("large",)])),
            },
            capacity=draw(st.sampled_from([0, 1, 1, 2, 3])),
        )
        for n in range(heads)
    ]
    clients = [
        ClientFacts(
            f"C{n}",
            region=draw(REGIONS),
            size=draw(st.sampled_from(["large", "small"])),
            manager=draw(st.sampled_from(["", "", "", "M0", "M1"])),
            locked=draw(st.sampled_from([False, False, False, True])),
        )
        for n in range(draw(st.integers(1, 6)))
    ]
    return clients, managers


@st.composite
def webs(draw):
    """Draw services that several managers share, and one place a manager: chains matter."""
    services = st.sampled_from("abcd")
    shared = st.lists(services, min_size=1, max_size=2, unique=True).map(tuple)
    managers = [
        ManagerFacts(f"M{n}", coverage={"service": declared}, capacity=1)
        for n, declared in enumerate(draw(st.lists(shared, min_size=3, max_size=5)))
    ]
    wanted = draw(st.lists(services, min_size=3, max_size=6))
    return [ClientFacts(f"C{n}", service=service) for n, service in enumerate(wanted)], managers


def placed(made):
    return {each.client: each.manager for each in made.decisions if each.change in {"new", "move"}}


def most(open_to, room):
    """Return the most clients that can be placed, trying every way."""
    best = 0
    for way in product(*([*options, None] for options in open_to)):
        taken = [at for at in way if at is not None]
        if len(taken) > best and all(taken.count(at) <= room[at] for at in set(taken)):
            best = len(taken)
    return best


@settings(max_examples=300, deadline=None)
@given(st.one_of(populations(), webs()))
def test_as_many_as_possible_are_placed_and_nobody_could_choose_better(population):
    clients, managers = population
    made = plan(clients, managers, RULES, TREES, DAY)
    coverage = Coverage(managers, RULES, TREES, DAY)
    tiers = {each.code: coverage.tiers(class_of(each)) for each in clients}
    new = placed(made)
    waits = [each.client for each in made.decisions if each.change in {"none", "release"}]
    after = [each.clients_after for each in made.loads]
    kept = [
        total - list(new.values()).count(each.manager)
        for total, each in zip(after, made.loads, strict=True)
    ]
    room = [max(0, int(each.capacity) - k) for each, k in zip(made.loads, kept, strict=True)]
    open_to = [[at for tier in tiers[code] for at in tier.managers] for code in [*new, *waits]]
    assert len(new) == most(open_to, room)
    for code, manager in new.items():
        mine = coverage.index[manager]
        for tier in tiers[code]:
            free = [at for at in tier.managers if after[at] < made.loads[at].capacity]
            if mine in tier.managers:
                level = (after[mine] - 1) / int(made.loads[mine].capacity)
                assert all(level <= after[at] / int(made.loads[at].capacity) for at in free)
                break
            assert not free


@settings(max_examples=60, deadline=None)
@given(populations(), st.booleans(), st.sampled_from(["code", "leave"]))
def test_a_plan_keeps_to_coverage_and_capacity_and_has_nothing_to_do_twice(population, keep, ties):
    clients, managers = population
    rules = Rules(order=RULES.order, prefer=RULES.prefer, keep_owner=keep, ties=ties)
    made = plan(clients, managers, rules, TREES, DAY)
    coverage = Coverage(managers, rules, TREES, DAY)
    by_code = {each.code: each for each in clients}
    for code, manager in placed(made).items():
        assert coverage.index[manager] in numbers(coverage.fits(class_of(by_code[code])))
    gained = set(placed(made).values())
    assert all(each.after <= each.capacity for each in made.loads if each.manager in gained)
    holder = {each.client: each.manager for each in made.decisions}
    then = [each._replace(manager=holder.get(each.code, each.manager)) for each in clients]
    assert sum(each.clients_after for each in made.loads) == sum(
        1 for each in then if each.manager in coverage.index
    )
    assert not plan(then, managers, rules, TREES, DAY).changes()


@settings(max_examples=60, deadline=None)
@given(populations(), st.lists(st.integers(0, 40), min_size=6, max_size=6))
def test_capacity_by_a_measure_is_never_exceeded_by_the_plan(population, sales):
    clients, managers = population
    clients = [
        each._replace(sales=amount, manager="", locked=False)
        for each, amount in zip(clients, sales, strict=False)
    ]
    rules = Rules(order=RULES.order, prefer=RULES.prefer, capacity_measure="sales")
    managers = [
        ManagerFacts(each.code, each.status, each.coverage, 20 * int(each.capacity))
        for each in managers
    ]
    made = plan(clients, managers, rules, TREES, DAY)
    assert all(each.after <= each.capacity for each in made.loads)
    figures = {each.code: each.sales for each in clients}
    assert sum(each.after for each in made.loads) == sum(figures[code] for code in placed(made))

"""How long a plan takes, how level it is, and how that compares with writing its rows.

Run: ``python tests/benchmarks/assignment.py [--clients 1000000] [--managers 5000] [--money 10]``;
``--money`` is the percentage of managers whose capacity is a total of assets. The reference, in the same run: one assignment row a client, made by SQL, in one transaction, into an
indexed SQLite table on disk.
"""

from __future__ import annotations

import argparse
import random
import resource
import sqlite3
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

from cm_cli.domain.assignment.facts import ClientFacts, ManagerFacts, Rules, RuleSpec, Trees
from cm_cli.domain.assignment.plan import plan
from cm_cli.domain.tree import Tree

if TYPE_CHECKING:
    from cm_cli.domain.assignment.plan import Plan

DAY = date(2026, 10, 1)
PROVINCES, CITIES, COUNTIES, INDUSTRIES = 6, 7, 7, 20
SIZES, RELATIONS, SERVICES = ("listed", "large", "medium", "small"), ("new", "old"), ("a", "b", "c")


def trees() -> Trees:
    """Return a region tree of three levels (about 300 counties) and flat industries."""
    rows = []
    for p in range(PROVINCES):
        rows.append({"zh": f"P{p}", "en": "", "parent": "", "aliases": ""})
        for c in range(CITIES):
            rows.append({"zh": f"P{p}C{c}", "en": "", "parent": f"P{p}", "aliases": ""})
            rows += [
                {"zh": f"P{p}C{c}D{d}", "en": "", "parent": f"P{p}C{c}", "aliases": ""}
                for d in range(COUNTIES)
            ]
    flat = [{"zh": f"I{i}", "en": "", "parent": "", "aliases": ""} for i in range(INDUSTRIES)]
    return Trees(Tree.of(rows), Tree.of(flat))


def place(chance: random.Random, depth: int) -> str:
    """Return a region of this depth; the first ones are far more frequent than the last."""
    text = f"P{min(int(chance.expovariate(0.6)), PROVINCES - 1)}"
    if depth > 1:
        text += f"C{min(int(chance.expovariate(0.5)), CITIES - 1)}"
    return text + (f"D{chance.randrange(COUNTIES)}" if depth > 2 else "")


def population(count: int, heads: int) -> tuple[list[ClientFacts], list[ManagerFacts]]:
    """Return clients nobody holds yet and managers of uneven coverage, with room for all."""
    chance = random.Random(20261001)  # noqa: S311 - a population, no secret
    clients = [
        ClientFacts(
            f"C{n:07}",
            region=place(chance, 3),
            industry=f"I{min(int(chance.expovariate(0.2)), INDUSTRIES - 1)}",
            size=chance.choices(SIZES, (1, 4, 15, 80))[0],
            relation=chance.choice(RELATIONS),
            service=chance.choice(SERVICES),
        )
        for n in range(count)
    ]
    industries = [f"I{i}" for i in range(INDUSTRIES)]
    managers = []
    for n in range(heads):
        coverage = {"region": (place(chance, chance.choices((1, 2, 3), (1, 5, 14))[0]),)}
        if chance.random() < 0.4:
            coverage["industry"] = tuple(chance.sample(industries, chance.randint(1, 5)))
        if chance.random() < 0.2:
            coverage["size"] = (chance.choice(SIZES),)
        managers.append(
            ManagerFacts(f"M{n:05}", coverage=coverage, capacity=int(2 * count / heads))
        )
    return clients, managers


def by_assets(
    clients: list[ClientFacts], managers: list[ManagerFacts], percent: int
) -> tuple[list[ClientFacts], list[ManagerFacts]]:
    """Return the population with assets, and so many managers in a hundred limited by them."""
    chance = random.Random(7)  # noqa: S311 - a population, no secret
    mean = 5_000
    clients = [c._replace(assets=Decimal(chance.randint(1, 2 * mean))) for c in clients]
    return clients, [
        replace(m, measure="assets", capacity=int(m.capacity or 0) * mean)
        if chance.randrange(100) < percent
        else m
        for m in managers
    ]


def reference(count: int, heads: int) -> float:
    """Return the seconds of writing one row a client from SQL into an indexed table."""
    with tempfile.TemporaryDirectory() as folder:
        base = sqlite3.connect(Path(folder) / "reference.db")
        base.executescript(
            "pragma journal_mode=wal;"
            "create table client(id integer primary key, code text unique);"
            "create table assignment(id integer primary key, client integer, manager integer,"
            " since text, way text);"
            "create index by_client on assignment(client, since);"
            "create index by_manager on assignment(manager, since);"
        )
        rows = ((n, f"C{n:07}") for n in range(count))
        base.executemany("insert into client values(?, ?)", rows)
        base.commit()
        started = process_time()
        base.execute(
            "insert into assignment(client, manager, since, way)"
            f" select id, abs(id * 2654435761) % {heads}, '2026-10-01', 'rule' from client"
        )
        base.commit()
        took = process_time() - started
        base.close()
    return took


def describe(made: Plan, took: float, against: float) -> None:
    """Print what the plan came to."""
    loads = [each.clients_after for each in made.loads]
    over = sum(1 for each in made.loads if each.capacity and each.after > each.capacity)
    waiting = Counter(
        each.reasons[0].slug for each in made.decisions if each.change in {"none", "release"}
    )
    print(f"  seconds of processor {took:.2f}   x reference {took / against:.1f}")
    print(f"  max / mean load {max(loads) / (sum(loads) / len(loads)):.3f}   over capacity {over}")
    print(f"  changes {len(made.changes())}   kept {made.kept}   without {dict(waiting)}")


def main() -> None:
    """Plan from nothing, then plan again on the result, which must find nothing to do."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--clients", type=int, default=100_000)
    ask.add_argument("--managers", type=int, default=5_000)
    ask.add_argument("--money", type=int, default=0, metavar="PERCENT")
    given = ask.parse_args()
    clients, managers = population(given.clients, given.managers)
    if given.money:
        clients, managers = by_assets(clients, managers, given.money)
    rules = Rules(
        order=(
            RuleSpec("crossed", ("region", "industry")),
            RuleSpec("size", ("region", "size")),
            RuleSpec("region", ("region",)),
        ),
        prefer=("least_loaded",),
    )
    wood = trees()
    against = reference(given.clients, given.managers)
    print(f"reference: {given.clients} rows written in {against:.2f} s of processor")
    for title in ("from nothing", "again, nothing to do"):
        started = process_time()
        made = plan(clients, managers, rules, wood, DAY)
        print(f"{title}:")
        describe(made, process_time() - started, against)
        holder = {each.client: each.manager for each in made.decisions}
        clients = [each._replace(manager=holder.get(each.code, each.manager)) for each in clients]
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()

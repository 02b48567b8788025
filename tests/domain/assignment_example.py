"""Small populations written as text: one line a manager (M…) or client (C…), facts as key=value."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from cm_cli.domain.assignment.facts import ClientFacts, ManagerFacts, Rules, RuleSpec, Trees
from cm_cli.domain.assignment.plan import plan
from cm_cli.domain.tree import Tree

if TYPE_CHECKING:
    from cm_cli.domain.assignment.plan import Decision, Plan

DAY = date(2026, 10, 1)
MEASURES = {"assets", "sales"}


def tree(text: str) -> Tree:
    """Return the tree of lines ``parent: child child``."""
    parents = {}
    for line in text.strip().splitlines():
        parent, children = line.split(":")
        parents.setdefault(parent.strip(), "")
        parents |= dict.fromkeys(children.split(), parent.strip())
    return Tree.of(
        {"zh": name, "en": "", "parent": parent, "aliases": ""} for name, parent in parents.items()
    )


TREES = Trees(
    tree("""
    粤: 深圳 广州
    深圳: 南山 福田
    广州: 天河
    京: 海淀
    """),
    tree("""
    制造: 电子 汽车
    贸易: 批发
    """),
)
REGION = RuleSpec("region", ("region",), {"zh": "按区域", "en": "by region"}, article="3")
CROSSED = RuleSpec("crossed", ("region", "industry"), article="2")
ANYBODY = RuleSpec("anybody")
RULES = Rules(order=(CROSSED, REGION), prefer=("nearest_region", "least_loaded"))


def manager(code: str, facts: dict[str, str]) -> ManagerFacts:
    known = {"capacity", "measure", "status", "rank", "leave"}
    leave = [date.fromisoformat(day) for day in facts.get("leave", "").split("/") if day]
    return ManagerFacts(
        code,
        status=facts.get("status", "active"),
        coverage={key: tuple(facts[key].split(",")) for key in facts.keys() - known},
        capacity=Decimal(facts["capacity"]) if "capacity" in facts else None,
        measure=facts.get("measure", ""),
        rank=int(facts.get("rank", 0)),
        leaves=((leave[0], leave[1]),) if leave else (),
    )


def client(code: str, facts: dict[str, str]) -> ClientFacts:
    figures = {key: Decimal(facts.pop(key)) for key in MEASURES & facts.keys()}
    return ClientFacts(code, locked=facts.pop("locked", "") == "yes", **facts, **figures)


def read(text: str) -> tuple[list[ClientFacts], list[ManagerFacts]]:
    """Return the clients and managers of the text."""
    clients, managers = [], []
    for line in text.strip().splitlines():
        code, *words = line.split()
        facts = dict(word.split("=") for word in words)
        if code.startswith("M"):
            managers.append(manager(code, facts))
        else:
            clients.append(client(code, facts))
    return clients, managers


def planned(text: str, rules: Rules = RULES, **other: object) -> Plan:
    """Return the plan of the text."""
    clients, managers = read(text)
    return plan(clients, managers, replace(rules, **other), TREES, DAY)


def applied(clients: list[ClientFacts], made: Plan) -> list[ClientFacts]:
    """Return the clients as they stand once the plan is applied."""
    holder = {each.client: each.manager for each in made.decisions}
    return [each._replace(manager=holder.get(each.code, each.manager)) for each in clients]


def brief(made: Plan) -> list[str]:
    """Return the decisions as short lines: client, change, manager, rule, first reason."""
    return [" ".join(filter(None, _brief(each))) for each in made.decisions]


def _brief(each: Decision) -> tuple[str, ...]:
    slugs = ",".join(reason.slug for reason in each.reasons)
    return each.client, each.change, each.manager, each.rule and f"({each.rule})", slugs

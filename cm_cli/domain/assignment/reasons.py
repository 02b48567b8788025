"""Why a client got nobody, left somebody, or was left alone: a slug, its facts, one sentence.

A reason is made once a class of clients and shared; its sentence is made when it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING

from cm_cli.domain.assignment.coverage import numbers
from cm_cli.domain.assignment.criteria import CRITERIA, PREFERENCES
from cm_cli.domain.assignment.facts import ACTIVE
from cm_cli.domain.sheet import UNITS, plain
from cm_cli.language import _, later

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cm_cli.domain.assignment.coverage import Class, Coverage

NAMED = 5
SENTENCES: dict[str, str] = {
    "client-inactive": later("the client's status is “{status}”: only active clients are planned"),
    "missing-data": later("the client has no {what}, which is needed to choose a manager"),
    "no-cover": later("no manager covers {what}"),
    "no-rule": later("the regulation has no rule of assignment"),
    "no-manager": later("there is no active manager"),
    "all-full": later("all who may hold the client are full: {managers}"),
    "on-leave": later("who may hold the client is on leave: {managers}"),
    "not-in-post": later("who may hold the client is not in post: {managers}"),
    "tie": later("equal in every preference, a person decides between {managers}"),
    "owner-unrecorded": later("{managers} is not in the register of managers"),
    "owner-not-in-post": later("{managers} is not in post (status “{status}”)"),
    "owner-on-leave": later("{managers} is on leave"),
    "owner-outside": later("{managers} does not cover {what}"),
    "owner-no-data": later("{managers} is restricted by {what}, which the client does not have"),
    "owner-passed-over": later("{managers} is planned anew like all others"),
    "locked": later("kept because the pair is locked, although it no longer fits"),
    "over-capacity": later("{managers} keeps {load}, over the capacity of {capacity}"),
    "kept-on-leave": later("{managers} is on leave; the clients held stay, no new ones come"),
    "inactive": later("the client's status is “{status}”"),
    "holds-already": later("{managers} holds the client already"),
    "first-anew": later("{managers} would come first"),
    "locked-elsewhere": later("the client is locked to {managers}"),
    "kept-elsewhere": later("{managers} holds the client and still fits"),
    "away": later("{managers} is on leave and takes no new clients"),
    "not-proposed": later("no rule proposes {managers}: {what} not declared"),
    "earlier-rule": later("rule “{rule}” comes first and decides"),
    "full": later("{managers} is full: {load} of {capacity}"),
    "left-to-person": later("equal in every preference: a person decides"),
    "preferred": later("{managers} comes before by “{preference}”"),
    "preferred-by-code": later("{managers} is equal in every preference and comes first by code"),
    "placed-earlier": later("{managers} came before when the turn of the client came"),
    "no-measure": later("counted as 0 for want of a figure of {measure}: {count} ({clients})"),
}
MEASURES = {"assets": later("assets"), "sales": later("sales"), "clients": later("clients")}
MONEY = MEASURES.keys() - {"clients"}
AMOUNTS = {"load", "capacity", "missing"}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: ``about`` are (dimension, value) pairs, ``detail`` other facts by name."""

    slug: str
    about: tuple[tuple[str, str], ...] = ()
    managers: tuple[str, ...] = ()
    detail: tuple[tuple[str, str], ...] = ()


def sentence(reason: Reason) -> str:
    """Return the reason in the language in use."""
    return _(SENTENCES[reason.slug]).format(
        what=_(" with ").join(dimension(code, value) for code, value in reason.about),
        managers=named(reason.managers),
        **spoken(reason),
    )


def spoken(reason: Reason) -> dict[str, str]:
    """Return the other facts of a reason, codes of the program said in the language in use.

    Amounts kept in yuan are said in 万元.
    """
    facts = dict(reason.detail)
    if facts.get("measure") in MONEY:
        for name in AMOUNTS & facts.keys():
            facts[name] = _("{amount} 万元").format(
                amount=plain(in_measure(Decimal(facts[name]), facts["measure"]))
            )
    if facts.get("measure") in MEASURES:
        facts["measure"] = _(MEASURES[facts["measure"]])
    if facts.get("preference") in PREFERENCES:
        facts["preference"] = _(PREFERENCES[facts["preference"]].label)
    return facts


def in_measure(amount: Decimal, measure: str) -> Decimal:
    """Return an amount as people read it: yuan in 万元, clients as they are."""
    return amount / UNITS["万元"] if measure in MONEY else amount


def measured(measure: str) -> str:
    """Return the name of a measure with the unit its amounts are shown in."""
    label = _(MEASURES[measure])
    return _("{measure} (万元)").format(measure=label) if measure in MONEY else label


def dimension(code: str, value: str) -> str:
    """Return the dimension with its value, or alone where there is none."""
    label = _(CRITERIA[code].label) if code in CRITERIA else code
    return _("{dimension} {value}").format(dimension=label, value=value) if value else label


def named(codes: tuple[str, ...]) -> str:
    """Return the first few codes and how many there are besides."""
    shown = ", ".join(codes[:NAMED])
    rest = len(codes) - NAMED
    return _("{codes} and {rest} more").format(codes=shown, rest=rest) if rest > 0 else shown


def why_nobody(coverage: Coverage, values: Class) -> tuple[Reason, ...]:
    """Say why a class of clients waits: who is full, else who is away, gone, or what is missing.

    Where nobody covers the class, the smallest sets of dimensions are named that no active
    manager covers together.
    """
    covering = 0
    for rule in coverage.rules.order:
        covering |= coverage.proposed(rule, values)
    here = covering & coverage.in_post
    by_status = (
        ("all-full", here & ~coverage.away),
        ("on-leave", here & coverage.away),
        ("not-in-post", 0 if here else covering),
    )
    found = tuple(Reason(slug, managers=_codes(coverage, m)) for slug, m in by_status if m)
    return found or tuple(_uncovered(coverage, values))


def _codes(coverage: Coverage, mask: int) -> tuple[str, ...]:
    return tuple(coverage.managers[at].code for at in numbers(mask))


def _uncovered(coverage: Coverage, values: Class) -> Iterable[Reason]:
    rules = coverage.rules.order
    if not rules or not coverage.in_post:
        return [Reason("no-manager" if rules else "no-rule")]
    value = dict(zip(CRITERIA, values, strict=True))
    gaps = _gaps(coverage, value)
    missing = sorted({code for gap in gaps for code in gap if not value[code]})
    if missing:
        return [Reason("missing-data", about=tuple((code, "") for code in missing))]
    return [Reason("no-cover", about=tuple((code, value[code]) for code in gap)) for gap in gaps]


def _gaps(coverage: Coverage, value: dict[str, str]) -> list[tuple[str, ...]]:
    """Return the smallest sets of dimensions no active manager covers under any one rule."""
    for size in range(1, len(CRITERIA) + 1):
        found = [gap for gap in combinations(CRITERIA, size) if not _anybody(coverage, value, gap)]
        if found:
            return found
    return []


def _anybody(coverage: Coverage, value: dict[str, str], gap: tuple[str, ...]) -> bool:
    for rule in coverage.rules.order:
        mask = coverage.in_post
        for code in gap:
            held = coverage.holds(code, value[code])
            mask &= held if code in rule.by else held | ~coverage.declared[code]
        if mask:
            return True
    return False


def misfit(coverage: Coverage, at: int | None, values: Class, code: str) -> tuple[Reason, ...]:
    """Say why a manager may not hold the class, first reason first; empty where he may.

    Capacity is not asked. ``at`` is None for a code that is not in the register.
    """
    if at is None:
        return (Reason("owner-unrecorded", managers=(code,)),)
    found = []
    status = coverage.managers[at].status
    if status != ACTIVE:
        found.append(Reason("owner-not-in-post", managers=(code,), detail=(("status", status),)))
    blocked = [
        (dimension, value)
        for dimension, value in zip(CRITERIA, values, strict=True)
        if (coverage.declared[dimension] & ~coverage.holds(dimension, value)) >> at & 1
    ]
    outside = tuple((dimension, value) for dimension, value in blocked if value)
    unknown = tuple((dimension, value) for dimension, value in blocked if not value)
    if outside:
        found.append(Reason("owner-outside", about=outside, managers=(code,)))
    if unknown:
        found.append(Reason("owner-no-data", about=unknown, managers=(code,)))
    if coverage.away >> at & 1 and not coverage.rules.keep_on_leave:
        found.append(Reason("owner-on-leave", managers=(code,)))
    return tuple(found)

"""A plan as sheets, for terminals and files: what changes, who waits and why, loads."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

from cm_cli.domain.assignment.reasons import sentence
from cm_cli.domain.sheet import Column, Sheet
from cm_cli.language import _, later

if TYPE_CHECKING:
    from cm_cli.domain.assignment.plan import Decision, Load, Plan
    from cm_cli.domain.assignment.reasons import Reason
    from cm_cli.domain.sheet import Cell

CHANGES = {
    "new": later("new"),
    "move": later("move"),
    "release": later("release"),
    "keep": later("keep"),
    "none": later("none"),
}
EXAMPLES = 5
PERCENT = Decimal("0.1")


def plan_sheets(plan: Plan) -> tuple[Sheet, ...]:
    """Return the sheets of a plan: changes, who is without, who is kept with a remark, loads."""
    sheets = (_changes(plan), _without(plan), _remarks(plan), _loads(plan))
    return tuple(sheet for sheet in sheets if sheet.rows or sheet.name == "changes")


def because(reasons: tuple[Reason, ...]) -> str:
    """Return the sentences of the reasons as one text."""
    return _("; ").join(sentence(reason) for reason in reasons)


def _changes(plan: Plan) -> Sheet:
    columns = (
        Column("client", _("client"), "code"),
        Column("change", _("change")),
        Column("before", _("manager before"), "code"),
        Column("manager", _("manager"), "code"),
        Column("rule", _("rule"), "code"),
        Column("reason", _("reason")),
    )
    rows = [_change(each) for each in plan.changes()]
    return Sheet("changes", _("Changes of assignment"), columns, rows)


def _change(each: Decision) -> tuple[Cell, ...]:
    change = _(CHANGES[each.change])
    return (each.client, change, each.before, each.manager, each.rule, because(each.reasons))


def _without(plan: Plan) -> Sheet:
    groups: dict[tuple[Reason, ...], list[str]] = defaultdict(list)
    for each in plan.decisions:
        if each.change in {"none", "release"}:
            groups[each.reasons[:1]].append(each.client)
    columns = (
        Column("reason", _("reason"), "code"),
        Column("sentence", _("because")),
        Column("clients", _("clients"), "count"),
        Column("first", _("first of them")),
    )
    rows: list[tuple[Cell, ...]] = [
        (reasons[0].slug, because(reasons), len(codes), ", ".join(codes[:EXAMPLES]))
        for reasons, codes in groups.items()
    ]
    rows.sort(key=_largest_first)
    return Sheet("unassigned", _("Clients not assigned, by reason"), columns, rows)


def _largest_first(row: tuple[Cell, ...]) -> tuple[int, str, str]:
    slug, _sentence, count, first = row
    return -int(str(count)), str(slug), str(first)


def _remarks(plan: Plan) -> Sheet:
    columns = (
        Column("client", _("client"), "code"),
        Column("manager", _("manager"), "code"),
        Column("reason", _("remark")),
    )
    rows: list[tuple[Cell, ...]] = [
        (each.client, each.manager, because(each.reasons))
        for each in plan.decisions
        if each.change == "keep"
    ]
    return Sheet("kept", _("Kept, with a remark"), columns, rows)


def _loads(plan: Plan) -> Sheet:
    counted = plan.measure == "clients"
    load = ("count", "") if counted else ("money", "万元")
    columns = (
        Column("manager", _("manager"), "code"),
        Column("capacity", _("capacity"), *load),  # type: ignore[arg-type]
        Column("before", _("load before"), *load),  # type: ignore[arg-type]
        Column("after", _("load after"), *load),  # type: ignore[arg-type]
        Column("used", _("capacity used"), "percent"),
        Column("clients_before", _("clients before"), "count"),
        Column("clients_after", _("clients after"), "count"),
        Column("difference", _("difference"), "count"),
    )
    rows = [_load(each) for each in plan.loads]
    notes = tuple(sentence(note) for note in plan.notes)
    return Sheet("loads", _("Loads before and after"), columns, rows, notes)


def _load(each: Load) -> tuple[Cell, ...]:
    return (
        each.manager,
        each.capacity,
        each.before,
        each.after,
        used(each.after, each.capacity),
        each.clients_before,
        each.clients_after,
        each.clients_after - each.clients_before,
    )


def used(load: Decimal, capacity: Decimal | None) -> Decimal | None:
    """Return the load as a percentage of the capacity; None where there is none to speak of."""
    if not capacity:
        return None
    return (100 * load / capacity).quantize(PERCENT, ROUND_HALF_EVEN)

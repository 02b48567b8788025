"""A plan as sheets, for terminals and files: what changes, who waits and why, loads."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

from cm_cli.domain.assignment.reasons import in_measure, measured, sentence
from cm_cli.domain.sheet import Column, Sheet
from cm_cli.language import _, later

if TYPE_CHECKING:
    from collections.abc import Mapping

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


def plan_sheets(
    plan: Plan,
    names: Mapping[str, str] | None = None,
    manager_names: Mapping[str, str] | None = None,
) -> tuple[Sheet, ...]:
    """Return the sheets of a plan: changes, who is without, who is kept with a remark, loads.

    With ``names`` by code, they stand beside clients and managers; ``manager_names`` are taken for
    managers where given, since a manager may have the code of a client.
    """
    sheets = (_changes(plan), _without(plan), _remarks(plan), _loads(plan))
    shown = (sheet for sheet in sheets if sheet.rows or sheet.name == "changes")
    if names is None and manager_names is None:
        return tuple(shown)
    of_clients, of_managers = names or {}, manager_names or names or {}
    return tuple(_with_names(sheet, of_clients, of_managers) for sheet in shown)


def _with_names(sheet: Sheet, clients: Mapping[str, str], managers: Mapping[str, str]) -> Sheet:
    named = _beside(sheet, "client", Column("name", _("name")), clients)
    return _beside(named, "manager", Column("manager_name", _("manager's name")), managers)


def _beside(sheet: Sheet, after: str, column: Column, names: Mapping[str, str]) -> Sheet:
    """Return the sheet with a column of names after that of the codes; as it is without one."""
    codes = [each.name for each in sheet.columns]
    if after not in codes:
        return sheet
    at = codes.index(after) + 1
    columns = (*sheet.columns[:at], column, *sheet.columns[at:])
    rows = [(*row[:at], names.get(str(row[at - 1]), ""), *row[at:]) for row in sheet.rows]
    return replace(sheet, columns=columns, rows=rows)


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
        if each.change in {"none", "release"} and not each.manager:
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
    columns = (
        Column("manager", _("manager"), "code"),
        Column("measure", _("measure")),
        Column("capacity", _("capacity"), "number"),
        Column("before", _("load before"), "number"),
        Column("after", _("load after"), "number"),
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
        measured(each.measure),
        None if each.capacity is None else in_measure(each.capacity, each.measure),
        in_measure(each.before, each.measure),
        in_measure(each.after, each.measure),
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

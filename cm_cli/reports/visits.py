"""Visits of a period by manager: how many, whom, by which mode, and diaries (P32)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from cm_cli.domain.records.visit import MODES
from cm_cli.domain.sheet import Column, Document, Sheet
from cm_cli.language import _, later, pick
from cm_cli.reports.register import Asked, Built
from cm_cli.store import facts as store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cm_cli.domain.appraisal.facts import DiaryFacts, VisitRow
    from cm_cli.domain.sheet import Cell
    from cm_cli.store.engine import Connection

NAME = "visits"
SUMMARY = later("Visits and diaries by manager: clients reached, modes, days missing.")
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Worked:
    """What one manager did in the period."""

    post: store.Post
    visits: Sequence[VisitRow]
    clients: frozenset[str]
    diary: DiaryFacts


def fetch(connection: Connection, asked: Asked) -> list[Worked]:
    """Read the visits, assignments and diaries of the period.

    Who has departed since is told with what he did; diaries were due up to his last record.
    """
    found = store.gather(connection, asked.period)
    left = store.departed_at_work(connection, asked.period)
    posts = store.posts(connection, asked.period, (*asked.managers, *left))
    return [
        Worked(
            post,
            found.visits.get(post.code, ()),
            frozenset(found.clients.get(post.code, {})),
            found.diary(post, asked.period, min(asked.day, left.get(post.code, asked.day))),
        )
        for post in posts
        if not asked.managers or post.code in asked.managers
    ]


def build(found: list[Worked], asked: Asked) -> Built:
    """Return the table of all managers, and its row for each alone."""
    title = _("Visits {period}").format(period=asked.period)
    facts = ((_("Day of data"), asked.day.isoformat()),)
    sheets = {
        each.post.code: Document(
            f"visits-{each.post.code}-{asked.period}",
            title,
            facts,
            (_sheet([each]), _missing(each)),
        )
        for each in found
    }
    overview = Document(f"visits-{asked.period}", title, facts, (_sheet(found),))
    return Built(overview, sheets)


def _sheet(found: Sequence[Worked]) -> Sheet:
    modes = tuple(Column(mode.code, pick(mode.names), "count") for mode in MODES)
    columns = (
        Column("manager", _("Manager"), "code"),
        Column("name", _("Manager's name")),
        Column("unit", _("Unit")),
        Column("clients", _("Clients"), "count"),
        Column("visits", _("Visits"), "count"),
        Column("reached", _("Clients reached"), "count"),
        Column("reach", _("Reach"), "percent"),
        *modes,
        Column("in_person", _("In person"), "count"),
        Column("diaries_due", _("Diaries due"), "count"),
        Column("diaries", _("Diaries written"), "count"),
    )
    return Sheet("visits", _("Visits by manager"), columns, [_row(each) for each in found])


def _row(each: Worked) -> tuple[Cell, ...]:
    modes = Counter(visit.mode for visit in each.visits)
    reached = len({visit.client for visit in each.visits} & each.clients)
    reach = (
        (_HUNDRED * reached / len(each.clients)).quantize(Decimal("0.1"), ROUND_HALF_UP)
        if each.clients
        else None
    )
    return (
        each.post.code,
        each.post.name,
        each.post.unit,
        len(each.clients),
        len(each.visits),
        reached,
        reach,
        *(modes[mode.code] for mode in MODES),
        sum(visit.in_person for visit in each.visits),
        each.diary.due,
        len(each.diary.written),
    )


def _missing(each: Worked) -> Sheet:
    columns = (Column("day", _("Diary missing"), "day"),)
    return Sheet("missing", _("Days without a diary"), columns, [(d,) for d in each.diary.missing])

"""The appraisal sheet (考核表) of a month, a quarter or a year (P03): one for each manager.

An appraisal on record is shown as it was computed and decided; one that is not is worked out
from the records as they stand, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from cm_cli.domain.appraisal import codec
from cm_cli.domain.appraisal.facts import leaves
from cm_cli.domain.appraisal.prove import prove
from cm_cli.domain.appraisal.rank import Rank, ranks
from cm_cli.domain.appraisal.score import score
from cm_cli.domain.appraisal.sheet import (
    RegulationRef,
    appraisal_document,
    items_sheet,
    merits_sheet,
    ranking_sheet,
)
from cm_cli.domain.career import caps, may_hold, next_grade
from cm_cli.domain.sheet import Column, Document, Sheet
from cm_cli.errors import CmError
from cm_cli.language import _, later, pick
from cm_cli.reports.register import Asked, Built
from cm_cli.store import facts as store
from cm_cli.store.regulations import InForce, in_force

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cm_cli.domain.appraisal.card import Scorecard
    from cm_cli.domain.appraisal.facts import ManagerFacts
    from cm_cli.domain.career import CapLine
    from cm_cli.domain.regulation.schema import Regulation
    from cm_cli.domain.sheet import Cell
    from cm_cli.store.engine import Connection

NAME = "appraisal"
SUMMARY = later("Appraisal sheets: items, evidence, total, rating, rank, consequence.")


@dataclass(frozen=True, slots=True)
class Appraised:
    """One manager's appraisal: the facts now, the card, and how it stands in the store."""

    facts: ManagerFacts
    card: Scorecard
    state: str = ""
    decided_by: str = ""
    data_day: date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """All appraisals of a period by one regulation."""

    regulation: InForce
    rules: Regulation
    appraised: list[Appraised]
    ranks: Mapping[str, Rank]
    notes: tuple[str, ...]


def fetch(connection: Connection, asked: Asked) -> Found:
    """Work out the period for every manager; those on record keep their card."""
    regulation = in_force(connection, asked.period.last)
    rules = regulation.rules()
    kept = store.on_record(connection, asked.period)
    everyone = [
        _on_record(each, kept.get(each.facts.code)) for each in work_out(connection, asked, rules)
    ]
    regular = {post.code for post in store.posts(connection, asked.period)}
    ranked = ranks([each.card for each in everyone if each.facts.code in regular])
    chosen = [e for e in everyone if not asked.managers or e.facts.code in asked.managers]
    notes = store.calendar(connection).notes(asked.period.days())
    return Found(regulation, rules, chosen, ranked, notes)


def work_out(connection: Connection, asked: Asked, rules: Regulation) -> list[Appraised]:
    """Score every manager on the records as they stand (so that ranks are among all)."""
    if rules.appraisal is None:
        raise appraises_not(rules)
    found = store.gather(connection, asked.period)
    kinds = store.unit_kinds(connection)
    heads = store.heads(connection)
    indicators = {each.code: each for each in rules.indicators}
    appraised: list[Appraised] = []
    for post in store.posts(connection, asked.period, asked.managers):
        facts = store.manager_facts(
            post,
            found,
            asked.period,
            asked.day,
            unit_kind=kinds.get(post.unit, ""),
            ladder=rules.ladder,
            blocked=closed(rules, post, heads, asked.period.last),
        )
        card = score(rules.appraisal, indicators, facts, asked.period, rules.consequences)
        appraised.append(Appraised(facts, card))
    return appraised


def appraises_not(rules: Regulation) -> CmError:
    """Return the refusal of an appraisal by a regulation that has none."""
    return CmError(
        _("The regulation {code} does not appraise").format(code=rules.regulation),
        mend=_("See what each regulation carries with: cm regulation list."),
        slug="no-appraisal",
    )


def closed(
    rules: Regulation, post: store.Post, heads: Mapping[str, Mapping[str, int]], day: date
) -> list[str]:
    """Return what closes the next grade to a manager: its requirements and its cap (C03)."""
    above = next_grade(rules, post.grade)
    if not above:
        return []
    reasons = [found.what for found in may_hold(rules, above, post.education, post.years_on(day))]
    grade = rules.grade(above)
    if grade and grade.cap:
        scope = post.unit if grade.cap.of == "unit" else ""
        lines = caps(rules, dict(heads.get(scope, {})))
        full = next(line for line in lines if line.grade == above)
        if full.room is not None and full.room < 1:
            reasons.append(_full(full))
    return reasons


def _full(line: CapLine) -> str:
    return _("the cap of {percent} % is used up: {heads} of {most} (article {article})").format(
        percent=line.percent, heads=line.heads, most=line.most, article=line.article
    )


def _on_record(each: Appraised, kept: tuple[str, ...] | None) -> Appraised:
    if kept is None:
        return each
    day = date.fromisoformat(kept[3]) if kept[3] else None
    card = codec.from_json(kept[0])
    return replace(each, card=card, state=kept[1], decided_by=kept[2], data_day=day)


def reference(found: Found) -> RegulationRef:
    """Return what a sheet says of its regulation."""
    since = date.fromisoformat(found.regulation.since)
    name = found.rules.name.both()
    return RegulationRef(found.regulation.code, name, since, found.regulation.digest)


def labels(rules: Regulation) -> dict[str, str]:
    """Return the names of grades and unit kinds by code."""
    named = (*rules.grades, *rules.unit_kinds)
    return {each.code: pick(each.name.both()) for each in named}


def build(found: Found, asked: Asked) -> Built:
    """Return the overview and one sheet for each manager."""
    named = labels(found.rules)
    sheets = {each.facts.code: _sheet(each, found, asked, named) for each in found.appraised}
    cards = [each.card for each in found.appraised]
    overview = Document(
        f"appraisal-{asked.period}",
        _("Appraisal {period}").format(period=asked.period),
        (
            (_("Regulation"), pick(found.rules.name.both())),
            (_("Day of data"), _days(found, asked)),
            (_("Managers"), str(len(cards))),
        ),
        (_ranking(found, cards), _ratings(found, cards), *_flat(cards)),
        found.notes,
    )
    return Built(overview, sheets)


def _days(found: Found, asked: Asked) -> str:
    """Return the day or days of the data the appraisals shown were made from."""
    days = {(each.data_day or asked.day).isoformat() for each in found.appraised}
    return ", ".join(sorted(days)) or asked.day.isoformat()


def _ranking(found: Found, cards: Sequence[Scorecard]) -> Sheet:
    """Return the ranking, with places among all managers even where only some are shown."""
    sheet = ranking_sheet(cards)
    rows = []
    for row in sheet.rows:
        rank = found.ranks.get(str(row[2]))
        rows.append((rank.overall, rank.in_unit, *row[2:]) if rank else row)
    return replace(sheet, rows=rows)


def _sheet(each: Appraised, found: Found, asked: Asked, named: Mapping[str, str]) -> Document:
    document = appraisal_document(
        each.card,
        each.facts,
        reference(found),
        rank=found.ranks.get(each.facts.code),
        data_day=each.data_day or asked.day,
        labels=named,
    )
    lacking = ", ".join(dict.fromkeys(missing.item.label for missing in each.card.missing))
    facts = ((_("Not measured"), lacking), *document.facts) if lacking else document.facts
    changed = _changed_since(each) if each.state else ()
    notes = (*document.notes, _standing(each), *changed, *found.notes)
    return replace(document, facts=facts, notes=notes)


def _changed_since(each: Appraised) -> tuple[str, ...]:
    """Say that records were changed after the appraisal: the card stays as it was made."""
    if not prove(each.card, leaves(each.facts)):
        return ()
    return (
        _(
            "Records were changed after this appraisal; see: cm appraise explain {manager} --prove."
        ).format(manager=each.facts.code),
    )


def _standing(each: Appraised) -> str:
    if each.state == "decided":
        return _("Decided by {who}.").format(who=each.decided_by)
    if each.state:
        return _("Proposed; not decided yet.")
    return _("A draft from the records as they stand; not on record (cm appraise run).")


def _ratings(found: Found, cards: Sequence[Scorecard]) -> Sheet:
    """Count the managers by rating (P08)."""
    appraisal = found.rules.appraisal
    named = [(r.code, pick(r.name.both())) for r in (appraisal.ratings if appraisal else ())]
    counts = {code: 0 for code, _name in named}
    for card in cards:
        if card.rating:
            counts[card.rating.code] += 1
    rows: list[tuple[Cell, ...]] = [(name, counts[code]) for code, name in named]
    rows.append((_("no rating"), len(cards) - sum(counts.values())))
    columns = (Column("rating", _("Rating")), Column("managers", _("Managers"), "count"))
    return Sheet("ratings", _("Ratings"), columns, rows)


def _flat(cards: Sequence[Scorecard]) -> Iterable[Sheet]:
    """Yield all items and all bonus and penalty lines of all managers, for scripts."""
    for make in (items_sheet, merits_sheet):
        made = [(card.manager, make(card)) for card in cards]
        rows = [(code, *row) for code, sheet in made for row in sheet.rows]
        if rows:
            first = made[0][1]
            code = Column("manager", _("Manager"), "code")
            yield replace(first, columns=(code, *first.columns), rows=rows)

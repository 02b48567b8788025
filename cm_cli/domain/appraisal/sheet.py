"""Scorecards on paper: the sheet to be signed, the ranking, and the working step by step."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from cm_cli.domain.appraisal import words
from cm_cli.domain.appraisal.rank import ranks
from cm_cli.domain.sheet import Column, Document, Sheet
from cm_cli.language import _, later, pick

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from cm_cli.domain.appraisal.card import (
        ItemScore,
        MeritLine,
        Named,
        Outcome,
        PartScore,
        Scorecard,
    )
    from cm_cli.domain.appraisal.facts import ManagerFacts
    from cm_cli.domain.appraisal.rank import Rank
    from cm_cli.domain.sheet import Cell

    Row = tuple[Cell, ...]
PERCENT_PLACES = 2
WHOLES = {
    "total": later("total"),
    "rating": later("rating"),
    "bonus": later("bonus"),
    "penalty": later("penalty"),
}


@dataclass(frozen=True, slots=True)
class RegulationRef:
    """The regulation a card was made by: its digest tells one text from another."""

    code: str
    name: Mapping[str, str]
    since: date
    digest: str


def appraisal_document(
    card: Scorecard,
    facts: ManagerFacts,
    regulation: RegulationRef,
    *,
    rank: Rank | None,
    data_day: date,
    labels: Mapping[str, str] | None = None,
) -> Document:
    """Return the appraisal sheet (考核表) to be signed; ``labels`` names grades and unit kinds."""
    sheets = [items_sheet(card)]
    if card.merits:
        sheets.append(merits_sheet(card))
    if card.outcomes:
        sheets.append(outcomes_sheet(card, labels or {}))
    return Document(
        name=f"appraisal-{card.manager}-{card.period}",
        title=_("Appraisal sheet"),
        facts=(
            *_who(card, facts, labels or {}),
            *_result(card, rank),
            *_basis(regulation, data_day),
        ),
        sheets=tuple(sheets),
        notes=_notes(card),
        signatures=(
            _("Client manager"),
            _("Head of the client department"),
            _("President in charge"),
        ),
    )


def explain_document(card: Scorecard, regulation: RegulationRef | None = None) -> Document:
    """Return every step of the working with its records and its article."""
    since = () if regulation is None else _regulation_facts(regulation)
    return Document(
        name=f"explain-{card.manager}-{card.period}",
        title=_("How the total came about"),
        facts=(*_manager(card), *_result(card, None), *since),
        sheets=(steps_sheet(card),),
        notes=_notes(card),
    )


def ranking_sheet(cards: Sequence[Scorecard]) -> Sheet:
    """Return one row a manager, best first; cards without a total stand last, without a rank."""
    by_manager = ranks(cards)
    last = len(cards) + 1
    ordered = sorted(
        cards,
        key=lambda c: (
            by_manager[c.manager].overall if c.manager in by_manager else last,
            c.manager,
        ),
    )
    columns = (
        Column("rank", _("rank"), "count"),
        Column("rank_in_unit", _("rank in the unit"), "count"),
        Column("manager", _("manager"), "code"),
        Column("name", _("manager's name")),
        Column("unit", _("unit"), "code"),
        Column("period", _("period"), "code"),
        Column("total", _("total"), "number"),
        Column("rating", _("rating")),
        Column("missing", _("items missing"), "count"),
    )
    rows = [_ranked(card, by_manager.get(card.manager)) for card in ordered]
    return Sheet("ranking", _("Ranking"), columns, rows)


def rank_text(rank: Rank | None) -> str:
    """Return a rank in words, empty without one."""
    if rank is None:
        return ""
    return _("{overall} of {of}; in the unit {in_unit} of {of_unit}").format(
        overall=rank.overall, of=rank.of, in_unit=rank.in_unit, of_unit=rank.of_unit
    )


def items_sheet(card: Scorecard) -> Sheet:
    """Return every part and item: target, actual, completion, weight and points."""
    columns = (
        Column("code", _("code"), "code"),
        Column("item", _("item")),
        Column("unit", _("unit of measure")),
        Column("target", _("target"), "number"),
        Column("actual", _("actual"), "number"),
        Column("completion", _("completion"), "percent"),
        Column("score", _("score"), "number"),
        Column("weight", _("weight") if card.kind == "weighted" else _("maximum"), "number"),
        Column("full", _("full points"), "number"),
        Column("points", _("points"), "number"),
        Column("source", _("by")),
    )
    return Sheet("items", _("Items"), columns, _lines(card, "", 0))


def merits_sheet(card: Scorecard) -> Sheet:
    """Return the bonus and penalty records with their evidence, and why one does not count."""
    columns = (
        Column("record", _("record"), "code"),
        Column("on", _("day"), "day"),
        Column("kind", _("kind")),
        Column("item", _("item")),
        Column("asked", _("points asked"), "number"),
        Column("counted", _("points counted"), "number"),
        Column("evidence", _("evidence")),
        Column("verified_by", _("verified by")),
        Column("remark", _("remark")),
        Column("source", _("by")),
    )
    return Sheet("merits", _("Bonus and penalty"), columns, [_merit(m) for m in card.merits])


def outcomes_sheet(card: Scorecard, labels: Mapping[str, str]) -> Sheet:
    """Return what follows the rating, what is open to decide, and what closed the rest."""
    columns = (
        Column("consequence", _("consequence")),
        Column("open", _("open to decide")),
        Column("to_grade", _("to grade")),
        Column("reason", _("reason")),
        Column("records", _("records"), "code"),
        Column("source", _("by")),
    )
    rows = [_outcome(outcome, labels) for outcome in card.outcomes]
    return Sheet("consequences", _("Consequences"), columns, rows)


def steps_sheet(card: Scorecard) -> Sheet:
    """Return the working: what, the arithmetic, the value, the records read, the article."""
    columns = (
        Column("step", _("step"), "count"),
        Column("of", _("of")),
        Column("what", _("what")),
        Column("working", _("working")),
        Column("value", _("value"), "number"),
        Column("records", _("records"), "code"),
        Column("source", _("by")),
    )
    names = _names(card)
    rows: list[Row] = [
        (
            number,
            _of(step.of, names),
            words.role(step),
            words.working(step),
            _rounded(step.value, words.FINE),
            words.cited(step.rows),
            words.citation(step.source),
        )
        for number, step in enumerate(card.steps, 1)
    ]
    return Sheet("steps", _("Working"), columns, rows)


def _rounded(value: Decimal | None, places: int) -> Decimal | None:
    if value is None:
        return None
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _of(code: str, names: Mapping[str, Named]) -> str:
    return names[code].label if code in names else _(WHOLES.get(code, code))


def _names(card: Scorecard) -> dict[str, Named]:
    found = {line.item.code: line.item for line in card.items}
    return found | {line.part.code: line.part for line in card.parts}


def _lines(card: Scorecard, parent: str, depth: int) -> list[Row]:
    """Return the lines under a part, each part followed by what it is made of."""
    rows: list[Row] = []
    for part in card.parts:
        if part.parent == parent:
            rows += [_part(card, part, depth), *_lines(card, part.part.code, depth + 1)]
    rows += [_item(card, item, depth) for item in card.items if item.part == parent]
    return rows


def _part(card: Scorecard, part: PartScore, depth: int) -> Row:
    full, points = _rounded(part.full, card.places), _rounded(part.points, card.places)
    label, source = "　" * depth + part.part.label, words.citation(part.source)
    return (part.part.code, label, "", None, None, None, None, part.weight, full, points, source)


def _item(card: Scorecard, item: ItemScore, depth: int) -> Row:
    return (
        item.item.code,
        "　" * depth + item.item.label,
        item.unit,
        _rounded(item.target, words.FINE),
        _rounded(item.actual, words.FINE),
        _rounded(item.completion, PERCENT_PLACES),
        _rounded(item.score, PERCENT_PLACES),
        item.weight,
        _rounded(item.full, card.places),
        _rounded(item.points, card.places),
        words.citation(item.source),
    )


def _merit(line: MeritLine) -> Row:
    counted = line.counted if line.kind == "bonus" or line.counted is None else -line.counted
    why = _(words.MERIT_REASONS[line.why]) if line.why else ""
    return (
        line.row,
        line.on,
        _(words.KINDS[line.kind]),
        line.item.label,
        line.asked,
        counted,
        line.evidence,
        line.verified_by,
        why,
        words.citation(line.source),
    )


def _outcome(outcome: Outcome, labels: Mapping[str, str]) -> Row:
    rule = outcome.name.label if outcome.name else _(words.ACTIONS[outcome.rule])
    reasons = [_(words.LADDER[outcome.slug])] if outcome.slug else []
    return (
        rule,
        "; ".join(_(words.ACTIONS[action]) for action in outcome.actions),
        labels.get(outcome.to_grade, outcome.to_grade),
        "; ".join([*reasons, *map(words.kept, outcome.blocked)]),
        ", ".join(outcome.rows),
        words.citation(outcome.source),
    )


def _ranked(card: Scorecard, rank: Rank | None) -> Row:
    return (
        rank.overall if rank else None,
        rank.in_unit if rank else None,
        card.manager,
        card.name,
        card.unit,
        card.period,
        card.total,
        card.rating.label if card.rating else "",
        len(card.missing),
    )


def _notes(card: Scorecard) -> tuple[str, ...]:
    """Return what is missing, what is odd, and which vetoes applied, as sentences."""
    vetoes = [
        _("veto: {name} ({source}); records: {rows}").format(
            name=veto.veto.label,
            source=words.citation(veto.source),
            rows=", ".join(veto.rows) or "-",
        )
        for veto in card.vetoes
    ]
    lacks = [words.lack(missing) for missing in card.missing]
    return (*lacks, *(words.remark(note) for note in card.notes), *vetoes)


def _manager(card: Scorecard) -> tuple[tuple[str, str], ...]:
    return (
        (_("Manager"), f"{card.name} ({card.manager})"),
        (_("Unit"), card.unit),
        (_("Period"), card.period),
    )


def _who(
    card: Scorecard, facts: ManagerFacts, labels: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    years = "" if facts.years_in_post is None else words.shown(facts.years_in_post, 2)
    kind = labels.get(card.unit_kind, card.unit_kind)
    found = (
        *_manager(card),
        (_("Kind of unit"), kind),
        (_("Grade"), labels.get(card.grade, card.grade)),
        (_("Years in the post"), years),
    )
    return tuple((label, value) for label, value in found if value)


def _result(card: Scorecard, rank: Rank | None) -> tuple[tuple[str, str], ...]:
    total = _("no total: something is missing")
    if card.total is not None:
        total = words.shown(card.total, card.places)
    rating = card.rating.label if card.rating else "-"
    label = _("Rating") if card.decided else _("Rating proposed")
    found = [(_("Total"), total), (label, rating)]
    if card.bonus is not None:
        found.append((_("Bonus"), words.shown(card.bonus)))
    if card.penalty is not None:
        found.append((_("Penalty"), words.shown(card.penalty)))
    if rank:
        found.append((_("Rank"), rank_text(rank)))
    return tuple(found)


def _regulation_facts(regulation: RegulationRef) -> tuple[tuple[str, str], ...]:
    name = f"{pick(regulation.name)} ({regulation.code})"
    return (
        (_("Regulation"), name),
        (_("In force since"), regulation.since.isoformat()),
        (_("Digest of its text"), regulation.digest),
    )


def _basis(regulation: RegulationRef, data_day: date) -> tuple[tuple[str, str], ...]:
    return (*_regulation_facts(regulation), (_("Day of the data"), data_day.isoformat()))

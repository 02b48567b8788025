"""Bonus and penalty points: each a record with its evidence, counted up to its limits (S01.R23)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cm_cli.domain.appraisal.card import MeritLine, Named
from cm_cli.domain.appraisal.proof import Source, Term, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cm_cli.domain.appraisal.facts import ManagerFacts, MeritRow
    from cm_cli.domain.appraisal.proof import Proof
    from cm_cli.domain.period import Period
    from cm_cli.domain.regulation.appraisal import Appraisal, Merit, PointLimit


def merit_lines(
    appraisal: Appraisal, facts: ManagerFacts, period: Period, proof: Proof
) -> list[MeritLine]:
    """Return a line for each record of the period, by day; none is dropped without a reason."""
    rules = {rule.code: ("bonus", rule) for rule in appraisal.bonus}
    rules |= {rule.code: ("penalty", rule) for rule in appraisal.penalty}
    rows = sorted((row for row in facts.merits if row.on in period), key=lambda r: (r.on, r.row))
    counted: dict[str, list[Term]] = {}
    lines = []
    for row in rows:
        kind, rule = rules.get(row.item, ("", None))
        if rule is None:
            unknown = Named(row.item, row.item, row.item)
            lines.append(_line(kind, unknown, row, "unknown_merit", Source()))
        else:
            lines.append(_judged(kind, rule, row, counted.setdefault(row.item, []), proof))
    return lines


def merit_sum(
    kind: str, lines: Sequence[MeritLine], limit: PointLimit | None, proof: Proof
) -> Term | None:
    """Return the counted points of one kind, not over the limit for all; None without lines."""
    terms = [
        Term(line.counted, step=f"{line.row}.counted")
        for line in lines
        if line.kind == kind and line.counted is not None
    ]
    if not terms:
        return None
    added = proof.do((kind, "sum"), "add", terms, Source())
    if limit is None:
        return added
    source = Source(limit.article, limit.chosen)
    return proof.do((kind, "counted"), "at_most", [added, number("limit", limit.points)], source)


def _judged(kind: str, rule: Merit, row: MeritRow, earlier: list[Term], proof: Proof) -> MeritLine:
    named = Named(rule.code, rule.name.zh, rule.name.en)
    source = Source(rule.article, rule.chosen)
    asked = row.points if row.points is not None else rule.points
    why = _refused(rule, row)
    if why or asked is None:
        return _line(kind, named, row, why, source)
    point = Term(asked, "points", row.row) if row.points is not None else number("points", asked)
    per_event = rule.max_per_event or rule.points
    terms = [point] + ([number("max_per_event", per_event)] if per_event else [])
    if rule.max_in_all:
        whole = number("max_in_all", rule.max_in_all)
        terms.append(proof.do((row.row, "left"), "less", [whole, *earlier], source))
    done = proof.do((row.row, "counted"), "least", terms, source)
    earlier.append(done)
    return _line(kind, named, row, "cut" if done.value < asked else "", source, counted=done)


def _refused(rule: Merit, row: MeritRow) -> str:
    """Say why a record does not count, if so."""
    asked = row.points if row.points is not None else rule.points
    if asked is None:
        return "no_points"
    if asked <= 0:
        return "points_not_positive"
    if rule.evidence and not row.evidence:
        return "no_evidence"
    return "unverified" if rule.verified and not row.verified_by else ""


def _line(
    kind: str, item: Named, row: MeritRow, why: str, source: Source, *, counted: Term | None = None
) -> MeritLine:
    return MeritLine(
        kind=kind,
        item=item,
        row=row.row,
        on=row.on,
        asked=row.points,
        counted=counted.value if counted else None,
        evidence=row.evidence,
        verified_by=row.verified_by,
        why=why,
        source=source,
    )

"""Appraisal: run a period, decide a rating, explain and prove a score."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cm_cli.domain.appraisal import codec
from cm_cli.domain.appraisal.facts import leaves
from cm_cli.domain.appraisal.prove import prove
from cm_cli.domain.appraisal.score import decide as decide_card
from cm_cli.domain.appraisal.sheet import explain_document
from cm_cli.domain.appraisal.words import unproved
from cm_cli.domain.fields import BadValueError, Choice
from cm_cli.domain.register import kind as kind_of
from cm_cli.errors import CmError, Exit, Problem
from cm_cli.language import _, n_
from cm_cli.reports import appraisal as report
from cm_cli.reports.register import Asked
from cm_cli.store import facts, query
from cm_cli.store.connection import reading
from cm_cli.store.journal import content_of
from cm_cli.usecases.clerk import Clerk, Outcome, transaction
from cm_cli.usecases.lookup import managers_named
from cm_cli.usecases.records import changes_of
from cm_cli.usecases.regulations import reads_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cm_cli.domain.appraisal.card import Scorecard
    from cm_cli.domain.fields import Context, Value
    from cm_cli.domain.period import Period
    from cm_cli.domain.sheet import Document
    from cm_cli.store.engine import Connection


def run(clerk: Clerk, period: Period, words: Sequence[str]) -> Outcome:
    """Score the period for the managers named (else all) and put it on record as proposed."""
    if period.first > clerk.today:
        raise CmError(
            _("{period} has not begun on {day}").format(period=period, day=clerk.today),
            mend=_("Give the day with --on, or another period."),
            slug="period-ahead",
            code=Exit.USAGE,
        )
    outcome = Outcome()
    kind = kind_of("appraisal")
    with transaction(clerk, outcome) as writer:
        connection = writer.connection
        asked = Asked(period, managers_named(connection, words), clerk.today)
        appraised = report.work_out(connection, asked)
        chosen = [e for e in appraised if not asked.managers or e.facts.code in asked.managers]
        stands = query.rows_by_key(connection, kind)
        left = 0
        for each in chosen:
            record = _record(each.card, clerk, each.regulation.code, each.regulation.digest)
            row = stands.get(kind.key_of(record))
            if row is None:
                writer.insert(kind, record)
            elif content_of(connection, kind, row[0])["state"] == "decided":
                left += 1
            else:
                writer.update(kind, row[0], record)
        outcome.notes = list(_notes([each.card for each in chosen], left))
        if not asked.managers:
            known = {each.facts.code for each in chosen}
            outcome.notes += _departed(connection, period, known)
    return outcome


def _record(card: Scorecard, clerk: Clerk, code: str, digest: str) -> dict[str, Value]:
    rating = card.rating.code if card.rating else None
    return {
        "manager": card.manager,
        "period": card.period,
        "total": card.total,
        "rating": rating,
        "proposed": rating,
        "state": "proposed",
        "consequence": consequence(card),
        "regulation": code,
        "text_digest": digest,
        "data_day": clerk.today,
        "scorecard": codec.to_json(card),
    }


def consequence(card: Scorecard) -> str | None:
    """Return the actions that follow a rating, as codes."""
    return "; ".join(" / ".join(outcome.actions) for outcome in card.outcomes) or None


def _notes(cards: Sequence[Scorecard], left: int) -> list[Problem]:
    found: list[Problem] = []
    if left:
        what = n_(
            "{count} appraisal has been decided and is left as it is",
            "{count} appraisals have been decided and are left as they are",
            left,
        ).format(count=left)
        found.append(Problem("decided", what, note=True))
    lacking = [card for card in cards if card.missing]
    if lacking:
        what = n_(
            "{count} manager lacks a measured item",
            "{count} managers lack a measured item",
            len(lacking),
        ).format(count=len(lacking))
        mend = _("See which with: cm appraise explain {manager} …").format(
            manager=lacking[0].manager
        )
        found.append(Problem("items-missing", what, mend=mend, note=True))
    return found


def _departed(connection: Connection, period: Period, known: Collection[str]) -> list[Problem]:
    """Return the note about those who worked in the period and have departed since."""
    codes = [code for code in facts.departed_at_work(connection, period) if code not in known]
    if not codes:
        return []
    what = n_(
        "{count} manager who has departed worked in {period} and is left out: {codes}",
        "{count} managers who have departed worked in {period} and are left out: {codes}",
        len(codes),
    ).format(count=len(codes), period=period, codes=", ".join(codes))
    mend = _("To appraise one all the same: cm appraise run --manager {code} …").format(
        code=codes[0]
    )
    return [Problem("departed-left-out", what, mend=mend, note=True)]


def decide(
    clerk: Clerk, word: str, period: Period, rating: str, by: str, huge_benefit: str
) -> Outcome:
    """Put the rating of the person with authority on record, beside the proposal (S01.R18)."""
    if not by.strip():
        raise CmError(
            _("Who decides is missing"),
            mend=_("Name the person with --by."),
            slug="no-decider",
            code=Exit.USAGE,
        )
    outcome = Outcome()
    kind = kind_of("appraisal")
    with transaction(clerk, outcome) as writer:
        connection = writer.connection
        code = managers_named(connection, [word])[0]
        row = query.fetch(connection, kind, (code, str(period)))
        if row is None:
            raise CmError(
                _("{manager} has no appraisal of {period} on record").format(
                    manager=code, period=period
                ),
                mend=_("Make it first: cm appraise run."),
                slug="not-appraised",
                code=Exit.NO_INPUT,
            )
        (each,) = report.fetch(connection, Asked(period, (code,), clerk.today)).appraised
        rules = each.regulation.rules()
        if rules.appraisal is None:
            raise report.appraises_not(rules)
        before = kind.give(content_of(connection, kind, row))
        reads = reads_of(each.regulation)
        try:
            wanted = _rating(reads, rating)
        except BadValueError as bad:
            raise CmError(
                _("Rating “{rating}” {what}").format(rating=rating, what=bad.what),
                mend=bad.mend,
                slug="unknown-rating",
                code=Exit.USAGE,
            ) from None
        known = replace(each.facts, huge_benefit=bool(huge_benefit), huge_benefit_row=huge_benefit)
        card = decide_card(
            each.card,
            rules.appraisal,
            known,
            period,
            rating=str(wanted),
            consequences=rules.consequences,
        )
        after = {
            **before,
            "rating": wanted,
            "state": "decided",
            "decided_by": by,
            "decided_on": clerk.today,
            "consequence": consequence(card),
            "scorecard": codec.to_json(card),
        }
        writer.update(kind, row, after)
        outcome.changes = [
            c for c in changes_of(kind, before, after, reads.lists) if c.field != "scorecard"
        ]
    return outcome


def _rating(reads: Context, text: str) -> Value:
    wanted = Choice(source="ratings").parse(text, reads)
    if wanted is None:
        raise BadValueError(_("is not in the list"))
    return wanted


def explain(
    clerk: Clerk, word: str, period: Period, *, proof: bool
) -> tuple[Document, list[Problem]]:
    """Return every step of a score with its records and articles; ``proof`` works it out again."""
    with reading(clerk.place, clerk.known_at) as connection:
        code = managers_named(connection, [word])[0]
        found = report.fetch(connection, Asked(period, (code,), clerk.today))
    each = found.appraised[0]
    document = explain_document(each.card, report.reference(each.regulation))
    if not proof:
        return document, []
    wrong = prove(each.card, leaves(each.facts))
    problems = [
        Problem(
            "unproved",
            unproved(w),
            mend=_("Look at the records of this step: they were changed after the appraisal."),
        )
        for w in wrong
    ]
    return document, problems

"""The appraisal sheet (考核表) of a month, a quarter or a year (P03): one for each manager.

An appraisal on record is shown as it was computed and decided; one that is not is worked out
from the records as they stand, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
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
from cm_cli.domain.appraisal.words import kept_words
from cm_cli.domain.career import caps, may_hold, next_grade
from cm_cli.domain.sheet import Column, Document, Sheet
from cm_cli.errors import CmError
from cm_cli.language import _, in_each, later, pick
from cm_cli.reports.register import Asked, Built
from cm_cli.store import facts as store
from cm_cli.store.regulations import InForce, Scopes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cm_cli.domain.appraisal.card import Scorecard
    from cm_cli.domain.appraisal.facts import ManagerFacts
    from cm_cli.domain.career import CapLine
    from cm_cli.domain.period import Period
    from cm_cli.domain.regulation.appraisal import Appraisal
    from cm_cli.domain.regulation.schema import Regulation
    from cm_cli.domain.sheet import Cell
    from cm_cli.store.engine import Connection
    from cm_cli.store.facts import Recorded

NAME = "appraisal"
SUMMARY = later("Appraisal sheets: items, evidence, total, rating, rank, consequence.")


@dataclass(frozen=True, slots=True)
class Appraised:
    """One manager's appraisal: facts, card, the regulation it is by, how it stands in the store."""

    facts: ManagerFacts
    card: Scorecard
    regulation: InForce
    state: str = ""
    decided_by: str = ""
    data_day: date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """All appraisals of a period; a manager's place is among those under the same regulation."""

    appraised: list[Appraised]
    ranks: Mapping[str, Rank]
    notes: tuple[str, ...]

    @property
    def regulations(self) -> list[InForce]:
        """The regulations of the managers shown, each once."""
        return list({each.regulation.digest: each.regulation for each in self.appraised}.values())


def fetch(connection: Connection, asked: Asked) -> Found:
    """Work out the period for every manager; those on record keep their card and regulation."""
    everyone = work_out(connection, asked, kept=store.on_record(connection, asked.period))
    regular = {post.code for post in store.posts(connection, asked.period)}
    groups: dict[str, list[Scorecard]] = {}
    for each in everyone:
        if each.facts.code in regular:
            groups.setdefault(each.regulation.digest, []).append(each.card)
    ranked = {code: rank for cards in groups.values() for code, rank in ranks(cards).items()}
    chosen = [e for e in everyone if not asked.managers or e.facts.code in asked.managers]
    notes = store.calendar(connection).notes(asked.period.days())
    return Found(chosen, ranked, notes)


def work_out(
    connection: Connection,
    asked: Asked,
    under: InForce | None = None,
    kept: Mapping[str, Recorded] = MappingProxyType({}),
) -> list[Appraised]:
    """Score every manager on the records as they stand (so that ranks are among all).

    Each by the regulation for the manager's unit and line on the last day of the period, or all
    ``under`` one. Where there are several, managers whose regulation does not appraise the period
    are left out, unless it is they who are asked for. Those ``kept`` on record have their card,
    the regulation it was made by, and the facts of the day it was made on.
    """
    found = store.gather(connection, asked.period)
    kinds = store.unit_kinds(connection)
    heads = store.heads(connection)
    scopes = Scopes(connection, asked.period.last)
    several = bool(kept) or (scopes.several and under is None)
    appraised: list[Appraised] = []
    posts = store.posts(connection, asked.period, asked.managers)
    texts = {digest: scopes.of_text(digest) for digest in {each.digest for each in kept.values()}}
    made = {code: texts[each.digest] for code, each in kept.items()}
    ruled = [
        (post, made.get(post.code) or under or scopes.of(post.unit, post.line)) for post in posts
    ]
    appraising = {each.digest for _post, each in ruled if _appraises(each.rules(), asked.period)}
    if not ruled:
        _appraisal_of((under or scopes.of()).rules())
    for post, regulation in ruled:
        record = kept.get(post.code)
        left_out = several and appraising and regulation.digest not in appraising
        if left_out and not record and post.code not in asked.managers:
            continue
        rules = regulation.rules()
        facts = store.manager_facts(
            post,
            found,
            asked.period,
            (record.data_day if record else None) or asked.day,
            unit_kind=kinds.get(post.unit, ""),
            ladder=rules.ladder_with(post.grade),
            blocked=closed(rules, post, heads, asked.period.last),
        )
        if record:
            card = codec.from_json(record.card)
            appraised.append(Appraised(facts, card, regulation, *record[1:4]))
            continue
        indicators = {each.code: each for each in rules.indicators}
        card = score(_appraisal_of(rules), indicators, facts, asked.period, rules.consequences)
        appraised.append(Appraised(facts, card, regulation))
    return appraised


def _appraises(rules: Regulation, period: Period) -> bool:
    return rules.appraisal is not None and period.kind in rules.appraisal.periods


def appraises_not(rules: Regulation) -> CmError:
    """Return the refusal of an appraisal by a regulation that has none."""
    return CmError(
        _("The regulation {code} does not appraise").format(code=rules.regulation),
        mend=_("See what each regulation carries with: cm regulation list."),
        slug="no-appraisal",
    )


def _appraisal_of(rules: Regulation) -> Appraisal:
    if rules.appraisal is None:
        raise appraises_not(rules)
    return rules.appraisal


def closed(
    rules: Regulation, post: store.Post, heads: Mapping[str, Mapping[str, int]], day: date
) -> list[str]:
    """Return what closes the next grade to a manager: its requirements and its cap (C03)."""
    above = next_grade(rules, post.grade)
    if not above:
        return []
    grade = rules.grade(above)

    def reasons() -> list[str]:
        lacks = may_hold(rules, above, post.education, post.years_on(day))
        found = [each.what for each in lacks]
        if grade and grade.cap:
            scope = post.unit if grade.cap.of == "unit" else ""
            lines = caps(rules, dict(heads.get(scope, {})))
            full = next(line for line in lines if line.grade == above)
            if full.room is not None and full.room < 1:
                found.append(_full(full))
        return found

    return [kept_words(each) for each in in_each(reasons)] if reasons() else []


def _full(line: CapLine) -> str:
    return _("the cap of {percent} % is used up: {heads} of {most} (article {article})").format(
        percent=line.percent, heads=line.heads, most=line.most, article=line.article
    )


def reference(regulation: InForce) -> RegulationRef:
    """Return what a sheet says of its regulation."""
    since = date.fromisoformat(regulation.since)
    name = regulation.rules().name.both()
    return RegulationRef(regulation.code, name, since, regulation.digest)


def labels(rules: Regulation) -> dict[str, str]:
    """Return the names of grades and unit kinds by code."""
    named = (*rules.grades, *rules.unit_kinds)
    return {each.code: pick(each.name.both()) for each in named}


def build(found: Found, asked: Asked) -> Built:
    """Return the overview and one sheet for each manager."""
    sheets = {each.facts.code: _sheet(each, found, asked) for each in found.appraised}
    cards = [each.card for each in found.appraised]
    overview = Document(
        f"appraisal-{asked.period}",
        _("Appraisal {period}").format(period=asked.period),
        (
            (_("Regulation"), _names(found)),
            (_("Day of data"), _days(found, asked)),
            (_("Managers"), str(len(cards))),
        ),
        (_ranking(found, cards), _ratings(found, cards), *_flat(cards)),
        found.notes,
    )
    return Built(overview, sheets)


def _names(found: Found) -> str:
    return "; ".join(pick(each.rules().name.both()) for each in found.regulations)


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


def _sheet(each: Appraised, found: Found, asked: Asked) -> Document:
    document = appraisal_document(
        each.card,
        each.facts,
        reference(each.regulation),
        rank=found.ranks.get(each.facts.code),
        data_day=each.data_day or asked.day,
        labels=labels(each.regulation.rules()),
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
    appraisals = [each.rules().appraisal for each in found.regulations]
    ratings = [rating for each in appraisals for rating in (each.ratings if each else ())]
    named = {rating.code: pick(rating.name.both()) for rating in reversed(ratings)}
    counts = {rating.code: 0 for rating in ratings}
    for card in cards:
        if card.rating:  # of a card from elsewhere it may be in no regulation here
            named.setdefault(card.rating.code, card.rating.label)
            counts[card.rating.code] = counts.get(card.rating.code, 0) + 1
    rows: list[tuple[Cell, ...]] = [(named[code], count) for code, count in counts.items()]
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

"""What if: the same records under another regulation, or with a value that is only thought of.

Nothing is written. Both cards are worked out from the records as they stand, so that what was
decided by people since does not blur what the rules make of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from cm_cli.domain.appraisal.attribution import Share, Side, attribute, difference, readable
from cm_cli.domain.appraisal.score import score
from cm_cli.domain.appraisal.sheet import items_sheet
from cm_cli.domain.appraisal.whatif import with_actual
from cm_cli.domain.appraisal.words import cause
from cm_cli.domain.fields import BadValueError, Context, nearest
from cm_cli.domain.register import kind as kind_of
from cm_cli.domain.sheet import Column, Document, Sheet
from cm_cli.errors import CmError, Exit, Problem
from cm_cli.language import _, n_, pick
from cm_cli.reports import appraisal as report
from cm_cli.reports.register import Asked
from cm_cli.store.connection import reading
from cm_cli.store.regulations import InForce, in_force
from cm_cli.usecases import library
from cm_cli.usecases.appraisal import consequence
from cm_cli.usecases.lookup import managers_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cm_cli.domain.appraisal.card import Scorecard
    from cm_cli.domain.period import Period
    from cm_cli.domain.regulation.appraisal import Appraisal
    from cm_cli.domain.regulation.schema import Indicator, Regulation
    from cm_cli.domain.sheet import Cell
    from cm_cli.usecases.clerk import Clerk

Actuals = dict[str, Decimal]
_NAMED = 5  # items of a list that a sentence names


@dataclass(frozen=True, slots=True)
class Pair:
    """One manager: the card as things are, and as they would be."""

    before: Side
    after: Side
    shares: tuple[Share, ...]

    @property
    def more(self) -> Decimal | None:
        """How much more the total would be."""
        return difference(self.before, self.after)


def compare(
    clerk: Clerk, period: Period, words: Sequence[str], name: str, supposed: Sequence[str]
) -> Document:
    """Return totals and ratings as they are and as they would be, and what makes the difference.

    ``name`` is the other regulation (none: those in use), ``supposed`` are values to take for
    the period, as ``deposits=1200``.
    """
    with reading(clerk.place, clerk.known_at) as connection:
        asked = Asked(period, managers_named(connection, words), clerk.today)
        before = report.work_out(connection, asked)
        now = rules_of(before) or [in_force(connection, period.last).rules()]
        other = another(clerk, name) if name else None
        after = report.work_out(connection, asked, other) if other else before
    then = [other.rules()] if other else now
    values = _actuals(then, supposed)
    others = {each.facts.code: each for each in after}
    pairs = [
        _pair(one, others[one.facts.code], values, period)
        for one in before
        if not asked.managers or one.facts.code in asked.managers
    ]
    return _document(pairs, now, then, period, values)


def rules_of(appraised: Sequence[report.Appraised]) -> list[Regulation]:
    """Return the regulations of the managers, each once."""
    found = {each.regulation.digest: each.regulation for each in appraised}
    return [each.rules() for each in found.values()]


def another(clerk: Clerk, name: str) -> InForce:
    """Return another regulation as if it were in use."""
    found = library.named(name, clerk)
    rules = found.read()
    record = found.record(rules)
    return InForce(
        rules.regulation,
        rules.since.isoformat(),
        str(record["text_digest"]),
        str(record["compiled"]),
    )


def _supposed(each: report.Appraised, values: Actuals, period: Period) -> Scorecard:
    """Return the card with the values that are thought of."""
    if not values:
        return each.card
    facts, rules = each.facts, each.regulation.rules()
    for indicator, value in values.items():
        facts = with_actual(facts, indicator, period, value)
    appraisal, indicators = section(rules)
    return score(appraisal, indicators, facts, period, rules.consequences)


def section(rules: Regulation) -> tuple[Appraisal, dict[str, Indicator]]:
    """Return the appraisal of a regulation and its indicators by code; refuses without one."""
    if rules.appraisal is None:
        raise report.appraises_not(rules)
    return rules.appraisal, {each.code: each for each in rules.indicators}


def _pair(one: report.Appraised, other: report.Appraised, values: Actuals, period: Period) -> Pair:
    before = Side(one.card, section(one.regulation.rules())[0])
    after = Side(_supposed(other, values, period), section(other.regulation.rules())[0])
    return Pair(before, after, tuple(readable(attribute(before, after))))


def _actuals(rules: Sequence[Regulation], supposed: Sequence[str]) -> Actuals:
    """Read ``deposits=1200``; everything that is wrong is refused together."""
    found: Actuals = {}
    problems: list[Problem] = []
    number = kind_of("result").field("actual").type
    for word in supposed:
        name, sign, text = word.partition("=")
        try:
            indicator = indicator_of(rules, name.strip()).code
            value = number.parse(text, Context())
            if not sign or not isinstance(value, Decimal):
                raise BadValueError(_("has no value"), _("Write it as deposits=1200."))  # noqa: TRY301 - one road for both
            if indicator in found:
                raise BadValueError(_("stands twice"), _("Give one value."))  # noqa: TRY301
            found[indicator] = value
        except BadValueError as bad:
            what = _("--set “{word}” {what}").format(word=word, what=bad.what)
            problems.append(Problem("bad-supposition", what, None, word, bad.mend))
    if problems:
        raise CmError(
            n_(
                "{count} value cannot be taken", "{count} values cannot be taken", len(problems)
            ).format(count=len(problems)),
            mend=_("Mend what is named and ask again."),
            slug="bad-supposition",
            code=Exit.USAGE,
            problems=problems,
        )
    return found


def indicator_of(rules: Sequence[Regulation], word: str) -> Indicator:
    """Find an indicator in any of the regulations."""
    indicators = [each for one in rules for each in one.indicators]
    for each in indicators:
        if word in {each.code, *each.name.both().values()}:
            return each
    known = [word for each in indicators for word in (each.code, *each.name.both().values())]
    listed = ", ".join(dict.fromkeys(each.code for each in indicators)) or "-"
    raise BadValueError(
        _("is no indicator of {code}").format(code=", ".join(each.regulation for each in rules)),
        nearest(word, known) or _("There are: {words}.").format(words=listed),
    )


def _document(
    pairs: Sequence[Pair],
    now: Sequence[Regulation],
    then: Sequence[Regulation],
    period: Period,
    values: Actuals,
) -> Document:
    gains = Counter(
        "equal" if not pair.more else "more" if pair.more > 0 else "less"
        for pair in pairs
        if pair.more is not None
    )
    facts = [
        (_("Regulation in use"), "; ".join(map(_regulation, now))),
        (_("What if"), "; ".join(map(_regulation, then))),
        *(
            (_("With {name}").format(name=_named(then, code)), f"{value:f}")
            for code, value in values.items()
        ),
        (
            _("Managers"),
            _(
                "{count}: {more} with more points, {less} with fewer, {equal} with as many,"
                " {none} without a total"
            ).format(
                count=len(pairs),
                more=gains["more"],
                less=gains["less"],
                equal=gains["equal"],
                none=len(pairs) - gains.total(),
            ),
        ),
        (_("Total of all points"), _summed(pairs)),
    ]
    sheets = [_totals(pairs), _ratings(pairs, now, then)]
    if len(pairs) > 1:
        sheets.append(_causes(pairs))
    sheets.append(_shares(pairs))
    if len(pairs) == 1:
        sheets.append(items_sheet(pairs[0].after.card))
    notes = [
        _("Worked out from the records as they stand; nothing is written, no decision is touched."),
        *_lacking(pairs),
    ]
    title = _("What if: {period}").format(period=period)
    return Document("what-if", title, tuple(facts), tuple(sheets), tuple(notes))


def _regulation(rules: Regulation) -> str:
    return f"{pick(rules.name.both())} ({rules.regulation})"


def _named(rules: Sequence[Regulation], code: str) -> str:
    return pick(indicator_of(rules, code).name.both())


def _summed(pairs: Sequence[Pair]) -> str:
    both = [pair for pair in pairs if pair.more is not None]
    sums = [
        sum((side.card.total or Decimal(0) for side in sides), Decimal(0))
        for sides in ([p.before for p in both], [p.after for p in both])
    ]
    return f"{sums[0]:f} → {sums[1]:f} ({sums[1] - sums[0]:+f})"


def _totals(pairs: Sequence[Pair]) -> Sheet:
    columns = (
        Column("manager", _("Manager"), "code"),
        Column("name", _("Manager's name")),
        Column("unit", _("Unit")),
        Column("total", _("Total"), "number"),
        Column("total_then", _("Total then"), "number"),
        Column("difference", _("Difference"), "number"),
        Column("rating", _("Rating")),
        Column("rating_then", _("Rating then")),
        Column("consequence", _("Consequence"), "code"),
        Column("consequence_then", _("Consequence then"), "code"),
    )
    rows: list[tuple[Cell, ...]] = []
    for pair in pairs:
        one, other = pair.before.card, pair.after.card
        rows.append(
            (
                one.manager, one.name, one.unit, one.total, other.total, pair.more,
                one.rating.label if one.rating else None,
                other.rating.label if other.rating else None,
                consequence(one), consequence(other),
            )
        )  # fmt: skip
    return Sheet("managers", _("Totals and ratings"), columns, rows)


def _ratings(pairs: Sequence[Pair], now: Sequence[Regulation], then: Sequence[Regulation]) -> Sheet:
    """Count the managers by rating under both."""
    named = {r.code: r for rules in (*now, *then) for r in section(rules)[0].ratings}
    counts = [
        Counter(_rating(side.card) for side in sides)
        for sides in ([p.before for p in pairs], [p.after for p in pairs])
    ]
    rows: list[tuple[Cell, ...]] = [
        (pick(rating.name.both()), counts[0][code], counts[1][code])
        for code, rating in named.items()
    ]
    rows.append((_("no rating"), counts[0][""], counts[1][""]))
    columns = (
        Column("rating", _("Rating")),
        Column("managers", _("Managers"), "count"),
        Column("managers_then", _("Managers then"), "count"),
    )
    return Sheet("ratings", _("Ratings"), columns, rows)


def _rating(card: Scorecard) -> str:
    return card.rating.code if card.rating else ""


def _causes(pairs: Sequence[Pair]) -> Sheet:
    """Return what makes the difference of all managers together, by item and cause."""
    summed: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    touched: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], Share] = {}
    for pair in pairs:
        for share in pair.shares:
            key = (share.of.code, share.cause)
            first.setdefault(key, share)
            summed[key] += share.points
            touched[key] += 1
    columns = (
        *_of_share(),
        Column("managers", _("Managers"), "count"),
        Column("points", _("Points in all"), "number"),
    )
    place = {code: at for at, code in enumerate(dict.fromkeys(code for code, _cause in first))}
    keys = sorted(first, key=lambda key: (key[1] == "rounding", place[key[0]]))
    rows = [(*_said(first[key]), touched[key], summed[key]) for key in keys]
    return Sheet("causes", _("What makes the difference"), columns, rows)


def _shares(pairs: Sequence[Pair]) -> Sheet:
    """Return the shares of each manager; they add up to his difference."""
    columns = (
        Column("manager", _("Manager"), "code"),
        *_of_share(),
        Column("before", _("Points now"), "number"),
        Column("after", _("Points then"), "number"),
        Column("points", _("Difference"), "number"),
    )
    rows = [
        (
            pair.before.card.manager,
            *_said(share),
            _short(share.before),
            _short(share.after),
            share.points,
        )
        for pair in pairs
        for share in pair.shares
    ]
    return Sheet("shares", _("Shares of the difference, manager by manager"), columns, rows)


def _short(points: Decimal | None) -> Decimal | None:
    return None if points is None else points.quantize(Decimal("0.0001"))


def _of_share() -> tuple[Column, ...]:
    return (
        Column("item", _("Item"), "code"),
        Column("name", _("Name")),
        Column("cause", _("Cause"), "code"),
        Column("why", _("Why")),
        Column("article", _("Article now"), "code"),
        Column("article_then", _("Article then"), "code"),
    )


def _said(share: Share) -> tuple[Cell, ...]:
    return (
        share.of.code, share.of.label, share.cause, cause(share.cause),
        share.ruled.article or None, share.ruled_after.article or None,
    )  # fmt: skip


def _lacking(pairs: Sequence[Pair]) -> Iterator[str]:
    """Yield a sentence for each who has no total."""
    for pair in pairs:
        if pair.more is None:
            card = pair.after.card if pair.after.card.refused else pair.before.card
            labels = list(dict.fromkeys(m.item.label for m in card.missing))
            names = ", ".join(labels[:_NAMED]) + (", …" if labels[_NAMED:] else "")
            yield _("{manager} has no total: {items} not measured.").format(
                manager=card.manager, items=names or "-"
            )

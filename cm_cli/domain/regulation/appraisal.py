"""The appraisal section (考核): periods, ratings, parts, items, scores, merits, consequences.

Shapes and checks only; the arithmetic is in ``domain/appraisal``. Every score, share, growth
and completion is in percent (``cap: 120`` is 120 %), so that one scale runs through a file.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from cm_cli.domain.appraisal.measures import MEASURES
from cm_cli.domain.regulation.base import (
    Code,
    Name,
    NotNegative,
    Percent,
    Positive,
    Ref,
    RoleCode,
    Rule,
    Sourced,
    bounds_wrong,
    refuse,
)
from cm_cli.domain.regulation.scores import HUNDRED, Measure, Score
from cm_cli.language import _

OTHER = "other"
PeriodName: TypeAlias = Literal["month", "quarter", "year"]
MissingPolicy: TypeAlias = Literal["refuse", "leave_out", "zero"]
Action: TypeAlias = Literal[
    "dismiss",
    "one_grade_down",
    "one_grade_up",
    "raise",
    "one_grade_up_or_raise",
    "one_off_reward",
    "commend",
    "train",
    "punish",
    "renew",
    "not_renew",
    "keep",
    "skip_grade_up",
    "lower_or_dismiss",
    "remove",
]


def _twice(codes: list[str]) -> list[str]:
    repeated = sorted({code for code in codes if codes.count(code) > 1})
    return [_("“{code}” stands twice").format(code=code) for code in repeated]


Weight: TypeAlias = Positive | dict[str, NotNegative]


class Node(Sourced):
    """What parts and items share: a weight (weighted) or a maximum (plain sum), not both."""

    code: Code
    """What it is referred to by."""
    name: Name
    """What it is called."""
    weight: Weight | None = None
    """Its weight, also one for each kind of unit; the weights of a part add to 100."""
    maximum: Positive | None = None
    """The most points it brings (plain sum)."""

    @model_validator(mode="after")
    def _one_measure_of_size(self) -> Node:
        if (self.weight is None) == (self.maximum is None):
            raise ValueError(_("needs either `weight:` or `maximum:`"))
        return self


class Item(Node):
    """One line of the score sheet: what is measured and how it becomes a score."""

    measure: Measure
    """What is measured."""
    score: Score
    """How the value becomes points of 100."""

    @model_validator(mode="after")
    def _fits(self) -> Item:
        known = MEASURES[self.measure.kind]
        basis = getattr(self.score, "basis", "")
        needs_target = self.score.kind in {"attainment", "full"} or basis == "completion"
        findings = []
        if needs_target and known.target == "never":
            findings.append(_("{kind} has no target to compare with").format(kind=known.name))
        if needs_target and known.target == "stated" and self.measure.target is None:
            findings.append(_("the measure needs `target:` for this score"))
        if self.score.kind == "deduction" and not known.counts:
            findings.append(_("a deduction needs a measure that counts events"))
        if self.score.kind == "as_is" and not known.percent:
            findings.append(_("`as_is` needs a measure that is itself a score of 100 or a share"))
        refuse(findings)
        return self


class Part(Node):
    """A part of the total, made of items or of parts; their weights or maxima add up to it."""

    items: tuple[Item, ...] = ()
    """The items it is made of."""
    parts: tuple[Part, ...] = ()
    """Or the parts it is made of."""
    missing: MissingPolicy | None = None
    """What happens here to an item nobody has measured, where it differs from the rest."""

    @model_validator(mode="after")
    def _adds_up(self) -> Part:
        if bool(self.items) == bool(self.parts):
            raise ValueError(_("needs either `items:` or `parts:`"))
        refuse(_sums(self.children, self.maximum))
        return self

    @property
    def children(self) -> tuple[Node, ...]:
        """The items, or the parts, this part is made of."""
        return self.items or self.parts


class Total(Rule):
    """``weighted``: weights of parts add to 100; ``plain_sum``: maxima are added as they are."""

    kind: Literal["weighted", "plain_sum"]
    """Weights that add to 100, or maxima that are added."""
    parts: tuple[Part, ...] = Field(min_length=1)
    """The parts of the total."""

    @model_validator(mode="after")
    def _of_one_kind(self) -> Total:
        nodes = all_nodes(self.parts)
        wanted = "weight" if self.kind == "weighted" else "maximum"
        findings = _twice([node.code for node in nodes])
        findings += [
            _("“{code}” needs `{key}:` in a total of kind {kind}").format(
                code=node.code, key=wanted, kind=self.kind
            )
            for node in nodes
            if getattr(node, wanted) is None
        ]
        if not findings:
            findings = _sums(self.parts, None)
        refuse(findings)
        return self


class Rating(Sourced):
    """One rating of the scale (等次)."""

    code: Code
    """What it is referred to by."""
    name: Name
    """What it is called."""
    aliases: tuple[str, ...] = ()
    """Other names for it in files."""


class RatingBand(Sourced):
    """From this total on (inclusive) this rating; the worst rating has no ``from``."""

    rating: str
    """The rating."""
    at_least: Decimal | None = Field(default=None, alias="from")
    """The least total, this value included."""


class Missing(Sourced):
    """What happens to an item nobody has measured; it never silently counts as zero."""

    policy: MissingPolicy
    """Refused, left out and the rest re-weighted, or counted as zero."""


class Rounding(Sourced):
    """Decimal places kept and where rounding happens: at every item, or at the total only."""

    places: Annotated[int, Field(ge=0, le=6)]
    """Decimal places."""
    mode: Literal["half_up", "half_even", "down"] = "half_up"
    """Which way a half goes."""
    at: Literal["item", "total"] = "total"
    """Where it is rounded."""


class Merit(Sourced):
    """Points beyond the items, each with its record: fixed (``points``) or at discretion."""

    code: Code
    """What it is referred to by."""
    name: Name
    """What it is called."""
    points: Positive | None = None
    """Fixed points an event."""
    max_per_event: Positive | None = None
    """The most points an event, at discretion."""
    max_in_all: Positive | None = None
    """The most points of this sort in a period."""
    evidence: bool = True
    """Whether it needs evidence."""
    verified: bool = False
    """Whether it counts only once verified."""

    @model_validator(mode="after")
    def _bounded(self) -> Merit:
        if self.points is None and self.max_per_event is None:
            raise ValueError(_("needs `points:` (fixed) or `max_per_event:` (at discretion)"))
        return self


class Penalty(Merit):
    """Points taken off; only when verified unless the institution says otherwise (S01.R23)."""

    verified: bool = True
    """Whether it counts only once verified; it does unless said otherwise."""


class PointLimit(Sourced):
    """A bound for all bonus or all penalty points, or for the total."""

    points: NotNegative
    """The points."""


class Veto(Sourced):
    """Caps the rating: when an item scores below a limit, or penalties of a sort happen."""

    code: Code
    """What it is referred to by."""
    name: Name
    """What it is called."""
    item: str = ""
    """The item that decides it."""
    below: Percent | None = None
    """Under this score of the item."""
    penalty: str = ""
    """Or the penalty that decides it."""
    events: Annotated[int, Field(ge=1)] = 1
    """So many events of the penalty."""
    at_best: str
    """The best rating that is still possible."""

    @model_validator(mode="after")
    def _one_trigger(self) -> Veto:
        if bool(self.item) == bool(self.penalty):
            raise ValueError(_("needs either `item:` or `penalty:`"))
        if self.item and self.below is None:
            raise ValueError(_("a veto by item needs `below:`"))
        return self


class ByHand(Sourced):
    """The rating is given by hand and not by bands."""


class Portion(Sourced):
    """How many of all may, or have to, get a rating (forced distribution)."""

    rating: Annotated[str, Ref("rating")]
    """The rating."""
    at_most: Percent | None = None
    """Percent of all managers, at most."""
    at_least: Percent | None = None
    """Percent of all managers, at least."""
    of: Literal["unit", "all"] = "unit"
    """Counted in each unit, or in the whole institution."""

    @model_validator(mode="after")
    def _in_order(self) -> Portion:
        refuse(bounds_wrong(self.at_least, self.at_most))
        return self


class AdHoc(Sourced):
    """An appraisal at any time, besides the periods: what it looks at (S05.R4)."""

    items: tuple[Annotated[str, Ref("list")], ...] = ()
    """Lists of what it looks at."""
    by: RoleCode | None = None
    """Who makes it."""


class Appraisal(Sourced):
    """How a manager is appraised. Ratings run from best to worst."""

    periods: tuple[PeriodName, ...] = Field(min_length=1)
    """The periods that are appraised, several at once."""
    ratings: tuple[Rating, ...] = Field(min_length=2)
    """The ratings, best to worst."""
    bands: tuple[RatingBand, ...] = ()
    """From which total on which rating."""
    by_hand: ByHand | None = None
    """Where ratings are given by hand and not by bands."""
    total: Total
    """What the total is made of."""
    missing: Missing
    """What happens to an item nobody has measured."""
    rounding: Rounding
    """Where and how it is rounded."""
    bonus: tuple[Merit, ...] = ()
    """Points beyond the items, each with its record."""
    penalty: tuple[Penalty, ...] = ()
    """Points taken off, each with its record."""
    bonus_at_most: PointLimit | None = None
    """The most bonus points in all."""
    penalty_at_most: PointLimit | None = None
    """The most penalty points in all."""
    total_at_least: PointLimit | None = None
    """The least total."""
    total_at_most: PointLimit | None = None
    """The highest total."""
    cliff_at_most: PointLimit | None = None
    """The most points of the total that a single step of a banded or full score may bring."""
    vetoes: tuple[Veto, ...] = ()
    """What caps the rating whatever the total."""
    distribution: tuple[Portion, ...] = ()
    """How many of all may get a rating."""
    ad_hoc: AdHoc | None = None
    """An appraisal at any time besides."""

    @model_validator(mode="after")
    def _consistent(self) -> Appraisal:
        names = [name for r in self.ratings for name in {r.code, r.name.zh, r.name.en, *r.aliases}]
        findings = _twice(names) + _twice(list(self.periods))
        findings += _twice([merit.code for merit in (*self.bonus, *self.penalty)])
        refuse(findings + _band_findings(self) + _veto_findings(self))
        return self

    def rank_of(self, rating: str) -> int:
        """Return the place of a rating from the best (0); raises ValueError for an unknown one."""
        return [r.code for r in self.ratings].index(rating)

    def find_rating(self, text: str) -> Rating | None:
        """Return the rating of this code, name or alias."""
        for rating in self.ratings:
            if text in {rating.code, rating.name.zh, rating.name.en, *rating.aliases}:
                return rating
        return None

    def items(self) -> list[Item]:
        """Return every item, in the order of the file."""
        return [node for node in all_nodes(self.total.parts) if isinstance(node, Item)]


class When(Rule):
    """When a consequence applies; what is not said does not matter. All that is said must hold."""

    rating: Annotated[str, Ref("rating")] = ""
    """This rating."""
    grade: Annotated[str, Ref("grade")] = ""
    """This grade."""
    years_running: Annotated[int, Field(ge=2)] | None = None
    """The same rating so many years running."""
    restarts_after_promotion: bool = False
    """Whether a promotion between them starts the count anew."""
    huge_benefit: bool | None = None
    """An outstanding contribution, stated by hand (S01.R19, S03.R7)."""
    item: Annotated[str, Ref("item")] = ""
    """An item of the appraisal; the total where not said."""
    at_least: Decimal | None = None
    """The score of the item, or the total, is at least this."""
    below: Decimal | None = None
    """The score of the item, or the total, is under this."""
    penalty: str = ""
    """There is a penalty of this sort."""

    @model_validator(mode="after")
    def _sensible(self) -> When:
        findings = []
        if self.years_running and not self.rating:
            findings.append(_("`years_running:` needs `rating:`"))
        if self.restarts_after_promotion and not self.years_running:
            findings.append(_("`restarts_after_promotion:` needs `years_running:`"))
        if self.item and self.at_least is None and self.below is None:
            findings.append(_("`item:` needs `at_least:` or `below:`"))
        if None not in (self.at_least, self.below) and self.at_least >= self.below:  # type: ignore[operator]
            findings.append(
                _("nothing is at least {low} and below {high}").format(
                    low=self.at_least, high=self.below
                )
            )
        refuse(findings)
        return self


class Consequence(Sourced):
    """What follows a rating (F05): the first that fits, and every fitting one ``in_addition``."""

    when: When = When()
    """When it applies; whatever the rest where empty."""
    then: Action
    """What follows."""
    in_addition: bool = False
    """Whether it comes besides the first that fits."""
    applies: PeriodName = "year"
    """After which periods."""
    name: Name | None = None
    """What it is called."""


def all_nodes(parts: tuple[Part, ...]) -> list[Node]:
    """Return every part and item of a tree, parents before children."""
    found: list[Node] = []
    for part in parts:
        found += [part, *part.items, *all_nodes(part.parts)]
    return found


def unit_kinds(nodes: tuple[Node, ...]) -> list[str]:
    """Return the unit kinds the weights of these nodes tell apart, ``other`` for the rest."""
    kinds = {kind for node in nodes if isinstance(node.weight, dict) for kind in node.weight}
    return sorted(kinds) or [OTHER]


def weight_for(node: Node, unit_kind: str) -> Decimal | None:
    """Return the weight of a part or item in a unit of this kind, None where none is given."""
    if isinstance(node.weight, dict):
        return node.weight.get(unit_kind, node.weight.get(OTHER))
    return node.weight


def _sums(nodes: tuple[Node, ...], maximum: Decimal | None) -> list[str]:
    """Check that weights add to 100 for each unit kind, or maxima to that of their parent."""
    if nodes[0].maximum is not None:
        added = sum((node.maximum or Decimal(0) for node in nodes), Decimal(0))
        if maximum is None or added == maximum:
            return []
        return [_("the maxima add to {added}, not {whole}").format(added=added, whole=maximum)]
    findings = []
    for kind in unit_kinds(nodes):
        weights = [weight_for(node, kind) for node in nodes]
        added = sum((weight for weight in weights if weight is not None), Decimal(0))
        if added != HUNDRED or None in weights:
            findings.append(
                _("the weights for units of kind {kind} add to {added}, not 100").format(
                    kind=kind, added=added
                )
            )
    return findings


def _band_findings(appraisal: Appraisal) -> list[str]:
    bands, codes = appraisal.bands, [rating.code for rating in appraisal.ratings]
    if bool(bands) == bool(appraisal.by_hand):
        return [_("needs either `bands:` or `by_hand:`")]
    if not bands:
        return []
    findings = []
    if [band.rating for band in bands] != codes:
        findings.append(
            _("`bands:` needs every rating once, best to worst: {codes}").format(
                codes=", ".join(codes)
            )
        )
    limits = [band.at_least for band in bands[:-1]]
    if None in limits or bands[-1].at_least is not None:
        findings.append(_("every band but the last needs `from:`; the last has none"))
    given = [limit for limit in limits if limit is not None]
    if any(upper <= lower for upper, lower in pairwise(given)):
        findings.append(_("the bands have to fall by `from:`, each value once"))
    return findings


def _veto_findings(appraisal: Appraisal) -> list[str]:
    items = {item.code for item in appraisal.items()}
    penalties = {penalty.code for penalty in appraisal.penalty}
    ratings = {rating.code for rating in appraisal.ratings}
    wanted = [(veto.item, items) for veto in appraisal.vetoes if veto.item]
    wanted += [(veto.penalty, penalties) for veto in appraisal.vetoes if veto.penalty]
    wanted += [(veto.at_best, ratings) for veto in appraisal.vetoes]
    return [
        _("a veto names “{code}”; there are {known}").format(
            code=code, known=", ".join(sorted(known)) or "-"
        )
        for code, known in wanted
        if code not in known
    ]

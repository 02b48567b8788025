"""What an item of an appraisal measures, and how the value becomes a score of 100."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from cm_cli.domain.appraisal.measures import MEASURES
from cm_cli.domain.regulation.base import NotNegative, Percent, Positive, Rule, refuse
from cm_cli.language import _

HUNDRED = Decimal(100)
Basis: TypeAlias = Literal["actual", "completion"]


class Measure(Rule):
    """What an item looks at: a measure of the register and what it takes (``MEASURES``)."""

    kind: str
    """The measure."""
    indicator: str = ""
    """The indicator it looks at."""
    of: str = ""
    """The indicator it is a share of."""
    record: str = ""
    """The kind of record that is counted."""
    duty: str = ""
    """The duty that is kept or not."""
    target: Decimal | None = None
    """The target, where the regulation states it."""
    better: Literal["", "higher", "lower"] = ""
    """Which is better, where the measure does not say."""
    base: Literal["given", "previous", "year_before"] = "given"
    """What growth starts from."""
    modes: tuple[str, ...] = ()
    """Only visits of these modes."""
    against: tuple[str, ...] = ()
    """The modes they are compared with."""

    @model_validator(mode="after")
    def _known(self) -> Measure:
        known = MEASURES.get(self.kind)
        if known is None:
            raise ValueError(
                _("“{kind}” is not a measure; there are {known}").format(
                    kind=self.kind, known=", ".join(sorted(MEASURES))
                )
            )
        given = self.model_fields_set - {"kind"}
        findings = [
            _("the measure {kind} needs `{key}:`").format(kind=self.kind, key=key)
            for key in sorted(known.needs - given)
        ]
        findings += [
            _("the measure {kind} takes no `{key}:`").format(kind=self.kind, key=key)
            for key in sorted(given - known.needs - known.takes)
        ]
        refuse(findings)
        return self


class Attainment(Rule):
    """Score = actual / target in percent, not under ``floor`` nor over ``cap`` (F08).

    A negative actual counts as the floor. A target of 0 or less has no quotient: it is missing,
    or gives 100 when met and the floor when not. Where lower is better the quotient is turned
    round, or is 200 less the quotient.
    """

    kind: Literal["attainment"]
    """Points in proportion to the target."""
    floor: NotNegative = Decimal(0)
    """The least score."""
    cap: Annotated[Decimal, Field(ge=100)] = HUNDRED
    """The most, in percent."""
    target_not_positive: Literal["missing", "full_if_met"] = "missing"
    """What happens with a target of 0 or less."""
    lower_is_better: Literal["target_over_actual", "200_less_quotient"] = "target_over_actual"
    """How it is turned round where lower is better."""

    @model_validator(mode="after")
    def _ordered(self) -> Attainment:
        if self.floor >= self.cap:
            raise ValueError(_("`floor:` has to be under `cap:`"))
        return self


class Linear(Rule):
    """Score 0 at ``zero_at``, 100 at ``full_at``, straight between, never outside 0 to 100."""

    kind: Literal["linear"]
    """Points on a straight line."""
    zero_at: Decimal
    """The value that gives 0."""
    full_at: Decimal
    """The value that gives 100."""
    basis: Basis = "actual"
    """Whether the value itself or its completion is looked at."""

    @model_validator(mode="after")
    def _a_line(self) -> Linear:
        if self.zero_at == self.full_at:
            raise ValueError(_("`zero_at:` and `full_at:` are the same value"))
        return self


class ScoreBand(Rule):
    """A band of a banded score: from this value on (inclusive), this score of 100."""

    at_least: Decimal = Field(alias="from")
    """The least value, this value included."""
    points: NotNegative
    """The score."""


class Banded(Rule):
    """Score by bands with closed lower bounds; ``below`` is the score under the lowest."""

    kind: Literal["banded"]
    """Points by bands."""
    bands: tuple[ScoreBand, ...] = Field(min_length=1)
    """The bands, rising."""
    below: NotNegative = Decimal(0)
    """The score under the lowest band."""
    basis: Basis = "actual"
    """Whether the value itself or its completion is looked at."""

    @model_validator(mode="after")
    def _ordered(self) -> Banded:
        findings = []
        if any(a.at_least >= b.at_least for a, b in pairwise(self.bands)):
            findings.append(_("the bands have to rise by `from:`, each value once"))
        points = [self.below, *(band.points for band in self.bands)]
        if points not in (sorted(points), sorted(points, reverse=True)):
            findings.append(_("the points of the bands rise and fall; they may do one only"))
        refuse(findings)
        return self


class Deduction(Rule):
    """Score = ``start`` less ``per_event`` for each event counted, not under ``floor``."""

    kind: Literal["deduction"]
    """Points taken off for each event."""
    start: Percent = HUNDRED
    """The score without events."""
    per_event: Positive
    """Points an event."""
    floor: NotNegative = Decimal(0)
    """The least score."""


class Full(Rule):
    """All or nothing: 100 when the target is met, else 0."""

    kind: Literal["full"]
    """All or nothing."""


class AsIs(Rule):
    """The measured value is the score itself (a rating by hand of 0 to 100, a share)."""

    kind: Literal["as_is"]
    """The value itself."""


Score: TypeAlias = Annotated[
    Attainment | Linear | Banded | Deduction | Full | AsIs, Field(discriminator="kind")
]

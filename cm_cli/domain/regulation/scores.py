"""What an item of an appraisal measures, and how the value becomes a score of 100."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from cm_cli.domain.appraisal.measures import MEASURES
from cm_cli.domain.regulation.base import Rule
from cm_cli.language import _

HUNDRED = Decimal(100)
Percent: TypeAlias = Annotated[Decimal, Field(ge=0, le=100)]
Positive: TypeAlias = Annotated[Decimal, Field(gt=0)]
NotNegative: TypeAlias = Annotated[Decimal, Field(ge=0)]
Basis: TypeAlias = Literal["actual", "completion"]


def refuse(findings: list[str]) -> None:
    """Raise one ValueError that holds every finding."""
    if findings:
        raise ValueError("; ".join(findings))


class Measure(Rule):
    """What an item looks at: a measure of the register and what it takes (``MEASURES``)."""

    kind: str
    indicator: str = ""
    of: str = ""
    record: str = ""
    duty: str = ""
    target: Decimal | None = None
    better: Literal["", "higher", "lower"] = ""
    base: Literal["given", "previous", "year_before"] = "given"
    modes: tuple[str, ...] = ()
    against: tuple[str, ...] = ()

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
    floor: NotNegative = Decimal(0)
    cap: Annotated[Decimal, Field(ge=100)] = HUNDRED
    target_not_positive: Literal["missing", "full_if_met"] = "missing"
    lower_is_better: Literal["target_over_actual", "200_less_quotient"] = "target_over_actual"

    @model_validator(mode="after")
    def _ordered(self) -> Attainment:
        if self.floor >= self.cap:
            raise ValueError(_("`floor:` has to be under `cap:`"))
        return self


class Linear(Rule):
    """Score 0 at ``zero_at``, 100 at ``full_at``, straight between, never outside 0 to 100."""

    kind: Literal["linear"]
    zero_at: Decimal
    full_at: Decimal
    basis: Basis = "actual"

    @model_validator(mode="after")
    def _a_line(self) -> Linear:
        if self.zero_at == self.full_at:
            raise ValueError(_("`zero_at:` and `full_at:` are the same value"))
        return self


class Step(Rule):
    """A band of a banded score: from this value on (inclusive), this score of 100."""

    at_least: Decimal = Field(alias="from")
    points: NotNegative


class Banded(Rule):
    """Score by bands with closed lower bounds; ``below`` is the score under the lowest."""

    kind: Literal["banded"]
    bands: tuple[Step, ...] = Field(min_length=1)
    below: NotNegative = Decimal(0)
    basis: Basis = "actual"

    @model_validator(mode="after")
    def _ordered(self) -> Banded:
        findings = []
        if any(a.at_least >= b.at_least for a, b in pairwise(self.bands)):
            findings.append(_("the bands have to rise by `from:`, each value once"))
        points = [band.points for band in self.bands]
        if points not in (sorted(points), sorted(points, reverse=True)):
            findings.append(_("the points of the bands rise and fall; they may do one only"))
        refuse(findings)
        return self


class Deduction(Rule):
    """Score = ``start`` less ``per_event`` for each event counted, not under ``floor``."""

    kind: Literal["deduction"]
    start: Percent = HUNDRED
    per_event: Positive
    floor: NotNegative = Decimal(0)


class Full(Rule):
    """All or nothing: 100 when the target is met, else 0."""

    kind: Literal["full"]


class AsIs(Rule):
    """The measured value is the score itself (a rating by hand of 0 to 100, a share)."""

    kind: Literal["as_is"]


Score: TypeAlias = Annotated[
    Attainment | Linear | Banded | Deduction | Full | AsIs, Field(discriminator="kind")
]

"""The scorecard: everything a score came from and came to, as values that can be kept.

It holds names in both languages and no sentence, so a stored card is read in any language.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - the codec reads the types of the fields
from decimal import Decimal  # noqa: TC003 - the codec reads the types of the fields

from cm_cli.domain.appraisal.proof import Source, Step  # noqa: TC001 - as above
from cm_cli.language import pick


@dataclass(frozen=True, slots=True)
class Named:
    """A code with its name in both languages."""

    code: str
    zh: str
    en: str

    @property
    def label(self) -> str:
        """The name in the language in use."""
        return pick({"zh": self.zh, "en": self.en}) or self.code


@dataclass(frozen=True, slots=True)
class ItemScore:
    """One line of the card. ``completion`` and ``score`` are percent; ``full`` is what 100 gives.

    ``weight`` is what the regulation says (a weight or a maximum); ``full`` is in points of the
    total, after left-out items gave up theirs. Unmeasured values are None and ``missing`` says why.
    """

    item: Named
    part: str
    unit: str
    better: str
    weight: Decimal
    source: Source
    target: Decimal | None = None
    actual: Decimal | None = None
    completion: Decimal | None = None
    score: Decimal | None = None
    full: Decimal | None = None
    points: Decimal | None = None
    missing: str = ""


@dataclass(frozen=True, slots=True)
class PartScore:
    """A part of the total; ``parent`` is empty for the parts of the total itself."""

    part: Named
    parent: str
    weight: Decimal
    source: Source
    full: Decimal | None = None
    points: Decimal | None = None


@dataclass(frozen=True, slots=True)
class MeritLine:
    """A bonus or penalty record; ``counted`` is None where ``why`` kept it from counting."""

    kind: str
    item: Named
    row: str
    on: date
    asked: Decimal | None
    counted: Decimal | None
    evidence: str
    verified_by: str
    why: str
    source: Source


@dataclass(frozen=True, slots=True)
class Vetoed:
    """A veto that applied: the best rating it leaves, and the records behind it."""

    veto: Named
    at_best: str
    rows: tuple[str, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class MissingItem:
    """An item or a whole part without a value: why, and what the regulation does about it."""

    item: Named
    why: str
    policy: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something a reader has to know about the value of an item; ``slug`` names the sentence."""

    item: Named
    slug: str
    field: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows the rating: the actions open to the institution, and what closed the others.

    ``rule`` is the action the regulation names, ``actions`` what is left of it; ``blocked`` holds
    the reasons given, ``slug`` a reason of the ladder itself (``highest_grade`` …).
    """

    rule: str
    actions: tuple[str, ...]
    source: Source
    name: Named | None = None
    in_addition: bool = False
    to_grade: str = ""
    blocked: tuple[str, ...] = ()
    slug: str = ""
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The appraisal of one manager for one period.

    ``total`` is None when something missing makes the regulation refuse a total. ``rating`` is the
    proposed one until ``decided`` by the person with authority.
    """

    manager: str
    name: str
    unit: str
    unit_kind: str
    grade: str
    period: str
    kind: str
    places: int
    items: tuple[ItemScore, ...]
    parts: tuple[PartScore, ...]
    merits: tuple[MeritLine, ...]
    bonus: Decimal | None
    penalty: Decimal | None
    total: Decimal | None
    rating: Named | None
    decided: bool
    vetoes: tuple[Vetoed, ...]
    missing: tuple[MissingItem, ...]
    notes: tuple[Note, ...]
    outcomes: tuple[Outcome, ...]
    steps: tuple[Step, ...]

    @property
    def refused(self) -> bool:
        """Whether something missing makes the regulation refuse a total."""
        return self.total is None

    def steps_of(self, code: str) -> tuple[Step, ...]:
        """Return the working of one item, part or record."""
        return tuple(step for step in self.steps if step.of == code)

"""Who may hold a class of clients, worked out once a class with one bit a manager.

A class is the tuple of a client's values in the order of ``CRITERIA``. Managers are numbered by
code; a set of managers is an integer, so that a class of clients costs a few ``and`` operations
and not a loop over thousands of managers. Loads play no part here.
"""

from __future__ import annotations

from collections import defaultdict
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from cm_cli.domain.assignment.criteria import CRITERIA, PREFERENCES, UNRELATED, Standing
from cm_cli.domain.assignment.facts import ACTIVE, ClientFacts, ManagerFacts
from cm_cli.errors import CmError, Exit
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from cm_cli.domain.assignment.criteria import Preference
    from cm_cli.domain.assignment.facts import Rules, RuleSpec, Trees

Class = tuple[str, ...]
class_of: Callable[[ClientFacts], Class] = attrgetter(*CRITERIA)


class Tier(NamedTuple):
    """Candidates of one rule who are equal in the preferences that come before any load.

    ``managers`` are in the order that decides between equal loads, ``grades`` the keys of that
    order; equal grades are decided by the code.
    """

    rule: int
    managers: tuple[int, ...]
    grades: tuple[tuple[float, ...], ...]


class Preferences(NamedTuple):
    """The preferences of the rules by when they are known: before loads, by load, after."""

    lead: tuple[Preference, ...]
    heat: tuple[Preference, ...]
    lot: bool
    tail: tuple[Preference, ...]


def preferences(rules: Rules) -> Preferences:
    """Split the preferences; raises CmError for an unknown one and for one that cannot count."""
    unknown = [code for code in rules.prefer if code not in PREFERENCES]
    if unknown:
        raise _refused(
            _("There is no preference “{code}”.").format(code=unknown[0]),
            _("Choose among: {codes}.").format(codes=", ".join(PREFERENCES)),
        )
    chosen = [PREFERENCES[code] for code in rules.prefer]
    first = _position(chosen, {"load", "draw"})
    later = _position(chosen[first:], {"distance", "draw"}) + first
    lot = later < len(chosen) and chosen[later].of == "draw"
    tail = () if lot else tuple(chosen[later:])
    if any(each.of in {"load", "draw"} for each in tail):
        raise _refused(
            _("A preference by load or by lot after “{code}” cannot be weighed.").format(
                code=tail[0].code
            ),
            _("Name the preferences by load one after the other."),
        )
    return Preferences(tuple(chosen[:first]), tuple(chosen[first:later]), lot, tail)


def _known(rules: Rules) -> None:
    """Refuse a rule by a dimension there is not."""
    for rule in rules.order:
        for code in rule.by:
            if code not in CRITERIA:
                raise _refused(
                    _("Rule “{rule}” assigns by “{code}”, which is no criterion.").format(
                        rule=rule.code, code=code
                    ),
                    _("Choose among: {codes}.").format(codes=", ".join(CRITERIA)),
                )


def _refused(what: str, mend: str) -> CmError:
    return CmError(what, mend=mend, slug="assignment-preference", code=Exit.CONFIG)


def _position(chosen: Sequence[Preference], kinds: set[str]) -> int:
    return next((at for at, each in enumerate(chosen) if each.of in kinds), len(chosen))


def numbers(mask: int) -> tuple[int, ...]:
    """Return the positions of the bits that are set, rising."""
    text = bin(mask)[:1:-1]
    found, at = [], text.find("1")
    while at >= 0:
        found.append(at)
        at = text.find("1", at + 1)
    return tuple(found)


def mask_of(positions: Iterable[int]) -> int:
    """Return the integer with these bits set."""
    return sum(1 << at for at in positions)


class Coverage:
    """The managers of a day and what each may hold; answers are kept for the next question."""

    def __init__(
        self, managers: Sequence[ManagerFacts], rules: Rules, trees: Trees, on: date
    ) -> None:
        self.managers = tuple(sorted(managers, key=attrgetter("code")))
        self.index = {manager.code: at for at, manager in enumerate(self.managers)}
        self.rules, self.trees = rules, trees
        _known(rules)
        self.split = preferences(rules)
        self.all = (1 << len(self.managers)) - 1
        self.in_post = mask_of(
            at for at, manager in enumerate(self.managers) if manager.status == ACTIVE
        )
        self.away = mask_of(at for at, manager in enumerate(self.managers) if manager.away(on))
        self.declares = {code: self._declares(code) for code in CRITERIA}
        self.declared = {code: self._any(masks) for code, masks in self.declares.items()}
        self._near: dict[tuple[str, str], tuple[tuple[int, int], ...]] = {}
        self._allows: dict[tuple[str, str], int] = {}
        self._stays: dict[Class, int] = {}
        self._groups: dict[str, tuple[int, ...]] = {}
        self._numbers: dict[int, tuple[int, ...]] = {}

    def _declares(self, dimension: str) -> dict[str, int]:
        found: dict[str, int] = defaultdict(int)
        for at, manager in enumerate(self.managers):
            for value in manager.declared(dimension):
                found[value] |= 1 << at
        return dict(sorted(found.items()))

    @staticmethod
    def _any(masks: dict[str, int]) -> int:
        whole = 0
        for mask in masks.values():
            whole |= mask
        return whole

    def near(self, dimension: str, value: str) -> tuple[tuple[int, int], ...]:
        """Return (distance, managers whose nearest declared value is so far), nearest first."""
        key = (dimension, value)
        if key not in self._near:
            self._near[key] = tuple(self._measure(dimension, value)) if value else ()
        return self._near[key]

    def _measure(self, dimension: str, value: str) -> Iterable[tuple[int, int]]:
        rings: dict[int, int] = defaultdict(int)
        for declared, mask in self.declares[dimension].items():
            steps = CRITERIA[dimension].distance(declared, value, self.trees)
            if steps is not None:
                rings[steps] |= mask
        seen = 0
        for steps in sorted(rings):
            yield steps, rings[steps] & ~seen
            seen |= rings[steps]

    def holds(self, dimension: str, value: str) -> int:
        """Return the managers whose declared coverage holds the value."""
        return sum(mask for _steps, mask in self.near(dimension, value))

    def allows(self, dimension: str, value: str) -> int:
        """Return the managers whose coverage, declared or not, does not exclude the value."""
        key = (dimension, value)
        if key not in self._allows:
            self._allows[key] = self.all & ~self.declared[dimension] | self.holds(*key)
        return self._allows[key]

    def fits(self, values: Class) -> int:
        """Return the managers no declared dimension of whom excludes the class."""
        mask = self.all
        for dimension, value in zip(CRITERIA, values, strict=True):
            mask &= self.allows(dimension, value)
        return mask

    def stays(self, values: Class) -> int:
        """Return the managers who may go on holding clients of the class they hold already."""
        if values not in self._stays:
            kept = self.in_post if self.rules.keep_on_leave else self.in_post & ~self.away
            self._stays[values] = self.fits(values) & kept
        return self._stays[values]

    def coarse(self, values: Class) -> Class:
        """Return the class without the values by which no manager is restricted."""
        return tuple(
            value if self.declared[dimension] else ""
            for dimension, value in zip(CRITERIA, values, strict=True)
        )

    def proposed(self, rule: RuleSpec, values: Class) -> int:
        """Return whom the rule proposes by coverage alone, whatever their status, leave, load."""
        mask = self.fits(values)
        for dimension in rule.by:
            mask &= self.declared[dimension]
        return mask

    def distance(self, at: int, values: Class) -> int:
        """Return the steps from the manager's declared region down to the class."""
        value = values[tuple(CRITERIA).index("region")]
        for steps, mask in self.near("region", value):
            if mask >> at & 1:
                return steps
        return UNRELATED

    def tiers(self, values: Class) -> tuple[Tier, ...]:
        """Return the candidates of the class in post and present, best tier first.

        A manager stands only in the first rule that proposes him: full there is full later.
        """
        left, found = self.fits(values) & self.in_post & ~self.away, []
        for number, rule in enumerate(self.rules.order):
            mask = left
            for dimension in rule.by:
                mask &= self.declared[dimension]
            left &= ~mask
            found += [self._tier(number, group, values) for group in self._ranked(mask, values)]
        return tuple(found)

    def _ranked(self, mask: int, values: Class) -> list[int]:
        groups = [mask] if mask else []
        for preference in self.split.lead:
            cuts = self._cuts(preference, values)
            groups = [group & cut for group in groups for cut in cuts if group & cut]
        return groups

    def _cuts(self, preference: Preference, values: Class) -> tuple[int, ...]:
        if preference.of == "distance":
            rings = self.near("region", values[tuple(CRITERIA).index("region")])
            return (*(mask for _steps, mask in rings), ~self.declared["region"] & self.all)
        if preference.code not in self._groups:
            groups: dict[tuple[float, ...], int] = defaultdict(int)
            for at, manager in enumerate(self.managers):
                groups[preference.key(Standing(manager))] |= 1 << at
            self._groups[preference.code] = tuple(groups[key] for key in sorted(groups))
        return self._groups[preference.code]

    def _tier(self, rule: int, mask: int, values: Class) -> Tier:
        members = self._numbers.setdefault(mask, ()) or numbers(mask)
        self._numbers[mask] = members
        if not self.split.tail:
            return Tier(rule, members, ())
        graded = sorted((self._grade(at, values), at) for at in members)
        return Tier(rule, tuple(at for _g, at in graded), tuple(grade for grade, _at in graded))

    def _grade(self, at: int, values: Class) -> tuple[float, ...]:
        standing = Standing(self.managers[at], self.distance(at, values))
        return tuple(part for each in self.split.tail for part in each.key(standing))

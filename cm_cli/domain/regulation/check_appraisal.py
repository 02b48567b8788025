"""Checks of appraisal and consequences against the rest: references, directions, what is reached.

What one section can know of itself (weights, bands of ratings) its models in ``appraisal.py``
check, what a total and the ratings can come to ``check_ratings.py``; here is what needs grades,
indicators, duties and lines.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from cm_cli.domain.records.visit import MODES
from cm_cli.domain.regulation import check_ratings
from cm_cli.domain.regulation.appraisal import OTHER, Item, Node, Part, weight_for
from cm_cli.domain.regulation.check_ratings import most, unit_kinds_of
from cm_cli.domain.regulation.references import known
from cm_cli.domain.regulation.rules import every_rule
from cm_cli.domain.regulation.scores import Banded, Linear
from cm_cli.domain.sheet import plain
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from cm_cli.domain.regulation.appraisal import Appraisal, Consequence, Merit, When
    from cm_cli.domain.regulation.nodes import Path, Source
    from cm_cli.domain.regulation.schema import Regulation

_HUNDRED = Decimal(100)
_ALWAYS_HIGHER = frozenset(
    {
        "archive_completeness",
        "clients_reached",
        "diary_completeness",
        "duty_kept",
        "in_person_share",
        "rated",
        "visits_made",
    }
)
_OUT = frozenset({"dismiss", "remove"})
_WORSE = frozenset({*_OUT, "one_grade_down", "lower_or_dismiss", "punish", "not_renew"})
_BETTER = frozenset(
    {
        "one_grade_up", "skip_grade_up", "raise", "one_grade_up_or_raise", "one_off_reward",
        "commend", "renew",
    }
)  # fmt: skip


def check_all(regulation: Regulation, source: Source, records: Collection[str]) -> None:
    """Note what makes no sense between the appraisal, its consequences and the regulation."""
    if regulation.appraisal is None:
        if regulation.consequences:
            what = _("There are consequences but no `appraisal:`")
            source.add("consequence-without-appraisal", ("consequences",), what)
        return
    for path, rule in every_rule(regulation.appraisal, ("appraisal",)):
        if isinstance(rule, Node):
            _unit_kinds(regulation, rule, source, path)
        if isinstance(rule, Item):
            _measures(regulation, rule, source, (*path, "measure"), records)
            _direction(regulation, rule, source, (*path, "score"))
            _deduction(rule, source, (*path, "score"))
    check_ratings.check_all(regulation.appraisal, source)
    _cliffs(regulation.appraisal, source)
    _merits(regulation.appraisal, source)
    _consequences(regulation, regulation.appraisal, source)


def _unit_kinds(regulation: Regulation, node: Node, source: Source, path: Path) -> None:
    if isinstance(node.weight, dict):
        kinds = [kind.code for kind in regulation.unit_kinds]
        for kind in node.weight:
            known(source, (*path, "weight", kind), kind, [*kinds, OTHER], _("unit kind"))


def _measures(
    regulation: Regulation, item: Item, source: Source, path: Path, records: Collection[str]
) -> None:
    """Check that what an item looks at is in the regulation."""
    indicators = [indicator.code for indicator in regulation.indicators]
    duties = [duty.code for duty in regulation.duties]
    wanted = (
        ("indicator", item.measure.indicator, indicators, _("indicator")),
        ("of", item.measure.of, indicators, _("indicator")),
        ("duty", item.measure.duty, duties, _("duty")),
        ("record", item.measure.record, sorted(records), _("record")),
    )
    for key, word, words, what in wanted:
        if word:
            known(source, (*path, key), word, words, what)
    for key, modes in (("modes", item.measure.modes), ("against", item.measure.against)):
        modes_known(source, (*path, key), modes)
    units = {one.code: one.unit for one in regulation.indicators}
    if item.measure.of and item.measure.of == item.measure.indicator:
        what = _("A share of itself is always 100 percent")
        source.add("contradiction", (*path, "of"), what, value=item.measure.of)
    if item.measure.of and units.get(item.measure.of) != units.get(item.measure.indicator):
        what = _("A share needs two indicators of one unit")
        source.add("wrong-unit", (*path, "of"), what, value=units.get(item.measure.of, ""))


def modes_known(source: Source, path: Path, modes: tuple[str, ...]) -> None:
    """Note every mode that no visit has."""
    for at, mode in enumerate(modes):
        known(source, (*path, at), mode, [one.code for one in MODES], _("mode of a visit"))


def _direction(regulation: Regulation, item: Item, source: Source, path: Path) -> None:
    """Check that the score rises with a result that should be high, and else falls."""
    rises = _rises(item)
    better = {one.code: one.better for one in regulation.indicators}
    wanted = better.get(item.measure.indicator, item.measure.better or "")
    if item.measure.kind in _ALWAYS_HIGHER:
        wanted = "higher"
    if getattr(item.score, "basis", "") == "completion":
        wanted = "higher"
    if rises is None or not wanted or rises == (wanted == "higher"):
        return
    what = _("The score falls when the result gets better ({better} is better)")
    words = {"higher": _("higher"), "lower": _("lower")}
    source.add("score-falls", path, what.format(better=words[wanted]), value=item.code)


def _deduction(item: Item, source: Source, path: Path) -> None:
    """Check that events take points off."""
    score = item.score
    if score.kind == "deduction" and score.floor >= score.start:
        what = _("`floor:` has to be under `start:`")
        source.add("contradiction", (*path, "floor"), what, value=plain(score.floor))


def _rises(item: Item) -> bool | None:
    """Say whether the score rises with the value measured; None where it says nothing of it."""
    score = item.score
    if isinstance(score, Linear):
        return score.zero_at < score.full_at
    if isinstance(score, Banded):
        points = [score.below, *(band.points for band in score.bands)]
        return None if len(set(points)) == 1 else points[0] < points[-1]
    if score.kind == "as_is":
        return True
    return False if score.kind == "deduction" else None


def _cliffs(appraisal: Appraisal, source: Source) -> None:
    """Check that no single step of a score brings more points than the regulation allows."""
    limit = appraisal.cliff_at_most
    if limit is None:
        return
    weighted = appraisal.total.kind == "weighted"
    for kind in unit_kinds_of(appraisal):
        whole = _HUNDRED if weighted else None
        for path, item, full in _fulls(
            appraisal.total.parts, whole, kind, ("appraisal", "total", "parts")
        ):
            jump = _steepest(item) * full / _HUNDRED
            if jump > limit.points:
                what = _("One step brings {jump} points of the total; at most {most} are allowed")
                what = what.format(jump=plain(jump), most=plain(limit.points))
                source.add("cliff", (*path, "score"), what, value=item.code)


def _fulls(
    nodes: tuple[Part, ...] | tuple[Item, ...], whole: Decimal | None, kind: str, path: Path
) -> Iterator[tuple[Path, Item, Decimal]]:
    """Yield every item with the points of the total that its score of 100 brings."""
    for at, node in enumerate(nodes):
        share = weight_for(node, kind) or Decimal(0)
        full = (
            node.maximum if whole is None or node.maximum is not None else whole * share / _HUNDRED
        )
        here = (*path, at)
        if isinstance(node, Item):
            yield here, node, full or Decimal(0)
        elif isinstance(node, Part):
            key = "items" if node.items else "parts"
            yield from _fulls(node.items or node.parts, full, kind, (*here, key))


def _steepest(item: Item) -> Decimal:
    """Return the largest step between two values next to each other, in points of 100."""
    if item.score.kind == "full":
        return _HUNDRED
    if isinstance(item.score, Banded):
        points = [item.score.below, *(band.points for band in item.score.bands)]
        return max(abs(one - other) for one, other in pairwise(points))
    return Decimal(0)


def _merits(appraisal: Appraisal, source: Source) -> None:
    """Check that one event's points fit under the limits that hold for all."""
    for section, limit in (
        ("bonus", appraisal.bonus_at_most),
        ("penalty", appraisal.penalty_at_most),
    ):
        merits: tuple[Merit, ...] = getattr(appraisal, section)
        for at, merit in enumerate(merits):
            path: Path = ("appraisal", section, at)
            if merit.points and merit.max_per_event and merit.points > merit.max_per_event:
                what = _("`points:` is above `max_per_event:`, which cuts them")
                source.add("merit-over-limit", (*path, "points"), what, value=plain(merit.points))
                continue
            each = merit.points or merit.max_per_event or Decimal(0)
            limits = [merit.max_in_all, limit.points if limit else None]
            most = min((one for one in limits if one is not None), default=each)
            if each > most:
                what = _("One event counts more than all may together ({points})")
                source.add("merit-over-limit", path, what.format(points=most), value=str(each))


def _consequences(regulation: Regulation, appraisal: Appraisal, source: Source) -> None:
    ratings = [rating.code for rating in appraisal.ratings]
    for at, rule in enumerate(regulation.consequences):
        path: Path = ("consequences", at)
        penalties = [one.code for one in appraisal.penalty]
        if rule.when.penalty:
            place = (*path, "when", "penalty")
            known(source, place, rule.when.penalty, penalties, _("penalty"))
        if rule.applies not in appraisal.periods:
            what = _("This period is not appraised")
            source.add("period-not-appraised", (*path, "applies"), what, value=rule.applies)
        earlier = regulation.consequences[:at]
        _reached(rule, earlier, source, path)
        _in_range(rule.when, appraisal, source, (*path, "when"))
        for line in dict.fromkeys(grade.line for grade in regulation.grades):
            ladder = [grade.code for grade in regulation.grades if grade.line == line]
            _has_a_grade_to_go(ladder, rule, earlier, source, path)
    _no_reversal(regulation.consequences, ratings, source)


def _reached(
    rule: Consequence, earlier: tuple[Consequence, ...], source: Source, path: Path
) -> None:
    """Check that no earlier consequence takes every case of this one, or says the contrary."""
    same = [one for one in earlier if one.applies == rule.applies]
    twin = next((one for one in same if one.when == rule.when), None)
    if twin and twin.then == rule.then:
        source.add("code-twice", path, _("This consequence stands twice"), value=rule.then)
    elif twin and not (rule.in_addition or twin.in_addition):
        what = _("The same condition leads to “{then}” above").format(then=twin.then)
        source.add("consequence-contradicts", path, what, value=rule.then)
    elif not rule.in_addition and any(
        _covers(one.when, rule.when) for one in same if not one.in_addition
    ):
        what = _("This consequence is never reached: one above it takes every such case")
        source.add("consequence-unreachable", path, what, value=rule.then)


def _covers(wide: When, narrow: When) -> bool:
    """Say whether every case of the narrow condition is one of the wide."""
    if wide.restarts_after_promotion and not narrow.restarts_after_promotion:
        return False
    return (
        wide.rating in {"", narrow.rating}
        and wide.grade in {"", narrow.grade}
        and (wide.years_running or 1) <= (narrow.years_running or 1)
        and wide.huge_benefit in {None, narrow.huge_benefit}
        and wide.penalty in {"", narrow.penalty}
        and _range_covers(wide, narrow)
    )


def _range_covers(wide: When, narrow: When) -> bool:
    """Say whether the scores of the narrow condition are all within those of the wide."""
    if wide.at_least is None and wide.below is None:
        return True
    if wide.item != narrow.item:
        return False
    low = wide.at_least is None or (
        narrow.at_least is not None and narrow.at_least >= wide.at_least
    )
    high = wide.below is None or (narrow.below is not None and narrow.below <= wide.below)
    return low and high


def _has_a_grade_to_go(
    ladder: list[str],
    rule: Consequence,
    earlier: tuple[Consequence, ...],
    source: Source,
    path: Path,
) -> None:
    """One grade down needs a grade below, one up a grade above, for whoever gets so far."""
    ends = {"one_grade_down": 0, "one_grade_up": -1, "skip_grade_up": -1}
    if rule.then not in ends or not ladder:
        return
    end = ladder[ends[rule.then]]
    if rule.when.grade not in {"", end}:
        return
    at_end = rule.when.model_copy(update={"grade": end})
    same = [one for one in earlier if one.applies == rule.applies and not one.in_addition]
    if not any(_covers(one.when, at_end) for one in same):
        what = _("“{grade}” has no grade to go to; say first what happens to it").format(grade=end)
        source.add("no-grade-to-go", path, what, value=rule.then)


def _in_range(when: When, appraisal: Appraisal, source: Source, path: Path) -> None:
    """Check that the range of a condition holds some scores and leaves out others."""
    item = next((one for one in appraisal.items() if one.code == when.item), None)
    if when.item and item is None:
        return
    highest = most(item) if item else check_ratings.highest(appraisal)
    more = item is None and bool(appraisal.bonus)  # points beyond the items
    if when.at_least is not None and when.at_least > highest and not more:
        what = _("No score is so high: {points} at most").format(points=plain(highest))
        source.add("condition-never", (*path, "at_least"), what, value=plain(when.at_least))
    if when.below is not None and when.below > highest:
        what = _("Every score is below this: {points} at most").format(points=plain(highest))
        source.add("condition-always", (*path, "below"), what, value=plain(when.below))
    if when.below is not None and when.below <= 0:
        what = _("No score is below this")
        source.add("condition-never", (*path, "below"), what, value=plain(when.below))


def _no_reversal(rules: tuple[Consequence, ...], ratings: list[str], source: Source) -> None:
    """Check that a better rating is not punished where a worse one is rewarded."""
    rewarded = [
        ratings.index(rule.when.rating)
        for rule in rules
        if rule.then in _BETTER and rule.when.rating in ratings and not rule.when.huge_benefit
    ]
    for at, rule in enumerate(rules):
        punished = rule.then in _WORSE and rule.when.rating in ratings
        if punished and rewarded and ratings.index(rule.when.rating) <= max(rewarded):
            what = _("This rating is punished, and one no better is rewarded")
            place = ("consequences", at, "then")
            source.add("consequence-reversed", place, what, value=rule.then)
    for at, rule in enumerate(rules):
        harder = [
            one
            for one in rules
            if rule.when.rating in ratings
            and one.when.rating in ratings
            and ratings.index(one.when.rating) > ratings.index(rule.when.rating)
            and one.when.grade == rule.when.grade
            and one.then in _WORSE
        ]
        if rule.then in _OUT and any(one.then not in _OUT for one in harder):
            what = _("This rating loses the post, and a worse one does not")
            source.add("consequence-reversed", ("consequences", at, "then"), what, value=rule.then)

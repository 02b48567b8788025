"""Checks of sense of the sections: pay that falls, states nobody reaches, tables with a gap.

References and codes are checked for all sections alike in ``references.py``; what one rule can
know of itself its model refuses. Here is what needs two rules, or a rule and its list.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, get_args

from cm_cli.domain.assignment.criteria import CRITERIA
from cm_cli.domain.regulation import references
from cm_cli.domain.regulation.check_appraisal import modes_known
from cm_cli.domain.regulation.references import counted, known, twice
from cm_cli.domain.regulation.sections.pay import HUNDRED, Component, Table
from cm_cli.domain.regulation.sections.staffing import meets_no_less
from cm_cli.domain.regulation.sections.work import ABOUT
from cm_cli.domain.sheet import plain
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from decimal import Decimal

    from cm_cli.domain.regulation.base import Rhythm
    from cm_cli.domain.regulation.nodes import Path, Source
    from cm_cli.domain.regulation.schema import Regulation
    from cm_cli.domain.regulation.sections.organisation import Structure
    from cm_cli.domain.regulation.sections.staffing import Entry, Norm
    from cm_cli.domain.regulation.sections.targets import Split, Target
    from cm_cli.domain.regulation.sections.work import Deadline, Duty, Workflow

MONEY = ("元", "万元", "亿元")
_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_LONG = frozenset({"month", "quarter", "half_year", "year"})


def check_all(regulation: Regulation, source: Source, records: Collection[str]) -> None:
    """Note what makes no sense within the sections and between them."""
    _pay(regulation, source)
    _awards(regulation, source)
    _posts(regulation, source)
    _entry(regulation.entry, source)
    _entrants(regulation, source)
    _forms(regulation, source)
    _norms(regulation, source)
    for at, flow in enumerate(regulation.workflows):
        _states(flow, source, ("workflows", at))
    _events(regulation, source, records)
    _deadlines(regulation, source)
    _targets(regulation, source)
    _structures(regulation, source)
    _ways(regulation, source)
    _covers(regulation, source)
    for path, code, to in references.idle(regulation):
        what = _("Nothing refers to this {what}").format(what=references.named_sort(to))
        mend = _("Leave it out, or use it where it belongs.")
        source.add("idle", path, what, value=code, mend=mend, note=True)


def _pay(regulation: Regulation, source: Source) -> None:
    if regulation.pay is None:
        return
    base: Path = ("pay", "components")
    for at, one in enumerate(regulation.pay.components):
        path = (*base, at)
        if one.table:
            _table(regulation, one, one.table, source, (*path, "table"))
        _commission(one, source, path)
        units = {each.code: each.unit for each in regulation.indicators}
        if one.kind == "commission" and units.get(one.indicator or "", "元") not in MONEY:
            what = _("A commission is percent of money, and this indicator is none")
            source.add("wrong-unit", (*path, "indicator"), what, value=units[one.indicator or ""])


def _table(
    regulation: Regulation, one: Component, table: Table, source: Source, path: Path
) -> None:
    """Check that a table has a number for each code, and none that falls as it should rise."""
    paid = one.grades if table.by == "grade" else ()
    if table.by == "level":
        ordered = sorted(filter(counted, table.values), key=int)
        for key in table.values:
            if counted(key) is None:
                what = _("A pay level is a whole number")
                mend = _("Write digits only, as 3.")
                source.add("wrong-shape", (*path, "values", key), what, value=key, mend=mend)
    else:
        ordered = references.CODES[table.by](regulation)
        for key in table.values:
            known(source, (*path, "values", key), key, ordered, references.named_sort(table.by))
        wanted = [code for code in ordered if not paid or code in paid]
        missing = [code for code in wanted if code not in table.values]
        if missing and table.by in {"grade", "rating"}:
            what = _("The table says nothing of {codes}").format(codes=", ".join(missing))
            layered = regulation.extends is not None  # the parent's table knows the parent's
            source.add("table-gap", (*path, "values"), what, note=layered)
    if table.by == "rating":
        ordered = ordered[::-1]  # written best to worst
    if table.by in {"grade", "rating", "level"}:
        present = [code for code in ordered if code in table.values]
        _rising(regulation, table, present, source, (*path, "values"))


def _rising(
    regulation: Regulation, table: Table, ordered: list[str], source: Source, path: Path
) -> None:
    """Check that nobody higher gets less; ladders are compared each for itself."""
    for lower, higher in pairwise(ordered):
        if table.by == "grade" and higher not in regulation.ladder_with(lower):
            continue  # the next ladder begins
        if table.values[higher] < table.values[lower]:
            what = _("“{higher}” gets less than “{lower}”, which is lower")
            what = what.format(higher=higher, lower=lower)
            source.add("pay-falls", (*path, higher), what, value=plain(table.values[higher]))


def _commission(one: Component, source: Source, path: Path) -> None:
    """Check that more result never brings less, and say where it jumps."""
    for at, (lower, upper) in enumerate(pairwise(one.tiers), 1):
        place = (*path, "tiers", at, "percent")
        before = upper.at_least * lower.percent / HUNDRED
        after = upper.at_least * upper.percent / HUNDRED
        if not one.marginal and after < before:
            what = _("At {limit} the commission falls from {before} to {after}")
            what = what.format(
                limit=plain(upper.at_least), before=plain(before), after=plain(after)
            )
            source.add("pay-falls", place, what, value=plain(upper.percent))
        elif not one.marginal and after > before:
            what = _("At {limit} the commission jumps from {before} to {after}")
            what = what.format(
                limit=plain(upper.at_least), before=plain(before), after=plain(after)
            )
            mend = _("Write `marginal: true` so that each tier counts for its own part.")
            source.add("cliff", place, what, value=plain(upper.percent), mend=mend, note=True)
        elif upper.percent == lower.percent:
            what = _("Both tiers bring the same")
            source.add("tier-idle", place, what, value=plain(upper.percent))


def _awards(regulation: Regulation, source: Source) -> None:
    kinds = [one.code for one in regulation.employment]
    for at, award in enumerate(regulation.awards):
        path: Path = ("awards", at)
        again = award.again
        if again and award.every == "event":
            what = _("An award of every event is not won years running")
            source.add("award-again", (*path, "again"), what, value=award.code)
        for i, code in enumerate(again.employment if again else ()):
            place = (*path, "again", "employment", i)
            known(source, place, code, kinds, _("kind of employment"))
        size = award.size
        if size and size.of and size.to > HUNDRED:
            what = _("The award is more than the whole it is a part of")
            source.add("out-of-range", (*path, "size", "to"), what, value=plain(size.to))


def _posts(regulation: Regulation, source: Source) -> None:
    codes = [post.code for post in regulation.posts]
    for at, post in enumerate(regulation.posts):
        for i, code in enumerate(post.leads_to):
            known(source, ("posts", at, "leads_to", i), code, codes, _("post"))
            if code == post.code:
                what = _("A post does not lead to itself")
                source.add("contradiction", ("posts", at, "leads_to", i), what, value=code)


def _entry(ways: tuple[Entry, ...], source: Source) -> None:
    """Check that no way above takes everybody a way below is for."""
    for at, way in enumerate(ways):
        above = next((one for one in ways[:at] if _takes_all(one, way)), None)
        if above:
            what = _("This way is never reached: “{code}” above takes everybody it is for")
            source.add("entry-unreachable", ("entry", at), what.format(code=above.code))


def _entrants(regulation: Regulation, source: Source) -> None:
    """Check that who may enter may also manage clients."""
    may = {one.code: one.may_manage for one in regulation.employment}
    for at, way in enumerate(regulation.entry):
        for i, code in enumerate(way.employment):
            if not may.get(code, True):
                what = _("People of this employment may not manage clients")
                source.add("contradiction", ("entry", at, "employment", i), what, value=code)


def _forms(regulation: Regulation, source: Source) -> None:
    """Check that what a form demands can be there."""
    for at, form in enumerate(regulation.forms):
        most = {one.code: one.at_most for one in form.fields if one.at_most is not None}
        for i, demand in enumerate(form.met):
            if all(code in most and most[code] < demand.at_least for code in demand.any_of):
                what = _("The form has no room for as many as are demanded")
                place = ("forms", at, "met", i, "at_least")
                source.add("contradiction", place, what, value=str(demand.at_least))


def _takes_all(wide: Entry, narrow: Entry) -> bool:
    figure = wide.figure is None or (
        narrow.figure is not None
        and narrow.figure.of == wide.figure.of
        and narrow.figure.at_least >= wide.figure.at_least
    )
    return (
        set(wide.passed) <= set(narrow.passed)
        and (not wide.employment or set(narrow.employment or ("",)) <= set(wide.employment))
        and figure
        and (wide.requires is None or meets_no_less(narrow.requires, wide.requires))
    )


def _norms(regulation: Regulation, source: Source) -> None:
    """Check the classes norms name, and that no two norms of the same thing contradict."""
    classes = [band.code for scheme in regulation.classes for band in scheme.bands]
    seen: dict[tuple[object, ...], list[Norm]] = {}
    for at, norm in enumerate(regulation.norms):
        if norm.class_ is not None:
            known(source, ("norms", at, "class"), norm.class_, classes, _("client class"))
        key = (norm.counts, norm.per, norm.unit_kind, norm.staff, norm.class_, norm.team)
        earlier = seen.setdefault(key, [])
        other = next((one for one in earlier if not _both_kept(one, norm)), None)
        if other:
            what = _("This norm and “{code}” cannot both be kept").format(code=other.code)
            source.add("norms-contradict", ("norms", at), what, value=norm.code)
        earlier.append(norm)


def _both_kept(one: Norm, other: Norm) -> bool:
    lows = [norm.at_least for norm in (one, other) if norm.at_least is not None]
    highs = [norm.at_most for norm in (one, other) if norm.at_most is not None]
    return not lows or not highs or max(lows) <= min(highs)


def _states(flow: Workflow, source: Source, path: Path) -> None:
    """Check that every state of a workflow is reached from its beginning."""
    reached, fresh = {""}, [""]
    while fresh:
        following = [state for one in fresh for state in flow.next_states(one)]
        fresh = [state for state in dict.fromkeys(following) if state not in reached]
        reached.update(fresh)
    for at, step in enumerate(flow.steps):
        if step.state not in reached:
            what = _("Nothing leads to this state")
            source.add("state-unreachable", (*path, "steps", at), what, value=step.state)
        twice(
            source, (*path, "steps", at, "after"), [((i,), one) for i, one in enumerate(step.after)]
        )


def _events(regulation: Regulation, source: Source, records: Collection[str]) -> None:
    """Check that what a duty comes after can happen."""
    states = [step.state for flow in regulation.workflows for step in flow.steps]
    forms = [form.code for form in regulation.forms]
    sections = (*regulation.events, *regulation.workflows, *regulation.gates)
    happens = {*records, *forms, *states, *(one.code for one in sections), *get_args(ABOUT)}
    for at, duty in enumerate(regulation.duties):
        if duty.after:
            place = ("duties", at, "after", "event")
            known(
                source, place, duty.after.event, sorted(happens), _("event, record, form or state")
            )
            # a state may have its day beforehand (到期), a record or sheet never has
            days, warn = duty.after.days, duty.after.warn
            if warn and warn >= days and (days or duty.after.event in {*records, *forms}):
                what = _("It is pressed before it has happened")
                place = ("duties", at, "after", "warn")
                source.add("reminder-too-early", place, what, value=str(warn))


def _deadlines(regulation: Regulation, source: Source) -> None:
    dated: list[tuple[Path, Rhythm | None, Deadline | None]] = [
        (("duties", at), duty.every, duty.deadline) for at, duty in enumerate(regulation.duties)
    ]
    dated += [
        (("reports", at), one.every, one.deadline) for at, one in enumerate(regulation.reports)
    ]
    for path, every, deadline in dated:
        if deadline is None:
            continue
        place = (*path, "deadline")
        if deadline.weekday is not None and every != "week":
            what = _("Only what is weekly is due on a day of the week")
            source.add("deadline-odd", (*place, "weekday"), what, value=str(deadline.weekday))
        if deadline.day is not None and every not in _LONG:
            what = _("Only what is monthly or rarer is due on a day of the month")
            source.add("deadline-odd", (*place, "day"), what, value=str(deadline.day))
        if every in {None, "event"}:
            what = _("A deadline needs `every:` with a week, month or year")
            source.add("deadline-odd", place, what)
    for at, duty in enumerate(regulation.duties):
        _share(duty, source, ("duties", at))


def _share(duty: Duty, source: Source, path: Path) -> None:
    if duty.share and duty.record != "visit":
        what = _("Only visits have modes")
        source.add("contradiction", (*path, "share"), what, value=duty.record)
    modes_known(source, (*path, "share", "modes"), duty.share.modes if duty.share else ())
    if duty.share and duty.share.more_than >= HUNDRED:
        what = _("No share is more than 100 percent")
        value = plain(duty.share.more_than)
        source.add("out-of-range", (*path, "share", "more_than"), what, value=value)


def _targets(regulation: Regulation, source: Source) -> None:
    for at, target in enumerate(regulation.targets):
        if target.split:
            _split(target, target.split, source, ("targets", at, "split"))
        if target.amount is not None and target.floor is not None and target.floor > target.amount:
            what = _("The floor is above the target")
            floor = plain(target.floor)
            source.add("contradiction", ("targets", at, "floor"), what, value=floor)


def _split(target: Target, split: Split, source: Source, path: Path) -> None:
    """Check that a period is split into shorter ones, with a share for each."""
    if target.every == split.into:
        what = _("A target of a {every} is not split into the same").format(every=target.every)
        source.add("contradiction", (*path, "into"), what, value=split.into)
    elif split.into in _MONTHS:
        wanted = _MONTHS.get(target.every, 0) // _MONTHS[split.into]
        if not wanted:
            what = _("A {every} is shorter than a {into}")
            what = what.format(every=target.every, into=split.into)
            source.add("contradiction", (*path, "into"), what, value=split.into)
        elif split.shares and len(split.shares) != wanted:
            what = _("A {every} split into {into}s has {wanted} shares")
            what = what.format(every=target.every, into=split.into, wanted=wanted)
            source.add("split-short", (*path, "shares"), what, value=str(len(split.shares)))


def _structures(regulation: Regulation, source: Source) -> None:
    """Check what structures fit, and that each serves something none above it serves."""
    answers = {axis.code: [one.code for one in axis.answers] for axis in regulation.axes}
    for at, structure in enumerate(regulation.structures):
        path: Path = ("structures", at, "fits")
        for axis, answer in structure.fits.items():
            known(source, (*path, axis), axis, answers, _("question"))
            if axis in answers:
                known(source, (*path, axis), answer, answers[axis], _("answer"))
        earlier = [one for one in regulation.structures[:at] if _serves(one, structure, answers)]
        above = earlier[0] if earlier and answers else None
        if above:
            what = _("This structure is never advised: “{code}” above serves all it serves")
            source.add("structure-unreachable", path, what.format(code=above.code))


def _serves(wide: Structure, narrow: Structure, answers: dict[str, list[str]]) -> bool:
    """Say whether one structure serves at least as much as another on every question."""

    def reach(structure: Structure, axis: str) -> int:
        word = structure.fits.get(axis)
        return answers[axis].index(word) if word in answers[axis] else len(answers[axis])

    return all(reach(wide, axis) >= reach(narrow, axis) for axis in answers)


def _ways(regulation: Regulation, source: Source) -> None:
    if regulation.assignment is None:
        return
    for at, way in enumerate(regulation.assignment.ways):
        for i, word in enumerate(way.by):
            place = ("assignment", "ways", at, "by", i)
            known(source, place, word, CRITERIA, _("assignment criterion"))
    seen: dict[str | None, Decimal] = {}
    for at, load in enumerate(regulation.assignment.loads):
        if load.grade in seen:
            what = _("The load of this grade stands twice")
            source.add("code-twice", ("assignment", "loads", at), what, value=load.grade or "")
        seen[load.grade] = load.clients  # type: ignore[assignment]


def _covers(regulation: Regulation, source: Source) -> None:
    """Check that what is said to hold a rule is there, and no rule of another system is named."""
    systems = regulation.systems
    for rule, places in regulation.covers.items():
        path: Path = ("covers", rule)
        if systems and rule.split(".")[0] not in systems:
            known(source, path, rule.split(".")[0], systems, _("system"))
        for place in (part.strip() for part in places.split(",")):
            if not (exists(regulation, place) or regulation.extends):  # a layer may take it away
                what = _("There is nothing at this place of the file")
                source.add("covers-nothing", path, what, value=place)
    for at, note in enumerate(regulation.notes):
        for i, rule in enumerate(note.rules):
            if systems:
                known(source, ("notes", at, "rules", i), rule.split(".")[0], systems, _("system"))


def exists(regulation: Regulation, place: str) -> bool:
    """Say whether a place like ``grades.senior.cap`` is in the regulation and not empty."""
    part: object = regulation
    for step in place.split("."):
        part = step_into(part, step)
    return part not in (None, (), "", {})


def step_into(part: object, step: str) -> object:
    """Return what is under a key, or the one of a list that has that code."""
    from pydantic import BaseModel

    if isinstance(part, BaseModel):
        names = {info.alias or name: name for name, info in type(part).model_fields.items()}
        return getattr(part, names[step]) if step in names else None
    if isinstance(part, dict):
        return part.get(step)
    if isinstance(part, tuple):
        for key in ("code", "state", "rating", "grade"):
            for one in part:
                if getattr(one, key, None) == step:
                    return one
        at = 0 if step == "0" else counted(step)
        return None if at is None or at >= len(part) else part[at]
    return None


def idle_articles(regulation: Regulation, cited: Iterable[str], noted: Iterable[str]) -> list[int]:
    """Return the articles of the source that no rule stands on and no note names."""
    used = {article.split("(")[0].split("-")[0] for article in cited}
    used |= {article.split("(")[0] for article in noted}
    spans = [part.split("-") for part in used if "-" in part]
    for first, last, *_more in spans:
        ends = counted(first), counted(last)
        if ends[0] and ends[1]:
            used |= {str(n) for n in range(ends[0], ends[1] + 1)}
    lost = regulation.lost_articles
    return [
        n for n in range(1, (regulation.articles or 0) + 1) if str(n) not in used and n not in lost
    ]

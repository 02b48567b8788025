"""The tables of a regulation on people, clients, work and courses of decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cm_cli.domain.classes import measure_name
from cm_cli.domain.records.manager import EDUCATION
from cm_cli.domain.regulation.saying import cited, plainly, says, source_text, summary
from cm_cli.domain.regulation.telling import (
    Table,
    Told,
    named,
    source_column,
    told,
    told_whole,
)
from cm_cli.domain.sheet import Column, plain
from cm_cli.language import _, later, pick

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cm_cli.domain.regulation.base import Sourced
    from cm_cli.domain.regulation.schema import (
        Assignment,
        Cap,
        Duty,
        Grade,
        Regulation,
        Requirement,
        Scheme,
    )
    from cm_cli.domain.regulation.sections.work import Workflow

_RHYTHMS = {
    "workday": later("every working day"),
    "day": later("every day"),
    "week": later("every week"),
    "month": later("every month"),
    "quarter": later("every quarter"),
    "half_year": later("every half-year"),
    "year": later("every year"),
    "event": later("whenever it happens"),
}


def grades(regulation: Regulation) -> Table:
    """Return the ladder."""
    lines = any(grade.line for grade in regulation.grades)
    rows = [
        told_whole(
            (grade.code, named(grade.name, grade.aliases), *([_line(regulation, grade)] * lines),
             _cap(grade.cap), _needs(grade.requires), source_text(grade)),
            grade,
        )
        for grade in regulation.grades
    ]  # fmt: skip
    columns = [Column("code", _("Code"), "code"), Column("name", _("Grade"))]
    columns += [Column("line", _("Line of business"))] * lines
    columns += [Column("cap", _("At most")), Column("requires", _("Requires")), source_column()]
    return Table("grades", _("Grades, low to high"), tuple(columns), rows)


def _line(regulation: Regulation, grade: Grade) -> str:
    names = {line.code: pick(line.name.both()) for line in regulation.lines}
    return names.get(grade.line or "", grade.line or "")


def _cap(cap: Cap | None) -> str:
    if cap is None:
        return ""
    of = _("of the unit") if cap.of == "unit" else _("of all")
    return f"{plain(cap.percent)}% {of}, {source_text(cap)}"


def _needs(needs: Requirement | None) -> str:
    if needs is None:
        return ""
    said = []
    if needs.education:
        words = next(one.names for one in EDUCATION if one.code == needs.education)
        said.append(_("{education} or higher").format(education=pick(words)))
    if needs.years_in_post is not None:
        said.append(_("{years} years in post").format(years=plain(needs.years_in_post)))
    if needs.related_years is not None:
        said.append(_("{years} years of related work").format(years=plain(needs.related_years)))
    if needs.certificate:
        said.append(_("holds {certificate}").format(certificate=needs.certificate))
    if needs.qualities:
        said.append(f"qualities: {plainly(needs.qualities)}")
    return ", ".join([*said, source_text(needs)])


def classes(regulation: Regulation) -> Table:
    """Return the ways of classing clients with their classes."""
    rows: list[Told] = []
    for scheme in regulation.classes:
        rows += _scheme_rows(scheme)
    columns = [Column("scheme", _("Scheme"), "code"), Column("code", _("Code"), "code")]
    columns += [Column("name", _("Class")), Column("from", _("From (included)")), source_column()]
    return Table("classes", _("Client classes, high to low"), tuple(columns), rows)


def _scheme_rows(scheme: Scheme) -> Iterator[Told]:
    """Yield a scheme, its classes, and what it says besides: factors, core, groups, review."""
    what = summary(scheme, ("code", "measure", "unit"))
    what = "; ".join(filter(None, (measure_name(scheme), scheme.unit, what)))
    yield told((scheme.code, "", named(scheme.name), what, source_text(scheme)), scheme)
    for band in scheme.bands:
        served = [summary(band, ("code", "from_"))]
        served += [pick(one.name.both()) for one in (*band.served, *band.standard)]
        limit = "; ".join(filter(None, (_from(scheme, band.from_), *served)))
        name = named(band.name, band.aliases)
        yield told((scheme.code, band.code, name, limit, source_text(band)), band)
    for factor in scheme.factors:
        weight = _("weight {weight}").format(weight=plain(factor.weight))
        row = (scheme.code, factor.code, named(factor.name), weight, source_text(factor))
        yield told(row, factor)
    for group in scheme.groups:
        row = (
            scheme.code,
            group.code,
            named(group.name),
            " ".join(group.classes),
            source_text(group),
        )
        yield told(row, group)
    for key, rule in (("top", scheme.top), ("review", scheme.review)):
        if rule:
            yield told((scheme.code, key, "", summary(rule), source_text(rule)), rule)


def _from(scheme: Scheme, limit: Any) -> str:
    if scheme.measure in {"by_hand", "top_share"}:
        return measure_name(scheme)
    if limit is None:
        return _("all below")
    return f"{measure_name(scheme)} {plain(limit)} {scheme.unit}"


def duties(regulation: Regulation) -> Table:
    """Return what is owed."""
    roles = {role.code: pick(role.name.both()) for role in regulation.roles}
    rows = [
        told_whole(
            (duty.code, pick(duty.name.both()), duty.record, _rhythm(duty),
             _inspected(duty, roles), source_text(duty)),
            duty,
        )
        for duty in regulation.duties
    ]  # fmt: skip
    columns = [Column("code", _("Code"), "code"), Column("name", _("Duty"))]
    columns += [Column("record", _("Record"), "code"), Column("every", _("How often"))]
    columns += [Column("inspected", _("Inspected by")), source_column()]
    return Table("duties", _("Duties"), tuple(columns), rows)


def _rhythm(duty: Duty) -> str:
    """Say how often and by when, by whom and what with, each where the rule says it."""
    said: list[str] = [_often(duty.every)]
    if duty.cycle:
        days = ", ".join(
            _("{code} {days} days").format(code=code, days=days)
            for code, days in duty.cycle.days.items()
        )
        said.append(f"{days}; {cited(duty.cycle, ('days',))}")
    if duty.after:
        what = _("{days} days after {event}")
        after = what.format(days=duty.after.days, event=duty.after.event)
        after += f" ({_('workdays')})" if duty.after.workdays else ""
        said.append(f"{after}, {cited(duty.after, ('days', 'event', 'workdays'))}")
    if duty.deadline:
        said.append(cited(duty.deadline))
    if duty.at_least > 1:
        said.append(_("at least {count}").format(count=duty.at_least))
    if duty.grace:
        said.append(f"grace: {cited(duty.grace)}")
    if duty.share:
        said.append(cited(duty.share))
    for key in ("by", "grades", "unit_kinds"):
        words = getattr(duty, key)
        said += [f"{key}: {' '.join(words)}"] if words else []
    said += [", ".join(pick(one.name.both()) for one in duty.contents)]
    return "; ".join(filter(None, said))


def _often(every: str | None) -> str:
    return _(_RHYTHMS[every]) if every else ""


def _inspected(duty: Duty, roles: Mapping[str, str]) -> str:
    inspected = duty.inspected
    if inspected is None:
        return ""
    by = roles.get(inspected.by, inspected.by)
    return f"{by}, {_often(inspected.every)}, {cited(inspected, ('by', 'every'))}"


def assignment(regulation: Regulation) -> Table:
    """Return the ranks of assignment."""
    rows: list[Told] = []
    if regulation.assignment:
        order = regulation.assignment.order
        rows = [
            told((n, r.code, pick(r.name.both()), ", ".join(r.by)), order)
            for n, r in enumerate(order.ranks, 1)
        ]
    columns = [Column("rank", _("Rank"), "count"), Column("code", _("Code"), "code")]
    columns += [Column("name", _("Matched by")), Column("by", _("Criteria"), "code")]
    return Table("assignment", _("Assignment order"), tuple(columns), rows)


def assigning(regulation: Regulation) -> Table:
    """Return what holds for assignment besides its ranks."""
    rows = list(_assigning(regulation.assignment)) if regulation.assignment else []
    columns = (Column("code", _("Code"), "code"), Column("says", _("Says")), source_column())
    return Table("assigning", _("What holds for assignment"), columns, rows)


def _assigning(whole: Assignment) -> Iterator[Told]:
    order, prefer, owner = whole.order, whole.prefer, whole.owner
    ranks = " → ".join(rank.code for rank in order.ranks)
    yield told(("order", ranks, source_text(order)), order)
    among = _("Among equals: {words}; then {ties}")
    words = among.format(words=", ".join(prefer.by) or "-", ties=prefer.ties)
    yield told(("prefer", words, source_text(prefer)), prefer)
    keeps = _("A client keeps its manager") if owner.keep else _("Clients are given out anew")
    kept = "; ".join(filter(None, (keeps, summary(owner, ("keep",)))))
    yield told(("owner", kept, source_text(owner)), owner)
    for way in whole.ways:
        text = f"{pick(way.name.both())}: {says(way, ('code',))}"
        yield told((way.code, text, source_text(way)), way)
    more: list[tuple[str, Sourced | None]] = [("capacity", whole.capacity)]
    more += [("loads", load) for load in whole.loads]
    more += [("review", whole.review), ("claims", whole.claims)]
    for key, rule in more:
        if rule:
            yield told((key, summary(rule), source_text(rule)), rule)


def workflows(regulation: Regulation) -> Table:
    """Return the courses of decisions."""
    roles = {role.code: pick(role.name.both()) for role in regulation.roles}
    rows = [
        told((flow.code, pick(flow.name.both()), _course(flow, roles), source_text(flow)), flow)
        for flow in regulation.workflows
    ]
    columns = [Column("code", _("Code"), "code"), Column("name", _("Workflow"))]
    columns += [Column("steps", _("Steps")), source_column()]
    return Table("workflows", _("Workflows"), tuple(columns), rows)


def _course(flow: Workflow, roles: Mapping[str, str]) -> str:
    """Return the steps of a workflow in one line, with what they follow and whom it is filed to."""
    names = {step.state: pick(step.name.both()) for step in flow.steps}
    said = []
    for step in flow.steps:
        words = [roles.get(step.by, step.by)]
        if step.after:
            words.append(_("after {steps}").format(steps="/".join(names[s] for s in step.after)))
        if step.within:
            words.append(_("within {days} days").format(days=step.within))
        if step.needs:
            words.append("; ".join(pick(item.name.both()) for item in step.needs))
        said.append(f"{names[step.state]} ({', '.join(words)})")
    course = [" → ".join(said)]
    if flow.filed:
        filed = ", ".join(roles.get(role, role) for role in flow.filed)
        course.append(_("filed with {roles}").format(roles=filed))
    course.append(summary(flow, ("code", "filed")))
    return "; ".join(filter(None, course))


def training(regulation: Regulation) -> Table:
    """Return who organises which training."""
    roles = {role.code: pick(role.name.both()) for role in regulation.roles}
    rows = [
        told(
            (one.grade, ", ".join(roles.get(role, role) for role in one.by), source_text(one)), one
        )
        for one in regulation.training
    ]
    columns = [Column("grade", _("Grade"), "code"), Column("by", _("Organised by"))]
    return Table("training", _("Training"), (*columns, source_column()), rows)


def lists(regulation: Regulation) -> Table:
    """Return what the source enumerates."""
    rows = [
        told((one.code, pick(one.name.both()),
              "; ".join(pick(item.name.both()) for item in one.items), source_text(one)), one)
        for one in regulation.lists
    ]  # fmt: skip
    columns = [Column("code", _("Code"), "code"), Column("name", _("Subject"))]
    columns += [Column("items", _("What the source names")), source_column()]
    return Table("lists", _("What the source lists"), tuple(columns), rows)


def removed(regulation: Regulation) -> Table:
    """Return what a layer takes away."""
    rows = [told((one.item, one.layer, source_text(one)), one) for one in regulation.remove]
    columns = [Column("item", _("Item"), "code"), Column("layer", _("Layer"), "code")]
    return Table("removed", _("Taken away by a layer"), (*columns, source_column()), rows)

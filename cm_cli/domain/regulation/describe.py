"""A regulation as people read it: its rules by subject, each with its article or its reason.

``open_choices`` lists what the source leaves to the institution, for those who have to decide it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cm_cli.domain.classes import measure_name
from cm_cli.domain.records.manager import EDUCATION
from cm_cli.domain.regulation.appraisal import Item, Node, Part
from cm_cli.domain.regulation.nodes import path_text
from cm_cli.domain.regulation.rules import every_sourced
from cm_cli.domain.regulation.saying import plainly, says, source_text, sources, summary
from cm_cli.domain.sheet import Column, Document, Sheet, plain
from cm_cli.language import _, later, n_, pick

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cm_cli.domain.regulation.appraisal import Appraisal, Consequence
    from cm_cli.domain.regulation.base import Name, Sourced
    from cm_cli.domain.regulation.schema import Cap, Duty, Regulation, Requirement, Scheme
    from cm_cli.domain.regulation.sections.work import Workflow
    from cm_cli.domain.sheet import Cell

    Row = tuple[Cell, ...]


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


def describe(regulation: Regulation) -> Document:
    """Return the whole regulation as a document of tables."""
    makers = (_grades, _classes, _duties, _assignment, _indicators, _items, _ratings, _merits)
    more = (_consequences, _workflows, _training, _lists, _removed)
    sheets = [make(regulation) for make in (*makers, *more)]
    sheets += [*_bounds(regulation), *_others(regulation)]
    return Document(
        name=regulation.regulation,
        title=pick(regulation.name.both()),
        facts=tuple(_facts(regulation)),
        sheets=tuple(sheet for sheet in sheets if sheet.rows),
        notes=tuple(_(reading) for reading in regulation.reads),
    )


def section_titles() -> dict[str, str]:
    """Return the titles of the sections that are shown as they are written, in their order."""
    return {
        "lines": _("Lines of business"),
        "staff": _("Other staff"),
        "employment": _("Kinds of employment"),
        "origins": _("Where managers come from"),
        "posts": _("Posts and functions"),
        "certificates": _("Certificates"),
        "entry": _("Ways into the post"),
        "norms": _("Norms"),
        "forms": _("Forms"),
        "events": _("Events"),
        "reports": _("Reports due"),
        "quantities": _("Quantities"),
        "figures": _("Figures"),
        "benchmarks": _("Benchmarks"),
        "targets": _("Targets"),
        "pay": _("Pay"),
        "awards": _("Awards"),
        "gates": _("Gates"),
        "limits": _("Limits"),
        "powers": _("Powers"),
        "axes": _("Questions about the structure"),
        "structures": _("Structures"),
        "teams": _("Teams"),
    }


def _bounds(regulation: Regulation) -> Iterator[Sheet]:
    """Yield what holds for the whole appraisal and for the pay: limits, vetoes, what is missing."""
    appraisal = regulation.appraisal
    columns = [Column("code", _("Code"), "code"), Column("name", _("Name"))]
    columns += [Column("says", _("Says")), _source()]
    rows: list[Row] = []
    if appraisal:
        single = (
            "missing", "rounding", "bonus_at_most", "penalty_at_most", "total_at_least",
            "total_at_most", "cliff_at_most", "ad_hoc",
        )  # fmt: skip
        for key in single:
            rule = getattr(appraisal, key)
            rows += [(key, "", says(rule), source_text(rule))] if rule else []
        rows += [
            (one.code, pick(one.name.both()), says(one), source_text(one))
            for one in appraisal.vetoes
        ]
        rows += [
            (one.rating, _("distribution"), says(one), source_text(one))
            for one in appraisal.distribution
        ]
    if regulation.pay:
        total = " + ".join(regulation.pay.total)
        rows.append(("total", _("Pay"), total, source_text(regulation.pay)))
    yield _sheet("bounds", _("What holds for the whole"), columns, rows)


def _others(regulation: Regulation) -> Iterator[Sheet]:
    """Yield the sections that are shown as they are written, then what is not encoded."""
    columns = [Column("code", _("Code"), "code"), Column("name", _("Name"))]
    columns += [Column("says", _("Says")), _source()]
    for section, title in section_titles().items():
        value = getattr(regulation, section)
        rules = value.components if section == "pay" and value else value or ()
        rows: list[Row] = [
            (one.code, pick(one.name.both()), says(one), "; ".join(sources(one))) for one in rules
        ]
        yield _sheet(section, title, columns, rows)
    rows = [
        (one.code, pick(one.name.both()), _(one.why), one.article or ", ".join(one.rules))
        for one in regulation.notes
    ]
    columns[2] = Column("why", _("Why"))
    yield _sheet("notes", _("Not encoded"), columns, rows)


def open_choices(regulation: Regulation) -> Sheet:
    """Return what was chosen and not ruled: path, value, reason."""
    rows: list[Row] = [
        (path_text(path), summary(rule), _(rule.chosen), rule.article, *_layer(regulation, rule))
        for path, rule in every_sourced(regulation)
        if rule.chosen
    ]
    columns = (
        Column("path", _("Place"), "code"),
        Column("value", _("Value")),
        Column("chosen", _("Reason")),
        Column("article", _("Article"), "code"),
        *((Column("layer", _("Layer"), "code"),) if regulation.layers else ()),
    )
    return Sheet("open", _("Left open by the source and chosen here"), columns, rows)


def _layer(regulation: Regulation, rule: Sourced) -> Row:
    return (rule.layer,) if regulation.layers else ()


def _facts(regulation: Regulation) -> Iterator[tuple[str, str]]:
    yield _("Code"), regulation.regulation
    yield _("Issued by"), pick(regulation.issued_by.both())
    yield _("Source"), regulation.source
    yield _("In force since"), regulation.since.isoformat()
    if regulation.until:
        yield _("In force until"), regulation.until.isoformat()
    for layer in regulation.layers:
        source = _("{source} (SHA-256 {digest})")
        yield (
            _("Layer {code}").format(code=layer.code),
            source.format(source=layer.source, digest=layer.text_digest[:16]),
        )
    term = regulation.term
    if term:
        years = n_("{years} year", "{years} years", term.years).format(years=term.years)
        yield _("Term"), f"{years}, {source_text(term)}"


def _source() -> Column:
    return Column("source", _("Source"))


def _name(name: Name, aliases: tuple[str, ...] = ()) -> str:
    return pick(name.both()) + (f" ({', '.join(aliases)})" if aliases else "")


def _sheet(name: str, title: str, columns: list[Column], rows: list[Row]) -> Sheet:
    return Sheet(name, title, tuple(columns), rows)


def _grades(regulation: Regulation) -> Sheet:
    rows: list[Row] = [
        (grade.code, _name(grade.name, grade.aliases), _cap(grade.cap), _needs(grade.requires),
         source_text(grade))
        for grade in regulation.grades
    ]  # fmt: skip
    columns = [Column("code", _("Code"), "code"), Column("name", _("Grade"))]
    columns += [Column("cap", _("At most")), Column("requires", _("Requires")), _source()]
    return _sheet("grades", _("Grades, low to high"), columns, rows)


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
        named = next(one.names for one in EDUCATION if one.code == needs.education)
        said.append(_("{education} or higher").format(education=pick(named)))
    if needs.years_in_post is not None:
        said.append(_("{years} years in post").format(years=plain(needs.years_in_post)))
    if needs.related_years is not None:
        said.append(_("{years} years of related work").format(years=plain(needs.related_years)))
    if needs.certificate:
        said.append(_("holds {certificate}").format(certificate=needs.certificate))
    return ", ".join([*said, source_text(needs)])


def _classes(regulation: Regulation) -> Sheet:
    rows: list[Row] = []
    for scheme in regulation.classes:
        for band in scheme.bands:
            name = _name(band.name, band.aliases)
            served = [summary(band.model_copy(update={"code": "", "from_": None, "to": None}))]
            served += [pick(one.name.both()) for one in (*band.served, *band.standard)]
            limit = "; ".join(filter(None, (_from(scheme, band.from_), *served)))
            rows.append((scheme.code, band.code, name, limit, source_text(band)))
        rows += _scheme_rows(scheme)
    columns = [Column("scheme", _("Scheme"), "code"), Column("code", _("Code"), "code")]
    columns += [Column("name", _("Class")), Column("from", _("From (included)")), _source()]
    return _sheet("classes", _("Client classes, high to low"), columns, rows)


def _scheme_rows(scheme: Scheme) -> Iterator[Row]:
    """Yield what a scheme says besides its classes: factors, the core, groups, its review."""
    for factor in scheme.factors:
        weight = _("weight {weight}").format(weight=plain(factor.weight))
        yield scheme.code, factor.code, _name(factor.name), weight, source_text(factor)
    for group in scheme.groups:
        yield (
            scheme.code,
            group.code,
            _name(group.name),
            " ".join(group.classes),
            source_text(group),
        )
    for key, rule in (("top", scheme.top), ("review", scheme.review)):
        if rule:
            yield scheme.code, key, "", summary(rule), source_text(rule)


def _from(scheme: Scheme, limit: Any) -> str:
    if scheme.measure in {"by_hand", "top_share"}:
        return measure_name(scheme)
    if limit is None:
        return _("all below")
    return f"{measure_name(scheme)} {plain(limit)} {scheme.unit}"


def _duties(regulation: Regulation) -> Sheet:
    roles = {role.code: pick(role.name.both()) for role in regulation.roles}
    rows: list[Row] = [
        (duty.code, pick(duty.name.both()), duty.record, _rhythm(duty), _inspected(duty, roles),
         source_text(duty))
        for duty in regulation.duties
    ]  # fmt: skip
    columns = [Column("code", _("Code"), "code"), Column("name", _("Duty"))]
    columns += [Column("record", _("Record"), "code"), Column("every", _("How often"))]
    columns += [Column("inspected", _("Inspected by")), _source()]
    return _sheet("duties", _("Duties"), columns, rows)


def _rhythm(duty: Duty) -> str:
    """Say how often and by when, by whom and what with, each where the rule says it."""
    said: list[str] = [_often(duty.every)]
    if duty.cycle:
        days = ", ".join(
            _("{code} {days} days").format(code=code, days=days)
            for code, days in duty.cycle.days.items()
        )
        said.append(f"{days}; {source_text(duty.cycle)}")
    if duty.after:
        what = _("{days} days after {event}")
        told = what.format(days=duty.after.days, event=duty.after.event)
        told += f" ({_('workdays')})" if duty.after.workdays else ""
        said.append(f"{told}, {source_text(duty.after)}")
    if duty.deadline:
        said.append(f"{summary(duty.deadline)}, {source_text(duty.deadline)}")
    if duty.at_least > 1:
        said.append(_("at least {count}").format(count=duty.at_least))
    if duty.share:
        said.append(f"{summary(duty.share)}, {source_text(duty.share)}")
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
    return f"{by}, {_often(inspected.every)}, {source_text(inspected)}"


def _assignment(regulation: Regulation) -> Sheet:
    assignment = regulation.assignment
    rows: list[Row] = []
    notes: tuple[str, ...] = ()
    if assignment:
        ranks = enumerate(assignment.order.ranks, 1)
        rows = [(n, r.code, pick(r.name.both()), ", ".join(r.by)) for n, r in ranks]
        prefer, owner = assignment.prefer, assignment.owner
        keeps = _("A client keeps its manager") if owner.keep else _("Clients are given out anew")
        notes = (
            source_text(assignment.order),
            _("Among equals: {words}; then {ties}").format(
                words=", ".join(prefer.by) or "-", ties=prefer.ties
            ) + f" ({source_text(prefer)})",
            f"{keeps} ({source_text(owner)})",
        )  # fmt: skip
        notes += tuple(
            f"{pick(way.name.both())}: {says(way)} ({source_text(way)})" for way in assignment.ways
        )
        more = (*assignment.loads, assignment.review, assignment.claims)
        notes += tuple(f"{summary(rule)} ({source_text(rule)})" for rule in more if rule)
    columns = [Column("rank", _("Rank"), "count"), Column("code", _("Code"), "code")]
    columns += [Column("name", _("Matched by")), Column("by", _("Criteria"), "code")]
    return Sheet("assignment", _("Assignment order"), tuple(columns), rows, notes)


def _indicators(regulation: Regulation) -> Sheet:
    rows: list[Row] = [
        (one.code, pick(one.name.both()), one.kind, one.unit, one.over_period, one.together,
         one.better, source_text(one))
        for one in regulation.indicators
    ]  # fmt: skip
    columns = [Column("code", _("Code"), "code"), Column("name", _("Indicator"))]
    columns += [Column("kind", _("Kind"), "code"), Column("unit", _("Unit of measure"))]
    columns += [Column("over_period", _("Over a period"), "code")]
    columns += [Column("over_clients", _("Over clients"), "code")]
    columns += [Column("better", _("Better"), "code"), _source()]
    return _sheet("indicators", _("Indicators"), columns, rows)


def _items(regulation: Regulation) -> Sheet:
    rows = list(_nodes(regulation.appraisal.total.parts, 0)) if regulation.appraisal else []
    columns = [Column("code", _("Code"), "code"), Column("name", _("Part or item"))]
    columns += [Column("weight", _("Weight")), Column("measure", _("Measure"), "code")]
    columns += [Column("score", _("Score")), _source()]
    return _sheet("appraisal", _("Appraisal"), columns, rows)


def _nodes(nodes: tuple[Part, ...] | tuple[Item, ...], depth: int) -> Iterator[Row]:
    for node in nodes:
        name = "　" * depth + pick(node.name.both())
        measure = score = ""
        if isinstance(node, Item):
            measure, score = summary(node.measure), summary(node.score)
        yield node.code, name, _weight(node), measure, score, source_text(node)
        if isinstance(node, Part):
            yield from _nodes(node.parts or node.items, depth + 1)


def _weight(node: Node) -> str:
    if node.maximum is not None:
        return _("at most {points}").format(points=plain(node.maximum))
    return plainly(node.weight)


def _ratings(regulation: Regulation) -> Sheet:
    appraisal, rows = regulation.appraisal, []
    if appraisal:
        rows = list(_rating_rows(appraisal))
    columns = [Column("code", _("Code"), "code"), Column("name", _("Rating"))]
    columns += [Column("from", _("From (included)"), "number"), _source()]
    return _sheet("ratings", _("Ratings, best to worst"), columns, rows)


def _rating_rows(appraisal: Appraisal) -> Iterator[Row]:
    bands = {band.rating: band for band in appraisal.bands}
    for rating in appraisal.ratings:
        band = bands.get(rating.code)
        sources = [source_text(rule) for rule in (rating, band, appraisal.by_hand) if rule]
        name = _name(rating.name, rating.aliases)
        yield rating.code, name, band.at_least if band else None, "; ".join(sources)


def _merits(regulation: Regulation) -> Sheet:
    appraisal = regulation.appraisal
    found = []
    if appraisal:
        found = [(_("bonus"), one) for one in appraisal.bonus]
        found += [(_("penalty"), one) for one in appraisal.penalty]
    rows: list[Row] = [
        (one.code, sort, pick(one.name.both()), one.points or one.max_per_event, one.verified,
         source_text(one))
        for sort, one in found
    ]  # fmt: skip
    columns = [Column("code", _("Code"), "code"), Column("sort", _("Sort"))]
    columns += [Column("name", _("Item")), Column("points", _("Points an event"), "number")]
    columns += [Column("verified", _("Once verified"), "flag"), _source()]
    return _sheet("merits", _("Bonus and penalty"), columns, rows)


def _consequences(regulation: Regulation) -> Sheet:
    rows: list[Row] = [
        (at, _when(rule), rule.then, rule.in_addition, source_text(rule))
        for at, rule in enumerate(regulation.consequences, 1)
    ]
    columns = [Column("number", _("Number"), "count"), Column("when", _("When"))]
    columns += [Column("then", _("Then"), "code"), Column("in_addition", _("In addition"), "flag")]
    columns += [_source()]
    return _sheet("consequences", _("Consequences"), columns, rows)


def _when(rule: Consequence) -> str:
    """Say when a consequence applies; after years, where it is not said."""
    said = summary(rule.when) or _("otherwise")
    return said if rule.applies == "year" else f"{said}; applies: {rule.applies}"


def _workflows(regulation: Regulation) -> Sheet:
    roles = {role.code: pick(role.name.both()) for role in regulation.roles}
    rows: list[Row] = [
        (flow.code, pick(flow.name.both()), _course(flow, roles), source_text(flow))
        for flow in regulation.workflows
    ]
    columns = [Column("code", _("Code"), "code"), Column("name", _("Workflow"))]
    columns += [Column("steps", _("Steps")), _source()]
    return _sheet("workflows", _("Workflows"), columns, rows)


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
    if flow.every:
        course.append(f"every: {flow.every}")
    return "; ".join(course)


def _training(regulation: Regulation) -> Sheet:
    roles = {role.code: pick(role.name.both()) for role in regulation.roles}
    rows: list[Row] = [
        (one.grade, ", ".join(roles.get(role, role) for role in one.by), source_text(one))
        for one in regulation.training
    ]
    columns = [Column("grade", _("Grade"), "code"), Column("by", _("Organised by")), _source()]
    return _sheet("training", _("Training"), columns, rows)


def _lists(regulation: Regulation) -> Sheet:
    rows: list[Row] = [
        (one.code, pick(one.name.both()), "; ".join(pick(item.name.both()) for item in one.items),
         source_text(one))
        for one in regulation.lists
    ]  # fmt: skip
    columns = [Column("code", _("Code"), "code"), Column("name", _("Subject"))]
    columns += [Column("items", _("What the source names")), _source()]
    return _sheet("lists", _("What the source lists"), columns, rows)


def _removed(regulation: Regulation) -> Sheet:
    rows: list[Row] = [(one.item, one.layer, source_text(one)) for one in regulation.remove]
    columns = [Column("item", _("Item"), "code"), Column("layer", _("Layer"), "code"), _source()]
    return _sheet("removed", _("Taken away by a layer"), columns, rows)

"""A regulation as people read it: its rules by subject, each with its article or its reason.

``open_choices`` lists what the source leaves to the institution, for those who have to decide it.
The tables are in ``tables.py`` and ``tables_appraisal.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cm_cli.domain.regulation import tables, tables_appraisal
from cm_cli.domain.regulation.check import articles_of
from cm_cli.domain.regulation.nodes import path_text
from cm_cli.domain.regulation.rules import every_sourced
from cm_cli.domain.regulation.saying import says, source_text, sources, summary
from cm_cli.domain.regulation.telling import Table, Told, source_column, told_whole
from cm_cli.domain.sheet import Column, Document, Sheet
from cm_cli.language import _, n_, pick

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cm_cli.domain.regulation.base import Sourced
    from cm_cli.domain.regulation.schema import Regulation
    from cm_cli.domain.sheet import Cell

    Row = tuple[Cell, ...]


def describe(regulation: Regulation, article: str = "") -> Document:
    """Return the whole regulation as tables, or what of it stands on an article."""
    sheets = (table.sheet(article) for table in every_table(regulation))
    return Document(
        name=regulation.regulation,
        title=pick(regulation.name.both()),
        facts=tuple(_facts(regulation)),
        sheets=tuple(sheet for sheet in sheets if sheet.rows),
        notes=() if article else tuple(_(reading) for reading in regulation.reads),
    )


def every_table(regulation: Regulation) -> list[Table]:
    """Return all tables of a regulation, also the empty ones."""
    makers = (
        tables.grades, tables.classes, tables.duties, tables.assignment, tables.assigning,
        tables_appraisal.indicators, tables_appraisal.items, tables_appraisal.ratings,
        tables_appraisal.merits, tables_appraisal.consequences, tables.workflows,
        tables.training, tables.lists, tables.removed, tables_appraisal.bounds,
    )  # fmt: skip
    return [*(make(regulation) for make in makers), *_others(regulation)]


def section_titles() -> dict[str, str]:
    """Return the titles of the sections that are shown as they are written, in their order."""
    return {
        "roles": _("Roles"),
        "unit_kinds": _("Kinds of units"),
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


def _others(regulation: Regulation) -> Iterator[Table]:
    """Yield the sections that are shown as they are written, then what is not encoded."""
    columns = [Column("code", _("Code"), "code"), Column("name", _("Name"))]
    shown = (*columns, Column("says", _("Says")), source_column())
    for section, title in section_titles().items():
        value = getattr(regulation, section)
        rules = value.components if section == "pay" and value else value or ()
        rows = [
            told_whole((one.code, pick(one.name.both()), says(one), "; ".join(sources(one))), one)
            for one in rules
        ]
        yield Table(section, title, shown, rows)
    notes = [
        Told(
            (one.code, pick(one.name.both()), _(one.why), one.article or ", ".join(one.rules)),
            tuple(articles_of(one.article)),
        )
        for one in regulation.notes
    ]
    shown = (*columns, Column("why", _("Why")), source_column())
    yield Table("notes", _("Not encoded"), shown, notes)


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
    if regulation.articles:
        yield _("Articles of the source"), _articles(regulation)
    term = regulation.term
    if term:
        years = n_("{years} year", "{years} years", term.years).format(years=term.years)
        yield _("Term"), f"{years}, {source_text(term)}"


def _articles(regulation: Regulation) -> str:
    lost = ", ".join(map(str, regulation.lost_articles))
    count = str(regulation.articles)
    return _("{count}, lost: {lost}").format(count=count, lost=lost) if lost else count

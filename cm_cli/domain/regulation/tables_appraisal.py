"""The tables of a regulation on results: indicators, appraisal, ratings, what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cm_cli.domain.regulation.appraisal import Item, Node, Part
from cm_cli.domain.regulation.saying import plainly, says, source_text, summary
from cm_cli.domain.regulation.telling import Table, Told, named, source_column, told
from cm_cli.domain.sheet import Column, plain
from cm_cli.language import _, pick

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cm_cli.domain.regulation.appraisal import Appraisal, Consequence, Merit
    from cm_cli.domain.regulation.schema import Regulation

_SINGLE = (
    "missing", "rounding", "bonus_at_most", "penalty_at_most", "total_at_least", "total_at_most",
    "cliff_at_most", "ad_hoc",
)  # fmt: skip
_OF_INDICATOR = ("code", "kind", "unit", "over_period", "better")


def indicators(regulation: Regulation) -> Table:
    """Return the results recorded for managers."""
    rows = [
        told((one.code, pick(one.name.both()), one.kind, one.unit, one.over_period, one.better,
              summary(one, _OF_INDICATOR), source_text(one)),
             one)
        for one in regulation.indicators
    ]  # fmt: skip
    columns = [Column("code", _("Code"), "code"), Column("name", _("Indicator"))]
    columns += [Column("kind", _("Kind"), "code"), Column("unit", _("Unit of measure"))]
    columns += [Column("over_period", _("Over a period"), "code")]
    columns += [Column("better", _("Better"), "code"), Column("says", _("Says")), source_column()]
    return Table("indicators", _("Indicators"), tuple(columns), rows)


def items(regulation: Regulation) -> Table:
    """Return the parts and items of the total."""
    rows = list(_nodes(regulation.appraisal.total.parts, 0)) if regulation.appraisal else []
    columns = [Column("code", _("Code"), "code"), Column("name", _("Part or item"))]
    columns += [Column("weight", _("Weight")), Column("measure", _("Measure"), "code")]
    columns += [Column("score", _("Score")), source_column()]
    return Table("appraisal", _("Appraisal"), tuple(columns), rows)


def _nodes(nodes: tuple[Part, ...] | tuple[Item, ...], depth: int) -> Iterator[Told]:
    for node in nodes:
        name = "　" * depth + pick(node.name.both())
        measure = score = ""
        if isinstance(node, Item):
            measure, score = summary(node.measure), says(node.score)
        elif node.missing:
            score = f"missing: {node.missing}"
        yield told((node.code, name, _weight(node), measure, score, source_text(node)), node)
        if isinstance(node, Part):
            yield from _nodes(node.parts or node.items, depth + 1)


def _weight(node: Node) -> str:
    if node.maximum is not None:
        return _("at most {points}").format(points=plain(node.maximum))
    return plainly(node.weight)


def ratings(regulation: Regulation) -> Table:
    """Return the ratings with their bands."""
    rows = list(_rating_rows(regulation.appraisal)) if regulation.appraisal else []
    columns = [Column("code", _("Code"), "code"), Column("name", _("Rating"))]
    columns += [Column("from", _("From (included)"), "number"), source_column()]
    return Table("ratings", _("Ratings, best to worst"), tuple(columns), rows)


def _rating_rows(appraisal: Appraisal) -> Iterator[Told]:
    bands = {band.rating: band for band in appraisal.bands}
    for rating in appraisal.ratings:
        band = bands.get(rating.code)
        sources = [source_text(rule) for rule in (rating, band, appraisal.by_hand) if rule]
        row = (rating.code, named(rating.name, rating.aliases), band.at_least if band else None)
        yield told((*row, "; ".join(sources)), rating, band, appraisal.by_hand)


def merits(regulation: Regulation) -> Table:
    """Return bonus and penalty items."""
    found: list[tuple[str, Merit]] = []
    if regulation.appraisal:
        found = [(_("bonus"), one) for one in regulation.appraisal.bonus]
        found += [(_("penalty"), one) for one in regulation.appraisal.penalty]
    rows = [
        told((one.code, sort, pick(one.name.both()), one.points or one.max_per_event, one.verified,
              summary(one, ("code", "points", "verified")), source_text(one)), one)
        for sort, one in found
    ]  # fmt: skip
    columns = [Column("code", _("Code"), "code"), Column("sort", _("Sort"))]
    columns += [Column("name", _("Item")), Column("points", _("Points an event"), "number")]
    columns += [Column("verified", _("Once verified"), "flag"), Column("says", _("Says"))]
    return Table("merits", _("Bonus and penalty"), (*columns, source_column()), rows)


def consequences(regulation: Regulation) -> Table:
    """Return what follows an appraisal."""
    rows = [
        told((at, _when(rule), _then(rule), rule.in_addition, source_text(rule)), rule)
        for at, rule in enumerate(regulation.consequences, 1)
    ]
    columns = [Column("number", _("Number"), "count"), Column("when", _("When"))]
    columns += [Column("then", _("Then"), "code"), Column("in_addition", _("In addition"), "flag")]
    return Table("consequences", _("Consequences"), (*columns, source_column()), rows)


def _when(rule: Consequence) -> str:
    """Say when a consequence applies; after years, where it is not said."""
    said = summary(rule.when) or _("otherwise")
    return said if rule.applies == "year" else f"{said}; applies: {rule.applies}"


def _then(rule: Consequence) -> str:
    return f"{rule.then} ({pick(rule.name.both())})" if rule.name else rule.then


def bounds(regulation: Regulation) -> Table:
    """Return what holds for the whole: the term, limits of the appraisal, vetoes, the pay."""
    columns = [Column("code", _("Code"), "code"), Column("name", _("Name"))]
    columns += [Column("says", _("Says")), source_column()]
    title = _("What holds for the whole")
    return Table("bounds", title, tuple(columns), list(_bounds(regulation)))


def _bounds(regulation: Regulation) -> Iterator[Told]:
    term, appraisal, pay = regulation.term, regulation.appraisal, regulation.pay
    if term:
        said = says(term, ("ends", "reminder"))
        yield told(("term", "", said, source_text(term)), term)
        for key, part in (("ends", term.ends), ("reminder", term.reminder)):
            if part:
                yield told((f"term.{key}", "", summary(part), source_text(part)), part)
    if appraisal:
        said = f"{summary(appraisal)}; total: {appraisal.total.kind}"
        yield told(("appraisal", "", said, source_text(appraisal)), appraisal)
        for key in _SINGLE:
            if rule := getattr(appraisal, key):
                yield told((key, "", says(rule), source_text(rule)), rule)
        for one in appraisal.vetoes:
            yield told((one.code, pick(one.name.both()), says(one), source_text(one)), one)
        for share in appraisal.distribution:
            yield told((share.rating, _("distribution"), says(share), source_text(share)), share)
    if pay:
        total = f"{' + '.join(pay.total)} ({pay.currency})"
        yield told(("total", _("Pay"), total, source_text(pay)), pay)

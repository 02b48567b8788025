"""Checks of client classes, indicators and duties: bands without gap or overlap, cycles for all."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from cm_cli.domain.regulation.references import known, named, twice
from cm_cli.domain.regulation.schema import MONEY
from cm_cli.domain.sheet import plain
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Collection

    from cm_cli.domain.regulation.nodes import Path, Source
    from cm_cli.domain.regulation.schema import Band, Cycle, Duty, Indicator, Regulation, Scheme

_UNITS = {"employees": "人", "score": "分", "weighted": "分", "by_hand": ""}


def check_all(regulation: Regulation, source: Source, records: Collection[str]) -> None:
    """Note what makes no sense in classes, indicators and duties."""
    for at, scheme in enumerate(regulation.classes):
        _scheme(scheme, source, ("classes", at))
    for at, duty in enumerate(regulation.duties):
        _duty(regulation, duty, source, ("duties", at), records)
    for at, indicator in enumerate(regulation.indicators):
        _indicator(indicator, source, ("indicators", at))


def _indicator(indicator: Indicator, source: Source, path: Path) -> None:
    for key in ("over_period", "over_clients"):
        if getattr(indicator, key) == "sum" and indicator.unit in {"%", "分"}:
            what = _("Values in {unit} cannot be added up")
            source.add("wrong-unit", (*path, key), what.format(unit=indicator.unit), value="sum")
    if indicator.over_period == "sum" and indicator.over_clients == "mean":
        what = _("Values that are added over a period are added over clients too")
        source.add("mean-of-sums", (*path, "over_clients"), what, value="mean")


def _scheme(scheme: Scheme, source: Source, path: Path) -> None:
    bands = scheme.bands
    named(source, (*path, "bands"), enumerate(bands))
    _unit(scheme, source, path)
    if scheme.measure == "by_hand":
        for at, band in enumerate(bands):
            if band.from_ is not None or band.to is not None:
                what = _("A class given by hand has no value to begin at")
                source.add("band-not-measured", (*path, "bands", at), what)
        return
    if scheme.measure == "top_share":
        return
    for at, band in enumerate(bands):
        _band(scheme, band, source, (*path, "bands", at), lowest=at == len(bands) - 1)
    for at, (upper, lower) in enumerate(pairwise(bands)):
        _neighbours(upper, lower, source, (*path, "bands", at + 1))
    if bands[0].to is not None:
        what = _("Nothing holds the values above the highest class")
        source.add("bands-gap", (*path, "bands", 0, "to"), what, value=plain(bands[0].to))


def _unit(scheme: Scheme, source: Source, path: Path) -> None:
    """Check that the unit fits the measure, and that money names its currency."""
    wanted = _UNITS.get(scheme.measure)
    fits = scheme.unit in MONEY if wanted is None else scheme.unit == wanted
    if not fits:
        units = ", ".join(MONEY) if wanted is None else wanted or "-"
        what = _("{measure} is not counted in this unit").format(measure=scheme.measure)
        mend = _("There are: {words}.").format(words=units)
        source.add("wrong-unit", (*path, "unit"), what, value=scheme.unit, mend=mend)
    if scheme.unit in MONEY and scheme.currency is None:
        what = _("An amount of money needs its currency")
        mend = _("Add `currency: CNY`.")
        source.add("no-currency", path, what, value=scheme.code, mend=mend)
    if scheme.unit not in MONEY and scheme.currency is not None:
        source.add("wrong-unit", (*path, "currency"), _("Only money has a currency"))


def _band(scheme: Scheme, band: Band, source: Source, path: Path, *, lowest: bool) -> None:
    if band.from_ is None and not lowest:
        what = _("Only the lowest class may leave out `from:`; write the classes high to low")
        source.add("band-without-from", path, what, value=band.code)
    if band.from_ is not None and lowest:
        what = _("Values below {limit} belong to no class").format(limit=plain(band.from_))
        mend = _("Leave out `from:` of the lowest class, or add a class below it.")
        source.add("bands-gap", (*path, "from"), what, value=plain(band.from_), mend=mend)
    if band.from_ is not None and band.from_ <= 0 and scheme.measure != "profit" and not lowest:
        what = _("From here down nothing is left for the classes below")
        source.add("band-unreachable", (*path, "from"), what, value=plain(band.from_))
    if band.from_ is not None and band.to is not None and band.to <= band.from_:
        what = _("This class holds no value: `to:` is not above `from:`")
        source.add("band-empty", (*path, "to"), what, value=plain(band.to))


def _neighbours(upper: Band, lower: Band, source: Source, path: Path) -> None:
    """Check that a class begins below the one above and, given ``to``, ends where that begins."""
    if upper.from_ is None:
        return
    start = plain(upper.from_)
    if lower.from_ is not None and lower.from_ >= upper.from_:
        what = _(
            "Classes are written high to low, each value once; the one above begins at {start}"
        )
        value = plain(lower.from_)
        source.add("bands-not-falling", (*path, "from"), what.format(start=start), value=value)
    if lower.to is not None and lower.to < upper.from_:
        what = _("Values between {end} and {start} belong to no class")
        what = what.format(end=plain(lower.to), start=start)
        source.add("bands-gap", (*path, "to"), what, value=plain(lower.to))
    if lower.to is not None and lower.to > upper.from_:
        what = _("Values between {start} and {end} belong to two classes")
        what = what.format(end=plain(lower.to), start=start)
        source.add("bands-overlap", (*path, "to"), what, value=plain(lower.to))


def _duty(
    regulation: Regulation, duty: Duty, source: Source, path: Path, records: Collection[str]
) -> None:
    forms = [form.code for form in regulation.forms]
    known(source, (*path, "record"), duty.record, [*sorted(records), *forms], _("record or form"))
    if sum(one is not None for one in (duty.every, duty.cycle, duty.after)) != 1:
        what = _("A duty needs one of `every:`, `cycle:` and `after:`")
        source.add("duty-rhythm", path, what, value=duty.code)
    twice(source, (*path, "grades"), [((i,), code) for i, code in enumerate(duty.grades)])
    if duty.cycle:
        _cycle(regulation, duty.cycle, source, (*path, "cycle"))


def _cycle(regulation: Regulation, cycle: Cycle, source: Source, path: Path) -> None:
    """Check that a cycle covers the classes of its scheme and no other; higher ones come sooner."""
    scheme = regulation.scheme(cycle.scheme)
    if scheme is None:
        return
    classes = [band.code for band in scheme.bands]
    for code in cycle.days:
        known(source, (*path, "days", code), code, classes, _("client class"))
    for code in classes:
        if code not in cycle.days:
            what = _("Clients of class “{code}” are never due: the cycle leaves it out")
            source.add("class-without-cycle", (*path, "days"), what.format(code=code), value=code)
    given = [code for code in classes if code in cycle.days]
    for higher, lower in pairwise(given):
        if cycle.days[higher] > cycle.days[lower]:
            what = _("“{higher}” is contacted less often than “{lower}”, which is a lower class")
            what = what.format(higher=higher, lower=lower)
            days = str(cycle.days[higher])
            source.add("cycle-rises", (*path, "days", higher), what, value=days, note=True)

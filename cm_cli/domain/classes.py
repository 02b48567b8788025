"""Classes of clients: which class a measured client falls into, and when it is due for contact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from cm_cli.domain.sheet import UNITS, plain
from cm_cli.language import _, pick

if TYPE_CHECKING:
    from cm_cli.domain.regulation.schema import Band, Duty, Scheme


@dataclass(frozen=True, slots=True)
class ClassDecision:
    """The class a client falls into ("" for none), the sentence that says why, and its source."""

    code: str
    reason: str
    article: str = ""
    chosen: str = ""


def classify(scheme: Scheme, value: Decimal | None) -> ClassDecision:
    """Return the class of a value in yuan (or heads, or points): lower bounds closed (F25, F27).

    A value that is not known has no class, and neither has a scheme that is judged by hand.
    """
    if scheme.measure == "by_hand":
        return ClassDecision("", _("this class is given by hand"))
    if value is None:
        return ClassDecision("", _("no {measure} recorded").format(measure=measure_name(scheme)))
    band = next((b for (_code, low), b in _by_limit(scheme) if low is None or value >= low), None)
    if band is None:
        return ClassDecision("", _("below the lowest class"))
    return ClassDecision(band.code, _reason(scheme, band, value), band.article, band.chosen)


def limits(scheme: Scheme) -> list[tuple[str, Decimal | None]]:
    """Return the classes, high to low, with their closed lower bounds in yuan (heads, points).

    The lowest class has None; the list of a scheme judged by hand is empty.
    """
    if scheme.measure == "by_hand":
        return []
    factor = UNITS.get(scheme.unit, Decimal(1))
    return [
        (band.code, None if band.from_ is None else band.from_ * factor) for band in scheme.bands
    ]


def due_on(duty: Duty, client_class: str, last: date) -> date | None:
    """Return the day a client is due again after a contact (F26); None where no cycle says so."""
    if duty.cycle is None or client_class not in duty.cycle.days:
        return None
    return last + timedelta(days=duty.cycle.days[client_class])


def measure_name(scheme: Scheme) -> str:
    """Return what a scheme measures, in the language in use."""
    names = {
        "assets": _("total assets"),
        "sales": _("annual sales"),
        "profit": _("profit"),
        "deposits": _("deposits"),
        "loans": _("loans"),
        "employees": _("employees"),
        "score": _("points"),
        "by_hand": _("judged by hand"),
    }
    return names[scheme.measure]


def _by_limit(scheme: Scheme) -> list[tuple[tuple[str, Decimal | None], Band]]:
    return list(zip(limits(scheme), scheme.bands, strict=True))


def _reason(scheme: Scheme, band: Band, value: Decimal) -> str:
    """Say the value, and the bound it reaches or stays under, in the unit of the scheme."""
    unit = scheme.unit
    shown = plain(value / UNITS.get(unit, Decimal(1)))
    measure, name = measure_name(scheme), pick(band.name.both())
    if band.from_ is not None:
        return _("{measure} {value} {unit}, at least {limit} {unit}: {name}").format(
            measure=measure, value=shown, unit=unit, limit=plain(band.from_), name=name
        )
    above = next((b.from_ for b in reversed(scheme.bands) if b.from_ is not None), None)
    if above is None:
        return _("the only class: {name}").format(name=name)
    return _("{measure} {value} {unit}, under {limit} {unit}: {name}").format(
        measure=measure, value=shown, unit=unit, limit=plain(above), name=name
    )

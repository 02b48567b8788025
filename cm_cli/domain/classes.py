"""Classes of clients: which class a measured client falls into, and when it is due for contact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from cm_cli.domain.sheet import UNITS, plain
from cm_cli.language import _, pick

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cm_cli.domain.regulation.schema import Band, Duty, Scheme


@dataclass(frozen=True, slots=True)
class ClassDecision:
    """The class a client falls into ("" for none), the sentence that says why, and its source."""

    code: str
    reason: str
    article: str = ""
    chosen: str = ""


class Threshold(NamedTuple):
    """One class of a scheme: its code, the least value in the scheme's unit, its source."""

    code: str
    least: Decimal | None
    article: str


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What classing many clients needs of a scheme; its classes are from high to low."""

    code: str
    measure: str
    unit: str
    classes: tuple[Threshold, ...]


def thresholds(scheme: Scheme) -> Thresholds:
    """Return the thresholds of a scheme."""
    classes = (
        Threshold(one.code, one.from_, one.article or scheme.article) for one in scheme.bands
    )
    return Thresholds(scheme.code, scheme.measure, scheme.unit, tuple(classes))


def thresholds_in(scheme: Mapping[str, Any]) -> Thresholds:
    """Return the thresholds of a scheme in a regulation's JSON form; no model is loaded for it."""
    source = scheme.get("article", "")
    classes = (
        Threshold(
            band["code"],
            Decimal(band["from"]) if "from" in band else None,
            band.get("article") or source,
        )
        for band in scheme["bands"]
    )
    return Thresholds(scheme["code"], scheme["measure"], scheme.get("unit", ""), tuple(classes))


def classify(scheme: Scheme, value: Decimal | None) -> ClassDecision:
    """Return the class of a value in yuan (or heads, or points): lower bounds closed (F25, F27).

    A value that is not known has no class, and neither has a scheme that is judged by hand.
    """
    return classifier(scheme)(value)


def classifier(scheme: Scheme) -> Callable[[Decimal | None], ClassDecision]:
    """Return ``classify`` for one scheme, for when many clients are to be classed."""
    if scheme.measure == "by_hand":
        by_hand = ClassDecision("", _("this class is given by hand"))
        return lambda _value: by_hand
    if scheme.measure == "top_share":
        by_order = ClassDecision("", _("this class comes from the order of all clients"))
        return lambda _value: by_order
    unknown = ClassDecision("", _("no {measure} recorded").format(measure=measure_name(scheme)))
    below = ClassDecision("", _("below the lowest class"))
    factor = UNITS.get(scheme.unit, Decimal(1))
    rows = [
        (low, band, _reason(scheme, band))
        for (_code, low), band in zip(limits(scheme), scheme.bands, strict=True)
    ]

    def decide(value: Decimal | None) -> ClassDecision:
        if value is None:
            return unknown
        for low, band, reason in rows:
            if low is None or value >= low:
                said = reason.format(value=plain(value / factor))
                return ClassDecision(band.code, said, band.article, band.chosen)
        return below

    return decide


def limits(scheme: Scheme) -> list[tuple[str, Decimal | None]]:
    """Return the classes, high to low, with their closed lower bounds in yuan (heads, points).

    The lowest class has None; the list of a scheme judged by hand is empty.
    """
    if scheme.measure in {"by_hand", "top_share"}:
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
        "weighted": _("weighted points"),
        "top_share": _("place among all"),
    }
    return names[scheme.measure]


def _reason(scheme: Scheme, band: Band) -> str:
    """Return the sentence of a class, with its bound, and ``{value}`` still to be filled in."""
    limit, sentence = band.from_, _("{measure} {value} {unit}, at least {limit} {unit}: {name}")
    if limit is None:
        above = [one.from_ for one in scheme.bands if one.from_ is not None]
        if not above:
            return _("the only class: {name}").format(name=_kept(pick(band.name.both())))
        limit, sentence = above[-1], _("{measure} {value} {unit}, under {limit} {unit}: {name}")
    return sentence.format(
        measure=measure_name(scheme),
        value="{value}",
        unit=scheme.unit,
        limit=plain(limit),
        name=_kept(pick(band.name.both())),
    )


def _kept(name: str) -> str:
    """Return a name so that braces in it survive the filling in of the value."""
    return name.replace("{", "{{").replace("}", "}}")

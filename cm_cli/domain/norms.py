"""Heads against the norms of a regulation: for each unit, for all outlets, for other staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cm_cli.domain.regulation.sections.staffing import NormLine, norm_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cm_cli.domain.regulation.schema import Regulation
    from cm_cli.domain.regulation.sections.staffing import Norm


@dataclass(frozen=True, slots=True)
class Normed:
    """A norm and what it comes to: in one unit, or ("" as unit) among all.

    ``line`` is None where the other staff it is about is not known.
    """

    norm: Norm
    unit: str
    line: NormLine | None


def normed(
    regulation: Regulation,
    heads: Mapping[str, int],
    kinds: Mapping[str, str],
    staff: Mapping[str, int],
) -> list[Normed]:
    """Return every norm against the managers by unit, the kinds of units, and other staff (F30).

    A norm for each unit is asked of every unit of its kind, also one without managers; a norm for
    each outlet of all of them together, for one manager may serve several (C34).
    """
    return [one for norm in regulation.norms for one in _of(norm, heads, kinds, staff)]


def _of(
    norm: Norm, heads: Mapping[str, int], kinds: Mapping[str, str], staff: Mapping[str, int]
) -> Iterator[Normed]:
    counted = sum(heads.values()) if norm.counts == "managers" else staff.get(norm.counts)
    units = [name for name, kind in kinds.items() if norm.unit_kind in {None, kind}]
    if norm.per == "unit" and norm.counts == "managers":
        for unit in units:
            yield Normed(norm, unit, norm_line(norm, heads.get(unit, 0), 1))
        return
    each = len(units) if norm.per != "staff" else staff.get(norm.staff or "")
    known = counted is not None and each is not None
    yield Normed(norm, "", norm_line(norm, counted or 0, each or 0) if known else None)

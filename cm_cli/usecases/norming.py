"""Norms asked of the managers and units on record."""

from __future__ import annotations

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from cm_cli.domain.fields import nearest
from cm_cli.domain.norms import Normed, normed
from cm_cli.domain.sheet import Column, Sheet, plain
from cm_cli.errors import CmError, Exit
from cm_cli.language import _, pick

_PLACES = Decimal("0.001")

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cm_cli.domain.headcount import Person
    from cm_cli.domain.regulation.schema import Regulation
    from cm_cli.domain.regulation.sections.staffing import Norm
    from cm_cli.domain.sheet import Cell


def staff_of(rules: Regulation, words: Sequence[str]) -> dict[str, int]:
    """Read how many heads of other staff there are, written ``treasury_officer=2``."""
    known = [one.code for one in rules.staff]
    found: dict[str, int] = {}
    for word in words:
        code, _sign, count = (part.strip() for part in word.partition("="))
        if code not in known:
            raise CmError(
                _("{code} counts no other staff “{word}”").format(code=rules.regulation, word=code),
                mend=nearest(code, known)
                or _("There are: {words}.").format(words=", ".join(known) or "-"),
                slug="no-such-staff",
                code=Exit.USAGE,
            )
        if not (count.isascii() and count.isdigit()):
            raise CmError(
                _("“{word}” does not say how many heads").format(word=word),
                mend=_("Write a whole number, as {code}=2.").format(code=code),
                slug="bad-count",
                code=Exit.USAGE,
            )
        found[code] = int(count)
    return found


def sheet(
    rules: Regulation,
    people: Sequence[Person],
    kinds: Mapping[str, str],
    staff: Mapping[str, int],
) -> Sheet:
    """Return every norm: heads, for how many, the ratio, wanted, short, over, and its article."""
    heads = Counter(person.unit for person in people if person.counts)
    lines = normed(rules, heads, kinds, staff)
    columns = (
        Column("norm", _("Norm"), "code"),
        Column("name", _("Name")),
        Column("unit", _("Unit")),
        Column("says", _("For each")),
        Column("heads", _("Heads"), "count"),
        Column("each", _("Of these"), "count"),
        Column("ratio", _("Ratio"), "number"),
        Column("wanted", _("Wanted"), "count"),
        Column("short", _("Short"), "count"),
        Column("over", _("Over"), "count"),
        Column("others_short", _("Other staff short"), "count"),
        Column("kept", _("Kept"), "flag"),
        Column("article", _("Article"), "code"),
    )
    unknown = sorted({one.norm.staff or one.norm.counts for one in lines if one.line is None})
    what = _("How many {staff} there are is not on record: say it with --staff {staff}=N.")
    notes = tuple(what.format(staff=code) for code in unknown)
    return Sheet("norms", _("Norms"), columns, [_row(one) for one in lines], notes)


def _row(one: Normed) -> tuple[Cell, ...]:
    norm, line = one.norm, one.line
    start: tuple[Cell, ...] = norm.code, pick(norm.name.both()), one.unit or _("all units")
    end = (norm.article or _("chosen"),)
    if line is None:
        return (*start, _says(norm), *(None,) * 8, *end)
    ratio = None if line.ratio is None else line.ratio.quantize(_PLACES, ROUND_HALF_UP)
    numbers: tuple[Cell, ...] = (
        line.heads, int(line.each), ratio, line.wanted or None, line.short, line.over,
        line.others_short, line.kept,
    )  # fmt: skip
    return (*start, _says(norm), *numbers, *end)


def _says(norm: Norm) -> str:
    """Return the bounds and what they are for each of."""
    low, high = norm.at_least, norm.at_most
    bounds = f"{plain(low) if low is not None else ''}–{plain(high) if high is not None else ''}"
    if low == high and low is not None:
        bounds = plain(low)
    return f"{bounds} / {norm.staff or norm.unit_kind or norm.per}"

"""Likely doubles among clients: pairs with the reasons, proposed and never joined unasked."""

from __future__ import annotations

from heapq import nsmallest
from typing import TYPE_CHECKING

from cm_cli.domain.register import kind as kind_of
from cm_cli.domain.sheet import Column, Sheet
from cm_cli.errors import Problem
from cm_cli.language import _, n_
from cm_cli.store import doubles as store
from cm_cli.store.connection import reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cm_cli.domain.kind import Kind
    from cm_cli.store.engine import Connection
    from cm_cli.store.journal import Writer
    from cm_cli.usecases.clerk import Clerk

SIGNS = ("credit_code", "phone", "likeness", "pinyin")  # the strongest first
_NAMED = 3
_Pairs = dict[tuple[int, int], list[str]]


def pairs(connection: Connection, kind: Kind, written: int = 0) -> _Pairs:
    """Return pairs of records (by id) that share a sign, with the signs they share.

    Of several that share one each is paired with the first.
    """
    found: _Pairs = {}
    signs = [sign for sign in SIGNS if sign in kind.names]
    for sign, groups in store.groups(connection, kind, signs, written).items():
        for first, *others in groups:
            for other in others:
                found.setdefault((first, other), []).append(sign)
    return found


def list_(clerk: Clerk) -> Sheet:
    """Return the pairs of clients that may be the same, with the reasons."""
    kind = kind_of("client")
    with reading(clerk.place, clerk.known_at) as connection:
        found = pairs(connection, kind)
        titles = store.titles(connection, kind, sorted({row for pair in found for row in pair}))
    named = (
        (SIGNS.index(signs[0]), *titles[first], *titles[other], signs)
        for (first, other), signs in found.items()
    )
    rows = [
        (*both, ", ".join(_word(kind, sign) for sign in signs))
        for _strength, *both, signs in sorted(named)
    ]
    columns = (
        Column("code", kind.field("code").label, "code"),
        Column("name", kind.field("name").label),
        Column("other", _("Other code"), "code"),
        Column("other_name", _("Other name")),
        Column("reasons", _("The same")),
    )
    return Sheet("duplicates", _("Likely doubles"), columns, rows)


def notes(writer: Writer, kind: Kind) -> list[Problem]:
    """Return notes about the clients just written that look like others, one for each sign."""
    if kind.name != "client" or kind.name not in writer.counts:
        return []
    by_sign: dict[str, list[tuple[int, int]]] = {}
    for pair, signs in pairs(writer.connection, kind, writer.number).items():
        by_sign.setdefault(signs[0], []).append(pair)
    return [_note(writer.connection, kind, s, by_sign[s]) for s in SIGNS if s in by_sign]


def _note(
    connection: Connection, kind: Kind, sign: str, alike: Sequence[tuple[int, int]]
) -> Problem:
    some = nsmallest(_NAMED, alike)
    titles = store.titles(connection, kind, [row for pair in some for row in pair])
    shown = "; ".join(" = ".join(" ".join(titles[row]) for row in pair) for pair in some)
    shown += "; …" if len(alike) > _NAMED else ""
    what = n_(
        "{count} pair may be one client twice, the same by {sign}: {pairs}",
        "{count} pairs may be one client twice, the same by {sign}: {pairs}",
        len(alike),
    ).format(count=len(alike), sign=_word(kind, sign), pairs=shown)
    mend = _("Look at them: cm client duplicates. Join two: cm client merge KEEP OTHER.")
    return Problem("likely-double", what, mend=mend, note=True)


def _word(kind: Kind, sign: str) -> str:
    """Return what two records share, in a word."""
    return {"likeness": _("name"), "pinyin": _("sound of the name")}.get(
        sign, kind.field(sign).label
    )

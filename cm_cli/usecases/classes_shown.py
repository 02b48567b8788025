"""Classes of clients as lists and records show them: every scheme, with its history.

Reads the regulation as the store keeps it, without the typed rules: a list has to be quick.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cm_cli.domain.fields import nearest
from cm_cli.domain.records.classification import BY_HAND, by_rule
from cm_cli.domain.sheet import Column, Sheet
from cm_cli.errors import CmError, Exit
from cm_cli.language import _, pick
from cm_cli.store import classes as store
from cm_cli.store import query
from cm_cli.store.regulations import in_force

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from cm_cli.domain.sheet import Cell
    from cm_cli.store.engine import Connection

    Node = Mapping[str, Any]


def conditions(connection: Connection, day: date, words: Sequence[str]) -> list[query.Condition]:
    """Return the conditions of ``scheme=class``, with codes or names of the regulation."""
    schemes = _schemes(connection, day) if words else []
    return [query.in_class(*_meant(schemes, word)) for word in words]


def _schemes(connection: Connection, day: date) -> list[Node]:
    found: list[Node] = json.loads(in_force(connection, day).compiled).get("classes", [])
    return found


def _meant(schemes: Sequence[Node], word: str) -> tuple[str, str]:
    """Return the codes of the scheme and the class."""
    name, sign, grade = word.partition("=")
    scheme = _find(schemes, name.strip())
    if scheme is None or not sign or not grade.strip():
        codes = [str(each["code"]) for each in schemes]
        raise CmError(
            _("“{word}” is not a scheme and a class").format(word=word),
            mend=(nearest(name, codes) if scheme is None else "")
            or _("Write it as {scheme}=CLASS; there are the schemes {codes}.").format(
                scheme=codes[0] if codes else "SCHEME", codes=", ".join(codes) or "-"
            ),
            slug="bad-class-filter",
            code=Exit.USAGE,
        )
    band = _find(scheme["bands"], grade.strip())
    if band is None:
        known = ", ".join(f"{each['code']} {pick(each['name'])}" for each in scheme["bands"])
        raise CmError(
            _("The scheme {scheme} has no class “{word}”").format(
                scheme=scheme["code"], word=grade.strip()
            ),
            mend=_("There are: {words}.").format(words=known),
            slug="no-class",
            code=Exit.USAGE,
        )
    return scheme["code"], band["code"]


def _find(nodes: Iterable[Node], word: str) -> Node | None:
    return next(
        (
            each
            for each in nodes
            if word in {each["code"], *each["name"].values(), *each.get("aliases", ())}
        ),
        None,
    )


def sheet(connection: Connection, client: str, day: date) -> tuple[Sheet, ...]:
    """Return the classes a client has and had, in all schemes; nothing where it has none."""
    spans = store.of_client(connection, client)
    if not spans:
        return ()
    known = {each["code"]: each for each in _schemes(connection, day)}
    rows: list[tuple[Cell, ...]] = []
    for scheme, grade, since, until, reason in spans:
        node = known.get(scheme)
        band = _find(node["bands"], grade) if node else None
        rows.append(
            (
                scheme, pick(node["name"]) if node else None, grade,
                pick(band["name"]) if band else None, since, until or None,
                reason.removeprefix(BY_HAND) or None,
                _("by the rule") if by_rule(reason) else _("given by hand"),
            )
        )  # fmt: skip
    columns = (
        Column("scheme", _("Scheme"), "code"),
        Column("scheme_name", _("Name of the scheme")),
        Column("class", _("Class"), "code"),
        Column("name", _("Name of the class")),
        Column("since", _("Since"), "code"),
        Column("until", _("Until"), "code"),
        Column("reason", _("Reason")),
        Column("origin", _("Origin")),
    )
    return (Sheet("classes", _("Classes"), columns, rows),)

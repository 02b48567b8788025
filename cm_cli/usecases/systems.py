"""The systems the program holds (S01–S65): where each lives, and which of its rules."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from cm_cli.domain.sheet import Column, Sheet
from cm_cli.language import _, pick
from cm_cli.usecases.regulations import preset, presets

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILE = Path(__file__).parents[1] / "reference" / "systems.csv"


@dataclass(frozen=True, slots=True)
class System:
    """A system of rules that was read: its names, how many rules it has, where else it lives.

    ``lives`` are words as ``record:visit``, ``report:appraisal``, ``command:assign-plan``.
    """

    code: str
    names: Mapping[str, str]
    rules: int
    lives: tuple[str, ...]


@cache
def systems() -> tuple[System, ...]:
    """Return all systems in order."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            System(
                row["code"],
                {"zh": row["zh"], "en": row["en"]},
                int(row["rules"]),
                tuple(row["lives"].split()),
            )
            for row in csv.DictReader(file)
        )


def presets_of() -> dict[str, list[str]]:
    """Return for each system the regulations of the program that hold it."""
    from cm_cli.domain.regulation import nodes

    found: dict[str, list[str]] = {}
    for code in presets():
        file, text = preset(code)
        tree = nodes.parse(text, file).tree
        for system in tree.get("systems", ()) if isinstance(tree, dict) else ():
            found.setdefault(str(system), []).append(code)
    return found


def list_() -> Sheet:
    """Return every system and where it lives: a regulation, a record, a report, a command."""
    held = presets_of()
    rows = [
        (
            each.code,
            pick(each.names),
            each.rules or None,
            ", ".join([*held.get(each.code, ()), *each.lives]) or _("planned"),
        )
        for each in systems()
    ]
    columns = (
        Column("code", _("Code"), "code"),
        Column("name", _("Name")),
        Column("rules", _("Numbered rules"), "count"),
        Column("lives", _("Lives in")),
    )
    return Sheet("systems", _("Systems"), columns, rows)

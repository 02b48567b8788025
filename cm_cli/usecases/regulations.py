"""Regulations: those that come with the program, and the one the store uses on a day."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cm_cli.domain.fields import Context, Option, nearest
from cm_cli.errors import CmError, Exit
from cm_cli.language import _
from cm_cli.store.regulations import compiled_forms, in_force
from cm_cli.usecases.reference import trees

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from cm_cli.store.engine import Connection


_FOLDER = Path(__file__).parents[1] / "regulations"
_CASES = ".cases.yaml"


@cache
def presets() -> Mapping[str, Path]:
    """Return the files of the regulations that come with the program, by code."""
    found = (path for path in _FOLDER.glob("*/*.yaml") if not path.name.endswith(_CASES))
    return {path.stem: path for path in sorted(found, key=lambda path: path.stem)}


def preset(code: str) -> tuple[str, str]:
    """Return file name and text of a regulation that comes with the program."""
    found = presets().get(code)
    if found is None:
        raise CmError(
            _("There is no regulation “{code}”").format(code=code),
            mend=nearest(code, list(presets()))
            or _("Those there are: {codes}.").format(codes=", ".join(presets())),
            slug="no-regulation",
            code=Exit.USAGE,
        )
    return found.name, found.read_text(encoding="utf-8")


def cases(code: str) -> tuple[str, str]:
    """Return file name and text of the cases beside a regulation of the program."""
    beside = presets()[code].with_name(code + _CASES)
    return beside.name, beside.read_text(encoding="utf-8")


def context(connection: Connection, day: date) -> Context:
    """Return the lists and trees by which values are read on a day."""
    return Context(lists=_lists(in_force(connection, day).compiled), trees=trees())


@lru_cache(maxsize=4)
def _lists(compiled: str) -> dict[str, tuple[Option, ...]]:
    """Return the lists of a regulation, read once for all commands of a run."""
    return lists_of(json.loads(compiled))


def context_of_all(connection: Connection) -> Context:
    """Return lists and trees of every regulation the store has ever used, the latest first."""
    lists: dict[str, tuple[Option, ...]] = {}
    for compiled in compiled_forms(connection):
        for name, options in lists_of(json.loads(compiled)).items():
            known = {option.code for option in lists.get(name, ())}
            more = (option for option in options if option.code not in known)
            lists[name] = (*lists.get(name, ()), *more)
    return Context(lists=lists, trees=trees())


def lists_of(rules: Mapping[str, Any]) -> dict[str, tuple[Option, ...]]:
    """Return the lists a regulation (as JSON) gives: grades, sizes, indicators, items, ratings."""
    size: Mapping[str, Any] = next((s for s in rules.get("classes", ()) if s["code"] == "size"), {})
    appraisal = rules.get("appraisal") or {}
    parts = (appraisal.get("total") or {}).get("parts", ())
    rated = [item for item in _items(parts) if item["measure"]["kind"] == "rated"]
    merits = [*appraisal.get("bonus", ()), *appraisal.get("penalty", ())]
    return {
        "grades": _options(rules.get("grades", ())),
        "sizes": _options(size.get("bands", ())),
        "unit_kinds": _options(rules.get("unit_kinds", ())),
        "indicators": _options(rules.get("indicators", ())),
        "rated_items": _options(
            rated, code_of=lambda item: item["measure"].get("of") or item["code"]
        ),
        "merit_items": _options(merits),
        "ratings": _options(appraisal.get("ratings", ())),
    }


def _items(parts: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for part in parts:
        yield from part.get("items", ())
        yield from _items(part.get("parts", ()))


def _options(
    items: Sequence[Mapping[str, Any]], code_of: Any = lambda item: item["code"]
) -> tuple[Option, ...]:
    return tuple(
        Option(code_of(item), item["name"], tuple(item.get("aliases", ()))) for item in items
    )

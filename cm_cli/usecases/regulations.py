"""Regulations: those that come with the program, and the one the store uses on a day."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cm_cli.domain.fields import Context, Option, nearest
from cm_cli.errors import CmError, Exit
from cm_cli.language import _
from cm_cli.store.query import codes_by_name
from cm_cli.store.regulations import Scopes, compiled_forms, post_of
from cm_cli.usecases.reference import trees

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from cm_cli.domain.kind import Kind
    from cm_cli.store.engine import Connection
    from cm_cli.store.regulations import InForce


_FOLDER = Path(__file__).parents[1] / "regulations"
_CASES = ".cases.yaml"
_BY_MANAGER = frozenset({"manager", "result", "score", "merit", "appraisal"})


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
    """Return lists and trees by which what is on record is shown and asked for on a day.

    Of several regulations in use the lists hold what each has, the one for all first.
    """
    scopes = Scopes(connection, day)
    first = scopes.of()
    others = [each for each in scopes.all() if each is not first]
    return Context(lists=_together(first.compiled, *(x.compiled for x in others)), trees=trees())


@lru_cache(maxsize=4)
def _together(*compiled: str) -> dict[str, tuple[Option, ...]]:
    """Return the lists of several regulations, read once for all commands of a run."""
    lists: dict[str, tuple[Option, ...]] = {}
    for each in dict.fromkeys(compiled):
        for name, options in _lists(each).items():
            known = {option.code for option in lists.get(name, ())}
            more = (option for option in options if option.code not in known)
            lists[name] = (*lists.get(name, ()), *more)
    return lists


@lru_cache(maxsize=16)
def _lists(compiled: str) -> dict[str, tuple[Option, ...]]:
    return lists_of(json.loads(compiled))


@dataclass(frozen=True, slots=True)
class Readings:
    """How the values of records are read on a day: each by the regulation of whom it is about.

    What is said of a manager (grade, results, scores, bonus and penalty) is read by the regulation
    for the manager's unit and line. Sizes of clients are always those of the regulation for all,
    which classes the clients.
    """

    scopes: Scopes

    @classmethod
    def on(cls, connection: Connection, day: date) -> Readings:
        """Return the readings of a day."""
        return cls(Scopes(connection, day))

    def of(self, unit: str = "", line: str = "") -> Context:
        """Return the lists and trees for a unit and a line."""
        general = _lists(self.scopes.of().compiled)
        own = _lists(self.scopes.of(unit, line).compiled)
        return Context(lists={**own, "sizes": general["sizes"]}, trees=trees())

    def depend(self, kind: Kind) -> bool:
        """Say whether records of the kind may be read by different regulations."""
        return self.scopes.several and kind.name in _BY_MANAGER

    def of_record(self, kind: Kind, values: Mapping[str, object]) -> Context:
        """Return how a record is read that has, or is to have, these values."""
        if not self.depend(kind):
            return self.of()
        if kind.name == "manager":
            return self.of(str(values.get("unit") or ""), str(values.get("line") or ""))
        word = str(values.get("manager") or "")
        connection = self.scopes.connection
        named = codes_by_name(connection, "manager", word)
        return self.of(*post_of(connection, named[0] if len(named) == 1 else word))


def reads_of(regulation: InForce) -> Context:
    """Return the lists of one regulation and the trees."""
    return Context(lists=_lists(regulation.compiled), trees=trees())


def context_of_all(connection: Connection) -> Context:
    """Return lists and trees of every regulation the store has ever used, the latest first."""
    return Context(lists=_together(*compiled_forms(connection)), trees=trees())


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
        "rated_items": _options(rated),
        "merit_items": _options(merits),
        "ratings": _options(appraisal.get("ratings", ())),
    }


def _items(parts: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for part in parts:
        yield from part.get("items", ())
        yield from _items(part.get("parts", ()))


def _options(items: Sequence[Mapping[str, Any]]) -> tuple[Option, ...]:
    return tuple(
        Option(item["code"], item["name"], tuple(item.get("aliases", ()))) for item in items
    )

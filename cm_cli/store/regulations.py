"""The regulations a store uses on a day, and those it holds, in the form they were checked in.

Which one rules a manager: of those in use on the day, the one for the nearest unit going up from
the manager's own; within a unit the one for the manager's line of business before the one for
all lines; last the one for the whole institution. Of two for the same, the one used last.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from cm_cli.errors import CmError, Exit
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from cm_cli.domain.classes import Thresholds
    from cm_cli.domain.regulation.schema import Regulation
    from cm_cli.store.engine import Connection

_STANDS = "since <= :day AND (until IS NULL OR until >= :day)"
_ALL = "unit IS NULL AND line IS NULL"
_NAMED = "code, since, text_digest, text, parents"


@dataclass(frozen=True)
class InForce:
    """A regulation a store uses on a day: its code, first day of use, digest and JSON form.

    ``unit`` and ``line`` say whom it is for; both are empty for the whole institution.
    """

    code: str
    since: str
    digest: str
    compiled: str
    unit: str = ""
    line: str = ""

    def thresholds(self) -> list[Thresholds]:
        """Return the schemes of classes, as classing needs them (does not import pydantic)."""
        from cm_cli.domain.classes import thresholds_in

        return [thresholds_in(scheme) for scheme in json.loads(self.compiled).get("classes", ())]

    def rules(self) -> Regulation:
        """Return the regulation as typed rules (imports pydantic)."""
        return self._rules

    @cached_property
    def _rules(self) -> Regulation:
        from cm_cli.domain.regulation.schema import from_json

        return from_json(self.compiled)


@dataclass(slots=True)
class Scopes:
    """The regulations in use on a day by unit and line, each read once."""

    connection: Connection
    day: date
    best: dict[tuple[str, str], int] = field(default_factory=dict)
    superiors: dict[str, str] = field(default_factory=dict)
    _read: dict[int, InForce] = field(default_factory=dict)

    def __post_init__(self) -> None:
        asked = (
            "SELECT id, coalesce(unit, ''), coalesce(line, '') FROM regulation"
            f" WHERE {_STANDS} ORDER BY since"
        )
        for row, unit, line in self.connection.execute(asked, {"day": self.day.isoformat()}):
            self.best[unit, line] = row
        if any(unit for unit, _line in self.best):
            units = "SELECT name, superior FROM unit WHERE superior IS NOT NULL"
            self.superiors = dict(self.connection.execute(units).fetchall())

    @property
    def several(self) -> bool:
        """Whether different managers may be under different regulations."""
        return len(self.best) > 1

    def of(self, unit: str = "", line: str = "") -> InForce:
        """Return the regulation for a unit and a line; refuses where there is none."""
        for where in (*self._upwards(unit), ""):
            for what in dict.fromkeys((line, "")):
                if (where, what) in self.best:
                    return self._at(self.best[where, what])
        raise self._none()

    def of_text(self, digest: str) -> InForce | None:
        """Return the regulation of this text as it is or was used last; none if it never was."""
        asked = "SELECT id FROM regulation WHERE text_digest = ? ORDER BY since > ?, since DESC"
        found = self.connection.execute(asked, (digest, self.day.isoformat())).fetchone()
        return self._at(found[0]) if found else None

    def all(self) -> list[InForce]:
        """Return all regulations in use on the day, that for the whole institution first."""
        return [self._at(row) for _scope, row in sorted(self.best.items())]

    def _upwards(self, unit: str) -> Iterator[str]:
        met: set[str] = set()
        while unit and unit not in met:
            yield unit
            met.add(unit)
            unit = self.superiors.get(unit, "")

    def _at(self, row: int) -> InForce:
        if row not in self._read:
            found = self.connection.execute(
                "SELECT code, since, text_digest, compiled, coalesce(unit, ''), coalesce(line, '')"
                " FROM regulation WHERE id = ?",
                (row,),
            ).fetchone()
            self._read[row] = InForce(*found)
        return self._read[row]

    def _none(self) -> CmError:
        asked = f"SELECT min(since) FROM regulation WHERE {_ALL}"
        first = self.connection.execute(asked).fetchone()[0]
        return CmError(
            _("No regulation is in use on {day}").format(day=self.day),
            mend=_("The first one is used from {first} on.").format(first=first or "-"),
            slug="no-regulation-on-day",
            code=Exit.DATA_REFUSED,
        )


def in_force(connection: Connection, day: date, unit: str = "", line: str = "") -> InForce:
    """Return the regulation a store uses on a day, for a unit and a line; refuses without one."""
    return Scopes(connection, day).of(unit, line)


def compiled_forms(connection: Connection) -> list[str]:
    """Return the JSON form of every regulation the store has used: for all first, then latest."""
    found = connection.execute(
        "SELECT compiled FROM regulation"
        " ORDER BY coalesce(unit, ''), coalesce(line, ''), since DESC"
    )
    return [compiled for (compiled,) in found]


def posts_of(connection: Connection) -> dict[str, tuple[str, str]]:
    """Return unit and line of every manager, by code."""
    found = connection.execute("SELECT code, unit, coalesce(line, '') FROM manager")
    return {code: (unit, line) for code, unit, line in found}


def post_of(connection: Connection, manager: str) -> tuple[str, str]:
    """Return unit and line of a manager; empty texts for one who is not on record."""
    asked = "SELECT unit, coalesce(line, '') FROM manager WHERE code = ?"
    found = connection.execute(asked, (manager,)).fetchone()
    return (found[0], found[1]) if found else ("", "")


class Held(NamedTuple):
    """A text the store holds, with those it extends (file and text) and its cases."""

    code: str
    since: str
    digest: str
    text: str
    parents: tuple[tuple[str, str], ...] = ()
    cases: str = ""

    @property
    def label(self) -> str:
        """What findings call its text."""
        return f"{self.code}@{self.since}"


def parents_of(kept: str | None) -> tuple[tuple[str, str], ...]:
    """Return the texts a regulation extends as they are kept; raises ValueError."""
    try:
        return tuple((str(file), str(text)) for file, text in json.loads(kept or "[]"))
    except (TypeError, RecursionError) as trouble:
        raise ValueError from trouble


def held(connection: Connection, code: str, since: str = "", until: str = "") -> Held | None:
    """Return a text of this code: one that was added, else one that is used; the latest.

    With ``since`` the one of that day, with ``until`` the latest up to a day.
    """
    when = "AND since = :since" if since else "AND since <= :until" if until else ""
    asked = {"code": code, **({"since": since} if since else {"until": until} if until else {})}
    for sql in (
        f"SELECT {_NAMED}, cases FROM rulebook WHERE code = :code {when} ORDER BY since DESC",
        f"SELECT {_NAMED}, NULL FROM regulation WHERE code = :code {when} ORDER BY since DESC",
    ):
        found = connection.execute(sql, asked).fetchone()
        if found:
            named, first, digest, text, parents, cases = found
            return Held(named, first, digest, text, parents_of(parents), cases or "")
    return None


def held_codes(connection: Connection) -> list[str]:
    """Return the codes of all regulations the store holds or uses."""
    found = connection.execute("SELECT code FROM rulebook UNION SELECT code FROM regulation")
    return sorted(code for (code,) in found)


def added(connection: Connection) -> list[tuple[str, str, str, str]]:
    """Return code, first day, digest and JSON form of the regulations that were added."""
    asked = "SELECT code, since, text_digest, compiled FROM rulebook ORDER BY code, since"
    return [tuple(row) for row in connection.execute(asked)]


def used(connection: Connection) -> list[tuple[str, str, str, str, str, str]]:
    """Return code, first and last day of use, unit, line and digest of every use."""
    asked = (
        "SELECT code, since, coalesce(until, ''), coalesce(unit, ''), coalesce(line, ''),"
        " text_digest FROM regulation"
        " ORDER BY coalesce(unit, ''), coalesce(line, ''), since, id"
    )
    return [tuple(row) for row in connection.execute(asked)]


def unit_names(connection: Connection) -> list[str]:
    """Return the names of all units: those on record, and those managers bear."""
    found = connection.execute("SELECT name FROM unit UNION SELECT unit FROM manager")
    return sorted(name for (name,) in found)


def lines(connection: Connection) -> list[str]:
    """Return the lines of business that managers are of."""
    found = connection.execute("SELECT DISTINCT line FROM manager WHERE line IS NOT NULL")
    return sorted(line for (line,) in found)

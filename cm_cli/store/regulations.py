"""The regulation a store uses on a day, in the form in which it was checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cm_cli.errors import CmError, Exit
from cm_cli.language import _

if TYPE_CHECKING:
    from datetime import date

    from cm_cli.domain.regulation.schema import Regulation
    from cm_cli.store.engine import Connection


@dataclass(frozen=True, slots=True)
class InForce:
    """The regulation a store uses on a day: its code, first day of use, digest and JSON form."""

    code: str
    since: str
    digest: str
    compiled: str

    def rules(self) -> Regulation:
        """Return the regulation as typed rules (imports pydantic)."""
        from cm_cli.domain.regulation.schema import from_json

        return from_json(self.compiled)


def in_force(connection: Connection, day: date) -> InForce:
    """Return the regulation the store uses on a day; refuses where it uses none."""
    found = connection.execute(
        "SELECT code, since, text_digest, compiled FROM regulation WHERE since <= ?"
        " ORDER BY since DESC LIMIT 1",
        (day.isoformat(),),
    ).fetchone()
    if found is None:
        first = connection.execute("SELECT min(since) FROM regulation").fetchone()[0]
        raise CmError(
            _("No regulation is in use on {day}").format(day=day),
            mend=_("The first one is used from {first} on.").format(first=first or "-"),
            slug="no-regulation-on-day",
            code=Exit.DATA_REFUSED,
        )
    return InForce(*found)


def compiled_forms(connection: Connection) -> list[str]:
    """Return the JSON form of every regulation the store has, the latest first."""
    found = connection.execute("SELECT compiled FROM regulation ORDER BY since DESC")
    return [compiled for (compiled,) in found]

"""Reports by name: read once, shown whole, for one manager, or as one file a manager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cm_cli.domain.fields import nearest
from cm_cli.errors import CmError, Exit
from cm_cli.language import _
from cm_cli.reports import register
from cm_cli.store.connection import reading
from cm_cli.usecases.lookup import managers_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cm_cli.domain.period import Period
    from cm_cli.reports.register import Built, Report
    from cm_cli.usecases.clerk import Clerk


def named(name: str) -> Report:
    """Return a report by name; raises CmError for one there is not."""
    known = register.names()
    if name not in known:
        raise CmError(
            _("There is no report “{name}”").format(name=name),
            mend=nearest(name, known)
            or _("Those there are: {names}.").format(names=", ".join(known)),
            slug="no-report",
            code=Exit.USAGE,
        )
    return register.report(name)


def build(clerk: Clerk, name: str, period: Period, managers: Sequence[str]) -> Built:
    """Build a report for a period, for the managers named or for all."""
    report = named(name)
    with reading(clerk.place, clerk.known_at) as connection:
        codes = managers_named(connection, managers)
        asked = register.Asked(period, codes, clerk.today)
        found = report.fetch(connection, asked)
    return report.build(found, asked)

"""What a clerk is told beside the outcome of a change: a place or a clock not to be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cm_cli.errors import Problem
from cm_cli.language import _
from cm_cli.store.journal import last_moment
from cm_cli.store.network import network
from cm_cli.store.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cm_cli.store.engine import Connection
    from cm_cli.store.place import Store
    from cm_cli.usecases.clerk import Clerk


def cautions(clerk: Clerk, connection: Connection) -> Iterator[Problem]:
    """Yield what should be looked at before the next change; asked before the entry is written."""
    last = last_moment(connection)
    if clerk.moment < last:
        what = _("The clock says {now}, and the last entry was written at {last}")
        yield Problem(
            "clock-back",
            what.format(now=clerk.moment, last=last),
            mend=_("Set the clock right. The journal goes by the numbers of its entries."),
            note=True,
        )
    yield from distant(clerk.place)


def distant(place: Store) -> Iterator[Problem]:
    """Yield a note where the store lies on a network file system."""
    kind = network(place.path) if isinstance(place, Place) else ""
    if kind:
        what = _("The store lies on a network file system ({kind}), where locks may not hold")
        mend = _(
            "Keep it on a local disk, or use PostgreSQL, before a second machine writes to it."
        )
        yield Problem("network-store", what.format(kind=kind), mend=mend, note=True)

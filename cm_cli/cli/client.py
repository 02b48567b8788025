"""``cm client``: register, change, list, find; doubles found and joined."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cm_cli.cli import records, show
from cm_cli.cli.desk import desk
from cm_cli.cli.frame import MOST, Reads, Writes, app_of
from cm_cli.domain.records.client import KIND
from cm_cli.language import later
from cm_cli.usecases import doubles, listing

app = app_of(later("Clients: register, change, list, find."))


def _filters(given: dict[str, Any]) -> dict[str, Any]:
    held = {name: given[name] for name in ("size", "manager") if given.get(name)}
    return {"filters": held, "empty": ("manager",) if given.get("unassigned") else ()}


records.add_command(app, KIND, "add", later("Register a client; its size class follows from the regulation."), ("code",))
records.list_command(
    app,
    KIND,
    later("List clients; a region covers what lies in it."),
    {
        "size": (Annotated[str | None, typer.Option("--size", help=later("Size class."), metavar="TEXT")], None),
        "manager": (Annotated[str | None, typer.Option("--manager", help=later("Who looks after it."), metavar="CODE")], None),
        "unassigned": (Annotated[bool, typer.Option("--unassigned", help=later("Only clients nobody looks after."))], False),
    },
    _filters,
)
records.show_command(app, KIND, later("Show one client."))
records.set_command(app, KIND, later("Change fields of one client; “” clears a field."))


@app.command("find", cls=Reads)
def find(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(help=later("Part of the name or code, pinyin or initials."), metavar="TEXT")],
    limit: Annotated[int, typer.Option("--limit", help=later("At most so many."), min=1, max=MOST, metavar="N")] = 50,
) -> None:
    """Find clients by part of the name, by code, by pinyin or by initials.

    Examples:
      $ cm client find 长安
      $ cm client find changan
      $ cm client find caqc --json
    """
    here = desk(ctx)
    show.show(listing.find(here.clerk(), KIND, text, limit, codes=here.machine), here)


@app.command("duplicates", cls=Reads)
def duplicates(ctx: typer.Context) -> None:
    """List pairs of clients that may be the same: by credit code, telephone, name or its sound.

    They are proposals: 宝钢股份 and 包钢股份 sound the same. Join two with cm client merge.

    Examples:
      $ cm client duplicates
    """
    here = desk(ctx)
    show.show(doubles.list_(here.clerk()), here)


@app.command("merge", cls=Writes)
def merge(
    ctx: typer.Context,
    keep: Annotated[str, typer.Argument(help=later("The client to keep: code or name."), metavar="KEEP")],
    others: Annotated[list[str], typer.Argument(help=later("Clients that are the same; they are removed."), metavar="OTHER")],
) -> None:
    """Join clients that are one and the same: visits, results, assignments … go to the one kept.

    Empty fields of the one kept are filled from the others; what it has stays. On days on which it
    has an assignment or a class of its own, that stands. Records that contradict each other are
    named, and then nothing is done. cm undo takes all of it back.

    Examples:
      $ cm client merge 600019 600010 --dry-run --reason 同一客户
    """
    from cm_cli.usecases import merging

    here = desk(ctx)
    show.outcome(merging.merge(here.clerk(), keep, others), here)

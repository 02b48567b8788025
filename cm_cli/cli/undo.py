"""``cm undo``: take an entry of the journal back."""

from __future__ import annotations

from typing import Annotated

import typer

from cm_cli.cli import show
from cm_cli.cli.desk import desk
from cm_cli.cli.frame import MOST, Writes, single
from cm_cli.language import _, later
from cm_cli.usecases import journal as use

app = single()


@app.command("undo", cls=Writes)
def undo(
    ctx: typer.Context,
    entry: Annotated[int | None, typer.Argument(help=later("Number of the entry; else the last one."), min=1, max=MOST, metavar="[ENTRY]")] = None,
    skip_conflicts: Annotated[bool, typer.Option("--skip-conflicts", help=later("Leave the rows changed since, take the rest back."))] = False,
) -> None:
    """Take an entry back: what it wrote, changed and removed is as before. This is an entry too.

    Rows that were changed since are named, and then nothing is done.

    Examples:
      $ cm undo --dry-run
    """
    here = desk(ctx)
    done, target = use.undo(here.clerk(), entry, skip_conflicts=skip_conflicts)
    show.outcome(
        done, here, _("Entry {number} ({command}) taken back.").format(number=target.number, command=target.command)
    )

"""``cm journal``: who wrote what, when and why."""

from __future__ import annotations

from typing import Annotated

import typer

from cm_cli.cli import show
from cm_cli.cli.desk import desk
from cm_cli.cli.frame import MOST, Reads, app_of
from cm_cli.language import later
from cm_cli.usecases import journal as use

app = app_of(later("Who wrote what, when and why."))


@app.command("list", cls=Reads)
def list_(
    ctx: typer.Context,
    limit: Annotated[int | None, typer.Option("--limit", help=later("At most so many."), min=1, max=MOST, metavar="N")] = None,
) -> None:
    """List the entries of the journal, newest first: one for every writing command.

    Examples:
      $ cm journal list --limit 5
    """
    here = desk(ctx)
    show.show(use.list_(here.clerk(), limit), here)


@app.command("show", cls=Reads)
def show_(
    ctx: typer.Context,
    entry: Annotated[int, typer.Argument(help=later("Number of the entry."), min=1, max=MOST, metavar="ENTRY")],
    every: Annotated[bool, typer.Option("--all", help=later("Every change, however many."))] = False,
) -> None:
    """Show one entry and every field it changed, from what to what.

    Examples:
      $ cm journal show 2
    """
    here = desk(ctx)
    show.show(use.show(here.clerk(), entry, None if every else 200), here)

"""``cm journal``: who wrote what, when and why."""

from __future__ import annotations

from typing import Annotated

import typer

from cm_cli.cli import show
from cm_cli.cli.desk import desk
from cm_cli.cli.frame import MOST, Command, Reads, app_of
from cm_cli.errors import CmError
from cm_cli.language import _, later, n_
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


@app.command("verify", cls=Command)
def verify(
    ctx: typer.Context,
    anchor: Annotated[str, typer.Option("--anchor", help=later("File with heads printed earlier, to find a chain that was cut."), metavar="FILE")] = "",
) -> None:
    """Recompute the chain and every row against it; silent when the store is whole.

    What was changed, added or taken away outside the program is named. The heads printed by cm
    journal head, kept in a file elsewhere, also show a chain that was cut or written anew.

    Examples:
      $ cm journal verify
    """
    here = desk(ctx)
    problems = use.verify(here.clerk(), anchor)
    if problems:
        raise CmError(
            n_("The store is not as its journal says: {count} finding", "The store is not as its journal says: {count} findings", len(problems)).format(count=len(problems)),
            mend=_("Leave the file as it is, and compare it with the last backup."),
            slug="store-unproved",
            problems=problems,
        )


@app.command("head", cls=Reads)
def head(ctx: typer.Context) -> None:
    """Print number and hash of the last entry; kept elsewhere, they prove the chain later.

    Examples:
      $ cm journal head
    """
    here = desk(ctx)
    show.show(use.last(here.clerk()), here)

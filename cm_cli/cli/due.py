"""``cm due``: what is due and overdue by the regulation."""

from __future__ import annotations

from typing import Annotated

import typer

from cm_cli.cli import show
from cm_cli.cli.desk import day_of, desk
from cm_cli.cli.frame import Reads, single
from cm_cli.language import later

app = single()


@app.command("due", cls=Reads)
def due(
    ctx: typer.Context,
    manager: Annotated[list[str] | None, typer.Option("--manager", help=later("Only this manager; may be repeated."), metavar="MANAGER")] = None,
    first: Annotated[str, typer.Option("--from", help=later("Only what is due on this day or later."), metavar="DAY")] = "",
    last: Annotated[str, typer.Option("--to", help=later("Also what becomes due until this day; else until the day of --on."), metavar="DAY")] = "",
    overdue: Annotated[bool, typer.Option("--overdue", help=later("Only what is late."))] = False,
    done: Annotated[bool, typer.Option("--done", help=later("What is done as well."))] = False,
    count: Annotated[bool, typer.Option("--count", help=later("One row a manager and duty: how many."))] = False,
) -> None:
    """List what is due and overdue by the regulation: diaries, contacts, inspections, appraisals, ends of terms.

    Shown is every duty whose records are in the store; on a terminal and in a document the others are
    named beneath. Daily duties are looked back thirty days unless --from says otherwise. Where nothing is
    due nothing is printed.

    Examples:
      $ cm due --manager M01
      $ cm due --overdue --count
      $ cm due --manager M01 --from 2016-03-28 --to 2016-04-15
    """
    from cm_cli.usecases import due as use

    here = desk(ctx)
    asked = use.Asked(
        first=day_of(first, "--from") if first else None,
        last=day_of(last, "--to") if last else None,
        overdue=overdue,
        done=done,
        counted=count,
    )
    found = use.due(here.clerk(), manager or [], asked)
    if found.rows or here.format or here.output or here.fields:
        show.show(found, here)

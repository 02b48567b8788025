"""``cm journal``: who wrote what, when and why."""

from __future__ import annotations

from typing import Annotated

import typer

from cm_cli.cli import show
from cm_cli.cli.desk import day_of, desk
from cm_cli.cli.frame import MOST, Command, Reads, app_of
from cm_cli.errors import CmError
from cm_cli.language import _, later, n_
from cm_cli.usecases import journal as use
from cm_cli.usecases.trail import Sought

app = app_of(later("Who wrote what, when and why."))
_Kind = Annotated[str, typer.Option("--kind", help=later("Only records of this kind, as client or visit."), metavar="KIND")]
_Client = Annotated[str, typer.Option("--client", help=later("Only this client and what belongs to it."), metavar="CLIENT")]
_Manager = Annotated[str, typer.Option("--manager", help=later("Only this manager and what belongs to him."), metavar="MANAGER")]
_Field = Annotated[str, typer.Option("--field", help=later("Only changes of this field, as assets."), metavar="FIELD")]
_Since = Annotated[str, typer.Option("--since", help=later("Written on this day or later."), metavar="DAY")]
_Until = Annotated[str, typer.Option("--until", help=later("Written on this day or earlier."), metavar="DAY")]
_By = Annotated[str, typer.Option("--operator", help=later("Written by this operator."), metavar="NAME")]


def _sought(kind: str, client: str, manager: str, field: str, since: str, until: str, by: str) -> Sought:
    """Return which changes the options mean."""
    return Sought(
        kind=kind,
        client=client,
        manager=manager,
        field=field,
        operator=by,
        since=day_of(since, "--since") if since else None,
        until=day_of(until, "--until") if until else None,
    )


@app.command("list", cls=Reads)
def list_(
    ctx: typer.Context,
    kind: _Kind = "",
    client: _Client = "",
    manager: _Manager = "",
    field: _Field = "",
    since: _Since = "",
    until: _Until = "",
    by: _By = "",
    limit: Annotated[int | None, typer.Option("--limit", help=later("At most so many."), min=1, max=MOST, metavar="N")] = None,
) -> None:
    """List the entries of the journal, newest first: one for every writing command.

    With options only those that touched such records. What belongs to a client or a manager are
    visits, assignments, results and whatever else names him.

    Examples:
      $ cm journal list --limit 5
      $ cm journal list --client 000625
      $ cm journal list --kind manager --field regions --since 2016-01-01
    """
    here = desk(ctx)
    sought = _sought(kind, client, manager, field, since, until, by)
    show.show(use.list_(here.clerk(), limit, sought), here)


@app.command("show", cls=Reads)
def show_(
    ctx: typer.Context,
    entry: Annotated[int | None, typer.Argument(help=later("Number of the entry; else all of them."), min=1, max=MOST, metavar="[ENTRY]")] = None,
    kind: _Kind = "",
    client: _Client = "",
    manager: _Manager = "",
    field: _Field = "",
    since: _Since = "",
    until: _Until = "",
    by: _By = "",
    every: Annotated[bool, typer.Option("--all", help=later("Every change, however many."))] = False,
) -> None:
    """Show one entry and every field it changed, from what to what.

    Without an entry: every change of a client, of a manager or of a kind of record, oldest first,
    with who made it and when.

    Examples:
      $ cm journal show 2
      $ cm journal show --client 000625
      $ cm journal show --manager M01 --kind manager --field regions
    """
    here = desk(ctx)
    sought = _sought(kind, client, manager, field, since, until, by)
    most = None if every else 200
    clerk = here.clerk()
    show.show(use.show(clerk, entry, most, sought) if entry else use.changes(clerk, sought, most), here)


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

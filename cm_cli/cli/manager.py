"""``cm manager``: register, change, coverage, leave."""

from __future__ import annotations

from typing import Annotated

import typer

from cm_cli.cli import records, show
from cm_cli.cli.desk import desk
from cm_cli.cli.frame import Writes, app_of
from cm_cli.domain.records.leave import KIND as LEAVE
from cm_cli.domain.records.manager import KIND
from cm_cli.language import later
from cm_cli.usecases import managers
from cm_cli.usecases import records as use

app = app_of(later("Client managers: register, change, coverage, leave."))
records.add_command(app, KIND, "add", later("Register a client manager."), ("code",))
records.list_command(app, KIND, later("List client managers."))
records.show_command(app, KIND, later("Show one client manager."))
records.set_command(app, KIND, later("Change fields of one client manager; “” clears a field."))

records.list_command(app, LEAVE, later("List the leaves."), examples=("cm manager leaves --manager M23",), name="leaves")


@app.command("cover", cls=Writes)
def cover(
    ctx: typer.Context,
    manager: Annotated[str, typer.Argument(help=later("Code or name."), metavar="MANAGER")],
    region: Annotated[list[str] | None, typer.Option("--region", help=later("Add a region."), metavar="TEXT")] = None,
    industry: Annotated[list[str] | None, typer.Option("--industry", help=later("Add an industry."), metavar="TEXT")] = None,
    size: Annotated[list[str] | None, typer.Option("--size", help=later("Add a size class."), metavar="TEXT")] = None,
    drop: Annotated[list[str] | None, typer.Option("--drop", help=later("Take a region, an industry or a size away."), metavar="TEXT")] = None,
    only: Annotated[bool, typer.Option("--only", help=later("Replace what is covered in the dimensions named."))] = False,
) -> None:
    """Change what a manager covers: regions (a province covers its cities), industries, sizes.

    A dimension in which nothing is named is not restricted.

    Examples:
      $ cm manager cover M01 --region 浙江 --region 江苏
      $ cm manager cover M01 --size 大型 --only
      $ cm manager cover M01 --drop 浙江
    """
    here = desk(ctx)
    more = {"regions": region or [], "industries": industry or [], "sizes": size or []}
    done = managers.cover(here.clerk(), manager, more, drop or [], only=only)
    show.outcome(done, here)


@app.command("leave", cls=Writes)
def leave(
    ctx: typer.Context,
    manager: Annotated[str, typer.Argument(help=later("Code or name."), metavar="MANAGER")],
    first: Annotated[str, typer.Option("--first", help=later("First day away."), metavar="DAY")],
    last: Annotated[str, typer.Option("--last", help=later("Last day away."), metavar="DAY")],
    cause: Annotated[str, typer.Option("--cause", help=later("Why."), metavar="TEXT")] = "",
) -> None:
    """Record a leave: no client is assigned and no diary is due on those days.

    Examples:
      $ cm manager leave M01 --first 2016-04-05 --last 2016-04-08 --cause 年休假
    """
    here = desk(ctx)
    raw = {"manager": manager, "first": first, "last": last, "cause": cause}
    show.outcome(use.add(here.clerk(), LEAVE, raw), here)

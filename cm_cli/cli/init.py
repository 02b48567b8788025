"""``cm init``: make a store."""

from __future__ import annotations

from typing import Annotated

import typer

from cm_cli.cli import show
from cm_cli.cli.desk import desk
from cm_cli.cli.frame import Writes, single
from cm_cli.language import _, later, pick

app = single()


@app.command("init", cls=Writes)
def init(
    ctx: typer.Context,
    regulation: Annotated[
        str,
        typer.Option("--regulation", help=later("Regulation to work by: a code, or a YAML file."), metavar="CODE"),
    ] = "abc-2001",
) -> None:
    """Make a store that works by a regulation; whatever is there already is left as it is.

    Examples:
      $ cm init --db scratch.db --regulation abc-2001
    """
    from cm_cli.usecases import stores

    here = desk(ctx)
    clerk = here.clerk()
    done, rules = stores.init(clerk, regulation)
    if here.given.get("json"):
        show.outcome(done, here)
        return
    if here.dry_run:
        show.say(here, _("Dry run: a store would be made at {place}.").format(place=clerk.place))
        return
    show.say(
        here,
        _("Made the store {place}, working by {name} ({code}).").format(
            place=clerk.place, name=pick(rules.name.both()), code=rules.regulation
        ),
    )
    show.say(here, _("Next: cm import managers FILE, cm import clients FILE, cm assign plan."))

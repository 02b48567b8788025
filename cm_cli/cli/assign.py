"""``cm assign``: plan, look, apply; by hand; why."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cm_cli.cli import records, show
from cm_cli.cli.desk import desk
from cm_cli.cli.frame import Reads, Writes, app_of
from cm_cli.domain.records.assignment import KIND
from cm_cli.language import _, later

app = app_of(later("Assign clients to managers: plan, look, apply."))
records.list_command(
    app,
    KIND,
    later("List who looks after whom today; --history shows what was before too."),
    {"history": (Annotated[bool, typer.Option("--history", help=later("Also what has ended."))], False)},
    lambda given: {"current": not given["history"]},
    ("cm assign list --manager M01", "cm assign list --client 000001 --history"),
)


@app.command("plan", cls=Reads)
def plan(
    ctx: typer.Context,
) -> None:
    """Plan who looks after every client, by the rules of the regulation; nothing is written.

    Shown are the changes with rule and reason, who stays without a manager and why, and every
    manager's load before and after. With -o plan.json the plan is kept, to be applied later.

    Examples:
      $ cm assign plan
      $ cm assign plan -o plan.json
      $ cm assign plan --json
    """
    from cm_cli.domain.assignment.state import to_json
    from cm_cli.usecases import assignment

    here = desk(ctx)
    made = assignment.plan(here.clerk())
    if here.output.endswith(".json"):
        show.write_text(here.output, to_json(made))
        show.say(here, _("Written to {file}; apply it with: cm assign apply {file}").format(file=here.output))
    elif here.format == "json" and not here.output:
        sys.stdout.write(to_json(made))
    else:
        show.show(assignment.document(here.clerk(), made), here)


@app.command("apply", cls=Writes)
def apply(
    ctx: typer.Context,
    file: Annotated[str | None, typer.Argument(help=later("Plan to apply; without one it is made now."), metavar="[PLAN]")] = None,
) -> None:
    """Put a plan into force; refused where the store has changed since it was made.

    Examples:
      $ cm assign apply plan.json
      $ cm assign apply --dry-run
    """
    from cm_cli.usecases import assignment

    here = desk(ctx)
    given = assignment.read_plan(file) if file else None
    show.outcome(assignment.apply(here.clerk(), given), here)


@app.command("move", cls=Writes)
def move(
    ctx: typer.Context,
    client: Annotated[str, typer.Argument(help=later("Code or name."), metavar="CLIENT")],
    manager: Annotated[str, typer.Argument(help=later("Code or name."), metavar="MANAGER")],
    lock: Annotated[bool | None, typer.Option("--lock/--unlock", help=later("Plans leave this pair alone, or no longer."))] = None,
) -> None:
    """Give a client to a manager by hand, from today on; a reason is required.

    Examples:
      $ cm assign move 000001 M02 --reason 客户要求 --lock
    """
    from cm_cli.usecases import assignment

    here = desk(ctx)
    show.outcome(assignment.move(here.clerk(), client, manager, lock=lock), here)


@app.command("why", cls=Reads)
def why(
    ctx: typer.Context,
    client: Annotated[str, typer.Argument(help=later("Code or name."), metavar="CLIENT")],
    other: Annotated[str, typer.Option("--not", help=later("Why not this manager, and what it would take."), metavar="MANAGER")] = "",
) -> None:
    """Explain who looks after a client: rules tried, candidates with their load, what decided.

    Examples:
      $ cm assign why 000001
      $ cm assign why 000001 --not M07
    """
    from cm_cli.usecases import assignment

    here = desk(ctx)
    show.show(assignment.why(here.clerk(), client, other), here)

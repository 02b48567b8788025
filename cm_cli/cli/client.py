"""``cm client``: register, change, list, find; doubles found and joined."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cm_cli.cli import records, show
from cm_cli.cli.desk import desk
from cm_cli.cli.frame import MOST, Proposes, Reads, Writes, app_of
from cm_cli.domain.records.client import KIND
from cm_cli.errors import CmError, Exit
from cm_cli.language import _, later
from cm_cli.usecases import doubles, listing

app = app_of(later("Clients: register, change, list, find."))


def _filters(given: dict[str, Any]) -> dict[str, Any]:
    held = {name: given[name] for name in ("size", "manager") if given.get(name)}
    empty = ("manager",) if given.get("unassigned") else ()
    return {"filters": held, "empty": empty, "classes": tuple(given.get("class_") or ())}


records.add_command(app, KIND, "add", later("Register a client; its size class follows from the regulation."), ("code",))
records.list_command(
    app,
    KIND,
    later("List clients; a region covers what lies in it."),
    {
        "size": (Annotated[str | None, typer.Option("--size", help=later("Size class."), metavar="TEXT")], None),
        "class_": (Annotated[list[str] | None, typer.Option("--class", help=later("Class in a scheme of the regulation; may be repeated."), metavar="SCHEME=CLASS")], None),
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


@app.command("classify", cls=Proposes)
def classify(
    ctx: typer.Context,
    scheme: Annotated[str, typer.Option("--scheme", help=later("Only this scheme of the regulation."), metavar="TEXT")] = "",
    propose: Annotated[bool, typer.Option("--propose", help=later("Only list where the rule says another class than the one on record."))] = False,
) -> None:
    """Class all clients in every scheme of the regulation that measures a value on record.

    What changes is written as one batch, each class with measure, value, limit and article; a class
    given by hand stays, and --propose shows what the rule would say beside it.

    Examples:
      $ cm client classify --propose
      $ cm client classify --scheme size --dry-run
    """
    from cm_cli.usecases import classes

    here = desk(ctx)
    clerk = here.clerk()
    if propose:
        show.show(classes.propose(clerk, scheme), here)
        return
    if clerk.known_at:
        raise CmError(
            _("What was known then cannot be written"),
            mend=_("Give --known-at with --propose only."),
            slug="known-at-writes",
            code=Exit.USAGE,
        )
    show.outcome(classes.apply(clerk, scheme), here)


@app.command("class", cls=Writes)
def class_(
    ctx: typer.Context,
    client: Annotated[str, typer.Argument(help=later("Code or name."), metavar="CLIENT")],
    scheme: Annotated[str, typer.Argument(help=later("Scheme of the regulation, as size."), metavar="SCHEME")],
    grade: Annotated[str, typer.Argument(help=later("Class of the scheme."), metavar="[CLASS]")] = "",
    by_rule: Annotated[bool, typer.Option("--by-rule", help=later("Take a class given by hand back: the rule decides again."))] = False,
) -> None:
    """Give a client a class by hand, with --reason; it stays until it is taken back.

    Examples:
      $ cm client class 000001 size 中型 --reason 集团合并口径
    """
    from cm_cli.usecases import classes

    here = desk(ctx)
    if bool(grade) == by_rule:
        raise CmError(
            _("Give either a class or --by-rule"),
            mend=_("A class is given by hand; --by-rule takes it back."),
            slug="class-or-rule",
            code=Exit.USAGE,
        )
    show.outcome(classes.give(here.clerk(), client, scheme, grade), here)

"""``cm store``: what is in the store, check, backup, restore."""

from __future__ import annotations

from typing import Annotated

import typer

from cm_cli.cli import show
from cm_cli.cli.desk import desk
from cm_cli.cli.frame import Command, Reads, app_of
from cm_cli.errors import CmError
from cm_cli.language import _, later, n_
from cm_cli.usecases import stores

app = app_of(later("The store: what is in it, check, backup, restore."))


@app.command("info", cls=Reads)
def info(ctx: typer.Context) -> None:
    """Say what the store is: place, size, regulation, last entry, records by kind.

    Examples:
      $ cm store info
    """
    here = desk(ctx)
    show.show(stores.info(here.clerk()), here)


@app.command("check", cls=Command)
def check(ctx: typer.Context) -> None:
    """Check the file, its references, the journal and every row; silent when all is well.

    Examples:
      $ cm store check
    """
    here = desk(ctx)
    found = stores.check(here.clerk())
    show.problems([note for note in found if note.note], here)
    problems = [each for each in found if not each.note]
    if problems:
        raise CmError(
            n_("The store is not whole: {count} finding", "The store is not whole: {count} findings", len(problems)).format(count=len(problems)),
            mend=_("Leave the file as it is, and compare it with the last backup."),
            slug="store-unproved",
            problems=problems,
        )


@app.command("backup", cls=Command)
def backup(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(help=later("New file for the copy."), metavar="FILE")],
) -> None:
    """Write a copy while others go on working; it counts only after it has been verified.

    Printed are number and hash of its last entry, to be kept elsewhere as an anchor.

    Examples:
      $ cm store backup backup.db
    """
    here = desk(ctx)
    number, digest = stores.backup(here.clerk(), file)
    show.say(here, _("Backed up and verified: {file}, up to entry {number}, {digest}").format(file=file, number=number, digest=digest))


@app.command("restore", cls=Command)
def restore(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(help=later("Backup to take."), metavar="FILE")],
) -> None:
    """Put a backup in the place of the store; the store that was there is kept beside it.

    Examples:
      $ cm store restore backup.db
    """
    here = desk(ctx)
    (number, digest), kept = stores.restore(here.clerk(), file)
    show.say(here, _("Restored from {file}, up to entry {number}, {digest}").format(file=file, number=number, digest=digest))
    if kept:
        show.say(here, _("The store that was there is now {file}").format(file=kept))

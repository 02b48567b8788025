"""``cm store``: what is in the store, check, backup, restore, migrate, move, roles."""

from __future__ import annotations

from typing import Annotated

import typer

from cm_cli.cli import show
from cm_cli.cli.desk import desk
from cm_cli.cli.frame import Command, Reads, Writes, app_of
from cm_cli.errors import CmError, Exit
from cm_cli.language import _, later, n_
from cm_cli.store.place import SCHEMA
from cm_cli.store.roles import ROLES
from cm_cli.usecases import stores

app = app_of(later("The store: what is in it, check, backup, restore, move, roles."))


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
    """Check file, references, journal, every row and the schema; silent when all is well.

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


@app.command("migrate", cls=Writes)
def migrate(ctx: typer.Context) -> None:
    """Bring a store made by an earlier version to the present schema.

    Every command does so by itself when it meets such a store: a copy is kept beside it, and a
    store that would not be whole afterwards is left as it was.

    Examples:
      $ cm store migrate --dry-run
      $ cm store migrate
    """
    here = desk(ctx)
    found, kept = stores.migrate(here.clerk())
    if found == SCHEMA:
        show.say(here, _("The store has the present schema ({ours}).").format(ours=SCHEMA))
    elif here.dry_run:
        show.say(here, _("Dry run: schema {found} would become {ours}.").format(found=found, ours=SCHEMA))
    else:
        show.say(here, _("Schema {found} became {ours}. The store as it was: {kept}").format(found=found, ours=SCHEMA, kept=kept))


@app.command("move", cls=Command)
def move(
    ctx: typer.Context,
    to: Annotated[str, typer.Option("--to", help=later("New place: a file, or postgresql://HOST/DATABASE."), metavar="PLACE")],
    to_key_file: Annotated[str, typer.Option("--to-key-file", help=later("File with the key that the new store is encrypted with."), metavar="FILE")] = "",
) -> None:
    """Carry the store to a PostgreSQL server, or from there to a file.

    Every row and the whole journal go along and are proved equal. The store that is left can
    be read for ever and takes no more writes. A password stands in ~/.pgpass, a service file
    or PGPASSWORD, never in the address. With --to-key-file the new file is encrypted.

    Examples:
      $ cm store move --to moved.db
    """
    here = desk(ctx)
    target, (number, digest), counts = stores.move(here.clerk(), to, to_key_file)
    show.say(
        here,
        _("Moved to {place} and proved equal: {rows} rows, up to entry {number}, {digest}").format(
            place=target, rows=sum(counts.values()), number=number, digest=digest
        ),
    )
    show.say(here, _("From now on name it with --db or CM_DB; the store that was left takes no more writes."))


@app.command("roles", cls=Reads)
def roles(
    ctx: typer.Context,
    grant: Annotated[list[str] | None, typer.Option("--grant", help=later("Give a login a role; may be repeated."), metavar="ROLE=LOGIN")] = None,
    revoke: Annotated[list[str] | None, typer.Option("--revoke", help=later("Take a role from a login; may be repeated."), metavar="ROLE=LOGIN")] = None,
) -> None:
    """Set up the roles of a store on a server, and show who has them.

    A clerk writes records but no decisions and no regulations, a head writes all, an auditor
    reads. None of them can change or delete the journal. Only the owner of the store can set
    them up.

    Examples:
      $ cm store roles --grant clerk=zhang --grant auditor=li
    """
    here = desk(ctx)
    show.show(stores.roles(here.clerk(), _pairs(grant), _pairs(revoke)), here)


def _pairs(given: list[str] | None) -> list[tuple[str, str]]:
    """Read ``ROLE=LOGIN``; raises CmError for a role there is not."""
    pairs = []
    for text in given or []:
        role, sign, login = text.partition("=")
        if role not in ROLES or not sign or not login:
            raise CmError(
                _("“{text}” is not a role and a login").format(text=text),
                mend=_("Write it as {roles}.").format(roles=", ".join(f"{each}=LOGIN" for each in ROLES)),
                slug="bad-role",
                code=Exit.USAGE,
            )
        pairs.append((role, login))
    return pairs

"""Copies of a store: made while others write, proved before they count; and back again.

``VACUUM INTO`` makes one consistent copy without stopping writers. A copy becomes a backup only
after it has been verified; nothing is ever seen half-written under its final name.
"""

from __future__ import annotations

import shutil
from contextlib import closing
from functools import partial
from time import monotonic, sleep
from typing import TYPE_CHECKING

from cm_cli.errors import CmError, Exit
from cm_cli.language import _
from cm_cli.store import move as carry
from cm_cli.store.beside import beside, settle, settle_new
from cm_cli.store.connection import begin, reading, writing
from cm_cli.store.create import create, make_tables
from cm_cli.store.engine import WAIT
from cm_cli.store.file import connect, locked, plain_errors
from cm_cli.store.journal import head
from cm_cli.store.place import SCHEMA, Place, Server, Store, must_exist
from cm_cli.store.verify import verify

if TYPE_CHECKING:
    from pathlib import Path


def backup(place: Store, target: Path) -> tuple[int, str]:
    """Write a proved copy of the store to a new file; returns number and hash of its last entry.

    The backup of a store on a server is a SQLite store, equal to it row for row.
    """
    if target.exists():
        raise _taken(target)
    with beside(target, partial(no_room, target)) as copy:
        if isinstance(place, Server):
            _download(place, Place(copy))
            last = _proved(Place(copy), place)
        else:
            must_exist(place)
            with plain_errors(place), closing(connect(place, readonly=False)) as connection:
                connection.execute("VACUUM INTO ?", (str(copy),))
            last = _proved(place.at(copy), place)
        try:
            settle_new(copy, target)
        except FileExistsError:  # another backup of that name was quicker
            raise _taken(target) from None
    return last


def restore(place: Store, source: Path) -> tuple[tuple[int, str], str]:
    """Put a proved copy of a backup in the place of the store; the old one is kept beside it.

    Returns the last entry restored and where the old store is.
    """
    if isinstance(place, Server):
        last = _proved(Place(source), Place(source))
        return last, _upload(Place(source), place)
    given = place.at(source)
    last = _proved(given, given)
    with beside(place.path, partial(no_room, place.path)) as copy, locked(place):
        with plain_errors(given), closing(connect(given, readonly=True)) as one:
            one.execute("VACUUM INTO ?", (str(copy),))
        _proved(place.at(copy), given)
        with plain_errors(place), closing(connect(place.at(copy), readonly=False)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
        kept = _kept(place, copy.with_name("old.db"))
        try:
            settle(copy, place.path)
        finally:
            if kept and copy.exists():  # it did not come to that
                kept.unlink()
    return last, str(kept or "")


def _download(place: Server, copy: Place) -> None:
    """Write a server's store, as it is at one moment, into a new file."""
    with reading(place) as source:
        create(copy, {})
        with writing(copy) as target:
            carry.copy(source, target)
            carry.prove(source, target)
            target.execute("COMMIT")


def _upload(source: Place, place: Server) -> str:
    """Put a file's store in the place of a server's, in one transaction; the old one is renamed."""
    from cm_cli.store import roles, server

    with (
        reading(source) as one,
        server.plain_errors(place, WAIT),
        closing(server.connect(place)) as connection,
    ):
        begin(connection)
        kept = server.set_aside(connection)
        make_tables(connection)
        connection.execute("INSERT INTO alembic_version VALUES (?)", (str(SCHEMA),))
        carry.copy(one, connection)
        carry.prove(one, connection)
        roles.grant_again(connection)
        connection.execute("COMMIT")
    return kept


def _proved(place: Place, of: Store) -> tuple[int, str]:
    """Verify a copy in full; raises CmError with all findings where what it is of is not whole."""
    with reading(place) as connection:
        problems = verify(connection)
        last = head(connection)
    if problems:
        raise CmError(
            _("{place} is not whole and is not used").format(place=of),
            mend=_("Take an older backup, or look at the findings with: cm journal verify."),
            slug="backup-unproved",
            code=Exit.DATA_REFUSED,
            problems=problems,
        )
    return last


def no_room(target: Path, refused: OSError) -> CmError:
    """Return the refusal of a folder that takes no file."""
    return CmError(
        _("The folder {folder} cannot be written").format(folder=target.parent),
        where=refused.strerror or "",
        mend=_("Name a folder you may write to."),
        slug="backup-place",
        code=Exit.CANNOT_WRITE,
    )


def _taken(target: Path) -> CmError:
    return CmError(
        _("{place} exists already and is left as it is").format(place=target),
        mend=_("Name a new file for the backup."),
        slug="backup-exists",
        code=Exit.CANNOT_WRITE,
    )


def _kept(place: Place, old: Path) -> Path | None:
    """Copy the store that is there to a name of its own; it stays in its place until replaced."""
    if not place.path.exists():
        return None
    _close_log(place)
    shutil.copyfile(place.path, old)
    number = 1
    while (kept := place.path.with_name(f"{place.path.name}.before-restore-{number}")).exists():
        number += 1
    settle(old, kept, done=False)
    return kept


def _close_log(place: Place) -> None:
    """Bring the write-ahead log into the file and do without it, so that none is left to another.

    The next command that writes takes it up again, should this one be killed.
    """
    deadline = monotonic() + WAIT
    with plain_errors(place), closing(connect(place, readonly=False)) as connection:
        while True:
            try:
                connection.execute("PRAGMA journal_mode=DELETE")
            except Exception as trouble:
                if getattr(trouble, "sqlite_errorname", "") != "SQLITE_BUSY":
                    raise
                if monotonic() > deadline:
                    raise _in_use(place) from None
                sleep(0.01)
            else:
                return


def _in_use(place: Place) -> CmError:
    return CmError(
        _("The store {place} is in use").format(place=place),
        mend=_("Close the other programs that read it, then try again."),
        slug="store-in-use",
        code=Exit.LOCKED,
    )

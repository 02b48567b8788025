"""Copies of a store: made while others write, proved before they count; and back again.

``VACUUM INTO`` makes one consistent copy without stopping writers. A copy becomes a backup only
after it has been verified; nothing is ever seen half-written under its final name.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cm_cli.errors import CmError, Exit
from cm_cli.language import _
from cm_cli.store import move as carry
from cm_cli.store.connection import (
    WAIT,
    begin,
    connect,
    locked,
    plain_errors,
    reading,
    writing,
)
from cm_cli.store.create import create, make_tables
from cm_cli.store.journal import head
from cm_cli.store.place import SCHEMA, Place, Server, Store, must_exist
from cm_cli.store.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterator


def backup(place: Store, target: Path) -> tuple[int, str]:
    """Write a proved copy of the store to a new file; returns number and hash of its last entry.

    The backup of a store on a server is a SQLite store, equal to it row for row.
    """
    if target.exists():
        raise CmError(
            _("{place} exists already and is left as it is").format(place=target),
            mend=_("Name a new file for the backup."),
            slug="backup-exists",
            code=Exit.CANNOT_WRITE,
        )
    with beside(target) as copy:
        if isinstance(place, Server):
            _download(place, Place(copy))
        else:
            must_exist(place)
            with plain_errors(place), closing(connect(place, readonly=False)) as connection:
                connection.execute("VACUUM INTO ?", (str(copy),))
        last = _proved(place.at(copy) if isinstance(place, Place) else Place(copy), place)
        settle(copy, target)
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
    with beside(place.path) as copy, locked(place):
        with (
            plain_errors(given),
            closing(connect(given, readonly=True)) as one,
        ):
            one.execute("VACUUM INTO ?", (str(copy),))
        _proved(place.at(copy), given)
        kept = _set_aside(place)
        settle(copy, place.path)
        with closing(connect(place, readonly=False)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
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


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """Yield the name of a new file in the target's folder, gone afterwards unless it was moved."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=".cm-", dir=target.parent or Path()))
    except OSError as refused:
        raise CmError(
            _("The folder {folder} cannot be written").format(folder=target.parent),
            where=refused.strerror or "",
            mend=_("Name a folder you may write to."),
            slug="backup-place",
            code=Exit.CANNOT_WRITE,
        ) from None
    try:
        yield folder / "copy.db"
    finally:
        for left in folder.iterdir():
            left.unlink()
        folder.rmdir()


def settle(copy: Path, target: Path) -> None:
    """Make the copy durable and give it its final name."""
    copy.chmod(0o600)
    with copy.open("rb") as file:
        os.fsync(file.fileno())
    copy.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _set_aside(place: Place) -> Path | None:
    """Close the old store's write-ahead log into it and keep it under a name of its own."""
    if not place.path.exists():
        return None
    with plain_errors(place), closing(connect(place, readonly=False)) as connection:
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise CmError(
            _("The store {place} is in use").format(place=place),
            mend=_("Close the other programs that read it, then try again."),
            slug="store-in-use",
            code=Exit.LOCKED,
        )
    number = 1
    while (kept := place.path.with_name(f"{place.path.name}.before-restore-{number}")).exists():
        number += 1
    place.path.chmod(0o600)
    place.path.rename(kept)
    for suffix in ("-wal", "-shm"):
        place.path.with_name(place.path.name + suffix).unlink(missing_ok=True)
    return kept

"""Making a store: a new file, 0600 whatever the umask, in WAL mode, with its first entry.

It is made beside its place and moved there when it is whole: an init that is killed leaves none.
"""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from cm_cli import kept
from cm_cli.errors import CmError, Exit
from cm_cli.language import _
from cm_cli.store.beside import beside, settle_new
from cm_cli.store.connection import connect, locked, plain_errors
from cm_cli.store.place import APPLICATION_ID, SCHEMA, Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@contextmanager
def making(place: Place) -> Iterator[Place]:
    """Yield a place to make a new store at; it becomes the place asked for when all is done."""
    refusal = partial(_no_room, place)
    try:
        _make_folder(place)
    except OSError as refused:
        raise refusal(refused) from None
    if place.path.exists() or place.path.is_symlink():
        raise _exists(place)
    try:
        with beside(place.path, refusal) as copy:
            yield Place(copy)
            settle_new(copy, place.path)
    except FileExistsError:  # another command was quicker
        raise _exists(place) from None
    finally:
        if not place.path.exists():  # what was committed went with the unfinished store
            kept.forget()


def create(place: Place, settings: Mapping[str, str]) -> None:
    """Make an empty store in a new file."""
    from cm_cli.store.schema import sqlite_statements

    os.close(os.open(place.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with (
        locked(place),
        plain_errors(place),
        closing(connect(place, readonly=False)) as connection,
    ):
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={SCHEMA}")
        for statement in sqlite_statements():
            connection.execute(statement)
        connection.executemany("INSERT INTO setting VALUES (?, ?)", settings.items())
        connection.execute("COMMIT")


def _exists(place: Place) -> CmError:
    return CmError(
        _("{place} exists already and is left as it is").format(place=place),
        mend=_("Name another place with --db, or move the file away yourself."),
        slug="store-exists",
        code=Exit.CANNOT_WRITE,
    )


def _no_room(place: Place, refused: OSError) -> CmError:
    return CmError(
        _("A store cannot be made at {place}").format(place=place),
        where=refused.strerror or "",
        mend=_("Name a place you may write to with --db or CM_DB."),
        slug="store-place",
        code=Exit.CANNOT_WRITE,
    )


def _make_folder(place: Place) -> None:
    try:
        place.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except FileExistsError as refused:
        raise NotADirectoryError(refused.errno, _("its folder is a file")) from None

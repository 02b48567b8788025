"""Where a store is, and whether that place can be trusted with one."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from cm_cli.errors import CmError, Exit
from cm_cli.language import _
from cm_cli.store.beside import sweep

APPLICATION_ID = 0x636D5243  # "cmRC" in the header of the file
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Place:
    """The path of a SQLite store; its lock file lies beside it."""

    path: Path

    @property
    def lock(self) -> Path:
        """The lock file every writer holds."""
        return self.path.with_name(self.path.name + ".lock")

    def __str__(self) -> str:
        return str(self.path)


def place_of(text: str) -> Place:
    """Return the place a ``--db`` or ``CM_DB`` value means; refuses what is no file path."""
    if text.startswith(("postgresql:", "postgres:", "mysql:", "http:", "https:")):
        raise CmError(
            _("“{scheme}” stores are not supported by this version").format(
                scheme=text.partition(":")[0]
            ),
            mend=_("Give the path of a SQLite file."),
            slug="store-kind",
            code=Exit.CONFIG,
        )
    try:
        path = Path(text.removeprefix("sqlite:///")).expanduser()
        return Place(path.resolve() if os.path.islink(path) else path.absolute())  # noqa: PTH114 - asks without refusing
    except (RuntimeError, OSError):
        raise CmError(
            _("{place} is no place for a store").format(place=text),
            mend=_("Give the path of a SQLite file."),
            slug="store-place",
            code=Exit.CONFIG,
        ) from None


def must_exist(place: Place) -> None:
    """Refuse a place without a store, or one that can be reached under two names."""
    try:
        status = place.path.stat()
    except PermissionError as refused:
        raise CmError(
            _("The store cannot be opened or written"),
            where=f"{place}: {refused.strerror}",
            mend=_("Nothing was changed. Check the permissions of the file and its folder."),
            slug="store-storage",
            code=Exit.CANNOT_WRITE,
        ) from None
    except OSError:
        raise CmError(
            _("There is no store at {place}").format(place=place),
            mend=_("Make one with: cm init (or name another with --db or CM_DB)."),
            slug="no-store",
            code=Exit.NO_INPUT,
        ) from None
    if not stat.S_ISREG(status.st_mode):
        raise CmError(
            _("{place} is not a file").format(place=place),
            mend=_("Name the store itself with --db or CM_DB."),
            slug="no-store",
            code=Exit.NO_INPUT,
        )
    if status.st_nlink > 1 and sweep(place.path.parent):  # a name left by a killed init or backup
        status = place.path.stat()
    if status.st_nlink > 1:
        raise CmError(
            _(
                "{place} has a second name (a hard link): two writers could lose each other's work"
            ).format(place=place),
            mend=_("Delete the other name, or copy the store with sqlite3's .backup."),
            slug="store-linked",
            code=Exit.CONFIG,
        )

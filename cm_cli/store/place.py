"""Where a store is, and whether that place can be trusted with one."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from cm_cli.errors import CmError, Exit
from cm_cli.language import _
from cm_cli.unfinished import sweep

if TYPE_CHECKING:
    from urllib.parse import SplitResult

APPLICATION_ID = 0x636D5243  # "cmRC" in the header of the file
SCHEMA = 4
_SERVERS = ("postgresql:", "postgres:")


@dataclass(frozen=True, slots=True)
class Place:
    """The path of a SQLite store, its lock file beside it; ``key`` opens an encrypted one."""

    path: Path
    key: str = field(default="", repr=False, compare=False)

    @property
    def lock(self) -> Path:
        """The lock file every writer holds."""
        return self.path.with_name(self.path.name + ".lock")

    def at(self, path: Path) -> Place:
        """Return another place that the same key opens."""
        return Place(path, self.key)

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class Server:
    """A store in a PostgreSQL database, by its URL; the password is never part of it."""

    url: str
    password: str = field(default="", repr=False, compare=False)

    def __str__(self) -> str:
        return self.url


Store: TypeAlias = Place | Server


def place_of(text: str, *, typed: bool = True, key_file: str = "") -> Store:
    """Return the place a ``--db`` or ``CM_DB`` value means; refuses what is no place for a store.

    ``typed`` says that it stands on a command line, where everybody can read a password;
    ``key_file`` names the file with the key of an encrypted store.
    """
    if text.startswith(_SERVERS):
        return _server(text, typed=typed)
    if text.startswith(("mysql:", "http:", "https:")):
        raise CmError(
            _("“{scheme}” stores are not supported").format(scheme=text.partition(":")[0]),
            mend=_("Give the path of a SQLite file, or postgresql://HOST/DATABASE."),
            slug="store-kind",
            code=Exit.CONFIG,
        )
    key = read_key(key_file) if key_file else ""
    try:
        path = Path(text.removeprefix("sqlite:///")).expanduser()
        return Place(path.resolve() if os.path.islink(path) else path.absolute(), key)  # noqa: PTH114 - asks without refusing
    except (RuntimeError, OSError):
        raise CmError(
            _("{place} is no place for a store").format(place=text),
            mend=_("Give the path of a SQLite file, or postgresql://HOST/DATABASE."),
            slug="store-place",
            code=Exit.CONFIG,
        ) from None


def read_key(file: str) -> str:
    """Return the key a file holds: its first line, a passphrase or 64 hexadecimal digits.

    Raises CmError where it cannot be read, is empty, or others may read it too.
    """
    try:
        path = Path(file).expanduser()
        mode = path.stat().st_mode
        key = path.read_text(encoding="utf-8").partition("\n")[0].strip("\r\ufeff")
    except (OSError, ValueError, RuntimeError) as trouble:
        raise _bad_key(file, getattr(trouble, "strerror", "") or _("not text")) from None
    if not key:
        raise _bad_key(file, _("it is empty"))
    if mode & 0o077:
        raise _bad_key(file, _("others may read it: chmod 600"))
    return key


def _bad_key(file: str, why: str) -> CmError:
    return CmError(
        _("The key file {file} is not taken").format(file=file),
        where=why,
        mend=_("Its first line is the key; only its owner may read it."),
        slug="key-file",
        code=Exit.NO_INPUT,
    )


def _server(text: str, *, typed: bool) -> Server:
    """Take a URL apart: the password leaves it, and on a command line it is refused."""
    from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

    try:
        parts = urlsplit(text)
        options = parse_qsl(parts.query, keep_blank_values=True)
        password = unquote(parts.password or "") or dict(options).get("password", "")
    except ValueError:
        raise _no_url(text.partition(":")[0]) from None
    if password and typed:
        raise CmError(
            _("The address of the store holds a password, where everybody here can read it"),
            mend=_("Leave it out; put it into ~/.pgpass, a service file, or PGPASSWORD."),
            slug="password-shown",
            code=Exit.USAGE,
        )
    if not text.partition(":")[2].startswith("//"):
        raise _no_url(parts.scheme)
    rest = urlencode([(name, value) for name, value in options if name != "password"])
    url = f"postgresql://{_host_of(parts)}{parts.path}{'?' + rest if rest else ''}"
    return Server(url, password)


def _host_of(parts: SplitResult) -> str:
    user, sign, host = parts.netloc.rpartition("@")
    return f"{user.partition(':')[0]}{sign}{host}"


def _no_url(scheme: str) -> CmError:
    return CmError(
        _("The address of the store cannot be read ({scheme}:…)").format(scheme=scheme),
        mend=_("Write it as postgresql://USER@HOST:PORT/DATABASE."),
        slug="store-place",
        code=Exit.CONFIG,
    )


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
            mend=_("Delete the other name, or copy the store with: cm store backup."),
            slug="store-linked",
            code=Exit.CONFIG,
        )

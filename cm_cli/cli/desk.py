"""The desk a command is given at: what the common options and the environment say."""

from __future__ import annotations

import getpass
import os
import re
import shlex
import sys
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cm_cli.domain.fields import BadValueError, Context, Text
from cm_cli.domain.privacy import MASK, without_password
from cm_cli.domain.quantities import Day
from cm_cli.errors import CmError, Exit
from cm_cli.language import LANGUAGES, _
from cm_cli.usecases.clerk import Clerk

if TYPE_CHECKING:
    import typer

    from cm_cli.store.place import Store

WORDS = "words"
_MACHINE = frozenset({"tsv", "tab", "json", "jsonl", "ndjson"})
PERSONAL = ("--phone", "--contact")  # the options of all personal fields


@dataclass(frozen=True, slots=True)
class Desk:
    """Options given with a command, by name, and the words of its command line."""

    given: dict[str, Any] = field(default_factory=dict)
    words: tuple[str, ...] = ()

    @property
    def format(self) -> str:
        """The format asked for, or an empty text."""
        return "json" if self.given.get("json") else str(self.given.get("format") or "")

    @property
    def output(self) -> str:
        """The file to write to, or an empty text; ``-`` is standard output."""
        target = str(self.given.get("output") or "")
        return "" if target == "-" else target

    @property
    def machine(self) -> bool:
        """Whether a program reads the answer: then it has codes, the same in every language."""
        name = self.format or ("" if self.output or sys.stdout.isatty() else "tsv")
        suffix = self.output.rpartition(".")[2].lower() if not name else ""
        return name in _MACHINE or suffix in _MACHINE

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns asked for, or none."""
        return tuple(part.strip() for part in str(self.given.get("fields") or "").split(",") if part.strip())

    @property
    def reveal(self) -> bool:
        """Whether personal fields are to be shown."""
        return bool(self.given.get("reveal"))

    @property
    def quiet(self) -> bool:
        """Whether to say nothing but errors."""
        return bool(self.given.get("quiet"))

    @property
    def dry_run(self) -> bool:
        """Whether nothing may be written."""
        return bool(self.given.get("dry_run"))

    def place(self) -> Store:
        """Return where the store is: ``--db``, else ``CM_DB``, else the usual file."""
        from cm_cli.store.place import place_of

        key = str(self.given.get("key_file") or os.environ.get("CM_KEY_FILE") or "")
        if self.given.get("db"):
            return place_of(str(self.given["db"]), key_file=key)
        where = os.environ.get("CM_DB") or str(_usual_place())
        return place_of(where, typed=False, key_file=key)

    def clerk(self) -> Clerk:
        """Return the caller of a use case."""
        return Clerk(
            place=self.place(),
            today=self.today(),
            moment=_moment(),
            clock=_moment,
            operator=said_of("--operator", _text(self._operator()), 60),
            host=_host(),
            command=command_line(self.words),
            reason=said_of("--reason", str(self.given.get("reason") or ""), 1000),
            dry_run=self.dry_run,
            known_at=str(self.given.get("known_at") or ""),
        )

    def _operator(self) -> str:
        return str(self.given.get("operator") or os.environ.get("CM_OPERATOR") or _login())

    def today(self) -> date:
        """Return the business day: ``--on``, ``CM_TODAY``, else the calendar's."""
        for source, text in (("--on", self.given.get("on")), ("CM_TODAY", os.environ.get("CM_TODAY"))):
            if text:
                return day_of(str(text), source)
        return date.today()  # noqa: DTZ011 - the business day is that of the machine's own zone


def desk(ctx: typer.Context) -> Desk:
    """Return the desk of the running command."""
    given = dict(ctx.find_root().ensure_object(dict))
    for name, allowed in (("lang", LANGUAGES), ("color", ("auto", "always", "never"))):
        if name in given and given[name] not in allowed:
            raise CmError(
                _("--{option}: “{value}” is not among the values allowed").format(
                    option=name, value=given[name]
                ),
                mend=_("It may be one of: {options}.").format(options=", ".join(allowed)),
                slug="bad-option",
                code=Exit.USAGE,
            )
    return Desk(given, tuple(given.pop(WORDS, ())))


def day_of(text: str, source: str) -> date:
    """Read a day given as an option; raises CmError with exit code 2."""
    try:
        day = Day().parse(text, Context())
    except BadValueError as bad:
        raise CmError(
            _("{option}: “{value}” {what}").format(option=source, value=text, what=bad.what),
            mend=bad.mend,
            slug="bad-day",
            code=Exit.CONFIG if source == "CM_TODAY" else Exit.USAGE,
        ) from None
    if not isinstance(day, date):
        raise CmError(
            _("{option} needs a day").format(option=source),
            mend=_("Write it as 2026-11-21."),
            slug="bad-day",
            code=Exit.USAGE,
        )
    return day


def said_of(option: str, text: str, longest: int) -> str:
    """Return what the journal is to keep; raises CmError for what no field would take either."""
    try:
        return str(Text(longest=longest).parse(text, Context()) or "")
    except BadValueError as bad:
        raise CmError(
            _("{option} {what}").format(option=option, what=bad.what),
            mend=bad.mend,
            slug="bad-option",
            code=Exit.USAGE,
        ) from None


def command_line(words: tuple[str, ...]) -> str:
    """Return the command as it was typed, with personal values masked."""
    shown: list[str] = []
    hide = False
    for word in words:
        name, sign, _value = word.partition("=")
        personal = name in PERSONAL
        told = MASK if hide else f"{name}={MASK}" if personal and sign else word
        hide = personal and not sign and not hide
        shown.append(without_password(told))
    return " ".join(["cm", *(_quoted(word) for word in shown)])


def _quoted(word: str) -> str:
    """Quote a word only where a shell would take it apart; Chinese needs no quotes."""
    return word if re.fullmatch(r"[\w.,:;/=@%+\-]+", word) else shlex.quote(word)


def _moment() -> str:
    """Return the moment in UTC; ``CM_NOW`` stands in for the clock."""
    return os.environ.get("CM_NOW") or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(name: str) -> str:
    """Return a name from the environment with bytes that are no text made visible."""
    return name.encode("utf-8", "backslashreplace").decode()


def _host() -> str:
    if hasattr(os, "uname"):
        return os.uname().nodename
    return os.environ.get("COMPUTERNAME", "")


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"


def _usual_place() -> Path:
    from platformdirs import user_data_path

    return user_data_path("cm", appauthor=False) / "cm.db"

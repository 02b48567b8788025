"""The two sorts of trouble a user can meet, and the exit codes.

A finding about data is a ``Problem``: a value that is collected with others and shown with
them. A request that cannot be done raises one ``CmError``. Anything else is a bug and stays
a traceback. Sentences arrive here already in the user's language.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Exit(IntEnum):
    """Exit codes of ``cm`` (``cm help exit-codes``)."""

    DONE = 0
    FINDINGS = 1
    USAGE = 2
    DATA_REFUSED = 65
    NO_INPUT = 66
    INTERNAL = 70
    CANNOT_WRITE = 73
    LOCKED = 75
    CONFIG = 78
    INTERRUPTED = 130


class Where(NamedTuple):
    """The place a datum came from: ``clients.xlsx Sheet1 row 17 «行业»``, ``abc.yaml:31``."""

    file: str
    line: int = 0
    column: str = ""
    sheet: str = ""

    def __str__(self) -> str:
        place = self.file
        if self.sheet:
            place += f"[{self.sheet}]"
        if self.line:
            place += f":{self.line}"
        if self.column:
            place += f" «{self.column}»"
        return place


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding about data: what is wrong, where, the value met, and the way out.

    ``slug`` names the sort of finding in kebab-case and never changes with the language;
    findings of one slug and sentence are shown together. A ``note`` does not refuse the data.
    """

    slug: str
    what: str
    where: Where | None = None
    value: str = ""
    mend: str = ""
    note: bool = False


@dataclass(eq=False)
class CmError(Exception):
    """A request that cannot be done: what, where and how to mend it.

    ``problems`` carries the findings behind a refusal, so that all of them are shown at once.
    """

    what: str
    where: str = ""
    mend: str = ""
    slug: str = "refused"
    code: Exit = Exit.FINDINGS
    problems: Sequence[Problem] = field(default=())

    def __str__(self) -> str:
        return self.what

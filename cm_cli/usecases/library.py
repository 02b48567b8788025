"""Where the text of a regulation is found (the program, a file, the store), and its parents.

A name is a code (``abc-2001``), a code and the first day of one version (``my-bank@2017-01-01``),
or a YAML file. What a file extends is a code again, or a file in the same folder.
"""

from __future__ import annotations

import json
import stat
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cm_cli.domain.fields import nearest
from cm_cli.domain.inert import inert
from cm_cli.errors import CmError, Exit
from cm_cli.language import _
from cm_cli.readers.intake import whole
from cm_cli.store import regulations as store
from cm_cli.store.connection import reading
from cm_cli.usecases.regulations import cases, presets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from cm_cli.domain.fields import Value
    from cm_cli.domain.regulation.schema import Regulation
    from cm_cli.errors import Problem
    from cm_cli.store.engine import Connection
    from cm_cli.usecases.clerk import Clerk

    Texts = tuple[tuple[str, str], ...]

SUFFIXES = (".yaml", ".yml")
T = TypeVar("T")
Other = TypeVar("Other")


@dataclass(slots=True)
class _Parents:
    """The look-up of what a text extends: it remembers what was found, in order."""

    clerk: Clerk | None
    kept: list[tuple[str, str]] | None = None  # of a text that the store holds
    found: list[tuple[str, str]] = field(default_factory=list)

    def find(self, word: str, file: str) -> tuple[str, str]:
        """Return file and text of what a layer extends (the ``Finder`` of the language)."""
        if self.kept is not None:
            if not self.kept:
                raise _unknown(word, ())
            self.found.append(self.kept.pop(0))
        elif word.endswith(SUFFIXES):
            self.found.append(_beside(word, file))
        else:
            parent = named(word, self.clerk)
            self.kept = list(parent.parents) if parent.stored else None
            self.found.append((parent.file, parent.text))
        return self.found[-1]


@dataclass(slots=True)
class Found:
    """A text and where it was found; ``parents`` are what it extends, once it has been read.

    ``stored`` says that the store holds it, with its parents.
    """

    file: str
    text: str
    clerk: Clerk | None = None
    parents: Texts = ()
    cases: tuple[str, str] | None = None
    stored: bool = False

    def load(self) -> tuple[Regulation | None, list[Problem]]:
        """Return the regulation with all findings."""
        from cm_cli.domain.regulation.load import load

        with self._looked_up() as parents:
            return load(self.text, self.file, parents.find)

    def read(self) -> Regulation:
        """Return the regulation, checked; raises CmError with all findings."""
        from cm_cli.domain.regulation.load import read

        with self._looked_up() as parents:
            return read(self.text, self.file, parents.find)

    @contextmanager
    def _looked_up(self) -> Iterator[_Parents]:
        parents = _Parents(self.clerk, list(self.parents) if self.stored else None)
        yield parents
        self.parents = tuple(parents.found)

    def record(self, rules: Regulation) -> dict[str, Value]:
        """Return what a record keeps of the regulation that was read: texts, digest, JSON form."""
        from cm_cli.domain.regulation.load import digest
        from cm_cli.domain.regulation.schema import to_json

        return {
            "code": rules.regulation,
            "text_digest": digest(self.text, *(text for _file, text in self.parents)),
            "text": self.text,
            "parents": json.dumps(self.parents, ensure_ascii=False) if self.parents else None,
            "compiled": to_json(rules),
        }


def named(name: str, clerk: Clerk | None = None, on: date | None = None) -> Found:
    """Return the text of this name; ``clerk`` names the store to look into, where there is one.

    Of several versions the latest counts, or the one in force ``on`` a day.
    """
    if name.endswith(SUFFIXES):
        return Found(name, text_of_file(name), clerk, cases=_cases_beside(name))
    if name in presets():
        path = presets()[name]
        return Found(path.name, path.read_text(encoding="utf-8"), clerk, cases=cases(name))
    code, _at, since = name.partition("@")
    nothing: tuple[store.Held | None, list[str]] = (None, [])
    held, codes = in_store(
        clerk,
        lambda c: (
            (on and not since and store.held(c, code, until=on.isoformat()))
            or store.held(c, code, since),
            store.held_codes(c),
        ),
        nothing,
    )
    if held is None:
        raise _unknown(name, codes)
    label = f"{held.label}.cases" if held.cases else ""
    own = (label, held.cases) if held.cases else None
    return Found(held.label, held.text, clerk, held.parents, own, stored=True)


def in_store(clerk: Clerk | None, ask: Callable[[Connection], T], without: Other) -> T | Other:
    """Return what a question to the store answers, or ``without`` where there is no store."""
    if clerk is None:
        return without
    try:
        with reading(clerk.place, clerk.known_at) as connection:
            return ask(connection)
    except CmError as trouble:
        if trouble.slug != "no-store":
            raise
        return without


def _unknown(name: str, codes: Sequence[str]) -> CmError:
    known = list(dict.fromkeys((*presets(), *codes)))
    return CmError(
        _("There is no regulation “{code}”").format(code=inert(name)),
        mend=nearest(name, known) or _("Those there are: {codes}.").format(codes=", ".join(known)),
        slug="no-regulation",
        code=Exit.USAGE,
    )


def _beside(word: str, file: str) -> tuple[str, str]:
    """Return a file in the same folder as the one that names it; links and paths are refused."""
    path = Path(file).parent / word
    if word != Path(word).name or "\\" in word or "\0" in word:
        what = _("“{file}” is not the plain name of a file beside this one")
        raise _no_file(what.format(file=inert(word)))
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise _no_file(_("“{file}” is a link, a folder or a device").format(file=inert(word)))
    except (OSError, ValueError):
        raise _no_file(
            _("There is no file “{file}” beside this one").format(file=inert(word))
        ) from None
    return str(path), text_of_file(str(path))


def _no_file(what: str) -> CmError:
    mend = _("Give the name of a file in the same folder, or the code of a regulation.")
    return CmError(what, mend=mend, slug="no-file", code=Exit.NO_INPUT)


def _cases_beside(name: str) -> tuple[str, str] | None:
    """Return the cases beside a file of the user's own, where there are any."""
    path = Path(cases_file(name))
    return (str(path), text_of_file(str(path))) if path.is_file() else None


def cases_file(name: str) -> str:
    """Return what the file of the cases of a regulation is called."""
    return f"{name.removesuffix('.yaml').removesuffix('.yml')}.cases.yaml"


def text_of_file(name: str) -> str:
    """Return the text of a file of the user's own; raises CmError where it is none."""
    try:
        return whole(name).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CmError(
            _("{file} is not UTF-8").format(file=inert(name)),
            mend=_("Save it as UTF-8."),
            slug="not-utf8",
            code=Exit.DATA_REFUSED,
        ) from None
    except (OSError, ValueError) as trouble:
        raise CmError(
            _("{file} cannot be read").format(file=inert(name)),
            where=getattr(trouble, "strerror", "") or "",
            mend=_("Check the name, or see those of the program: cm regulation list."),
            slug="no-file",
            code=Exit.NO_INPUT,
        ) from None

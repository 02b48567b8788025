"""Every error the user can meet: what provokes it, the exact words, the exit code.

``CM_CATALOGUE=rewrite`` writes what is said now into the catalogue; read the difference before
it is kept.
"""

from __future__ import annotations

import ast
import fcntl
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from error_sessions import Section, replay, rewrite, sections

import cm_cli
from cm_cli.cli import show
from cm_cli.store.connection import writing
from cm_cli.usecases import clerk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from conftest import Said

    from cm_cli.errors import CmError, Problem

PACKAGE = Path(cm_cli.__file__).parent
FLOORS = ("cli", "usecases", "store", "writers", "readers", "reports", "domain")
CASES = list(sections())
UNPROVOKED = {
    "no-example-data": "the package would have to lack a part of itself",
    "grade-elsewhere": "needs two regulations in use: tests/cli/test_regulation.py has them",
    "key-fixed": "no command offers an option for a field of the key",
    "not-text": "bytes that are no text cannot be written in a page",
    "store-in-use": "another program has to hold the store open at that very moment",
    "no-cases": "needs a whole regulation of one's own: tests/cli/test_dates.py has it",
    "no-such-manager": "the use case resolves the manager before the engine is asked",
    "broken-record": "all the strict reader is known to say has a slug of its own",
    "no-driver": "the tests have every driver",
    "no-privilege": "needs a server: tests/cli/test_server.py has it",
    "no-login": "needs a server: tests/cli/test_server.py has it",
    "not-migrated": "needs a store of an earlier schema: tests/cli/test_migrate.py has it",
    "word-too-long": "eight thousand characters fill no page: tests/nasty has it",
    "record-too-long": "a million characters fill no page: tests/nasty has it",
    "too-many-errors": "a hundred thousand bad cells fill no page: tests/nasty has it",
    "too-many-records": "two hundred thousand records fill no page",
    "sheet-too-long": "a million rows fill no page: tests/writers has it",
    "bundle-too-big": "needs a bomb: tests/cli/test_bundle.py has it",
    "too-many-columns": "a thousand headings fill no page: tests/nasty has it",
    "network-store": "needs a network file system: tests/faults/test_cautions.py has a list of mounts",
    "clock-back": "needs a clock set back: tests/faults/test_cautions.py",
    "more-findings": "follows ten thousand findings: tests/cli/test_intake.py",
    "temporary-full": "needs a full folder: tests/cli/test_import_chunks.py",
    "more-misfits": "follows a thousand findings of the same sort",
}


@pytest.mark.parametrize("section", CASES, ids=lambda each: "+".join(each.slugs))
def test_words_and_exit_code(
    section: Section,
    cm: Callable[..., Said],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    """Replay a session: the whole standard error and the exit codes are as written."""
    _start(section.given, request, monkeypatch)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PACKAGE", str(PACKAGE))
    monkeypatch.setenv("PYTHONPATH", str(PACKAGE.parent))
    shown = _watch(monkeypatch)
    console = replay(section, tmp_path, cm)
    if os.environ.get("CM_CATALOGUE") == "rewrite":
        rewrite(section, console)
    else:
        assert console == section.console
    assert set(section.slugs) <= shown


def _start(given: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if given.startswith("a new store"):
        store: Path = request.getfixturevalue("store")
        if given.endswith("another command is writing to"):
            _occupy(store, request)
            monkeypatch.setattr(clerk, "writing", partial(writing, wait=0.2))
    elif given == "the example":
        request.getfixturevalue("example")
    else:
        assert given == "an empty folder", given


def _occupy(store: Path, request: pytest.FixtureRequest) -> None:
    """Hold the lock of the store, as a command does that writes to it."""
    handle = os.open(f"{store}.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(handle, fcntl.LOCK_EX)
    request.addfinalizer(lambda: os.close(handle))


def _watch(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the set that gathers the slugs of what is shown (they are not in the words)."""
    shown: set[str] = set()
    error, problems = show.error, show.problems

    def watched_error(trouble: CmError) -> None:
        shown.add(trouble.slug)
        error(trouble)

    def watched_problems(found: Sequence[Problem], desk: object) -> None:
        shown.update(each.slug for each in found)
        problems(found, desk)  # type: ignore[arg-type]

    monkeypatch.setattr(show, "error", watched_error)
    monkeypatch.setattr(show, "problems", watched_problems)
    return shown


def _slugs() -> Iterator[tuple[str, str]]:
    """Yield slug and place of every error raised, and of the findings of use cases and readers."""
    for floor in FLOORS:
        for path in sorted((PACKAGE / floor).rglob("*.py")):
            place = path.relative_to(PACKAGE).as_posix()
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    yield from ((slug, f"{place}:{node.lineno}") for slug in _slug(node, floor))


def _slug(call: ast.Call, floor: str) -> Iterator[str]:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name == "CmError":
        given = [each.value for each in call.keywords if each.arg == "slug"]
    elif name in {"refused", "Spoilt"} or (name == "Problem" and floor in {"usecases", "readers"}):
        given = call.args[:1]
    else:
        return
    for value in ast.walk(given[0]) if given else ():
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


def test_every_slug_has_a_case() -> None:
    """An error without a case in the catalogue fails here."""
    cased = {slug for each in CASES for slug in each.slugs}
    lacking = [
        f"{slug} ({place})" for slug, place in _slugs() if slug not in cased | set(UNPROVOKED)
    ]
    assert not lacking, "give it a section in tests/errors/catalogue: " + ", ".join(lacking)


def test_no_case_without_its_slug() -> None:
    """The list of exceptions and the catalogue name only slugs there are, and none twice."""
    known = {slug for slug, _place in _slugs()}
    cased = {slug for each in CASES for slug in each.slugs}
    assert not set(UNPROVOKED) - known
    assert not set(UNPROVOKED) & cased

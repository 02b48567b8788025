"""A small store to hurt, commands run in processes that may be killed, and the judge of what is left.

Commands run in a fork of this process, in which everything is imported already, so that a
thousand of them take minutes; nothing is open at the fork, every child opens its own connections.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import signal
import sqlite3
import sys
import time
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import first_store

from cm_cli.cli.app import run
from cm_cli.store.connection import reading
from cm_cli.store.place import Place
from cm_cli.store.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "listed-companies"
NOW = "2016-04-01T01:00:00Z"
STORE = "cm.db"
PIECES = ("", "-wal", "-shm", "-journal", ".lock")
REGIONS = ("浙江", "江苏", "上海", "深圳", "北京")
BASE = {
    "CM_DB": STORE,
    "CM_LANG": "en",
    "CM_NOW": NOW,
    "CM_TODAY": "2016-04-01",
    "CM_OPERATOR": "clerk",
    "CM_STATE": "state",
    "PYTHONPATH": str(ROOT),
}


@dataclass(frozen=True)
class Job:
    """A command to hurt: its words, the template it starts from, the file it makes."""

    name: str
    words: tuple[str, ...]
    start: str
    output: str = ""


@dataclass
class Expected:
    """What a job comes to when nobody disturbs it: the states before and after, file, seconds."""

    before: str
    after: str
    output: str
    seconds: float


@dataclass
class Left:
    """What is found after a process ended: the store's state and what is wrong with it."""

    state: str
    output: str
    wrong: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)


JOBS = (
    Job("init", ("init",), "empty"),
    Job("import", ("import", "clients", "more.csv"), "staffed"),
    Job("import changes", ("import", "clients", "changed.csv"), "staffed"),
    Job("assign apply", ("assign", "apply"), "staffed"),
    Job("appraise run", ("appraise", "run", "--quarter", "2016Q1"), "assigned"),
    Job("undo", ("undo",), "assigned"),
    Job("visit log", ("visit", "log", "C0001", "--manager", "M01", "--mode", "door"), "assigned"),
    Job("backup", ("store", "backup", "copy.db"), "assigned", "copy.db"),
    Job("restore", ("store", "restore", "older.db"), "assigned"),
    Job("migrate", ("store", "migrate"), "old"),
    Job("move", ("store", "move", "--to", "moved.db"), "assigned", "moved.db"),
    Job("report", ("report", "appraisal", "--quarter", "2016Q1", "-o", "out.md"), "appraised", "out.md"),
    Job("list", ("client", "list", "-o", "out.csv"), "assigned", "out.csv"),
)  # fmt: skip


def job(name: str) -> Job:
    """Return the job of that name."""
    return next(each for each in JOBS if each.name == name)


def here(*words: str) -> str:
    """Run a command in this process and folder, which has to succeed; returns what it said."""
    said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with redirect_stdout(said), redirect_stderr(said):
        code = run(list(words))
    text = said.buffer.getvalue().decode()  # type: ignore[attr-defined]
    if code:
        raise RuntimeError(f"{words}: {code}\n{text}")
    return text


def templates(folder: Path, clients: int = 200) -> dict[str, Path]:
    """Make the folders jobs start from; each has a store at one stage, and the files they need."""
    os.environ.update(BASE)
    made = {name: folder / name for name in ("empty", "staffed", "assigned", "appraised")}
    made["empty"].mkdir(parents=True)
    os.chdir(made["empty"])
    _csv("clients.csv", range(clients))
    _csv("more.csv", range(clients, clients * 2))
    _csv("changed.csv", range(clients), more=1)
    shutil.copytree(made["empty"], made["staffed"])
    os.chdir(made["staffed"])
    here("init", "--on", "2016-01-04")
    for kind in ("units", "managers"):
        here("import", kind, str(EXAMPLE / f"{kind}.csv"), "--on", "2016-01-04")
    here("import", "clients", "clients.csv", "--on", "2016-01-04")
    shutil.copytree(made["staffed"], made["assigned"])
    os.chdir(made["assigned"])
    here("store", "backup", "older.db")
    here("assign", "apply", "--on", "2016-01-04")
    here("visit", "log", "C0002", "--manager", "M01", "--mode", "telephone")
    shutil.copytree(made["assigned"], made["appraised"])
    os.chdir(made["appraised"])
    here("appraise", "run", "--quarter", "2016Q1")
    os.chdir(folder)
    made["old"] = folder / "old"
    shutil.copytree(made["assigned"], made["old"])
    first_store.rebuilt(made["old"] / STORE)
    return made


def _csv(name: str, numbers: Sequence[int], more: int = 0) -> None:
    lines = ["code,name,region,assets"]
    lines += [f"C{n:04},企业{n}公司,{REGIONS[n % 5]},{(n % 97 + 1 + more) * 1000}" for n in numbers]
    Path(name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def forked(folder: Path, words: Sequence[str], first: Callable[[], None] | None = None) -> int:
    """Start a command in a fork of this process; what it says goes to the file ``said``."""
    child = os.fork()
    if child:
        return child
    code = 99
    with suppress(BaseException):
        os.chdir(folder)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        said = os.open("said", os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        os.dup2(said, 1)
        os.dup2(said, 2)
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
        if first:
            first()
        code = int(run(list(words)))
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def ended(child: int) -> int:
    """Wait for a child; returns its exit code, negative for the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def answered(folder: Path, *words: str, first: Callable[[], None] | None = None) -> tuple[int, str]:
    """Run a command in a fork; returns its exit code and what it said."""
    code = ended(forked(folder, words, first))
    return code, said_in(folder)


def said_in(folder: Path) -> str:
    """Return what the last command in the folder said."""
    file = folder / "said"
    return file.read_text(encoding="utf-8") if file.exists() else ""


def fresh(template: Path, folder: Path) -> None:
    """Make the folder a copy of a template."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template, folder)


def state_of(store: Path) -> tuple[str, list[str]]:
    """Return a digest of all that is in the store, and what verifying it finds."""
    if not store.exists():
        return "none", []
    try:
        with reading(Place(store)) as connection:
            whole = hashlib.sha256()
            tables = [
                name
                for (name,) in connection.execute(
                    "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
                )
            ]
            for name in tables:
                for row in sorted(map(repr, connection.execute(f"SELECT * FROM {name}"))):
                    whole.update(f"{name} {row}\n".encode())
            wrong = [problem.what for problem in verify(connection)]
    except Exception as trouble:  # noqa: BLE001 - whatever it is, the store is not whole
        return "broken", [f"{type(trouble).__name__}: {trouble}"]
    return whole.hexdigest(), wrong


def left_in(folder: Path, one: Job) -> Left:
    """Look at what a job left: the store, the file it makes, temporary files."""
    state, wrong = state_of(folder / STORE)
    output = ""
    if one.output.endswith(".db"):
        output, more = state_of(folder / one.output)
        wrong += more
    elif one.output and (folder / one.output).exists():
        output = hashlib.sha256((folder / one.output).read_bytes()).hexdigest()
    stale = sorted(path.name for path in folder.iterdir() if path.name.startswith(".cm-"))
    return Left(state, output or "none", wrong, stale)


def undisturbed(one: Job, template: Path, folder: Path) -> Expected:
    """Run a job twice in peace, once here (so that forks find all imported) and once in a fork."""
    fresh(template, folder)
    before = left_in(folder, one)
    os.chdir(folder)
    here(*one.words)
    os.chdir(folder.parent)
    fresh(template, folder)
    started = time.perf_counter()
    code, said = answered(folder, *one.words)
    seconds = time.perf_counter() - started
    after = left_in(folder, one)
    if code or after.wrong or after.stale:
        raise RuntimeError(f"{one.name}: {code} {said} {after}")
    return Expected(before.state, after.state, after.output, seconds)


def sqlite_version() -> str:
    """Return the version of the engine under test, for the head of a report."""
    return f"SQLite {sqlite3.sqlite_version}, Python {sys.version.split()[0]}"

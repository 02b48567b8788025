"""How long a command takes from its first to its last moment, beside programs of the same trade.

Run: ``python tests/benchmarks/startup.py [--runs 15]``. The commands take turns, so that a busy
minute of the machine falls on all of them alike; the figures are medians of whole processes,
processor (user + system) and wall. What a command answered is checked, not only its time.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "listed-companies"
CM = (sys.executable, "-m", "cm_cli")
DAY = "2016-04-01"
CODE = "000001"
TARGETS = (
    ("cm --help", "sqlite-utils --version", 0.60),
    ("cm client show", "sqlite-utils rows", 0.75),
    ("cm visit log", "import sqlmodel", 1.25),
)


@dataclass
class Case:
    """One command: how its command line is made for a run, what it must answer, its times."""

    words: Callable[[int], tuple[str, ...]]
    answers: str = ""
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    def run(self, number: int, store: Path) -> None:
        """Run it once and keep its times; stops where the answer is not the right one."""
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
        said = subprocess.run(
            self.words(number), capture_output=True, env=world(store), check=False
        )
        after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter() - started
        if said.returncode or self.answers not in said.stdout.decode():
            sys.exit(f"{self.words(number)}: {said.returncode}\n{said.stdout!r}\n{said.stderr!r}")
        self.cpu.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
        self.wall.append(wall)


def world(store: Path) -> dict[str, str]:
    """Return the environment of a run: this checkout, one store, one day, one language."""
    own = {"CM_DB": str(store), "CM_LANG": "en", "CM_TODAY": DAY, "CM_OPERATOR": "benchmark"}
    own |= {"CM_STATE": str(store.parent / "state"), "PYTHONPATH": str(ROOT)}
    return {**os.environ, **own}


def make_store(store: Path) -> int:
    """Make a store of the example; returns how many visits it holds."""
    lines = [("init",)]
    lines += [("import", f"{kind}", str(EXAMPLE / file)) for kind, file in FILES]
    for line in lines:
        subprocess.run((*CM, *line, "-q"), env=world(store), check=True)
    return visits(store)


FILES = (
    ("units", "units.csv"),
    ("managers", "managers.csv"),
    ("clients", "clients.xlsx"),
    ("visits", "visits.csv"),
)


def visits(store: Path) -> int:
    """Return how many visits the store holds."""
    with closing(sqlite3.connect(store)) as base:
        return int(base.execute("SELECT count(*) FROM visit").fetchone()[0])


def clock(number: int) -> str:
    """Return a time of day no other run has."""
    return f"{number // 60 % 24:02}:{number % 60:02}"


def cases(store: Path) -> dict[str, Case]:
    """Return every command measured, by the name it is printed under."""
    peer = shutil.which("sqlite-utils", path=str(Path(sys.executable).parent)) or shutil.which(
        "sqlite-utils"
    )
    visit = (*CM, "visit", "log", CODE, "--manager", "M01", "--mode", "door")
    found = {
        "python -c pass": Case(lambda _n: (sys.executable, "-c", "pass")),
        "import sqlmodel": Case(lambda _n: (sys.executable, "-c", "import sqlmodel")),
        "cm --help": Case(lambda _n: (*CM, "--help"), "client"),
        "cm client show": Case(lambda _n: (*CM, "client", "show", CODE), "平安银行"),
        "cm visit log": Case(lambda n: (*visit, "--time", clock(n))),
    }
    if peer:
        rows = (peer, "rows", str(store), "client", "--where", f"code='{CODE}'")
        found["sqlite-utils --version"] = Case(lambda _n: (peer, "--version"), "version")
        found["sqlite-utils rows"] = Case(lambda _n: rows, CODE)
    else:
        print("sqlite-utils is not installed: its comparisons are left out")
    return found


def report(measured: dict[str, Case]) -> None:
    """Print the medians in ms, then each target with its reference of the same run."""
    bare = median(measured["python -c pass"].cpu)
    print(f"{'':24}{'cpu ms':>8}{'wall ms':>9}{'x bare':>8}")
    for name, case in measured.items():
        cpu, wall = median(case.cpu), median(case.wall)
        print(f"{name:24}{cpu * 1000:8.0f}{wall * 1000:9.0f}{cpu / bare:8.1f}")
    print()
    for name, against, target in TARGETS:
        if against in measured:
            cpu, wall = (
                median(getattr(measured[name], what)) / median(getattr(measured[against], what))
                for what in ("cpu", "wall")
            )
            met = "met" if cpu <= target else "not met"
            print(f"{name} / {against}: cpu {cpu:.2f}, wall {wall:.2f}; target {target:.2f}: {met}")


def main() -> None:
    """Run every command in turn, check that each write is a row, and print the figures."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--runs", type=int, default=15)
    runs = ask.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "cm.db"
        before = make_store(store)
        measured = cases(store)
        for number in range(runs):
            for case in measured.values():
                case.run(number, store)
        written = visits(store) - before
    if written != runs:
        sys.exit(f"{runs} visits were logged, {written} are in the store")
    report(measured)


if __name__ == "__main__":
    main()

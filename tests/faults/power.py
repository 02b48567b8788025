"""The power goes at every write of real commands; no acknowledged entry may be lost, none half there.

``python tests/faults/power.py --states 10000`` runs a day's commands over the recorder, rebuilds
what may be on the disk after each operation, opens it and compares it with the states the
commands had acknowledged. ``--synchronous NORMAL`` or ``OFF`` shows that losses would be seen.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import apsw
import office
from recorder import Disk, Operation, recording

DAY = (
    ("import", "clients", "more.csv"),
    ("client", "set", "C0001", "--sales", "5亿"),
    ("assign", "apply"),
    ("visit", "log", "C0001", "--manager", "M01", "--mode", "door"),
    ("undo",),
    ("import", "clients", "changed.csv"),
    ("client", "add", "X1", "--name", "新企业"),
    *(("visit", "log", f"C000{n}", "--manager", "M02", "--mode", "door") for n in range(3, 10)),
    ("undo",),
    ("client", "set", "C0003", "--sales", "7亿"),
)
FEW = (DAY[1], DAY[3], DAY[6])


@dataclass
class Found:
    """How many states were looked at, what they came to, and what was wrong."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def recorded(
    folder: Path, commands: tuple[tuple[str, ...], ...], synchronous: str
) -> tuple[list[Operation], list[str]]:
    """Run the commands; returns what they asked of the disk and the state after each.

    From the middle on another connection stays open, so that the log is not closed each time.
    """
    log: list[Operation] = []
    os.chdir(folder)
    with recording(log, synchronous):
        states = [office.state_of(folder / office.STORE)[0]]
        reader = None
        for number, words in enumerate(commands):
            if number == len(commands) // 2:
                reader = apsw.Connection(
                    str(folder / office.STORE), flags=apsw.SQLITE_OPEN_READWRITE, vfs="recorder"
                )
                reader.cursor().execute("SELECT count(*) FROM entry").fetchall()
            office.here(*words)
            log.append(Operation("acknowledged"))
            states.append(office.state_of(folder / office.STORE)[0])
        if reader:
            reader.close()
    return log, states


def cut(
    template: Path, folder: Path, states: int, seed: int, synchronous: str = "FULL",
    commands: tuple[tuple[str, ...], ...] = DAY,
) -> Found:  # fmt: skip
    """Record the commands, then look at about so many states after a cut, at least one a step."""
    work = folder / "work"
    office.fresh(template, work)
    log, known = recorded(work, commands, synchronous)
    disk = Disk(template)
    dice = random.Random(seed)
    found = Found()
    found.counts["operations"] = len(log)
    each, rest = divmod(states, len(log))
    extra = set(dice.sample(range(len(log)), rest))
    acknowledged = 0
    for number, one in enumerate(log):
        for turn in range(each + (number in extra)):
            torn = one if one.what in {"write", "truncate"} else None
            _look(disk.after_the_cut(dice, torn), folder / "after", known, acknowledged, found,
                  f"operation {number} ({one.what} {one.name}), state {turn}")  # fmt: skip
        disk.take(one)
        acknowledged += one.what == "acknowledged"
    return found


def _look(
    files: dict[str, bytes],
    folder: Path,
    known: list[str],
    acknowledged: int,
    found: Found,
    seen: str,
) -> None:
    """Open what is found after a cut and compare it with what was acknowledged."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    state, wrong = office.state_of(folder / office.STORE)
    found.counts["states"] += 1
    if state == "broken" or wrong:
        found.counts["corrupt"] += 1
        found.failures.append(f"{seen}: {wrong}")
    elif state not in known:
        found.counts["half"] += 1
        found.failures.append(f"{seen}: no state any command left")
    elif state not in known[acknowledged:]:
        found.counts["lost"] += 1
        found.failures.append(f"{seen}: {acknowledged} acknowledged, {known.index(state)} there")
    else:
        found.counts[
            "with the command cut" if state == known[acknowledged] else "with it whole"
        ] += 1


def main() -> int:
    """Run the campaign asked for and print its figures; 1 where anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--states", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--synchronous", default="FULL", choices=("FULL", "NORMAL", "OFF"))
    given = parser.parse_args()
    print(
        f"seed {given.seed}, synchronous={given.synchronous}, written by SQLite {apsw.sqlite_lib_version()}, read by {office.sqlite_version()}"
    )
    started = time.perf_counter()
    memory = Path("/dev/shm")  # noqa: S108 - in memory, where there is one
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        made = office.templates(Path(folder) / "templates", 20)
        found = cut(made["staffed"], Path(folder), given.states, given.seed, given.synchronous)
        os.chdir("/")
    for name in (
        "operations",
        "states",
        "with the command cut",
        "with it whole",
        "corrupt",
        "half",
        "lost",
    ):
        print(f"{name}\t{found.counts[name]}")
    print(f"{time.perf_counter() - started:.0f} s, {len(found.failures)} failures")
    for line in found.failures[:20]:
        print(" ", line[:300])
    return 1 if found.failures else 0


if __name__ == "__main__":
    sys.exit(main())

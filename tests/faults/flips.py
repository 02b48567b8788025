"""Single bits turned and sectors zeroed at random places of a store: what does the check find.

``python tests/faults/flips.py --flips 300`` prints how many ``cm store check`` finds, and of the
rest whether anything readable differs. A traceback, a signal or a changed value unseen is a failure.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import office

SECTOR = 512
ASKED = (
    ("client", "list", "--limit", "5"),
    ("journal", "list"),
    ("assign", "list", "--limit", "5"),
)


@dataclass
class Seen:
    """How many damages were found, how many changed nothing readable, and what went wrong."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def content(store: Path) -> dict[str, list[str]]:
    """Return every row of every table, read by plain SQLite."""
    found: dict[str, list[str]] = {}
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
        for name, sql in connection.execute("SELECT name, sql FROM sqlite_schema").fetchall():
            found[f"schema {name}"] = [str(sql)]
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        for (name,) in tables.fetchall():
            found[name] = sorted(map(repr, connection.execute(f"SELECT * FROM {name}")))
    return found


def damage(store: Path, sort: str, dice: random.Random) -> str:
    """Turn a bit or zero a sector; returns what was done, or nothing where it was zero already."""
    size = store.stat().st_size
    with store.open("r+b") as file:
        if sort == "sector":
            at = dice.randrange(size // SECTOR) * SECTOR
            file.seek(at)
            if not any(file.read(SECTOR)):
                return ""
            file.seek(at)
            file.write(bytes(SECTOR))
            return f"sector at {at} zeroed"
        at, bit = dice.randrange(size), dice.randrange(8)
        file.seek(at)
        byte = file.read(1)[0] ^ (1 << bit)
        file.seek(at)
        file.write(bytes([byte]))
        return f"bit {bit} of byte {at} turned"


def harm(template: Path, folder: Path, number: int, seed: int, sort: str = "bit") -> Seen:
    """Damage copies of a store one after another and ask the program about each."""
    work = folder / "work"
    work.mkdir(exist_ok=True)
    dice = random.Random(seed)
    whole = content(template)
    seen = Seen()
    while seen.counts["damages"] < number:
        for piece in office.PIECES:
            (work / f"{office.STORE}{piece}").unlink(missing_ok=True)
        shutil.copyfile(template, work / office.STORE)
        what = damage(work / office.STORE, sort, dice)
        if not what:
            continue
        seen.counts["damages"] += 1
        code, said = office.answered(work, "store", "check")
        seen.counts["found"] += code != 0
        for words in ASKED:
            answer, more = office.answered(work, *words)
            _manners(seen, f"{what}: {' '.join(words)}", answer, more)
        _manners(seen, f"{what}: store check", code, said)
        if code:
            continue
        try:
            changed = [
                name
                for name, rows in content(work / office.STORE).items()
                if rows != whole.get(name)
            ]
        except (sqlite3.Error, UnicodeDecodeError) as trouble:
            changed = [str(trouble)]
        seen.counts["changes nothing readable"] += not changed
        if changed:
            seen.counts["changed and unseen"] += 1
            seen.failures.append(f"{what}: not found, but changed: {changed}")
    return seen


def _manners(seen: Seen, what: str, code: int, said: str) -> None:
    """Take down an answer that is a bug's, a signal's or a traceback."""
    if code < 0 or code in {70, 99} or "Traceback" in said:
        seen.counts["tracebacks"] += 1
        seen.failures.append(f"{what}: exit {code}: {said.strip()[-300:]}")


def main() -> int:
    """Run the campaign asked for and print its figures; 1 where anything was unseen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flips", type=int, default=300)
    parser.add_argument("--sectors", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(f"seed {given.seed}, {office.sqlite_version()}")
    started = time.perf_counter()
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        made = office.templates(Path(folder) / "templates", 500)
        store = made["appraised"] / office.STORE
        os.chdir(made["appraised"])
        office.here("store", "check")
        for words in ASKED:
            office.here(*words)
        os.chdir("/")
        with closing(sqlite3.connect(store)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        print(f"a store of {store.stat().st_size:,} bytes")
        for sort, number in (("bit", given.flips), ("sector", given.sectors)):
            seen = harm(store, Path(folder), number, given.seed, sort)
            print(sort, *(f"{name} {count}" for name, count in seen.counts.items()), sep="\t")
            failures += seen.failures
    print(f"{time.perf_counter() - started:.0f} s, {len(failures)} failures")
    for line in failures[:40]:
        print(" ", line)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

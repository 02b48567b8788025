"""Many processes write to one store at once: no error, no loss, the chain whole; readers never wait.

``python tests/faults/writers.py --processes 16 --writes 500`` prints rates, waits and counts.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import office

from cm_cli.store.connection import reading
from cm_cli.store.place import Place


@dataclass
class Result:
    """What a crowd came to: exit codes, seconds of each command, what the store says of it."""

    codes: dict[int, int] = field(default_factory=dict)
    writes: list[float] = field(default_factory=list)
    reads: list[float] = field(default_factory=list)
    read_codes: dict[int, int] = field(default_factory=dict)
    rows: int = 0
    entries: int = 0
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0


def crowd(template: Path, folder: Path, processes: int, writes: int, readers: int = 1) -> Result:
    """Let so many processes write so many records each while others read; then look."""
    work = folder / "work"
    office.fresh(template, work)
    result = Result()
    started = time.perf_counter()
    writing = [_start(work, f"w{n}", lambda n=n: _write(n, writes)) for n in range(processes)]
    looking = [_start(work, f"r{n}", lambda: _read(work / "done")) for n in range(readers)]
    for child in writing:
        office.ended(child)
    result.seconds = time.perf_counter() - started
    (work / "done").touch()
    for child in looking:
        office.ended(child)
    for n in range(processes):
        _gather(work / f"w{n}.json", result.codes, result.writes)
    for n in range(readers):
        _gather(work / f"r{n}.json", result.read_codes, result.reads)
    _look(work / office.STORE, template / office.STORE, processes * writes, result)
    return result


def _start(folder: Path, name: str, work) -> int:
    child = os.fork()
    if child:
        return child
    with suppress(BaseException):
        os.chdir(folder)
        null = os.open(f"{name}.txt", os.O_CREAT | os.O_WRONLY, 0o600)
        os.dup2(null, 1)
        os.dup2(null, 2)
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
        Path(f"{name}.json").write_text(json.dumps(work()), encoding="utf-8")
    os._exit(0)


def _timed(*words: str) -> tuple[int, float]:
    started = time.perf_counter()
    code = int(office.run(list(words)))
    sys.stdout.flush()
    sys.stderr.flush()
    return code, time.perf_counter() - started


def _write(number: int, writes: int) -> list[tuple[int, float]]:
    """Register clients of one's own, one command each."""
    return [
        _timed("client", "add", f"W{number:02}{n:05}", "--name", f"企业{number}第{n}", "-q")
        for n in range(writes)
    ]


def _read(done: Path) -> list[tuple[int, float]]:
    """List clients until the writers are done."""
    found = []
    while not done.exists():
        found.append(_timed("client", "list", "--limit", "20"))
        time.sleep(0.02)
    return found


def _gather(file: Path, codes: dict[int, int], seconds: list[float]) -> None:
    for code, second in json.loads(file.read_text(encoding="utf-8")) if file.exists() else []:
        codes[code] = codes.get(code, 0) + 1
        seconds.append(second)


def _look(store: Path, before: Path, writes: int, result: Result) -> None:
    """Count rows and entries, and follow the chain."""
    counts = "SELECT (SELECT count(*) FROM client), (SELECT count(*) FROM entry)"
    with reading(Place(before)) as connection:
        clients, entries = connection.execute(counts).fetchone()
    with reading(Place(store)) as connection:
        rows = connection.execute(counts).fetchone()
        chain = connection.execute(
            "SELECT number, previous, hash FROM entry ORDER BY number"
        ).fetchall()
    result.rows, result.entries = rows[0] - clients, rows[1] - entries
    if (result.rows, result.entries) != (writes, writes):
        result.failures.append(
            f"{writes} written, {result.rows} rows and {result.entries} entries there"
        )
    if [number for number, _previous, _hash in chain] != list(range(1, len(chain) + 1)):
        result.failures.append("the numbers of the entries have gaps")
    if not all(later[1] == earlier[2] for earlier, later in pairwise(chain)):
        result.failures.append("the chain is broken")
    result.failures += office.state_of(store)[1]
    result.failures += [
        f"{n} writers ended with {code}" for code, n in result.codes.items() if code
    ]
    result.failures += [
        f"{n} readers ended with {code}" for code, n in result.read_codes.items() if code
    ]


def quantile(seconds: list[float], share: float) -> str:
    """Return that quantile in milliseconds."""
    ranked = sorted(seconds)
    return (
        f"{ranked[min(int(len(ranked) * share), len(ranked) - 1)] * 1000:.0f} ms" if ranked else "-"
    )


def main() -> int:
    """Run the crowd asked for and print its figures; 1 where anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=16)
    parser.add_argument("--writes", type=int, default=500)
    parser.add_argument("--readers", type=int, default=1)
    given = parser.parse_args()
    print(
        f"{given.processes} processes x {given.writes} writes, {given.readers} readers, {office.sqlite_version()}"
    )
    with tempfile.TemporaryDirectory() as folder:
        made = office.templates(Path(folder) / "templates")
        os.chdir(made["assigned"])
        office.here("client", "add", "warm", "--name", "warm", "--dry-run")
        office.here("client", "list", "--limit", "1")
        os.chdir("/")
        found = crowd(made["assigned"], Path(folder), given.processes, given.writes, given.readers)
    for name, seconds, codes in (
        ("write", found.writes, found.codes),
        ("read", found.reads, found.read_codes),
    ):
        middle, most = quantile(seconds, 0.5), quantile(seconds, 1)
        print(
            f"{name}\t{len(seconds)} commands\texit codes {codes}\tp50 {middle}\tp99 {quantile(seconds, 0.99)}\tslowest {most}"
        )
    print(
        f"rows {found.rows}, entries {found.entries}, {found.seconds:.0f} s, {found.rows / found.seconds:.0f} writes/s, {len(found.failures)} failures"
    )
    for line in found.failures[:20]:
        print(" ", line)
    return 1 if found.failures else 0


if __name__ == "__main__":
    sys.exit(main())

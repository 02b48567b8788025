"""What the journal costs on a large import, and how long proving the store takes.

Run: ``python tests/benchmarks/journal.py [--rows 1000000]``. The same import runs in a process of its
own with the journal and without it (no content written down canonically, no digests, no entry's
digest over its rows); the target is at most 1.35 times the processor time. Then
``cm journal verify`` proves every row.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from intake import generate

ROOT = Path(__file__).parents[2]
MOST = 1.35
BARE = """
from cm_cli.store import journal
journal._object = lambda pairs: ""
journal._digest = lambda kind, row, content: ""
journal.rows_digest = lambda connection, number, names: ""
"""


def timed(code: str, env: dict[str, str]) -> tuple[float, float]:
    """Run Python in a process of its own; returns seconds of processor and of the clock."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = perf_counter()
    subprocess.run([sys.executable, "-c", code], env=env, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, perf_counter() - started


def main() -> int:
    """Print the figures; exit code 1 where the journal costs more than the target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "PYTHONPATH": str(ROOT), "CM_DB": f"{folder}/cm.db", "CM_LANG": "en"}
        file = Path(folder) / "clients.csv"
        generate(file, given.rows)
        call = "from cm_cli.cli.app import run\nraise SystemExit(run({words}))"
        take = call.format(words=["import", "clients", str(file), "-q"])
        spent: dict[str, list[tuple[float, float]]] = {"with": [], "without": []}
        for _turn in range(given.runs):
            for name, before in (("without", BARE), ("with", "")):
                for old in Path(folder).glob("cm.db*"):
                    old.unlink()
                timed(call.format(words=["init", "-q"]), env)
                spent[name].append(timed(before + take, env))
        best = {name: min(each) for name, each in spent.items()}
        ratio = best["with"][0] / best["without"][0]
        for name, (used, wall) in best.items():
            print(
                f"import of {given.rows:,} clients {name} journal: {used:.1f} s processor, {wall:.1f} s"
            )
        print(f"ratio {ratio:.2f} (target at most {MOST})")
        used, wall = timed(call.format(words=["journal", "verify"]), env)
        print(
            f"cm journal verify of {given.rows:,} clients and their classes: {used:.1f} s processor, {wall:.1f} s"
        )
        print(
            f"peak memory of any process: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024} MB"
        )
    return int(ratio > MOST)


if __name__ == "__main__":
    sys.exit(main())

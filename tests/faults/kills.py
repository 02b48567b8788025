"""``kill -9`` at random moments and at every file operation of each command; nothing may be half.

``python tests/faults/kills.py --kills 1000 --seed 1`` prints a table and exits non-zero where a
command left half of its work, an acknowledged change is lost, the store does not verify, an
unfinished file bears its final name, or the next command does not work at once.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import office
from office import JOBS, Expected, Job

WATCHED = ("os.", "open", "shutil.", "tempfile.", "sqlite3.connect", "fcntl.")
STEPS = 400


@dataclass
class Tally:
    """What happened to one job, and every failure with what is needed to see it again."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def kill_at_step(number: int) -> None:
    """Kill this process at its n-th operation on files (an audit event of Python)."""
    met = 0

    def hook(event: str, _args: object) -> None:
        nonlocal met
        if event.startswith(WATCHED):
            met += 1
            if met == number:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def kill_after(child: int, seconds: float) -> None:
    """Kill a process that long after now."""
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)


def judge(one: Job, known: Expected, folder: Path, code: int, seen: str, tally: Tally) -> str:
    """Compare what is left with what may be left; returns the state: before or after."""
    left = office.left_in(folder, one)
    states = {known.before: "before", known.after: "after"}
    state = states.get(left.state, "half")
    if one.output:
        state = {"none": "before", known.output: "after"}.get(left.output, "partial file")
        if left.state not in states:
            state = "half"
    tally.counts["killed" if code == -signal.SIGKILL else "ended before the kill"] += 1
    tally.counts[state] += 1
    tally.counts["stale temps"] += len(left.stale)
    wrong = [*left.wrong]
    if state not in {"before", "after"}:
        wrong.append(state)
    acknowledged = code == 0 or bool(office.said_in(folder).strip())
    tally.counts["acknowledged"] += acknowledged
    if acknowledged and state == "before":
        tally.counts["lost"] += 1
        wrong.append("acknowledged and lost")
    if left.wrong:
        tally.counts["broken"] += 1
    if code not in {0, -signal.SIGKILL}:
        wrong.append(f"exit {code}: {office.said_in(folder)}")
    if wrong:
        tally.failures.append(f"{one.name}: {seen}: {'; '.join(wrong)}")
    return state


def again(one: Job, known: Expected, folder: Path, state: str, seen: str, tally: Tally) -> None:
    """Run the killed command once more: it has to work at once and sweep what was left."""
    if state != "before":
        return
    code, said = office.answered(folder, *one.words)
    left = office.left_in(folder, one)
    tally.counts["run again"] += 1
    if code or left.state != known.after or left.stale or left.wrong:
        tally.failures.append(
            f"{one.name}: {seen}: again: {code} {said.strip()} {left.stale} {left.wrong}"
        )


def step_kills(
    one: Job, known: Expected, template: Path, folder: Path, tally: Tally, stride: int = 1
) -> None:
    """Kill the job at its first file operation, its second, and so on until it ends in peace."""
    for number in range(1, STEPS, stride):
        office.fresh(template, folder)
        code = office.ended(office.forked(folder, one.words, lambda n=number: kill_at_step(n)))
        seen = f"--only '{one.name}' at file operation {number}"
        state = judge(one, known, folder, code, seen, tally)
        again(one, known, folder, state, seen, tally)
        if code == 0:
            tally.counts["file operations"] = number - 1
            return


def random_kill(
    one: Job,
    known: Expected,
    template: Path,
    folder: Path,
    dice: random.Random,
    tally: Tally,
    *,
    real: bool,
) -> None:
    """Kill the job after a random time: in a fork, or as a program of its own."""
    office.fresh(template, folder)
    if real:
        delay = dice.uniform(0.1, 0.6 + known.seconds * 1.2)
        with (
            (folder / "said").open("wb") as said,
            subprocess.Popen(
                [sys.executable, "-m", "cm_cli", *one.words], cwd=folder, stdout=said, stderr=said
            ) as child,
        ):
            time.sleep(delay)
            child.kill()
            code = child.wait()
        tally.counts["real processes"] += 1
    else:
        delay = dice.uniform(0, known.seconds * 1.05)
        child_id = office.forked(folder, one.words)
        kill_after(child_id, delay)
        code = office.ended(child_id)
    seen = f"after {delay * 1000:.1f} ms{' (real process)' if real else ''}"
    state = judge(one, known, folder, code, seen, tally)
    if dice.random() < 0.2:
        again(one, known, folder, state, seen, tally)


def campaign(
    made: dict[str, Path],
    folder: Path,
    dice: random.Random,
    kills: int,
    jobs: tuple[Job, ...] = JOBS,
    stepped: tuple[Job, ...] = JOBS,
    stride: int = 1,
    real: float = 0.1,
) -> dict[str, Tally]:
    """Kill jobs at every file operation (every ``stride``-th) and at random moments."""
    work = folder / "work"
    tallies = {one.name: Tally() for one in jobs}
    known = {one.name: office.undisturbed(one, made[one.start], work) for one in jobs}
    for one in stepped:
        step_kills(one, known[one.name], made[one.start], work, tallies[one.name], stride)
    for number in range(kills):
        one = jobs[number % len(jobs)]
        own = dice.random() < real
        random_kill(one, known[one.name], made[one.start], work, dice, tallies[one.name], real=own)
    return tallies


COLUMNS = (
    "killed", "ended before the kill", "real processes", "before", "after", "acknowledged", "lost",
    "half", "partial file", "broken", "stale temps", "run again", "file operations",
)  # fmt: skip


def table(tallies: dict[str, Tally]) -> str:
    """Return the figures, a line for each job and one for all."""
    whole = Tally()
    for tally in tallies.values():
        whole.counts += tally.counts
    lines = ["\t".join(("job", *COLUMNS))]
    for name, tally in {**tallies, "all": whole}.items():
        lines.append("\t".join((name, *(str(tally.counts[each]) for each in COLUMNS))))
    return "\n".join(lines)


def main() -> int:
    """Run the campaign asked for and print its figures; 1 where anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="one job: " + ", ".join(one.name for one in JOBS))
    parser.add_argument("--no-steps", action="store_true", help="random moments only")
    parser.add_argument("--real", type=float, default=0.1, help="share of real processes")
    given = parser.parse_args()
    print(f"seed {given.seed}, {given.kills} kills at random moments, {office.sqlite_version()}")
    jobs = (office.job(given.only),) if given.only else JOBS
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        made = office.templates(Path(folder) / "templates")
        stepped = () if given.no_steps else jobs
        dice = random.Random(given.seed)
        tallies = campaign(made, Path(folder), dice, given.kills, jobs, stepped, real=given.real)
        os.chdir("/")
    print(table(tallies))
    failures = [line for tally in tallies.values() for line in tally.failures]
    print(f"{time.perf_counter() - started:.0f} s, {len(failures)} failures")
    for line in failures[:60]:
        print(" ", line)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

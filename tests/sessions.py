"""Sessions: ``examples/*.md`` hold commands and what they answer, replayed by the tests.

A session is a Markdown page. In its ``console`` blocks a line that begins with ``$ cm`` is a
command, the lines up to the next one are what it says (data first, then talk). A comment
``<!-- store: new|example, lang: zh|en -->`` says where it begins. ``python tests/sessions.py``
writes the answers anew, ``python tests/sessions.py 06`` those of one page.
"""

from __future__ import annotations

import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "examples").glob("*.md"))
_HEAD = re.compile(r"<!-- store: (new|example), lang: (zh|en) -->")
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Page:
    """A session: where it begins, and its text."""

    path: Path
    store: str
    lang: str
    text: str


def page(path: Path) -> Page:
    """Read a session."""
    text = path.read_text(encoding="utf-8")
    found = _HEAD.search(text)
    assert found, f"{path.name} does not say where it begins"
    return Page(path, found[1], found[2], text)


def commands(text: str) -> list[str]:
    """Return the commands of a page, in order."""
    return [
        line[2:]
        for block in _BLOCK.findall(text)
        for line in block.splitlines()
        if line.startswith("$ ")
    ]


def replayed(one: Page, folder: Path, store: Path | None) -> str:
    """Return the page with the answers the program gives now."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    if store:
        shutil.copy(store, folder / "cm.db")
    env = {
        **{k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "PYTHONPATH"}},
        "CM_DB": "cm.db", "CM_LANG": one.lang, "CM_TODAY": "2016-04-01", "COLUMNS": "100",
        "CM_NOW": "2016-04-01T01:00:00Z", "CM_OPERATOR": "clerk", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    return _BLOCK.sub(lambda found: f"```console\n{_answered(found[1], folder, env)}```", one.text)


def _answered(block: str, folder: Path, env: dict[str, str]) -> str:
    lines = []
    for command in (line[2:] for line in block.splitlines() if line.startswith("$ ")):
        lines.append(f"$ {command}")
        words = shlex.split(command)
        assert words[0] == "cm", command
        done = subprocess.run(
            [sys.executable, "-m", "cm_cli", *words[1:]],
            cwd=folder, env=env, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        said = (done.stdout + done.stderr).rstrip("\n")
        said = said.replace(str(folder), "…").replace(f"@{platform.node()}", "@host")
        said = re.sub(r"\b[0-9a-f]{64}\b", "…", said)
        lines += [line.rstrip() for line in said.splitlines()]
        if done.returncode:
            lines.append(f"[exit {done.returncode}]")
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def main() -> None:
    """Write the answers of every page anew, or of those whose numbers are given (``06 10``)."""
    with tempfile.TemporaryDirectory() as place:
        store = Path(place) / "example.db"
        build(store)
        chosen = [path for path in PAGES if not sys.argv[1:] or path.name[:2] in sys.argv[1:]]
        for number, path in enumerate(chosen):
            one = page(path)
            folder = Path(place) / str(number)
            text = replayed(one, folder, store if one.store == "example" else None)
            path.write_text(text, encoding="utf-8")


def build(store: Path) -> None:
    """Make the store of the example: imported, assigned, appraised, in one file."""
    import sqlite3
    from contextlib import closing

    data = "examples/listed-companies"
    january = ["units units.csv", "managers managers.csv", "clients clients.xlsx"]
    april = [f"{k} {k}.csv" for k in ("leaves", "visits", "diaries", "results", "scores", "merits")]
    lines = [
        ("2016-01-04", "init"),
        *(("2016-01-04", f"import {w.split()[0]} {data}/{w.split()[1]}") for w in january),
    ]
    lines.append(("2016-01-04", "assign apply"))
    lines += [("2016-04-01", f"import {w.split()[0]} {data}/{w.split()[1]}") for w in april]
    lines.append(("2016-04-01", "appraise run --quarter 2016Q1"))
    for day, line in lines:
        env = {
            **os.environ,
            "CM_DB": str(store),
            "CM_TODAY": day,
            "CM_NOW": f"{day}T01:00:00Z",
            "CM_OPERATOR": "clerk",
            "CM_LANG": "zh",
        }
        subprocess.run(
            [sys.executable, "-m", "cm_cli", "-q", *line.split()], cwd=ROOT, env=env, check=True
        )
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


if __name__ == "__main__":
    main()

"""The catalogue as sessions: Markdown is read, replayed in a folder, and can be written anew.

A section is ``## slug`` (several parted by commas), a sentence that begins with ``Given``, fenced
files (``csv clients.csv``) and one ``console`` block. There ``cm`` runs in this process, ``sqlite3``
and ``zip`` are small stand-ins, and any other line is the shell's. ``exit N`` ends what ``cm`` says
to standard error; what is peculiar to the machine stands as ``…``.
"""

from __future__ import annotations

import io
import re
import shlex
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Said

CATALOGUE = Path(__file__).parent / "catalogue"
_FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"(?:\w+=(?:'[^']*'|\S*) )*cm\b")
_GIVEN = re.compile(r"^Given (.+?)\.$", re.MULTILINE)


@dataclass(frozen=True)
class Section:
    """One session of the catalogue: its slugs, what it starts from, its files, its lines."""

    file: Path
    slugs: tuple[str, ...]
    given: str
    files: tuple[tuple[str, str, str], ...]
    console: str

    def commands(self) -> list[str]:
        """Return the command lines, without the prompt."""
        return [line[2:] for line in self.console.splitlines() if line.startswith("$ ")]


def sections() -> Iterator[Section]:
    """Yield every section of the catalogue."""
    for file in sorted(CATALOGUE.glob("*.md")):
        for part in re.split(r"^## ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            title, _newline, body = part.partition("\n")
            blocks = _FENCE.findall(body)
            given = _GIVEN.search(body)
            yield Section(
                file,
                tuple(each.strip() for each in title.split(",")),
                given[1] if given else "an empty folder",
                tuple(block for block in blocks if block[0] != "console"),
                "".join(text for sort, _name, text in blocks if sort == "console"),
            )


def rewrite(section: Section, console: str) -> None:
    """Put what was said in the place of what was expected."""
    text = section.file.read_text(encoding="utf-8")
    head = f"## {', '.join(section.slugs)}\n"
    assert text.count(head) == 1, head
    before, _head, after = text.partition(head)
    after = after.replace(f"```console\n{section.console}```", f"```console\n{console}```", 1)
    section.file.write_text(before + head + after, encoding="utf-8")


def replay(section: Section, folder: Path, cm: Callable[..., Said]) -> str:
    """Make the files, run the commands and return the session as it went."""
    for sort, name, text in section.files:
        make(folder / name, sort, text)
    said = []
    for line in section.commands():
        said.append(f"$ {line}\n")
        if _COMMAND.match(line):
            answer = _cm(line, cm)
            said += [inert(answer.err, folder), f"exit {answer.code}\n"]
        else:
            _other(line, folder)
    return "".join(said)


def inert(text: str, folder: Path) -> str:
    """Return the text without what belongs to the machine."""
    return text.replace(str(folder), "…").replace(str(Path(__file__).parents[2]), "…")


def _cm(line: str, cm: Callable[..., Said]) -> Said:
    """Run ``NAME=value cm … < FILE`` in this process."""
    line, _sign, source = line.partition(" < ")
    words = shlex.split(line)
    at = words.index("cm")
    with pytest.MonkeyPatch.context() as patch:
        for setting in words[:at]:
            patch.setenv(*setting.split("=", 1))
        data = Path(source).read_bytes() if source else b""
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        return cm(*words[at + 1 :])


def _other(line: str, folder: Path) -> None:
    words = shlex.split(line)
    if words[0] == "sqlite3":
        with closing(sqlite3.connect(folder / words[1])) as connection:
            connection.executescript(words[2])
    elif words[0] == "zip":
        with zipfile.ZipFile(folder / words[1], "w", zipfile.ZIP_DEFLATED) as archive:
            for name in words[2:]:
                archive.write(folder / name, name)
    else:
        # the lines are those of this repository's own catalogue
        subprocess.run(["sh", "-c", line], cwd=folder, check=True)


def make(path: Path, sort: str, text: str) -> None:
    """Write a file: as text, from escapes (``bytes``), or as a workbook."""
    if sort == "bytes":
        path.write_bytes(text.strip("\n").encode().decode("unicode_escape").encode("latin-1"))
    elif sort == "workbook":
        _workbook(path, text)
    else:
        path.write_text(text, encoding="utf-8")


def _workbook(path: Path, text: str) -> None:
    """Write rows parted by commas; ``[name]`` begins a sheet, ``@A2:B2 x`` merges, ``@C9 x`` fills."""
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        sheet: Any = None
        row = 0
        for line in text.splitlines():
            place, _blank, value = line[1:].partition(" ")
            if line.startswith("["):
                sheet, row = book.add_worksheet(line.strip("[]")), 0
            elif line.startswith("@"):
                (sheet.merge_range if ":" in place else sheet.write)(place, value)
            else:
                for at, cell in enumerate(line.split(",")):
                    _fill(sheet, row, at, cell)
                row += 1


def _fill(sheet: Any, row: int, at: int, cell: str) -> None:
    """Write a number, a formula that fails or was never worked out, or a text."""
    if cell.startswith("="):
        sheet.write_formula(row, at, cell, value="#DIV/0!" if "/0" in cell else "")
    elif cell.isdecimal():
        sheet.write_number(row, at, int(cell))
    elif cell:
        sheet.write_string(row, at, cell)

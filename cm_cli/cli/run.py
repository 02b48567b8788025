"""``cm run``: many commands from a file, in one process."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cm_cli.cli import show
from cm_cli.cli.desk import desk
from cm_cli.cli.frame import Command, single
from cm_cli.cli.page import COMMON
from cm_cli.errors import CmError, Exit
from cm_cli.language import _, later, n_
from cm_cli.readers.charset import choose, decoded
from cm_cli.readers.intake import take
from cm_cli.store.session import Session, session

if TYPE_CHECKING:
    from collections.abc import Iterator

app = single()
_WHOLE = frozenset({"init", "demo", "store", "run"})  # they are about the store itself


@dataclass(frozen=True, slots=True)
class Line:
    """One command of the file: the line it begins on, and its words."""

    number: int
    words: tuple[str, ...]


@app.command("run", cls=Command)
def run(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(help=later("File with one command a line; - is standard input."), metavar="FILE")],
    atomic: Annotated[bool, typer.Option("--atomic", help=later("All of them or none: one transaction."))] = False,
    keep_going: Annotated[bool, typer.Option("--keep-going", "-k", help=later("Go on after a command that failed."))] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help=later("Run all of them, then keep nothing."))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=later("Print only what became of each command, as JSON."))] = False,
) -> None:
    """Run the commands of a file, one a line, as if each were typed; the word cm may be left out.

    Each is a transaction and an entry of its own; the first that fails ends the run, and what
    came before it stays. With --atomic nothing stays unless all succeed. Lines that begin with #
    are remarks; a backslash at the end of a line joins the next one. --db, --on, --operator and
    the other common options hold for all lines that do not say otherwise.

    Examples:
      $ cm run examples/batch.cm --dry-run
      $ cm run examples/batch.cm --atomic
    """
    here = desk(ctx)
    intake = take(file, sys.stdin.buffer if file == "-" and sys.stdin else None)
    with intake.handle:
        name, lines = intake.name, list(_lines(intake.name, decoded(intake, choose(intake))))
    whole = atomic or dry_run
    _check(name, lines, atomic=whole)
    inherited = {each[0]: here.given[each[0]] for each in COMMON if each[0] in here.given}
    if as_json:
        inherited["quiet"] = True
    done: list[dict[str, Any]] = []
    with session(atomic=atomic, dry_run=dry_run) as held:
        for line in lines:
            code = _one(line, inherited, held, mute=as_json)
            done.append({"line": line.number, "command": line.words[0], "exit": code})
            if code and not (keep_going and not whole):
                break
        failed = [each for each in done if each["exit"]]
        if whole and not dry_run and not failed:
            held.commit()
    if as_json:
        import json

        sys.stdout.write(json.dumps({"commands": len(lines), "done": len(done) - len(failed), "kept": not (whole and (dry_run or failed)), "results": done}) + "\n")
    _end(name, lines, done, held.entries, kept=not whole, dry_run=dry_run, quiet=here.quiet or as_json)


def _lines(name: str, text: str) -> Iterator[Line]:
    """Yield the commands of a text; raises CmError for a quote that is not closed."""
    gathered, begun = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        begun = begun if gathered else number
        if line.endswith("\\"):
            gathered += line[:-1] + " "
            continue
        try:
            words = shlex.split(gathered + line, comments=True)
        except ValueError:
            raise CmError(
                _("A quote is not closed"),
                where=f"{name}:{begun}",
                mend=_("Close it; nothing was run."),
                slug="open-quote",
                code=Exit.DATA_REFUSED,
            ) from None
        gathered = ""
        if words[:1] == ["cm"]:
            words = words[1:]
        if words:
            yield Line(begun, tuple(words))


def _check(name: str, lines: list[Line], *, atomic: bool) -> None:
    """Refuse what cannot be part of a run, before anything is run."""
    for line in lines:
        if line.words[0] == "run" or (atomic and line.words[0] in _WHOLE):
            raise CmError(
                _("“cm {word}” cannot be part of this run").format(word=line.words[0]),
                where=f"{name}:{line.number}",
                mend=_("Give it by itself; nothing was run."),
                slug="not-in-a-run",
                code=Exit.USAGE,
            )


def _one(line: Line, inherited: dict[str, Any], held: Session, *, mute: bool) -> int:
    """Run one command as the program itself would; its exit code."""
    import contextlib
    import io

    from cm_cli import kept
    from cm_cli.cli import app as program

    if line.words[0] in _WHOLE:  # it may put another file in the place of the store
        held.close()
    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO(), encoding="utf-8")) if mute else contextlib.nullcontext():
        code = program.answer(line.words, inherited)
    if held.atomic:
        kept.forget()
    return code


def _end(name: str, lines: list[Line], done: list[dict[str, Any]], entries: list[int], *, kept: bool, dry_run: bool, quiet: bool) -> None:
    """Say what became of the run; a failure ends with the exit code of the first that failed."""
    failed = [each for each in done if each["exit"]]
    if not failed:
        if not quiet:
            said = n_("{count} command done.", "{count} commands done.", len(lines)).format(count=len(lines))
            if dry_run:
                said += " " + _("Dry run: nothing of it was kept.")
            elif entries:
                several = _("Entries {first} to {last} were made; to take the last one back: cm undo {last}")
                one = _("Entry {last} was made; to take it back: cm undo {last}")
                said += " " + (one if len(entries) == 1 else several).format(first=entries[0], last=entries[-1])
            show.line(said)
        return
    mend = _("What was done before and after it is kept.") if kept else _("Nothing of the run was kept.")
    if kept and (rest := len(lines) - len(done)):
        mend = n_(
            "What was done before it is kept; {count} command after it was not run.",
            "What was done before it is kept; {count} commands after it were not run.",
            rest,
        ).format(count=rest)
    elif kept and failed[-1] is done[-1]:
        mend = _("What was done before it is kept.")
    raise CmError(
        n_("{count} command of the run failed", "{count} commands of the run failed", len(failed)).format(count=len(failed)),
        where=", ".join(f"{name}:{each['line']}" for each in failed[:10]),
        mend=mend,
        slug="run-failed",
        code=failed[0]["exit"],
    )

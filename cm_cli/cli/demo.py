"""``cm demo``: the whole main job on real data, told step by step."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from cm_cli.cli import show
from cm_cli.cli.desk import Desk, desk
from cm_cli.cli.frame import Command, single
from cm_cli.errors import CmError, Exit
from cm_cli.language import _, current, later

app = single()
_PACKAGE = Path(__file__).resolve().parents[1]
# day, command, what it is for
STEPS: tuple[tuple[str, str, str], ...] = (
    ("2016-01-04", "init --regulation abc-2001", later("A store that works by the rules of a bank.")),
    ("2016-01-04", "import units data/units.csv", later("Twelve units.")),
    ("2016-01-04", "import managers data/managers.csv", later("Sixty managers, from a GBK file.")),
    ("2016-01-04", "import clients data/clients.xlsx", later("2,929 listed companies, from a workbook; repeated rows are noticed, size classes derived.")),
    ("2016-01-04", "client find caqc", later("Find a client by the initials of its name.")),
    ("2016-01-04", "assign plan --fields reason,sentence,clients", later("Who would stay without a manager, and why.")),
    ("2016-01-04", "assign plan -o plan.json", later("Who shall look after whom, and why.")),
    ("2016-01-04", "assign apply plan.json", later("Put the plan into force.")),
    ("2016-01-04", "assign why 000625", later("Why this client has this manager.")),
    ("2016-01-04", "client list --unassigned --limit 5", later("Who has nobody.")),
    ("2016-04-01", "import leaves data/leaves.csv", later("A quarter later: leaves,")),
    ("2016-04-01", "import visits data/visits.csv", later("visits,")),
    ("2016-04-01", "import diaries data/diaries.csv", later("diaries, from a GB18030 file,")),
    ("2016-04-01", "import results data/results.csv", later("results against targets,")),
    ("2016-04-01", "import scores data/scores.csv", later("hand scores,")),
    ("2016-04-01", "import merits data/merits.csv", later("and events that add or take points.")),
    ("2016-04-01", "diary gaps --month 2016-03 --manager M01", later("Working days without a diary, by the Chinese calendar.")),
    ("2016-04-01", "appraise run --quarter 2016Q1", later("Appraise the quarter by the regulation.")),
    ("2016-04-01", "report appraisal --quarter 2016Q1 --manager M01", later("A sheet a head would sign.")),
    ("2016-04-01", "appraise explain M01 --quarter 2016Q1 --prove --fields of,what,working,value,source", later("Every step of it, worked out again.")),
    ("2016-04-01", "report appraisal --quarter 2016Q1 --format markdown -o sheets/", later("All sheets as files.")),
    ("2016-04-01", "import results data/results.csv", later("The same file a second time changes nothing.")),
    ("2016-04-01", "journal list --limit 6", later("Who wrote what.")),
    ("2016-04-01", "undo --dry-run", later("What taking the last entry back would do.")),
    ("2016-04-01", "journal verify", later("And the proof that nothing was changed behind its back.")),
)


@app.command("demo", cls=Command)
def demo(
    ctx: typer.Context,
    folder: Annotated[str, typer.Option("--folder", help=later("Work in this folder; else in a new one."), metavar="FOLDER")] = "",
    brief: Annotated[bool, typer.Option("--brief", help=later("Show the commands, not what they print."))] = False,
) -> None:
    """Run the whole main job on real data in a scratch folder, telling what it does.

    2,929 listed companies are assigned to 60 managers; a quarter of visits, diaries and results
    is read and appraised. Nothing outside the folder is touched.

    Examples:
      $ cm demo --brief
    """
    here = desk(ctx)
    data = _data()
    work = Path(folder or tempfile.mkdtemp(prefix="cm-demo-")).absolute()
    if (work / "demo.db").exists():
        raise CmError(
            _("{place} exists already and is left as it is").format(place=work / "demo.db"),
            mend=_("Name a new folder with --folder."),
            slug="store-exists",
            code=Exit.CANNOT_WRITE,
        )
    work.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copytree(data, work / "data", copy_function=shutil.copyfile, dirs_exist_ok=True)
    began = time.monotonic()
    _tell(here, f"$ cd {work}\n$ export CM_DB=demo.db\n")
    for number, (day, command, text) in enumerate(STEPS, 1):
        _tell(here, f"\n{number}. {_(text)}\n$ cm {command} --on {day}\n")
        code = _run([*shlex.split(command), "--on", day, "--lang", current()], work, brief=brief)
        if code:
            raise CmError(
                _("The demo stopped at: cm {command} (exit code {code})").format(
                    command=command, code=code
                ),
                mend=_("Please report this; the folder is {folder}.").format(folder=work),
                slug="demo-failed",
                code=Exit.INTERNAL,
            )
    seconds = time.monotonic() - began
    _tell(here, "\n")
    show.line(
        _("Done in {seconds} s. Look around: cm --db {store} client list").format(
            seconds=f"{seconds:.0f}", store=work / "demo.db"
        )
    )


def _tell(here: Desk, text: str) -> None:
    if not here.quiet:
        sys.stdout.write(text)
        sys.stdout.flush()


def _run(words: list[str], work: Path, *, brief: bool) -> int:
    """Run one command as a process of its own, as a person would type it."""
    import subprocess

    path = os.pathsep.join(filter(None, (str(_PACKAGE.parent), os.environ.get("PYTHONPATH"))))
    aside = None if sys.stdout.isatty() else subprocess.STDOUT
    # the program itself, with words of its own
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "cm_cli", *words],
        cwd=work,
        env={**os.environ, "CM_DB": "demo.db", "PYTHONPATH": path},
        stdout=subprocess.DEVNULL if brief else None,
        stderr=subprocess.DEVNULL if brief else aside,
        check=False,
    ).returncode


def _data() -> Path:
    """Return the folder of the example data: inside the package, or beside it in a checkout."""
    for place in (_PACKAGE / "examples", _PACKAGE.parent / "examples"):
        if (place / "listed-companies" / "clients.xlsx").is_file():
            return place / "listed-companies"
    raise CmError(
        _("The example data is not installed"),
        mend=_("Install the package whole, or run the demo in a checkout."),
        slug="no-example-data",
        code=Exit.NO_INPUT,
    )

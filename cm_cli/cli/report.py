"""``cm report``: reports of a month, a quarter or a year."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cm_cli.cli import show
from cm_cli.cli.desk import desk
from cm_cli.cli.frame import Reads, single
from cm_cli.cli.records import period_of
from cm_cli.domain.sheet import Column, Sheet
from cm_cli.errors import CmError, Exit
from cm_cli.language import _, later

if TYPE_CHECKING:
    from cm_cli.cli.desk import Desk
    from cm_cli.reports.register import Built

app = single()
_PEOPLE = ("table", "text", "markdown")


@app.command("report", cls=Reads)
def report(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(help=later("Name of the report; without one, their list."), metavar="[NAME]")] = None,
    month: Annotated[str | None, typer.Option("--month", help=later("As 2016-03."), metavar="MONTH")] = None,
    quarter: Annotated[str | None, typer.Option("--quarter", help=later("As 2016Q1."), metavar="QUARTER")] = None,
    year: Annotated[str | None, typer.Option("--year", help=later("As 2016."), metavar="YEAR")] = None,
    manager: Annotated[list[str] | None, typer.Option("--manager", help=later("Only this manager; may be repeated."), metavar="MANAGER")] = None,
    overview: Annotated[bool, typer.Option("--overview", help=later("Only the overview, not the sheet of each manager."))] = False,
) -> None:
    """Print a report, for one manager or for all.

    For one manager it is his sheet; for all, the overview and every sheet. With -o FOLDER/ each
    sheet becomes a file of its own, in the format of --format.

    Examples:
      $ cm report appraisal --quarter 2016Q1 --manager M01
      $ cm report appraisal --quarter 2016Q1 --overview --json
      $ cm report appraisal --quarter 2016Q1 --format markdown -o sheets/
      $ cm report visits --month 2016-03
    """
    from cm_cli.usecases import reporting

    here = desk(ctx)
    if name is None:
        show.show(_names(), here)
        return
    reporting.named(name)
    period = period_of({"month": month, "quarter": quarter, "year": year})
    if period is None:
        raise CmError(
            _("A report needs its period"),
            mend=_("Give --month 2016-03, --quarter 2016Q1 or --year 2016."),
            slug="no-period",
            code=Exit.USAGE,
        )
    built = reporting.build(here.clerk(), name, period, manager or [])
    if here.output.endswith("/") or (here.output and Path(here.output).is_dir()):
        _folder(built, here)
    else:
        _print(built, here, alone=bool(manager), overview=overview)


def _names() -> Sheet:
    from cm_cli.reports import register

    columns = (Column("name", _("Report"), "code"), Column("summary", _("What it shows")))
    rows = [(each, _(register.report(each).SUMMARY)) for each in register.names()]
    return Sheet("reports", _("Reports"), columns, rows)


def _print(built: Built, here: Desk, *, alone: bool, overview: bool) -> None:
    """One manager's sheet, or the overview and, for people, every sheet after it."""
    if alone and len(built.sheets) == 1:
        show.show(next(iter(built.sheets.values())), here)
        return
    name = here.format or _format_of(here.output)
    people = name in _PEOPLE or (not name and not here.output)
    documents = [*([] if overview or not people else built.sheets.values())]
    whole = built.overview
    if people:
        whole = replace(whole, sheets=whole.sheets[:2])
    if here.output and documents:
        show.together([whole, *documents], here)
        return
    for document in (whole, *documents):
        show.show(document, here)
        if documents and not here.output:
            sys.stdout.write("\n")


def _format_of(output: str) -> str:
    if not output:
        return ""
    from cm_cli.writers.registry import for_path

    return for_path(Path(output)).NAME


def _folder(built: Built, here: Desk) -> None:
    """Write the overview and each sheet as a file of its own; names come from codes and periods."""
    from cm_cli.writers.registry import for_name

    folder = Path(here.output)
    writer = for_name(here.format or "markdown")
    suffix = writer.SUFFIXES[0] if writer.SUFFIXES else ".txt"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as refused:
        raise CmError(
            _("The folder {folder} cannot be made").format(folder=folder),
            where=refused.strerror or "",
            mend=_("Name a folder you may write to."),
            slug="output-folder",
            code=Exit.CANNOT_WRITE,
        ) from None
    documents = [built.overview, *built.sheets.values()]
    for document in documents:
        show.save(document, folder / f"{document.name}{suffix}", here, writer.NAME)
    show.say(here, _("{count} files written to {folder}").format(count=len(documents), folder=folder))

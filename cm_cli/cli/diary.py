"""``cm diary``: diary sheets and the days that have none."""

from __future__ import annotations

from typing import Annotated

import typer

from cm_cli.cli import records, show
from cm_cli.cli.desk import desk
from cm_cli.cli.frame import Reads, app_of
from cm_cli.domain import period as periods
from cm_cli.domain.records.diary import KIND
from cm_cli.language import later

app = app_of(later("Diaries: write, list, show, missing days."))
records.add_command(app, KIND, "write", later("Write the diary of a day; the day is today unless given."), ("manager",))
records.list_command(app, KIND, later("List diary sheets."))
records.show_command(app, KIND, later("Show one diary sheet: manager and day, or its number."))


@app.command("gaps", cls=Reads)
def gaps(
    ctx: typer.Context,
    manager: Annotated[list[str] | None, typer.Option("--manager", help=later("Only this manager; may be repeated."), metavar="MANAGER")] = None,
    month: Annotated[str | None, typer.Option("--month", help=later("As 2016-03; else the month of today."), metavar="MONTH")] = None,
    quarter: Annotated[str | None, typer.Option("--quarter", help=later("As 2016Q1."), metavar="QUARTER")] = None,
    year: Annotated[str | None, typer.Option("--year", help=later("As 2016."), metavar="YEAR")] = None,
    count: Annotated[bool, typer.Option("--count", help=later("One row a manager: how many are missing, the most first."))] = False,
) -> None:
    """List the working days without a diary, up to today (leave does not count).

    Working days are those of the Chinese calendar with its 调休 and of the institution's own days.

    Examples:
      $ cm diary gaps --month 2016-03
      $ cm diary gaps --quarter 2016Q1 --manager M01
      $ cm diary gaps --month 2016-03 --count
    """
    from cm_cli.usecases import diaries

    here = desk(ctx)
    clerk = here.clerk()
    period = records.period_of({"month": month, "quarter": quarter, "year": year})
    period = period or periods.month(clerk.today.year, clerk.today.month)
    show.show(diaries.gaps(clerk, period, manager or [], counted=count), here)

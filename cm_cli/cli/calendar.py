"""``cm calendar``: working days, and the days the institution decides itself."""

from __future__ import annotations

from typing import Annotated

import typer

from cm_cli.cli import records, show
from cm_cli.cli.desk import desk
from cm_cli.cli.frame import Reads, Writes, app_of
from cm_cli.domain import period as periods
from cm_cli.domain.records.holiday import KIND
from cm_cli.language import later

app = app_of(later("Working days and the institution's own days."))


@app.command("show", cls=Reads)
def show_(
    ctx: typer.Context,
    month: Annotated[str | None, typer.Option("--month", help=later("As 2016-03; else the month of today."), metavar="MONTH")] = None,
    quarter: Annotated[str | None, typer.Option("--quarter", help=later("As 2016Q1."), metavar="QUARTER")] = None,
    year: Annotated[str | None, typer.Option("--year", help=later("As 2016."), metavar="YEAR")] = None,
) -> None:
    """Show which days are worked.

    Examples:
      $ cm calendar show --month 2016-02
    """
    from cm_cli.usecases import diaries

    here = desk(ctx)
    clerk = here.clerk()
    period = records.period_of({"month": month, "quarter": quarter, "year": year})
    period = period or periods.month(clerk.today.year, clerk.today.month)
    show.show(diaries.days(clerk, period), here)


@app.command("set", cls=Writes)
def set_(
    ctx: typer.Context,
    day: Annotated[str, typer.Argument(help=later("Which day."), metavar="DAY")],
    sort: Annotated[str, typer.Argument(help=later("holiday or workday."), metavar="SORT")],
    name: Annotated[str, typer.Option("--name", help=later("What the day is called."), metavar="TEXT")] = "",
) -> None:
    """Decide that a day is off or worked, whatever the published calendar says.

    Examples:
      $ cm calendar set 2016-05-03 holiday --name 行庆
    """
    from cm_cli.usecases import records as use

    here = desk(ctx)
    show.outcome(use.put(here.clerk(), KIND, {"day": day, "sort": sort, "name": name}), here)


@app.command("load", cls=Writes)
def load(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(help=later("YAML (or csv, xlsx, json) with day, sort and name."), metavar="FILE")],
) -> None:
    """Load own days from a YAML file: a list of {day: 2027-01-01, sort: holiday, name: 元旦}.

    Examples:
      $ cm calendar load examples/calendar-2027.yaml
    """
    from cm_cli.usecases import intake
    from cm_cli.usecases.batch import Wanted

    here = desk(ctx)
    show.outcome(intake.import_(here.clerk(), KIND, file, Wanted()), here)

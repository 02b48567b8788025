"""``cm appraise``: hand scores, bonus and penalty, run, decide, explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cm_cli.cli import records, show
from cm_cli.cli.desk import desk
from cm_cli.cli.frame import Reads, Writes, app_of
from cm_cli.domain import period as periods
from cm_cli.domain.records.appraisal import KIND
from cm_cli.domain.records.merit import KIND as MERIT
from cm_cli.domain.records.score import KIND as SCORE
from cm_cli.errors import CmError, Exit
from cm_cli.language import _, later

if TYPE_CHECKING:
    from cm_cli.domain.period import Period

app = app_of(later("Appraisal: score, run, decide, explain."))
Month = Annotated[str | None, typer.Option("--month", help=later("As 2016-03."), metavar="MONTH")]
Quarter = Annotated[str | None, typer.Option("--quarter", help=later("As 2016Q1."), metavar="QUARTER")]
Year = Annotated[str | None, typer.Option("--year", help=later("As 2016."), metavar="YEAR")]
Manager = Annotated[str, typer.Argument(help=later("Code or name."), metavar="MANAGER")]

records.add_command(app, SCORE, "score", later("Score an item of the qualitative part by hand, 0 to 100."), ("manager", "item", "period", "points"), again=True)
records.add_command(app, MERIT, "merit", later("Record a bonus or penalty event with its evidence; a penalty counts once verified."), ("manager", "item"))
records.list_command(app, KIND, later("List the appraisals on record."))
records.list_command(app, SCORE, later("List the hand scores."), examples=("cm appraise scores --manager M10",), name="scores")
records.list_command(app, MERIT, later("List the bonus and penalty events."), examples=("cm appraise merits --manager M10",), name="merits")


def _period(month: str | None, quarter: str | None, year: str | None, text: str | None = None) -> Period:
    found = periods.parse(text) if text else records.period_of({"month": month, "quarter": quarter, "year": year})
    if found is None:
        raise CmError(
            _("The period is missing"),
            mend=_("Give --month 2016-03, --quarter 2016Q1 or --year 2016."),
            slug="no-period",
            code=Exit.USAGE,
        )
    return found


@app.command("run", cls=Writes)
def run(
    ctx: typer.Context,
    month: Month = None,
    quarter: Quarter = None,
    year: Year = None,
    manager: Annotated[list[str] | None, typer.Option("--manager", help=later("Only this manager; may be repeated."), metavar="MANAGER")] = None,
) -> None:
    """Appraise a month, a quarter or a year by the regulation, and put it on record as proposed.

    What a person with authority has decided is left as it is.

    Examples:
      $ cm appraise run --quarter 2016Q1
      $ cm appraise run --month 2016-03 --manager M01 --dry-run
    """
    from cm_cli.usecases import appraisal

    here = desk(ctx)
    show.outcome(appraisal.run(here.clerk(), _period(month, quarter, year), manager or []), here)


@app.command("decide", cls=Writes)
def decide(
    ctx: typer.Context,
    manager: Manager,
    rating: Annotated[str, typer.Argument(help=later("Rating of the regulation."), metavar="RATING")],
    by: Annotated[str, typer.Option("--by", help=later("Who decides."), metavar="NAME")],
    month: Month = None,
    quarter: Quarter = None,
    year: Year = None,
    huge_benefit: Annotated[str, typer.Option("--huge-benefit", help=later("Evidence of huge economic benefit, where the regulation makes an exception for it."), metavar="TEXT")] = "",
) -> None:
    """Put the rating decided on record; the proposal by points stays beside it.

    Examples:
      $ cm appraise decide M01 称职 --quarter 2016Q1 --by 主管行长 --reason 综合评定
    """
    from cm_cli.usecases import appraisal

    here = desk(ctx)
    period = _period(month, quarter, year)
    show.outcome(appraisal.decide(here.clerk(), manager, period, rating, by, huge_benefit), here)


@app.command("explain", cls=Reads)
def explain(
    ctx: typer.Context,
    manager: Manager,
    month: Month = None,
    quarter: Quarter = None,
    year: Year = None,
    prove: Annotated[bool, typer.Option("--prove", help=later("Work every step out again from the records."))] = False,
) -> None:
    """Print every step of a score with the records it comes from and the article it follows.

    Examples:
      $ cm appraise explain M01 --quarter 2016Q1
      $ cm appraise explain M01 --quarter 2016Q1 --prove --format json
    """
    from cm_cli.usecases import appraisal

    here = desk(ctx)
    period = _period(month, quarter, year)
    document, problems = appraisal.explain(here.clerk(), manager, period, proof=prove)
    show.show(document, here)
    if problems:
        raise CmError(
            _("The score does not come out again"),
            mend=_("See who changed the records with: cm journal list."),
            slug="unproved",
            problems=problems,
        )
    if prove:
        show.say(here, _("Every step comes out again from the records as they stand."))


@app.command("what-if", cls=Reads)
def what_if(
    ctx: typer.Context,
    period: Annotated[str | None, typer.Option("--period", help=later("As 2016, 2016Q1 or 2016-03."), metavar="PERIOD")] = None,
    month: Month = None,
    quarter: Quarter = None,
    year: Year = None,
    manager: Annotated[list[str] | None, typer.Option("--manager", help=later("Only this manager; may be repeated."), metavar="MANAGER")] = None,
    regulation: Annotated[str, typer.Option("--regulation", help=later("The other regulation: one of the program's, or a YAML file."), metavar="NAME")] = "",
    supposed: Annotated[list[str] | None, typer.Option("--set", help=later("Take this value for the period; may be repeated."), metavar="INDICATOR=VALUE")] = None,
    indicator: Annotated[str, typer.Option("--indicator", help=later("Which indicator is to bring the rating of --reach."), metavar="TEXT")] = "",
    reach: Annotated[str, typer.Option("--reach", help=later("The rating to be reached, or a better one."), metavar="RATING")] = "",
) -> None:
    """Work the same records out under another regulation or with other values; nothing is written.

    Shown are total, rating and consequence of each manager as they are and as they would be, and the
    difference shared out among items, articles and causes: the shares add up to it exactly. With
    --indicator and --reach it is the value the indicator needs for a rating.

    Examples:
      $ cm appraise what-if --regulation abc-2001 --quarter 2016Q1
      $ cm appraise what-if --set deposits=120000 --manager M10 --period 2016Q1
      $ cm appraise what-if --indicator deposits --reach excellent --manager M12 --period 2016Q1
    """
    from cm_cli.usecases import reaching, whatif

    here = desk(ctx)
    if period and (month or quarter or year):
        raise CmError(
            _("Only one of --period, --month, --quarter and --year can be given"),
            mend=_("Leave the others out."),
            slug="two-periods",
            code=Exit.USAGE,
        )
    if bool(indicator) != bool(reach) or (reach and supposed) or not (regulation or supposed or reach):
        raise CmError(
            _("What is to be otherwise is missing, or does not go together"),
            mend=_("Give --regulation NAME, --set INDICATOR=VALUE or both; or --indicator with --reach."),
            slug="no-supposition",
            code=Exit.USAGE,
        )
    asked = _period(month, quarter, year, period)
    clerk, people = here.clerk(), manager or []
    if reach:
        show.show(reaching.reach(clerk, asked, people, regulation, indicator=indicator, rating=reach), here)
    else:
        show.show(whatif.compare(clerk, asked, people, regulation, supposed or []), here)

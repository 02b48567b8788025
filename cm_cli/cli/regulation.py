"""``cm regulation``: the rules an institution works by."""

from __future__ import annotations

from typing import Annotated

import typer

from cm_cli.cli import show
from cm_cli.cli.desk import day_of, desk
from cm_cli.cli.frame import Command, Reads, Writes, app_of
from cm_cli.errors import CmError, Exit
from cm_cli.language import _, later, n_

app = app_of(later("Regulations: list, show, check, test, use."))
Name = Annotated[str, typer.Argument(help=later("Code of a regulation, or a YAML file."), metavar="NAME")]


@app.command("list", cls=Reads)
def list_(ctx: typer.Context) -> None:
    """List the regulations that come with the program and what each carries.

    Examples:
      $ cm regulation list
    """
    from cm_cli.usecases import rulebook

    show.show(rulebook.list_(), desk(ctx))


@app.command("show", cls=Reads)
def show_(
    ctx: typer.Context,
    name: Name,
    article: Annotated[str, typer.Option("--article", help=later("Only what stands on this article."), metavar="N")] = "",
    left_open: Annotated[bool, typer.Option("--open", help=later("Only what the source leaves open and was chosen."))] = False,
) -> None:
    """Show a regulation as it reads: grades, duties, classes, assignment, appraisal, each with its article.

    Examples:
      $ cm regulation show abc-2001 --article 7
      $ cm regulation show abc-2001 --open
    """
    from cm_cli.usecases import rulebook

    here = desk(ctx)
    show.show(rulebook.open_(name) if left_open else rulebook.show(name, article), here)


@app.command("check", cls=Command)
def check(ctx: typer.Context, name: Name) -> None:
    """Check a regulation; silent when it is sound, else every finding with its line and the mend.

    Examples:
      $ cm regulation check abc-2001
    """
    from cm_cli.usecases import rulebook

    desk(ctx)
    problems = rulebook.check(name)
    if not problems:
        return
    serious = [found for found in problems if not found.note]
    if not serious:
        show.problems(problems, None)
        return
    raise CmError(
        n_("{count} finding in {name}", "{count} findings in {name}", len(serious)).format(count=len(serious), name=name),
        mend=_("Mend the lines named."),
        slug="regulation-findings",
        code=Exit.FINDINGS,
        problems=problems,
    )


@app.command("test", cls=Reads)
def test(ctx: typer.Context, name: Name) -> None:
    """Run the worked cases of a regulation: what its officer expects against what the program does.

    Examples:
      $ cm regulation test abc-2001
    """
    from cm_cli.usecases import rulebook

    here = desk(ctx)
    sheet = rulebook.test(name)
    show.show(sheet, here)
    failed = sum(1 for row in sheet.rows if not row[2])
    if failed:
        raise CmError(
            n_("{count} case fails", "{count} cases fail", failed).format(count=failed),
            mend=_("Correct the regulation or the case."),
            slug="cases-failed",
            code=Exit.FINDINGS,
        )
    show.say(here, n_("{count} case passes.", "All {count} cases pass.", len(sheet.rows)).format(count=len(sheet.rows)))


@app.command("use", cls=Writes)
def use(
    ctx: typer.Context,
    name: Name,
    since: Annotated[str, typer.Option("--since", help=later("First day of its use; else today."), metavar="DAY")] = "",
) -> None:
    """Use a regulation from a day on: one of the program's, or a YAML file of your own.

    Earlier periods keep the regulation of their time.

    Examples:
      $ cm regulation use abc-2001 --since 2016-07-01
    """
    from cm_cli.usecases import rulebook

    here = desk(ctx)
    clerk = here.clerk()
    show.outcome(rulebook.use(clerk, name, day_of(since, "--since") if since else clerk.today), here)


@app.command("caps", cls=Reads)
def caps(
    ctx: typer.Context,
    unit: Annotated[str, typer.Option("--unit", help=later("Only this unit: its name or a part of it."), metavar="TEXT")] = "",
    regulation: Annotated[str, typer.Option("--regulation", help=later("Another regulation than the one in use; or a YAML file."), metavar="NAME")] = "",
    staff: Annotated[list[str] | None, typer.Option("--staff", help=later("How many heads of other staff there are, for norms; may be repeated."), metavar="CODE=N")] = None,
    promote: Annotated[list[str] | None, typer.Option("--promote", help=later("As if this manager had the next grade, or the one written; may be repeated."), metavar="MANAGER[=GRADE]")] = None,
) -> None:
    """Count managers against the caps of grades and the norms, as it is and as promotions would make it.

    With --promote (a lower grade is a demotion) the caps that would be broken are named, and whether
    each of these people meets what the grade asks for. Nothing is decided or written.

    Examples:
      $ cm regulation caps --unit 杭州分行
      $ cm regulation caps --promote M10 --promote M01=manager
      $ cm regulation caps --regulation boa-cash-management --staff treasury_officer=2
    """
    from cm_cli.usecases import headcount

    here = desk(ctx)
    show.show(headcount.caps(here.clerk(), unit, regulation, promote or [], staff or []), here)

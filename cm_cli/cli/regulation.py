"""``cm regulation``: the rules an institution works by."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cm_cli.cli import show
from cm_cli.cli.desk import day_of, desk
from cm_cli.cli.frame import Command, Reads, Writes, app_of
from cm_cli.errors import CmError, Exit
from cm_cli.language import _, later, n_

app = app_of(later("Regulations: list, show, check, test, compare, add, use."))
Name = Annotated[str, typer.Argument(help=later("Code of a regulation, or a YAML file."), metavar="NAME")]


@app.command("list", cls=Reads)
def list_(ctx: typer.Context) -> None:
    """List the regulations of the program and those added to the store, and what each carries.

    Examples:
      $ cm regulation list
    """
    from cm_cli.usecases import rulebook

    here = desk(ctx)
    show.show(rulebook.list_(here.clerk()), here)


@app.command("used", cls=Reads)
def used(ctx: typer.Context) -> None:
    """List which regulation is or was in use: since when, for which unit and line of business.

    Examples:
      $ cm regulation used
      $ cm regulation used --on 2016-12-31 --json
    """
    from cm_cli.usecases import rules_in_use

    here = desk(ctx)
    show.show(rules_in_use.used(here.clerk()), here)


@app.command("show", cls=Reads)
def show_(
    ctx: typer.Context,
    name: Name,
    article: Annotated[str, typer.Option("--article", help=later("Only what stands on this article."), metavar="N")] = "",
    left_open: Annotated[bool, typer.Option("--open", help=later("Only what the source leaves open and was chosen."))] = False,
    yaml: Annotated[bool, typer.Option("--yaml", help=later("The text itself, as it was written."))] = False,
    layer: Annotated[str, typer.Option("--layer", help=later("The text of this one of the regulations it extends."), metavar="CODE")] = "",
) -> None:
    """Show a regulation as it reads: grades, duties, classes, assignment, appraisal, each with its article.

    Examples:
      $ cm regulation show abc-2001 --article 7
      $ cm regulation show abc-2001 --open
      $ cm regulation show abc-2001 --yaml -o mine.yaml
    """
    from cm_cli.usecases import rulebook

    here = desk(ctx)
    clerk = here.clerk()
    if yaml or layer:
        show.text(rulebook.yaml(clerk, name, layer), here)
        return
    show.show(rulebook.open_(clerk, name) if left_open else rulebook.show(clerk, name, article), here)


@app.command("check", cls=Command)
def check(ctx: typer.Context, name: Name) -> None:
    """Check a regulation; silent when it is sound, else every finding with its line and the mend.

    Examples:
      $ cm regulation check abc-2001
    """
    from cm_cli.usecases import rulebook

    problems = rulebook.check(desk(ctx).clerk(), name)
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
    sheet = rulebook.test(here.clerk(), name)
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


@app.command("diff", cls=Reads)
def diff(
    ctx: typer.Context,
    one: Name,
    other: Annotated[str, typer.Argument(help=later("Another one, or a version, as branch@2017-01-01."), metavar="OTHER")],
) -> None:
    """Compare two regulations or two versions of one, item by item, each with its article or reason.

    Examples:
      $ cm regulation diff abc-2001 examples/hangzhou-2016.yaml
    """
    from cm_cli.usecases import rulebook

    here = desk(ctx)
    show.show(rulebook.diff(here.clerk(), one, other), here)


@app.command("new", cls=Reads)
def new(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(help=later("Code of the new regulation, as branch-2016."), metavar="CODE")],
    extends: Annotated[str, typer.Option("--extends", help=later("Begin a layer over this one, with what it left open."), metavar="PARENT")] = "",
) -> None:
    """Write a commented starting file of a regulation, sound as it is; with --extends a layer over another.

    Examples:
      $ cm regulation new branch-2016 -o branch-2016.yaml
      $ cm regulation new branch-2017 --extends abc-2001
    """
    from cm_cli.usecases import rulebook

    here = desk(ctx)
    if here.output and Path(here.output).exists():
        raise CmError(
            _("{place} exists already and is left as it is").format(place=here.output),
            mend=_("Give the new file a name of its own."),
            slug="file-exists",
            code=Exit.CANNOT_WRITE,
        )
    show.text(rulebook.new(here.clerk(), code, extends), here)


@app.command("add", cls=Writes)
def add(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(help=later("YAML file of a regulation."), metavar="FILE")],
    cases: Annotated[str, typer.Option("--cases", help=later("Its cases; else FILE.cases.yaml beside it, where there is one."), metavar="FILE")] = "",
) -> None:
    """Take a regulation of your own into the store, with its cases and what it extends; it is not used yet.

    Afterwards its code is enough: show, check, test, diff and use find it without the file.

    Examples:
      $ cm regulation add examples/hangzhou-2016.yaml
    """
    from cm_cli.usecases import rules_in_use

    here = desk(ctx)
    show.outcome(rules_in_use.add(here.clerk(), file, cases), here)


@app.command("use", cls=Writes)
def use(
    ctx: typer.Context,
    name: Name,
    since: Annotated[str, typer.Option("--since", help=later("First day of its use; else today."), metavar="DAY")] = "",
    until: Annotated[str, typer.Option("--until", help=later("Last day of its use; else until another is used."), metavar="DAY")] = "",
    unit: Annotated[str, typer.Option("--unit", help=later("Only for this unit and those under it."), metavar="UNIT")] = "",
    line: Annotated[str, typer.Option("--line", help=later("Only for managers of this line of business."), metavar="LINE")] = "",
) -> None:
    """Use a regulation from a day on: one of the program's, one added to the store, or a YAML file.

    Earlier periods keep the regulation of their time. A manager is ruled by the one for the nearest
    unit, upwards; in a unit by the one for the manager's line, else by the one for all lines.
    Clients are classed and assigned by the one for the whole institution; `cm undo` takes a use back.

    Examples:
      $ cm regulation use abc-2001 --since 2016-07-01
      $ cm regulation use abc-2001 --since 2016-07-01 --until 2016-12-31 --unit 杭州分行
    """
    from cm_cli.usecases import rules_in_use

    here = desk(ctx)
    clerk = here.clerk()
    wanted = rules_in_use.Use(
        day_of(since, "--since") if since else clerk.today,
        day_of(until, "--until") if until else None,
        unit,
        line,
    )
    show.outcome(rules_in_use.use(clerk, name, wanted), here)


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

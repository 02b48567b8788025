"""``cm import``: records from a file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from cm_cli.cli import show
from cm_cli.cli.desk import desk
from cm_cli.cli.frame import Writes, single
from cm_cli.domain.fields import nearest
from cm_cli.domain.register import by_plural, in_order, kind
from cm_cli.errors import CmError, Exit
from cm_cli.language import _, later

if TYPE_CHECKING:
    from collections.abc import Mapping

app = single()


@app.command("import", cls=Writes)
def import_(
    ctx: typer.Context,
    what: Annotated[str, typer.Argument(help=later("managers, clients, visits, …; all for a bundle."), metavar="KIND")],
    file: Annotated[str, typer.Argument(help=later("csv, xlsx, ods, json, jsonl or yaml; of a bundle a folder, zip or workbook; - is standard input."), metavar="FILE")],
    encoding: Annotated[str, typer.Option("--encoding", help=later("Encoding of a text; else UTF-8, else GB18030."), metavar="NAME")] = "",
    sheet: Annotated[str, typer.Option("--sheet", help=later("Sheet of a workbook; else the first."), metavar="NAME")] = "",
    source_format: Annotated[str, typer.Option("--from", help=later("Format; else found from the bytes."), metavar="FORMAT")] = "",
    renamed: Annotated[list[str] | None, typer.Option("--map", help=later("HEADING=field, for a heading that is not known."), metavar="A=B")] = None,
    ignore_unknown: Annotated[bool, typer.Option("--ignore-unknown", help=later("Leave unknown columns out, and say which."))] = False,
) -> None:
    """Read records from a file: every row is checked, all findings are shown, all or nothing is written.

    Headings may be Chinese or English. Records are matched by their key (code; day, manager and
    client …): new ones are registered, changed ones updated, so a second run changes nothing. An
    empty cell leaves what is stored.

    Examples:
      $ cm import managers examples/listed-companies/managers.csv --dry-run
      $ cm import clients examples/listed-companies/clients.xlsx
      $ cm import results examples/listed-companies/results.csv --reason 一季度业绩
      $ cm import all examples/bundle --dry-run
    """
    from cm_cli.usecases import bundles, intake

    here = desk(ctx)
    stdin = sys.stdin.buffer if file == "-" and sys.stdin else None
    if what == "all":
        _for_one_table({"--map": renamed, "--sheet": sheet, "--from": source_format})
        wanted = intake.Wanted(encoding, ignore_unknown=ignore_unknown)
        show.outcome(bundles.import_all(here.clerk(), file, wanted, stdin), here)
        return
    found = by_plural(what)
    if found is None:
        known = [*(each.plural for each in in_order()), "all"]
        raise CmError(
            _("“{word}” is not a kind of record that can be imported").format(word=what),
            mend=nearest(what, known) or _("Those that can: {names}.").format(names=", ".join(known)),
            slug="no-kind",
            code=Exit.USAGE,
        )
    wanted = intake.Wanted(encoding, sheet, source_format, _renamed(renamed or [], found.name), ignore_unknown)
    show.outcome(intake.import_(here.clerk(), found, file, wanted, stdin), here)


def _for_one_table(given: Mapping[str, object]) -> None:
    """Refuse the options that say something of one table."""
    for name in (name for name, value in given.items() if value):
        raise CmError(
            _("{option} says something of one table, not of a bundle").format(option=name),
            mend=_("Import that table by its kind."),
            slug="not-for-a-bundle",
            code=Exit.USAGE,
        )


def _renamed(pairs: list[str], name: str) -> dict[str, str]:
    """Read ``客户名=name``; refuses a field the kind does not have."""
    found: dict[str, str] = {}
    fields = [each.name for each in kind(name).given]
    for pair in pairs:
        heading, sign, target = pair.partition("=")
        if not sign:
            raise CmError(
                _("--map {pair}: HEADING=field is expected").format(pair=pair),
                mend=_("Fields: {names}.").format(names=", ".join(fields)),
                slug="bad-map",
                code=Exit.USAGE,
            )
        if target not in fields:
            raise CmError(
                _("--map {pair}: there is no field “{target}”").format(pair=pair, target=target),
                mend=nearest(target, fields) or _("Fields: {names}.").format(names=", ".join(fields)),
                slug="bad-map",
                code=Exit.USAGE,
            )
        found[heading] = target
    return found

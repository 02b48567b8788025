"""``cm import``: records from a file."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cm_cli.cli import show
from cm_cli.cli.desk import desk
from cm_cli.cli.frame import Writes, single
from cm_cli.domain.fields import nearest
from cm_cli.domain.register import by_plural, kind
from cm_cli.domain.sheet import Column, Sheet
from cm_cli.errors import CmError, Exit
from cm_cli.language import _, later, n_

app = single()
MODES = ("insert", "update", "upsert", "replace-set")
KINDS = ("units", "managers", "clients", "visits", "diaries", "results", "scores", "merits", "leaves", "holidays")


@app.command("import", cls=Writes)
def import_(
    ctx: typer.Context,
    what: Annotated[str, typer.Argument(help=later("managers, clients, visits, diaries, results, scores, merits, leaves, units or holidays."), metavar="KIND")],
    file: Annotated[str, typer.Argument(help=later("csv, xlsx, json, jsonl or yaml; - is standard input."), metavar="FILE")],
    encoding: Annotated[str, typer.Option("--encoding", help=later("Encoding of a text; else UTF-8, else GB18030."), metavar="NAME")] = "",
    sheet: Annotated[str, typer.Option("--sheet", help=later("Sheet of a workbook; else the first."), metavar="NAME")] = "",
    source_format: Annotated[str, typer.Option("--from", help=later("Format; else found from the bytes."), metavar="FORMAT")] = "",
    renamed: Annotated[list[str] | None, typer.Option("--map", help=later("HEADING=field, for a heading that is not known."), metavar="A=B")] = None,
    ignore_unknown: Annotated[bool, typer.Option("--ignore-unknown", help=later("Leave unknown columns out, and say which."))] = False,
    mode: Annotated[str, typer.Option("--mode", help=later("insert, update, upsert, or replace-set: what the file lacks is removed."), metavar="MODE")] = "upsert",
    accept_good: Annotated[bool, typer.Option("--accept-good", help=later("Take the good rows and leave out those with findings."))] = False,
    diff: Annotated[bool, typer.Option("--diff", help=later("Print what becomes of each row, field by field."))] = False,
) -> None:
    """Read records from a file: every row is checked, all findings are shown, all or nothing is written.

    Headings may be Chinese or English. Records are matched by their key (code; day, manager and
    client …): new ones are registered, changed ones updated, so a second run changes nothing. An
    empty cell leaves what is stored. With --mode insert a row that exists is a finding, with
    update one that does not. With --accept-good rows with findings are left out; the exit code
    is then 1.

    Examples:
      $ cm import managers examples/listed-companies/managers.csv --dry-run
      $ cm import clients examples/listed-companies/clients.xlsx
      $ cm import clients examples/listed-companies/clients.xlsx --dry-run --diff
      $ cm import results examples/listed-companies/results.csv --reason 一季度业绩
    """
    from cm_cli.usecases import intake

    here = desk(ctx)
    found = by_plural(what)
    if found is None or found.plural not in KINDS:
        raise CmError(
            _("“{word}” is not a kind of record that can be imported").format(word=what),
            mend=nearest(what, KINDS) or _("Those that can: {names}.").format(names=", ".join(KINDS)),
            slug="no-kind",
            code=Exit.USAGE,
        )
    wanted = intake.Wanted(
        encoding, sheet, source_format, _renamed(renamed or [], found.name), ignore_unknown, _mode(mode), accept_good, diff
    )
    stdin = sys.stdin.buffer if file == "-" and sys.stdin else None
    try:
        done = intake.import_(here.clerk(), found, file, wanted, stdin)
    except CmError as refused:
        if here.given.get("json"):
            show.refusal(refused)
        raise
    if diff and not here.given.get("json"):
        labels = (_("Line"), _("Change"), _("Key"), _("Field"), _("Before"), _("After"))
        columns = tuple(Column(name, label, "count" if name == "line" else "text") for name, label in zip(show.DIFF, labels, strict=True))
        show.show(Sheet("diff", _("Changes"), columns, done.diff), here)
    show.outcome(done, here)
    left = [each for each in done.notes if not each.note]
    if left:
        raise CmError(
            n_("{count} finding: its row was left out", "{count} findings: their rows were left out", len(left)).format(count=len(left)),
            mend=_("Mend the rows and import the file again."),
            slug="rows-left-out",
            code=Exit.FINDINGS,
            problems=left,
        )


def _mode(text: str) -> str:
    if text in MODES:
        return text
    raise CmError(
        _("--{option}: “{value}” is not among the values allowed").format(option="mode", value=text),
        mend=nearest(text, MODES) or _("It may be one of: {options}.").format(options=", ".join(MODES)),
        slug="bad-option",
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

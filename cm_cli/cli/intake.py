"""``cm import``: records from a file."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from cm_cli.cli import show
from cm_cli.cli.desk import desk
from cm_cli.cli.frame import Writes, single
from cm_cli.domain.fields import nearest
from cm_cli.domain.headings import headings as headings_of
from cm_cli.domain.headings import match_heading
from cm_cli.domain.register import by_plural, in_order
from cm_cli.domain.sheet import Column, Sheet
from cm_cli.errors import CmError, Exit
from cm_cli.language import _, later, n_

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cm_cli.cli.desk import Desk
    from cm_cli.domain.kind import Kind
    from cm_cli.usecases.clerk import Outcome

app = single()
MODES = ("insert", "update", "upsert", "replace-set")
TEMPLATE = ("template", "模板")
KINDS = ("units", "managers", "clients", "visits", "diaries", "results", "scores", "merits", "leaves", "holidays")


@app.command("import", cls=Writes)
def import_(
    ctx: typer.Context,
    what: Annotated[str, typer.Argument(help=later("managers, clients, visits, …; all for a bundle; template for an empty workbook."), metavar="KIND")],
    file: Annotated[str, typer.Argument(help=later("csv, xlsx, ods, json, jsonl or yaml; of a bundle a folder, zip or workbook; - is standard input."), metavar="FILE")],
    of: Annotated[str, typer.Option("--kind", help=later("Of a template: the kind; else the file's name says it."), metavar="KIND")] = "",
    encoding: Annotated[str, typer.Option("--encoding", help=later("Encoding of a text; else UTF-8, else GB18030."), metavar="NAME")] = "",
    sheet: Annotated[str, typer.Option("--sheet", help=later("Sheet of a workbook; else the first."), metavar="NAME")] = "",
    source_format: Annotated[str, typer.Option("--from", help=later("Format; else found from the bytes."), metavar="FORMAT")] = "",
    renamed: Annotated[list[str] | None, typer.Option("--map", help=later("HEADING=field, for a heading that is not known."), metavar="A=B")] = None,
    fill: Annotated[list[str] | None, typer.Option("--fill", help=later("field=VALUE, for the rows that say nothing of it."), metavar="A=B")] = None,
    by_name: Annotated[bool, typer.Option("--by-name", help=later("Where there is no code: find records by name; a new one's code is made of it."))] = False,
    aliases: Annotated[str, typer.Option("--aliases", help=later("YAML with headings of your own; else CM_ALIASES."), metavar="FILE")] = "",
    mark: Annotated[str, typer.Option("--mark", help=later("Where there are findings, write a copy of the file with them marked in it; mend it and import that."), metavar="OUT")] = "",
    ignore_unknown: Annotated[bool, typer.Option("--ignore-unknown", help=later("Leave unknown columns out, and say which."))] = False,
    mode: Annotated[str, typer.Option("--mode", help=later("insert, update, upsert, or replace-set: what the file lacks is removed."), metavar="MODE")] = "upsert",
    accept_good: Annotated[bool, typer.Option("--accept-good", help=later("Take the good rows and leave out those with findings."))] = False,
    diff: Annotated[bool, typer.Option("--diff", help=later("Print what becomes of each row, field by field."))] = False,
) -> None:
    """Read records from a file: every row is checked, all findings are shown, all or nothing is written.

    Headings may be Chinese or English. Records are matched by their key (code; day, manager and
    client …): new ones are registered, changed ones updated, so a second run changes nothing. An
    empty cell leaves what is stored. With --mode insert a row that exists is a finding, with
    update one that does not; replace-set removes what the file lacks. With --accept-good rows
    with findings are left out, the exit code is then 1; it does not go with replace-set.

    “template” writes an empty workbook to be filled in, with drop-downs from the store, required
    fields marked, and a page of instructions; it is imported as it is.

    With --mark a file that is refused comes back as a copy: bad cells filled and commented, and a
    last column that says what to mend. Drop-downs, names and hidden sheets stay; charts do not.

    Examples:
      $ cm import template clients.xlsx
      $ cm import managers examples/listed-companies/managers.csv --dry-run
      $ cm import clients examples/listed-companies/clients.xlsx
      $ cm import clients examples/listed-companies/clients.xlsx --dry-run --diff
      $ cm import clients examples/listed-companies/clients.xlsx --mark clients-to-mend.xlsx
      $ cm import results examples/listed-companies/results.csv --reason 一季度业绩
      $ cm import all examples/bundle --dry-run
    """
    from cm_cli.usecases import headings, intake
    from cm_cli.usecases.batch import Wanted

    here = desk(ctx)
    stdin = sys.stdin.buffer if file == "-" and sys.stdin else None
    if what in TEMPLATE:
        _template(here, file, of)
        return
    if what == "all":
        from cm_cli.usecases import bundles

        _for_one_table({"--map": renamed, "--fill": fill, "--by-name": by_name, "--sheet": sheet, "--from": source_format, "--mark": mark, "--diff": diff, "--accept-good": accept_good, "--mode": mode != "upsert"})
        wanted = Wanted(encoding, ignore_unknown=ignore_unknown, progress=show.progress(here))
        _tell(here, lambda: bundles.import_all(here.clerk(), file, wanted, stdin))
        return
    found = _kind(what)
    mapped = _pairs("map", renamed or [], found, heading_first=True)
    own = _aliases(aliases, found) | mapped
    if by_name and not headings.by_name(found):
        raise CmError(
            _("--by-name: a {kind} has no code").format(kind=found.label),
            mend=_("Leave --by-name out."),
            slug="bad-option",
            code=Exit.USAGE,
        )
    filled = _pairs("fill", fill or [], found, heading_first=False)
    wanted = Wanted(encoding, sheet, source_format, own, tuple(mapped), filled, by_name, ignore_unknown, _mode(mode), accept_good, diff, show.progress(here))
    if accept_good and mode == "replace-set":
        raise CmError(
            _("--accept-good cannot be used with --mode replace-set: what is left out would be removed"),
            mend=_("Mend the rows with findings first, or import with --mode upsert."),
            slug="bad-option",
            code=Exit.USAGE,
        )
    if mark:
        from cm_cli.usecases import marking

        _tell(here, lambda: marking.import_(here.clerk(), found, file, wanted, mark))
    else:
        _tell(here, lambda: intake.import_(here.clerk(), found, file, wanted, stdin))


def _kind(word: str) -> Kind:
    """Return the kind a word means; refuses one that is not imported."""
    found = by_plural(word)
    if found is None:
        known = [*(each.plural for each in in_order()), "all"]
        raise CmError(
            _("“{word}” is not a kind of record that can be imported").format(word=word),
            mend=nearest(word, known) or _("Those that can: {names}.").format(names=", ".join(known)),
            slug="no-kind",
            code=Exit.USAGE,
        )
    return found


def _tell(here: Desk, import_: Callable[[], Outcome]) -> None:
    """Import, and tell what became of the rows; those left out end with findings."""
    try:
        done = import_()
    except CmError as refused:
        if here.given.get("json"):
            show.refusal(refused)
        raise
    if done.diff and not here.given.get("json"):
        labels = (_("Line"), _("Change"), _("Key"), _("Field"), _("Before"), _("After"))
        columns = tuple(Column(name, label, "count" if name == "line" else "text") for name, label in zip(show.DIFF, labels, strict=True))
        words = {"new": _("new"), "changed": _("changed"), "removed": _("removed")}
        rows = [(line, words[str(word)], *rest) for line, word, *rest in done.diff]
        show.show(Sheet("diff", _("Changes"), columns, rows), here)
    show.outcome(done, here)
    left = [each for each in done.notes if not each.note]
    if left:
        raise CmError(
            n_("{count} row with findings was left out", "{count} rows with findings were left out", done.tally["refused"]).format(count=done.tally["refused"]),
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


def _template(here: Desk, file: str, word: str) -> None:
    """Write a template; the name of the file says of which kind, where no option does."""
    from cm_cli.usecases import template

    found = _kind(word) if word else template.kind_of_file(file, KINDS)
    if found is None:
        raise CmError(
            _("The name {file} does not say which records are to be filled in").format(file=file),
            mend=_("Name it after them, as clients.xlsx, or give --kind: {names}.").format(names=", ".join(KINDS)),
            slug="no-template-kind",
            code=Exit.USAGE,
        )
    if here.dry_run:
        template.check(file)
        show.say(here, _("Dry run, nothing written."))
        return
    template.write(here.clerk(), found, file)
    show.say(here, _("Written to {file}").format(file=file))
    show.say(here, _("Next: fill it in, then: cm import {kind} {file}").format(kind=found.plural, file=file))


def _aliases(file: str, found: Kind) -> dict[str, str]:
    """Return the headings of the user's own file of aliases, by their spelling there."""
    place = file or os.environ.get("CM_ALIASES", "")
    if not place:
        return {}
    from cm_cli.readers import aliases

    return aliases.read(place, found)


def _for_one_table(given: Mapping[str, object]) -> None:
    """Refuse the options that say something of one table."""
    for name in (name for name, value in given.items() if value):
        raise CmError(
            _("{option} says something of one table, not of a bundle").format(option=name),
            mend=_("Import that table by its kind."),
            slug="not-for-a-bundle",
            code=Exit.USAGE,
        )


def _pairs(option: str, pairs: list[str], found: Kind, *, heading_first: bool) -> dict[str, str]:
    """Read ``客户名=name`` or ``grade=助理``; refuses a field the kind does not have."""
    read: dict[str, str] = {}
    fields = [each.name for each in found.given]
    for pair in pairs:
        one, sign, other = pair.rpartition("=") if heading_first else pair.partition("=")
        if not sign:
            what = _("--map {pair}: HEADING=field is expected") if heading_first else _("--fill {pair}: field=VALUE is expected")
            raise CmError(
                what.format(pair=pair),
                mend=_("Fields: {names}.").format(names=", ".join(fields)),
                slug="bad-map",
                code=Exit.USAGE,
            )
        target = other if heading_first else one
        named = target if target in fields else getattr(match_heading(headings_of(found), target)[0], "name", "")
        if not named:
            raise CmError(
                _("--{option} {pair}: there is no field “{target}”").format(option=option, pair=pair, target=target),
                mend=nearest(target, fields) or _("Fields: {names}.").format(names=", ".join(fields)),
                slug="bad-map",
                code=Exit.USAGE,
            )
        read |= {one: named} if heading_first else {named: other}
    return read

"""A marked copy of a file that was refused: the clerk's own file, with the findings in it.

The copy is mended and imported again. It is made of workbooks (.xlsx) and of separated texts,
whole or not at all, and never takes the place of a file that is there.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cm_cli.domain.headings import headings, match_heading
from cm_cli.domain.inert import inert
from cm_cli.errors import CmError, Exit, Problem
from cm_cli.language import _
from cm_cli.readers import csvfile
from cm_cli.readers.intake import take
from cm_cli.readers.rows import Request
from cm_cli.usecases import intake
from cm_cli.writers import marked
from cm_cli.writers.target import replacing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cm_cli.domain.kind import Field, Kind
    from cm_cli.readers.rows import Row, Table
    from cm_cli.usecases.batch import Wanted
    from cm_cli.usecases.clerk import Clerk, Outcome

_MARKED = 100_000  # findings marked, at most
_MOST = 16 << 20  # bytes of a workbook that is held in memory with all its cells
_WHOLE_ROW = frozenset({"missing-value", "day-in-future", "days-reversed"})  # name their field


def import_(clerk: Clerk, kind: Kind, source: str, wanted: Wanted, target: str) -> Outcome:
    """Import a file; where it is refused, write a copy with the findings in it."""
    _check(kind, source, wanted, target)
    try:
        done = intake.import_(clerk, kind, source, replace(wanted, findings=_MARKED))
    except CmError as refusal:
        if refusal.slug != "data-refused" or not refusal.problems:
            raise
        try:
            mark(kind, source, wanted, target, refusal.problems)
        except CmError as trouble:
            unmarked = Problem(trouble.slug, trouble.what, mend=trouble.mend)
            refusal.problems = [*refusal.problems, unmarked]
            raise refusal from None
        refusal.mend = _(
            "Mend the marked cells in {file} and import it: cm import {kind} {file}"
        ).format(file=inert(target), kind=kind.plural)
        raise
    left = [found for found in done.notes if not found.note]
    if left:  # the good rows were taken alone
        mark(kind, source, wanted, target, left)
    return done


def mark(kind: Kind, source: str, wanted: Wanted, target: str, problems: Sequence[Problem]) -> None:
    """Write the marked copy; raises CmError where it cannot be made."""
    with intake.opened(kind, source, wanted) as table:
        remarks = [remark for found in problems if (remark := _remark(kind, table, found))]
        if table.source.format == "xlsx":
            _workbook(source, table, remarks, target)
        else:
            _text(kind, source, wanted, table, remarks, target)


def _check(kind: Kind, source: str, wanted: Wanted, target: str) -> None:
    """Refuse in time what could not be marked afterwards."""
    if source == "-":
        raise _refusal(_("Standard input has no file to be copied"), _("Give the file itself."))
    if Path(target).exists() or Path(target).is_symlink():
        raise CmError(
            _("{place} exists already and is left as it is").format(place=inert(target)),
            mend=_("Give the marked copy a name of its own."),
            slug="mark-exists",
            code=Exit.CANNOT_WRITE,
        )
    with intake.opened(kind, source, wanted) as table:
        sort = table.source.format
    suffix = f".{sort}"
    if sort not in {"xlsx", "csv", "tsv"}:
        what = _("A file of the format {format} cannot be marked").format(format=sort)
        raise _refusal(what, _("Save it as .xlsx or .csv, or leave --mark out."))
    if Path(target).suffix.lower() != suffix:
        what = _("The marked copy of this file is a {suffix} file").format(suffix=suffix)
        raise _refusal(what, _("Give it a name that ends in {suffix}.").format(suffix=suffix))
    if sort == "xlsx" and Path(source).stat().st_size > _MOST:
        what = _("The workbook is larger than {limit} MB and cannot be marked")
        mend = _("Divide it into several files.")
        raise _refusal(what.format(limit=_MOST >> 20), mend)


def _refusal(what: str, mend: str) -> CmError:
    return CmError(what, mend=mend, slug="no-marked-copy", code=Exit.USAGE)


def _remark(kind: Kind, table: Table, found: Problem) -> marked.Remark | None:
    """Return a finding as the copy says it; what is only noted about the whole file is left out."""
    line = found.where.line if found.where else 0
    if found.note and line <= table.header_line:
        return None
    column = found.where.column if found.where else ""
    if not column and found.slug in _WHOLE_ROW:
        column = _column_of(kind, table, found.what)
    text = (
        _("{what}. {mend}").format(what=found.what, mend=found.mend) if found.mend else found.what
    )
    return marked.Remark(max(line, table.header_line), column, text, found.note)


def _column_of(kind: Kind, table: Table, what: str) -> str:
    """Return the heading of the field a sentence is about: the longest one it names."""
    known = headings(kind)
    named: list[tuple[int, Field, str]] = []
    for heading in table.headers:
        each, _unit = match_heading(known, heading)
        if each is not None and each.label in what:
            named.append((len(each.label), each, heading))
    return table.where(0, max(named, key=lambda one: one[0])[2]).column if named else ""


def _workbook(source: str, table: Table, remarks: Sequence[marked.Remark], target: str) -> None:
    data = Path(source).read_bytes()
    if hashlib.sha256(data).hexdigest() != table.source.sha256:
        raise _changed(source)
    with replacing(Path(target)) as out:
        try:
            marked.workbook(data, table.source.sheet, table.header_line, remarks, out)
        except ValueError as error:
            what = _("The workbook holds something that cannot be copied ({cause})")
            mend = _("Save the sheet as .csv and import that with --mark.")
            raise _refusal(what.format(cause=error), mend) from None


def _text(
    kind: Kind,
    source: str,
    wanted: Wanted,
    table: Table,
    remarks: Sequence[marked.Remark],
    target: str,
) -> None:
    known = headings(kind)
    request = Request(
        wanted.encoding,
        format=wanted.format,
        known=lambda text: match_heading(known, text)[0] is not None,
    )
    opened = take(source)
    with opened.handle:
        if opened.digest() != table.source.sha256:
            raise _changed(source)
        form = csvfile.written_in(opened, request)
        width = max(_reach(row, table.header_line) for row in csvfile.records(opened, form))
        with replacing(Path(target)) as out:
            marked.text(
                csvfile.records(opened, form),
                marked.Text(form.codec, form.mark, form.separator),
                table.header_line,
                remarks,
                width,
                out,
            )


def _reach(row: Row, headings: int) -> int:
    """Return how many cells a record beneath the headings has, without empty ones at its end."""
    below = row.cells if row.line > headings else []
    return max((at for at, cell in enumerate(below, 1) if cell.strip()), default=0)


def _changed(source: str) -> CmError:
    what = _("{file} changed while it was read").format(file=inert(source))
    return CmError(what, mend=_("Import it again."), slug="no-marked-copy", code=Exit.NO_INPUT)

"""Showing things: data to stdout in the format asked for, talk to stderr."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from cm_cli.domain.fields import nearest
from cm_cli.domain.inert import inert
from cm_cli.domain.privacy import masked
from cm_cli.domain.register import kind as kind_of
from cm_cli.domain.sheet import Column, Document, Sheet
from cm_cli.errors import CmError, Exit
from cm_cli.language import _, n_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cm_cli.cli.desk import Desk
    from cm_cli.errors import Problem, Where
    from cm_cli.usecases.clerk import Change, Outcome
    from cm_cli.writers.options import Options

DIFF = ("line", "change", "key", "field", "before", "after")
_MOST = 1000
_MOST_CHANGES = 40
_RANGES = 8
_VALUES, _MENDS, _SHORT = 20, 6, 40  # values and ways out shown of findings of a sort, their length
_LONG, _LONGEST = 120, 2000  # characters of a heading, of a sentence


def show(thing: Sheet | Document, desk: Desk) -> None:
    """Print a sheet or a report, or write it to the file asked for."""
    from cm_cli.writers import registry

    thing = narrowed(thing, desk.fields)
    document = registry.document_of(thing) if isinstance(thing, Sheet) else thing
    options = _options(desk)
    if desk.output:
        registry.save(document, Path(desk.output), options, name=desk.format)
        say(desk, _("Written to {file}").format(file=desk.output))
        return
    name = desk.format or _usual(thing)
    registry.send(document, name, sys.stdout, options)
    if isinstance(thing, Sheet) and not thing.rows:
        say(desk, _("Nothing found."))
    if name in {"tsv", "csv", "json", "jsonl"} and isinstance(thing, Sheet):
        for note in thing.notes:
            say(desk, note)


def narrowed(thing: Sheet | Document, fields: Sequence[str]) -> Sheet | Document:
    """Keep only the columns asked for; of a report the sheets that have all of them."""
    if not fields:
        return thing
    sheets = (thing,) if isinstance(thing, Sheet) else thing.sheets
    known = [column.name for sheet in sheets for column in sheet.columns]
    if tuple(fields) == ("?",):
        rows = [(column.name, column.heading) for sheet in sheets for column in sheet.columns]
        columns = (Column("name", _("Field"), "code"), Column("label", _("Heading")))
        return Sheet("fields", _("Fields"), columns, rows)
    fitting = tuple(s for s in sheets if {c.name for c in s.columns} >= set(fields))
    if not fitting:
        unknown = next((name for name in fields if name not in known), fields[0])
        raise CmError(
            _("There is no column “{name}”").format(name=unknown),
            mend=nearest(unknown, known) or _("There are: {names}.").format(names=", ".join(dict.fromkeys(known))),
            slug="no-field",
            code=Exit.USAGE,
        )
    kept = tuple(sheet.only(fields) for sheet in fitting)
    return kept[0] if isinstance(thing, Sheet) else replace(thing, sheets=kept)


def save(document: Document, path: Path, desk: Desk, name: str) -> None:
    """Write a report to a file in a named format."""
    from cm_cli.writers import registry

    registry.save(document, path, _options(desk), name=name)


def text(body: str, desk: Desk) -> None:
    """Print a text as it is, or write it to the file asked for."""
    if desk.output:
        write_text(desk.output, body)
        say(desk, _("Written to {file}").format(file=desk.output))
    else:
        sys.stdout.write(body if body.endswith("\n") else body + "\n")


def write_text(file: str, text: str) -> None:
    """Write a text to a file, whole or not at all."""
    from cm_cli.writers.target import replacing

    with replacing(Path(file)) as out:
        out.write(text.encode())


def together(documents: Sequence[Document], desk: Desk) -> None:
    """Write several reports for people into one file, one after another."""
    from cm_cli.writers import registry
    from cm_cli.writers.target import replacing

    path = Path(desk.output)
    writer = registry.for_name(desk.format) if desk.format else registry.for_path(path)
    with replacing(path) as out:
        for number, document in enumerate(documents):
            out.write(b"\n" if number else b"")
            writer.write(document, out, _options(desk))
    say(desk, _("Written to {file}").format(file=desk.output))


def _options(desk: Desk) -> Options:
    """Return width and colour of the terminal; a file or a pipe has neither."""
    from cm_cli.writers.options import Options

    wish = str(desk.given.get("color") or "auto")
    able = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    colour = wish == "always" or (wish == "auto" and able and os.environ.get("TERM") != "dumb")
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    return Options(width=width, color=colour)


def _usual(thing: Sheet | Document) -> str:
    """Return the usual format: a table on a terminal; in a pipe TSV for records, text for reports."""
    if sys.stdout.isatty():
        return "table"
    return "tsv" if isinstance(thing, Sheet) else "text"


def say(desk: Desk, text: str) -> None:
    """Talk, one line: to stderr, unless told to be quiet."""
    if not desk.quiet:
        sys.stderr.write(inert(text) + "\n")


def progress(desk: Desk) -> Callable[[int], None]:
    """Return what tells how many rows have been read: on a terminal only, in one line."""
    if desk.quiet or not sys.stderr.isatty():
        return lambda _rows: None

    def tell(rows: int) -> None:
        sys.stderr.write(f"\r{_('{count} rows read').format(count=f'{rows:,}')} \r")
        sys.stderr.flush()

    return tell


def outcome(done: Outcome, desk: Desk, what: str = "") -> None:
    """Say what a command changed and how to take it back."""
    if desk.given.get("json"):
        from cm_cli.writers.json import dump

        sys.stdout.write(dump(as_json(done), indent=2) + "\n")
        return
    if not desk.quiet:
        for line in _changes(done.changes):
            say(desk, line)
    for line in _sentences(done, what):
        say(desk, line)
    problems([note for note in done.notes if note.note], desk)


def refusal(trouble: CmError) -> None:
    """Print a refusal for scripts: what, and every finding; nothing was written."""
    from cm_cli.writers.json import dump

    said = {"entry": None, "error": trouble.what, "slug": trouble.slug, "findings": findings(trouble.problems)}
    sys.stdout.write(dump(said, indent=2) + "\n")


def as_json(done: Outcome) -> dict[str, object]:
    """Return an outcome for scripts: entry number, counts by kind, changes, notes."""
    return {
        "entry": done.entry.number if done.entry else None,
        "dry_run": done.dry_run,
        "counts": done.counts,
        "rows": done.tally,
        "changes": [
            {"kind": c.kind, "key": c.key, "field": c.field, "before": c.before, "after": c.after}
            for c in done.changes
        ],
        "notes": [found.what for found in done.notes if found.note],
        "findings": findings([found for found in done.notes if not found.note]),
        "diff": [dict(zip(DIFF, row, strict=True)) for row in done.diff],
    }


def findings(found: Iterable[Problem]) -> list[dict[str, object]]:
    """Return findings for scripts, each with its place, the value met and the way out."""
    return [
        {
            "slug": each.slug,
            "what": masked(each.what),
            "file": each.where.file if each.where else "",
            "sheet": each.where.sheet if each.where else "",
            "line": each.where.line if each.where else 0,
            "column": masked(each.where.column) if each.where else "",
            "value": masked(each.value),
            "next": each.mend,
            "note": each.note,
        }
        for each in found
    ]


def _sentences(done: Outcome, what: str) -> Iterable[str]:
    counts = ", ".join(
        _("{kind}: {counts}").format(kind=kind_of(name).label, counts=_counted(each))
        for name, each in done.counts.items()
    )
    if done.tally:
        said = _("Rows: {new} new, {changed} changed, {unchanged} unchanged, {repeated} repeated.").format(**done.tally)
        if done.tally.get("removed"):
            said += " " + _("Not in the file and removed: {removed}.").format(**done.tally)
        if done.tally.get("refused"):
            said += " " + _("Left out with findings: {refused}.").format(**done.tally)
        yield said
    if not done.counts:
        yield _("Nothing to change.")
    elif done.dry_run:
        yield _("Dry run, nothing written. Would change {counts}.").format(counts=counts)
    elif done.entry and done.pending:
        yield _("{what}Entry {number}: {counts}. It is kept if the whole run succeeds.").format(
            what=_("{what} ").format(what=what) if what else "", number=done.entry.number, counts=counts
        )
    elif done.entry:
        yield _("{what}Entry {number}: {counts}. To take it back: cm undo {number}").format(
            what=_("{what} ").format(what=what) if what else "", number=done.entry.number, counts=counts
        )


def _counted(each: dict[str, int]) -> str:
    words = {
        "inserted": _("{count} new"),
        "updated": _("{count} changed"),
        "deleted": _("{count} removed"),
        "revealed": _("{count} revealed"),
    }
    return ", ".join(words[name].format(count=count) for name, count in each.items())


def _changes(changes: Sequence[Change]) -> Iterable[str]:
    for change in changes[:_MOST_CHANGES]:
        label = kind_of(change.kind).field(change.field).label
        if change.before is None:
            yield f"  {label}: {change.after}"
        else:
            empty = _("(empty)")
            after = empty if change.after is None else change.after
            yield f"  {label}: {change.before or empty} → {after}"
    if len(changes) > _MOST_CHANGES:
        yield "  …"


def error(trouble: CmError) -> None:
    """Show a refusal: what, where, its findings, and the next step."""
    problems(list(trouble.problems), None)
    where = f" ({trouble.where})" if trouble.where else ""
    line(_("Error: {what}").format(what=one_line(trouble.what + where)))
    if trouble.mend:
        line(_("Next: {mend}").format(mend=one_line(trouble.mend)))


def one_line(text: str) -> str:
    """Return what is said of data on one line, and not endlessly: no value feigns a message."""
    text = inert(text)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def problems(found: Sequence[Problem], desk: Desk | None) -> None:
    """Show findings, those of one sort together, with the places they were found at."""
    if desk and desk.quiet:
        return
    groups = [(key, list(same)) for key, same in groupby(sorted(found, key=_sort), key=_sort)]
    groups.sort(key=lambda group: min(_place(each) for each in group[1]))
    for _key, same in groups[:_MOST]:
        line(f"  {one_line(_finding(same))}")
        for mend in _mends(same):
            line(f"    {one_line(mend)}")
    if len(groups) > _MOST:
        more = len(groups) - _MOST
        line(n_("… and {count} more finding", "… and {count} more findings", more).format(count=more))


def _sort(each: Problem) -> tuple[str, str, str, str]:
    """Return the sort of a finding: those of a column that differ in the value only share it."""
    column = each.where.column if each.where else ""
    said = each.what.replace(each.value, "…") if each.value and each.where else each.what
    return each.slug, column, said, each.mend if said == each.what else ""


def _place(each: Problem) -> tuple[str, int]:
    return (each.where.file, each.where.line) if each.where else ("", 0)


def _finding(same: list[Problem]) -> str:
    """Return one line for findings of a sort: where, what, and which other values."""
    first = min(same, key=_place)
    what = first.what
    others = _values(same, but=first.value)
    if others:
        said = n_("(and {count} other value: {values})", "(and {count} other values: {values})", len(others))
        what += " " + said.format(count=len(others), values=_listed(others))
    if first.note:
        what = _("Note: {what}").format(what=what)
    places = [each.where for each in same if each.where]
    return f"{_places(places)}  {what}" if places else what


def _mends(same: list[Problem]) -> Iterable[str]:
    """Yield the ways out of findings of a sort, the special ones with what they are for."""
    by_mend: dict[str, list[Problem]] = {}
    for each in sorted(same, key=_place):
        by_mend.setdefault(each.mend, []).append(each)
    usual = max(by_mend, key=lambda mend: len(by_mend[mend]))
    special = [mend for mend in by_mend if mend and mend != usual]
    for mend in special[:_MENDS]:
        yield f"{_listed(_values(by_mend[mend]))}: {mend}"
    if len(special) > _MENDS:
        yield "…"
    if usual:
        yield usual


def _values(same: list[Problem], but: str = "") -> list[str]:
    """Return the values met, in the order of their places."""
    met = dict.fromkeys(each.value for each in sorted(same, key=_place))
    return [value for value in met if value and value != but]


def _listed(values: list[str]) -> str:
    shown = [value if len(value) <= _SHORT else value[:_SHORT] + "…" for value in values[:_VALUES]]
    return ", ".join(masked(value) for value in shown) + ", …" * (len(values) > _VALUES)


def _places(places: list[Where]) -> str:
    """Return the places as file, lines in ranges, column: ``clients.csv:2-9,12 «行业»``."""
    said = []
    by_file = groupby(sorted(places), key=lambda where: (where.file, where.sheet, where.column))
    for (file, sheet, column), same in by_file:
        lines = sorted({where.line for where in same if where.line})
        shown = _ranges(lines)
        more = f" {_('and {count} more').format(count=len(shown) - _RANGES)}" if len(shown) > _RANGES else ""
        place = file + (f"[{sheet}]" if sheet else "")
        place += (":" + ",".join(shown[:_RANGES]) + more) if shown else ""
        heading = column if len(column) <= _LONG else column[:_LONG] + "…"
        said.append(place + (f" «{heading}»" if column else ""))
    return "; ".join(said)


def _ranges(lines: list[int]) -> list[str]:
    runs: list[list[int]] = []
    for number in lines:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]


def line(text: str) -> None:
    """Write one line to stderr, whatever its encoding can hold."""
    sys.stderr.write(inert(text, lines=True) + "\n")

"""What the caller says of a file's columns: which to take, a value for all rows, names for codes.

The headings themselves are matched in ``columns``; here is what a file alone does not say.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from cm_cli.domain.fields import BadValueError, nearest
from cm_cli.domain.headings import heading_key, unit_of_heading
from cm_cli.domain.privacy import masked
from cm_cli.errors import Problem
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cm_cli.domain.kind import Kind
    from cm_cli.readers.rows import Chunk, Table
    from cm_cli.usecases.batch import Wanted
    from cm_cli.usecases.references import References

_COUNTS = frozenset(map(heading_key, ("序号", "行号", "#", "no.", "row")))
_NO_CODE = re.compile(r"[^\w.]+")
_LONGEST = 40  # characters of a code


def by_name(kind: Kind) -> bool:
    """Say whether the records of a kind have a code and a name that can stand for it."""
    return kind.key == ("code",) and kind.search == "name"


def counts(heading: str) -> bool:
    """Say whether a column only counts the rows, as 序号 does."""
    return heading_key(heading) in _COUNTS


def left_out(table: Table, heading: str) -> Problem:
    """Return the note that a column is not read."""
    what = _("The column “{heading}” is left out").format(heading=masked(heading))
    where = table.where(table.header_line)
    return Problem("unknown-column", what, where, masked(heading), note=True)


def unmet(table: Table, wanted: Wanted) -> Iterator[Problem]:
    """Yield a finding for each heading the caller maps that the file does not have."""
    met = {heading_key(text) for text in table.headers}
    met |= {heading_key(unit_of_heading(text)[0]) for text in table.headers}
    for heading in wanted.mapped:
        if heading_key(heading) not in met:
            what = _("--map {heading}: the file has no such heading").format(heading=heading)
            mend = nearest(heading, [text for text in table.headers if text])
            yield Problem("no-heading", what, table.where(table.header_line), heading, mend)


def watch(table: Table, *, noted: bool) -> None:
    """Have a column that has cells but no heading found, or noted, when the rows are read."""
    nameless = [at for at, heading in enumerate(table.headers) if not heading]
    if nameless:
        table.chunks = _watched(table, table.chunks, nameless, noted=noted)


def _watched(
    table: Table, chunks: Iterator[Chunk], nameless: list[int], *, noted: bool
) -> Iterator[Chunk]:
    met: dict[int, int] = {}
    for chunk in chunks:
        for at in nameless:
            cells = enumerate(chunk.columns[at] if at not in met else ())
            filled = next((row for row, cell in cells if cell is not None and cell != ""), None)
            if filled is not None:
                met[at] = chunk.lines[filled]
        yield chunk
    for at, line in met.items():
        what = (
            _("Column {number} has no heading and is left out")
            if noted
            else _("Column {number} has no heading, so nobody knows what its cells mean")
        )
        mend = "" if noted else _("Give it a heading, or leave it out with --ignore-unknown.")
        said = what.format(number=at + 1)
        table.problems.append(Problem("no-name", said, table.where(line), mend=mend, note=noted))


def code_finder(kind: Kind, references: References) -> Callable[[str], str]:
    """Return what finds the code of a record by its name; a new one's is made of the name.

    Two names of one file that make the same code are for whoever compares the rows.
    """
    made: set[str] = set()

    def code(name: str) -> str:
        known = references.named(kind.name, name)
        if len(known) > 1:
            what = _("is the name of several records: {codes}").format(codes=", ".join(known))
            raise BadValueError(what, _("Give the code."))
        if known:
            return known[0]
        code = _code_of(name)
        if not code or (code not in made and not references.unknown(kind.name, {code})):
            what = _("makes no code of its own") if not code else _("makes a code that is taken")
            raise BadValueError(what, _("Give the code."))
        made.add(code)
        return code

    return code


def _code_of(name: str) -> str:
    """Return the code made of a name: ``Gekko & Co`` is ``Gekko-Co``."""
    return _NO_CODE.sub("-", unicodedata.normalize("NFKC", name)).strip("-")[:_LONGEST]

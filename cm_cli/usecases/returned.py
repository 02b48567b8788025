"""What an export did to a table for the sake of its file, undone before its rows are read.

A long text stands in several columns of a workbook; a personal field that was masked says nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cm_cli.domain.fields import Spoilt, Verbatim
from cm_cli.domain.headings import heading_key, headings, match_heading
from cm_cli.domain.pieces import numbered
from cm_cli.domain.privacy import MASK
from cm_cli.errors import Problem
from cm_cli.language import n_
from cm_cli.readers.rows import Chunk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cm_cli.domain.kind import Kind
    from cm_cli.readers.rows import Table


def returned(kind: Kind, table: Table, renamed: Mapping[str, str]) -> Table:
    """Return the table with continued texts joined and masks taken for empty cells."""
    known = headings(kind)
    names = {heading_key(old): new for old, new in renamed.items()}
    fields = [match_heading(known, names.get(heading_key(h), h))[0] for h in table.headers]
    masked = [at for at, found in enumerate(fields) if found and found.personal]
    pieces = _pieces(kind, table, dict.fromkeys(found.name for found in fields if found))
    if not masked and not pieces:
        return table
    gone = {at for more in pieces.values() for at in more}
    kept = [at for at in range(len(table.headers)) if at not in gone]
    headers = [table.headers[at] for at in kept]
    return replace(table, headers=headers, chunks=_chunks(table, kept, pieces, masked))


def _pieces(kind: Kind, table: Table, present: Mapping[str, None]) -> dict[int, list[int]]:
    """Return, by the column they continue, the columns that continue a long text, in order."""
    long = {each.name for each in kind.fields if isinstance(each.type, Verbatim)}
    known = headings(kind)
    found: dict[str, dict[int, int]] = {}
    for at, heading in enumerate(table.headers):
        base, number = numbered(heading)
        field, _unit = match_heading(known, base)
        if field and field.name in long & present.keys():
            found.setdefault(field.name, {}).setdefault(number, at)
    return {
        at[1]: [at[number] for number in sorted(at) if number > 1]
        for at in found.values()
        if 1 in at and len(at) > 1
    }


def _chunks(
    table: Table, kept: list[int], pieces: Mapping[int, list[int]], masked: list[int]
) -> Iterator[Chunk]:
    count, first = 0, 0
    for lines, columns in table.chunks:
        for at in masked:
            if MASK in columns[at]:
                met = [line for line, cell in zip(lines, columns[at], strict=True) if cell == MASK]
                count, first = count + len(met), min(first or met[0], met[0])
                columns[at] = ["" if cell == MASK else cell for cell in columns[at]]
        for at, more in pieces.items():
            columns[at] = list(map(_joined, *(columns[each] for each in (at, *more))))
        yield Chunk(lines, [columns[at] for at in kept])
    if count:
        what = n_(
            "{count} masked value ({mask}) says nothing; what is stored is left as it is",
            "{count} masked values ({mask}) say nothing; what is stored is left as it is",
            count,
        ).format(count=count, mask=MASK)
        table.problems.append(Problem("masked-value", what, table.where(first), note=True))


def _joined(*pieces: Any) -> Any:
    """Return one text of its pieces; where a piece is ruined the whole is."""
    ruined = next((each for each in pieces if isinstance(each, Spoilt)), None)
    return ruined or "".join(str(each) for each in pieces if each is not None)

"""CSV and TSV: strict about quotes, any of four separators, lines counted as an editor does.

One apostrophe before a formula sign is taken away, as the CSV writer puts it there.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import TYPE_CHECKING

from cm_cli.errors import Where
from cm_cli.language import _
from cm_cli.readers.charset import choose, gbk_note
from cm_cli.readers.rows import (
    CELL_LIMIT,
    HEAD_ROWS,
    Block,
    Row,
    Source,
    blank,
    heading_at,
    known_in,
    refused,
    size_after,
    table_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cm_cli.errors import CmError
    from cm_cli.readers.intake import Intake
    from cm_cli.readers.rows import Request, Table

NAMES = ("csv", "tsv")
SIZE_LIMIT = 2 << 30
_SEPARATORS = ",\t;|"
_BREAK = re.compile("\r\n|\r|\n")
_PREFIXED = re.compile("'+[=+\\-@\t\r\n＝＋－＠]")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a separated text is written: its codec, the bytes before its first letter, the sign."""

    codec: str
    mark: bytes
    separator: str


def recognises(head: bytes, _ending: str) -> str:
    """Take whatever text nobody else takes."""
    return "csv" if head else ""


def read(intake: Intake, request: Request, name: str) -> Table:
    """Return the table of a separated text; rows are streamed."""
    charset = choose(intake, request.encoding, long_lines=request.longest > CELL_LIMIT)
    first = intake.head()[charset.skip :].decode(charset.codec, "ignore")
    separator = "\t" if request.format == "tsv" else separator_of(first, request.known)
    source = Source(
        intake.name, "tsv" if separator == "\t" else name, intake.digest(), charset.codec
    )
    intake.handle.seek(charset.skip)
    text = io.TextIOWrapper(intake.handle, encoding=charset.codec, newline="")
    blocks = _blocks(text, separator, intake.name, request.longest)
    if charset.apostrophes:
        blocks = map(_unprefixed, blocks)
    problems = gbk_note(charset, request.encoding, Where(intake.name))
    return table_of(source, blocks, request, problems=problems, close=text.close)


def written_in(intake: Intake, request: Request) -> Dialect:
    """Return how the text is written, by the rules it is read by."""
    charset = choose(intake, request.encoding)
    head = intake.head()
    first = head[charset.skip :].decode(charset.codec, "ignore")
    separator = "\t" if request.format == "tsv" else separator_of(first, request.known)
    return Dialect(charset.codec, head[: charset.skip], separator)


def records(intake: Intake, dialect: Dialect) -> Iterator[Row]:
    """Yield every record as it stands in the file, empty ones too; the input is left open."""
    csv.field_size_limit(CELL_LIMIT)
    intake.handle.seek(len(dialect.mark))
    text = io.TextIOWrapper(intake.handle, encoding=dialect.codec, newline="")
    try:
        reader = csv.reader(text, delimiter=dialect.separator, strict=True)
        begins = 1
        for cells in reader:
            yield Row(begins, cells)
            begins = reader.line_num + 1
    finally:
        text.detach()


def separator_of(text: str, known: Callable[[str], bool] | None) -> str:
    """Return the separator that makes the best heading row of the first records."""
    return max(_SEPARATORS, key=lambda separator: _merit(text, separator, known))


def _merit(text: str, separator: str, known: Callable[[str], bool] | None) -> tuple[int, int]:
    """Return how many known headings, and how many cells, the heading row would have."""
    csv.field_size_limit(len(text) + 1)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    first = list(islice(lines, HEAD_ROWS * 2))
    head = [Row(0, cells) for cells in first if not blank(cells)] or [Row(0, c) for c in first]
    cells = head[heading_at(head[:HEAD_ROWS], known)].cells if head else []
    return known_in(cells, known), len(cells)


def _blocks(text: io.TextIOWrapper, separator: str, file: str, longest: int) -> Iterator[Block]:
    """Yield the records that are not blank, each with the physical line it begins on."""
    csv.field_size_limit(longest)
    reader = csv.reader(text, delimiter=separator, strict=True)
    begins, met = 1, 0
    try:
        while True:
            rows: list[list[str]] = []
            try:
                rows.extend(islice(reader, size_after(met)))  # on an error those before it are in
            except csv.Error as error:
                where = Where(file, begins + sum(map(_lines_of, rows)))
                raise _broken(str(error), where, longest) from error
            if not rows:
                return
            lines: Sequence[int] = range(begins, begins + len(rows))
            if reader.line_num >= begins + len(rows):  # a text goes over several lines
                lines = [*accumulate(map(_lines_of, rows), initial=begins)][:-1]
            begins = reader.line_num + 1
            block = Block(lines, rows).filled()
            met += len(block.rows)
            yield block
    finally:
        text.close()


def _lines_of(cells: Sequence[str]) -> int:
    """Return how many lines of the file a record takes."""
    return 1 + sum(len(_BREAK.findall(cell)) for cell in cells)


def _unprefixed(block: Block) -> Block:
    return block._replace(
        rows=[
            [c[1:] if c[:1] == "'" and _PREFIXED.match(c) else c for c in cells]
            for cells in block.rows
        ]
    )


def _broken(message: str, where: Where, longest: int) -> CmError:
    """Return the refusal for what the strict reader of quotes found."""
    quotes = _("Write a quote inside a quoted text twice; close every quote.")
    if "field limit" in message:
        what = _("A cell is longer than {limit} characters, or a quote is never closed")
        return refused("cell-too-long", what.format(limit=longest), where, quotes)
    if "unexpected end" in message:
        return refused("open-quote", _("A quote opened here is never closed"), where, quotes)
    if "expected after" in message:
        what = _("Something stands between a closing quote and the next separator")
        return refused("stray-quote", what, where, quotes)
    return refused("broken-record", _("The record cannot be read"), where, quotes)

"""Writing records to files that an import reads back to the letter.

All fields people or the program fill in are written, in the order of the kind; what only serves
the search is worked out anew by an import. Personal fields are masked unless they are revealed,
which the journal says before the first byte is written.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, overload

from cm_cli.domain.fields import Verbatim
from cm_cli.domain.pieces import split
from cm_cli.domain.register import in_order
from cm_cli.domain.sheet import Document, Sheet
from cm_cli.language import current
from cm_cli.store import query
from cm_cli.store.connection import reading
from cm_cli.usecases.exact import FORMATS, Wanted, cell_of, column
from cm_cli.usecases.regulations import context_of_all
from cm_cli.usecases.revealing import entered
from cm_cli.writers.options import Options
from cm_cli.writers.registry import for_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path
    from typing import BinaryIO

    from cm_cli.domain.fields import Context
    from cm_cli.domain.kind import Kind
    from cm_cli.domain.sheet import Cell
    from cm_cli.store.engine import Connection
    from cm_cli.usecases.clerk import Clerk

    Sink = Callable[[], AbstractContextManager[BinaryIO]]

_PACKED = (1980, 1, 1, 0, 0, 0)  # the day a zip archive says of every file


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: how many records of each kind, and what the journal says of it."""

    counts: Mapping[str, int]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Rows(Sequence[tuple["Cell", ...]]):
    """The rows of a kind, asked of the store as they are written."""

    total: int
    ask: Callable[[], Iterator[tuple[Cell, ...]]]

    def __len__(self) -> int:
        return self.total

    def __iter__(self) -> Iterator[tuple[Cell, ...]]:
        return self.ask()

    @overload
    def __getitem__(self, at: int) -> tuple[Cell, ...]: ...
    @overload
    def __getitem__(self, at: slice) -> list[tuple[Cell, ...]]: ...
    def __getitem__(self, at: int | slice) -> Any:
        rows = self.ask()
        if isinstance(at, slice) and (at.stop or 0) > 0 and at.step is None:
            return list(islice(rows, at.start, at.stop))
        return list(rows)[at]


def one(clerk: Clerk, kind: Kind, wanted: Wanted, sink: Sink) -> Exported:
    """Write the records of one kind."""
    with reading(clerk.place, clerk.known_at) as connection, sink() as out:
        notes = _revealed(clerk, connection, [kind], wanted)
        sheet = _sheet(connection, kind, wanted, context_of_all(connection))
        _write(Document(sheet.name, sheet.title, sheets=(sheet,)), wanted, out)
    return Exported({kind.name: len(sheet.rows)}, notes)


def archive(clerk: Clerk, wanted: Wanted, sink: Sink) -> Exported:
    """Write a zip archive with a file for each kind; the same records give the same bytes."""

    def write(sheets: list[Sheet], out: BinaryIO) -> None:
        with TemporaryFile() as packed:
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as pack:
                for sheet in sheets:
                    facts = zipfile.ZipInfo(f"{sheet.name}.{wanted.format}", _PACKED)
                    facts.compress_type = zipfile.ZIP_DEFLATED
                    facts.external_attr = 0o600 << 16
                    facts.create_system = 3
                    with pack.open(facts, "w") as file:
                        _write(_lone(sheet), wanted, file)  # type: ignore[arg-type]
            packed.seek(0)
            copyfileobj(packed, out)

    return _all(clerk, wanted, sink, write)


def workbook(clerk: Clerk, wanted: Wanted, sink: Sink) -> Exported:
    """Write a workbook with a sheet for each kind."""

    def write(sheets: list[Sheet], out: BinaryIO) -> None:
        _write(Document("all", "cm", sheets=tuple(sheets)), wanted, out)

    return _all(clerk, wanted, sink, write)


def folder(clerk: Clerk, wanted: Wanted, path: Path) -> Exported:
    """Write a folder with a file for each kind, whole or not at all."""
    from contextlib import nullcontext

    from cm_cli.writers.target import replacing_folder

    names = {f"{kind.plural}.{name}" for kind in in_order() for name in FORMATS}
    with replacing_folder(path, names.__contains__) as made:

        def write(sheets: list[Sheet], _out: BinaryIO) -> None:
            for sheet in sheets:
                with (made / f"{sheet.name}.{wanted.format}").open("wb") as file:
                    _write(_lone(sheet), wanted, file)

        return _all(clerk, wanted, nullcontext, write)  # type: ignore[arg-type]


def _all(
    clerk: Clerk, wanted: Wanted, sink: Sink, write: Callable[[list[Sheet], BinaryIO], None]
) -> Exported:
    """Write every kind of which there are records, each after those it refers to."""
    with reading(clerk.place, clerk.known_at) as connection, sink() as out:
        found = [kind for kind in in_order() if query.count(connection, kind)]
        notes = _revealed(clerk, connection, found, wanted)
        context = context_of_all(connection)
        sheets = [_sheet(connection, kind, wanted, context) for kind in found]
        write(sheets, out)
    counts = {kind.name: len(s.rows) for kind, s in zip(found, sheets, strict=True)}
    return Exported(counts, notes)


def _revealed(
    clerk: Clerk, connection: Connection, found: Sequence[Kind], wanted: Wanted
) -> tuple[str, ...]:
    """Let the journal say whose personal fields are about to be shown."""
    counts: dict[str, int] = {}
    for kind in found if wanted.reveal else ():
        personal = [each.name for each in kind.fields if each.personal]
        count = query.filled(connection, kind, personal) if personal else 0
        if count:
            counts[kind.name] = count
    return entered(clerk, counts) if counts else ()


def _lone(sheet: Sheet) -> Document:
    return Document(sheet.name, sheet.title, sheets=(sheet,))


def _write(document: Document, wanted: Wanted, out: BinaryIO) -> None:
    for_name(wanted.format).write(document, out, Options(exact=True))


def _sheet(connection: Connection, kind: Kind, wanted: Wanted, context: Context) -> Sheet:
    fields = kind.given
    made = [cell_of(each, wanted, context) for each in fields]
    names = [each.name for each in fields]

    def ask() -> Iterator[tuple[Cell, ...]]:
        for row in query.every(connection, kind, names):
            yield tuple([None if v is None else cell(v) for cell, v in zip(made, row, strict=True)])

    rows = _Rows(query.count(connection, kind), ask)
    title = kind.zh if current() == "zh" and not wanted.coded else kind.plural
    columns = tuple(column(each, wanted) for each in fields)
    sheet = Sheet(kind.plural, title, columns, rows)
    if wanted.format != "xlsx":
        return sheet
    long = {each.name for each in fields if isinstance(each.type, Verbatim)}
    return split(sheet, long) if long else sheet

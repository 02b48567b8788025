"""``cm export``: records to a file, or all of them to a bundle, as an import takes them back."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from cm_cli.cli import show
from cm_cli.cli.desk import desk
from cm_cli.cli.frame import READS, REVEALS, Command, single
from cm_cli.domain.fields import nearest
from cm_cli.domain.register import by_plural, in_order
from cm_cli.errors import CmError, Exit
from cm_cli.language import _, later, n_

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cm_cli.cli.desk import Desk
    from cm_cli.domain.kind import Kind
    from cm_cli.usecases.export import Exported, Sink

app = single()
_FORMAT = later("csv, tsv, jsonl, json, yaml or xlsx; else as the suffix says.")


class Exports(Command):
    """A command that writes records to a file, with personal fields masked."""

    own = (
        ("format", ("--format",), "NAME", _FORMAT),
        *(spec for spec in READS if spec[0] == "known_at"),
        *REVEALS,
    )


@app.command("export", cls=Exports)
def export(
    ctx: typer.Context,
    what: Annotated[str, typer.Argument(help=later("managers, clients, visits, …; all for a bundle."), metavar="KIND")],
    file: Annotated[str, typer.Argument(help=later("File; of a bundle FOLDER/, .zip or .xlsx; - is standard output."), metavar="FILE")],
    codes: Annotated[bool, typer.Option("--codes", help=later("Field names and codes, the same in every language; always so but in csv and xlsx."))] = False,
) -> None:
    """Write records to a file that cm import takes back, every field to the letter.

    Personal fields are masked (***) unless --reveal is given; an import leaves what is stored
    where it meets a mask. The same store gives the same bytes.

    Examples:
      $ cm export clients clients.xlsx
      $ cm export visits - --format jsonl
      $ cm export all everything.zip --reveal --reason 年度归档
      $ cm export all everything/ --format csv
    """
    from cm_cli.usecases import export as usecase
    from cm_cli.usecases.exact import Wanted

    here = desk(ctx)
    if what == "all":
        _tell(_bundle(here, file, codes=codes), here, file)
        return
    kind = _kind(what)
    wanted = Wanted(_format(here.format, file), codes, here.reveal)
    _tell(usecase.one(here.clerk(), kind, wanted, _sink(file, packed=wanted.format == "xlsx")), here, file)


def _kind(word: str) -> Kind:
    found = by_plural(word)
    if found is None:
        names = [each.plural for each in in_order()] + ["all"]
        raise CmError(
            _("“{word}” is not a kind of record that can be exported").format(word=word),
            mend=nearest(word, names) or _("Those that can: {names}.").format(names=", ".join(names)),
            slug="no-kind",
            code=Exit.USAGE,
        )
    return found


def _bundle(here: Desk, file: str, *, codes: bool) -> Exported:
    """Write all records in the shape the name says: a folder, a zip archive or a workbook."""
    from cm_cli.usecases import export as usecase
    from cm_cli.usecases.exact import Wanted

    path = Path(file)
    suffix = here.format if file == "-" and here.format in {"zip", "xlsx"} else path.suffix.lower()[1:]
    if file == "-" and not here.format:
        suffix = "zip"
    if suffix == "xlsx" and not file.endswith("/"):
        _format_of_workbook(here)
        wanted = Wanted("xlsx", codes, here.reveal)
        return usecase.workbook(here.clerk(), wanted, _sink(file, packed=True))
    inner = "csv" if here.format in {"", "zip"} else here.format
    wanted = Wanted(_known(inner), codes, here.reveal)
    if suffix == "zip" or file == "-":
        return usecase.archive(here.clerk(), wanted, _sink(file, packed=True))
    if file.endswith("/") or path.is_dir() or not suffix:
        return usecase.folder(here.clerk(), wanted, path)
    raise CmError(
        _("“{file}” is no name of a bundle").format(file=file),
        mend=_("Write to a folder (FOLDER/), a .zip or a .xlsx."),
        slug="no-bundle-name",
        code=Exit.USAGE,
    )


def _format_of_workbook(here: Desk) -> None:
    if here.format not in {"", "xlsx"}:
        raise CmError(
            _("A workbook is not written as {format}").format(format=here.format),
            mend=_("Leave --format out, or write to a folder or a .zip."),
            slug="format-contradicted",
            code=Exit.USAGE,
        )


def _format(named: str, file: str) -> str:
    """Return the format: the one named, else the suffix's; in a pipe tab-separated."""
    if named or file == "-":
        return _known(named or "tsv")
    suffix = Path(file).suffix.lower()[1:]
    return _known({"yml": "yaml", "tab": "tsv", "ndjson": "jsonl"}.get(suffix, suffix))


def _known(name: str) -> str:
    from cm_cli.usecases.exact import FORMATS

    if name in FORMATS:
        return name
    raise CmError(
        _("“{value}” is not a format that can be imported again").format(value=name),
        mend=nearest(name, FORMATS) or _("Known: {known}.").format(known=", ".join(FORMATS)),
        slug="unknown-format",
        code=Exit.USAGE,
    )


def _sink(file: str, *, packed: bool) -> Sink:
    """Return what opens the target: a file written whole or not at all, or standard output."""
    from cm_cli.writers.target import replacing

    if file != "-":
        return lambda: replacing(Path(file))
    return _packed if packed else _standard


@contextmanager
def _standard() -> Iterator[BinaryIO]:
    sys.stdout.flush()
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()


@contextmanager
def _packed() -> Iterator[BinaryIO]:
    """Give a file to pack into, whose writers go back and forth; it follows when it is whole."""
    with TemporaryFile() as whole:
        yield whole
        whole.seek(0)
        with _standard() as out:
            copyfileobj(whole, out)


def _tell(done: Exported, here: Desk, file: str) -> None:
    count = sum(done.counts.values())
    if file != "-":
        sentence = n_("{count} record written to {file}", "{count} records written to {file}", count)
        show.say(here, sentence.format(count=count, file=file))
    for note in done.notes:
        show.say(here, note)

"""The register of output formats: one file of this folder is one format, named as the file.

A format has ``NAME``, ``SUFFIXES`` (with the dot), ``BINARY`` (it is given a binary stream; else a
text stream, for terminals) and ``write(document, out, options)``. Nothing else lists them.
"""

from __future__ import annotations

import importlib
import io
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol, TextIO, cast

from cm_cli.domain.inert import inert
from cm_cli.domain.sheet import Document, Sheet
from cm_cli.errors import CmError, Exit
from cm_cli.language import _

if TYPE_CHECKING:
    from typing import Any

    from cm_cli.writers.options import Options

_MACHINERY = frozenset(
    {"__init__", "registry", "options", "target", "layout", "page", "bars", "marked", "template"}
)


class Writer(Protocol):
    """One output format, as a module of this folder offers it."""

    NAME: str
    SUFFIXES: tuple[str, ...]
    BINARY: bool

    def write(self, document: Document, out: IO[Any], options: Options, /) -> None:
        """Write the whole document to the stream, which stays open."""


def formats() -> list[str]:
    """Return the names of all formats, without importing one."""
    stems = {path.stem for path in Path(__file__).parent.glob("*.py")}
    return sorted(stems - _MACHINERY)


def for_name(name: str) -> Writer:
    """Return the writer of that name; raises CmError for an unknown one."""
    if name not in formats():
        raise CmError(
            _("“{value}” is not an output format").format(value=inert(name)),
            mend=_choices(name, formats()),
            slug="unknown-format",
            code=Exit.USAGE,
        )
    return cast("Writer", importlib.import_module(f"cm_cli.writers.{name}"))


def for_path(path: Path) -> Writer:
    """Return the writer whose suffix the path has; raises CmError where there is none."""
    suffix = path.suffix.lower()
    by_suffix = {end: writer for writer in map(for_name, formats()) for end in writer.SUFFIXES}
    if suffix in by_suffix:
        return by_suffix[suffix]
    raise CmError(
        _("The suffix “{value}” does not say an output format").format(value=inert(suffix)),
        where=inert(str(path)),
        mend=_choices(suffix, sorted(by_suffix)),
        slug="unknown-suffix",
        code=Exit.USAGE,
    )


def document_of(sheet: Sheet) -> Document:
    """Wrap a sheet that stands alone (a list), so that every writer is given a document."""
    return Document(name=sheet.name, title=sheet.title, sheets=(sheet,))


def save(document: Document, path: Path, options: Options, *, name: str = "") -> None:
    """Write the document to the file, whole or not at all; the suffix picks an unnamed format."""
    from cm_cli.writers.target import replacing

    writer = for_name(name) if name else for_path(path)
    with replacing(path) as out:
        if writer.BINARY:
            writer.write(document, out, options)
            return
        text = io.TextIOWrapper(out, encoding="utf-8", newline="")
        writer.write(document, text, options)
        text.detach()


def send(document: Document, name: str, stream: TextIO, options: Options) -> None:
    """Write the document to an open text stream; binary formats go beneath its encoding."""
    writer = for_name(name)
    if writer.BINARY:
        stream.flush()
        writer.write(document, stream.buffer, options)
        stream.buffer.flush()
    else:
        writer.write(document, stream, options)


def _choices(value: str, offered: list[str]) -> str:
    """Return the next step: the nearest name if one is near, and all of them."""
    from difflib import get_close_matches

    known = ", ".join(offered)
    for near in get_close_matches(value.lower(), offered, n=1):
        return _("Did you mean “{near}”? Known: {known}.").format(near=near, known=known)
    return _("Known: {known}.").format(known=known)

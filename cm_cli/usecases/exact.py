"""Values as cells that are read back to the letter, and the headings they stand under.

With codes they are the same in every language; else they are named as people read them, but
where a name would not be read back as the value it stands for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from cm_cli.domain.fields import BadValueError, Choice, Several, Verbatim, quoted
from cm_cli.domain.headings import heading_key
from cm_cli.domain.privacy import MASK
from cm_cli.domain.sheet import Column
from cm_cli.language import pick

if TYPE_CHECKING:
    from collections.abc import Callable

    from cm_cli.domain.fields import Context, FieldType, Kept
    from cm_cli.domain.kind import Field
    from cm_cli.domain.sheet import Cell

FORMATS = ("csv", "tsv", "jsonl", "json", "yaml", "xlsx")
_CODED = frozenset({"tsv", "jsonl", "json", "yaml"})
_SPREADSHEET = frozenset({"csv", "xlsx"})
_FIRST_YEAR = 1901  # before March 1900 spreadsheets have a day that never was


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to write: the format; field names and codes for headings and names; unmasked."""

    format: str = "csv"
    codes: bool = False
    reveal: bool = False

    @property
    def coded(self) -> bool:
        """Whether headings are field names and values codes, the same in every language."""
        return self.codes or self.format in _CODED


def column(each: Field, wanted: Wanted) -> Column:
    """Return the heading of a field; money says its unit in every one, for reading it back."""
    unit = "元" if each.unit else ""
    if not wanted.coded:
        return Column(each.name, each.label, each.type.column, each.unit)
    name = f"{each.name}({unit})" if unit else each.name
    return Column(name, each.name, each.type.column, unit)


def cell_of(each: Field, wanted: Wanted, context: Context) -> Callable[[Kept], Cell]:
    """Return what makes a cell of a field's kept value, which is never none."""
    if each.personal and not wanted.reveal:
        return lambda kept: None if kept == "" else MASK
    if isinstance(each.type, Several | Choice | Verbatim):
        made = _of_texts(each.type, wanted, context)
        return lambda kept: made(str(kept)) or None
    give = each.type.give
    if each.type.column == "flag" and wanted.codes and wanted.format in _SPREADSHEET:
        return lambda kept: "yes" if kept else "no"
    if each.type.column == "day" and wanted.format == "xlsx":
        return lambda kept: _spreadsheet_day(give(kept))
    if each.type.column in {"money", "number", "flag", "day"}:
        return give  # type: ignore[return-value]
    return lambda kept: None if kept == "" else kept


def _of_texts(type_: FieldType, wanted: Wanted, context: Context) -> Callable[[str], str]:
    """Return what makes one text of a value of a list, of several values, or of a long text."""
    if isinstance(type_, Several):
        named, give = _naming(type_.of, wanted, context), type_.give
        return lambda kept: ";".join(map(named, give(kept) or ()))  # type: ignore[arg-type]
    return _naming(type_, wanted, context) if isinstance(type_, Choice) else quoted


def _spreadsheet_day(value: Any) -> Cell:
    early = isinstance(value, date) and value.year < _FIRST_YEAR
    cell: Cell = value.isoformat() if early else value
    return cell


def _naming(type_: FieldType, wanted: Wanted, context: Context) -> Callable[[str], str]:
    """Return what names a value of a list: its name where that is read back as the same code."""
    if wanted.coded or not isinstance(type_, Choice):
        return str
    options = type_.among(context)
    names: dict[str, str] = {}
    for option in options:
        name = pick(option.names)
        owners = {one.code for one in options if heading_key(name) in map(heading_key, one.words())}
        if owners == {option.code} and _reads(type_, name, option.code, context):
            names[option.code] = name
    return lambda code: names.get(code, code)


def _reads(type_: Choice, name: str, code: str, context: Context) -> bool:
    try:
        return Several(of=type_).parse(name, context) == (code,)
    except BadValueError:
        return False

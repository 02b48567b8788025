"""An empty workbook to be filled in: drop-downs, formats, checks, input messages, instructions.

The lists stand on a hidden sheet and are reached by defined names, so that they may be long.
There are no macros, and the same template gives the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO

from cm_cli.domain.inert import inert
from cm_cli.domain.marks import HOW_TO
from cm_cli.language import _, pick
from cm_cli.writers.layout import display_width

if TYPE_CHECKING:
    from collections.abc import Sequence

ROWS = 5_000
_MADE = datetime(2000, 1, 1, tzinfo=UTC)  # a workbook says when it was made; ours never changes
_DAYS = (date(1950, 1, 1), date(2100, 12, 31))
_NUMBERS = (Decimal(-(10**15)), Decimal(10**15))
_TITLE, _MESSAGE = 32, 255  # characters a spreadsheet takes
_SHOWN = 40  # values of a list that the instructions name
_LISTS = "lists"
_FORMATS = {"text": "@", "day": "yyyy-mm-dd", "number": "#,##0.######"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column to be filled in. ``sort`` is text, day or number; ``options`` its drop-down.

    A ``strict`` list takes nothing else; ``longest`` is 0 where any length will do.
    """

    name: str
    label: str
    heading: str
    required: bool
    sort: str
    means: str
    form: str
    example: str
    unit: str = ""
    options: tuple[str, ...] = ()
    strict: bool = False
    least: Decimal | None = None
    most: Decimal | None = None
    longest: int = 0
    past: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """What is to be filled in, and the command that imports it."""

    title: str
    columns: tuple[Column, ...]
    command: str


def write(template: Template, out: BinaryIO) -> None:
    """Write the workbook: the sheet to fill in, the instructions, the hidden lists."""
    import xlsxwriter

    settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, settings)
    book.set_properties({"title": template.title, "created": _MADE})
    page = book.add_worksheet(template.title)
    _instructions(book, book.add_worksheet(pick(HOW_TO)), template)
    lists = book.add_worksheet(_LISTS)
    lists.hide()
    _headings(book, page, template.columns)
    for at, column in enumerate(template.columns):
        name = _list(book, lists, column) if column.options else ""
        page.data_validation(1, at, ROWS, at, _validation(column, name))
    page.freeze_panes(1, 1)
    book.close()


def _headings(book: Any, page: Any, columns: Sequence[Column]) -> None:
    """Write the headings, required ones in red, and give each column its format."""
    usual = {"bold": True, "bottom": 1, "bg_color": "#EEEEEE", "num_format": "@"}
    plain = book.add_format(usual)
    required = book.add_format({**usual, "font_color": "#C00000", "bg_color": "#FCE4E4"})
    formats = {sort: book.add_format({"num_format": form}) for sort, form in _FORMATS.items()}
    for at, column in enumerate(columns):
        wide = max(display_width(column.heading) + 4, 14)
        page.set_column(at, at, wide, formats[column.sort])
        page.write_string(0, at, column.heading, required if column.required else plain)


def _list(book: Any, lists: Any, column: Column) -> str:
    """Write a list onto the hidden sheet; returns the name it is reached by."""
    at = lists.dim_colmax + 1 if lists.dim_colmax is not None else 0
    lists.write_string(0, at, column.label)
    for line, option in enumerate(column.options, 1):
        lists.write_string(line, at, inert(option))
    name = f"list_{column.name}"
    letters = _letters(at)
    book.define_name(name, f"={_LISTS}!${letters}$2:${letters}${len(column.options) + 1}")
    return name


def _letters(at: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(at))


def _validation(column: Column, name: str) -> dict[str, Any]:
    """Return what a spreadsheet checks in a column, and the message it shows beforehand."""
    note = _("Required.") + " " if column.required else ""
    common = {
        "input_title": column.label[:_TITLE],
        "input_message": f"{note}{column.means} {column.form}"[:_MESSAGE],
        "error_title": column.label[:_TITLE],
        "error_message": column.form[:_MESSAGE],
    }
    if name:
        kind = "stop" if column.strict else "information"
        return {**common, "validate": "list", "source": f"={name}", "error_type": kind}
    if column.sort == "day":
        last = "=TODAY()" if column.past else _DAYS[1]
        return {**common, **_between("date", _DAYS[0], last)}
    if column.sort == "number":
        least = _NUMBERS[0] if column.least is None else column.least
        most = _NUMBERS[1] if column.most is None else column.most
        return {**common, **_between("decimal", least, most)}
    if column.longest:
        text = _("At most {most} characters.").format(most=column.longest)
        check = {"validate": "length", "criteria": "<=", "value": column.longest}
        return {**common, **check, "error_message": text}
    return {**common, "validate": "any"}


def _between(sort: str, least: Any, most: Any) -> dict[str, Any]:
    return {"validate": sort, "criteria": "between", "minimum": least, "maximum": most}


def _instructions(book: Any, page: Any, template: Template) -> None:
    """Write the page that says how every column is filled in."""
    bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEEEEE"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    lines = (
        _("One record a row on the sheet “{sheet}”.").format(sheet=template.title),
        _("Columns with * are required. Columns may be left out or moved; headings stay."),
        _("Choose from the drop-down where there is one."),
        _("Import with: {command}").format(command=template.command),
    )
    for line, text in enumerate(lines):
        page.write_string(line, 0, text)
    head = {
        _("Heading"): 22,
        _("Required"): 10,
        _("Meaning"): 40,
        _("How to write it"): 40,
        _("Unit of money"): 10,
        _("Values"): 60,
        _("Example"): 22,
    }
    top = len(lines) + 1
    for at, (text, wide) in enumerate(head.items()):
        page.set_column(at, at, wide)
        page.write_string(top, at, text, bold)
    for line, column in enumerate(template.columns, top + 1):
        required = _("yes") if column.required else ""
        values = ", ".join(column.options[:_SHOWN])
        values += ", …" if len(column.options) > _SHOWN else ""
        cells = (column.heading, required, column.means, column.form, column.unit)
        for at, text in enumerate((*cells, values, column.example)):
            page.write_string(line, at, inert(text), wrapped)
    page.freeze_panes(top + 1, 0)
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)

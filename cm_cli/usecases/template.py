"""Templates: an empty workbook for records of a kind, with the store's own lists in it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from cm_cli.domain.fields import Choice, Code, Named, Ref, Several, YesNo
from cm_cli.domain.identity import CreditCode, Phone
from cm_cli.domain.inert import inert
from cm_cli.domain.quantities import Amount, Clock, Day, Month, Number
from cm_cli.domain.register import kind as kind_of
from cm_cli.domain.register import kinds
from cm_cli.errors import CmError, Exit
from cm_cli.language import _, pick
from cm_cli.store import query
from cm_cli.store.connection import reading
from cm_cli.usecases.regulations import context
from cm_cli.writers import template as writer
from cm_cli.writers.target import replacing
from cm_cli.writers.template import Column, Template

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cm_cli.domain.fields import Context, FieldType
    from cm_cli.domain.kind import Field, Kind
    from cm_cli.store.engine import Connection
    from cm_cli.usecases.clerk import Clerk

_MOST = 5_000  # names a drop-down can still be used with
_UNITS = frozenset({("manager", "unit"), ("unit", "superior")})  # texts that name a unit


def kind_of_file(file: str, allowed: Sequence[str]) -> Kind | None:
    """Return the kind a file is named after: ``clients.xlsx``, ``客户名单.xlsx``."""
    stem = Path(file).stem.casefold()
    words = {
        word: each
        for each in kinds()
        if each.plural in allowed
        for word in (each.plural, each.name, each.zh)
        if word in stem
    }
    return words[max(words, key=len)] if words else None


def check(file: str) -> None:
    """Refuse a place where no template can be written."""
    if Path(file).suffix.lower() != ".xlsx":
        raise CmError(
            _("A template is a workbook"),
            mend=_("Give it a name that ends in {suffix}.").format(suffix=".xlsx"),
            slug="no-template",
            code=Exit.USAGE,
        )
    if Path(file).exists():
        raise CmError(
            _("{place} exists already and is left as it is").format(place=inert(file)),
            mend=_("Give the template a name of its own."),
            slug="template-exists",
            code=Exit.CANNOT_WRITE,
        )


def write(clerk: Clerk, kind: Kind, file: str) -> None:
    """Write the template of a kind to a file that is not there yet."""
    check(file)
    with reading(clerk.place, clerk.known_at) as connection:
        reads = context(connection, clerk.today)
        columns = [_column(connection, kind, each, reads) for each in kind.given]
    command = f"cm import {kind.plural} {Path(file).name}"
    with replacing(Path(file)) as out:
        writer.write(Template(kind.label, tuple(columns), command), out)


def _column(connection: Connection, kind: Kind, each: Field, reads: Context) -> Column:
    several = isinstance(each.type, Several)
    inner = each.type.of if isinstance(each.type, Several) else each.type
    options = _options(connection, kind, each, inner, reads)
    return Column(
        name=each.name,
        label=each.label,
        heading=heading(each),
        required=each.required,
        sort=_sort(inner),
        means=_(each.help),
        form=_form(inner, several=several, listed=bool(options)),
        example=_example(inner, options, several=several),
        unit=each.unit,
        options=options,
        strict=isinstance(inner, Choice | YesNo) and not several,
        least=getattr(inner, "least", None),
        most=getattr(inner, "most", None),
        longest=0 if options else _longest(inner),
        past=each.past,
    )


def heading(each: Field) -> str:
    """Return the heading of a field: a star where it is required, the unit in brackets."""
    star = "*" if each.required else ""
    return f"{each.label}{star}" + (f"（{each.unit}）" if each.unit else "")


def _options(
    connection: Connection, kind: Kind, each: Field, inner: FieldType, reads: Context
) -> tuple[str, ...]:
    """Return what the drop-down of a field offers, in the words the import reads."""
    if isinstance(inner, Choice):
        return tuple(pick(option.names) for option in inner.among(reads))
    if isinstance(inner, YesNo):
        return (pick({"zh": "是", "en": "yes"}), pick({"zh": "否", "en": "no"}))
    if isinstance(inner, Named) and inner.tree in reads.trees:
        nodes = reads.trees[inner.tree].nodes.values()
        return tuple(dict.fromkeys(pick({"zh": n.zh, "en": n.en or n.zh}) for n in nodes))
    if each.refers:
        return _records(connection, each.refers)
    if (kind.name, each.name) in _UNITS:
        return tuple(query.distinct(connection, kind_of("unit"), "name")[:_MOST])
    return ()


def _records(connection: Connection, kind: str) -> tuple[str, ...]:
    """Return the records by name, by code where a name is borne twice; none where too many."""
    found = query.codes_and_names(connection, kind)
    if len(found) > _MOST:
        return ()
    names = Counter(name for _code, name in found)
    return tuple(name if names[name] == 1 else code for code, name in found)


def _sort(inner: FieldType) -> str:
    if isinstance(inner, Day):
        return "day"
    return "number" if isinstance(inner, Amount | Number) else "text"


def _longest(inner: FieldType) -> int:
    return int(getattr(inner, "longest", 0)) if _sort(inner) == "text" else 0


def _form(inner: FieldType, *, several: bool, listed: bool) -> str:
    """Say how a value is written."""
    forms = {
        Day: _("A day, as 2026-11-21."),
        Month: _("A period, as 2026-03, 2026Q1 or 2026."),
        Clock: _("A time of the day, as 09:30."),
        Amount: _("A number in the unit of the heading."),
        Number: _("A number."),
        Code: _("A code: letters, digits, “.”, “_” and “-”."),
        CreditCode: _("A credit code of 18 characters."),
        Phone: _("A mobile, or a landline with its area code: 0571-87654321."),
        Ref: _("A name or code on record."),
        Named: _("A name from the list; another is kept as written."),
    }
    known = next((text for sort, text in forms.items() if isinstance(inner, sort)), "")
    if not known:
        known = _("A value from the list.") if listed else _("Text.")
    return known + (" " + _("Several are parted by “;”.") if several else "")


def _example(inner: FieldType, options: Sequence[str], *, several: bool) -> str:
    if options:
        return ";".join(options[:2]) if several else options[0]
    forms = {
        Day: "2016-03-31",
        Month: "2016-03",
        Clock: "09:30",
        Amount: "1200.50",
        Number: "12",
        Code: "001",
        Ref: "001",
        CreditCode: "91350100M000100Y43",
        Phone: "0571-87654321",
    }
    return next((text for sort, text in forms.items() if isinstance(inner, sort)), "")

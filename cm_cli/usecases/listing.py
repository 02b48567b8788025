"""Lists, single records and search, for records of any kind."""

from __future__ import annotations

import json
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from cm_cli.domain.fields import BadValueError, Choice, Named, Several, did_you_mean, nearest
from cm_cli.domain.privacy import MASK
from cm_cli.domain.quantities import Day, Month
from cm_cli.domain.sheet import Column, Document, Sheet, text_of
from cm_cli.errors import CmError, Exit
from cm_cli.language import _, pick
from cm_cli.store import query
from cm_cli.store.connection import reading
from cm_cli.usecases import classes_shown
from cm_cli.usecases.lookup import locate
from cm_cli.usecases.references import References
from cm_cli.usecases.regulations import Readings, context
from cm_cli.usecases.revealing import journalled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from cm_cli.domain.fields import Context, Option, Value
    from cm_cli.domain.kind import Field, Kind
    from cm_cli.domain.period import Period
    from cm_cli.domain.sheet import Cell
    from cm_cli.store.engine import Connection
    from cm_cli.usecases.clerk import Clerk


class Listing(NamedTuple):
    """What to list: filters by field, a period, sort keys (``-name`` downwards), page, fields."""

    filters: Mapping[str, str] = MappingProxyType({})
    period: Period | None = None
    empty: Sequence[str] = ()
    current: bool = False
    classes: Sequence[str] = ()
    sort: Sequence[str] = ()
    limit: int | None = None
    page: int = 1
    fields: Sequence[str] = ()
    reveal: bool = False
    codes: bool = False
    on: date | None = None


def list_(clerk: Clerk, kind: Kind, wanted: Listing) -> Sheet:
    """Return the records that fit the filters, as a sheet."""
    with reading(clerk.place, clerk.known_at) as connection:
        reads = context(connection, clerk.today)
        fields = {each.name: each for each in query.all_fields(kind)}
        columns = _columns(kind, wanted, fields)
        asked = query.Query(
            on=wanted.on or clerk.today,
            conditions=tuple(_conditions(connection, kind, wanted, fields, reads, clerk.today)),
            sort=tuple(_sort_key(kind, name, fields, wanted) for name in wanted.sort),
            limit=wanted.limit,
            offset=(wanted.page - 1) * (wanted.limit or 0),
        )
        found = query.page(connection, kind, asked)
    shown = {name: each for each in found.fields if (name := each.name)}
    lists = None if wanted.codes else reads.lists
    rows = [
        tuple(cell_of(shown[name], record[name], lists, reveal=wanted.reveal) for name in columns)
        for record in found.records
    ]
    notes: tuple[str, ...] = ()
    if wanted.reveal:
        seen = (*columns, *(name for name, _down in asked.sort))
        notes = journalled(clerk, kind, seen, found.records)
    if found.total > len(rows):
        more = _("{shown} of {total}; more with --page or --limit.")
        notes = (*notes, more.format(shown=len(rows), total=found.total))
    labels = tuple(shown[name].column() for name in columns)
    return Sheet(kind.plural, _("List: {kind}").format(kind=kind.label), labels, rows, notes)


def _columns(kind: Kind, wanted: Listing, fields: Mapping[str, Field]) -> tuple[str, ...]:
    extras = query.EXTRAS.get(kind.name, ())
    numbered = ("id",) if len(kind.key) > 1 else ()
    if not wanted.fields:
        return (*numbered, *kind.listed, *(extra.field.name for extra in extras if extra.listed))
    for name in wanted.fields:
        if name != "id" and name not in fields:
            raise unknown_field(kind, name, fields)
    return tuple(wanted.fields)


def fields(kind: Kind) -> Sheet:
    """Return the fields a list of the kind can show."""
    rows = [(each.name, each.label, _(each.help)) for each in query.all_fields(kind)]
    columns = (
        Column("name", _("Field"), "code"),
        Column("label", _("Heading")),
        Column("help", _("Meaning")),
    )
    return Sheet("fields", _("Fields"), columns, rows)


def unknown_field(kind: Kind, name: str, fields: Iterable[str]) -> CmError:
    """Return the refusal of a field name that the kind does not have."""
    names = list(fields)
    return CmError(
        _("A {kind} has no field “{name}”").format(kind=kind.label, name=name),
        mend=nearest(name, names) or _("It has: {names}.").format(names=", ".join(names)),
        slug="no-field",
        code=Exit.USAGE,
    )


def _sort_key(
    kind: Kind, text: str, fields: Mapping[str, Field], wanted: Listing
) -> tuple[str, bool]:
    name = text.removeprefix("-")
    if name != "id" and name not in fields:
        raise unknown_field(kind, name, fields)
    if name != "id" and fields[name].personal and not wanted.reveal:
        raise CmError(
            _("The order by “{name}” would tell what is masked").format(name=fields[name].label),
            mend=_("Show the field with --reveal; the journal will say so."),
            slug="personal-order",
            code=Exit.USAGE,
        )
    return name, text.startswith("-")


def _conditions(
    connection: Connection,
    kind: Kind,
    wanted: Listing,
    fields: Mapping[str, Field],
    reads: Context,
    today: date,
) -> Iterable[query.Condition]:
    for name, text in wanted.filters.items():
        yield _condition(connection, kind, fields[name], text, reads)
    yield from classes_shown.conditions(connection, wanted.on or today, wanted.classes)
    if wanted.current:
        yield query.Condition("since <= :on AND (until IS NULL OR until >= :on)")
    for name in wanted.empty:
        yield query.Condition(f"{name} IS NULL")
    if wanted.period:
        day = next(each for each in kind.fields if isinstance(each.type, Day))
        yield query.Condition(
            f"{day.name} BETWEEN ? AND ?",
            (wanted.period.first.isoformat(), wanted.period.last.isoformat()),
        )


def _condition(
    connection: Connection, kind: Kind, each: Field, text: str, reads: Context
) -> query.Condition:
    if each.refers:
        try:
            return query.Condition(
                f"{each.name} = ?", (References(connection).resolve(each.refers, text),)
            )
        except BadValueError as bad:
            raise _bad_filter(each, text, bad) from None
    inner = each.type.of if isinstance(each.type, Several) else each.type
    if isinstance(inner, Named):
        return _tree_condition(connection, kind, each, inner, text, reads)
    if isinstance(inner, Choice | Month):
        try:
            code = inner.parse(text, reads)
        except BadValueError as bad:
            raise _bad_filter(each, text, bad) from None
        if isinstance(each.type, Several):
            return query.Condition(f"{each.name} LIKE ? ESCAPE '!'", (_containing(str(code)),))
        return query.Condition(f"{each.name} = ?", (code,))
    if each.type.column in {"text", "code"} and each.name not in kind.key:
        return query.Condition(f"{each.name} LIKE ? ESCAPE '!'", (f"%{like(text)}%",))
    try:
        value = each.type.keep(each.type.parse(text, reads))
    except BadValueError as bad:
        raise _bad_filter(each, text, bad) from None
    return query.Condition(f"{each.name} = ?", (value,))


def like(text: str) -> str:
    """Return the text with LIKE's own signs made ordinary (escaped by ``!``)."""
    return re.sub(r"([!%_])", r"!\1", text)


def _containing(name: str) -> str:
    """Return the pattern of the kept lists that hold the name."""
    return f"%{like(json.dumps(name, ensure_ascii=False))}%"


def _bad_filter(each: Field, text: str, bad: BadValueError) -> CmError:
    return CmError(
        _("{field}: “{value}” {what}").format(field=each.label, value=text, what=bad.what),
        mend=bad.mend,
        slug="bad-filter",
        code=Exit.USAGE,
    )


def _tree_condition(
    connection: Connection,
    kind: Kind,
    each: Field,
    inner: Named,
    text: str,
    reads: Context,
) -> query.Condition:
    """Return the condition of a tree's name: everything below it counts too."""
    tree = reads.trees[inner.tree]
    wide = tree.canonical(text)
    present = query.distinct(connection, kind, each.name)
    if not tree.known(wide) and wide not in present:
        mend = nearest(text, present) or did_you_mean(tree.suggest(text))
        bad = BadValueError(_("is not in the list"), mend)
        raise _bad_filter(each, text, bad)
    below = tuple(name for name in present if tree.covers(wide, name))
    if isinstance(each.type, Several):
        sql = " OR ".join(f"{each.name} LIKE ? ESCAPE '!'" for _name in below) or "0 = 1"
        return query.Condition(sql, tuple(_containing(name) for name in below))
    places = ", ".join("?" * len(below)) or "NULL"
    return query.Condition(f"{each.name} IN ({places})", below)


def cell_of(
    each: Field, value: Value, lists: Mapping[str, Sequence[Option]] | None, *, reveal: bool = False
) -> Cell:
    """Return a value as a cell: lists joined, personal values masked.

    Codes of a list become names, unless ``lists`` is none (for programs).
    """
    if value is None:
        return None
    if each.personal and not reveal:
        return MASK
    if isinstance(value, tuple):
        inner = each.type.of if isinstance(each.type, Several) else each.type
        return ";".join(str(_named(inner, part, lists)) for part in value)
    return _named(each.type, value, lists)


def _named(type_: object, value: Value, lists: Mapping[str, Sequence[Option]] | None) -> Cell:
    if lists is not None and isinstance(type_, Choice) and isinstance(value, str):
        options = lists.get(type_.source, ()) if type_.source else type_.options
        for option in options:
            if option.code == value:
                return pick(option.names)
    return value  # type: ignore[return-value]


def show(clerk: Clerk, kind: Kind, key: Sequence[str], *, reveal: bool = False) -> Document:
    """Return one record with everything known of it, and who wrote it last."""
    with reading(clerk.place, clerk.known_at) as connection:
        reads = context(connection, clerk.today)
        row = locate(connection, kind, key)
        asked = query.Query(clerk.today, (query.Condition("id = ?", (row,)),))
        found = query.page(connection, kind, asked)
        record = found.records[0]
        written = query.written_by(connection, kind, row)
        own = Readings.on(connection, clerk.today).of_record(kind, record).lists
        lists = {name: (*own.get(name, ()), *rest) for name, rest in reads.lists.items()}
        facts = tuple(_facts(found.fields, record, lists, reveal))
        sheets: tuple[Sheet, ...] = ()
        if kind.name == "client":
            sheets = classes_shown.sheet(connection, str(record["code"]), clerk.today)
    entry = (
        (
            _("Last written"),
            _("entry {number}, {moment}, {operator}: {command}").format(
                number=written[0], moment=written[1], operator=written[2], command=written[3]
            ),
        ),
    )
    title = f"{kind.label} {' '.join(p for p in kind.key_of(record) if p)}"
    notes = journalled(clerk, kind, kind.names, found.records) if reveal else ()
    return Document(kind.name, title, (*facts, *entry), sheets, notes)


def _facts(
    fields: Sequence[Field],
    record: Mapping[str, Value],
    lists: Mapping[str, Sequence[Option]],
    reveal: bool,
) -> Iterable[tuple[str, str]]:
    hidden = {"pinyin", "initials", "likeness"}
    for each in fields:
        if each.name in hidden or (each.name == "id" and "code" in record):
            continue
        cell = cell_of(each, record[each.name], lists, reveal=reveal)
        if cell is not None:
            column = Column(each.name, each.label, each.type.column, each.unit)
            yield column.heading, text_of(column, cell, grouped=each.type.column == "money")


def find(clerk: Clerk, kind: Kind, text: str, limit: int = 50, *, codes: bool = False) -> Sheet:
    """Find by part of name or code, by pinyin or initials; names that begin so come first."""
    sound = re.sub(r"[\s'\-]+", "", text).casefold()
    part = f"%{like(text)}%"
    found = query.Condition(
        "name LIKE ? ESCAPE '!' OR code LIKE ? ESCAPE '!' OR likeness LIKE ? ESCAPE '!'"
        " OR pinyin LIKE ? ESCAPE '!' OR initials LIKE ? ESCAPE '!'",
        (part, f"{like(text)}%", f"%{like(sound)}%", f"%{like(sound)}%", f"{like(sound)}%"),
    )
    with reading(clerk.place, clerk.known_at) as connection:
        reads = context(connection, clerk.today)
        page = query.page(connection, kind, query.Query(clerk.today, (found,)))
    shown = {each.name: each for each in page.fields}
    columns = _columns(kind, Listing(), shown)
    lists = None if codes else reads.lists
    ranked = sorted(page.records, key=lambda record: _closeness(record, text, sound))
    rows = [
        tuple(cell_of(shown[name], record[name], lists) for name in columns)
        for record in ranked[:limit]
    ]
    notes: tuple[str, ...] = ()
    if len(ranked) > limit:
        notes = (_("{shown} of {total}.").format(shown=limit, total=len(ranked)),)
    labels = tuple(shown[name].column() for name in columns)
    title = _("Found: {text}").format(text=text)
    return Sheet(kind.plural, title, labels, rows, notes)


def _closeness(record: Mapping[str, Value], text: str, sound: str) -> tuple[int, str, str]:
    name, code = str(record["name"]), str(record["code"])
    if text in {name, code}:
        return 0, code, ""
    if sound in {record["initials"], record["pinyin"], record["likeness"]}:
        return 1, code, ""
    starts = name.startswith(text) or str(record["pinyin"] or "").startswith(sound)
    return (2 if starts else 3), str(record["pinyin"] or name), code

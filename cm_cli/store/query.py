"""Reading records: one select for lists of any kind, with what belongs beside its fields.

SQL text is assembled from declared names only; every value is bound.
"""

from __future__ import annotations

import json
from itertools import compress
from typing import TYPE_CHECKING, Any, NamedTuple

from cm_cli.domain.fields import Choice, Code, FieldType, Text
from cm_cli.domain.kind import Field, is_list
from cm_cli.domain.quantities import Day
from cm_cli.domain.register import kind as kind_of
from cm_cli.store.engine import stream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from cm_cli.domain.fields import Kept, Value
    from cm_cli.domain.kind import Kind
    from cm_cli.store.content import Columns
    from cm_cli.store.engine import Connection

_ASKED = 500  # ids in one question
_HELD = (
    "(SELECT a.manager FROM assignment a WHERE a.client = t.code"
    " AND a.since <= :on AND (a.until IS NULL OR a.until >= :on))"
)
_CLASS = (
    "(SELECT c.grade FROM classification c WHERE c.client = t.code AND c.scheme = 'size'"
    " AND c.since <= :on AND (c.until IS NULL OR c.until >= :on))"
)
_LAST_VISIT = "(SELECT max(v.day) FROM visit v WHERE v.client = t.code AND v.day <= :on)"


def _name_of(kind: str) -> str:
    return f"(SELECT n.name FROM {kind} n WHERE n.code = t.{kind})"


class Extra(NamedTuple):
    """A column shown beside a kind's own fields, worked out by SQL for the day asked about."""

    field: Field
    sql: str
    listed: bool = True


_CLIENT_NAME = Extra(Field("client_name", Text(), "客户名称", "Client name"), _name_of("client"))
_MANAGER_NAME = Extra(Field("manager_name", Text(), "姓名", "Manager name"), _name_of("manager"))
_HELD_COUNT = (
    "(SELECT count(*) FROM assignment a WHERE a.manager = t.code"
    " AND a.since <= :on AND (a.until IS NULL OR a.until >= :on))"
)
EXTRAS: dict[str, tuple[Extra, ...]] = {
    "client": (
        Extra(Field("size", Choice(source="sizes"), "规模", "Size"), _CLASS),
        Extra(Field("manager", Code(), "客户经理", "Manager", refers="manager"), _HELD),
        Extra(Field("last_visit", Day(), "最近走访", "Last visit"), _LAST_VISIT, listed=False),
    ),
    "manager": (
        Extra(
            Field("clients", FieldType(), "管户数", "Clients"),
            _HELD_COUNT,
            listed=False,
        ),
    ),
    "visit": (_CLIENT_NAME, _MANAGER_NAME),
    "diary": (_MANAGER_NAME,),
    "result": (_MANAGER_NAME,),
    "score": (_MANAGER_NAME,),
    "merit": (_MANAGER_NAME,),
    "assignment": (_CLIENT_NAME, _MANAGER_NAME),
    "appraisal": (_MANAGER_NAME,),
}


class Condition(NamedTuple):
    """One condition on a column of the select, or free SQL over its columns."""

    sql: str
    values: tuple[Value, ...] = ()


class Query(NamedTuple):
    """What to list: conditions, order (name, descending), page."""

    on: date
    conditions: tuple[Condition, ...] = ()
    sort: tuple[tuple[str, bool], ...] = ()
    limit: int | None = None
    offset: int = 0


class Page(NamedTuple):
    """Records found, each by field name, and how many there are in all."""

    fields: tuple[Field, ...]
    records: list[dict[str, Value]]
    total: int


def in_class(scheme: str, grade: str) -> Condition:
    """Return the condition that a client has a class in a scheme on the day."""
    return Condition(
        "EXISTS (SELECT 1 FROM classification c WHERE c.client = t.code AND c.scheme = ?"
        " AND c.grade = ? AND c.since <= :on AND (c.until IS NULL OR c.until >= :on))",
        (scheme, grade),
    )


def all_fields(kind: Kind) -> tuple[Field, ...]:
    """Return the kind's own fields and those shown beside them."""
    return (*kind.fields, *(extra.field for extra in EXTRAS.get(kind.name, ())))


def page(connection: Connection, kind: Kind, query: Query) -> Page:
    """Return the records a query asks for, in a total order."""
    fields = (Field("id", FieldType(), "序号", "Number"), *all_fields(kind))
    beside = "".join(f", {x.sql} AS {x.field.name}" for x in EXTRAS.get(kind.name, ()))
    inner = f"SELECT t.*{beside} FROM {kind.name} t"
    bound: dict[str, object] = {"on": query.on.isoformat()}
    where = _where(query.conditions, bound)
    order = ", ".join(_ordering(kind, query.sort))
    names = ", ".join(each.name for each in fields)
    tail = f" LIMIT {query.limit:d} OFFSET {query.offset:d}" if query.limit is not None else ""
    rows = connection.execute(
        f"SELECT {names} FROM ({inner}) t{where} ORDER BY {order}{tail}", bound
    ).fetchall()
    total = len(rows) + query.offset
    if query.limit is not None and (len(rows) == query.limit or query.offset):
        total = connection.execute(f"SELECT count(*) FROM ({inner}) t{where}", bound).fetchone()[0]
    return Page(fields, [_record(fields, row) for row in rows], total)


def _where(conditions: Iterable[Condition], bound: dict[str, object]) -> str:
    parts: list[str] = []
    for condition in conditions:
        sql = condition.sql
        for value in condition.values:
            name = f"v{len(bound)}"
            bound[name] = value
            sql = sql.replace("?", f":{name}", 1)
        parts.append(f"({sql})")
    return f" WHERE {' AND '.join(parts)}" if parts else ""


def _ordering(kind: Kind, sort: Sequence[tuple[str, bool]]) -> list[str]:
    chosen = dict(sort)
    for name in kind.order or kind.key:
        chosen.setdefault(name, False)
    parts = [
        f"{_sortable(kind, name)} {'DESC NULLS LAST' if down else 'ASC NULLS FIRST'}"
        for name, down in chosen.items()
    ]
    return [*parts, "id ASC"]


def _sortable(kind: Kind, name: str) -> str:
    """Return the SQL that orders a column: numbers by value, names by pinyin."""
    found = {each.name: each for each in all_fields(kind)}.get(name)
    if found and found.type.column == "number" and found.type.sql == "TEXT":
        return f"CAST({name} AS NUMERIC)"
    if name == kind.search:
        return f"coalesce(pinyin, {name})"
    return name


def _record(fields: Sequence[Field], row: Sequence[object]) -> dict[str, Value]:
    return {
        each.name: each.type.give(value)  # type: ignore[arg-type]
        for each, value in zip(fields, row, strict=True)
    }


def every(connection: Connection, kind: Kind, names: Sequence[str]) -> Iterator[tuple[Kept, ...]]:
    """Yield these fields of every record as they are kept, in the kind's order, unheld."""
    order = ", ".join(_ordering(kind, ()))
    yield from stream(connection, f"SELECT {', '.join(names)} FROM {kind.name} ORDER BY {order}")


def filled(connection: Connection, kind: Kind, names: Sequence[str]) -> int:
    """Return how many records have something in one of these fields."""
    some = " OR ".join(f"{name} IS NOT NULL" for name in names)
    found: int = connection.execute(f"SELECT count(*) FROM {kind.name} WHERE {some}").fetchone()[0]
    return found


def fetch(connection: Connection, kind: Kind, key: Sequence[str]) -> int | None:
    """Return the id of the record with that key, or none."""
    where = " AND ".join(f"{part} = ?" for part in _key_of(kind))
    found = connection.execute(f"SELECT id FROM {kind.name} t WHERE {where}", list(key)).fetchone()
    return found[0] if found else None


def _key_of(kind: Kind) -> list[str]:
    """Return the parts of a kind's key as its index has them; an empty part is an empty text."""
    required = ((name, kind.field(name).required) for name in kind.key)
    return [f"t.{name}" if always else f"coalesce(t.{name}, '')" for name, always in required]


def rows_by_key(connection: Connection, kind: Kind) -> dict[tuple[str, ...], tuple[int, str]]:
    """Return id and digest of every record of the kind, by key."""
    names = ", ".join(f"coalesce({name}, '')" for name in kind.key)
    found = connection.execute(f"SELECT id, digest, {names} FROM {kind.name}")
    return {tuple(str(part) for part in row[2:]): (row[0], row[1]) for row in found}


def joined_keys(connection: Connection, kind: Kind, sign: str) -> Iterator[tuple[str, int]]:
    """Yield key and id of every record of the kind; the parts of a key are joined by a sign."""
    key = f" || '{sign}' || ".join(_key_of(kind))
    return stream(connection, f"SELECT {key}, id FROM {kind.name} t")


def ids_of(connection: Connection, kind: Kind, keys: Sequence[str], sign: str) -> dict[str, int]:
    """Return the ids of the records that have one of these keys, joined by a sign."""
    found: dict[str, int] = {}
    parts = _key_of(kind)
    names = [f"k{at}" for at in range(len(parts))]
    same = " AND ".join(f"{part} = {name}" for part, name in zip(parts, names, strict=True))
    row = f"({', '.join('?' * len(parts))})"
    for start in range(0, len(keys), _ASKED):
        asked = [key.split(sign) for key in keys[start : start + _ASKED]]
        rows = connection.execute(
            f"WITH asked ({', '.join(names)}) AS (VALUES {', '.join([row] * len(asked))})"
            f" SELECT id, {', '.join(names)} FROM asked CROSS JOIN {kind.name} t WHERE {same}",
            [part for key in asked for part in key],
        )
        found.update((sign.join(key), row) for row, *key in rows)
    return found


def any_of(connection: Connection, kind: Kind) -> bool:
    """Say whether there is any record of a kind."""
    return connection.execute(f"SELECT 1 FROM {kind.name} LIMIT 1").fetchone() is not None


def those_there(connection: Connection, kind: str, codes: Sequence[str]) -> set[str]:
    """Return which of these codes records of a kind have."""
    kind_of(kind)
    found: set[str] = set()
    for start in range(0, len(codes), _ASKED):
        part = codes[start : start + _ASKED]
        places = ", ".join("?" * len(part))
        rows = connection.execute(f"SELECT code FROM {kind} WHERE code IN ({places})", list(part))
        found |= {code for (code,) in rows}
    return found


def codes(connection: Connection, kind: str) -> set[str]:
    """Return the codes of all records of a kind that has them."""
    kind_of(kind)
    return {code for (code,) in connection.execute(f"SELECT code FROM {kind}")}


def lengths_with_zeros(connection: Connection, kind: str) -> list[int]:
    """Return how long the codes of a kind are that begin with a zero."""
    kind_of(kind)
    found = connection.execute(
        f"SELECT DISTINCT length(code) FROM {kind} WHERE code >= '0' AND code < '1'"
    )
    return sorted(length for (length,) in found)


def codes_by_name(connection: Connection, kind: str, name: str) -> list[str]:
    """Return the codes of the records that bear exactly this name."""
    kind_of(kind)
    found = connection.execute(f"SELECT code FROM {kind} WHERE name = ? ORDER BY code", (name,))
    return [code for (code,) in found]


def codes_and_names(connection: Connection, kind: str) -> list[tuple[str, str]]:
    """Return code and name of all records of a kind that has them, by code."""
    kind_of(kind)
    return list(connection.execute(f"SELECT code, name FROM {kind} ORDER BY code"))


def alike(connection: Connection, kind: Kind, values: Mapping[str, Value]) -> list[str]:
    """Return code and name of other records whose name looks the same."""
    found = connection.execute(
        f"SELECT code, {kind.search} FROM {kind.name} WHERE likeness = ? AND code <> ?"
        " ORDER BY code LIMIT 5",
        (values.get("likeness"), values.get("code")),
    )
    return [f"{code} {name}" for code, name in found]


def distinct(connection: Connection, kind: Kind, name: str) -> list[str]:
    """Return the different values of a field, in order; lists are taken apart."""
    lists = is_list(kind.field(name))
    found = connection.execute(
        f"SELECT DISTINCT {name} FROM {kind.name} WHERE {name} IS NOT NULL ORDER BY {name}"
    )
    values = [value for (value,) in found]
    if lists:
        return sorted({part for value in values for part in json.loads(value)})
    return [str(value) for value in values]


def count(connection: Connection, kind: Kind) -> int:
    """Return how many records of the kind there are."""
    found: int = connection.execute(f"SELECT count(*) FROM {kind.name}").fetchone()[0]
    return found


class Stored(NamedTuple):
    """Records as the store keeps them: ids, entries that wrote them, digests, fields."""

    rows: Sequence[int]
    entries: Sequence[int]
    digests: Sequence[str]
    columns: Columns

    def only(self, wanted: Sequence[object]) -> Stored:
        """Return the records for which something true is given."""
        return Stored(
            list(compress(self.rows, wanted)),
            list(compress(self.entries, wanted)),
            list(compress(self.digests, wanted)),
            picked(self.columns, wanted),
        )


def picked(columns: Columns, wanted: Sequence[object]) -> dict[str, Sequence[Kept]]:
    """Return the rows of columns for which something true is given."""
    return {name: list(compress(column, wanted)) for name, column in columns.items()}


def stored(connection: Connection, kind: Kind, rows: Sequence[int]) -> Stored:
    """Return the records of these ids, in this order."""
    found: dict[int, Sequence[Any]] = {}
    names = ", ".join(kind.names)
    for start in range(0, len(rows), _ASKED):
        part = rows[start : start + _ASKED]
        places = ", ".join("?" * len(part))
        asked = f"SELECT id, entry, digest, {names} FROM {kind.name} WHERE id IN ({places})"
        found.update((row[0], row) for row in connection.execute(asked, list(part)))
    if not rows:
        return Stored((), (), (), dict.fromkeys(kind.names, ()))
    ids, entries, digests, *fields = zip(*(found[row] for row in rows), strict=True)
    return Stored(ids, entries, digests, dict(zip(kind.names, fields, strict=True)))


def written_by(connection: Connection, kind: Kind, row: int) -> tuple[int, str, str, str]:
    """Return number, moment, operator and command of the entry that wrote a record."""
    found: tuple[int, str, str, str] = connection.execute(
        f"SELECT e.number, e.moment, e.operator, e.command FROM {kind.name} t"
        " JOIN entry e ON e.number = t.entry WHERE t.id = ?",
        (row,),
    ).fetchone()
    return found


def is_there(connection: Connection, kind: Kind, row: int) -> bool:
    """Say whether there is a record of that id."""
    found = connection.execute(f"SELECT 1 FROM {kind.name} WHERE id = ?", (row,))
    return found.fetchone() is not None


def setting(connection: Connection, name: str) -> str:
    """Return a setting of the store, or an empty text."""
    found = connection.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
    return found[0] if found else ""

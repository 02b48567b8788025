"""The trail of records: what each entry made of them, from the rows that stand and from history.

Each is a version of a record, from the entry that wrote it to the one that replaced it; a turn is
the step from one version to the next. Asked of the past, what came later is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from json.encoder import encode_basestring
from typing import TYPE_CHECKING

from cm_cli.store.content import content_in
from cm_cli.store.journal import head

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cm_cli.domain.fields import Kept
    from cm_cli.domain.kind import Kind
    from cm_cli.store.engine import Connection

    # row, since, until (none while it stands), content
    Version = tuple[int, int, int | None, dict[str, Kept]]


@dataclass(frozen=True, slots=True)
class Turn:
    """What one entry made of one record: nothing before is a new one, nothing after a lost one."""

    entry: int
    kind: Kind
    row: int
    before: dict[str, Kept]
    after: dict[str, Kept]


def referring(kind: Kind, to: str) -> tuple[str, ...]:
    """Return the fields by which a kind's records belong to a manager, a client …, or are one."""
    if kind.name == to:
        return kind.key
    return tuple(each.name for each in kind.fields if each.refers == to)


def turns(
    connection: Connection,
    kind: Kind,
    about: Mapping[str, str] | None = None,
    entry: int | None = None,
) -> list[Turn]:
    """Return the turns of a kind's records by entry and row; all of them, or those of one entry.

    ``about`` keeps the records that belong to these, as ``{"client": "000625"}``.
    """
    bound: dict[str, object] = {"kind": kind.name, "last": head(connection)[0], "entry": entry}
    chosen = [_belonging(kind, to, code, bound) for to, code in (about or {}).items()]
    stands = [f"id IN ({sql})" for sql in chosen]
    stood = ["kind = :kind", "until <= :last", *(f"row IN ({sql})" for sql in chosen)]
    if entry is not None:
        stands.append("entry = :entry")
        stood.append("(since = :entry OR until = :entry)")
    where = f" WHERE {' AND '.join(stands)}" if stands else ""
    versions: list[Version] = [
        (row, since, None, dict(zip(kind.names, values, strict=True)))
        for row, since, *values in connection.execute(
            f"SELECT id, entry, {', '.join(kind.names)} FROM {kind.name}{where}", bound
        )
    ]
    versions += [
        (row, since, until, content_in(content))
        for row, since, until, content in connection.execute(
            f"SELECT row, since, until, content FROM history WHERE {' AND '.join(stood)}", bound
        )
    ]
    found = [
        turn
        for turn in _steps(kind, versions)
        if entry in {None, turn.entry} and _about(turn, about or {})
    ]
    return sorted(found, key=lambda turn: (turn.entry, turn.row))


def _belonging(kind: Kind, to: str, code: str, bound: dict[str, object]) -> str:
    """Return the question for the records of which any version belongs to that code."""
    names = referring(kind, to)
    bound[f"is_{to}"] = code
    now = " OR ".join(f"{name} = :is_{to}" for name in names)
    for name in names:
        bound[f"{to}_in_{name}"] = _part(name, code)
    then = " OR ".join(f"content LIKE :{to}_in_{name} ESCAPE '!'" for name in names)
    return (
        f"SELECT id FROM {kind.name} WHERE {now}"
        f" UNION SELECT row FROM history WHERE kind = :kind AND ({then})"
    )


def _part(name: str, code: str) -> str:
    """Return the pattern of a content in which the field has that value."""
    said = f'"{name}":{encode_basestring(code)}'
    for sign in "!%_":
        said = said.replace(sign, f"!{sign}")
    return f"%{said}%"


def _steps(kind: Kind, versions: Sequence[Version]) -> Iterator[Turn]:
    """Yield the turns between the versions of each record."""
    order = sorted(versions, key=lambda each: (each[0], each[1], each[2] is None))
    for row, same in groupby(order, key=lambda each: each[0]):
        before: dict[str, Kept] = {}
        ended: int | None = None
        for _row, since, until, content in same:
            if ended is not None and ended != since:
                yield Turn(ended, kind, row, before, {})
                before = {}
            yield Turn(since, kind, row, before, content)
            before, ended = content, until
        if ended is not None:
            yield Turn(ended, kind, row, before, {})


def _about(turn: Turn, about: Mapping[str, str]) -> bool:
    """Say whether the record belonged to all of these before the turn, or after it."""
    return any(
        content and all(_belongs(turn.kind, content, to, code) for to, code in about.items())
        for content in (turn.before, turn.after)
    )


def _belongs(kind: Kind, content: Mapping[str, Kept], to: str, code: str) -> bool:
    return any(content.get(name) == code for name in referring(kind, to))


def once_there(connection: Connection, kind: Kind, code: str) -> bool:
    """Say whether a record of that code, gone since, is in history."""
    found = connection.execute(
        "SELECT 1 FROM history WHERE kind = :kind AND until <= :last"
        " AND content LIKE :part ESCAPE '!' LIMIT 1",
        {"kind": kind.name, "last": head(connection)[0], "part": _part("code", code)},
    )
    return found.fetchone() is not None


def changed(turn: Turn, name: str) -> bool:
    """Say whether the turn changed a field."""
    return turn.before.get(name) != turn.after.get(name)


def entries_of(found: Iterable[Turn]) -> set[int]:
    """Return the numbers of the entries of these turns."""
    return {turn.entry for turn in found}

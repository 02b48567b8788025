"""Who changed what from what to what: turns of records as lines, and which of them are meant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from cm_cli.domain.fields import BadValueError, nearest
from cm_cli.domain.privacy import MASK
from cm_cli.domain.register import by_plural, kinds, names
from cm_cli.domain.register import kind as kind_of
from cm_cli.domain.sheet import Column
from cm_cli.errors import CmError, Exit
from cm_cli.language import _
from cm_cli.store import trail
from cm_cli.usecases.listing import unknown_field
from cm_cli.usecases.lookup import unknown
from cm_cli.usecases.references import References

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from cm_cli.domain.fields import Kept
    from cm_cli.domain.kind import Field, Kind
    from cm_cli.domain.sheet import Cell
    from cm_cli.store.engine import Connection
    from cm_cli.store.journal import Entry
    from cm_cli.store.trail import Turn

_LONG = 400
_HIDDEN = frozenset({"pinyin", "initials", "likeness"})
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Sought:
    """Which changes are meant, as the caller says it; an empty text leaves it open."""

    kind: str = ""
    client: str = ""
    manager: str = ""
    field: str = ""
    operator: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def records(self) -> bool:
        """Whether it says of which records, or of which field of them."""
        return bool(self.kind or self.client or self.manager or self.field)

    def fits(self, entry: Entry) -> bool:
        """Say whether an entry was written by the operator and in the days meant."""
        return (
            (not self.operator or entry.operator == self.operator)
            and (self.since is None or entry.moment >= _moment(self.since))
            and (self.until is None or entry.moment < _moment(self.until + timedelta(days=1)))
        )


@dataclass(frozen=True, slots=True)
class Meant:
    """The changes meant, as the store knows them: kinds, codes by kind referred to, a field."""

    kinds: tuple[Kind, ...]
    about: dict[str, str]
    field: str = ""

    def turns(self, connection: Connection, entry: Entry | None = None) -> list[Turn]:
        """Return the turns meant, of one entry or of all, by entry."""
        number = entry.number if entry else None
        found = [
            turn
            for kind in self.kinds
            if entry is None or kind.name in entry.wrote
            for turn in trail.turns(connection, kind, self.about, number)
            if not self.field or trail.changed(turn, self.field)
        ]
        return sorted(found, key=lambda turn: turn.entry)


def meant(connection: Connection, sought: Sought, found: Sequence[Entry]) -> Meant:
    """Return what the caller means; refuses a kind, record, field or operator there is not."""
    _known_operator(sought.operator, found)
    about = {
        to: _code(connection, kind_of(to), word)
        for to, word in (("client", sought.client), ("manager", sought.manager))
        if word
    }
    chosen = (_kind(sought.kind),) if sought.kind else kinds()
    fitting = tuple(k for k in chosen if all(trail.referring(k, to) for to in about))
    if not fitting and sought.kind:
        lacking = next(to for to in about if not trail.referring(chosen[0], to))
        raise unknown_field(chosen[0], lacking, _fields(chosen[0]))
    if not sought.field:
        return Meant(fitting, about)
    having = tuple(kind for kind in fitting if sought.field in _fields(kind))
    if not having:
        raise _no_field(sought.field, fitting)
    return Meant(having, about, sought.field)


def _kind(word: str) -> Kind:
    found = by_plural(word)
    if found:
        return found
    raise CmError(
        _("There is no kind of record “{word}”").format(word=word),
        mend=nearest(word, names())
        or _("Those there are: {codes}.").format(codes=", ".join(names())),
        slug="no-kind",
        code=Exit.USAGE,
    )


def _fields(kind: Kind) -> list[str]:
    return [name for name in kind.names if name not in _HIDDEN]


def _no_field(name: str, among: Sequence[Kind]) -> CmError:
    if len(among) == 1:
        return unknown_field(among[0], name, _fields(among[0]))
    known = sorted({each for kind in among for each in _fields(kind)})
    return CmError(
        _("No kind of record meant here has a field “{name}”").format(name=name),
        mend=nearest(name, known) or _("Say of which records with --kind."),
        slug="no-field",
        code=Exit.USAGE,
    )


def _code(connection: Connection, kind: Kind, word: str) -> str:
    """Return the code of a manager or client, on record now or once; or refuse the word."""
    try:
        return References(connection).resolve(kind.name, word)
    except BadValueError:
        if trail.once_there(connection, kind, word):
            return word
        raise unknown(connection, kind, [word]) from None


def _known_operator(name: str, found: Sequence[Entry]) -> None:
    known = sorted({entry.operator for entry in found})
    if not name or name in known:
        return
    raise CmError(
        _("“{name}” has written nothing here").format(name=name),
        mend=nearest(name, known)
        or _("Those who have: {names}.").format(names=", ".join(known[:_NAMED])),
        slug="not-found",
        code=Exit.NO_INPUT,
    )


def _moment(day: date) -> str:
    """Return the moment (UTC) at which a day begins in the zone of this machine."""
    return datetime.combine(day, time()).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def columns() -> tuple[Column, ...]:
    """Return the columns of the lines about changes."""
    return (
        Column("kind", _("Kind")),
        Column("record", _("Record"), "code"),
        Column("field", _("Field")),
        Column("before", _("Before")),
        Column("after", _("After")),
    )


def lines(found: Sequence[Turn], field: str = "") -> Iterator[tuple[Turn, tuple[Cell, ...]]]:
    """Yield a line for each field a turn changed, or for the one field; personal ones masked."""
    for turn in found:
        content = turn.after or turn.before
        key = " ".join(str(content.get(name) or "") for name in turn.kind.key).strip()
        for each in turn.kind.fields:
            wanted = each.name == field if field else each.name not in _HIDDEN
            if wanted and trail.changed(turn, each.name):
                before, after = (
                    _shown(each, side.get(each.name)) for side in (turn.before, turn.after)
                )
                yield turn, (turn.kind.name, key, each.name, before, after)


def _shown(each: Field, kept: Kept) -> str | None:
    """Return a value as text; a regulation or a scorecard is no line of a table."""
    if kept is None:
        return None
    if each.personal:
        return MASK
    value = each.type.give(kept)
    text = ";".join(value) if isinstance(value, tuple) else str(value)
    return text if len(text) <= _LONG else _("({count} characters)").format(count=len(text))


def at_most(
    rows: list[tuple[Cell, ...]], limit: int | None
) -> tuple[list[tuple[Cell, ...]], tuple[str, ...]]:
    """Return the first rows, and the note that says so where there are more."""
    if not limit or len(rows) <= limit:
        return rows, ()
    note = _("{shown} of {total}; all with --all.").format(shown=limit, total=len(rows))
    return rows[:limit], (note,)


def touched(connection: Connection, sought: Sought, found: Sequence[Entry]) -> Collection[int]:
    """Return the numbers of the entries that touched the records meant."""
    which = meant(connection, sought, found)
    if not sought.records:
        return {entry.number for entry in found}
    if which.about or which.field:
        return trail.entries_of(which.turns(connection))
    wanted = {kind.name for kind in which.kinds}
    return {entry.number for entry in found if wanted & set(entry.counts)}

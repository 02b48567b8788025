"""Checking what people give: raw values become a record, or findings that say what to mend."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache
from itertools import islice, repeat
from typing import TYPE_CHECKING

from cm_cli.domain.fields import BadValueError, Context, Named, Several
from cm_cli.domain.inert import inert
from cm_cli.domain.likeness import searched
from cm_cli.domain.privacy import MASK, masked
from cm_cli.errors import Problem, Where
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cm_cli.domain.fields import Kept, Value
    from cm_cli.domain.kind import Field, Kind
    from cm_cli.store.content import Columns
    from cm_cli.usecases.references import References

_SHOWN = 80
_LISTED = 8


def check(
    kind: Kind,
    raw: Mapping[str, object],
    context: Context,
    references: References,
    where: Mapping[str, Where] | None = None,
    units: Mapping[str, str] | None = None,
) -> tuple[dict[str, Value], list[Problem]]:
    """Read raw values by field name; returns the values and every finding about them."""
    values: dict[str, Value] = {}
    problems: list[Problem] = []
    for name, given in raw.items():
        each = kind.field(name)
        reads = Context(context.lists, context.trees, (units or {}).get(name, ""))
        try:
            value = None if given is None or given == "" else each.type.parse(given, reads)
            if value is not None and each.refers:
                value = references.resolve(each.refers, str(value))
        except BadValueError as bad:
            problems.append(problem_of(each, given, bad, (where or {}).get(name)))
            continue
        values[name] = value
    return values, problems


def problem_of(each: Field, given: object, bad: BadValueError, where: Where | None) -> Problem:
    """Return the finding about one value that cannot be read; a personal one is not repeated."""
    shown = masked(inert(";".join(map(str, given)) if isinstance(given, list) else str(given)))
    shown = shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"
    shown = MASK if each.personal else shown
    return Problem(
        "bad-value",
        _("{field}: “{value}” {what}").format(field=each.label, value=shown, what=bad.what),
        where,
        shown,
        bad.mend,
    )


def completed(kind: Kind, values: Mapping[str, Value], context: Context) -> dict[str, Value]:
    """Return a new record's values with the defaults of the fields nobody filled in."""
    full = dict(values)
    for each in defaulted(kind):
        if full.get(each.name) is None:
            full[each.name] = each.type.parse(each.default, context)
    return with_search(kind, full)


@cache
def defaulted(kind: Kind) -> tuple[Field, ...]:
    """Return the fields of a kind that have a value where nobody gives one."""
    return tuple(each for each in kind.fields if each.default is not None)


def with_search(kind: Kind, values: dict[str, Value]) -> dict[str, Value]:
    """Add pinyin, initials and likeness where the name they follow is given."""
    name = values.get(kind.search) if kind.search else None
    if name is not None:
        found = search_columns(kind, [str(name)])
        values |= {each: column[0] for each, column in found.items()}
    return values


def search_columns(kind: Kind, names: Sequence[str]) -> dict[str, list[str]]:
    """Return the columns by which names are found: pinyin, initials, likeness."""
    found = searched(names, person=kind.name == "manager")
    return dict(zip(("pinyin", "initials", "likeness"), found, strict=True))


def whole(
    kind: Kind, values: Mapping[str, Value], today: date, where: Where | None = None
) -> list[Problem]:
    """Return the findings about a record as a whole: what is missing, days in a wrong order."""
    problems = [
        Problem(
            "missing-value",
            _("{field} is missing").format(field=each.label),
            where,
            mend=_("Fill it in."),
        )
        for each in kind.fields
        if each.required and values.get(each.name) is None
    ]
    for each in kind.fields:
        if each.past or each.not_before:
            problems += _day_problems(kind, each, values, today, where)
    return problems


def completed_columns(kind: Kind, columns: Columns, context: Context) -> dict[str, Sequence[Kept]]:
    """Return the columns of new records with the defaults and those that follow from others."""
    full = dict(columns)
    size = len(columns[kind.key[0]])
    for each in defaulted(kind):
        given = full.get(each.name) or [None] * size
        if None in given:
            default = each.type.read(each.default, context)
            full[each.name] = [default if kept is None else kept for kept in given]
    if kind.search in full:
        full |= search_columns(kind, [str(name or "") for name in full[kind.search]])
    return full


def merged_columns(kind: Kind, columns: Columns, before: Columns) -> dict[str, Sequence[Kept]]:
    """Return the columns of records that stand: an empty cell leaves what is stored."""
    full = dict(before)
    for name, given in columns.items():
        pairs = zip(given, before[name], strict=True)
        full[name] = [old if new is None else new for new, old in pairs] if None in given else given
    if kind.search in columns:
        names = zip(full[kind.search], before[kind.search], strict=True)
        renamed = [at for at, (new, old) in enumerate(names) if new != old]
        found = search_columns(kind, [str(full[kind.search][at]) for at in renamed])
        for name, words in found.items() if renamed else ():
            new = dict(zip(renamed, words, strict=True))
            full[name] = [new.get(at, old) for at, old in enumerate(before[name])]
    return full


def sound(kind: Kind, columns: Columns, today: date) -> bool:
    """Say whether ``whole`` would find nothing in any of these records, without saying what."""
    for each in kind.fields:
        kept = columns.get(each.name)
        if each.required and (kept is None or None in kept):
            return False
        if kept is None or not (each.past or each.not_before):
            continue
        first = columns.get(each.not_before) or repeat(None)
        last = today.isoformat() if each.past else None
        for day, begun in set(zip(kept, first, strict=False)):
            if day and ((last and str(day) > last) or (begun and str(day) < str(begun))):
                return False
    return True


def _day_problems(
    kind: Kind, each: Field, values: Mapping[str, Value], today: date, where: Where | None
) -> list[Problem]:
    day = values.get(each.name)
    if not isinstance(day, date):
        return []
    if each.past and day > today:
        what = _("{field}: {day} lies after today ({today})").format(
            field=each.label, day=day, today=today
        )
        return [Problem("day-in-future", what, where, str(day), _("Correct the day."))]
    first = values.get(each.not_before) if each.not_before else None
    if isinstance(first, date) and day < first:
        what = _("{field}: {day} lies before {other} ({first})").format(
            field=each.label, day=day, other=kind.field(each.not_before).label, first=first
        )
        return [Problem("days-reversed", what, where, str(day), _("Correct one of the two."))]
    return []


def strange(kind: Kind, values: Mapping[str, Value], context: Context) -> list[tuple[Field, str]]:
    """Return the names of regions and industries that no tree knows: a slip, or a new name."""
    kept = {name: [kind.field(name).type.keep(value)] for name, value in values.items()}
    return [(each, word) for each, words in strange_in(kind, kept, context) for word in words]


def strange_in(
    kind: Kind, columns: Columns, context: Context
) -> Iterator[tuple[Field, Counter[str]]]:
    """Yield, by field, how often names stand in columns that no tree knows."""
    for each, name in _named(kind):
        kept = columns.get(each.name)
        if kept is None or name not in context.trees:
            continue
        tree, several = context.trees[name], isinstance(each.type, Several)
        unknown: dict[Kept, tuple[str, ...]] = {}
        for value in set(kept) - {None}:
            words = each.type.give(value) if several else (str(value),)
            found = tuple(word for word in words if not tree.known(word))  # type: ignore[union-attr]
            if found:
                unknown[value] = found
        if unknown:
            yield each, Counter(w for value in kept if value in unknown for w in unknown[value])


@cache
def _named(kind: Kind) -> tuple[tuple[Field, str], ...]:
    """Return the fields of a kind that hold names of a tree, each with the tree's name."""
    inner = [(f, f.type.of if isinstance(f.type, Several) else f.type) for f in kind.fields]
    return tuple((each, type_.tree) for each, type_ in inner if isinstance(type_, Named))


def strange_note(
    each: Field, words: Mapping[str, int], context: Context, where: Where | None = None
) -> Problem:
    """Return one note about the names of a field that no tree knows, with how often each is met."""
    inner = each.type.of if isinstance(each.type, Several) else each.type
    tree = context.trees[inner.tree] if isinstance(inner, Named) else None
    first = dict(islice(words.items(), _LISTED))
    near = [f"{masked(word)} → {guess}" for word in first if tree and (guess := tree.suggest(word))]
    shown = ", ".join(f"{masked(word)} ({count})" for word, count in first.items())
    if len(words) > len(first):
        shown += ", …"
    return Problem(
        "strange-name",
        _("{field}: not in the tree, kept as written: {names}").format(
            field=each.label, names=shown
        ),
        where,
        mend=_("Perhaps meant: {names}.").format(names=", ".join(near)) if near else "",
        note=True,
    )

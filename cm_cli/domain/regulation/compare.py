"""What differs between two regulations, item by item: added, removed, changed, moved; sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from cm_cli.domain.regulation.base import Sourced, is_made
from cm_cli.domain.regulation.layers import IDENTITY
from cm_cli.domain.regulation.saying import plainly, source_text, summary
from cm_cli.domain.sheet import Column, Sheet
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cm_cli.domain.regulation.schema import Regulation
    from cm_cli.domain.sheet import Cell

_OWN = frozenset({"regulation", "extends", "remove", "article", "chosen"})
Row = tuple["Cell", ...]


@dataclass(frozen=True, slots=True)
class _Order:
    """The items of a list by their codes, in order, and the source of the rule it stands in."""

    codes: tuple[str, ...]
    source: str


def compare(one: Regulation, other: Regulation) -> Sheet:
    """Return every difference as a row: what, where, field, then value and source in each."""
    before, after = dict(_rules(one, "")), dict(_rules(other, ""))
    rows: list[Row] = []
    told: set[str] = set()  # what is added or removed whole is not told again part by part
    for place in dict.fromkeys((*before, *after)):
        if _within(place, told):
            continue
        was, now = before.get(place), after.get(place)
        if isinstance(was, _Order) or isinstance(now, _Order):
            rows += _moved(place, was, now)
        elif was is None or now is None:
            told.add(place)
            word = _("added") if was is None else _("removed")
            rows.append((word, place, "", *_whole(was), *_whole(now)))
        else:
            rows += _fields(place, was, now)
    columns = (
        Column("change", _("Change")),
        Column("place", _("Place"), "code"),
        Column("field", _("Field"), "code"),
        Column("before", one.regulation),
        Column("before_source", _("Source in {code}").format(code=one.regulation)),
        Column("after", other.regulation),
        Column("after_source", _("Source in {code}").format(code=other.regulation)),
    )
    title = _("From {one} to {other}").format(one=one.regulation, other=other.regulation)
    return Sheet("diff", title, columns, rows)


def _within(place: str, told: set[str]) -> bool:
    parts = place.split(".")
    return any(".".join(parts[:n]) in told for n in range(1, len(parts)))


def _rules(part: Any, place: str, source: str = "") -> Iterator[tuple[str, BaseModel | _Order]]:
    """Yield every rule and list with its place, written with codes: ``grades.senior.cap``."""
    if isinstance(part, BaseModel):
        yield place, part
        for name, info in type(part).model_fields.items():
            if not is_made(info) and name not in {"name", "issued_by", "remove"}:
                key = info.alias or name
                inner = f"{place}.{key}" if place else key
                yield from _rules(getattr(part, name), inner, _source(part))
    elif isinstance(part, tuple) and part and isinstance(part[0], BaseModel):
        yield place, _Order(tuple(dict.fromkeys(filter(None, map(_code, part)))), source)
        met: dict[str, int] = {}
        for at, one in enumerate(part):
            word = _code(one) or str(at + 1)
            met[word] = met.get(word, 0) + 1
            again = f"#{met[word]}" if met[word] > 1 else ""
            yield from _rules(one, f"{place}.{word}{again}")


def _moved(
    place: str, was: BaseModel | _Order | None, now: BaseModel | _Order | None
) -> Iterator[Row]:
    """Yield a row where what stands in both lists stands in another order."""
    if not (isinstance(was, _Order) and isinstance(now, _Order)):
        return
    before = [code for code in was.codes if code in now.codes]
    after = [code for code in now.codes if code in was.codes]
    if before != after:
        words = " ".join(before), " ".join(after)
        yield _("changed"), place, "order", words[0], was.source, words[1], now.source


def _code(rule: BaseModel) -> str:
    return next((str(v) for key in IDENTITY if (v := getattr(rule, key, None))), "")


def _whole(rule: BaseModel | None) -> tuple[str, str]:
    return (summary(rule), _source(rule)) if rule else ("", "")


def _source(rule: BaseModel) -> str:
    """Return where a rule comes from, without its layer, which is not what it rules."""
    return source_text(rule, layer=False) if isinstance(rule, Sourced) else ""


def _fields(place: str, was: BaseModel, now: BaseModel) -> Iterator[Row]:
    sources = _source(was), _source(now)
    keys = {key: info for each in (was, now) for key, info in type(each).model_fields.items()}
    differ = [
        (key, info)
        for key, info in keys.items()
        if not is_made(info) and key not in _OWN and _value(was, key) != _value(now, key)
    ]
    for key, info in differ:
        values = _text(was, key), _text(now, key)
        if values[0] == values[1]:
            values = _text(was, key, " | "), _text(now, key, " | ")
        field = info.alias or key
        yield _("changed"), place, field, values[0], sources[0], values[1], sources[1]
    if sources[0] != sources[1] and not differ:
        yield _("changed"), place, "article", "", sources[0], "", sources[1]


def _value(rule: BaseModel, key: str) -> Any:
    """Return what a field says; "" for nothing, and for rules, which have rows of their own."""
    value = getattr(rule, key, None)
    return value if _text(rule, key) else ""


def _text(rule: BaseModel, key: str, between: str = " ") -> str:
    """Return a field as text; "" for rules within it."""
    value = getattr(rule, key, None)
    if key in {"name", "issued_by"} and isinstance(value, BaseModel):
        return " / ".join(str(getattr(value, lang)) for lang in ("zh", "en"))
    if isinstance(value, tuple):
        return between.join(filter(None, map(plainly, value)))
    return plainly(value)

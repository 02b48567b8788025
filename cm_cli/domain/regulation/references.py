"""Codes are given once and refer to something: declared in the types, checked in one place.

A key whose type carries a ``Ref`` names the code of something else; ``CODES`` says where such
codes are declared.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol, get_args, get_origin

from cm_cli.domain.regulation.base import Ref
from cm_cli.domain.regulation.rules import every_rule
from cm_cli.domain.regulation.typed import did_you_mean
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pydantic import BaseModel

    from cm_cli.domain.regulation.base import Name
    from cm_cli.domain.regulation.nodes import Path, Source
    from cm_cli.domain.regulation.schema import Regulation


class WithNames(Protocol):
    """A grade, class or rating: one code, several names."""

    @property
    def code(self) -> str:
        """What it is referred to by."""
        ...

    @property
    def name(self) -> Name:
        """What it is called."""
        ...

    @property
    def aliases(self) -> tuple[str, ...]:
        """What else it is called."""
        ...


def _section(name: str) -> Callable[[Regulation], list[str]]:
    return lambda regulation: [one.code for one in getattr(regulation, name)]


def _ratings(regulation: Regulation) -> list[str]:
    return [one.code for one in regulation.appraisal.ratings] if regulation.appraisal else []


def _items(regulation: Regulation) -> list[str]:
    return [one.code for one in regulation.appraisal.items()] if regulation.appraisal else []


def _components(regulation: Regulation) -> list[str]:
    return [one.code for one in regulation.pay.components] if regulation.pay else []


def _quantities(regulation: Regulation) -> list[str]:
    return [one.code for one in (*regulation.quantities, *regulation.indicators)]


CODES: dict[str, Callable[[Regulation], list[str]]] = {
    "grade": _section("grades"),
    "role": _section("roles"),
    "line": _section("lines"),
    "unit_kind": _section("unit_kinds"),
    "indicator": _section("indicators"),
    "duty": _section("duties"),
    "form": _section("forms"),
    "scheme": _section("classes"),
    "staff": _section("staff"),
    "employment": _section("employment"),
    "post": _section("posts"),
    "certificate": _section("certificates"),
    "team": _section("teams"),
    "list": _section("lists"),
    "rating": _ratings,
    "item": _items,
    "component": _components,
    "quantity": _quantities,
}


def counted(text: str) -> int | None:
    """Return the number a text writes in up to four ASCII digits, the first not 0; else None."""
    return int(text) if re.fullmatch("[1-9][0-9]{0,3}", text) else None


def named_sort(to: str) -> str:
    """Return what a reference refers to, in a word."""
    return {
        "grade": _("grade"),
        "role": _("role"),
        "line": _("line of business"),
        "unit_kind": _("unit kind"),
        "indicator": _("indicator"),
        "duty": _("duty"),
        "form": _("form"),
        "scheme": _("client scheme"),
        "staff": _("other staff"),
        "employment": _("kind of employment"),
        "post": _("post"),
        "certificate": _("certificate"),
        "team": _("team"),
        "list": _("list"),
        "rating": _("rating"),
        "item": _("item"),
        "component": _("component"),
        "quantity": _("quantity"),
    }[to]


def check_all(regulation: Regulation, source: Source) -> None:
    """Note every code that refers to nothing, and every code that stands twice in its list."""
    known_codes = {to: codes(regulation) for to, codes in CODES.items()}
    for path, word, to in every_reference(regulation):
        known(source, path, word, known_codes[to], named_sort(to))
    for path, rule in every_rule(regulation):
        for key, value in rule:
            if not isinstance(value, tuple) or not value:
                continue
            at = (*path, _written(rule, key))
            if hasattr(value[0], "code"):
                twice(source, at, [((i, "code"), one.code) for i, one in enumerate(value)])
            elif isinstance(value[0], str):
                twice(source, at, [((i,), one) for i, one in enumerate(value)])
            else:
                _repeated(source, at, value)


def idle(regulation: Regulation) -> Iterator[tuple[Path, str, str]]:
    """Yield the path, code and sort of what is declared only to be referred to, and is not."""
    used: dict[str, set[str]] = {}
    for _path, word, to in every_reference(regulation):
        used.setdefault(to, set()).add(word)
    sections = {"role": "roles", "line": "lines", "staff": "staff", "quantity": "quantities"}
    for to, section in sections.items():
        for at, one in enumerate(getattr(regulation, section)):
            if one.code not in used.get(to, set()):
                yield (section, at), one.code, to


def every_reference(part: Any) -> Iterator[tuple[Path, str, str]]:
    """Yield the path, the code and what it refers to, of every reference within a part."""
    for path, rule in every_rule(part):
        for key, to, many, words in references_of(type(rule)):
            value = getattr(rule, key)
            at = (*path, _written(rule, key))
            if many:
                for i, word in enumerate(value):
                    yield (*at, i), word, to
            elif value and value not in words:
                yield at, value, to


def _written(rule: BaseModel, key: str) -> str:
    return type(rule).model_fields[key].alias or key


@cache
def references_of(model: type[BaseModel]) -> list[tuple[str, str, bool, tuple[str, ...]]]:
    """Return the keys of a model that refer: key, to what, whether a list, words that do not."""
    found = []
    for key, info in model.model_fields.items():
        marks = [mark for mark in info.metadata if isinstance(mark, Ref)]
        marks += _marks(info.annotation)
        if marks:
            many = _is_list(info.annotation)
            found.append((key, marks[0].to, many, tuple(_words(info.annotation))))
    return found


def _marks(annotation: Any) -> list[Ref]:
    if get_origin(annotation) is dict:
        return []
    if get_origin(annotation) is Annotated:
        here = [mark for mark in annotation.__metadata__ if isinstance(mark, Ref)]
        return here or _marks(get_args(annotation)[0])
    return [mark for part in get_args(annotation) for mark in _marks(part)]


def _is_list(annotation: Any) -> bool:
    origins = [get_origin(annotation), *(get_origin(part) for part in get_args(annotation))]
    return tuple in origins


def _words(annotation: Any) -> list[str]:
    if get_origin(annotation) is Literal:
        return [word for word in get_args(annotation) if isinstance(word, str)]
    return [word for part in get_args(annotation) for word in _words(part)]


def twice(source: Source, base: Path, words: Iterable[tuple[Path, str]]) -> None:
    """Note every code that stands more than once among these, at its second place."""
    seen: set[str] = set()
    for path, word in words:
        if word in seen:
            what = _("“{code}” stands twice").format(code=word)
            source.add("code-twice", (*base, *path), what, value=word)
        seen.add(word)


def _repeated(source: Source, base: Path, rules: tuple[Any, ...]) -> None:
    """Note every rule without code that says what one before it says."""
    for at, rule in enumerate(rules):
        if rule in rules[:at]:
            what = _("This stands twice")
            source.add("code-twice", (*base, at), what, mend=_("Keep one of them."))


def known(source: Source, path: Path, word: str, words: Iterable[str], what: str) -> None:
    """Note a word that refers to nothing; ``what`` says of what sort it should be."""
    words = list(words)
    if word not in words:
        source.add(
            "unknown-reference", path,
            _("No {what} of this code is in the regulation").format(what=what),
            value=word, mend=did_you_mean(word, words),
        )  # fmt: skip


def named(source: Source, base: Path, rules: Iterable[tuple[int, WithNames]]) -> None:
    """Note a code, name or alias that two share: an import could not tell them apart."""
    owner: dict[str, str] = {}
    for at, rule in rules:
        for word in dict.fromkeys((rule.code, rule.name.zh, rule.name.en, *rule.aliases)):
            if owner.setdefault(word, rule.code) != rule.code:
                what = _("“{name}” already names “{code}”").format(name=word, code=owner[word])
                source.add("name-twice", (*base, at), what, value=word)

"""Texts of a tree become numbers, days and yes/no where a model asks for them; keys are judged.

Walks a tree beside the annotations of the models: unknown and missing keys, rules without a
source, and texts that are not the number or day they should be are found here, all at once and
in our own words. Ranges and the sense of a rule are pydantic's and the models' business.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from cm_cli.domain.regulation.base import Sourced, is_made
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cm_cli.domain.regulation.nodes import Path, Source, Tree

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", re.ASCII)
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_LONGEST_NUMBER = 30


def typed(source: Source, tree: Tree, wanted: Any, path: Path = ()) -> Any:
    """Return the tree with its texts made into what ``wanted`` asks for; findings go to source."""
    choices = _choices(wanted)
    if isinstance(tree, dict):
        return _mapping(source, tree, choices, path)
    if isinstance(tree, list):
        return _list(source, tree, choices, path)
    return _scalar(source, tree, choices, path)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the mend for a word that is not known: the nearest one, else all of them."""
    known = sorted(known)
    near = get_close_matches(word, known, 1, 0.6)
    if near:
        return _("Did you mean `{word}`?").format(word=near[0])
    return _("There are: {words}.").format(words=", ".join(known) or "-")


@cache
def _keys(model: type[BaseModel]) -> dict[str, tuple[Any, bool]]:
    """Return each key of a model as it is written, its annotation, and whether it must be there."""
    return {
        info.alias or name: (info.annotation, info.is_required())
        for name, info in model.model_fields.items()
        if not is_made(info)
    }


def _choices(wanted: Any) -> list[Any]:
    """Return the plain types an annotation allows: unions opened, ``Annotated`` peeled off."""
    origin = get_origin(wanted)
    if origin is Annotated:
        return _choices(get_args(wanted)[0])
    if origin in {Union, UnionType}:
        found = [choice for part in get_args(wanted) for choice in _choices(part)]
        return [choice for choice in found if choice is not NoneType]
    return [wanted]


def _is_model(choice: Any) -> bool:
    return isinstance(choice, type) and issubclass(choice, BaseModel)


def _mapping(source: Source, tree: dict[str, Tree], choices: list[Any], path: Path) -> Any:
    models = [choice for choice in choices if _is_model(choice)]
    if models:
        model = models[0] if len(models) == 1 else _of_kind(source, tree, models, path)
        return _model(source, tree, model, path) if model else tree
    for choice in choices:
        if get_origin(choice) is dict:
            value = get_args(choice)[1]
            return {key: typed(source, item, value, (*path, key)) for key, item in tree.items()}
    _misfit(source, path, choices, _("keys with values"))
    return tree


def _of_kind(
    source: Source, tree: dict[str, Tree], models: list[Any], path: Path
) -> type[BaseModel] | None:
    """Return the model whose ``kind`` the mapping names."""
    kinds = {
        word: model
        for model in models
        for word in get_args(_keys(model).get("kind", (None, False))[0])
    }
    kind = tree.get("kind")
    if isinstance(kind, str) and kind in kinds:
        model: type[BaseModel] = kinds[kind]
        return model
    if kind is None:
        _missing(source, "kind", path)
        return None
    what = _("`kind` has a word that is not one of its words")
    word = kind if isinstance(kind, str) else ""
    source.add("unknown-word", (*path, "kind"), what, value=word, mend=did_you_mean(word, kinds))
    return None


def _missing(source: Source, key: str, path: Path) -> None:
    what = _("`{key}` is missing").format(key=key)
    source.add("key-missing", (*path, key), what, mend=_("Add `{key}:`.").format(key=key))


def _model(source: Source, tree: dict[str, Tree], model: type[BaseModel], path: Path) -> Any:
    keys = _keys(model)
    for key, (_annotation, required) in keys.items():
        if required and key not in tree:
            _missing(source, key, path)
    if issubclass(model, Sourced) and not (tree.get("article") or tree.get("chosen")):
        source.add(
            "no-source", path, _("Nothing says where this comes from"),
            mend=_("Add `article:` (where the source rules it) or `chosen:` (why it was chosen)."),
        )  # fmt: skip
    made = {}
    for key, value in tree.items():
        if source.full:
            break
        if key in keys:
            made[key] = typed(source, value, keys[key][0], (*path, key))
        else:
            what = _("`{key}` is not a key that is known here").format(key=key[:40])
            mend = did_you_mean(key, keys)
            source.add("unknown-key", (*path, key), what, value=key, mend=mend)
    if issubclass(model, Sourced):
        layer = source.layer((*path, "article" if "article" in tree else "chosen"))
        made |= {"layer": layer.code} if layer else {}
    return made


def _list(source: Source, tree: list[Tree], choices: list[Any], path: Path) -> Any:
    for choice in choices:
        if get_origin(choice) in {tuple, list, frozenset, set}:
            items = get_args(choice)
            fixed = get_origin(choice) is tuple and items[-1] is not Ellipsis
            return [
                typed(source, one, items[at if fixed and at < len(items) else 0], (*path, at))
                for at, one in enumerate(tree)
                if not source.full
            ]
    _misfit(source, path, choices, _("a list"))
    return tree


def _misfit(source: Source, path: Path, choices: list[Any], met: str) -> None:
    what = _("{wanted} is expected here, not {met}").format(wanted=_described(choices), met=met)
    source.add("wrong-shape", path, what)


def _described(choices: list[Any]) -> str:
    """Say in words what an annotation asks for."""
    names: dict[Any, str] = {
        Decimal: _("a number"),
        int: _("a whole number"),
        bool: _("true or false"),
    }
    names |= {str: _("a text"), date: _("a day"), list: _("a list"), tuple: _("a list")}
    names |= {dict: _("keys with values"), Literal: _("a word")}
    said = [
        _("keys with values") if _is_model(choice) else names.get(get_origin(choice) or choice, "")
        for choice in choices
    ]
    return _(" or ").join(dict.fromkeys(said)).strip()


def _scalar(source: Source, text: str, choices: list[Any], path: Path) -> Any:
    """Return the value of a text by the first type that takes it."""
    origins = [get_origin(choice) for choice in choices]
    if path in source.empty or str in choices or Literal in origins:
        return text
    for choice, read in ((bool, _bool), (int, _whole), (Decimal, number_of), (date, day_of)):
        if choice in choices:
            value = read(text)
            if value is None:
                _not_this(source, text, choice, path)
                return text
            return value
    _misfit(source, path, choices, _("a text"))
    return text


def _bool(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text)


def _whole(text: str) -> int | None:
    number = number_of(text)
    return int(number) if number is not None and "." not in text else None


def number_of(text: str) -> Decimal | None:
    """Return the number a text writes, None where it writes none."""
    if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
        return None
    return Decimal(text)


def day_of(text: str) -> date | None:
    """Return the day a text writes, None where it writes none."""
    found = _DAY.fullmatch(text)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def _not_this(source: Source, text: str, choice: type, path: Path) -> None:
    """Note that a text is not the number, day or yes/no that is asked for."""
    slugs = {bool: "not-yes-no", int: "not-whole", Decimal: "not-a-number", date: "not-a-day"}
    mends = {
        bool: _("Write true or false."),
        int: _("Write digits only, as 3."),
        Decimal: _("Write digits and a point, as 1000000 or 2.5: no comma, percent sign or unit."),
        date: _("Write a day of the calendar as 2001-10-01."),
    }
    what = _("{wanted} is expected here").format(wanted=_described([choice]))
    source.add(slugs[choice], path, what, value=text, mend=mends[choice])

"""Examples of what the keys of a regulation take, read off its models.

An example says one of the things a key may say, so that it is sound as it stands.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from cm_cli.domain.regulation.base import Ref, is_made
from cm_cli.domain.regulation.layers import IDENTITY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic.fields import FieldInfo


class Quoted(str):
    """A text that would be read as a number."""

    __slots__ = ()


class Word(str):
    """A word of several; the others are told beside it."""

    __slots__ = ("others",)

    others: str

    @classmethod
    def among(cls, words: list[str], word: str = "") -> Word:
        """Return one of these words, the first where none is said."""
        made = cls(word or words[0])
        made.others = f"  # {' | '.join(words)}" if len(words) > 1 else ""
        return made


_LONG_WORD = "the reason it is so"
_PATTERNS = {"[A-Z]{3}": "CNY", r"\.R[0-9]": "S01.R1", "^S[0-9]{2}$": "S01", "[01][0-9]|2": "17:30"}
_WORD = "word"
_WORDS = {
    "article": Quoted("1"),
    "extends": "abc-2001",
    "zh": "名称",
    "en": "name",
    "currency": "CNY",
}
_LEFT_OUT = None  # what does not go with the rest of the example
_FITTING: dict[tuple[str, str], Any] = {  # by model and key, where any word would not do
    ("Regulation", "covers"): {"S01.R1": "since"},
    ("Removal", "item"): "grades.assistant",
    ("Grade", "cap"): _LEFT_OUT,
    ("Norm", "staff"): _LEFT_OUT,
    ("Scheme", "factors"): _LEFT_OUT,
    ("Scheme", "top"): _LEFT_OUT,
    ("Group", "classes"): ["code"],
    ("Band", "from"): _LEFT_OUT,
    ("Band", "to"): _LEFT_OUT,
    ("FormField", "options"): _LEFT_OUT,
    ("FormField", "unit"): _LEFT_OUT,
    ("FormField", "at_least"): _LEFT_OUT,
    ("FormField", "at_most"): _LEFT_OUT,
    ("Demand", "any_of"): ["code"],
    ("Demand", "complete"): _LEFT_OUT,
    ("Rank", "by"): ["region"],
    ("Preferences", "by"): ["least_loaded"],
    ("Way", "by"): ["region"],
    ("ModeShare", "modes"): ["door"],
    ("Post", "leads_to"): _LEFT_OUT,
    ("Norm", "class"): "code",
    ("Structure", "fits"): {"code": "code"},
    ("AwardAgain", "employment"): ["code"],
    ("Duty", "record"): "visit",
    ("Duty", "every"): "month",
    ("Duty", "cycle"): _LEFT_OUT,
    ("Duty", "after"): _LEFT_OUT,
    ("ReportDue", "every"): "month",
    ("Deadline", "weekday"): _LEFT_OUT,
    ("Figure", "of"): "part",
    ("Figure", "per"): "whole",
    ("Figure", "parts"): _LEFT_OUT,
    ("Target", "every"): "year",
    ("Split", "shares"): {"q1": "25", "q2": "25", "q3": "25", "q4": "25"},
    ("Split", "equal"): _LEFT_OUT,
    ("Part", "code"): "part",
    ("Node", "weight"): "100",
    ("Node", "maximum"): _LEFT_OUT,
    ("Item", "code"): "item",
    ("Item", "measure"): {"kind": "result", "indicator": "code"},
    ("Appraisal", "bands"): [
        {"rating": "code", "from": "60", "article": Quoted("1")},
        {"rating": "code2", "article": Quoted("1")},
    ],
    ("Appraisal", "by_hand"): _LEFT_OUT,
    ("Appraisal", "total_at_most"): {"points": "100", "article": Quoted("1")},
    ("Merit", "code"): "bonus",
    ("Penalty", "code"): "penalty",
    ("Veto", "item"): "item",
    ("Veto", "penalty"): _LEFT_OUT,
    ("Veto", "events"): _LEFT_OUT,
    ("Veto", "at_best"): "code2",
    ("Portion", "rating"): "code",
    ("When", "item"): "item",
    ("When", "below"): _LEFT_OUT,
    ("When", "penalty"): "penalty",
    ("Component", "of"): _LEFT_OUT,
    ("Component", "indicator"): _LEFT_OUT,
    ("Component", "amount"): _LEFT_OUT,
    ("Component", "percent"): _LEFT_OUT,
    ("Component", "tiers"): _LEFT_OUT,
    ("Deferral", "parts"): [["12", "100"]],
    ("Pay", "total"): ["code"],
    ("Award", "every"): "year",
    ("Step", "after"): _LEFT_OUT,
    ("Seat", "also"): _LEFT_OUT,
}


def example_of(model: type[BaseModel], name: str) -> Any:
    """Return an example of what a key of a model takes."""
    info = model.model_fields[name]
    key = info.alias or name
    found = value_of(model, key, info, ())
    return _example(key, info.annotation, ()) if found is None else found


def _fitting(metadata: Iterable[Any]) -> str:
    """Return a word or number of the pattern, length or range an annotation asks for."""
    marks = [part for mark in metadata for part in (mark, *getattr(mark, "metadata", ()))]
    if any(isinstance(mark, Ref) for mark in marks):
        return "code"
    pattern = next((str(p) for m in marks if (p := getattr(m, "pattern", None))), "")
    word = next((word for part, word in _PATTERNS.items() if part in pattern), "")
    least = max((ge for mark in marks if (ge := getattr(mark, "ge", None))), default=0)
    length = max((n for mark in marks if (n := getattr(mark, "min_length", None))), default=0)
    word = word or (_LONG_WORD if length > len(_WORD) else "")
    return word or (str(least) if least > 1 else "")


def _example(key: str, wanted: Any, around: tuple[Any, ...]) -> Any:
    """Return an example of what an annotation asks for, as plain keys, lists and words."""
    origin, parts = get_origin(wanted), get_args(wanted)
    if origin is Annotated:
        return _fitting(parts[1:]) or _example(key, parts[0], around)
    if origin in {Union, UnionType}:
        return _example(key, next(part for part in parts if part is not NoneType), around)
    if origin is Literal:
        return Word.among([word for word in parts if word])
    if origin is dict:
        code = _example(key, parts[0], around)
        return {code if code in _PATTERNS.values() else "code": _example(key, parts[1], around)}
    if origin in {tuple, list}:
        return [_example(key, part, around) for part in parts if part is not Ellipsis]
    return _single(key, wanted, around)


def _single(key: str, wanted: Any, around: tuple[Any, ...]) -> Any:
    if isinstance(wanted, type) and issubclass(wanted, BaseModel):
        return _example_of(wanted, (*around, wanted))
    plain = {bool: "true", int: "1", Decimal: "1", date: "2026-01-01"}
    return plain.get(wanted) or _WORDS.get(key, "code" if key in IDENTITY else _WORD)


def _example_of(model: type[BaseModel], around: tuple[Any, ...]) -> dict[str, Any]:
    made = {}
    for name, info in model.model_fields.items():
        key = info.alias or name
        again = any(each in around for each in models_in(info.annotation))
        if is_made(info) or key == "chosen" or (again and not info.is_required()):
            continue
        found = value_of(model, key, info, around)
        if found is not None:
            made[key] = found
    if "article" in made:
        made["article"] = made.pop("article")
    return made


def value_of(model: type[BaseModel], key: str, info: FieldInfo, around: tuple[Any, ...]) -> Any:
    """Return an example of a key of a model, None where it is left out."""
    for each in model.__mro__:
        if (each.__name__, key) in _FITTING:
            fitting = _FITTING[each.__name__, key]
            words = _words(info.annotation)
            return Word.among(words, fitting) if fitting in words else fitting
    found = _example(key, info.annotation, around)
    if isinstance(found, list):  # as many as there have to be
        count = max((getattr(m, "min_length", 1) for m in info.metadata), default=1)
        return [*found, *(_another(found[0], at) for at in range(2, count + 1))]
    return (_fitting(info.metadata) if isinstance(found, str) else "") or found


def _another(one: Any, at: int) -> Any:
    """Return one more of a list, with a code and a name of its own."""
    if not isinstance(one, dict):
        return f"{one}{at}"
    return {key: _renamed(key, value, at) for key, value in one.items()}


def _renamed(key: str, value: Any, at: int) -> Any:
    if key in {"code", "zh", "en"}:
        return f"{value}{at}"
    if key == "aliases":
        return [f"{word}{at}" for word in value]
    return _another(value, at) if key == "name" else value


def _words(annotation: Any) -> list[Any]:
    """Return the words a key may have, where it is one of several."""
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return [word for part in get_args(annotation) for word in _words(part)]


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models an annotation names."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)

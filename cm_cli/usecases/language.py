"""The language of regulations on one page, made from its models so that it cannot lag.

``page`` prints every section, model and key with its type, its meaning (the text under the key),
and an example out of the regulations that come with the program.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import sys
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from cm_cli.domain.appraisal.measures import MEASURES
from cm_cli.domain.assignment.criteria import CRITERIA, PREFERENCES
from cm_cli.domain.regulation.base import Name, Ref, Rule, Sourced, is_made
from cm_cli.domain.regulation.cases import Cases
from cm_cli.domain.regulation.examples import example_of
from cm_cli.domain.regulation.references import CODES, named_sort
from cm_cli.domain.regulation.schema import RECORDS, Regulation
from cm_cli.language import _
from cm_cli.writers.layout import display_width, fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic.fields import FieldInfo

_SOURCE = frozenset({"article", "chosen"})
_WIDEST = 100  # columns, where nobody says how many there are
_READABLE = 20
_MOST = 600  # characters of an example
_CODE = "[A-Za-z]"
_INDENT = " " * 6
_WIDE = re.compile("[\u3000-\u9fff\uff00-\uffef]")


def models(root: type[BaseModel] = Regulation) -> list[type[BaseModel]]:
    """Return every model of the language, each before those first named within it."""
    found: dict[type[BaseModel], None] = {}
    waiting = [root]
    while waiting:
        model = waiting.pop(0)
        if model in found or model is Name:
            continue
        found[model] = None
        inner = [part for _name, info in keys_of(model) for part in _models(info.annotation)]
        waiting = [*inner, *waiting]
    return list(found)


def keys_of(model: type[BaseModel]) -> list[tuple[str, FieldInfo]]:
    """Return the keys of a model that are written, and not filled in by the compiler."""
    return [(name, info) for name, info in model.model_fields.items() if not is_made(info)]


def sentences() -> Iterator[str]:
    """Yield every sentence of the page that comes from the models."""
    for model in (*models(), *models(Cases)):
        yield summary(model)
        yield from filter(None, (said_of(model, name) for name, _info in keys_of(model)))


def said_of(model: type[BaseModel], name: str) -> str:
    """Return the sentence under a key, of the model itself or of one it builds on."""
    models = (each for each in model.__mro__ if issubclass(each, Rule))
    found = (_said_in(each.__module__).get((each.__name__, name)) for each in models)
    return next(filter(None, found), "")


@cache
def _said_in(module: str) -> dict[tuple[str, str], str]:
    """Return the sentences under keys in a module, by names of model and key.

    They are read here and not by the models, which every command loads.
    """
    return {
        (model.name, key.target.id): inspect.cleandoc(under.value.value)
        for model in ast.parse(inspect.getsource(sys.modules[module])).body
        if isinstance(model, ast.ClassDef)
        for key, under in pairwise(model.body)
        if isinstance(key, ast.AnnAssign) and isinstance(key.target, ast.Name)
        if isinstance(under, ast.Expr) and isinstance(under.value, ast.Constant)
        if isinstance(under.value.value, str)
    }


def page(examples: Mapping[tuple[str, str], str], width: int = _WIDEST) -> str:
    """Return the page, folded to a width; ``examples`` are by name of the model and key."""
    lines = [_("The language of regulations"), "", *_beginning(), ""]
    for model in models():
        lines += _section(model, examples)
    lines += [_("Words"), "", *_words(), ""]
    lines += [_("Cases"), "", _about_cases(), ""]
    for model in models(Cases):
        lines += _section(model, examples)
    return "\n".join(one for line in lines for one in _folded(line, width)).rstrip() + "\n"


def _folded(line: str, width: int) -> list[str]:
    """Fold a line, each part as far in as the line begins; examples only at a space."""
    text = line.lstrip(" ")
    margin = " " * (len(line) - len(text))
    room = max(width - len(margin), _READABLE)
    parts = (_at_spaces if text.startswith(_("e.g.")) else fold)(text, room)
    return [margin + part for part in parts] or [""]


def _at_spaces(text: str, room: int) -> list[str]:
    """Fold YAML: only at a space, where a new line means the same."""
    first, *words = text.split(" ")
    lines = [first]
    for word in words:
        if display_width(f"{lines[-1]} {word}") <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(f"  {word}")
    return lines


def _about_cases() -> str:
    return _(
        "Beside NAME.yaml stands NAME.cases.yaml: facts, and the outcome the officer who knows the"
        " rule expects. cm regulation test NAME runs them; each article that decides something has"
        " one, or stands under no_case with the reason."
    )


def _beginning() -> list[str]:
    return [
        _(
            "A regulation is one YAML file: keys, lists and texts, without anchors, tags and merge"
            " keys. Begin with cm regulation new NAME, look with cm regulation check FILE: every"
            " finding names line, value and mend."
        ),
        _(
            "Each rule marked § carries article: (where the source rules it) or chosen: (why it"
            " was chosen), or both; cm regulation show NAME --open lists what was chosen."
        ),
        _(
            "A layer (extends:) writes only what it changes: keys replace those of the regulation"
            " beneath, items of a list are matched by their code, a list without codes (as"
            " consequences) is replaced whole, and remove: takes items away."
        ),
        _("A key marked * has to be there. Names are written {zh: …, en: …}."),
    ]


def summary(model: type[BaseModel]) -> str:
    """Return what a model is, in the words of its docstring."""
    return re.sub(r"\s+", " ", (model.__doc__ or "").replace("``", "`")).strip()


def _section(model: type[BaseModel], examples: Mapping[tuple[str, str], str]) -> list[str]:
    sourced = " §" if issubclass(model, Sourced) else ""
    lines = [f"{title(model)}{sourced}", f"  {_(summary(model))}"]
    for name, info in keys_of(model):
        if name in _SOURCE and issubclass(model, Sourced):
            continue
        key = info.alias or name
        star = "*" if info.is_required() else ""
        lines.append(f"  {key}{star}: {kind_of(info)}")
        if said := said_of(model, name):
            lines.append(f"{_INDENT}{_(said)}")
        example = examples.get((model.__name__, key)) or flow(example_of(model, name))
        if len(example) <= _MOST:  # a longer one is a section of its own
            lines.append(f"{_INDENT}{_('e.g.')} {key}: {example}")
    return [*lines, ""]


def title(model: type[BaseModel]) -> str:
    """Return what the page calls a model."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", model.__name__)


def kind_of(info: FieldInfo) -> str:
    """Return what a key takes, in words."""
    return (_marked(info.metadata) or _kind(info.annotation)) + _range(info.metadata)


def _kind(annotation: Any) -> str:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _marked(annotation.__metadata__) or _kind(parts[0]) + _range(annotation.__metadata__)
    if origin in {Union, UnionType}:
        kinds = [_kind(part) for part in parts if part is not NoneType]
        return _(" or ").join(dict.fromkeys(kinds))
    if origin is Literal:
        return " | ".join(str(word) or '""' for word in parts)
    return _several(origin, parts) or _single(annotation)


def _marked(metadata: Any) -> str:
    """Return what a key with a mark takes: the code of something, or a code of its own."""
    marks = [mark for mark in metadata if isinstance(mark, Ref)]
    if marks:
        return _("code of: {what}").format(what=named_sort(marks[0].to))
    is_code = any(_CODE in str(getattr(mark, "pattern", "")) for mark in metadata)
    return _("code") if is_code else ""


def _several(origin: Any, parts: tuple[Any, ...]) -> str:
    if origin is tuple and len(parts) > 1 and parts[1] is not Ellipsis:
        return _("pair of: {what}").format(what=", ".join(map(_kind, parts)))
    if origin is tuple:
        return _("list of: {what}").format(what=_kind(parts[0]))
    return _("codes, each with: {what}").format(what=_kind(parts[1])) if origin is dict else ""


def _single(annotation: Any) -> str:
    plain = {
        Decimal: _("number"),
        int: _("whole number"),
        bool: "true | false",
        str: _("text"),
        date: _("day, as 2001-10-01"),
        Name: "{zh, en}",
    }
    if annotation in plain:
        return plain[annotation]
    return title(annotation) if isinstance(annotation, type) else str(annotation)


def _range(metadata: Any) -> str:
    signs = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
    said = []
    for mark in metadata:
        for part in getattr(mark, "metadata", None) or [mark]:
            for name, sign in signs.items():
                limit = getattr(part, name, None)
                if limit is not None:
                    said.append(f"{sign} {limit}")
    return f" ({', '.join(said)})" if said else ""


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]


def _words() -> Iterator[str]:
    yield f"  {_('Records')}: {', '.join(sorted(RECORDS))}"
    yield f"  {_('Assignment criteria')}: {', '.join(sorted(CRITERIA))}"
    yield f"  {_('Assignment preferences')}: {', '.join(sorted(PREFERENCES))}"
    yield f"  {_('Measures of an item, with the keys each needs and (takes)')}:"
    for name, known in sorted(MEASURES.items()):
        keys = [*sorted(known.needs), *(f"({key})" for key in sorted(known.takes))]
        yield f"    {name}: {', '.join(keys) or '-'}"
    yield f"  {_('What codes refer to')}: {', '.join(named_sort(to) for to in CODES)}"


def examples_of(tree: Any, model: type[BaseModel] = Regulation) -> Iterator[tuple[str, str, str]]:
    """Yield model, key and value as one line, of every key written in a tree."""
    if not isinstance(tree, dict):
        return
    keys = {info.alias or name: info for name, info in model.model_fields.items()}
    for key, value in tree.items():
        if key not in keys:
            continue
        yield model.__name__, key, flow(value[:1] if _is_list_of_models(keys[key]) else value)
        for inner in _models(keys[key].annotation):
            for part in value if isinstance(value, list) else [value]:
                if _suits(inner, part):
                    yield from examples_of(part, inner)


def _suits(model: type[BaseModel], part: Any) -> bool:
    """Say whether a mapping is of this model, where several may stand in one place."""
    if not isinstance(part, dict):
        return False
    info = model.model_fields.get("kind")
    words = get_args(info.annotation) if info else ()
    return get_origin(info.annotation if info else None) is not Literal or part.get("kind") in words


def _is_list_of_models(info: FieldInfo) -> bool:
    return get_origin(info.annotation) is tuple and bool(_models(info.annotation))


def flow(value: Any) -> str:
    """Return a part of a tree as one line of YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    text = str(value)
    safe = re.fullmatch(r"[\w\u4e00-\u9fff./(][\w\u4e00-\u9fff ./()%+-]*", text)
    return text if safe and ": " not in text else json.dumps(text, ensure_ascii=False)

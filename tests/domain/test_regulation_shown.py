"""A regulation is shown whole: every rule under its article, every key of every model."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from cm_cli.domain.regulation.base import Name, is_made
from cm_cli.domain.regulation.cases import deciding_articles
from cm_cli.domain.regulation.describe import describe, every_table
from cm_cli.domain.regulation.load import read
from cm_cli.domain.regulation.rules import every_rule, every_sourced
from cm_cli.domain.regulation.starting import starting
from cm_cli.domain.regulation.telling import Table, Told
from cm_cli.domain.sheet import Column, texts
from cm_cli.usecases.regulations import preset, presets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cm_cli.domain.regulation.schema import Regulation

CODES = sorted(presets())
SAMPLE = Path(__file__).parent / "sample.yaml"
# Not rules of the institution: how the file relates to the catalogue and to other files; and what
# a row leaves out because it tells the name.
UNSHOWN = {
    ("Regulation", "systems"), ("Regulation", "covers"), ("Regulation", "extends"),
    ("Note", "rules"),
}  # fmt: skip
BY_NAME = {"Listed", "Step", "FormField", "Seat"}


def _examples() -> str:
    """Return the starting file with all sections in force, but for one that lacks quantities."""
    text = re.sub(r"(?ms)^# figures:\n.*?\n\n", "", starting("examples", date(2026, 1, 1)))
    return re.sub(r"(?m)^# (\w+:|  )", r"\1", text)


EXAMPLES = _examples()


@cache
def regulation(code: str) -> Regulation:
    if code == "examples":
        return read(EXAMPLES, "examples.yaml")
    if code == "sample":
        return read(SAMPLE.read_text(encoding="utf-8"), SAMPLE.name)
    return read(*reversed(preset(code)))


def shown(whole: Regulation, article: str = "") -> str:
    document = describe(whole, article)
    rows = [list(texts(sheet)) for sheet in document.sheets]
    return str([rows] if article else [document.title, document.facts, rows, document.notes])


@pytest.mark.parametrize("code", CODES)
def test_every_deciding_article_is_found(code: str):
    whole = regulation(code)
    assert [one for one in deciding_articles(whole) if not describe(whole, one).sheets] == []


@pytest.mark.parametrize("code", [*CODES, "sample", "examples"])
def test_every_rule_is_shown_with_its_article(code: str):
    """Each rule gets an article of its own; the page shows each, and finds a row by each."""
    given = iter(range(5001, 99999))
    whole = _with_articles(regulation(code), given)
    wanted = {rule.article: path for path, rule in every_sourced(whole)}
    page = shown(whole)
    assert [path for one, path in wanted.items() if f"article {one}" not in page] == []
    found = {one for table in every_table(whole) for row in table.told for one in row.articles}
    assert [path for one, path in wanted.items() if one not in found] == []


def _with_articles(part: Any, given: Iterator[int]) -> Any:
    if isinstance(part, BaseModel):
        update = {
            name: _with_articles(getattr(part, name), given) for name in type(part).model_fields
        }
        if "chosen" in update:
            update["article"] = str(next(given))
        return part.model_copy(update=update)
    if isinstance(part, tuple):
        return tuple(_with_articles(one, given) for one in part)
    return part


def _keys() -> dict[tuple[str, str], tuple[str, Any]]:
    """Return for each model and key a regulation that says it, and the path to the model."""
    found: dict[tuple[str, str], tuple[str, Any]] = {}
    for code in ["sample", "examples", *CODES]:
        for path, rule in every_rule(regulation(code)):
            if isinstance(rule, Name):
                continue
            for name, info in type(rule).model_fields.items():
                if not is_made(info) and _changed(rule, name) is not None:
                    found.setdefault((type(rule).__name__, name), (code, path))
    return found


def _changed(rule: BaseModel, name: str) -> Any:
    """Return another value of a key, None where it holds rules or nothing that can be changed."""
    value = getattr(rule, name)
    words = _words(type(rule).model_fields[name].annotation)
    if isinstance(value, bool):
        return not value
    if words and (value in words or value is None):
        return next((word for word in words if word and word != value), None)
    if isinstance(value, (int, Decimal)):
        return value + 7001
    if isinstance(value, date):
        return value + timedelta(1)
    if isinstance(value, str):
        return f"{value}zz" if value else None
    listed = isinstance(value, (dict, tuple)) and value
    return None if not listed or isinstance(next(iter(value)), BaseModel) else type(value)()


def _words(annotation: Any) -> list[str]:
    if get_origin(annotation) is Literal:
        return [word for word in get_args(annotation) if isinstance(word, str)]
    return [word for part in get_args(annotation) for word in _words(part)]


KEYS = _keys()


@pytest.mark.parametrize("key", sorted(set(KEYS) - UNSHOWN), ids=".".join)
def test_every_key_is_shown(key: tuple[str, str]):
    """The page changes with the value of every key of every model."""
    model, name = key
    if (name == "code" and model in BY_NAME) or name == "state":
        return
    code, path = KEYS[key]
    whole = regulation(code)
    assert shown(_with(whole, path, name)) != shown(whole), f"{code}: {path}"


def _with(part: Any, path: tuple[Any, ...], name: str) -> Any:
    """Return the part with another value of the key of the model at the path."""
    if not path:
        return part.model_copy(update={name: _changed(part, name)})
    step, *rest = path
    if isinstance(part, tuple):
        return tuple(
            _with(one, tuple(rest), name) if at == step else one for at, one in enumerate(part)
        )
    fields = type(part).model_fields.items()
    key = next(key for key, info in fields if (info.alias or key) == step)
    return part.model_copy(update={key: _with(getattr(part, key), tuple(rest), name)})


@pytest.mark.parametrize(
    ("wanted", "article", "found"),
    [
        ("16", "16(4)", True), ("16", "16", True), ("1", "16", False), ("16(4)", "16", False),
        ("七", "七(二)1", True), ("七(二)", "七(二)1", True), ("七（二）", "七(二)", True),
        ("十", "十一", False), ("138", "138-2", True), ("3.1", "3.1(2)", True), ("3.1", "3.12", False),
        ("4", "3-5", True), ("6", "3-5", False), ("50", "001-76", False), ("001", "001-76", True),
        ("3, 16", "16(4)", True),
    ],
)  # fmt: skip
def test_an_article_also_means_its_parts(wanted: str, article: str, found: bool):
    table = Table("t", "t", (Column("c", "c"),), [Told(("row",), (article,))])
    assert bool(table.sheet(wanted).rows) is found

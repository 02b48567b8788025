"""The page on the language: made from the models, every key on it with its meaning."""

from __future__ import annotations

import re

import pytest
import yaml

from cm_cli.domain.regulation.base import Sourced
from cm_cli.domain.regulation.schema import Regulation
from cm_cli.language import use
from cm_cli.usecases import rulebook
from cm_cli.usecases.language import keys_of, kind_of, models, said_of, summary, title
from cm_cli.writers.layout import display_width


@pytest.fixture
def chinese():
    use("zh")
    yield
    use("en")


KEYS = [(model, name, info) for model in models(Regulation) for name, info in keys_of(model)]


@pytest.fixture(scope="module")
def page() -> str:
    return rulebook.language(1_000)


@pytest.mark.parametrize(
    "model, name, info",
    KEYS,
    ids=lambda one: getattr(one, "__name__", one if isinstance(one, str) else ""),
)
def test_every_key_has_a_meaning_and_stands_on_the_page(page, model, name, info):
    assert said_of(model, name), f"{model.__name__}.{name} has no sentence under it"
    if name in {"article", "chosen"} and issubclass(model, Sourced):
        return
    section = page.split(f"\n{title(model)}", 1)[1].split("\n\n", 1)[0]
    assert (
        f"\n  {info.alias or name}{'*' if info.is_required() else ''}: {kind_of(info)}" in section
    )


def test_every_model_says_what_it_is():
    assert not [model.__name__ for model in models(Regulation) if len(summary(model)) < 12]


def test_the_examples_are_yaml_that_reads_as_written(page):
    examples = re.findall(r"^ {6}e\.g\. (.+(?:\n {8}.+)*)$", page, re.MULTILINE)
    assert len(examples) > 700
    for example in examples:
        assert isinstance(yaml.safe_load(example), dict), example


def test_a_type_is_told_in_words():
    fields = {(model.__name__, name): kind_of(info) for model, name, info in KEYS}
    assert fields["Cap", "percent"] == "number (≥ 0, ≤ 100)"
    assert fields["Cap", "of"] == "unit | all"
    assert fields["Regulation", "grades"] == "list of: Grade"
    assert len({title(model) for model in models(Regulation)}) == len(models(Regulation))
    assert fields["Step", "by"] == "code of: role"
    assert fields["Duty", "grades"] == "list of: code of: grade"
    assert fields["Named", "code"] == "code"
    assert fields["Deferral", "parts"].startswith("list of: pair of: whole number")


@pytest.mark.usefixtures("chinese")
def test_the_page_fits_sixty_columns_and_breaks_no_word():
    lines = rulebook.language(60).splitlines()
    long = [line for line in lines if display_width(line) > 60]
    assert [line for line in long if " " in line.strip()] == []
    assert "用 cm" in "".join(lines)

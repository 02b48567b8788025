"""Faults seeded into regulations: each a change an editor might slip in, at a place of the tree.

A mutant is the text of a regulation written again from its tree with one thing changed. It is
found when the compiler has a finding that the sound text has not, or when a case fails.
"""

from __future__ import annotations

import copy
import json
import operator
import random
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml

from cm_cli.domain.regulation.cases import covered_by, read_cases
from cm_cli.domain.regulation.casework import run_all
from cm_cli.domain.regulation.load import load
from cm_cli.domain.regulation.schema import to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Keys whose text is told to people and decides nothing.
TOLD = frozenset(
    {
        "zh",
        "en",
        "source",
        "reads",
        "chosen",
        "why",
        "example",
        "scope",
        "on",
        "unit",
        "aliases",
        "note",
    }
)
# Sections that speak of the source and decide nothing.
SAID = frozenset({"systems", "covers", "notes", "reads"})
# Keys that declare: another code there is another code, and no fault where nothing refers to it.
DECLARED = frozenset({"regulation", "since", "until", "article", "code", "state", "currency"})
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Mutant:
    """One seeded fault: what sort, where, what became of what."""

    sort: str
    path: Path
    was: str
    became: str
    text: str


def dump(tree: Any) -> str:
    """Return a tree as JSON, which is YAML and written far sooner."""
    return json.dumps(tree, ensure_ascii=False)


def tree_of(text: str) -> Any:
    """Return the tree of a text; every scalar is a text."""
    return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - it makes texts only


def places(part: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every place of a tree with what stands there."""
    yield path, part
    if isinstance(part, dict):
        for key, value in part.items():
            yield from places(value, (*path, key))
    elif isinstance(part, list):
        for at, value in enumerate(part):
            yield from places(value, (*path, at))


def is_number(text: Any) -> bool:
    """Say whether a scalar is a number."""
    try:
        Decimal(text)
    except (ArithmeticError, TypeError, ValueError):
        return False
    return True


def _changed(tree: Any, path: Path, change: Callable[[Any], None]) -> Any:
    """Return the tree with a change at a place; what lies beside the way there is shared."""
    part = copy.copy(tree)
    if path:
        part[path[0]] = _changed(part[path[0]], path[1:], change)
    else:
        change(part)
    return part


def _set(tree: Any, path: Path, value: Any) -> Any:
    return _changed(tree, path[:-1], lambda part: operator.setitem(part, path[-1], value))


def _drop(tree: Any, path: Path) -> Any:
    return _changed(tree, path[:-1], lambda part: operator.delitem(part, path[-1]))


def _swap(tree: Any, path: Path, one: int, other: int) -> Any:
    def swap(part: Any) -> None:
        part[one], part[other] = part[other], part[one]

    return _changed(tree, path, swap)


Fault = tuple[str, Path, str, str, Any]


def numbers(tree: Any) -> Iterator[Fault]:
    """Numbers: sign swapped, a unit slip, one more, a digit lost."""
    for path, value in places(tree):
        if not isinstance(value, str) or not is_number(value) or _told(path):
            continue
        number = Decimal(value)
        for sort, became in (
            ("sign", -number),
            ("unit slip", number * 10000),
            ("weight off by one", number + 1),
            ("digit lost", number / 10),
        ):
            if became != number:
                yield sort, path, value, f"{became:f}", _set(tree, path, f"{became:f}")


def codes(tree: Any) -> Iterator[Fault]:
    """Codes and words: dangling, or given twice."""
    for path, value in places(tree):
        if (
            not isinstance(value, str)
            or is_number(value)
            or _told(path)
            or not path
            or not value.isascii()
        ):
            continue
        if " " in value or path[-1] in DECLARED or path[0] in SAID:
            continue
        yield "dangling code", path, value, f"{value}x", _set(tree, path, f"{value}x")


def dropped(tree: Any) -> Iterator[Fault]:
    """Keys left out, and the source of a rule."""
    for path, value in places(tree):
        if (
            path
            and isinstance(path[-1], str)
            and path[0] not in SAID
            and path[-1] not in {"until", "name"} | (TOLD - {"chosen"})
        ):
            if path[-1] in {"article", "chosen"} and _has_both(tree, path):
                continue
            yield "key dropped", path, str(value)[:40], "", _drop(tree, path)


def unknown(tree: Any) -> Iterator[Fault]:
    """Keys misspelt."""
    for path, value in places(tree):
        if path and isinstance(path[-1], str) and path[0] not in SAID and not _free_keys(path):
            made = _set(_drop(tree, path), (*path[:-1], f"{path[-1]}s"), value)
            yield "key misspelt", path, str(path[-1]), f"{path[-1]}s", made


def repeated(tree: Any) -> Iterator[Fault]:
    """Items of a list given twice."""
    for path, value in places(tree):
        if isinstance(value, list) and value and path[0] not in SAID and path[-1] != "aliases":
            yield "given twice", path, "", "", _set(tree, path, [*value, copy.deepcopy(value[-1])])


def turned(tree: Any) -> Iterator[Fault]:
    """Neighbours in a list whose order decides swapped (grades, bands, ranks, tiers)."""
    ordered = {"grades", "bands", "ranks", "tiers", "ratings", "by", "steps", "structures", "entry"}
    for path, value in places(tree):
        if (
            isinstance(value, list)
            and len(value) > 1
            and path[-1] in ordered
            and "ranks" not in path[:-1]
        ):
            yield "order turned", path, "", "", _swap(tree, path, 0, 1)


def flipped(tree: Any) -> Iterator[Fault]:
    """Yes and no, higher and lower, exchanged."""
    pairs = {"true": "false", "false": "true", "higher": "lower", "lower": "higher"}
    for path, value in places(tree):
        if isinstance(value, str) and value in pairs and not _told(path):
            yield "flipped", path, value, pairs[value], _set(tree, path, pairs[value])


def days(tree: Any) -> Iterator[Fault]:
    """Days that are none, and an end before the beginning."""
    yield (
        "impossible day",
        ("since",),
        tree["since"],
        "2001-02-30",
        _set(tree, ("since",), "2001-02-30"),
    )
    yield "ends before", ("until",), "", "1900-01-01", {**tree, "until": "1900-01-01"}


SORTS: tuple[Callable[[Any], Iterator[Fault]], ...] = (
    numbers, codes, dropped, unknown, repeated, turned, flipped, days,
)  # fmt: skip


def _told(path: Path) -> bool:
    return bool(TOLD & {step for step in path if isinstance(step, str)}) or path[-1] == "article"


def _has_both(tree: Any, path: Path) -> bool:
    part = tree
    for step in path[:-1]:
        part = part[step]
    return {"article", "chosen"} <= set(part)


def _free_keys(path: Path) -> bool:
    """Keys that are codes (weights by kind of unit, days by class, values of a table)."""
    return any(step in {"weight", "days", "values", "shares", "fits"} for step in path[:-1])


def mutants(text: str, *, most: int = 0, seed: int = 1) -> list[Mutant]:
    """Return the faults of a regulation; ``most`` of each sort, chosen by the seed."""
    tree, found = tree_of(text), []
    for make in SORTS:
        made = list(make(tree))
        if most and len(made) > most:
            made = random.Random(seed).sample(made, most)  # noqa: S311
        found += [Mutant(*fault[:4], dump(fault[4])) for fault in made]
    return found


def judge(text: str, cases: str, name: str) -> set[tuple[str, str]]:
    """Return what the compiler and the cases say of a text, without the lines."""
    rules, problems = load(text, name)
    said = {(problem.slug, problem.what) for problem in problems}
    if rules is None or any(not problem.note for problem in problems):
        return said
    worked, source = _read(cases, name)
    source = replace(source, problems=[])
    said |= {(problem.slug, problem.what) for problem in covered_by(rules, worked, source)}
    return said | {("case", one.name) for one in run_all(rules, worked, source) if not one.passed}


_read = lru_cache(maxsize=2)(read_cases)


def found(mutant: Mutant, cases: str, name: str, sound: set[tuple[str, str]]) -> bool:
    """Say whether a fault is found."""
    return bool(judge(mutant.text, cases, name) - sound)


def decides(mutant: Mutant, text: str, name: str) -> bool:
    """Say whether a mutant decides anything else than the sound text does."""
    rules, _problems = load(mutant.text, name)
    return rules is None or to_json(rules) != _compiled(text, name)


@lru_cache(maxsize=2)
def _compiled(text: str, name: str) -> str:
    rules, _problems = load(text, name)
    return to_json(rules) if rules else ""


if __name__ == "__main__":
    import argparse
    from collections import Counter
    from pathlib import Path as File

    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--most", type=int, default=0)
    parser.add_argument("--show", type=int, default=30)
    asked = parser.parse_args()
    root = File(__file__).parents[2] / "cm_cli" / "regulations"
    for file in sorted(root.glob("*/*.yaml")):
        if file.name.endswith(".cases.yaml") or (asked.names and file.stem not in asked.names):
            continue
        text, cases = file.read_text(), file.with_suffix(".cases.yaml").read_text()
        sound = judge(dump(tree_of(text)), cases, file.name)
        all_of, missed = Counter(), Counter()
        left = []
        for mutant in mutants(text, most=asked.most):
            all_of[mutant.sort] += 1
            if not found(mutant, cases, file.name, sound) and decides(mutant, text, file.name):
                missed[mutant.sort] += 1
                left.append(mutant)
        print(
            file.stem,
            sum(all_of.values()),
            "missed",
            sum(missed.values()),
            dict(missed),
            "sound:",
            sound,
        )
        for mutant in left[: asked.show]:
            print(
                "   ",
                mutant.sort,
                ".".join(map(str, mutant.path)),
                mutant.was[:40],
                "->",
                mutant.became[:40],
            )

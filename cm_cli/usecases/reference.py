"""The trees of regions and industries that come with the program."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cm_cli.domain.tree import Tree

_FOLDER = Path(__file__).parents[1] / "reference"
NAMES = ("regions", "industries")


@cache
def tree(name: str) -> Tree:
    """Return a tree by name: ``regions`` or ``industries``."""
    from cm_cli.domain.tree import Tree  # most reads need none

    source = _FOLDER / f"{name}.csv"
    lines = source.read_text(encoding="utf-8").splitlines()
    return Tree.of(csv.DictReader(lines), f"{name}.csv")


class _Trees(Mapping[str, "Tree"]):
    """The trees by name, each read when it is first asked for."""

    def __getitem__(self, name: str) -> Tree:
        if name not in NAMES:
            raise KeyError(name)
        return tree(name)

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)


def trees() -> Mapping[str, Tree]:
    """Return all trees by name."""
    return _Trees()

"""The trees of regions and industries that come with the program."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from cm_cli.domain.tree import Tree

NAMES = ("regions", "industries")


@cache
def tree(name: str) -> Tree:
    """Return a tree by name: ``regions`` or ``industries``."""
    source = files("cm_cli") / "reference" / f"{name}.csv"
    lines = source.read_text(encoding="utf-8").splitlines()
    return Tree.of(csv.DictReader(lines), f"{name}.csv")


def trees() -> dict[str, Tree]:
    """Return all trees by name."""
    return {name: tree(name) for name in NAMES}

"""The register of record kinds: every module of ``domain/records`` declares one ``KIND``."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from cm_cli.domain import records

if TYPE_CHECKING:
    from cm_cli.domain.kind import Kind


@cache
def kind(name: str) -> Kind:
    """Return the kind of that name; raises KeyError."""
    if name not in names():
        raise KeyError(name)
    found: Kind = import_module(f"{records.__name__}.{name}").KIND
    return found


@cache
def names() -> tuple[str, ...]:
    """Return the names of all kinds, in alphabetical order."""
    return tuple(sorted(module.name for module in iter_modules(records.__path__)))


def kinds() -> tuple[Kind, ...]:
    """Return all kinds."""
    return tuple(kind(name) for name in names())


@cache
def in_order() -> tuple[Kind, ...]:
    """Return all kinds, each after those its records refer to; the regulation comes first."""
    left = sorted(kinds(), key=lambda each: (each.name != "regulation", each.name))
    placed: list[Kind] = []
    while left:
        before = {each.name for each in placed}
        ready = next(
            each
            for each in left
            if all(not part.refers or part.refers in before for part in each.fields)
        )
        left.remove(ready)
        placed.append(ready)
    return tuple(placed)


def by_plural(word: str) -> Kind | None:
    """Return the kind that files of this word hold (``clients``, ``client`` or ``客户``)."""
    for each in kinds():
        if word in {each.plural, each.name, each.zh}:
            return each
    return None

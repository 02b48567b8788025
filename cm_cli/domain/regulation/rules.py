"""Going through a regulation: every rule in it with the path it stands at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from cm_cli.domain.regulation.base import Sourced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cm_cli.domain.regulation.nodes import Path


def every_rule(part: Any, path: Path = ()) -> Iterator[tuple[Path, BaseModel]]:
    """Yield each model within a part of a regulation, parents first, in the order of the keys."""
    if isinstance(part, BaseModel):
        yield path, part
        for name, info in type(part).model_fields.items():
            yield from every_rule(getattr(part, name), (*path, info.alias or name))
    elif isinstance(part, (tuple, list)):
        for at, one in enumerate(part):
            yield from every_rule(one, (*path, at))


def every_sourced(part: Any) -> Iterator[tuple[Path, Sourced]]:
    """Yield each rule that says where it comes from."""
    for path, rule in every_rule(part):
        if isinstance(rule, Sourced):
            yield path, rule

"""A rule in one line: what it says, with the rules within it, and where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cm_cli.domain.regulation.base import is_made
from cm_cli.domain.regulation.rules import every_sourced
from cm_cli.domain.sheet import plain
from cm_cli.language import _, pick

if TYPE_CHECKING:
    from collections.abc import Collection

    from pydantic import BaseModel

    from cm_cli.domain.regulation.base import Sourced


def summary(rule: BaseModel, but: Collection[str] = ()) -> str:
    """Return what a rule itself says in one line; the rules within it speak for themselves.

    ``but`` are keys that are said elsewhere.
    """
    said = []
    for name, info in type(rule).model_fields.items():
        value = getattr(rule, name)
        said_elsewhere = is_made(info) or name in {"article", "chosen", "name", "aliases", *but}
        if not said_elsewhere and value != info.default:
            text = plainly(value)
            if text:
                said.append(f"{info.alias or name}: {text}")
    return ", ".join(said)


def plainly(value: Any) -> str:
    """Return a value as text; "" for rules, which have rows of their own."""
    from decimal import Decimal

    from pydantic import BaseModel

    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return " ".join(f"{key} {plainly(item)}" for key, item in value.items())
    if isinstance(value, tuple):
        return " ".join(filter(None, map(plainly, value)))
    return "" if value is None or isinstance(value, BaseModel) else str(value)


def says(rule: BaseModel, but: Collection[str] = ()) -> str:
    """Return all a rule says in one line, with the rules within it; ``but`` is said elsewhere."""
    from pydantic import BaseModel

    said = [summary(rule, but)]
    for name, info in type(rule).model_fields.items():
        value = getattr(rule, name)
        if name in but:
            continue
        if isinstance(value, BaseModel) and name != "name":
            said.append(f"{info.alias or name}: {says(value)}")
        elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            parts = [_item(part) for part in value]
            said.append(f"{info.alias or name}: {' | '.join(parts)}")
    return "; ".join(filter(None, said))


def _item(part: BaseModel) -> str:
    """Return one of several rules within a rule: its name and what it says besides."""
    name = getattr(part, "name", None)
    rest = says(part)
    code = getattr(part, "code", None) or getattr(part, "state", None)
    rest = ", ".join(
        one for one in rest.split(", ") if one not in {f"code: {code}", f"state: {code}"}
    )
    return f"{pick(name.both())} ({rest})" if name and rest else pick(name.both()) if name else rest


def cited(rule: Sourced, but: Collection[str] = ()) -> str:
    """Return all a rule says in one line, and where it comes from."""
    return ", ".join(filter(None, (says(rule, but), source_text(rule))))


def source_text(rule: Sourced, *, layer: bool = True) -> str:
    """Say where a rule comes from: its article, the reason it was chosen, or both; its layer."""
    said = []
    if rule.article:
        said.append(_("article {article}").format(article=rule.article))
    if rule.chosen:
        said.append(_("chosen: {why}").format(why=_(rule.chosen)))
    return "; ".join(said) + (f" [{rule.layer}]" if layer and rule.layer else "")


def sources(rule: BaseModel) -> list[str]:
    """Return where a rule, and the rules within it, come from; each once."""
    return list(dict.fromkeys(source_text(one) for _path, one in every_sourced(rule)))

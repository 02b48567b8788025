"""A starting file for a regulation of one's own: what is needed, and every section as a comment.

The sections are read off the schema, so that none is forgotten; each can be uncommented as it
stands. A layer begins with what its parent left open, to be decided or left as it is.
"""

from __future__ import annotations

import inspect
import json
from typing import TYPE_CHECKING, Any

from cm_cli.domain.regulation.base import Name, Sourced, is_made
from cm_cli.domain.regulation.examples import Quoted, Word, models_in, value_of
from cm_cli.domain.regulation.layers import IDENTITY
from cm_cli.domain.regulation.rules import every_sourced
from cm_cli.domain.regulation.schema import Regulation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

    from cm_cli.domain.regulation.nodes import Path

_HEAD = frozenset({"regulation", "extends", "remove", "name", "source", "issued_by", "since"})
_TITLES = {  # the sections in Chinese; what they are in English stands in the schema
    "articles": "来源的条数", "until": "停止施行日", "reads": "读法", "roles": "角色",
    "unit_kinds": "机构类别", "grades": "职级，从低到高", "term": "聘期",
    "classes": "客户分类，从高到低", "duties": "职责", "assignment": "客户分配",
    "indicators": "指标", "appraisal": "考核",
    "consequences": "考核结果的运用", "workflows": "流程", "training": "培训",
    "lists": "来源列举的内容",
}  # fmt: skip
_SHORT = 4  # keys that fit one line


def starting(code: str, today: date) -> str:
    """Return a file that passes the check as it is, with each section as a commented example."""
    lines = [
        "# 每个数字和选择都要有依据：article（来源的条款）或 chosen（为何这样定）。",
        "# Every number and choice needs its source: `article:` (where ruled) or `chosen:` (why).",
        "# 去掉 # 即启用；检查：cm regulation check FILE。 Uncomment what you need, then check.",
        "",
        f"regulation: {code}",
        "name: {zh: 客户经理管理办法, en: rules of client managers}",
        "source: 来源文件 / the document it comes from",
        "issued_by: {zh: 发布单位, en: issued by}",
        f"since: {today.isoformat()}",
    ]
    for name, info in Regulation.model_fields.items():
        key = info.alias or name
        if key not in _HEAD and not is_made(info):
            lines += ["", f"# {_title(key, info)}"]
            lines += [f"# {line}" for line in _block({key: value_of(Regulation, key, info, ())})]
    return "\n".join(lines) + "\n"


def layer(code: str, parent: str, rules: Regulation) -> str:
    """Return a layer over a parent: what that left open, as commented items to decide."""
    lines = [
        f"# 在 {parent} 之上的本机构办法：只写不同之处；未写的按上层办法。",
        f"# A layer over {parent}: only what differs is written; the rest is the parent's.",
        "",
        f"regulation: {code}",
        f"extends: {parent}",
        f"# since: {rules.since.isoformat()}",
        "",
        "# 以下各项来源未定、由上层办法自定；要改的去掉 #，改数字，写明为何（chosen）。",
        "# What the source leaves open and the parent chose: uncomment what you decide otherwise,",
        "# change it, say why. To take an item away: `remove: [{item: grades.CODE, chosen: why}]`.",
    ]
    for key, part in _open(rules).items():
        lines += ["", *(f"# {line}" for line in _block({key: part}))]
    return "\n".join(lines) + "\n"


def _title(key: str, info: FieldInfo) -> str:
    """Return what a section is in both languages: the first line of its model's docstring."""
    model = next((one for one in models_in(info.annotation)), None)
    said = (inspect.getdoc(model) or "").partition("\n")[0] if model else key
    return " · ".join(filter(None, (_TITLES.get(key, ""), said)))


def _open(rules: Regulation) -> dict[str, Any]:
    """Return what was chosen, within the keys and codes that lead to it."""
    made: dict[str, Any] = {}
    for path, rule in every_sourced(rules):
        if rule.chosen and path and path[0] != "remove":
            _hang(made, rules, path, rule)
    return made


def _hang(made: dict[str, Any], rules: Regulation, path: Path, rule: Sourced) -> None:
    """Add one rule to the tree, with the codes of the items around it."""
    here: Any = made
    part: Any = rules
    for at, step in enumerate(path):
        if isinstance(step, int):
            part = part[step]
            word = next(key for key in IDENTITY if getattr(part, key, None))
            code = getattr(part, word)
            item = next((one for one in here if one.get(word) == code), None)
            if item is None:
                item = {word: code}
                here.append(item)
            here = item
            continue
        part = getattr(part, _field(part, step))
        listed = isinstance(part, tuple)
        if listed and not any(getattr(part[0], key, None) for key in IDENTITY):
            here[step] = [_written(one) for one in part]
            return
        if at < len(path) - 1 or not listed:
            here = here.setdefault(step, [] if listed else {})
    here.update(_own(rule))


def _field(model: BaseModel, key: str) -> str:
    fields = type(model).model_fields.items()
    return next(name for name, info in fields if (info.alias or name) == key)


def _own(rule: Sourced) -> dict[str, Any]:
    """Return what a rule itself says, without names and without the rules within it."""
    written = _written(rule)
    for name, info in type(rule).model_fields.items():
        value = getattr(rule, name)
        parts = value if isinstance(value, tuple) else (value,)
        within = any(isinstance(p, Name) or list(every_sourced(p)) for p in parts if p is not None)
        if within or name == "aliases":
            written.pop(info.alias or name, None)
    return written


def _written(rule: BaseModel) -> dict[str, Any]:
    made: dict[str, Any] = rule.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return {key: _without_layer(value) for key, value in made.items() if key != "layer"}


def _without_layer(value: Any) -> Any:
    if isinstance(value, dict):
        sourced = "article" in value or "chosen" in value
        return {k: _without_layer(v) for k, v in value.items() if not (sourced and k == "layer")}
    return [_without_layer(one) for one in value] if isinstance(value, list) else value


def _block(value: Any) -> Iterator[str]:
    """Yield the lines of a tree as YAML."""
    if isinstance(value, dict):
        for key, one in value.items():
            if _nested(one):
                yield f"{key}:"
                yield from (f"  {line}" for line in _block(one))
            else:
                yield f"{key}: {_flow(one)}{getattr(one, 'others', '')}"
    elif isinstance(value, list):
        for one in value:
            lines = list(_block(one)) if _nested(one) else [_flow(one)]
            yield f"- {lines[0]}"
            yield from (f"  {line}" for line in lines[1:])


def _nested(value: Any) -> bool:
    """Say whether a value is written over several lines."""
    if isinstance(value, dict):
        parts = list(value.values())
        return len(parts) > _SHORT or any(isinstance(p, (dict, list, Word)) for p in parts)
    return isinstance(value, list) and any(isinstance(one, (dict, list)) for one in value)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if isinstance(value, Quoted):
        return json.dumps(text)
    plain = text.isascii() and text.replace("_", "").replace("-", "").replace(".", "").isalnum()
    if plain and text.lower() not in {"null", "yes", "no"}:
        return text
    return json.dumps(text, ensure_ascii=False)

"""A scorecard as JSON and back, exactly: decimals are texts, days are ISO dates.

The types of the dataclasses are the format; unknown or missing keys are refused, so a kept card
is either read whole or not at all.
"""

from __future__ import annotations

import dataclasses
import json
import types
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from cm_cli.domain.appraisal.card import Scorecard


def to_json(card: Scorecard) -> str:
    """Return the card as one JSON text: same card, same bytes."""
    return json.dumps(_out(card), ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> Scorecard:
    """Return the card a JSON text was made from; raises ValueError for any other text."""
    try:
        card: Scorecard = _in(Scorecard, json.loads(text))
    except (KeyError, TypeError, ArithmeticError) as error:
        raise ValueError(f"not a scorecard: {error}") from error
    return card


def _out(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {f.name: _out(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [_out(each) for each in value]
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def _in(kind: Any, value: Any) -> Any:
    if isinstance(kind, types.UnionType):
        return None if value is None else _in(get_args(kind)[0], value)
    if get_origin(kind) is tuple:
        return tuple(_in(get_args(kind)[0], each) for each in value)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = _hints(kind)
        if set(value) != set(hints):
            raise ValueError(f"not a scorecard: keys of {kind}: {sorted(set(value) ^ set(hints))}")
        return kind(**{name: _in(hint, value[name]) for name, hint in hints.items()})
    if kind is Decimal:
        return Decimal(value)
    if kind is date:
        return date.fromisoformat(value)
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is not {kind}")
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)

"""What every case has, and the answer it is compared by."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - pydantic is not asked
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from pydantic import Field

from cm_cli.domain.regulation.base import Code, Rule, Text
from cm_cli.domain.sheet import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Answer = dict[str, str]
Both = tuple[Answer, Answer]
Number: TypeAlias = Annotated[Decimal, Field(ge=-(10**15), le=10**15)]
Numbers = dict[Code, Number]
Heads: TypeAlias = Annotated[int, Field(ge=0, le=1_000_000)]
Records: TypeAlias = Annotated[int, Field(ge=0, le=10_000)]  # made one by one
Day: TypeAlias = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2199, 12, 31))]


class FactError(ValueError):
    """A fact of a case is not what its rule looks at; the text says so."""


class Case(Rule):
    """What a case is called and the article it is about."""

    name: Text
    """What the case is about, in a few words."""
    article: Text
    """The article or articles it covers."""


def one(rules: Iterable[Any], code: str) -> Any:
    """Return the rule of that code, or None."""
    return next((rule for rule in rules if rule.code == code), None)


def number(value: Decimal | int | None) -> str:
    """Return a number as a case writes it; "" for none."""
    return "" if value is None else plain(Decimal(value))


def at(wanted: Decimal | None, value: Decimal | None) -> str:
    """Return a value to as many places as the case writes."""
    if value is None or wanted is None:
        return number(value)
    return number(value.quantize(wanted, ROUND_HALF_UP))


def words(values: Sequence[str] | Mapping[str, Any]) -> str:
    """Return words in one line."""
    return " ".join(values)


def yes(value: object) -> str:
    """Return yes or no."""
    return "yes" if value else "no"


def both(expected: Mapping[str, object | None], got: Mapping[str, str]) -> Both:
    """Keep of both answers what the case says anything about."""
    said = {key: str(value) for key, value in expected.items() if value is not None}
    return said, {key: got.get(key, "") for key in said}

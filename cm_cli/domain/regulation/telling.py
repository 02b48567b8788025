"""Tables of a regulation whose rows know the articles they stand on."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cm_cli.domain.regulation.check import articles_of
from cm_cli.domain.regulation.rules import every_sourced
from cm_cli.domain.sheet import Column, Sheet
from cm_cli.language import _, pick

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel

    from cm_cli.domain.regulation.base import Name, Sourced
    from cm_cli.domain.sheet import Cell

_DIGITS = ("0123456789", "一二三四五六七八九十百")
_SPAN = re.compile("([1-9][0-9]*)-([1-9][0-9]*)")


@dataclass(frozen=True, slots=True)
class Told:
    """One row, and the articles of the rules it tells of."""

    cells: tuple[Cell, ...]
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns; ``sheet`` keeps all of them, or those that stand on an article."""

    name: str
    title: str
    columns: tuple[Column, ...]
    told: Sequence[Told]

    def sheet(self, article: str = "") -> Sheet:
        """Return the table, or what of it stands on the article."""
        kept = [one for one in self.told if not article or _stands_on(one.articles, article)]
        return Sheet(self.name, self.title, self.columns, [one.cells for one in kept])


def told(cells: tuple[Cell, ...], *rules: Sourced | None) -> Told:
    """Return a row that tells of these rules, and not of the rules within them."""
    cited = [one for rule in rules if rule for one in articles_of(rule.article)]
    return Told(cells, tuple(cited))


def told_whole(cells: tuple[Cell, ...], *rules: BaseModel) -> Told:
    """Return a row that tells of these rules and of all within them."""
    return told(cells, *(one for rule in rules for _path, one in every_sourced(rule)))


def _stands_on(articles: Sequence[str], wanted: str) -> bool:
    """Say whether one of the articles is the one wanted, or a part of it: 16 also means 16(1)."""
    return any(
        _is_of(article, one)
        for one in articles_of(unicodedata.normalize("NFKC", wanted))
        for article in articles
    )


def _is_of(article: str, wanted: str) -> bool:
    if not article.startswith(wanted):
        span = _SPAN.fullmatch(article)
        return bool(span and wanted.isdecimal() and int(span[1]) <= int(wanted) <= int(span[2]))
    rest = article[len(wanted) :]
    return not rest or not _one_number(wanted[-1] + rest[0])


def _one_number(pair: str) -> bool:
    """Say whether two characters belong to one number: 1 is no part of 16, 十 none of 十六."""
    return any(set(pair) <= set(digits) for digits in _DIGITS)


def source_column() -> Column:
    """Return the column that says where a row comes from."""
    return Column("source", _("Source"))


def named(name: Name, aliases: tuple[str, ...] = ()) -> str:
    """Return a name in the language in use, with its aliases."""
    return pick(name.both()) + (f" ({', '.join(aliases)})" if aliases else "")

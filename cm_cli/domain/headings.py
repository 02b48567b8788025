"""What the headings of a table mean: the field, and the unit of money that is read or strange."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from cm_cli.domain.quantities import AMOUNT_UNITS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cm_cli.domain.kind import Field, Kind

_NOISE = re.compile(r"[\s*:：_\-/]+")
_BRACKETED = re.compile(r"(.*?)\s*[(\[【](.*?)[)\]】]\s*", re.DOTALL)
_DIVIDED = re.compile(r"(.*\S)\s*[\s/,:;_-]\s*([^\s/,:;_-]+)\s*", re.DOTALL)
_YUAN = re.compile(r"单位:?|人民币|rmb|cny|[¥\s]")
_ENGLISH = {"thousand": "千元", "million": "百万元", "yuan": "元"}
_ENGLISH |= {"thousandyuan": "千元", "millionyuan": "百万元"}
_MONEY = re.compile(
    r"[元圆万亿千$€£]|港币|美金|英镑|usd|eur|hkd|jpy|gbp|dollar|illion|thousand", re.IGNORECASE
)


def heading_key(text: str) -> str:
    """Return what two spellings of one heading have in common."""
    folded = unicodedata.normalize("NFKC", text).strip().strip("*").casefold()
    return _NOISE.sub("", folded)


def headings(kind: Kind) -> dict[str, Field]:
    """Return every heading, name and alias of the kind's fields, by ``heading_key``."""
    found: dict[str, Field] = {}
    for each in kind.given:
        for word in (each.name, each.zh, each.en, *each.aliases):
            found.setdefault(heading_key(word), each)
    return found


def match_heading(known: Mapping[str, Field], heading: str) -> tuple[Field | None, str]:
    """Return the field a heading means and the unit it states (``余额（万元）``)."""
    name, unit = unit_of_heading(heading)
    return known.get(heading_key(name)) or known.get(heading_key(heading)), unit


def unit_of_heading(text: str) -> tuple[str, str]:
    """Split ``总资产（万元）`` into its name and its unit of money, if it has one.

    ``（单位：人民币亿元）``, ``[RMB million]``, ``总资产/亿元`` and ``总资产 亿元`` are units too.
    """
    folded = unicodedata.normalize("NFKC", text)
    found = _BRACKETED.fullmatch(folded) or _DIVIDED.fullmatch(folded)
    unit = _unit_said(found[2]) if found else ""
    return (found[1], unit) if found and unit else (folded, "")


def strange_unit(heading: str) -> str:
    """Return what a heading seems to name as its unit of money, where that is not read."""
    folded = unicodedata.normalize("NFKC", heading)
    found = _BRACKETED.fullmatch(folded) or _DIVIDED.fullmatch(folded)
    if found is None or _unit_said(found[2]) or not _MONEY.search(found[2]):
        return ""
    return found[2]


def _unit_said(text: str) -> str:
    """Return the unit of money that a text says and nothing else, or an empty text."""
    bare = _YUAN.sub("", text.casefold())
    unit = _ENGLISH.get(bare, bare)
    return unit if AMOUNT_UNITS.get(unit) else ""

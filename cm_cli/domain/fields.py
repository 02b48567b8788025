"""Types of fields: how a raw value is read, kept in the store, and given back.

A raw value is whatever a person typed or a file held (text, number, date). ``parse`` answers
with a typed value or raises ``BadValueError``; ``keep`` and ``give`` convert to and from the store,
which knows only text and whole numbers (money as integer 分, other numbers as exact text).
"""

from __future__ import annotations

import difflib
import json
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, ClassVar

from cm_cli.domain import period as periods
from cm_cli.domain.sheet import UNITS, ColumnType, plain
from cm_cli.errors import CmError
from cm_cli.language import _, pick

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cm_cli.domain.tree import Tree

Value = str | int | Decimal | date | bool | tuple[str, ...] | None
Kept = str | int | None
_REFUSED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_LIST_MARKS = re.compile(r"[;；、,，|\n]")
_EXCEL_DAY_ZERO = date(1899, 12, 30)
_EXCEL_DAYS = range(18_264, 73_416)  # 1950-01-01 to 2100-12-31 as spreadsheet serial numbers
_YEARS = range(1900, 2200)
_AMOUNT_UNITS = {
    "": None,
    "元": Decimal(1),
    "圆": Decimal(1),
    "千元": Decimal(1000),
    "万": Decimal(10_000),
    "万元": Decimal(10_000),
    "百万元": Decimal(1_000_000),
    "亿": Decimal(100_000_000),
    "亿元": Decimal(100_000_000),
}
_AMOUNT = re.compile(r"([+-]?)([\d.]+)\s*(元|圆|千元|万元|万|百万元|亿元|亿)?")
_LARGEST = 2**63 - 1
_JSON = json.JSONEncoder(ensure_ascii=False)


class BadValueError(ValueError):
    """A raw value that cannot be read: what is wrong and how to mend it."""

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a list: a code, its names by language, and other words for it."""

    code: str
    names: Mapping[str, str]
    aliases: tuple[str, ...] = ()

    def words(self) -> tuple[str, ...]:
        """Return every word that means this option."""
        return (self.code, *self.names.values(), *self.aliases)


@dataclass(frozen=True, slots=True)
class Context:
    """What reading a value may depend on: the store's lists, the trees, a column's unit."""

    lists: Mapping[str, Sequence[Option]] = field(default_factory=dict)
    trees: Mapping[str, Tree] = field(default_factory=dict)
    unit: str = ""


def tidy(raw: object, *, lines: bool = False) -> str:
    """Return the raw value as NFC text without blanks around; refuses hidden characters."""
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    text = str(raw)
    if text.isprintable():  # nothing hidden and no line break: nearly every cell
        return (text if text.isascii() else unicodedata.normalize("NFC", text)).strip()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    hidden = _REFUSED.search(text)
    if hidden:
        raise BadValueError(
            _("holds the hidden character U+{code}").format(code=f"{ord(hidden.group()):04X}"),
            _("Delete that character; it cannot be seen but changes what is stored."),
        )
    text = unicodedata.normalize("NFC", text).strip()
    return text if lines else text.replace("\n", " ").replace("\t", " ")


def halfwidth(raw: object) -> str:
    """Return the value as text with full-width digits and signs made plain (NFKC)."""
    text = tidy(raw)
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def nearest(word: str, words: Sequence[str]) -> str:
    """Return the sentence that suggests the nearest word, or nothing."""
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.5)
    if not close:
        close = [other for other in words if word and word in other][:1]
    return _("Did you mean “{word}”?").format(word=close[0]) if close else ""


@dataclass(frozen=True, slots=True)
class FieldType:
    """The base of all types; on its own it is short text of one line."""

    sql: ClassVar[str] = "TEXT"
    column: ClassVar[ColumnType] = "text"
    longest: int = 200
    lines: bool = False

    def parse(self, raw: object, context: Context) -> Value:
        """Read a raw value; raises BadValueError."""
        del context
        text = tidy(raw, lines=self.lines)
        if len(text) > self.longest:
            raise BadValueError(
                _("has {count} characters, at most {most} are kept").format(
                    count=len(text), most=self.longest
                )
            )
        return text or None

    def keep(self, value: Value) -> Kept:
        """Return the value as the store keeps it."""
        return None if value is None else str(value)

    def give(self, kept: Kept) -> Value:
        """Return the value the store kept."""
        return kept


class Text(FieldType):
    """Text of one line, or of several where ``lines`` is set."""


@dataclass(frozen=True, slots=True)
class Code(FieldType):
    """An identifier: letters, digits, ``.``, ``_``, ``-``; leading zeros belong to it."""

    column: ClassVar[ColumnType] = "code"
    longest: int = 40

    def parse(self, raw: object, context: Context) -> Value:
        """Read a code; a number that a spreadsheet has spoilt is refused."""
        del context
        if isinstance(raw, float) and not raw.is_integer():
            raise BadValueError(
                _("is a number, not a code"),
                _("Set the column to text format in the spreadsheet and type the code again."),
            )
        text = halfwidth(raw)
        if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", text):
            raise BadValueError(
                _("is a code that a spreadsheet has shortened to a number"),
                _("Set the column to text format in the spreadsheet and type the code again."),
            )
        if text and (len(text) > self.longest or not re.fullmatch(r"[\w.\-]+", text)):
            raise BadValueError(
                _("is not a code"),
                _("Use letters, digits, “.”, “_” and “-”, at most {most} characters.").format(
                    most=self.longest
                ),
            )
        return text or None


@dataclass(frozen=True, slots=True)
class Day(FieldType):
    """A day of the calendar, kept as ``2026-11-21``."""

    column: ClassVar[ColumnType] = "day"

    def parse(self, raw: object, context: Context) -> Value:
        """Read 2026-11-21, 2026/11/21, 2026.11.21, 20261121, 2026年11月21日 or a serial number."""
        del context
        if isinstance(raw, datetime):
            return raw.date()
        if isinstance(raw, date):
            return raw
        if isinstance(raw, int | float) and not isinstance(raw, bool) and int(raw) in _EXCEL_DAYS:
            return _EXCEL_DAY_ZERO + timedelta(days=int(raw))
        text = halfwidth(raw)
        return _day_of(text) if text else None

    def give(self, kept: Kept) -> Value:
        """Return the day."""
        return None if kept is None else date.fromisoformat(str(kept))


def _day_of(text: str) -> date:
    found = re.fullmatch(
        r"(\d{4})(?:[-/.年]\s*(\d{1,2})[-/.月]\s*(\d{1,2})日?|(\d{2})(\d{2}))"
        r"(?:[ T]00:00(?::00)?)?",
        text,
    )
    try:
        if found and int(found[1]) in _YEARS:
            return date(int(found[1]), int(found[2] or found[4]), int(found[3] or found[5]))
    except ValueError:
        pass
    raise BadValueError(_("is not a day of the calendar"), _("Write it as 2026-11-21."))


@dataclass(frozen=True, slots=True)
class Clock(FieldType):
    """A time of the day, kept as ``09:30``."""

    column: ClassVar[ColumnType] = "code"

    def parse(self, raw: object, context: Context) -> Value:
        """Read 9:30, 09:30 or 09:30:00."""
        del context
        if isinstance(raw, datetime | time):
            return f"{raw:%H:%M}"
        text = halfwidth(raw)
        if not text:
            return None
        found = re.fullmatch(r"(\d{1,2}):(\d{2})(?::\d{2})?", text)
        if not found or int(found[1]) > 23 or int(found[2]) > 59:  # noqa: PLR2004 - a day's clock
            raise BadValueError(_("is not a time of the day"), _("Write it as 09:30."))
        return f"{int(found[1]):02}:{found[2]}"


@dataclass(frozen=True, slots=True)
class Month(FieldType):
    """A month, quarter or year, kept as ``2016-03``, ``2016Q1`` or ``2016``."""

    column: ClassVar[ColumnType] = "code"

    def parse(self, raw: object, context: Context) -> Value:
        """Read a period; 2016年3月, 2016年 and a date cell of a month's first day are taken too."""
        del context
        if isinstance(raw, datetime | date):
            return f"{raw:%Y-%m}"
        text = halfwidth(raw)
        text = re.sub(r"^(\d{4})年(\d{1,2})月$", lambda m: f"{m[1]}-{int(m[2]):02}", text)
        text = re.sub(r"^(\d{4})年(?:第)?([1-4一二三四])季度$", _quarter_word, text)
        text = re.sub(r"^(\d{4})[/.](\d{1,2})$", lambda m: f"{m[1]}-{int(m[2]):02}", text)
        text = re.sub(r"^(\d{4})年(度)?$", r"\1", text)
        if not text:
            return None
        try:
            return str(periods.parse(text))
        except CmError as refused:
            raise BadValueError(_("is not a period"), refused.mend) from None


def _quarter_word(found: re.Match[str]) -> str:
    number = "一二三四".find(found[2]) + 1 or int(found[2])
    return f"{found[1]}Q{number}"


@dataclass(frozen=True, slots=True)
class Amount(FieldType):
    """Money: ``Decimal`` yuan in the program, integer 分 in the store, ``unit`` for people."""

    sql: ClassVar[str] = "INTEGER"
    column: ClassVar[ColumnType] = "money"
    unit: str = "元"

    def parse(self, raw: object, context: Context) -> Value:
        """Read an amount; a bare number is in the column's unit, else in the field's own."""
        if isinstance(raw, bool):
            raise BadValueError(_("is not an amount"), _("Write it as 1234.56 or 1234.56万元."))
        text = halfwidth(repr(raw) if isinstance(raw, float) else raw)
        if not text:
            return None
        number, unit = _amount(text)
        scale = _AMOUNT_UNITS[unit or context.unit or self.unit] or Decimal(1)
        fen = number * scale * 100
        whole = fen.to_integral_value()
        if fen != whole and not isinstance(raw, float):
            raise BadValueError(_("is finer than one 分"), _("Round it to whole 分 (0.01 yuan)."))
        if abs(whole) > _LARGEST:
            raise BadValueError(_("is too large an amount"))
        return whole / 100

    def keep(self, value: Value) -> Kept:
        """Return the amount in 分."""
        return int(value * 100) if isinstance(value, Decimal) else None

    def give(self, kept: Kept) -> Value:
        """Return the amount in yuan."""
        return None if kept is None else Decimal(kept) / 100


def _amount(text: str) -> tuple[Decimal, str]:
    """Return number and unit of ``1,234.5万元``, ``￥100`` or ``(100.00)``."""
    bracketed = re.fullmatch(r"\((.*)\)", text) if text[:1] == "(" else None
    inner = (bracketed[1] if bracketed else text).replace(",", "").lstrip("￥¥").strip()
    found = _AMOUNT.fullmatch(inner) or re.fullmatch(r"([+-]?)([\d.]+[eE][+-]?\d{1,2})()", inner)
    if not found:
        raise BadValueError(_("is not an amount"), _("Write it as 1234.56 or 1234.56万元."))
    try:
        number = Decimal(found[1] + found[2])
    except InvalidOperation:
        raise BadValueError(
            _("is not an amount"), _("Write it as 1234.56 or 1234.56万元.")
        ) from None
    return (-number if bracketed else number), found[3] or ""


@dataclass(frozen=True, slots=True)
class Number(FieldType):
    """An exact decimal number, kept as text."""

    column: ClassVar[ColumnType] = "number"
    least: Decimal | None = None
    most: Decimal | None = None

    def parse(self, raw: object, context: Context) -> Value:
        """Read a number; 1,234.5 and full-width digits are taken, nan and 1_000 are not."""
        del context
        if isinstance(raw, bool):
            raise BadValueError(_("is not a number"))
        text = halfwidth(repr(raw) if isinstance(raw, float) else raw).replace(",", "")
        if not text:
            return None
        if not re.fullmatch(r"[+-]?\d{1,18}(\.\d{1,12})?([eE][+-]?\d{1,2})?", text):
            raise BadValueError(_("is not a number"), _("Write digits, as 1234.5."))
        number = Decimal(text)
        self._in_range(number)
        return number

    def _in_range(self, number: Decimal) -> None:
        if self.least is not None and number < self.least:
            raise BadValueError(_("is below {least}").format(least=plain(self.least)))
        if self.most is not None and number > self.most:
            raise BadValueError(_("is above {most}").format(most=plain(self.most)))

    def keep(self, value: Value) -> Kept:
        """Return the number's shortest exact text."""
        return plain(value) if isinstance(value, Decimal) else None

    def give(self, kept: Kept) -> Value:
        """Return the number."""
        return None if kept is None else Decimal(kept)


@dataclass(frozen=True, slots=True)
class YesNo(FieldType):
    """Yes or no, kept as 1 or 0."""

    sql: ClassVar[str] = "INTEGER"
    column: ClassVar[ColumnType] = "flag"

    def parse(self, raw: object, context: Context) -> Value:
        """Read yes/no, 是/否, true/false, 1/0."""
        del context
        word = halfwidth(raw).lower()
        if not word:
            return None
        if word in {"yes", "y", "true", "1", "是", "√", "有"}:
            return True
        if word in {"no", "n", "false", "0", "否", "×", "无"}:
            return False
        raise BadValueError(_("is neither yes nor no"), _("Write yes or no (是 or 否)."))

    def keep(self, value: Value) -> Kept:
        """Return 1 or 0."""
        return None if value is None else int(bool(value))

    def give(self, kept: Kept) -> Value:
        """Return true or false."""
        return None if kept is None else bool(kept)


@dataclass(frozen=True, slots=True)
class Choice(FieldType):
    """One of a list: a fixed one (``options``) or one the store keeps (``source``)."""

    column: ClassVar[ColumnType] = "text"
    options: tuple[Option, ...] = ()
    source: str = ""

    def among(self, context: Context) -> Sequence[Option]:
        """Return the options in force."""
        return context.lists.get(self.source, ()) if self.source else self.options

    def parse(self, raw: object, context: Context) -> Value:
        """Read a code, a name in either language, or another word for an option."""
        text = halfwidth(raw)
        if not text:
            return None
        options = self.among(context)
        folded = text.casefold()
        for option in options:
            if any(folded == word.casefold() for word in option.words()):
                return option.code
        words = [word for option in options for word in option.words()]
        shown = ", ".join(f"{option.code} {pick(option.names)}" for option in options)
        raise BadValueError(
            _("is not in the list"),
            nearest(text, words) or _("It may be one of: {options}.").format(options=shown),
        )


@dataclass(frozen=True, slots=True)
class Named(FieldType):
    """A name of a tree (region, industry); other spellings become the tree's own."""

    tree: str = ""
    longest: int = 60

    def parse(self, raw: object, context: Context) -> Value:
        """Read a name; one the tree does not know is kept as written."""
        text = tidy(raw)
        if len(text) > self.longest:
            raise BadValueError(
                _("has {count} characters, at most {most} are kept").format(
                    count=len(text), most=self.longest
                )
            )
        tree = context.trees.get(self.tree)
        return (tree.canonical(text) if tree else text) or None


@dataclass(frozen=True, slots=True)
class Ref(FieldType):
    """The code of a record of another kind; whether it exists is asked of the store."""

    column: ClassVar[ColumnType] = "code"
    kind: str = ""

    def parse(self, raw: object, context: Context) -> Value:
        """Read the code, or a name that the store resolves to one."""
        del context
        return tidy(raw) or None


@dataclass(frozen=True, slots=True)
class Several(FieldType):
    """Several values of one type, written ``浙江;江苏`` and kept as a JSON array."""

    of: FieldType = field(default_factory=FieldType)

    def parse(self, raw: object, context: Context) -> Value:
        """Read each value; doubles are dropped, the order is kept."""
        parts = raw if isinstance(raw, list | tuple) else _LIST_MARKS.split(tidy(raw, lines=True))
        values = [str(value) for part in parts if (value := self.of.parse(part, context))]
        return tuple(dict.fromkeys(values)) or None

    def keep(self, value: Value) -> Kept:
        """Return the values as a JSON array."""
        return _JSON.encode(value) if isinstance(value, tuple) else None

    def give(self, kept: Kept) -> Value:
        """Return the values."""
        return tuple(json.loads(str(kept))) if kept else None


def unit_of_heading(text: str) -> tuple[str, str]:
    """Split ``总资产（万元）`` into its name and its unit of money, if it has one."""
    folded = unicodedata.normalize("NFKC", text)
    found = re.fullmatch(r"(.*?)\s*\((.*?)\)\s*", folded, re.DOTALL)
    if found and (found[2] in _AMOUNT_UNITS or found[2] in UNITS):
        return found[1], found[2]
    return folded, ""

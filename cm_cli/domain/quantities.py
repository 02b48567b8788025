"""Types of fields that measure: days, times, periods, amounts of money, numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Context as Exact
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, ClassVar

from cm_cli.domain import period as periods
from cm_cli.domain.fields import BadValueError, FieldType, column_of, halfwidth
from cm_cli.domain.sheet import ColumnType, plain
from cm_cli.errors import CmError
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cm_cli.domain.fields import Context, Kept, Value

_EXCEL_DAY_ZERO = date(1899, 12, 30)
_EXCEL_DAYS = range(18_264, 73_416)  # 1950-01-01 to 2100-12-31 as spreadsheet serial numbers
_SERIAL = 5  # digits of a serial number: no other way of writing a day has as few
AMOUNT_UNITS = {  # in yuan; none for an amount without a unit
    "": None,
    "元": Decimal(1),
    "圆": Decimal(1),
    "千元": Decimal(1000),
    "万": Decimal(10_000),
    "万元": Decimal(10_000),
    "百万": Decimal(1_000_000),
    "百万元": Decimal(1_000_000),
    "千万": Decimal(10_000_000),
    "千万元": Decimal(10_000_000),
    "亿": Decimal(100_000_000),
    "亿元": Decimal(100_000_000),
    "万亿": Decimal(1_000_000_000_000),
    "万亿元": Decimal(1_000_000_000_000),
}
_GROUPED = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d{1,4}(?:,\d{4})+)(?!\d)[^,]*"
_SIMPLE = re.compile("[0-9]{1,12}(?:[.][0-9]{1,4})?")
_PLACES = range(5)  # digits after the point of a simple amount
_alike = [  # by how many there are, the same in every cell
    column_of("[0-9]{1,12}" + f"[.][0-9]{{{places}}}" * bool(places)) for places in _PLACES
]
_simple = [column_of(f"[0-9]{{1,12}}(?:[.][0-9]{{1,{places}}})?") for places in _PLACES[1:]]
_UNITS = "|".join(filter(None, AMOUNT_UNITS))
_AMOUNT = rf"([+-]?)([\d.]+)\s*(?:({_UNITS})整?|\(({_UNITS})\))?"
_CURRENCY = r"(?i)^\s*(?:人民币|RMB|CNY|[￥¥])|(?:人民币|RMB|CNY)\s*$"
_CLOCK = r"(上午|早上|下午|晚上)?\s*(\d{1,2})(?::(\d{2})(?::\d{2})?|[点时](?:(\d{1,2})分?)?)"
_LARGEST = 2**63 - 1
_BEYOND = Decimal(10) ** 18


@dataclass(slots=True, eq=False, repr=False)
class Day(FieldType):
    """A day of the calendar, kept as ``2026-11-21``."""

    column: ClassVar[ColumnType] = "day"
    dashed: ClassVar[bool] = True

    def parse(self, raw: object, context: Context) -> Value:
        """Read 2026-11-21, 2026/11/21, 2026.11.21, 20261121, 2026年11月21日 or a serial number.

        A weekday or a time of the day behind it is no part of the day.
        """
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
        r"(?:\s*\(?(?:星期|周)[一二三四五六日天]\)?)?"
        r"(?:[ T]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?",
        text,
    )
    try:
        if len(text) == _SERIAL and text.isdecimal() and int(text) in _EXCEL_DAYS:
            return _EXCEL_DAY_ZERO + timedelta(days=int(text))
        if found and int(found[1]) in periods.YEARS:
            return date(int(found[1]), int(found[2] or found[4]), int(found[3] or found[5]))
    except ValueError:
        pass
    raise BadValueError(_("is not a day of the calendar"), _("Write it as 2026-11-21."))


@dataclass(slots=True, eq=False, repr=False)
class Clock(FieldType):
    """A time of the day, kept as ``09:30``."""

    column: ClassVar[ColumnType] = "code"
    dashed: ClassVar[bool] = True

    def parse(self, raw: object, context: Context) -> Value:
        """Read 9:30, 09:30, 09:30:00, 9点30分 or 下午3:20."""
        del context
        if isinstance(raw, datetime | time):
            return f"{raw:%H:%M}"
        text = halfwidth(raw)
        if not text:
            return None
        found = re.fullmatch(_CLOCK, text)
        hour, minute = (int(found[2]), int(found[3] or found[4] or 0)) if found else (24, 0)
        if found and found[1] in {"下午", "晚上"} and hour < 12:  # noqa: PLR2004 - half a day
            hour += 12
        if hour > 23 or minute > 59:  # noqa: PLR2004 - a day's clock
            raise BadValueError(_("is not a time of the day"), _("Write it as 09:30."))
        return f"{hour:02}:{minute:02}"


@dataclass(slots=True, eq=False, repr=False)
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


@dataclass(slots=True, eq=False, repr=False)
class Amount(FieldType):
    """Money: ``Decimal`` yuan in the program, integer 分 in the store, ``unit`` for people."""

    sql: ClassVar[str] = "INTEGER"
    column: ClassVar[ColumnType] = "money"
    dashed: ClassVar[bool] = True
    unit: str = "元"
    least: Decimal | None = None

    def parse(self, raw: object, context: Context) -> Value:
        """Read an amount; a bare number is in the column's unit, else in the field's own."""
        if isinstance(raw, bool):
            raise BadValueError(_("is not an amount"), _("Write it as 1234.56 or 1234.56万元."))
        if raw.__class__ is str and _SIMPLE.fullmatch(raw):
            number = Decimal(raw)  # short enough to stay exact
            fen = number * (AMOUNT_UNITS[context.unit or self.unit] or Decimal(1)) * 100
        else:
            text = halfwidth(repr(raw) if isinstance(raw, float) else raw)
            if not text:
                return None
            number, unit = _amount(text)
            scale = AMOUNT_UNITS[unit or context.unit or self.unit] or Decimal(1)
            exact = Exact(prec=len(text) + 20)  # the usual one rounds to 28 digits
            fen = exact.multiply(exact.multiply(number, scale), Decimal(100))
        whole = fen.to_integral_value()
        if fen != whole and not isinstance(raw, float):
            raise BadValueError(_("is finer than one 分"), _("Round it to whole 分 (0.01 yuan)."))
        if abs(whole) > _LARGEST:
            raise BadValueError(_("is too large an amount"))
        if self.least is not None and whole < self.least:
            raise BadValueError(_("is below {least}").format(least=plain(self.least)))
        return whole / 100

    def read_column(self, cells: Sequence[Any], context: Context) -> Sequence[Kept]:
        """Read a column; the numbers of a workbook are read as they would be written."""
        if {float, int} & set(map(type, cells)) and set(map(type, cells)) <= {float, int, str}:
            texts = [cell if cell.__class__ is str else repr(cell) for cell in cells]
            found = self.at_once(texts, context)
            if found is not None:
                return found
        return FieldType.read_column(self, cells, context)

    def read_texts(self, texts: Sequence[str], context: Context) -> Sequence[Kept] | None:
        """Read plain amounts exactly; none where one is anything else, or finer than one 分."""
        filled = texts if "" not in texts else list(filter(None, texts))
        scale = int(AMOUNT_UNITS[context.unit or self.unit] or 1) * 100
        finest = max(places for places in _PLACES if scale % 10**places == 0)
        places = len(filled[0].partition(".")[2])
        if places <= finest and _alike[places](filled):
            digits = "\n".join(filled).replace(".", "").split("\n")
            fen = [int(number) * (scale // 10**places) for number in digits]
        elif _simple[finest - 1](filled):
            fen = [int(Decimal(text) * scale) for text in filled]
        else:
            return None
        if max(fen) > _LARGEST or (self.least is not None and min(fen) < self.least):
            return None
        each = iter(fen)
        return fen if filled is texts else [next(each) if text else None for text in texts]

    def keep(self, value: Value) -> Kept:
        """Return the amount in 分."""
        return int(value * 100) if isinstance(value, Decimal) else None

    def give(self, kept: Kept) -> Value:
        """Return the amount in yuan."""
        return None if kept is None else Decimal(kept) / 100


def _amount(text: str) -> tuple[Decimal, str]:
    """Return number and unit of ``1,234.5万元``, ``￥100`` or ``(100.00)``."""
    bracketed = re.fullmatch(r"\((.*)\)", text) if text[:1] == "(" else None
    inner = re.sub(_CURRENCY, "", bracketed[1] if bracketed else text).strip()
    if "," in inner and not re.fullmatch(_GROUPED, inner):
        raise BadValueError(
            _("has commas that do not divide thousands"),
            _("Write it as 1234.56 or 1,234.56; the decimal sign is a point."),
        )
    inner = inner.replace(",", "")
    found = re.fullmatch(_AMOUNT, inner) or re.fullmatch(
        r"([+-]?)([\d.]+[eE][+-]?\d{1,2})()()", inner
    )
    if not found:
        raise BadValueError(_("is not an amount"), _("Write it as 1234.56 or 1234.56万元."))
    try:
        number = Decimal(found[1] + found[2])
    except InvalidOperation:
        raise BadValueError(
            _("is not an amount"), _("Write it as 1234.56 or 1234.56万元.")
        ) from None
    return (-number if bracketed else number), found[3] or found[4] or ""


@dataclass(slots=True, eq=False, repr=False)
class Number(FieldType):
    """An exact decimal number, kept as text."""

    column: ClassVar[ColumnType] = "number"
    dashed: ClassVar[bool] = True
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
        if abs(number) >= _BEYOND:
            raise BadValueError(_("is too large a number"))
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

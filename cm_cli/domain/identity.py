"""Types of fields that identify: the credit code of a body, the number of a person, a telephone.

Each says what is wrong with a number that cannot be one; whether it was ever given out is not
known here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from operator import mul
from typing import TYPE_CHECKING, ClassVar

from cm_cli.domain.fields import (
    BadValueError,
    FieldType,
    as_they_are,
    column_of,
    halfwidth,
    spoilt_number,
)
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cm_cli.domain.fields import Context, Kept, Value
    from cm_cli.domain.sheet import ColumnType

_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I, O, S, V, Z
_POWERS = tuple(pow(3, at, 31) for at in range(17))
_CREDIT = re.compile(rf"[{_SIGNS}]{{2}}\d{{6}}[{_SIGNS}]{{10}}")
_PERSON = re.compile(r"[1-9]\d{16}[\dX]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
_CHECKS = "10X98765432"
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|x|#)(\d{1,6})$", re.IGNORECASE)
_MOBILE = re.compile(r"1[3-9]\d{9}")
_PLAIN = re.compile("1[3-9][0-9]{9}")
_mobiles = column_of("1[3-9][0-9]{9}")
_AREA = re.compile(r"(010|02\d|0[3-9]\d{2})(\d{7,8})")
_SERVICE = re.compile(r"[48]00\d{7}|9[56]\d{3,6}|1[02]\d{3}")
_ABROAD = re.compile(r"\+(?!86)[1-9]\d{6,14}")


@dataclass(slots=True, eq=False, repr=False)
class CreditCode(FieldType):
    """A 统一社会信用代码 (GB 32100-2015): 18 signs, the last of which checks the others."""

    column: ClassVar[ColumnType] = "code"
    longest: int = 18

    def parse(self, raw: object, context: Context) -> Value:
        """Read a credit code, blanks and small letters taken; raises BadValueError."""
        del context
        spoilt_number(raw)
        code = re.sub(r"[\s-]", "", halfwidth(raw)).upper()
        if not code:
            return None
        if len(code) != self.longest:
            raise BadValueError(
                _("has {count} characters, a credit code has 18").format(count=len(code)),
                _("Copy it from the licence."),
            )
        if not _CREDIT.fullmatch(code):
            raise BadValueError(
                _("is not a credit code"),
                _("It has digits and capital letters, but no I, O, S, V or Z."),
            )
        if code[-1] != credit_check(code[:-1]):
            raise BadValueError(
                _("is not a credit code: its check character does not fit"),
                _("One of the characters is wrong: compare them with the licence."),
            )
        return code


def credit_check(body: str) -> str:
    """Return the check character of the first 17 characters of a credit code."""
    return _SIGNS[-sum(map(mul, map(_SIGNS.index, body), _POWERS)) % 31]


@dataclass(slots=True, eq=False, repr=False)
class IdNumber(FieldType):
    """A 公民身份号码 (GB 11643-1999): area, day of birth, order, check digit."""

    column: ClassVar[ColumnType] = "code"
    longest: int = 18

    def parse(self, raw: object, context: Context) -> Value:
        """Read an identity number of 18 signs; raises BadValueError."""
        del context
        spoilt_number(raw)
        number = re.sub(r"[\s-]", "", halfwidth(raw)).upper()
        if not number:
            return None
        if not _PERSON.fullmatch(number):
            raise BadValueError(
                _("is not an identity number"), _("It has 17 digits and a digit or X.")
            )
        try:
            date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
        except ValueError:
            raise BadValueError(
                _("is not an identity number: its day of birth is no day of the calendar"),
                _("Compare it with the card."),
            ) from None
        if number[-1] != person_check(number[:-1]):
            raise BadValueError(
                _("is not an identity number: its check digit does not fit"),
                _("Compare it with the card."),
            )
        return number


def person_check(body: str) -> str:
    """Return the check digit of the first 17 digits of an identity number."""
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return _CHECKS[total % 11]


@dataclass(slots=True, eq=False, repr=False)
class Phone(FieldType):
    """A telephone number: ``13800138000``, ``0571-87654321-806``, ``400-…`` or ``+852…``."""

    column: ClassVar[ColumnType] = "code"
    dashed: ClassVar[bool] = True
    longest: int = 40

    def parse(self, raw: object, context: Context) -> Value:
        """Read a number with or without +86, blanks, hyphens, brackets; raises BadValueError."""
        del context
        if raw.__class__ is str and _PLAIN.fullmatch(raw):  # the most of them
            return raw
        text = re.sub(r"\s", "", halfwidth(raw)).removeprefix("tel:").removeprefix("电话:")
        if not text:
            return None
        spoilt_number(raw)
        text = re.sub(r"(?<=\d{7})\.0+$", "", text)  # a number that was written with a point
        text, extension = _extended(text)
        digits = re.sub(r"[-()‐–—.]", "", text)
        number = _number(digits)
        if number is None:
            raise BadValueError(
                _("is not a telephone number"),
                _("Write a mobile (11 digits) or a landline with its area code: 0571-87654321."),
            )
        return f"{number}-{extension}" if extension else number

    def read_texts(self, texts: Sequence[str], context: Context) -> Sequence[Kept] | None:
        """Take plain mobile numbers as they are."""
        del context
        return as_they_are(texts, _mobiles)


def _extended(text: str) -> tuple[str, str]:
    """Take the extension off: after 转, ext or #, or a third group of digits."""
    found = _EXTENSION.search(text) or re.search(r"(?<=\d{7})-(\d{1,6})$", text)
    return (text[: found.start()], found[1]) if found else (text, "")


def _number(digits: str) -> str | None:
    """Return the digits in their usual form, or none where they are no number."""
    if _ABROAD.fullmatch(digits):
        return digits
    bare = re.sub(r"^(?:\+86|0086|86(?=1[3-9]\d{9}$))", "", digits)
    if _MOBILE.fullmatch(bare) or _SERVICE.fullmatch(bare):
        return bare
    if bare != digits and not bare.startswith("0"):
        bare = "0" + bare
    found = _AREA.fullmatch(bare)
    return f"{found[1]}-{found[2]}" if found else None

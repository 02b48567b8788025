"""JSON: an array of flat objects, or one flat object a line; keys are the headings.

Numbers are ``int`` or ``Decimal``, exactly as written. A key an object does not have is an empty
cell; a list of plain values is one cell. Objects inside a record, lists inside lists, duplicate
keys, NaN and lone surrogates are findings, not guesses.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from cm_cli.domain.inert import inert
from cm_cli.domain.jsonfault import at as placed
from cm_cli.domain.jsonfault import reason
from cm_cli.errors import Problem, Where
from cm_cli.language import _
from cm_cli.readers.charset import choose, decoded, gbk_note, glimpse
from cm_cli.readers.rows import (
    COLUMNS_LIMIT,
    FINDINGS_LIMIT,
    Row,
    Source,
    duplicate_key,
    in_blocks,
    no_keys,
    no_records,
    refused,
    table_under,
    too_long,
    too_many_columns,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cm_cli.errors import CmError
    from cm_cli.readers.intake import Intake
    from cm_cli.readers.rows import Request, Table

NAMES = ("json", "jsonl")
SIZE_LIMIT = 64 << 20
_ARRAY = re.compile(r"\s*\[\s*[{\]]")
_LINES = re.compile(r'\s*\{\s*["}]')
_ENDINGS = frozenset({".json", ".jsonl", ".ndjson"})
_ANY = re.compile(r'\s*(?:[\[{]|(?:null|true|false|-?\d[\d.eE+-]*|"[^"\n]*")\s*\Z)')
_MOST_DIGITS = 4_000
_RECORD_LIMIT = 1_000_000  # characters
_LONG_TEXTS = 3  # that a record may have, where it may have long ones
_UNENDED = 16  # characters before the end of a piece, where what is cut off goes wrong
_SHOWN = 40
_SPACE = re.compile(r"[ \t\r\n]*")
_BAD = re.compile("[\0\ud800-\udfff]")


def recognises(head: bytes, ending: str) -> str:
    """Recognise an array of objects or a first object; by its name, any JSON there is."""
    text = glimpse(head)
    if _ARRAY.match(text) or _is_array(text):
        return "json"
    if _LINES.match(text):
        return "jsonl"
    return "json" if ending in _ENDINGS and _ANY.match(text) else ""


def _is_array(text: str) -> bool:
    """Say whether the text is one short array, of whatever it be."""
    if not text.lstrip().startswith("["):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def read(intake: Intake, request: Request, name: str) -> Table:
    """Return the table; the text is kept, its objects are made as they are asked for."""
    charset = choose(intake, request.encoding, long_lines=True)
    source = Source(intake.name, name, intake.digest(), charset.codec)
    text = decoded(intake, charset)
    intake.handle.close()
    problems = gbk_note(charset, request.encoding, Where(intake.name))
    headers: dict[str, None] = {}
    first = 0
    for line, pairs in _objects(text, intake.name, request.longest):
        first = first or line
        headers.update(dict.fromkeys(key for key, _value in pairs))
        if len(headers) > COLUMNS_LIMIT:
            raise too_many_columns(Where(intake.name, line))
        if len(problems) < FINDINGS_LIMIT:
            problems.extend(_findings(pairs, Where(intake.name, line), request.longest))
    if not headers:
        raise no_keys(Where(intake.name, first)) if first else no_records(intake.name)
    records = (
        Row(line, [_cell(found.get(key)) for key in headers])
        for line, pairs in _objects(text, intake.name, request.longest)
        if (found := dict(pairs)) is not None
    )
    heading = [Row(1, list(headers))]
    return table_under(source, heading, 0, in_blocks(records), problems=problems)


def _objects(text: str, file: str, longest: int) -> Iterator[tuple[int, list[tuple[str, Any]]]]:
    """Yield each object's pairs with its line; raises CmError where the text is not JSON."""
    piece = _Piece(text, max(_RECORD_LIMIT, longest * _LONG_TEXTS))
    at, line, counted = _skip(text, 0), 1, 0
    array = text[at : at + 1] == "["
    at = _skip(text, at + 1) if array else at
    while at < len(text) and not (array and text[at] == "]"):
        line, counted = line + text.count("\n", counted, at), at
        value, at = piece.value(at, Where(file, line))
        if not isinstance(value, _Pairs):
            raise _not_flat(value, Where(file, line))
        yield line, value
        at = _skip(text, at)
        if array:
            at = _after_comma(text, at, file)
    if array and _skip(text, at + 1) < len(text):
        raise _broken_at(_("something follows its end"), text, _skip(text, at + 1), file)


class _NoNumberError(ValueError):
    """A number that cannot be kept, with the reason."""


class _Pairs(list[tuple[str, Any]]):
    """The pairs of one object, in their order, duplicates and all."""


class _Piece:
    """A text of which the parser is shown a piece at a time: no record may fill the memory."""

    def __init__(self, text: str, limit: int) -> None:
        self.text = text
        self.limit = limit
        self.begins = 0
        self.piece = text[: limit * 2]
        self.decoder = json.JSONDecoder(
            object_pairs_hook=_Pairs,
            parse_float=_decimal,
            parse_int=_whole,
            parse_constant=_no_constant,
        )

    def value(self, at: int, where: Where) -> tuple[Any, int]:
        """Return the value that begins there and where it ends; raises CmError if it is none."""
        if at - self.begins > self.limit:
            self.begins, self.piece = at, self.text[at : at + self.limit * 2]
        try:
            value, end = self.decoder.raw_decode(self.piece, at - self.begins)
        except json.JSONDecodeError as error:
            if self._cut_off(error):
                raise _too_long_record(where, self.limit) from error
            line = where.line + self.piece.count("\n", at - self.begins, error.pos)
            before = self.text.rfind("\n", 0, self.begins + error.pos)
            error.colno = self.begins + error.pos - before
            raise _broken(reason(error), Where(where.file, line)) from error
        except RecursionError as error:
            raise _broken(reason(error), where) from error
        except _NoNumberError as error:
            raise _broken(str(error), where) from error
        return value, end + self.begins

    def _cut_off(self, error: json.JSONDecodeError) -> bool:
        """Say whether the value goes on beyond the piece."""
        if self.begins + len(self.piece) >= len(self.text):
            return False
        late = error.pos >= len(self.piece) - _UNENDED
        return late or error.msg.startswith("Unterminated string")


def _too_long_record(where: Where, limit: int) -> CmError:
    what = _("The record is longer than {limit} characters").format(limit=limit)
    return refused("record-too-long", what, where, _("Check that it is the right file."))


def _after_comma(text: str, at: int, file: str) -> int:
    """Return where the next element of the array begins, or its closing bracket."""
    if text[at : at + 1] == "]":
        return at
    following = _skip(text, at + 1)
    if text[at : at + 1] != "," or text[following : following + 1] in {"]", ""}:
        raise _broken_at(_("a comma or the closing bracket is missing"), text, at, file)
    return following


def _findings(pairs: list[tuple[str, Any]], where: Where, longest: int) -> Iterator[Problem]:
    seen: set[str] = set()
    for key, value in pairs:
        place = Where(where.file, where.line, key if not _BAD.search(key) else ascii(key))
        if key in seen:
            what, mend = duplicate_key()
            yield Problem("duplicate-key", what, place, mend=mend)
        seen.add(key)
        yield from _in_cell(key, value, place, longest)


def _in_cell(key: str, value: Any, place: Where, longest: int) -> Iterator[Problem]:
    """Yield what keeps a value from being one cell, or a list of plain values in one."""
    plain = value if type(value) is list else [value]
    texts = [key, *(each for each in plain if isinstance(each, str))]
    if any(isinstance(each, list) for each in plain):
        what = _("The value is an object or a list inside a list, not one cell")
        mend = _("Give each of its values a key of its own, or leave the key out.")
        yield Problem("nested-value", what, place, mend=mend)
    elif any(_BAD.search(text) for text in texts):
        what = _("The text holds a character that is none (NUL or half of a pair)")
        mend = _("Take that character out of the text.")
        yield Problem("bad-character", what, place, value=ascii(value), mend=mend)
    elif any(len(text) > longest for text in texts):
        what, mend = too_long(longest)
        yield Problem("cell-too-long", what, place, mend=mend)


def _cell(value: Any) -> Any:
    """Return the value as a cell; what a list lacks (``null``) is left out of it."""
    if type(value) is list:
        return [each for each in value if each is not None] or ""
    return "" if value is None else value


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _whole(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise _NoNumberError(_("a number has too many digits"))
    return int(text)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise _NoNumberError(_("a number has too many digits")) from error


def _no_constant(name: str) -> Any:
    raise _NoNumberError(_("{value} is not a number").format(value=name))


def _broken(why: str, where: Where) -> CmError:
    what = _("This is not JSON: {reason}").format(reason=why)
    return refused("broken-json", what, where, _("Have the file written again by its program."))


def _broken_at(why: str, text: str, at: int, file: str) -> CmError:
    column = at - text.rfind("\n", 0, at)
    return _broken(placed(why, column), Where(file, text.count("\n", 0, at) + 1))


def _not_flat(value: Any, where: Where) -> CmError:
    shown = json.dumps(value, ensure_ascii=False, default=str)
    what = _("An object with keys and values is expected for each record, not {value}").format(
        value=inert(shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…")
    )
    mend = _("Write an array of objects, or one object a line.")
    return refused("not-an-object", what, where, mend)

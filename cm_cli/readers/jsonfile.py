"""JSON: an array of flat objects, or one flat object a line; keys are the headings.

Numbers are ``int`` or ``Decimal``, exactly as written. A key an object does not have is an empty
cell. Nesting, duplicate keys, NaN and lone surrogates are findings, not guesses.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cm_cli.errors import Problem, Where
from cm_cli.language import _
from cm_cli.readers.charset import choose, decoded, gbk_note, glimpse
from cm_cli.readers.rows import CELL_LIMIT, FINDINGS_LIMIT, Row, Source, empty, refused, table_under

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cm_cli.readers.intake import Intake
    from cm_cli.readers.rows import Request, Table

NAMES = ("json", "jsonl")
SIZE_LIMIT = 64 << 20
_ARRAY = re.compile(r"\s*\[\s*[{\]]")
_LINES = re.compile(r'\s*\{\s*["}]')
_SPACE = re.compile(r"[ \t\r\n]*")
_BAD = re.compile("[\0\ud800-\udfff]")


def recognises(head: bytes) -> str:
    """Recognise an array of objects or a first object."""
    text = glimpse(head)
    if _ARRAY.match(text):
        return "json"
    return "jsonl" if _LINES.match(text) else ""


def read(intake: Intake, request: Request, name: str) -> Table:
    """Return the table; the text is kept, its objects are made as they are asked for."""
    charset = choose(intake, request.encoding, long_lines=True)
    source = Source(intake.name, name, intake.digest(), charset.codec)
    text = decoded(intake, charset)
    intake.handle.close()
    problems = gbk_note(charset, request.encoding, Where(intake.name))
    headers: dict[str, None] = {}
    for line, pairs in _objects(text, intake.name):
        headers.update(dict.fromkeys(key for key, _value in pairs))
        if len(problems) < FINDINGS_LIMIT:
            problems.extend(_findings(pairs, Where(intake.name, line)))
    if not headers:
        raise empty(intake.name)
    records = (
        Row(line, [_cell(found.get(key)) for key in headers])
        for line, pairs in _objects(text, intake.name)
        if (found := dict(pairs)) is not None
    )
    heading = [Row(1, list(headers))]
    return table_under(source, heading, 0, records, problems=problems)


def _objects(text: str, file: str) -> Iterator[tuple[int, list[tuple[str, Any]]]]:
    """Yield each object's pairs with its line; raises CmError where the text is not JSON."""
    decoder = json.JSONDecoder(
        object_pairs_hook=_Pairs, parse_float=Decimal, parse_constant=_no_constant
    )
    at, line, counted = _skip(text, 0), 1, 0
    array = text[at : at + 1] == "["
    at = _skip(text, at + 1) if array else at
    while at < len(text) and not (array and text[at] == "]"):
        line, counted = line + text.count("\n", counted, at), at
        value, at = _value(decoder, text, at, Where(file, line))
        if not isinstance(value, _Pairs):
            raise _not_flat(Where(file, line))
        yield line, value
        at = _skip(text, at)
        if array:
            at = _after_comma(text, at, file)
    if array and _skip(text, at + 1) < len(text):
        raise _broken(_("something follows the array"), Where(file, text.count("\n", 0, at) + 1))


class _Pairs(list[tuple[str, Any]]):
    """The pairs of one object, in their order, duplicates and all."""


def _value(decoder: json.JSONDecoder, text: str, at: int, where: Where) -> tuple[Any, int]:
    try:
        return decoder.raw_decode(text, at)
    except json.JSONDecodeError as error:
        raise _broken(error.msg, Where(where.file, error.lineno)) from error
    except RecursionError as error:
        raise _broken(_("too many brackets inside each other"), where) from error
    except ValueError as error:
        raise _broken(str(error), where) from error


def _after_comma(text: str, at: int, file: str) -> int:
    """Return where the next element of the array begins, or its closing bracket."""
    if text[at : at + 1] == "]":
        return at
    following = _skip(text, at + 1)
    if text[at : at + 1] != "," or text[following : following + 1] in {"]", ""}:
        line = text.count("\n", 0, at) + 1
        raise _broken(_("a comma or the closing bracket is missing"), Where(file, line))
    return following


def _findings(pairs: list[tuple[str, Any]], where: Where) -> Iterator[Problem]:
    seen: set[str] = set()
    for key, value in pairs:
        place = Where(where.file, where.line, key if not _BAD.search(key) else ascii(key))
        if key in seen:
            yield Problem("duplicate-key", _("The key stands there twice"), place)
        seen.add(key)
        if isinstance(value, list):
            yield Problem(
                "nested-value", _("The value is a list or an object, not one cell"), place
            )
        elif _BAD.search(key) or (isinstance(value, str) and _BAD.search(value)):
            what = _("The text holds a character that is none (NUL or half of a pair)")
            yield Problem("bad-character", what, place, value=ascii(value))
        elif isinstance(value, str) and len(value) > CELL_LIMIT:
            what = _("The text is longer than {limit} characters").format(limit=CELL_LIMIT)
            yield Problem("cell-too-long", what, place)


def _cell(value: Any) -> Any:
    return "" if value is None else value


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _no_constant(name: str) -> Any:
    raise ValueError(_("{value} is not a number").format(value=name))


def _broken(reason: str, where: Where) -> Exception:
    what = _("This is not JSON: {reason}").format(reason=reason)
    return refused("broken-json", what, where, _("Have the file written again by its program."))


def _not_flat(where: Where) -> Exception:
    what = _("An object with keys and values is expected for each record")
    mend = _("Write an array of objects, or one object a line.")
    return refused("not-an-object", what, where, mend)

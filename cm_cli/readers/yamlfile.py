"""YAML: a list of flat mappings; keys are the headings, every value is the text as written.

So ``no`` stays a text and ``0123`` keeps its nought. Anchors, aliases and tags are refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cm_cli.domain.inert import inert
from cm_cli.domain.regulation.nodes import shown, slip
from cm_cli.errors import Where
from cm_cli.language import _
from cm_cli.readers.charset import choose, decoded, gbk_note, glimpse
from cm_cli.readers.rows import (
    CELL_LIMIT,
    COLUMNS_LIMIT,
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

    from yaml.error import MarkedYAMLError

    from cm_cli.errors import CmError
    from cm_cli.readers.intake import Intake
    from cm_cli.readers.rows import Request, Table

NAMES = ("yaml",)
SIZE_LIMIT = 8 << 20
RECORDS_LIMIT = 200_000
_BEFORE = r"(?:\s*(?:#[^\n]*)?\n)*"
_LIST = re.compile(_BEFORE + r"(?:---\s*\n|%YAML|-[ \t]+[^,;\t|\n]+:(?:\s|$))")
_ANY = re.compile(
    _BEFORE + r"(?:-(?:\s|$)|[\[{]|[^,;\t|\n#]+:(?:\s|$)|(?:null|~|true|false)\s*$|(?:#[^\n]*)?\Z)"
)
_ENDINGS = frozenset({".yaml", ".yml"})
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_NOTHING = frozenset({"", "~", "null"})


def recognises(head: bytes, ending: str) -> str:
    """Recognise a document mark or a list of mappings; by its name, any list or mapping."""
    text = glimpse(head)
    return "yaml" if _LIST.match(text) or (ending in _ENDINGS and _ANY.match(text)) else ""


def read(intake: Intake, request: Request, name: str) -> Table:
    """Return the table of a list of mappings."""
    charset = choose(intake, request.encoding, long_lines=request.longest > CELL_LIMIT)
    source = Source(intake.name, name, intake.digest(), charset.codec)
    text = decoded(intake, charset)
    intake.handle.close()
    headers: dict[str, None] = {}
    records = []
    for line, pairs in _mappings(text, intake.name, request.longest):
        records.append((line, pairs))
        if len(records) > RECORDS_LIMIT:
            raise _too_many(intake.name)
        headers.update(dict.fromkeys(pairs))
        if len(headers) > COLUMNS_LIMIT:
            raise too_many_columns(Where(intake.name, line))
    if not headers:
        raise no_keys(Where(intake.name, records[0][0])) if records else no_records(intake.name)
    rows = (Row(line, [pairs.get(key, "") for key in headers]) for line, pairs in records)
    problems = gbk_note(charset, request.encoding, Where(intake.name))
    return table_under(source, [Row(1, list(headers))], 0, in_blocks(rows), problems=problems)


def _too_many(file: str) -> CmError:
    what = _("There are more than {limit} records; YAML is for short lists")
    mend = _("Have the list written as .csv or .jsonl.")
    return refused("too-many-records", what.format(limit=RECORDS_LIMIT), file, mend)


def _mappings(text: str, file: str, longest: int) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each mapping of the list with its line, from events: nothing is ever built or resolved.

    The events are start of stream and document, start of list, then mappings, then the ends.
    """
    import yaml

    events = _events(text, file)
    for event in events:
        if isinstance(event, yaml.SequenceStartEvent):
            break
        if isinstance(event, yaml.MappingStartEvent | yaml.ScalarEvent):
            raise _shape(event, file)
    for event in events:
        if isinstance(event, yaml.MappingStartEvent):
            line = _line(event)
            yield line, _mapping(events, file, longest)
        elif isinstance(event, yaml.ScalarEvent | yaml.SequenceStartEvent):
            raise _shape(event, file)


def _mapping(events: Iterator[Any], file: str, longest: int) -> dict[str, str]:
    import yaml

    pairs: dict[str, str] = {}
    for event in events:
        if isinstance(event, yaml.MappingEndEvent):
            break
        value = next(events)
        if not isinstance(event, yaml.ScalarEvent) or not isinstance(value, yaml.ScalarEvent):
            raise _shape(value, file)
        if len(event.value) > longest:
            what, mend = too_long(longest)
            raise refused("cell-too-long", what, Where(file, _line(event)), mend)
        if event.value in pairs:
            place = Where(file, _line(event), inert(event.value))
            what, mend = duplicate_key()
            raise refused("duplicate-key", what, place, mend)
        pairs[event.value] = _text(value, file, longest)
    return pairs


def _text(event: Any, file: str, longest: int) -> str:
    if len(event.value) > longest:
        what, mend = too_long(longest)
        raise refused("cell-too-long", what, Where(file, _line(event)), mend)
    plain = not event.style and event.value.lower() in _NOTHING
    return "" if plain else str(event.value)


def _events(text: str, file: str) -> Iterator[Any]:
    """Yield the parser's events; raises CmError for what is not plain YAML."""
    import yaml

    _no_control(text, file)
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise _trick(event, file, _("An anchor or alias is not read"))
            if getattr(event, "tag", None):
                raise _trick(event, file, _("A tag is not read"))
            yield event
    except yaml.MarkedYAMLError as error:
        raise _broken(error, text, file) from error


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _no_control(text: str, file: str) -> None:
    """Refuse the characters YAML does not take."""
    found = _CONTROL.search(text)
    if found:
        place = Where(file, text.count("\n", 0, found.start()) + 1)
        what = _("There is a control character in this line")
        raise refused("broken-yaml", what, place, _("Take that character out of the text."))


def _broken(error: MarkedYAMLError, text: str, file: str) -> CmError:
    """Return the refusal of the line where the text stops being YAML."""
    lines = text.splitlines()
    if "quoted" in (error.context or "") and "end of stream" in (error.problem or ""):
        begun = error.context_mark.line + 1 if error.context_mark else 0
        mend = _("Close the quote, or put the whole text in the other sort of quotes.")
        what = _("A quote opened here is never closed")
        return refused("broken-yaml", what, Where(file, begun), mend)
    mark = error.problem_mark or error.context_mark
    at, column = (mark.line, mark.column) if mark else (0, 0)
    at, column = (at, column) if at < len(lines) else (len(lines) - 1, len(lines[-1]))
    what = _("This line cannot be read as YAML from character {column} on: “{text}”").format(
        column=column + 1, text=shown(lines[at].rstrip())
    )
    return refused("broken-yaml", what, Where(file, at + 1), slip(lines[at]))


def _trick(event: Any, file: str, what: str) -> CmError:
    where = Where(file, _line(event))
    return refused("not-plain-yaml", what, where, _("Write the value out, in quotes if need be."))


def _shape(event: Any, file: str) -> CmError:
    what = _("A list of mappings with one text for each key is expected")
    where = Where(file, _line(event))
    return refused("not-a-list", what, where, _("Begin each record with “- ” and a key."))

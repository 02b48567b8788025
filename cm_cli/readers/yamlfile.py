"""YAML: a list of flat mappings; keys are the headings, every value is the text as written.

So ``no`` stays a text and ``0123`` keeps its nought. Anchors, aliases and tags are refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cm_cli.domain.inert import inert
from cm_cli.errors import Where
from cm_cli.language import _
from cm_cli.readers.charset import choose, decoded, gbk_note, glimpse
from cm_cli.readers.rows import CELL_LIMIT, Row, Source, empty, refused, table_under

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cm_cli.errors import CmError
    from cm_cli.readers.intake import Intake
    from cm_cli.readers.rows import Request, Table

NAMES = ("yaml",)
SIZE_LIMIT = 8 << 20
_LIST = re.compile(r"(?:\s*(?:#[^\n]*)?\n)*(?:---\s*\n|%YAML|-[ \t]+[^,;\t|\n]+:(?:\s|$))")
_NOTHING = frozenset({"", "~", "null"})


def recognises(head: bytes) -> str:
    """Recognise a document mark or a list whose first item is a mapping."""
    return "yaml" if _LIST.match(glimpse(head)) else ""


def read(intake: Intake, request: Request, name: str) -> Table:
    """Return the table of a list of mappings."""
    charset = choose(intake, request.encoding)
    source = Source(intake.name, name, intake.digest(), charset.codec)
    records = list(_mappings(decoded(intake, charset), intake.name))
    intake.handle.close()
    if not records:
        raise empty(intake.name)
    headers = list(dict.fromkeys(key for _line, pairs in records for key in pairs))
    rows = (Row(line, [pairs.get(key, "") for key in headers]) for line, pairs in records)
    problems = gbk_note(charset, request.encoding, Where(intake.name))
    return table_under(source, [Row(1, list(headers))], 0, rows, problems=problems)


def _mappings(text: str, file: str) -> Iterator[tuple[int, dict[str, str]]]:
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
            yield line, _mapping(events, file)
        elif isinstance(event, yaml.ScalarEvent | yaml.SequenceStartEvent):
            raise _shape(event, file)


def _mapping(events: Iterator[Any], file: str) -> dict[str, str]:
    import yaml

    pairs: dict[str, str] = {}
    for event in events:
        if isinstance(event, yaml.MappingEndEvent):
            break
        value = next(events)
        if not isinstance(event, yaml.ScalarEvent) or not isinstance(value, yaml.ScalarEvent):
            raise _shape(value, file)
        if event.value in pairs:
            place = Where(file, _line(event), inert(event.value))
            raise refused("duplicate-key", _("The key stands there twice"), place)
        pairs[event.value] = _text(value, file)
    return pairs


def _text(event: Any, file: str) -> str:
    if len(event.value) > CELL_LIMIT:
        what = _("The text is longer than {limit} characters").format(limit=CELL_LIMIT)
        raise refused("cell-too-long", what, Where(file, _line(event)))
    plain = not event.style and event.value.lower() in _NOTHING
    return "" if plain else str(event.value)


def _events(text: str, file: str) -> Iterator[Any]:
    """Yield the parser's events; raises CmError for what is not plain YAML."""
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise _trick(event, file, _("An anchor or alias is not read"))
            if getattr(event, "tag", None):
                raise _trick(event, file, _("A tag is not read"))
            yield event
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = Where(file, mark.line + 1 if mark else 0)
        raise _broken(error.problem or str(error), where) from error
    except yaml.YAMLError as error:
        raise _broken(inert(str(error)), Where(file)) from error


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _broken(reason: str, where: Where) -> CmError:
    what = _("This is not YAML: {reason}").format(reason=reason)
    return refused("broken-yaml", what, where, _("Check indentation and quotes near this line."))


def _trick(event: Any, file: str, what: str) -> CmError:
    where = Where(file, _line(event))
    return refused("not-plain-yaml", what, where, _("Write the value out, in quotes if need be."))


def _shape(event: Any, file: str) -> CmError:
    what = _("A list of mappings with one text for each key is expected")
    where = Where(file, _line(event))
    return refused("not-a-list", what, where, _("Begin each record with “- ” and a key."))

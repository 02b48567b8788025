"""What a record read from a file must bear out, beyond each of its values.

A regulation is what its text says, a scorecard can be read, a span does not end before it begins
and no two of a client cross. Commands make such records soundly; a file may hold anything.
"""

from __future__ import annotations

from datetime import date
from itertools import repeat
from typing import TYPE_CHECKING

from cm_cli.errors import CmError, Problem
from cm_cli.language import _
from cm_cli.store import spans
from cm_cli.store.regulations import parents_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cm_cli.domain.fields import Value
    from cm_cli.domain.kind import Kind
    from cm_cli.domain.regulation.layers import Finder
    from cm_cli.errors import Where
    from cm_cli.store.content import Columns
    from cm_cli.store.engine import Connection

_SPANS = spans.BESIDE


def grounded(kind: Kind, values: dict[str, Value]) -> list[Problem]:
    """Return what a record does not bear out; what follows from its text is filled in."""
    if kind.name in {"regulation", "rulebook"}:
        return _regulation(kind, values)
    if kind.name == "appraisal":
        return _appraisal(values)
    return _span(kind, values) if kind.name in _SPANS else []


def borne_out(kind: Kind, columns: Columns) -> bool:
    """Say whether ``grounded`` has nothing to say of these records, and nothing to fill in."""
    if kind.name in _SPANS:
        spans = zip(columns["since"], columns.get("until") or repeat(None), strict=False)
        return not any(until and since and str(until) < str(since) for since, until in spans)
    return kind.name not in {"regulation", "rulebook", "appraisal"}


def crossing(
    connection: Connection, kind: Kind, where: Callable[[Sequence[str]], Where | None]
) -> Iterator[Problem]:
    """Yield a finding for each span of a client that begins before the one before it ends."""
    if kind.name not in _SPANS:
        return
    for found in spans.crossing(connection, kind, _SPANS[kind.name]):
        *owner, since, until, following = found
        what = _("{key}: the span from {since} to {until} still lasts when another begins on {day}")
        shown = what.format(
            key=" ".join(map(str, owner)), since=since, until=until or "…", day=following
        )
        place = where([*owner, following]) or where([*owner, since])
        mend = _("Let one end before the other begins.")
        yield Problem("spans-cross", shown, place, mend=mend)


def _span(kind: Kind, values: dict[str, Value]) -> list[Problem]:
    since, until = values.get("since"), values.get("until")
    if not (isinstance(since, date) and isinstance(until, date) and until < since):
        return []
    what = _("{field}: {day} lies before {other} ({first})").format(
        field=kind.field("until").label, day=until, other=kind.field("since").label, first=since
    )
    return [Problem("days-reversed", what, None, str(until), _("Correct one of the two."))]


def _regulation(kind: Kind, values: dict[str, Value]) -> list[Problem]:
    """Check a regulation against its text and compile it anew."""
    from cm_cli.domain.regulation.load import digest, read
    from cm_cli.domain.regulation.schema import to_json

    text, code = values.get("text"), values.get("code")
    if not isinstance(text, str):
        return []
    try:
        parents = parents_of(str(values.get("parents") or ""))
        rules = read(text, str(code), _of(parents))
    except CmError as refused:
        return list(refused.problems) or [Problem(refused.slug, refused.what, mend=refused.mend)]
    except ValueError:
        what = _("The texts this regulation extends cannot be read")
        mend = _("Leave the row out, or export the regulations again.")
        return [Problem("regulation-altered", what, mend=mend)]
    kept, own = values.get("text_digest"), digest(text, *(each for _file, each in parents))
    wrong_day = kind.name == "rulebook" and values.get("since") != rules.since
    if code != rules.regulation or kept not in {None, own} or wrong_day:
        what = _("The text is not that of “{code}”, or was changed after its digest was taken")
        mend = _("Put a changed regulation into use with: cm regulation use FILE.")
        return [Problem("regulation-altered", what.format(code=code), mend=mend)]
    values |= {"text_digest": own, "compiled": to_json(rules)}
    return []


def _of(parents: Sequence[tuple[str, str]]) -> Finder:
    """Return the look-up of the parents a record keeps: each in its turn, whatever it is called."""
    left = list(parents)

    def find(word: str, _file: str) -> tuple[str, str]:
        if not left:
            raise CmError(_("There is no regulation “{code}”").format(code=word))
        return left.pop(0)

    return find


def _appraisal(values: dict[str, Value]) -> list[Problem]:
    from cm_cli.domain.appraisal.codec import from_json

    card = values.get("scorecard")
    try:
        if isinstance(card, str):
            from_json(card)
    except ValueError:
        what = _("The scorecard cannot be read")
        mend = _("Leave the column out, or export the appraisals again.")
        return [Problem("bad-scorecard", what, mend=mend)]
    return []

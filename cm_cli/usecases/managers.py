"""What is done to managers beyond plain fields: coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cm_cli.domain.fields import BadValueError, Several, nearest
from cm_cli.domain.register import kind as kind_of
from cm_cli.errors import CmError, Exit
from cm_cli.language import _
from cm_cli.store.journal import content_of
from cm_cli.usecases.clerk import Clerk, Outcome, transaction
from cm_cli.usecases.lookup import locate
from cm_cli.usecases.records import changes_of
from cm_cli.usecases.regulations import context

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cm_cli.domain.fields import Context, Value
    from cm_cli.domain.kind import Kind

DIMENSIONS = ("regions", "industries", "sizes")


def cover(
    clerk: Clerk,
    manager: str,
    more: Mapping[str, Sequence[str]],
    drop: Sequence[str],
    *,
    only: bool,
) -> Outcome:
    """Add to, replace (``only``) or take from what a manager covers."""
    kind = kind_of("manager")
    outcome = Outcome()
    with transaction(clerk, outcome) as writer:
        row = locate(writer.connection, kind, [manager])
        reads = context(writer.connection, clerk.today)
        before = kind.give(content_of(writer.connection, kind, row))
        now = dict(before)
        for name in DIMENSIONS:
            now[name] = _covered(kind, name, before[name], more[name], reads, only=only)
        for word in drop:
            _drop(kind, now, word, reads)
        writer.update(kind, row, now)
        outcome.changes = changes_of(kind, before, now, reads.lists)
    return outcome


def _covered(
    kind: Kind, name: str, before: Value, more: Sequence[str], reads: Context, *, only: bool
) -> Value:
    if not more:
        return before
    each = kind.field(name)
    try:
        added = each.type.parse(list(more), reads)
    except BadValueError as bad:
        raise CmError(
            _("{field}: “{value}” {what}").format(
                field=each.label, value=";".join(more), what=bad.what
            ),
            mend=bad.mend,
            slug="bad-coverage",
            code=Exit.DATA_REFUSED,
        ) from None
    kept = before if isinstance(before, tuple) and not only else ()
    return tuple(dict.fromkeys((*kept, *(added if isinstance(added, tuple) else ()))))


def _drop(kind: Kind, now: dict[str, Value], word: str, reads: Context) -> None:
    covered: list[str] = []
    for name in DIMENSIONS:
        values = now[name]
        if not isinstance(values, tuple):
            continue
        covered += values
        meant = _meant(kind, name, word, reads)
        if meant in values:
            now[name] = tuple(value for value in values if value != meant) or None
            return
    raise CmError(
        _("“{word}” is not covered").format(word=word),
        mend=nearest(word, covered) or _("See it with: cm manager show."),
        slug="not-covered",
        code=Exit.USAGE,
    )


def _meant(kind: Kind, name: str, word: str, reads: Context) -> str:
    type_ = kind.field(name).type
    inner = type_.of if isinstance(type_, Several) else type_
    try:
        return str(inner.parse(word, reads))
    except BadValueError:
        return word

"""Looking at personal fields: nobody is shown one without an entry of the journal that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cm_cli.errors import CmError, Exit
from cm_cli.language import _, n_
from cm_cli.store.session import active, apart
from cm_cli.usecases.clerk import Clerk, Outcome, transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cm_cli.domain.fields import Value
    from cm_cli.domain.kind import Kind


def journalled(
    clerk: Clerk, kind: Kind, names: Iterable[str], records: Sequence[Mapping[str, Value]]
) -> tuple[str, ...]:
    """Write the entry that says who looked at how many records; returns the sentence about it.

    Nothing is written where no personal field among the names is filled in. Raises CmError where
    the store cannot be written: then nothing may be shown.
    """
    personal = {each.name for each in kind.fields if each.personal}.intersection(names)
    count = sum(1 for each in records if any(each[name] is not None for name in personal))
    if not count:
        return ()
    return entered(clerk, {kind.name: count})


def entered(clerk: Clerk, counts: Mapping[str, int]) -> tuple[str, ...]:
    """Write the entry that says of how many records of each kind personal fields were shown.

    It is a transaction of its own, also while a run of commands reads. What is shown cannot be
    taken back: where the entry might not be kept, CmError is raised.
    """
    run = active()
    if run and run.atomic:
        raise CmError(
            _("Personal fields are shown only where the journal keeps that they were"),
            mend=_("Leave --reveal out, or do it without --dry-run and --atomic."),
            slug="reveal-not-kept",
            code=Exit.USAGE,
        )
    count = sum(counts.values())
    outcome = Outcome()
    with apart(), transaction(clerk, outcome) as writer:
        for name, revealed in counts.items():
            writer.counts[name] = {"revealed": revealed}
    sentence = n_(
        "Entry {number} of the journal: personal fields of {count} record were shown.",
        "Entry {number} of the journal: personal fields of {count} records were shown.",
        count,
    )
    number = outcome.entry.number if outcome.entry else 0
    return (sentence.format(number=number, count=count),)

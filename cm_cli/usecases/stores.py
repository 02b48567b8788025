"""Making a store that works by a regulation."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from cm_cli.domain.register import kind as kind_of
from cm_cli.store.create import create, remove
from cm_cli.usecases.clerk import Clerk, Outcome, transaction
from cm_cli.usecases.regulations import preset

if TYPE_CHECKING:
    from cm_cli.domain.regulation.schema import Regulation


def init(clerk: Clerk, code: str) -> tuple[Outcome, Regulation]:
    """Make a store at the clerk's place, using a regulation that comes with the program."""
    from cm_cli.domain.regulation.load import digest, read
    from cm_cli.domain.regulation.schema import to_json

    file, text = preset(code)
    rules = read(text, file)
    outcome = Outcome(dry_run=clerk.dry_run)
    if clerk.dry_run:
        return outcome, rules
    create(clerk.place, {"made": clerk.moment, "made_by": clerk.operator})
    try:
        with transaction(clerk, outcome) as writer:
            writer.insert(
                kind_of("regulation"),
                {
                    "code": rules.regulation,
                    "since": rules.since or date.min,
                    "text_digest": digest(text),
                    "text": text,
                    "compiled": to_json(rules),
                },
            )
    except BaseException:
        remove(clerk.place)
        raise
    return outcome, rules

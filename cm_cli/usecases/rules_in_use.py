"""Which regulation rules whom: added to the store, used from a day on, for a unit or a line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cm_cli.domain.fields import BadValueError, Context, nearest
from cm_cli.domain.register import kind as kind_of
from cm_cli.domain.sheet import Column, Sheet
from cm_cli.errors import CmError, Exit, Problem
from cm_cli.language import _
from cm_cli.store import query
from cm_cli.store import regulations as store
from cm_cli.store.connection import reading
from cm_cli.store.journal import content_of
from cm_cli.usecases.clerk import Clerk, Outcome, transaction
from cm_cli.usecases.library import SUFFIXES, Found, named, text_of_file
from cm_cli.usecases.regulations import presets

if TYPE_CHECKING:
    from datetime import date

    from cm_cli.domain.fields import Value
    from cm_cli.domain.regulation.schema import Regulation
    from cm_cli.store.engine import Connection


@dataclass(frozen=True, slots=True)
class Use:
    """From when to when a regulation is to be used, and whom it is for; empty texts mean all."""

    since: date
    until: date | None = None
    unit: str = ""
    line: str = ""


def use(clerk: Clerk, name: str, wanted: Use) -> Outcome:
    """Use a regulation from a day on; earlier periods keep the one of their time.

    Used again for the same unit and line from the same day it takes the place of the one before.
    """
    found = named(name, clerk, on=wanted.since)
    rules = found.read()
    until = wanted.until or rules.until
    _rules_on(rules, wanted.since)
    if until:
        _in_order(wanted.since, until)
        _rules_on(rules, until)
    outcome = Outcome()
    kind = kind_of("regulation")
    with transaction(clerk, outcome) as writer:
        scope = _scope(writer.connection, wanted)
        record = {**found.record(rules), "since": wanted.since, "until": until, **scope}
        row = query.fetch(writer.connection, kind, kind.key_of(record))
        if row is None:
            writer.insert(kind, record)
        else:
            writer.update(kind, row, record)
        outcome.notes = _nobody(writer.connection, wanted)
    return outcome


def _rules_on(rules: Regulation, day: date) -> None:
    if rules.in_force(day):
        return
    mend = _("It is in force since {since}; give a later day with --since.")
    if rules.until and day > rules.until:
        mend = _("It is in force until {until}; give an earlier day.")
    raise CmError(
        _("{name} is not in force on {day}").format(name=rules.regulation, day=day),
        mend=mend.format(since=rules.since, until=rules.until),
        slug="not-in-force",
        code=Exit.USAGE,
    )


def _in_order(since: date, until: date) -> None:
    if until < since:
        raise CmError(
            _("--until {until} lies before --since {since}").format(until=until, since=since),
            mend=_("Correct one of the two."),
            slug="days-reversed",
            code=Exit.USAGE,
        )


def _scope(connection: Connection, wanted: Use) -> dict[str, Value]:
    """Return unit and line as a record keeps them; a unit nobody knows is refused."""
    if wanted.unit:
        known = store.unit_names(connection)
        if wanted.unit not in known:
            raise CmError(
                _("There is no unit “{unit}”").format(unit=wanted.unit),
                mend=nearest(wanted.unit, known) or _("Register it with: cm unit add."),
                slug="no-unit",
                code=Exit.USAGE,
            )
    try:
        line = kind_of("regulation").field("line").type.parse(wanted.line, Context())
    except BadValueError as bad:
        raise CmError(
            _("{option}: “{value}” {what}").format(
                option="--line", value=wanted.line, what=bad.what
            ),
            mend=bad.mend,
            slug="bad-option",
            code=Exit.USAGE,
        ) from None
    return {"unit": wanted.unit or None, "line": line}


def _nobody(connection: Connection, wanted: Use) -> list[Problem]:
    """Say where the regulation rules nobody yet."""
    if not wanted.line or wanted.line in store.lines(connection):
        return []
    what = _("No manager is of the line {line} yet").format(line=wanted.line)
    mend = _("Say who is with: cm manager set MANAGER --line {line}.").format(line=wanted.line)
    return [Problem("line-empty", what, mend=mend, note=True)]


def used(clerk: Clerk) -> Sheet:
    """Return every regulation the store uses or has used: from when to when, and for whom."""
    with reading(clerk.place, clerk.known_at) as connection:
        rows = store.used(connection)
        best = {
            (each.unit, each.line, each.since)
            for each in store.Scopes(connection, clerk.today).all()
        }
    columns = (
        Column("code", _("Code"), "code"),
        Column("unit", _("For unit")),
        Column("line", _("For line"), "code"),
        Column("since", _("In use since"), "day"),
        Column("until", _("In use until"), "day"),
        Column("today", _("Rules today"), "flag"),
        Column("text_digest", _("Digest"), "code"),
    )
    shown = [
        (code, unit, line, since, until or None, (unit, line, since) in best, digest[:16])
        for code, since, until, unit, line, digest in rows
    ]
    return Sheet("used", _("Regulations in use"), columns, shown)


def add(clerk: Clerk, file: str, cases: str) -> Outcome:
    """Take a regulation of one's own into the store, with its cases, without using it yet."""
    if not file.endswith(SUFFIXES):
        raise CmError(
            _("“{name}” is not a YAML file").format(name=file),
            mend=_("Give a file ending in .yaml; the program's own need not be added."),
            slug="not-a-file",
            code=Exit.USAGE,
        )
    found = named(file, clerk)
    rules = found.read()
    if rules.regulation in presets():
        raise CmError(
            _("“{code}” is the code of a regulation of the program").format(code=rules.regulation),
            where=file,
            mend=_("Give yours a code of its own, and `extends: {code}`.").format(
                code=rules.regulation
            ),
            slug="code-of-program",
            code=Exit.DATA_REFUSED,
        )
    if cases:
        found.cases = (cases, text_of_file(cases))
    notes = _cases_fit(found, rules)
    outcome = Outcome()
    kind = kind_of("rulebook")
    with transaction(clerk, outcome) as writer:
        own = found.cases[1] if found.cases else None
        record = {**found.record(rules), "since": rules.since, "cases": own}
        row = query.fetch(writer.connection, kind, kind.key_of(record))
        if row is None:
            writer.insert(kind, record)
        else:
            before = kind.give(content_of(writer.connection, kind, row))
            _same_text(before, record)
            writer.update(kind, row, {**before, "cases": own or before["cases"]})
        outcome.notes = notes
    return outcome


def _cases_fit(found: Found, rules: Regulation) -> list[Problem]:
    """Refuse cases of another regulation or that cannot be read; lacking ones are noted."""
    from cm_cli.domain.regulation.cases import coverage
    from cm_cli.domain.regulation.load import refusal

    if found.cases is None:
        return []
    file, text = found.cases
    problems = coverage(rules, text, file)
    notes = [replace(each, note=True) for each in problems if each.slug == "article-without-case"]
    serious = [each for each in problems if each.slug != "article-without-case"]
    if serious:
        raise refusal(file, serious)
    return notes


def _same_text(before: dict[str, Value], record: dict[str, Value]) -> None:
    if before["text_digest"] != record["text_digest"]:
        raise CmError(
            _("The store holds another text of {code} of {since}").format(
                code=record["code"], since=record["since"]
            ),
            mend=_(
                "Give the new version the day it is in force from (`since:`), or another code;"
                " compare them with: cm regulation diff {code}@{since} FILE."
            ).format(code=record["code"], since=record["since"]),
            slug="regulation-taken",
            code=Exit.DATA_REFUSED,
        )

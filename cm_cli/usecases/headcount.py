"""Heads against caps: the managers of each grade there are and may be, and what moves would do."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from cm_cli.domain import period as periods
from cm_cli.domain.career import next_grade
from cm_cli.domain.fields import BadValueError, Choice, Context, nearest
from cm_cli.domain.headcount import WHOLE, Held, Move, Person, held
from cm_cli.domain.sheet import Column, Document, Sheet
from cm_cli.errors import CmError, Exit, Problem
from cm_cli.language import _, n_, pick
from cm_cli.store import facts
from cm_cli.store.connection import reading
from cm_cli.store.regulations import in_force
from cm_cli.usecases import library, norming
from cm_cli.usecases.lookup import managers_named
from cm_cli.usecases.regulations import lists_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cm_cli.domain.regulation.schema import Regulation
    from cm_cli.domain.sheet import Cell
    from cm_cli.store.engine import Connection
    from cm_cli.usecases.clerk import Clerk


def caps(
    clerk: Clerk, unit: str, name: str, moves: Sequence[str], staff: Sequence[str] = ()
) -> Sheet | Document:
    """Return the heads of each grade against its cap, and with ``moves`` what these would do.

    Where the regulation has norms they follow. ``name`` is another regulation than the one in
    force; a move is written ``M01`` (the next grade) or ``M01=senior``, other staff ``officer=2``.
    """
    with reading(clerk.place, clerk.known_at) as connection:
        in_use = None if name else in_force(connection, clerk.today)
        rules = in_use.rules() if in_use else library.named(name, clerk).read()
        people = _people(connection, clerk)
        kinds = facts.unit_kinds(connection)
        others = norming.staff_of(rules, staff)
        units = {person.unit for person in people}
        wanted = _moves(connection, rules, {each.code: each for each in people}, moves)
    chosen = {_unit(unit, units)} if unit else {m.person.unit for m in wanted} if wanted else units
    lines = [line for line in held(rules, people, wanted) if line.unit in {*chosen, WHOLE}]
    norms = norming.sheet(rules, people, kinds, others)
    if chosen != units:
        rows = [row for row in norms.rows if row[2] in {*chosen, _("all units")}]
        norms = replace(norms, rows=rows)
    if not wanted and not norms.rows:
        return _sheet(rules, lines, moved=False)
    title = _("Caps with the moves thought of") if wanted else _("Grades, caps and norms")
    facts_ = ((_("Regulation"), pick(rules.name.both())), (_("On"), clerk.today.isoformat()))
    sheets = [_people_sheet(rules, wanted)] if wanted else []
    sheets += [_sheet(rules, lines, moved=bool(wanted))]
    sheets += [norms] if norms.rows else []
    said = tuple(_broken(rules, lines)) if wanted else ()
    return Document("caps", title, facts_, tuple(sheets), said)


def _people(connection: Connection, clerk: Clerk) -> list[Person]:
    month = periods.month(clerk.today.year, clerk.today.month)
    everyone = facts.posts(connection, month)
    return [
        Person(
            each.code,
            each.name,
            each.unit,
            each.grade,
            each.education,
            each.years_on(clerk.today),
            counts=each.status == "active",
        )
        for each in everyone
        if each.status != "departed"
    ]


def _unit(word: str, units: set[str]) -> str:
    """Return the unit meant: its name, or the only one that has the word in it."""
    fitting = [name for name in units if word in name]
    if word in units or len(fitting) == 1:
        return word if word in units else fitting[0]
    what = (
        _("No manager is in a unit “{word}”")
        if not fitting
        else _("“{word}” is part of several units")
    )
    raise CmError(
        what.format(word=word),
        mend=_("Take one of {known}.").format(known=", ".join(sorted(fitting)))
        if fitting
        else nearest(word, sorted(units))
        or _("See the units with: cm manager list --fields unit."),
        slug="no-such-unit",
        code=Exit.NO_INPUT,
    )


def _moves(
    connection: Connection, rules: Regulation, people: dict[str, Person], words: Sequence[str]
) -> list[Move]:
    """Read the moves; all that cannot be are refused together."""
    lists = Context(lists=lists_of(json.loads(_compiled(rules)))) if words else Context()
    moves: dict[str, Move] = {}
    problems: list[Problem] = []
    for word in words:
        try:
            move = _move(connection, rules, people, lists, word)
        except CmError as refused:
            problems.append(Problem(refused.slug, refused.what, None, word, refused.mend))
            continue
        if move.person.code in moves:
            what = _("{manager} stands twice").format(manager=move.person.code)
            problems.append(Problem("moved-twice", what, None, word, _("Give one grade.")))
        moves[move.person.code] = move
    if problems:
        raise CmError(
            n_(
                "{count} move cannot be thought of",
                "{count} moves cannot be thought of",
                len(problems),
            ).format(count=len(problems)),
            mend=_("Mend what is named and ask again."),
            slug="bad-moves",
            code=Exit.USAGE,
            problems=problems,
        )
    return list(moves.values())


def _compiled(rules: Regulation) -> str:
    from cm_cli.domain.regulation.schema import to_json

    return to_json(rules)


def _move(
    connection: Connection, rules: Regulation, people: dict[str, Person], lists: Context, word: str
) -> Move:
    who, sign, grade = word.rpartition("=") if "=" in word else (word, "", "")
    code = managers_named(connection, [who.strip()])[0]
    person = people.get(code)
    if person is None:
        raise CmError(
            _("{manager} has departed").format(manager=code),
            mend=_("Name managers who are in post."),
            slug="departed",
        )
    to = _grade(rules, lists, grade.strip()) if sign else next_grade(rules, person.grade)
    if not to:
        raise CmError(
            _("There is no grade above that of {manager} ({grade})").format(
                manager=code, grade=person.grade
            ),
            mend=_("Write the grade, as {manager}={grade}.").format(
                manager=code, grade=(rules.ladder or ["GRADE"])[0]
            ),
            slug="no-next-grade",
        )
    if to == person.grade:
        raise CmError(
            _("{manager} has the grade {grade} already").format(manager=code, grade=to),
            mend=_("Name another grade."),
            slug="grade-held",
        )
    return Move(person, to)


def _grade(rules: Regulation, lists: Context, text: str) -> str:
    try:
        found = Choice(source="grades").parse(text, lists)
    except BadValueError as bad:
        raise CmError(
            _("Grade “{grade}” {what}").format(grade=text, what=bad.what),
            mend=bad.mend,
            slug="unknown-grade",
        ) from None
    if found is None:
        raise CmError(
            _("The grade is missing after the sign ="),
            mend=_("There are: {words}.").format(words=", ".join(rules.ladder)),
            slug="unknown-grade",
        )
    return str(found)


def _named(rules: Regulation, code: str) -> str:
    grade = rules.grade(code)
    return pick(grade.name.both()) if grade else _("not a grade of the regulation")


def _sheet(rules: Regulation, lines: Sequence[Held], *, moved: bool) -> Sheet:
    """Return unit, grade, heads, limit, room and whether it is kept; the same after the moves."""
    columns = [
        Column("unit", _("Unit")),
        Column("grade", _("Grade"), "code"),
        Column("name", _("Name")),
        Column("heads", _("Heads"), "count"),
        Column("total", _("In all"), "count"),
        Column("percent", _("At most"), "percent"),
        Column("most", _("Heads at most"), "count"),
        Column("room", _("Room"), "count"),
        Column("kept", _("Kept"), "flag"),
        Column("article", _("Article"), "code"),
    ]
    if moved:
        columns += [
            Column("after", _("Heads after"), "count"),
            Column("room_after", _("Room after"), "count"),
            Column("kept_after", _("Kept after"), "flag"),
        ]
    rows = [_row(rules, line, moved=moved) for line in lines]
    notes = () if lines else (_("{code} caps no grade.").format(code=rules.regulation),)
    if not lines and any(grade.cap for grade in rules.grades):
        notes = (_("No manager is active."),)
    return Sheet("caps", _("Grades and their caps"), tuple(columns), rows, notes)


def _row(rules: Regulation, line: Held, *, moved: bool) -> tuple[Cell, ...]:
    now, after = line.now, line.after
    capped = now.most is not None
    source = now.article or (_("chosen") if capped else None)
    row: tuple[Cell, ...] = (
        line.unit or _("all units"), now.grade, _named(rules, now.grade), now.heads, now.total,
        now.percent, now.most, now.room, now.kept if capped else None, source,
    )  # fmt: skip
    if moved:
        row += (after.heads, after.room, after.kept if capped else None)
    return row


def _people_sheet(rules: Regulation, moves: Sequence[Move]) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for move in moves:
        person, lacks = move.person, move.lacks(rules)
        said = "; ".join(
            found.what + (f": {found.value}" if found.value else "") for found in lacks
        )
        if not person.counts:
            said = "; ".join(filter(None, (said, _("not active: counts in no cap"))))
        rows.append(
            (person.code, person.name, person.unit, person.grade, move.to, not lacks, said or None)
        )
    columns = (
        Column("manager", _("Manager"), "code"),
        Column("name", _("Manager's name")),
        Column("unit", _("Unit")),
        Column("from", _("From grade"), "code"),
        Column("to", _("To grade"), "code"),
        Column("may_hold", _("Requirements met"), "flag"),
        Column("lacks", _("What is lacking")),
    )
    return Sheet("moves", _("Moves"), columns, rows)


def _broken(rules: Regulation, lines: Sequence[Held]) -> list[str]:
    sentences = {
        "breaks": _(
            "{unit}: the cap of {grade} would be broken: {heads} of {most} (article {article})."
        ),
        "stays_broken": _(
            "{unit}: the cap of {grade} stays broken: {heads} of {most} (article {article})."
        ),
        "mends": _(
            "{unit}: the cap of {grade} is kept again: {heads} of {most} (article {article})."
        ),
    }
    found = [
        sentences[line.effect].format(
            unit=line.unit or _("all units"),
            grade=_named(rules, line.after.grade),
            heads=line.after.heads,
            most=line.after.most,
            article=line.after.article or "-",
        )
        for line in lines
        if line.effect
    ]
    capped = any(grade.cap for grade in rules.grades)
    return found or [
        _("No cap would be broken.")
        if capped
        else _("{code} caps no grade.").format(code=rules.regulation)
    ]

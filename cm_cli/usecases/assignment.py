"""Assigning clients: plan, apply, by hand, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from cm_cli.domain.assignment.facts import ClientFacts, ManagerFacts, Rules, Trees
from cm_cli.domain.assignment.plan import Base, Decision, Plan
from cm_cli.domain.assignment.plan import plan as make
from cm_cli.domain.assignment.sheets import plan_sheets
from cm_cli.domain.assignment.state import facts_digest, from_json
from cm_cli.domain.assignment.why import why as explain
from cm_cli.domain.assignment.why_not import HELD, why_not, why_not_document
from cm_cli.domain.register import kind as kind_of
from cm_cli.domain.sheet import Document, plain
from cm_cli.errors import CmError, Exit, Problem
from cm_cli.language import _, pick
from cm_cli.readers.intake import whole
from cm_cli.store import assigning, facts, query
from cm_cli.store import undo as journal
from cm_cli.store.connection import reading
from cm_cli.store.journal import content_of, head
from cm_cli.store.regulations import in_force
from cm_cli.usecases.clerk import Clerk, Outcome, transaction
from cm_cli.usecases.lookup import locate, managers_named
from cm_cli.usecases.reference import trees
from cm_cli.usecases.regulations import context

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from cm_cli.domain.fields import Value
    from cm_cli.store.engine import Connection
    from cm_cli.store.journal import Writer

_BEARING = {"client", "manager", "assignment", "classification", "leave", "regulation"}


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything a plan is made from, on a day."""

    clients: list[ClientFacts]
    managers: list[ManagerFacts]
    rules: Rules
    trees: Trees
    day: date
    base: Base

    def plan(self) -> Plan:
        """Return the plan for the day."""
        return make(self.clients, self.managers, self.rules, self.trees, self.day, base=self.base)


def situation(connection: Connection, day: date) -> Situation:
    """Read from the store what a plan is made from."""
    from cm_cli.domain.regulation.assigning import rules_of

    regulation = in_force(connection, day)
    rules = regulation.rules()
    told = rules_of(rules, regulation.digest)
    clients = assigning.clients(connection, day)
    managers = assigning.managers(connection, rules.ladder)
    number, last = head(connection)
    base = Base(number, last, facts_digest(clients, managers, told, day))
    both = Trees(trees()["regions"], trees()["industries"])
    return Situation(clients, managers, told, both, day, base)


def plan(clerk: Clerk) -> Plan:
    """Plan who looks after whom from today on; nothing is written."""
    with reading(clerk.place, clerk.known_at) as connection:
        _no_later(connection, clerk.today)
        return situation(connection, clerk.today).plan()


def document(clerk: Clerk, made: Plan) -> Document:
    """Return a plan as people read it, with names beside codes."""
    with reading(clerk.place, clerk.known_at) as connection:
        clients = assigning.names(connection, "client")
        managers = assigning.names(connection, "manager")
    changes = made.changes()
    moved = sum(1 for each in changes if each.change == "move")
    without = sum(1 for each in made.decisions if _left_alone(each))
    facts = (
        (_("Day"), made.day.isoformat()),
        (_("Regulation"), made.regulation),
        (_("Changes"), str(len(changes))),
        (_("of them moved"), str(moved)),
        (_("Stay where they are"), str(made.kept)),
        (_("Stay without a manager"), str(without)),
    )
    return Document(
        "assignment-plan", _("Assignment plan"), facts, plan_sheets(made, clients, managers)
    )


def _moved(connection: Connection, day: date, to: str, status: str) -> Iterator[Problem]:
    """Yield what a plan would have minded: the client's status, a leave, a capacity overrun."""
    if status != "active":
        what = _("The client's status is “{status}”: plans leave it out").format(status=status)
        yield Problem("client-not-active", what, note=True)
    for first, last in facts.leaves(connection).get(to, ()):
        if first <= day <= last:
            what = _("{manager} is on leave until {last}").format(manager=to, last=last)
            yield Problem("moved-on-leave", what, note=True)
    kind = kind_of("manager")
    manager = content_of(connection, kind, query.fetch(connection, kind, [to]) or 0)
    if manager["capacity"] is None:
        return
    measure = str(manager["capacity_measure"] or "clients")
    held = assigning.burden(connection, to, measure, day)
    if held > Decimal(str(manager["capacity"])):
        what = _("{manager} now holds {held}, over the capacity of {capacity}").format(
            manager=to, held=plain(held), capacity=plain(Decimal(str(manager["capacity"])))
        )
        yield Problem("moved-over-capacity", what, note=True)


def read_plan(file: str) -> Plan:
    """Read a plan from a file."""
    try:
        text = whole(file).decode()
    except (OSError, UnicodeDecodeError) as trouble:
        raise CmError(
            _("The plan {file} cannot be read").format(file=file),
            where=getattr(trouble, "strerror", "") or "",
            mend=_("Make one with: cm assign plan -o FILE."),
            slug="no-plan",
            code=Exit.NO_INPUT,
        ) from None
    return from_json(text, file)


def _in_post(connection: Connection, code: str) -> None:
    """Refuse to give a client to somebody who is not in post."""
    kind = kind_of("manager")
    row = query.fetch(connection, kind, [code])
    status = content_of(connection, kind, row)["status"] if row else None
    if status in {"departed", "suspended"}:
        raise CmError(
            _("{manager} is not in post").format(manager=code),
            mend=_("Give the client to somebody else, or set the manager's status first."),
            slug="not-in-post",
            code=Exit.DATA_REFUSED,
        )


def _no_later(connection: Connection, day: date, client: str = "") -> None:
    count = assigning.later_than(connection, day, client)
    if count:
        raise CmError(
            _("{count} assignments begin after {day}").format(count=count, day=day),
            mend=_("Plan for a later day (--on), or take those entries back first."),
            slug="later-assignments",
            code=Exit.DATA_REFUSED,
        )


def apply(clerk: Clerk, given: Plan | None) -> Outcome:
    """Put a plan into force; one made from another state of the store is refused."""
    outcome = Outcome()
    with transaction(clerk, outcome) as writer:
        day = given.day if given else clerk.today
        _no_later(writer.connection, day)
        now = situation(writer.connection, day)
        if given and given.base.facts != now.base.facts:
            raise _stale(writer.connection, given)
        made = now.plan()
        if given and given.decisions != made.decisions:
            raise _altered(given, made)
        _write(writer, made, now.rules)
        outcome.notes = _left(made)
    return outcome


def _stale(connection: Connection, given: Plan) -> CmError:
    since = [
        entry
        for entry in journal.entries(connection)
        if entry.number > given.base.entry and _BEARING & entry.wrote
    ]
    problems = [
        Problem(
            "changed-since",
            _("entry {number} by {operator}: {command}").format(
                number=entry.number, operator=entry.operator, command=entry.command
            ),
        )
        for entry in since
    ]
    return CmError(
        _("The plan is stale: what it was made from has changed"),
        mend=_("Look at the entries above, then plan again: cm assign plan."),
        slug="stale-plan",
        code=Exit.DATA_REFUSED,
        problems=problems,
    )


def _altered(given: Plan, made: Plan) -> CmError:
    """Refuse a plan that says something else than the rules give from the same facts."""
    wrong = set(given.decisions) ^ set(made.decisions)
    return CmError(
        _("The plan was edited: it is not what the rules give"),
        mend=_("Make it again; give single clients by hand with: cm assign move."),
        slug="plan-altered",
        code=Exit.DATA_REFUSED,
        problems=[
            Problem("plan-altered", _("client {client}").format(client=client))
            for client in sorted({each.client for each in wrong})
        ],
    )


def _write(writer: Writer, made: Plan, rules: Rules) -> None:
    kind = kind_of("assignment")
    standing = assigning.current(writer.connection, made.day)
    changes = made.changes()
    for each in changes:
        if each.client in standing:
            _end(writer, *standing[each.client], made.day)
    fresh = [_record(each, made, rules) for each in changes if each.manager]
    if fresh:
        writer.insert_many(kind, fresh)


def _end(writer: Writer, row: int, since: date, day: date) -> None:
    """End an assignment the day before; one that began this very day is taken back instead."""
    kind = kind_of("assignment")
    if since >= day:
        writer.delete(kind, row)
    else:
        writer.update(kind, row, {"until": day - timedelta(days=1)})


def _record(each: Decision, made: Plan, rules: Rules) -> dict[str, Value]:
    rule = rules.rule(each.rule)
    by = "+".join(rule.by) if rule else ""
    said = [f"{reason.slug} {' '.join(reason.managers)}".strip() for reason in each.reasons]
    return {
        "client": each.client,
        "manager": each.manager,
        "since": made.day,
        "rule": each.rule,
        "reason": "; ".join([by, *said]),
    }


def _left_alone(each: Decision) -> bool:
    """Say whether a client stays without a manager."""
    return each.change in {"none", "release"} and not each.manager


def _left(made: Plan) -> list[Problem]:
    without = sum(1 for each in made.decisions if _left_alone(each))
    if not without:
        return []
    what = _("{count} clients have no manager").format(count=without)
    mend = _("See why with: cm assign plan, or cm assign why CLIENT.")
    return [Problem("unassigned", what, mend=mend, note=True)]


def move(clerk: Clerk, client: str, manager: str, *, lock: bool | None) -> Outcome:
    """Give a client to a manager by hand, from today on; a reason is required (C33)."""
    if not clerk.reason.strip():
        raise CmError(
            _("Moving a client by hand needs a reason"),
            mend=_("Add --reason TEXT."),
            slug="no-reason",
            code=Exit.USAGE,
        )
    outcome = Outcome()
    with transaction(clerk, outcome) as writer:
        connection = writer.connection
        row = locate(connection, kind_of("client"), [client])
        code = str(content_of(connection, kind_of("client"), row)["code"])
        to = managers_named(connection, [manager])[0]
        _in_post(connection, to)
        _no_later(connection, clerk.today, code)
        standing = assigning.current(connection, clerk.today)
        if code in standing:
            number, since = standing[code]
            if content_of(connection, kind_of("assignment"), number)["manager"] == to:
                if lock is not None:
                    writer.update(kind_of("assignment"), number, {"locked": lock})
                return outcome
            _end(writer, number, since, clerk.today)
        record: dict[str, Value] = {
            "client": code,
            "manager": to,
            "since": clerk.today,
            "rule": "by hand",
            "reason": clerk.reason,
            "locked": bool(lock),
        }
        writer.insert(kind_of("assignment"), record)
        status = str(content_of(connection, kind_of("client"), row)["status"] or "active")
        outcome.notes += _moved(connection, clerk.today, to, status)
        if not lock and status == "active":
            what = _("A plan takes the client back where the manager does not fit by the rules")
            mend = _("With --lock plans leave the pair alone.")
            outcome.notes.append(Problem("not-locked", what, mend=mend, note=True))
    return outcome


def why(clerk: Clerk, client: str, other: str) -> Document:
    """Explain who looks after a client: what is on record, and how it would be planned today.

    With ``other``, say what keeps that manager from the client and what it would take.
    """
    with reading(clerk.place, clerk.known_at) as connection:
        row = locate(connection, kind_of("client"), [client])
        code = str(content_of(connection, kind_of("client"), row)["code"])
        now = situation(connection, clerk.today)
        past = _on_record(connection, code)
        named = managers_named(connection, [other])[0] if other else ""
        sizes = context(connection, clerk.today).lists.get("sizes", ())
    mine = next(each for each in now.clients if each.code == code)
    anew = replace(
        now,
        clients=[
            c if c.code != code else c._replace(manager="", locked=False) for c in now.clients
        ],
    )
    if named:
        asked = partial(why_not, manager=named, managers=now.managers, rules=now.rules, on=now.day)
        answer = asked(mine, trees=now.trees, made=now.plan())
        if answer.reason.slug not in HELD:
            return why_not_document(code, named, answer)
        free = mine._replace(manager="", locked=False)
        again = asked(free, trees=now.trees, made=anew.plan())
        return why_not_document(code, named, answer, again)
    size = next((pick(each.names) for each in sizes if each.code == mine.size), mine.size)
    made = anew.plan()
    told = explain(
        mine._replace(manager="", locked=False),
        now.managers,
        now.rules,
        now.trees,
        on=now.day,
        made=made,
    )
    facts = (
        (_("Client"), code),
        (_("Region"), mine.region),
        (_("Industry"), mine.industry),
        (_("Size"), size),
        *past,
        *(
            (_("Planned anew today: {label}").format(label=label), value)
            for label, value in told.facts[2:]
        ),
    )
    return Document("assignment-why", _("Why {client}").format(client=code), facts, told.sheets)


def _on_record(connection: Connection, code: str) -> Sequence[tuple[str, str]]:
    """Return the client's assignments on record, newest first, as facts."""
    rows = assigning.history_of(connection, code)
    if not rows:
        return [(_("On record"), _("nobody"))]
    return [
        (
            _("On record since {since}").format(since=since)
            + (_(" until {until}").format(until=until) if until else ""),
            _("{manager} {name}, rule {rule} ({reason}), entry {entry}").format(
                manager=manager, name=name, rule=rule, reason=reason, entry=entry
            )
            + (_(", locked") if locked else ""),
        )
        for manager, since, until, rule, reason, locked, entry, name in rows
    ]

"""A plan as a file: JSON, the same bytes for the same plan, and read back strictly.

Reasons are written once and referred to by number, decisions one a line, so that a plan can be
compared line by line. ``facts_digest`` names what a plan was made from: apply refuses when the
facts of the day digest otherwise.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import date
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar, cast

from cm_cli.domain.assignment.plan import Base, Decision, Load, Plan
from cm_cli.domain.assignment.reasons import SENTENCES, Reason, sentence
from cm_cli.domain.inert import inert
from cm_cli.domain.jsonfault import reason
from cm_cli.domain.sheet import plain
from cm_cli.errors import CmError, Exit, Problem, Where
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cm_cli.domain.assignment.facts import ClientFacts, ManagerFacts, Rules

T = TypeVar("T")
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
FAMILY = "cm-assignment-plan/"
FORMAT = FAMILY + "2"  # 2: each load names its measure
_SHOWN = 60
_LONGEST_NUMBER = 60
KEYS = (
    "format",
    "day",
    "regulation",
    "digest",
    "measure",
    "base",
    "kept",
    "reasons",
    "notes",
    "decisions",
    "loads",
)


def facts_digest(
    clients: Sequence[ClientFacts], managers: Sequence[ManagerFacts], rules: Rules, on: date
) -> str:
    """Return the SHA-256 over all the engine is told, in any order of clients and managers."""
    digest = sha256(f"{on.isoformat()}\n{_rules_text(rules)}\n".encode())
    for manager in sorted(managers, key=attrgetter("code")):
        digest.update(_manager_text(manager).encode())
    for client in sorted(clients, key=attrgetter("code")):
        digest.update(("\x1f".join(map(_cell, client)) + "\n").encode())
    return digest.hexdigest()


def _cell(value: object) -> str:
    return plain(value) if isinstance(value, Decimal) else str(value)


def _rules_text(rules: Rules) -> str:
    told = [getattr(rules, each.name) for each in fields(rules) if each.name != "order"]
    return json.dumps([told, [(rule.code, rule.by) for rule in rules.order]], default=str)


def _manager_text(manager: ManagerFacts) -> str:
    coverage = sorted((code, sorted(values)) for code, values in manager.coverage.items())
    capacity = "" if manager.capacity is None else plain(Decimal(manager.capacity))
    leaves = [str(day) for span in sorted(manager.leaves) for day in span]
    burden = [manager.measure, capacity]
    told = [manager.code, manager.status, coverage, *burden, manager.rank, leaves]
    return json.dumps(told, ensure_ascii=False) + "\n"


def to_json(plan: Plan) -> str:
    """Return the plan as JSON text that ends with a line break."""
    table: dict[Reason, int] = {}

    def number(reason: Reason) -> int:
        return table.setdefault(reason, len(table))

    notes = [number(note) for note in plan.notes]
    decisions = [_line([*each[:5], [number(r) for r in each.reasons]]) for each in plan.decisions]
    loads = [_line(_load_row(each)) for each in plan.loads]
    head = {
        "format": FORMAT,
        "day": plan.day.isoformat(),
        "regulation": plan.regulation,
        "digest": plan.digest,
        "measure": plan.measure,
        "base": asdict(plan.base),
        "kept": plan.kept,
    }
    parts = [f'"{key}":{_line(value)}' for key, value in head.items()]
    parts.append('"reasons":' + _block(_line(_reason_row(reason)) for reason in table))
    parts.append(f'"notes":{_line(notes)}')
    parts += ['"decisions":' + _block(decisions), '"loads":' + _block(loads)]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _line(value: object) -> str:
    return _ENCODER.encode(value)


def _block(lines: Iterable[str]) -> str:
    text = ",\n".join(lines)
    return f"[\n{text}\n]" if text else "[]"


def _reason_row(reason: Reason) -> list[object]:
    return [reason.slug, reason.about, reason.managers, reason.detail]


def _load_row(each: Load) -> list[object]:
    capacity = None if each.capacity is None else plain(each.capacity)
    amounts = [capacity, plain(each.before), plain(each.after)]
    return [each.manager, each.measure, *amounts, each.clients_before, each.clients_after]


def from_json(text: str, file: str) -> Plan:
    """Read a plan; raises CmError with every finding where ``to_json`` wrote no such text."""
    return _Reader(file).plan(_document(text.removeprefix("\ufeff"), file))


def _document(text: str, file: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        what = _("This is not JSON: {reason}").format(reason=reason(error))
        where = Where(file, getattr(error, "lineno", 0))
        raise _refused(file, [Problem("plan-not-json", what, where)]) from None
    form = document.get("format") if isinstance(document, dict) else None
    if form != FORMAT:
        other = isinstance(form, str) and form.startswith(FAMILY)
        what = (
            _("The plan was written by another version of cm.")
            if other
            else _("This is not a plan of assignment.")
        )
        raise _refused(file, [Problem("plan-form", what, Where(file))])
    return cast("dict[str, Any]", document)


def _refused(file: str, problems: Sequence[Problem]) -> CmError:
    return CmError(
        _("The plan “{file}” cannot be used.").format(file=file),
        mend=_("Make the plan again with “cm assign plan” and leave the file as it is."),
        slug="plan-file",
        code=Exit.DATA_REFUSED,
        problems=tuple(problems),
    )


class _Reader:
    """Reads the parts of a plan and gathers what is wrong with them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def plan(self, given: dict[str, Any]) -> Plan:
        for key in sorted(given.keys() ^ set(KEYS)):
            absent = key not in given
            what = (
                _("This part of the plan is missing.") if absent else _("A plan has no such part.")
            )
            self.wrong(key, what)
        reasons = self.rows(given, "reasons", _reason)
        read = Plan(
            day=self.one(given, "day", _day) or date.min,
            regulation=self.one(given, "regulation", _text) or "",
            digest=self.one(given, "digest", _text) or "",
            measure=self.one(given, "measure", _measure) or "",
            kept=self.one(given, "kept", _count) or 0,
            decisions=self.rows(given, "decisions", lambda row: _decision(row, reasons)),
            loads=self.rows(given, "loads", _load),
            notes=self.rows(given, "notes", lambda at: reasons[_count(at)]),
            base=self.one(given, "base", _base) or Base(),
        )
        self.ordered("decisions", [each.client for each in read.decisions])
        self.ordered("loads", [each.manager for each in read.loads])
        if self.problems:
            raise _refused(self.file, self.problems)
        return read

    def wrong(self, part: str, what: str, value: str = "") -> None:
        where = Where(self.file, column=_short(part))
        self.problems.append(Problem("plan-part", what.format(value=value), where, value))

    def altered(self, part: str, given: object) -> None:
        what = _("This part of the plan is not as it was written: {value}")
        self.wrong(part, what, _short(_line(given)))

    def one(self, given: dict[str, Any], key: str, read: Callable[[Any], T]) -> T | None:
        try:
            return read(given[key]) if key in given else None
        except (ValueError, TypeError, LookupError, ArithmeticError):
            self.altered(key, given[key])
            return None

    def rows(self, given: dict[str, Any], key: str, read: Callable[[Any], T]) -> tuple[T, ...]:
        rows = given.get(key, [])
        if not isinstance(rows, list):
            self.altered(key, rows)
            return ()
        found = (self.one({f"{key}[{n}]": row}, f"{key}[{n}]", read) for n, row in enumerate(rows))
        return tuple(each for each in found if each is not None)

    def ordered(self, key: str, codes: list[str]) -> None:
        for before, after in pairwise(codes):
            if before >= after:
                what = _("“{value}” is not in its place in this part of the plan.")
                self.wrong(key, what, _short(after))


def _short(text: str) -> str:
    return inert(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError
    return value


def _number(value: Any) -> Decimal:
    text = _text(value)
    if len(text) > _LONGEST_NUMBER or not Decimal(text).is_finite() or "e" in text.lower():
        raise ValueError
    return Decimal(text)


def _day(value: Any) -> date:
    return date.fromisoformat(_text(value))


def _measure(value: Any) -> str:
    if value not in {"clients", "assets", "sales"}:
        raise ValueError
    return _text(value)


def _base(value: Any) -> Base:
    if not isinstance(value, dict) or value.keys() != {"entry", "head", "facts"}:
        raise ValueError
    return Base(_count(value["entry"]), _text(value["head"]), _text(value["facts"]))


def _pairs(value: Any) -> tuple[tuple[str, str], ...]:
    return tuple((_text(one), _text(other)) for one, other in value)


def _reason(row: Any) -> Reason:
    slug, about, managers, detail = row
    if slug not in SENTENCES:
        raise ValueError
    reason = Reason(slug, _pairs(about), tuple(map(_text, managers)), _pairs(detail))
    sentence(reason)  # a fact the sentence needs and does not find is a LookupError
    return reason


def _decision(row: Any, reasons: Sequence[Reason]) -> Decision:
    client, manager, before, change, rule, why = row
    fitting = {
        "new": manager and rule and not before,
        "move": manager and rule and before and manager != before,
        "release": before and not manager,
        "keep": manager and manager == before,
        "none": manager == before,
    }
    if not client or not fitting[change]:
        raise ValueError
    said = tuple(reasons[_count(at)] for at in why)
    return Decision(_text(client), _text(manager), _text(before), change, _text(rule), said)


def _load(row: Any) -> Load:
    manager, measure, capacity, before, after, had, has = row
    limit = None if capacity is None else _number(capacity)
    amounts = (limit, _number(before), _number(after))
    return Load(_text(manager), _measure(measure), *amounts, _count(had), _count(has))

"""Reading a bundle: every file or sheet of one kind, all in one transaction and one entry.

Which kind a file holds is said by its name (``clients.csv``, ``01-客户.xlsx``) or, where that says
nothing, by its headings. Kinds are read after those they refer to, whatever the order of the
files. Where the bundle holds the classes of clients, none are worked out; a store without any
record takes over the regulations of the bundle instead of its own.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from cm_cli.domain.fields import nearest
from cm_cli.domain.headings import heading_key, headings, match_heading
from cm_cli.domain.kind import longest_text
from cm_cli.domain.register import in_order, kinds
from cm_cli.errors import CmError, Problem, Where
from cm_cli.language import _
from cm_cli.readers.bundle import Member, members
from cm_cli.readers.rows import CELL_LIMIT, Request
from cm_cli.store import query
from cm_cli.usecases.batch import JOIN, shown
from cm_cli.usecases.clerk import Clerk, Outcome, transaction
from cm_cli.usecases.intake import refused, take
from cm_cli.usecases.regulations import context_of_all
from cm_cli.usecases.returned import returned

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

    from cm_cli.domain.kind import Kind
    from cm_cli.readers.rows import Table
    from cm_cli.store.journal import Writer
    from cm_cli.usecases.batch import Batch, Wanted

_RULES, _CLASSES = "regulation", "classification"
_NUMBERS = re.compile(r"^\d+|\d+$|\(\d+\)$")


def import_all(clerk: Clerk, source: str, wanted: Wanted, stdin: BinaryIO | None = None) -> Outcome:
    """Import a bundle; raises CmError with the findings of all its files."""
    outcome = Outcome()
    with members(source, stdin) as found, transaction(clerk, outcome) as writer:
        told, others = _sorted(found, wanted)
        batches: list[Batch] = []
        fresh = not any(query.count(writer.connection, k) for k in kinds() if k.name != _RULES)
        doubtful = frozenset(kind.name for kind in kinds()) if _serious(others) else frozenset()
        effects = not any(k.name == _CLASSES and _filled(k, m, wanted) for k, m in told)
        for kind in in_order():
            for member in (member for one, member in told if one is kind):
                batch, trouble = _taken(writer, clerk, kind, member, wanted, doubtful, effects)
                batches += [batch] if batch else []
                others += trouble
                if trouble or (batch and batch.serious()):
                    doubtful |= {kind.name}
            same = [batch for batch in batches if batch.kind is kind]
            others += _contradictions(same)
            if kind.name == _RULES and fresh and same and kind.name not in doubtful:
                _take_over(writer, kind, same)
        if any(batch.serious() for batch in batches) or _serious(others):
            raise refused(batches, others)
        tallies = [batch.tally() for batch in batches]
        outcome.tally = {name: sum(t[name] for t in tallies) for name in (tallies or [{}])[0]}
        outcome.notes = [
            *others,
            *(found for batch in batches for found in batch.told() if found.note),
        ]
    return outcome


def _serious(found: Sequence[Problem]) -> bool:
    return any(not each.note for each in found)


def kind_named(stem: str) -> Kind | None:
    """Return the kind a file or sheet is called after: ``clients``, ``客户``, ``01-clients``."""
    plain = _NUMBERS.sub("", heading_key(stem)).strip(".、()")
    for each in kinds():
        if plain in {heading_key(word) for word in (each.plural, each.name, each.zh, each.en)}:
            return each
    return None


def _sorted(found: list[Member], wanted: Wanted) -> tuple[list[tuple[Kind, Member]], list[Problem]]:
    """Return each member with its kind, and the findings about those that have none."""
    told: list[tuple[Kind, Member]] = []
    problems: list[Problem] = []
    for member in found:
        kind = kind_named(member.stem) or _kind_by_headings(member, wanted)
        if kind:
            told.append((kind, member))
            continue
        words = [word for each in kinds() for word in (each.plural, each.zh)]
        left = wanted.ignore_unknown
        what = (
            _("“{name}” holds no kind of record that is known and is left out")
            if left
            else _("Neither the name nor the headings say which kind of record “{name}” holds")
        )
        rest = _("Call it after a kind, as clients or 客户, or take it out of the bundle.")
        problems.append(
            Problem(
                "unknown-member",
                what.format(name=member.stem),
                Where(member.file, sheet=member.sheet),
                member.stem,
                "" if left else f"{nearest(member.stem, words)} {rest}".strip(),
                note=left,
            )
        )
    return told, problems


def _kind_by_headings(member: Member, wanted: Wanted) -> Kind | None:
    """Return the one kind whose key the headings name and of which they say most."""
    known = {kind.name: headings(kind) for kind in kinds()}

    def anywhere(text: str) -> bool:
        return any(match_heading(fields, text)[0] for fields in known.values())

    most = max(longest_text(kind) for kind in kinds())
    try:
        with member.open(Request(wanted.encoding, known=anywhere, longest=most)) as table:
            headers = [heading for heading in table.headers if heading]
    except CmError:
        return None
    merits: dict[str, int] = {}
    for kind in kinds():
        met = [match_heading(known[kind.name], heading)[0] for heading in headers]
        present = {field.name for field in met if field}
        if present >= {name for name in kind.key if kind.field(name).required}:
            merits[kind.name] = len(present) * 2 - len(headers)
    best = sorted(merits, key=lambda name: -merits[name])[:2]
    if not best or merits[best[0]] <= 0 or (len(best) > 1 and merits[best[0]] == merits[best[1]]):
        return None
    return next(kind for kind in kinds() if kind.name == best[0])


def _taken(
    writer: Writer,
    clerk: Clerk,
    kind: Kind,
    member: Member,
    wanted: Wanted,
    doubtful: frozenset[str],
    effects: bool,
) -> tuple[Batch | None, list[Problem]]:
    """Read one member; what ends its reading becomes a finding like the others."""
    try:
        with _opened(kind, member, wanted) as table:
            if _bare(table):
                return None, []
            batch = take(
                writer,
                clerk,
                kind,
                table,
                wanted,
                reads=context_of_all(writer.connection),
                lenient=doubtful,
                effects=effects,
            )
    except CmError as refusal:
        if refusal.slug == "empty-file" and not member.sheet:
            return None, []
        line = re.search(r":(\d+)", refusal.where.removeprefix(member.file))
        where = Where(member.file, int(line[1]) if line else 0, sheet=member.sheet)
        return None, [Problem(refusal.slug, refusal.what, where, mend=refusal.mend)]
    return batch, []


def _opened(kind: Kind, member: Member, wanted: Wanted) -> Table:
    known = headings(kind)
    request = Request(
        wanted.encoding,
        known=lambda text: match_heading(known, text)[0] is not None,
        longest=max(longest_text(kind), CELL_LIMIT),
    )
    return returned(kind, member.open(request), wanted.renamed)


def _filled(kind: Kind, member: Member, wanted: Wanted) -> bool:
    """Say whether there is anything in a member, be it readable or not."""
    try:
        with _opened(kind, member, wanted) as table:
            return not _bare(table)
    except CmError as refusal:
        return refusal.slug != "empty-file"


def _bare(table: Table) -> bool:
    """Say whether a table has headings and nothing beneath them, as a template has."""
    first = next(table.chunks, None)
    if first is None:
        return all(found.slug == "no-rows" for found in table.problems)
    table.chunks = chain([first], table.chunks)
    return False


def _contradictions(batches: list[Batch]) -> list[Problem]:
    """Return a finding for each record that two files of a kind tell differently."""
    problems: list[Problem] = []
    seen: dict[str, tuple[int, int, Batch]] = {}
    for batch in batches if len(batches) > 1 else ():
        for key, (line, content) in batch.rows.items():
            first = seen.setdefault(key, (line, content, batch))
            if first[1] != content:
                what = _("{key} stands in {file} already, with other values").format(
                    key=shown(key),
                    file=first[2].table.where(first[0]),
                )
                mend = _("Keep one of the two rows.")
                problems.append(Problem("duplicate-key", what, batch.table.where(line), mend=mend))
    return problems


def _take_over(writer: Writer, kind: Kind, batches: list[Batch]) -> None:
    """Take away the regulations an empty store was made with that the bundle does not have."""
    for key, row in list(query.joined_keys(writer.connection, kind, JOIN)):
        if not any(key in batch.rows for batch in batches):
            writer.delete(kind, row)

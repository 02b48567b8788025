"""Proving a store: the chain of entries, and every row and history row against it.

Everything is recomputed. A changed row is named; rows added or taken away outside the program
are named by the entry they should belong to; an anchor (digests kept elsewhere) also finds a
chain that was cut or written anew.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from cm_cli.domain.register import kinds, names
from cm_cli.errors import Problem
from cm_cli.language import _
from cm_cli.store.content import digest_of, text_digest
from cm_cli.store.engine import UnreadableError, on_server, stream
from cm_cli.store.journal import COLUMNS, GENESIS, entry_of, packed, rows_digest, sealed
from cm_cli.store.undo import referring_to_nothing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cm_cli.domain.kind import Kind
    from cm_cli.store.engine import Connection
    from cm_cli.store.journal import Entry

    # what each entry says it wrote, by its number and kind; none where that cannot be read
    Wrote = Mapping[int, Mapping[str, Mapping[str, int]] | None]


def verify(connection: Connection, anchors: Sequence[tuple[int, str]] = ()) -> list[Problem]:
    """Return everything that is not as the journal says; nothing means the store is whole."""
    found, unread = _entries(connection)
    problems = [*_file(connection), *_chain(found, unread), *_anchors(found, anchors)]
    wrote: Wrote = {
        entry.number: None if entry.number in unread else entry.counts for entry in found
    }
    for kind in kinds():
        problems += _rows(connection, kind, wrote)
        problems += _history(connection, kind, wrote)
    problems += _unknown(connection)
    problems += _settings(connection, found)
    problems += _written(connection, [each for each in found if each.number not in unread])
    return problems


def _entries(connection: Connection) -> tuple[list[Entry], set[int]]:
    """Return the journal, and the numbers of the entries whose counts are not as written."""
    found: list[Entry] = []
    unread: set[int] = set()
    at = COLUMNS.index("counts")
    for row in connection.execute(f"SELECT {', '.join(COLUMNS)} FROM entry ORDER BY number"):
        try:
            entry = entry_of(row)
        except UnreadableError:
            entry = entry_of([*row[:at], "{}", *row[at + 1 :]])
        if packed(entry.counts) != row[at]:
            unread.add(entry.number)
        found.append(entry)
    return found, unread


def _file(connection: Connection) -> Iterator[Problem]:
    """Yield what the engine itself finds: damaged pages, dangling references."""
    pages = () if on_server(connection) else connection.execute("PRAGMA integrity_check")
    for (text,) in pages:
        if text != "ok":
            what = _("The file is damaged: {text}").format(text=text)
            yield Problem("file-damaged", what, mend=_("Restore the last backup to another place."))
    for kind in kinds():
        for row, parent in referring_to_nothing(connection, kind):
            what = _("{kind} {row} refers to a {parent} that is not there").format(
                kind=kind.name, row=row, parent=parent
            )
            yield Problem("dangling", what)


def _settings(connection: Connection, found: Sequence[Entry]) -> Iterator[Problem]:
    """Yield the facts about the store itself that are not those of its first entry."""
    first = found[0] if found and found[0].number == 1 else None
    if first is None:
        return
    known = {"made": first.moment, "made_by": first.operator}
    kept = dict(connection.execute("SELECT name, value FROM setting WHERE name <> 'moved_to'"))
    for name in sorted({*known, *kept}):
        if known.get(name) != kept.get(name):
            what = _("The setting {name} was changed outside the program").format(name=name)
            yield Problem("setting-changed", what, mend=_("Compare it with the last backup."))


def _chain(found: Sequence[Entry], unread: set[int]) -> Iterator[Problem]:
    """Yield the entries that are missing, out of the chain, or changed."""
    previous, expected = GENESIS, 1
    for entry in found:
        if entry.number != expected:
            what = _("Entry {number} is missing").format(number=expected)
            yield Problem("entry-missing", what)
        elif entry.previous != previous:
            what = _("Entry {number} does not follow the one before it").format(number=entry.number)
            yield Problem("entry-unchained", what)
        if entry.number in unread or not _seals(entry):
            what = _("Entry {number} was changed outside the program").format(number=entry.number)
            yield Problem("entry-changed", what)
        previous, expected = entry.hash, entry.number + 1


def _anchors(found: Sequence[Entry], anchors: Sequence[tuple[int, str]]) -> Iterator[Problem]:
    """Yield the anchors the chain no longer holds."""
    hashes = {entry.number: entry.hash for entry in found}
    for number, digest in anchors:
        if number not in hashes:
            what = _("Entry {number}, anchored elsewhere, is gone: the chain was cut")
            yield Problem("anchor-lost", what.format(number=number))
        elif hashes[number] != digest:
            what = _("Entry {number} is not the one anchored elsewhere: the chain was written anew")
            yield Problem("anchor-differs", what.format(number=number))


def _rows(connection: Connection, kind: Kind, wrote: Wrote) -> Iterator[Problem]:
    """Yield the rows whose content or entry is not what it was when it was written."""
    columns = ", ".join(kind.names)
    for row in stream(connection, f"SELECT id, entry, digest, {columns} FROM {kind.name}"):
        kept = dict(zip(kind.names, row[3:], strict=True))
        if not _digests(kind, row[0], kept, row[2]):
            yield _changed(kind, row[0], kept)
        elif not _wrote(wrote, row[1], kind):
            what = _("{record} stands under entry {entry}, which wrote no such record").format(
                record=_named(kind, row[0], kept), entry=row[1]
            )
            yield Problem("row-foreign", what)


def _wrote(wrote: Wrote, number: int, kind: Kind) -> bool:
    """Say whether an entry wrote such records; one that cannot be read may have."""
    counts = wrote.get(number, {})
    return counts is None or kind.name in counts


def _seals(entry: Entry) -> bool:
    """Say whether an entry's hash is its own; a damaged page can hold bytes where text was."""
    try:
        return sealed(entry).hash == entry.hash
    except TypeError:
        return False


def _digests(kind: Kind, row: int, kept: Mapping[str, Any], digest: object) -> bool:
    """Say whether a record's digest is its own; a damaged page can hold bytes where text was."""
    try:
        return digest_of(kind, row, kept) == digest
    except (TypeError, ValueError):
        return False


def _changed(kind: Kind, row: int, kept: Mapping[str, object]) -> Problem:
    what = _("{record} was changed outside the program").format(record=_named(kind, row, kept))
    return Problem("row-changed", what, mend=_("Compare it with the last backup."))


def _named(kind: Kind, row: int, kept: Mapping[str, object]) -> str:
    key = " ".join(str(kept.get(name) or "") for name in kind.key).strip()
    return f"{kind.name} {key} (#{row})"


def _history(connection: Connection, kind: Kind, wrote: Wrote) -> Iterator[Problem]:
    """Yield the versions that were changed, overlap the next, or belong to no entry.

    As many as an entry replaced or deleted have to end with it.
    """
    ended: Counter[int] = Counter()
    for row, since, until, digest, content, following in stream(
        connection,
        "SELECT h.row, h.since, h.until, h.digest, h.content, coalesce(lead(h.since)"
        f" OVER (PARTITION BY h.row ORDER BY h.since), t.entry) FROM history h"
        f" LEFT JOIN {kind.name} t ON t.id = h.row WHERE h.kind = ? ORDER BY h.row, h.since",
        (kind.name,),
    ):
        ended[until] += 1
        late = since > until or (following is not None and until > following)
        if late or text_digest(kind, row, content) != digest:
            yield _altered(kind.name, row, since)
        elif since not in wrote or until not in wrote:
            what = _("The history of {kind} #{row} names entries that are not there")
            yield Problem("history-foreign", what.format(kind=kind.name, row=row))
        elif not (_wrote(wrote, since, kind) and _wrote(wrote, until, kind)):
            what = _("The history of {kind} #{row} names entries that wrote no such record")
            yield Problem("history-foreign", what.format(kind=kind.name, row=row))
    for number, counts in wrote.items():
        each = (counts or {}).get(kind.name, {})
        said = each.get("updated", 0) + each.get("deleted", 0)
        if counts is not None and kind.name in counts and ended[number] != said:
            what = _("Entry {number} replaced {said} rows of {kind}; history has {now}")
            yield Problem(
                "history-differs",
                what.format(number=number, said=said, kind=kind.name, now=ended[number]),
            )


def _unknown(connection: Connection) -> Iterator[Problem]:
    """Yield the versions of records of no kind there is."""
    places = ", ".join("?" * len(names()))
    for name, row, since in stream(
        connection,
        f"SELECT kind, row, since FROM history WHERE kind NOT IN ({places}) ORDER BY 1, 2, 3",
        names(),
    ):
        yield _altered(name, row, since)


def _altered(name: str, row: int, since: int) -> Problem:
    what = _("The history of {kind} #{row} (entry {since}) was changed outside the program")
    return Problem("history-changed", what.format(kind=name, row=row, since=since))


def _written(connection: Connection, found: Iterable[Entry]) -> Iterator[Problem]:
    """Yield the entries whose rows are not all there, or are more than they wrote."""
    for entry in found:
        known = sorted(name for name in entry.counts if name in names())
        if rows_digest(connection, entry.number, known) == entry.rows_digest:
            continue
        for name in known:
            now = _standing(connection, entry.number, name)
            said = entry.counts[name].get("inserted", 0) + entry.counts[name].get("updated", 0)
            if now != said:
                what = _("Entry {number} wrote {said} rows of {kind}; {now} are there")
                yield Problem(
                    "rows-differ",
                    what.format(number=entry.number, said=said, kind=name, now=now),
                )
        what = _("The rows of entry {number} are not those it wrote")
        yield Problem("entry-rows", what.format(number=entry.number))


def _standing(connection: Connection, number: int, name: str) -> int:
    count: int = connection.execute(
        f"SELECT (SELECT count(*) FROM {name} WHERE entry = :entry)"
        " + (SELECT count(*) FROM history WHERE kind = :kind AND since = :entry)",
        {"entry": number, "kind": name},
    ).fetchone()[0]
    return count


def summary(problems: Iterable[Problem]) -> Counter[str]:
    """Count the findings by sort."""
    return Counter(found.slug for found in problems)

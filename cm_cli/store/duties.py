"""What duties ask of the store: days somebody wrote, clients in charge, the last contact."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING

from cm_cli.domain import period as periods
from cm_cli.domain.duties import Contact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cm_cli.domain.period import Period
    from cm_cli.store.engine import Connection

DATED = ("diary", "visit")  # records of a manager and a day
_RECENT = 366  # days
_CONTACTS = """
SELECT a.manager, a.client, a.since, coalesce(k.grade, ''), coalesce(v.last,
       (SELECT max(w.day) FROM visit w WHERE w.client = a.client AND w.day <= :on))
FROM assignment a
JOIN client c ON c.code = a.client AND coalesce(c.status, 'active') <> 'lost'
LEFT JOIN classification k ON k.client = a.client AND k.scheme = :scheme
     AND k.since <= :on AND (k.until IS NULL OR k.until >= :on)
LEFT JOIN (SELECT client, max(day) AS last FROM visit
           WHERE day BETWEEN :recent AND :on GROUP BY client) v
     ON v.client = a.client
WHERE a.since <= :on AND (a.until IS NULL OR a.until >= :on){only}
ORDER BY a.manager, a.client
"""


def days(
    connection: Connection, record: str, first: date, last: date
) -> dict[str, dict[date, int]]:
    """Return the days on which each manager has records of a kind, and how many."""
    if record not in DATED:
        raise KeyError(record)
    found: dict[str, dict[date, int]] = defaultdict(dict)
    for manager, day, count in connection.execute(
        f"SELECT manager, day, count(*) FROM {record} WHERE day BETWEEN ? AND ?"
        " GROUP BY manager, day",
        (first.isoformat(), last.isoformat()),
    ):
        found[manager][date.fromisoformat(day)] = count
    return found


def contacts(
    connection: Connection, scheme: str, on: date, managers: Sequence[str] = ()
) -> dict[str, list[Contact]]:
    """Return the clients each manager looks after, with class in a scheme and last contact.

    The visits of a year are gone through once; of who has none in it, and where only some
    ``managers`` are asked about, the last one is looked up client by client.
    """
    found: dict[str, list[Contact]] = defaultdict(list)
    recent = on - timedelta(days=-1 if managers else _RECENT)
    bound = {"scheme": scheme, "on": on.isoformat(), "recent": recent.isoformat()}
    bound |= {f"m{at}": code for at, code in enumerate(managers)}
    only = f" AND a.manager IN ({', '.join(f':m{at}' for at in range(len(managers)))})"
    sql = _CONTACTS.format(only=only if managers else "")
    for manager, client, since, grade, last in connection.execute(sql, bound):
        met = date.fromisoformat(last) if last else None
        found[manager].append(Contact(client, date.fromisoformat(since), grade, met))
    return found


def inspections(
    connection: Connection, first: date, last: date
) -> dict[str, dict[date, date | None]]:
    """Return the diary days of each manager, and when each sheet was inspected, if it was."""
    found: dict[str, dict[date, date | None]] = defaultdict(dict)
    for manager, day, seen in connection.execute(
        "SELECT manager, day, inspected_on FROM diary WHERE day BETWEEN ? AND ?",
        (first.isoformat(), last.isoformat()),
    ):
        found[manager][date.fromisoformat(day)] = date.fromisoformat(seen) if seen else None
    return found


def inspected_at_all(connection: Connection) -> bool:
    """Say whether inspections are put on record here."""
    asked = "SELECT 1 FROM diary WHERE inspected_on IS NOT NULL LIMIT 1"
    return connection.execute(asked).fetchone() is not None


def appraised(connection: Connection) -> dict[str, list[Period]]:
    """Return the periods each manager has an appraisal of that was made once they had ended.

    One made before, on part of the records, counts when it has been decided.
    """
    found: dict[str, list[Period]] = defaultdict(list)
    asked = "SELECT manager, period, state, data_day FROM appraisal"
    for manager, text, state, day in connection.execute(asked):
        period = periods.parse(text)
        if state == "decided" or day is None or date.fromisoformat(day) >= period.last:
            found[manager].append(period)
    return found

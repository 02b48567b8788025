"""A store as the first version made it: schema 1, with the rows of a store of today."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from cm_cli.store import migrate
from cm_cli.store.place import APPLICATION_ID

FIRST = Path(migrate.__file__).parent / "migrations" / "versions"


def rebuilt(store: Path) -> None:
    """Put a store of schema 1 in the place of one of today, with the same rows."""
    first = store.with_name("first.db")
    with closing(sqlite3.connect(first)) as connection:
        connection.executescript((FIRST / "first.sqlite.sql").read_text(encoding="utf-8"))
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("ATTACH ? AS now", (str(store),))
        made = connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")
        for (name,) in made.fetchall():
            columns = ", ".join(
                row[1] for row in connection.execute(f"PRAGMA main.table_info({name})")
            )
            connection.execute(
                f"INSERT INTO main.{name} ({columns}) SELECT {columns} FROM now.{name}"
            )
        connection.commit()
        connection.execute("DETACH now")
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute("PRAGMA user_version=1")
    for suffix in ("-wal", "-shm"):
        Path(f"{store}{suffix}").unlink(missing_ok=True)
    first.chmod(0o600)
    first.replace(store)

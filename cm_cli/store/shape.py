"""Whether a store's tables are those of its schema: nothing missing, altered or added."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from cm_cli.errors import Problem
from cm_cli.language import _
from cm_cli.store.engine import on_server
from cm_cli.store.place import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cm_cli.store.engine import Connection

Shape = dict[str, object]  # what there is, by its name: ``column client.name``, ``index ix_…``


def differences(connection: Connection) -> Iterator[Problem]:
    """Yield what the schema has and the store lacks, what differs, and what does not belong."""
    if on_server(connection):
        found, wanted = _of_server(connection), _declared_for_server()
    else:
        found, wanted = _of_file(connection), _declared_for_file()
    mend = _("Restore the last backup to another place and compare.")
    numbers = [row[0] for row in connection.execute("SELECT version_num FROM alembic_version")]
    if numbers != [str(SCHEMA)]:
        what = _("In the schema {name} is not what it should be").format(name="alembic_version")
        yield Problem("schema-differs", what, mend=mend)
    for name in sorted(wanted.keys() | found.keys()):
        if name not in found:
            what = _("The schema lacks {name}").format(name=name)
        elif name not in wanted:
            what = _("The schema has {name}, which does not belong there").format(name=name)
        elif wanted[name] != found[name]:
            what = _("In the schema {name} is not what it should be").format(name=name)
        else:
            continue
        yield Problem("schema-differs", what, mend=mend)


def _of_file(connection: Connection) -> Shape:
    found: Shape = {}
    for sort, name, sql in connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    ).fetchall():
        found[f"{sort} {name}"] = ""
        if sort == "table":
            for row in connection.execute(f'PRAGMA table_xinfo("{name}")'):
                found[f"column {name}.{row[1]}"] = tuple(row[2:])
            found[f"constraints of {name}"] = sorted(re.findall(r"CONSTRAINT (\w+)", sql))
            keys = connection.execute(f'PRAGMA foreign_key_list("{name}")')
            found[f"references {name}"] = sorted(tuple(row[2:]) for row in keys)
        elif sort == "index":
            parts = connection.execute(f'PRAGMA index_xinfo("{name}")')
            # by the name of the column: its place differs where a migration has added it
            found[f"index {name}"] = [tuple(row[2:] if row[2] else row[1:]) for row in parts]
    return found


def _declared_for_file() -> Shape:
    """Return the shape of a store made now."""
    from cm_cli.store.schema import sqlite_statements

    with closing(sqlite3.connect(":memory:")) as empty:
        for statement in sqlite_statements():
            empty.execute(statement)
        return _of_file(empty)


def _of_server(connection: Connection) -> Shape:
    found: Shape = {
        f"column {table}.{name}": (kind, nullable == "NO")
        for table, name, kind, nullable in connection.execute(
            "SELECT table_name, column_name, data_type, is_nullable"
            " FROM information_schema.columns WHERE table_schema = 'cm'"
        )
    }
    found |= {
        f"constraint {name}": ""
        for (name,) in connection.execute(
            "SELECT conname FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace"
            " WHERE n.nspname = 'cm' AND contype IN ('p', 'u', 'f', 'c')"
        )
    }
    indexes = connection.execute("SELECT indexname FROM pg_indexes WHERE schemaname = 'cm'")
    return found | {f"index {name}": "" for (name,) in indexes}


def _declared_for_server() -> Shape:
    from sqlalchemy import BigInteger, PrimaryKeyConstraint, UniqueConstraint
    from sqlalchemy.dialects import postgresql

    from cm_cli.store.schema import METADATA

    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    found: Shape = {}
    for table in METADATA.sorted_tables:
        for column in table.columns:
            number = isinstance(column.type, BigInteger)
            text = "text" if column.name != "version_num" else "character varying"
            found[f"column {table.name}.{column.name}"] = (
                "bigint" if number else text,
                not column.nullable,
            )
        for each in table.constraints:
            rule = each._ddl_if  # noqa: SLF001 - the engine a constraint is for
            if rule is None or rule.dialect == dialect.name:
                found[f"constraint {each.name}"] = ""
                if isinstance(each, PrimaryKeyConstraint | UniqueConstraint):
                    found[f"index {each.name}"] = ""
        found |= {f"index {index.name}": "" for index in table.indexes}
    return found

"""Schema 4: a regulation may be for a unit or a line, until a day, and extend others; rulebooks.

SQLite cannot drop a constraint of a table: ``regulation`` is made anew beside the old one and takes
its rows. The new columns are empty, so no digest changes. On a server who may read and write the
regulations in use may do the same with the new table.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "4"
down_revision = "3"

_KEY = (
    "CREATE UNIQUE INDEX uq_regulation_key"
    " ON regulation (since, coalesce(unit, ''), coalesce(line, ''))"
)
_ENTRY = "CREATE INDEX ix_{table}_entry ON {table} (entry)"
_DAY = "{column} IS date({column}, '+0 days')"
_SERVER_DAY = "{column} ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$'"
_REGULATION = """
CREATE TABLE new_regulation (
    id INTEGER NOT NULL, code TEXT NOT NULL, since TEXT NOT NULL, until TEXT, unit TEXT, line TEXT,
    text_digest TEXT NOT NULL, text TEXT NOT NULL, parents TEXT, compiled TEXT NOT NULL,
    entry INTEGER NOT NULL, digest TEXT NOT NULL,
    CONSTRAINT pk_regulation PRIMARY KEY (id),
    CONSTRAINT ck_regulation_since CHECK (since IS date(since, '+0 days')),
    CONSTRAINT ck_regulation_until CHECK (until IS date(until, '+0 days')),
    CONSTRAINT ck_regulation_until_order CHECK (until >= since)
) STRICT
"""
_RULEBOOK = """
CREATE TABLE rulebook (
    id {number} NOT NULL, code {text} NOT NULL, since {text} NOT NULL, text_digest {text} NOT NULL,
    text {text} NOT NULL, parents {text}, cases {text}, compiled {text} NOT NULL,
    entry {number} NOT NULL, digest {text} NOT NULL,
    CONSTRAINT pk_rulebook PRIMARY KEY (id),
    CONSTRAINT ck_rulebook_since CHECK ({day})
) {strict}
"""
_OLD = "id, code, since, text_digest, text, compiled, entry, digest"
_GRANTS = """
SELECT grantee, privilege_type FROM information_schema.role_table_grants
WHERE table_schema = 'cm' AND table_name = 'regulation' AND grantee <> current_user
"""


def upgrade() -> None:
    """Widen the key of the regulations, make the table of rulebooks, give managers a line."""
    server = op.get_context().dialect.name == "postgresql"
    words = sa.Text(collation="C") if server else sa.Text()
    op.add_column("manager", sa.Column("line", words))
    if server:
        _on_server(words)
    else:
        _in_file()
    run = op.get_bind().exec_driver_sql
    run(_KEY)
    run(_ENTRY.format(table="rulebook"))
    run("CREATE UNIQUE INDEX uq_rulebook_key ON rulebook (code, since)")


def _in_file() -> None:
    run = op.get_bind().exec_driver_sql
    run(_REGULATION)
    run(f"INSERT INTO new_regulation ({_OLD}) SELECT {_OLD} FROM regulation")
    run("DROP TABLE regulation")
    run("ALTER TABLE new_regulation RENAME TO regulation")
    run(_ENTRY.format(table="regulation"))
    day = _DAY.format(column="since")
    run(_RULEBOOK.format(number="INTEGER", text="TEXT", day=day, strict="STRICT"))


def _on_server(words: sa.Text) -> None:
    run = op.get_bind().exec_driver_sql
    op.drop_constraint("uq_regulation_since", "regulation")
    for name in ("until", "unit", "line", "parents"):
        op.add_column("regulation", sa.Column(name, words))
    for name, check in (
        ("until", _SERVER_DAY.format(column="until")),
        ("until_order", "until >= since"),
    ):
        op.create_check_constraint(op.f(f"ck_regulation_{name}"), "regulation", check)
    day = _SERVER_DAY.format(column="since")
    run(_RULEBOOK.format(number="BIGINT", text='TEXT COLLATE "C"', day=day, strict=""))
    for grantee, privilege in run(_GRANTS).fetchall():
        run(f'GRANT {privilege} ON rulebook TO "{grantee}"')

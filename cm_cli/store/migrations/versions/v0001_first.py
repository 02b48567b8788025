"""Schema 1: the tables of the first stores, as they were made then.

The text is frozen: what a store of those days is, is no longer what the declarations say today.
"""

from __future__ import annotations

from importlib.resources import files

from alembic import op

revision = "1"
down_revision = None


def upgrade() -> None:
    """Make the tables of schema 1."""
    name = f"first.{op.get_context().dialect.name}.sql"
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    for statement in text.split(";\n"):
        if statement.strip():
            op.get_bind().exec_driver_sql(statement)

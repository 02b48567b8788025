"""Schema 2: the store itself refuses days in the wrong order (a leave that ends before it begins).

SQLite cannot add a constraint to a table: the three tables are made anew beside the old ones and
take their rows and names. None of them is referred to by another.
"""

from __future__ import annotations

import re

from alembic import op

revision = "2"
down_revision = "1"

ORDERS = {
    "diary": ("inspected_on", "day"),
    "leave": ("last", "first"),
    "visit": ("follow_up_on", "day"),
}


def upgrade() -> None:
    """Add the constraint to each of the tables."""
    for table, (later, earlier) in ORDERS.items():
        name, check = f"ck_{table}_{later}_order", f"{later} >= {earlier}"
        if op.get_context().dialect.name == "sqlite":
            _rebuild(table, f"CONSTRAINT {name} CHECK ({check})")
        else:
            op.create_check_constraint(op.f(name), table, check)


def _rebuild(table: str, constraint: str) -> None:
    """Make a table anew with one constraint more; rows, indexes and all else stay as they are."""
    bind = op.get_bind()
    made = bind.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL"
        " ORDER BY type DESC, name",
        (table,),
    ).scalars()
    create, *indexes = list(made)
    first = re.sub(r"^CREATE TABLE \"?\w+\"?", f"CREATE TABLE new_{table}", create)
    head, mark, rest = first.partition("CONSTRAINT fk_")
    bind.exec_driver_sql(f"{head}{constraint}, \n\t{mark}{rest}")
    bind.exec_driver_sql(f"INSERT INTO new_{table} SELECT * FROM {table}")
    bind.exec_driver_sql(f"DROP TABLE {table}")
    bind.exec_driver_sql(f"ALTER TABLE new_{table} RENAME TO {table}")
    for index in indexes:
        bind.exec_driver_sql(index)

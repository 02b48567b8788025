"""Schema 3: a client has a unified social credit code (统一社会信用代码, GB 32100-2015).

The column is added to the table as it is and stands last; it is empty, so no digest changes.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "3"
down_revision = "2"


def upgrade() -> None:
    """Add the column."""
    server = op.get_context().dialect.name == "postgresql"
    words = sa.Text(collation="C") if server else sa.Text()
    op.add_column("client", sa.Column("credit_code", words))

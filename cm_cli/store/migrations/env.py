"""Alembic's entry: runs the migrations on the connection and in the transaction it is handed."""

from __future__ import annotations

from alembic import context

from cm_cli.store.schema import METADATA

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    transactional_ddl=True,  # the caller's transaction, on both engines: all of it or nothing
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()

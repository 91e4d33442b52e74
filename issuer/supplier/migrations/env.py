"""Alembic's environment: always online, on the connection that the caller gave."""

from __future__ import annotations

from alembic import context

from issuer.supplier.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"], target_metadata=METADATA, version_table="supplier_version"
)
with context.begin_transaction():
    context.run_migrations()

"""Runs the migrations on the connection that ``Database.migrate`` hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from registry.rows.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()

"""Alembic's environment: online on a given connection, or offline as an SQL script for a named dialect."""

from __future__ import annotations

from alembic import context

from issuer.tables import METADATA

VERSION_TABLE = "desk_version"


def run_offline() -> None:
    """Write the SQL script of the migrations for the dialect named in the configuration."""
    context.configure(
        dialect_name=context.config.get_main_option("dialect", "sqlite"),
        target_metadata=METADATA,
        version_table=VERSION_TABLE,
        literal_binds=True,
        transactional_ddl=False,
    )
    context.run_migrations()


def run_online() -> None:
    """Migrate the database behind the connection that the caller gave."""
    context.configure(
        connection=context.config.attributes["connection"], target_metadata=METADATA, version_table=VERSION_TABLE
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run_online()

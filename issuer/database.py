"""The desk's database: see verifier/edge/private_database.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.edge.private_database import PrivateDatabase, migrations_beside

if TYPE_CHECKING:
    from pathlib import Path

    from alembic.config import Config


class Database(PrivateDatabase):
    """The open database of one desk."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, migration_config())


def migration_config() -> Config:
    """Return the configuration of the desk's migrations."""
    return migrations_beside(__name__)

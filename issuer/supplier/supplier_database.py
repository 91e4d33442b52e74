"""The supplier's database: see verifier/edge/private_database.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.edge.private_database import PrivateDatabase, migrations_beside

if TYPE_CHECKING:
    from pathlib import Path

    from alembic.config import Config

FILE = "supplier.db"


class SupplierDatabase(PrivateDatabase):
    """The open database of one supplier's folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / FILE, migration_config())


def migration_config() -> Config:
    """Return the configuration of the supplier's migrations."""
    return migrations_beside(__name__)

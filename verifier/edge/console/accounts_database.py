"""The file with a console's accounts: see verifier/edge/private_database.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.edge.private_database import PrivateDatabase, migrations_beside

if TYPE_CHECKING:
    from pathlib import Path

FILE = "console.db"


class AccountsDatabase(PrivateDatabase):
    """The open accounts of one folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / FILE, migrations_beside(__name__))

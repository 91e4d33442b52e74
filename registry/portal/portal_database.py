"""The portal's own database: an SQLite file, or a PostgreSQL database that is not the registry's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from registry.database import Database
from registry.database_postgresql import check_url
from registry.portal.tables import metadata
from verifier.errors import WrongUseError

if TYPE_CHECKING:
    from pathlib import Path

    from registry.data_folder import DataFolder
    from registry.settings import Settings

_MAKING = 0x73687277
"""The key of the advisory lock under which one process at a time makes the tables."""


class PortalDatabase(Database):
    """One database with its connections."""

    def migrate(self) -> None:
        """Make the tables that are not there."""
        with self.write() as connection:
            if self.is_shared:
                connection.execute(select(func.pg_advisory_xact_lock(_MAKING)))
            metadata.create_all(connection)


def open_portal(data: DataFolder, settings: Settings) -> PortalDatabase:
    """Return the portal's database, with its tables. Raises WrongUseError or UnavailableError."""
    place: Path | str = data.portal
    if settings.portal_database:
        check_url(settings.portal_database)
        if settings.portal_database == settings.database:
            raise WrongUseError("the portal would share the registry's database", hint="Make one of its own.")
        place = settings.portal_database
    database = PortalDatabase(place)
    database.migrate()
    if place == data.portal:
        # Signing secrets stand in it.
        data.portal.chmod(0o600)
    return database

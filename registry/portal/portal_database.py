"""The portal's own database: an SQLite file, or a PostgreSQL database that is not the registry's.

The first versions made their tables without noting which: such a database is taken over as it stands, told by the
tables that are in it, and then migrated like any other. Nothing of it is written anew.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from sqlalchemy import func, inspect, select

from registry.portal.tables import VERSION_TABLE
from registry.rows.database import Database
from registry.rows.database_postgresql import check_url
from verifier.errors import UnavailableError, WrongUseError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from registry.data_folder import DataFolder
    from registry.settings import Settings

_MAKING = 0x73687277
"""The key of the advisory lock under which one process at a time migrates."""

_UNNOTED = (("digest", "0002"), ("client", "0001"))
"""By which table a database that notes no version is known to have which: the newest first."""


class PortalDatabase(Database):
    """One database with its connections."""

    def migrate(self) -> None:
        """Bring the schema to the newest version; a database that notes none keeps what is in it."""
        with self.write() as connection:
            if self.is_shared:
                connection.execute(select(func.pg_advisory_xact_lock(_MAKING)))
            config = migrations(connection)
            if unnoted := _unnoted_version(connection):
                command.stamp(config, unnoted)
            command.upgrade(config, "head")


def read_portal(data: DataFolder, settings: Settings) -> PortalDatabase:
    """Return the portal's database as the portal left it. Raises WrongUseError, UnavailableError where none is."""
    place = _place(data, settings)
    if isinstance(place, Path) and not place.exists():
        raise UnavailableError("the portal has made no database yet", hint="Start the portal.")
    return PortalDatabase(place)


def open_portal(data: DataFolder, settings: Settings) -> PortalDatabase:
    """Return the portal's database, with its tables. Raises WrongUseError or UnavailableError."""
    place = _place(data, settings)
    if place == data.portal:
        # Signing secrets stand in it. SQLite gives its log the mode that the file has when it is opened.
        data.portal.touch(mode=0o600)
        data.portal.chmod(0o600)
    database = PortalDatabase(place)
    database.migrate()
    return database


def _place(data: DataFolder, settings: Settings) -> Path | str:
    if not settings.portal_database:
        return data.portal
    check_url(settings.portal_database)
    if settings.portal_database == settings.database:
        raise WrongUseError("the portal would share the registry's database", hint="Make one of its own.")
    return settings.portal_database


def migrations(connection: Connection) -> Config:
    """Return Alembic's configuration for the migrations of the portal's database."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _unnoted_version(connection: Connection) -> str | None:
    """Return the version that the tables show, None where one is noted or nothing is there yet."""
    tables = set(inspect(connection).get_table_names())
    if VERSION_TABLE in tables:
        return None
    return next((version for table, version in _UNNOTED if table in tables), None)

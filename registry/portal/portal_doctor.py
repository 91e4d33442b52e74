"""What `shirushi registry doctor` finds about the portal: its database, its secrets, its mail server, its deliveries.

Looks only: a database that is behind is not migrated, and the mail server is greeted and left alone.
"""

from __future__ import annotations

import smtplib
import stat
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from registry.portal.portal_database import PortalDatabase, migrations
from registry.portal.queries_outbox import count_deliveries
from registry.portal.tables import VERSION_TABLE
from registry.settings import read_settings
from verifier.edge.command.doctor import Finding
from verifier.edge.mail import read_server
from verifier.errors import MarkError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from registry.data_folder import DataFolder

PATIENCE = 5.0
"""Seconds that the mail server has for its greeting."""


def examine_portal(data: DataFolder) -> Iterator[Finding]:
    """Yield what was found about the portal of a data folder."""
    try:
        settings = read_settings(data.path)
    except MarkError:
        # The settings are a finding of their own.
        return
    yield from _database(settings.portal_database or data.portal)
    files = [one for one in (data.portal, data.follow_key) if one.exists()]
    shown = [one.name for one in files if one.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    if files:
        detail = f"others may read {', '.join(shown)}: chmod 600" if shown else "readable by their owner only"
        yield Finding("portal's files", not shown, detail)
    yield _mail(settings.portal_mail_server)


def _database(place: Path | str) -> Iterator[Finding]:
    if isinstance(place, Path) and not place.exists():
        yield Finding("portal's database", None, "not there yet: the portal makes it when it starts")
        return
    try:
        with closing(PortalDatabase(place)) as database, database.read() as connection:
            yield _version(connection)
            dead = count_deliveries(connection, "dead")
    except MarkError as error:
        yield Finding("portal's database", False, f"{error.message}. {error.hint}".strip())
        return
    detail = (
        f"{dead} are not tried any more: clients see them, POST .../replay sends one again" if dead else "none dead"
    )
    yield Finding("portal's deliveries", None if dead else True, detail)


def _version(connection: Connection) -> Finding:
    newest = ScriptDirectory.from_config(migrations(connection)).get_current_head()
    noted = VERSION_TABLE in inspect(connection).get_table_names()
    version = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar() if noted else None
    if version == newest:
        return Finding("portal's database", True, f"version {version}")
    return Finding("portal's database", None, f"version {version or 'not noted'}, a start brings it to {newest}")


def _mail(server: str) -> Finding:
    name = "portal's mail"
    if not server:
        return Finding(name, None, "no mail server is set: no digests, and nobody follows by mail")
    try:
        found = read_server(server, trusted=None, requires_tls=False)
        with smtplib.SMTP(found.host, found.port, timeout=PATIENCE) as smtp:
            smtp.noop()
    except MarkError as error:
        return Finding(name, False, f"{error.message}. {error.hint}".strip())
    except (OSError, smtplib.SMTPException) as error:
        return Finding(name, False, f"{server} does not answer: {error}")
    return Finding(name, True, f"{server} answers")

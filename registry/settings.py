"""Every setting of the registry in one place: its name, its default, what it means.

A setting is taken from the environment (SHIRUSHI_ and its name in capitals), else from settings.toml in the data
folder, else from its default. A secret has no default and is never read from settings.toml.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from verifier.errors import WrongUseError
from verifier.faults import faults_text

FILE = "settings.toml"
PREFIX = "SHIRUSHI_"
PASSPHRASE = f"{PREFIX}PASSPHRASE"
"""The environment variable with the passphrase of the key files; with _FILE behind it, a file that holds it."""


class Settings(BaseModel):
    """The settings of one registry; each field's description says what it means."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    organisation: str = Field("Demonstration authority", description="The authority's name for OpenID Federation.")
    contact: str = Field("", description="How to reach the operator, on the page /legal: an https or e-mail address.")
    listen: str = Field("127.0.0.1", description="The address that all processes listen on.")
    database: str = Field(
        "", description="URL of a PostgreSQL database, without a password; empty: registry.db in the data folder."
    )
    read_port: int = Field(8080, ge=0, lt=65_536, description="Port of the read plane; 0 takes a free one.")
    api_port: int = Field(8081, ge=0, lt=65_536, description="Port of the write API; 0 takes a free one.")
    api_workers: int = Field(
        1, ge=1, le=64, description="Processes of the write API on PostgreSQL, each on the next port."
    )
    read_url: str = Field(
        "", description="Public address of the read plane, where the verification service has another one."
    )
    verification_url: str = Field(
        "", description="Public address of the verification service, where it is not that of the read plane."
    )
    verification_port: int = Field(
        8083, ge=0, lt=65_536, description="Port of the verification service; 0 takes a free one."
    )
    verification_clients: int = Field(
        0,
        ge=0,
        le=1,
        description="1 gives clients of the portal, by their key, four shares of this service.",
    )
    portal_port: int = Field(8084, ge=0, lt=65_536, description="Port of the portal for clients; 0 takes a free one.")
    portal_database: str = Field(
        "", description="URL of a PostgreSQL database of the portal's own; empty: portal.db in the data folder."
    )
    portal_to_loopback: int = Field(
        0, ge=0, le=1, description="1 lets webhooks go to this machine, without TLS too: for tests and rehearsals."
    )
    portal_mail_server: str = Field(
        "", description="HOST:PORT of a mail server that relays digests and letters to followers; empty: none."
    )
    portal_mail_sender: str = Field("", description="Address that digests and letters to followers are sent from.")
    access_log: int = Field(
        0, ge=0, le=1, description="1 writes a line about every request: method, route, status, time; nobody's address."
    )
    witness_port: int = Field(8082, ge=0, lt=65_536, description="Port of the demonstration witnesses; 0: a free one.")
    publish_every_ms: int = Field(
        1000,
        ge=200,
        description="Milliseconds between two steps of the publisher at most; a commit brings one forward.",
    )
    witness_timeout_ms: int = Field(2000, ge=100, description="Milliseconds that a witness has for its answer.")
    timer_most_acts: int = Field(
        100, ge=0, description="Timed acts that one run logs by itself; more wait for two operators."
    )
    timer_most_percent: int = Field(
        5, ge=0, le=100, description="Share of all that stands which one run may end by itself, from 11 acts on."
    )
    timer_most_hours: int = Field(
        48,
        ge=1,
        description="Hours between clock and newest witnessed checkpoint; beyond them timed acts wait.",
    )
    timer_lift_days: int = Field(
        180, ge=1, le=184, description="Days until a mark suspended over its report withdraws itself (illustrative)."
    )
    witnesses: dict[str, str] = Field({}, description="Submission address of each witness by its name in the policy.")


def read_settings(
    data: Path, *, given: Mapping[str, int] | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """Return the settings of a data folder; what is given counts before all. Raises WrongUseError for a wrong one."""
    environment = os.environ if environment is None else environment
    names = [name for name, one in Settings.model_fields.items() if one.annotation in (int, str)]
    said = {name: environment[PREFIX + name.upper()] for name in names if PREFIX + name.upper() in environment}
    try:
        return Settings.model_validate({**_from_file(data / FILE), **said, **(given or {})})
    except ValidationError as error:
        faults = faults_text(error.errors(), whole="settings")
        raise WrongUseError(f"a setting is wrong: {faults}") from error


def read_passphrase(environment: Mapping[str, str] | None = None) -> bytes:
    """Return the passphrase of the key files. Raises WrongUseError when there is none."""
    environment = os.environ if environment is None else environment
    if environment.get(PASSPHRASE):
        return environment[PASSPHRASE].encode()
    place = environment.get(f"{PASSPHRASE}_FILE")
    if place:
        try:
            return Path(place).read_bytes().strip()
        except OSError as error:
            raise WrongUseError(f"{PASSPHRASE}_FILE cannot be read: {error.strerror}") from error
    raise WrongUseError(f"{PASSPHRASE} is not set", hint=f"Set it, or {PASSPHRASE}_FILE to a file that holds it.")


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise WrongUseError(f"{path} cannot be read: {error}") from error

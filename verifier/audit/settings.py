"""The thresholds of a monitor: everything in it that is policy and not proof."""

from __future__ import annotations

from pydantic import Field

from verifier.encoding import read_object
from verifier.errors import MarkError, WrongUseError
from verifier.schema import Closed, Count, Label, Many, read_model

HOUR = 3600


class Settings(Closed):
    """Times in seconds. ``capacity`` is in marks a day and ``related`` in identifiers, both by the body's number."""

    checkpoint_age: Count = 2 * HOUR
    """R12: the newest checkpoint may be this old; an idle log makes one every hour, for its directory."""

    growth_within: Count = 2 * HOUR
    """R12: the log has to grow within this time."""

    witness_silence: Count = 6 * HOUR
    """R13: a witness may miss this long."""

    capacity: dict[Label, Count] = Field(default_factory=dict)
    """R6: what each body declared that it can issue in a day."""

    burst_least: Count = 20
    """R6: fewer marks than this in a day are never a burst."""

    burst_deviations: Count = 4
    """R6: a burst lies this many standard deviations above the mean of the past four weeks."""

    related: dict[Label, Many[Label]] = Field(default_factory=dict)
    """R4: the related parties that each body declared."""


def read_settings(data: bytes) -> Settings:
    """Return the settings of a JSON object; members that are absent keep their defaults. Raises WrongUseError."""
    try:
        return read_model(Settings, read_object(data), what="settings")
    except MarkError as error:
        raise WrongUseError(f"the settings cannot be read: {error.message}") from error

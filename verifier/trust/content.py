"""What a trust root says: the authority's keys, the log's keys, the witnesses and the policy, each with its window.

Windows are log indices, not dates: a key counts for entries with from <= index < until. Retired keys stay listed; a
compromised one carries a cut-off index.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from verifier.schema import Closed, Count, Digest, Index, Instant, Label, Many, One

RootRole = Literal["operator", "status", "directory", "receipt"]


class Window(Closed):
    """The log indices for which something counts: from <= index < until."""

    begins: Index = Field(alias="from")
    ends: Index | None = Field(default=None, alias="until")

    def holds(self, index: int) -> bool:
        """Say whether the index lies in the window."""
        return self.begins <= index and (self.ends is None or index < self.ends)


class RootKey(Window):
    """A key of the authority. ``holder`` is a lasting pseudonym of one person or machine."""

    jwk: dict[str, str]
    kid: Digest
    role: RootRole
    holder: Label
    cutoff: Index | None = None

    def counts(self, index: int) -> bool:
        """Say whether the key may sign the entry at that index."""
        return self.holds(index) and (self.cutoff is None or index < self.cutoff)


class LogKey(Window):
    """A key that signs checkpoints, as a C2SP verifier key."""

    vkey: Annotated[str, Field(max_length=200)]


class Witness(Window):
    """A witness: its verifier key, and who runs it where."""

    vkey: Annotated[str, Field(max_length=3000)]
    operator: Annotated[str, Field(min_length=1, max_length=80)]
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class Custodian(Closed):
    """One of the persons who sign trust roots, with a classical and a post-quantum key."""

    holder: Label
    es256: dict[str, str]
    ml_dsa_65: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{2603}$")]


class RootContent(Closed):
    """The signed part of a trust root."""

    v: One
    version: Count
    environment: Literal["production", "demonstration", "sandbox"]
    host: Annotated[str, Field(max_length=62)]
    zone: Annotated[str, Field(max_length=60)]
    issued: Instant
    expires: Instant
    threshold: Annotated[int, Field(ge=1, le=9)]
    custodians: Annotated[Many[Custodian], Field(min_length=1, max_length=9)]
    log: Annotated[str, Field(max_length=120)]
    log_keys: Annotated[Many[LogKey], Field(min_length=1)]
    witnesses: Many[Witness]
    policy: Annotated[str, Field(max_length=20_000)]
    keys: Annotated[Many[RootKey], Field(min_length=1)]

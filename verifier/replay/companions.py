"""Companions: the tokens that travel with a statement and are served beside the log."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Companions:
    """The tokens that a statement needs beside it: approval or attestation, mark and seal, or a key's proof.

    ``earlier`` is the mark that a correction takes the place of. Nobody sends it: the log has its digest, and whoever
    judges looks it up.
    """

    second: str | None = None
    mark: str | None = None
    seal: str | None = None
    proof: str | None = None
    earlier: str | None = None

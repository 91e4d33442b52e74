"""Companions: the tokens that travel with a statement and are served beside the log."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from verifier.envelope import Token, parse_token


@dataclass(frozen=True)
class Companions:
    """The tokens that a statement needs beside it: approval or attestation, mark and seal, or a key's proof.

    ``document`` holds the files that a mapping or an agreement pins.

    ``earlier`` is the mark that a correction takes the place of. Nobody sends it: the log has its digest, and whoever
    judges looks it up.
    """

    second: str | None = None
    mark: str | None = None
    seal: str | None = None
    proof: str | None = None
    earlier: str | None = None
    document: str | None = None

    def token(self, compact: str, typ: str) -> Token:
        """Return one of the tokens as ``parse_token`` does, read once however many rules look at it."""
        known = self._tokens.get((compact, typ))
        if known is None:
            known = self._tokens[compact, typ] = parse_token(compact, typ)
        return known

    @cached_property
    def _tokens(self) -> dict[tuple[str, str], Token]:
        return {}

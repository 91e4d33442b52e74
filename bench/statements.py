"""Statements to fill logs with: signed ones, and made-up ones of the same bytes and shape where millions are needed.

An entry is a mark.issued as an evaluator's desk writes it. All are made before a clock starts: what is measured is the
log, not the making or checking of signatures.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from verifier.encoding import b64u, digest
from verifier.injected import seeded_entropy
from verifier.markid import new_mark_id
from verifier.names import body_uri, log_origin, mark_uri
from verifier.signer import SoftwareSigner
from verifier.statement import Anchor, Draft, new_token_id, parse_statement, sign_statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.statement import Statement

HOST = "shirushi.example"
START = 1_793_577_600
A_SECOND = 1_000
"""Statements that are dated in the same second."""


class Desk:
    """Writes statements, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._entropy = seeded_entropy(f"bench {seed}")
        self._signer = SoftwareSigner.generate(self._entropy)
        self._random = Random(seed)
        self._number = 0

    def signed(self, count: int) -> list[Statement]:
        """Return so many signed statements about as many marks."""
        return [self._signed() for _ in range(count)]

    def made_up(self, count: int) -> Iterator[Statement]:
        """Yield so many statements whose payloads end in random bytes and whose signatures are random."""
        pattern = self._signed()
        header, payload, _ = pattern.token.compact.split(".")
        for _ in range(count):
            body = f"{header}.{payload[:-120]}{b64u(self._random.randbytes(90))}"
            compact = f"{body}.{b64u(self._random.randbytes(64))}"
            yield replace(
                pattern,
                token=replace(pattern.token, compact=compact, signing_input=body.encode()),
                object=mark_uri(HOST, new_mark_id(self._random.randbytes)),
                jti=new_token_id(self._date(), self._random.randbytes),
            )

    def _signed(self) -> Statement:
        entropy, iat = self._entropy, self._date()
        public = {
            "scheme": "jp.meti.scs",
            "tier": 3,
            "criteria_sha256": digest(b"criteria"),
            "sub": f"https://{HOST}/o/0188-1180301018771",
            "scope_kind": "company",
            "covered": [],
            "nbf": iat,
            "exp": iat + 300 * 86_400,
            "mark_sha256": b64u(entropy(32)),
            "seal_sha256": b64u(entropy(32)),
            "status": {"list": 1 + (self._number >> 20), "idx": self._number & (1 << 20) - 1},
        }
        compact = sign_statement(
            Draft(log_origin(HOST), "mark.issued", mark_uri(HOST, new_mark_id(entropy)), public),
            iss=body_uri(HOST, 1),
            iat=iat,
            jti=new_token_id(iat, entropy),
            prev=None,
            anchor=Anchor(size=9, root=digest(b"anchor")),
            signer=self._signer,
            second=b64u(entropy(32)),
        )
        return parse_statement(compact)

    def _date(self) -> int:
        self._number += 1
        return START + self._number // A_SECOND

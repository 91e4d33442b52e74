"""Vectors of the marks of holders who are found by their number only, though the mark shows their name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from registry.scenario.simulated_log import HOST
from tests.vectors.cases import Case, accepted, rejected
from tests.vectors.sole_vectors import SOLE
from tests.vectors.token_vectors import DECIDER, DIGEST, DRAFT, IAT, MARK_ID, NONCE, SCOPE, altered
from verifier.envelope import parse_token, sign_token
from verifier.mark import TYP, sign_mark

UNLISTED = replace(DRAFT, holder=DRAFT.holder.model_copy(update={"unlisted": True}))
PLACE = "scs/org/unlisted"


def with_unlisted(vectors: dict[str, Any]) -> dict[str, Any]:
    """Return the vectors of marks with those of unlisted holders behind them."""
    return {**vectors, "cases": [*vectors["cases"], *_cases()]}


def _cases() -> list[Case]:
    good = sign_mark(UNLISTED, iat=IAT, seal_sha256=DIGEST, nonce=NONCE, signer=DECIDER)
    token = parse_token(good, TYP)
    sole = parse_token(sign_mark(SOLE, iat=IAT, seal_sha256=DIGEST, nonce=NONCE, signer=DECIDER), TYP)
    read = {
        "host": HOST, "id": MARK_ID, "iss": token.payload["iss"], "sub": token.payload["sub"], "iat": IAT,
        "nbf": UNLISTED.nbf, "exp": UNLISTED.exp, "scheme": UNLISTED.scheme, "tier": 3,
        "holder": UNLISTED.holder.name, "scope_sha256": SCOPE.digest, "digest": token.digest,
    }  # fmt: skip

    def case(name: str, why: str, payload: dict[str, Any], value: object) -> Case:
        signed = sign_token(altered(payload, PLACE, value), typ=TYP, signer=DECIDER)
        return rejected(name, {"token": signed, "key": DECIDER.jwk}, why)

    return [
        accepted("an unlisted holder's mark", {"token": good, "key": DECIDER.jwk}, "its number finds it", read),
        case("a holder who is not unlisted", "what is absent is listed", token.payload, False),
        case("a holder who is unlisted by 1", "unlisted is true", token.payload, 1),
        case("a holder who is unlisted by a word", "unlisted is true", token.payload, "true"),
        case("an unlisted sole proprietor", "its number alone finds a sole proprietor anyway", sole.payload, True),
    ]

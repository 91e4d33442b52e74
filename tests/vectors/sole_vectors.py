"""Vectors of the marks of people in business under their own name: their name stands as a commitment only."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from registry.scenario.simulated_log import HOST
from tests.vectors.cases import Case, accepted, rejected
from tests.vectors.token_vectors import DECIDER, DIGEST, DRAFT, HOLDER, IAT, MARK_ID, NONCE, SCOPE, altered
from verifier.envelope import parse_token, sign_token
from verifier.mark import SOLE_NAME, SOLE_NAME_LATIN, TYP, Holder, sign_mark
from verifier.names import log_origin
from verifier.statement.commitment import Disclosure, commit

IDENTIFIER = f"x-{MARK_ID}"
SUB = f"https://{HOST}/o/{IDENTIFIER}"
NAME_SD = commit(log=log_origin(HOST), object=SUB, disclosure=Disclosure(NONCE, "name", "見本 太郎"))
SOLE = replace(
    DRAFT,
    sub=SUB,
    holder=Holder(name=SOLE_NAME, name_latin=SOLE_NAME_LATIN, identifiers=(IDENTIFIER,), name_sd=NAME_SD),
)


def with_sole_proprietors(vectors: dict[str, Any]) -> dict[str, Any]:
    """Return the vectors of marks with those of sole proprietors behind them."""
    return {**vectors, "cases": [*vectors["cases"], *_cases()]}


def _cases() -> list[Case]:
    good = sign_mark(SOLE, iat=IAT, seal_sha256=DIGEST, nonce=NONCE, signer=DECIDER)
    token = parse_token(good, TYP)
    payload = token.payload
    read = {
        "host": HOST, "id": MARK_ID, "iss": payload["iss"], "sub": SUB, "iat": IAT, "nbf": SOLE.nbf, "exp": SOLE.exp,
        "scheme": SOLE.scheme, "tier": 3, "holder": SOLE_NAME, "scope_sha256": SCOPE.digest, "digest": token.digest,
    }  # fmt: skip
    org = payload["scs"]["org"]

    def case(name: str, why: str, /, **members: Any) -> Case:
        changed = {key: value for key, value in {**org, **members}.items() if value is not ...}
        signed = sign_token(altered(payload, "scs/org", changed), typ=TYP, signer=DECIDER)
        return rejected(name, {"token": signed, "key": DECIDER.jwk}, why)

    plain = sign_mark(DRAFT, iat=IAT, seal_sha256=DIGEST, nonce=NONCE, signer=DECIDER)
    company = altered(parse_token(plain, TYP).payload, "scs/org/name_sd", NAME_SD)
    return [
        accepted("a sole proprietor's mark", {"token": good, "key": DECIDER.jwk}, "the name is a commitment", read),
        case("a sole proprietor without a commitment", "name_sd stands where the number is pseudonymous", name_sd=...),
        case("a sole proprietor by name", "the name says only what the holder is", name="見本 太郎"),
        case("a sole proprietor by a Latin name", "the name says only what the holder is", name_latin="Taro Mihon"),
        case("a sole proprietor without a Latin name", "the two names are fixed", name_latin=...),
        case("a sole proprietor's domain", "a domain tells who it is", domains=["taro.example"]),
        case("a sole proprietor's second number", "a further number tells who it is", identifiers=[IDENTIFIER, HOLDER]),
        case("a short commitment", "commitments are digests", name_sd=NAME_SD[:-1]),
        rejected(
            "a company that hides its name",
            {"token": sign_token(company, typ=TYP, signer=DECIDER), "key": DECIDER.jwk},
            "nobody else's name is a commitment",
        ),
    ]

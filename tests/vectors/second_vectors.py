"""Golden and rejection vectors of the tokens of the second person: attestation, approval, key proof."""

from __future__ import annotations

from typing import Any

from registry.scenario.simulated_log import HOST
from tests.vectors.cases import Case, accepted, rejected
from tests.vectors.token_vectors import ASSESSOR, DECIDER, DIGEST, DRAFT, IAT, MARK_ID, MISTYPED, SCOPE, altered, raw
from verifier.encoding import canonical
from verifier.envelope import parse_token
from verifier.injected import seeded_entropy
from verifier.names import body_uri, log_origin
from verifier.statement.approval import sign_approval
from verifier.statement.attestation import Evaluated, Period, TechnicalVerification, sign_attestation
from verifier.statement.key_proof import sign_key_proof

EVALUATED = Evaluated(
    mark=MARK_ID, sub=DRAFT.sub, scheme="jp.meti.scs", tier=4, criteria_sha256=DIGEST, scope_sha256=SCOPE.digest,
    holder_sha256=DRAFT.holder.digest,
    results=DIGEST, all_met=True, evaluated=Period(begins=IAT - 60 * 86_400, ends=IAT - 86_400),
    tv=TechnicalVerification(body=body_uri(HOST, 2001), date=IAT - 30 * 86_400),
)  # fmt: skip


def attestation_vectors() -> dict[str, Any]:
    """Return the content of attestation.json."""
    common: dict[str, Any] = {"log": log_origin(HOST), "iat": IAT, "entropy": seeded_entropy("vector second tokens")}
    tokens = {
        "evaluation-attestation+jwt": sign_attestation(EVALUATED, iss=DRAFT.iss, signer=ASSESSOR, **common),
        "approval+jwt": sign_approval(DIGEST, iss=DRAFT.iss, signer=ASSESSOR, **common),
        "key-proof+jwt": sign_key_proof(body=DRAFT.iss, role="assessor", holder="h-1", no=3, signer=ASSESSOR, **common),
    }
    return {
        "format": "tokens of the second person: evaluation-attestation+jwt, approval+jwt, key-proof+jwt",
        "spec": "docs/specification/attestation.md",
        "cases": [case for typ, token in tokens.items() for case in _second_cases(typ, token)],
    }


def _second_cases(typ: str, token: str) -> list[Case]:
    payload, log = parse_token(token, typ).payload, log_origin(HOST)
    longest = {"evaluation-attestation+jwt": 180 * 86_400, "approval+jwt": 14 * 86_400, "key-proof+jwt": 3600}[typ]

    def given(changed: str, *, meant: str = log) -> dict[str, Any]:
        return {"typ": typ, "token": changed, "log": meant, "key": ASSESSOR.jwk}

    def case(name: str, path: str, value: Any, why: str, *, error: str = "refused") -> Case:
        header = canonical({"alg": "ES256", "kid": ASSESSOR.kid, "typ": typ})
        changed = raw(header, canonical(altered(payload, path, value)), ASSESSOR)
        return rejected(f"{typ}: {name}", given(changed), why, error=error)

    special = {
        "evaluation-attestation+jwt": [
            case("not all met", "all_met", False, "there is no partial attestation"),
            case("all met as 1", "all_met", 1, "all_met is true"),
            case("a wrong mark id", "mark", MISTYPED, "the check symbol fits"),
            case("the period under other names", "evaluated", {"begins": 1, "ends": 2}, "from and to"),
            case("a technical verification without a date", "tv", {"body": body_uri(HOST, 2001)}, "body and date"),
        ],
        "approval+jwt": [case("a subject that is no digest", "subject", "short", "the subject is a digest")],
        "key-proof+jwt": [
            case("another key", "jwk", DECIDER.jwk, "the carried key signs"),
            case("a private member", "jwk", {**ASSESSOR.jwk, "d": DIGEST}, "the key passes the gate"),
            case("an unknown role", "role", "owner", "the role is one of three"),
            case("number 0", "no", 0, "numbers begin at 1"),
        ],
    }[typ]
    return [
        accepted(typ, given(token), "keeps every rule", {"digest": parse_token(token, typ).digest, "payload": payload}),
        rejected(f"{typ}: for another log", given(token, meant="other.example/log"), "aud is the log"),
        case("two audiences", "aud", [log, "other.example/log"], "aud is exactly one"),
        case("no expiry", "exp", ..., "exp is required"),
        case("a second too long", "exp", IAT + longest + 1, "the life of the type is limited"),
        case("an end before the beginning", "exp", IAT, "exp lies after iat"),
        case("a short jti", "jti", "short", "a jti has 16 to 64 characters"),
        case("an unknown member", "later", 1, "never skipped", error="newer"),
        *(case(f"no {name}", name, ..., "the member is required") for name in sorted(payload.keys() - {"tv", "exp"})),
        *special,
    ]  # fmt: skip

"""Vectors of what a desk sends to reserve a mark id, and of the file that opens a body's name."""

from __future__ import annotations

from typing import Any

from registry.admission.reserve import TYP
from registry.scenario.simulated_log import HOST
from tests.vectors.authority_vectors import signed
from tests.vectors.cases import Case, accepted, rejected, vector_file
from tests.vectors.token_vectors import ASSESSOR, DECIDER, IAT, NONCE, altered
from verifier.encoding import b64u, canonical, digest
from verifier.names import authority_uri, body_uri, log_origin
from verifier.statement.commitment import Disclosure, commit

LIFETIME, SKEW = 300, 120
BODY = body_uri(HOST, 1001)
WISH = {"scheme": "jp.meti.scs", "level": 3}


def assertion_vectors() -> dict[str, Any]:
    """Return the content of client-assertion.json."""
    payload = {
        "iss": BODY, "sub": BODY, "aud": authority_uri(HOST), "jti": NONCE, "iat": IAT, "exp": IAT + LIFETIME,
        "request": digest(canonical(WISH)),
    }  # fmt: skip
    read = {"iss": BODY, "jti": NONCE, "kid": DECIDER.kid}

    def given(token: str | None = None, **changes: Any) -> dict[str, Any]:
        compact = token or signed(TYP, payload, DECIDER)
        return {"token": compact, "key": DECIDER.jwk, "host": HOST, "body": BODY, "now": IAT, **WISH, **changes}

    def said(name: str, path: str, value: Any, why: str) -> Case:
        token = signed(TYP, altered(payload, path, value), DECIDER)
        return rejected(name, given(token), why, error="newer" if why == "never skipped" else "refused")

    return vector_file(
        "client assertion (client-assertion+jwt) over the request {level, scheme}, by a body's key, at the time now",
        "docs/specification/envelope.md; docs/reference/http.md",
        [
            accepted("an assertion", given(), "of now, for this request", read),
            accepted("at its last second", given(now=IAT + LIFETIME - 1), "good until exp", read),
            accepted("by a clock that is behind", given(now=IAT - SKEW), "two minutes of skew", read),
            rejected("too late", given(now=IAT + LIFETIME + SKEW), "good until exp"),
            rejected("too early", given(now=IAT - SKEW - 1), "two minutes of skew"),
            rejected("for another level", given(level=4), "the request is signed"),
            rejected("for another scheme", given(scheme="jp.ipa.jc-star"), "the request is signed"),
            rejected("for another authority", given(host="other.example"), "aud is the authority"),
            rejected("of another body's key", given(body=body_uri(HOST, 1002)), "iss is the key's body"),
            rejected("by another key", given(signed(TYP, payload, ASSESSOR)), "the desk key signs"),
            rejected("another typ", given(signed("key-proof+jwt", payload, DECIDER)), "typ is client-assertion+jwt"),
            said("iss and sub differ", "sub", body_uri(HOST, 1002), "iss and sub are one"),
            said("six minutes", "exp", IAT + LIFETIME + 60, "at most five minutes"),
            said("a short jti", "jti", "short", "a jti has 16 characters or more"),
            said("a request that is no digest", "request", "A", "request is a digest"),
            said("an unknown member", "later", 1, "never skipped"),
            *(
                said(f"no {name}", name, ..., "the member is required")
                for name in ("iss", "sub", "aud", "jti", "iat", "exp", "request")
            ),
        ],
    )


def body_name_vectors() -> dict[str, Any]:
    """Return the content of body-name.json."""
    log, opened = log_origin(HOST), Disclosure(NONCE, "name", "見本評価機構")
    sd = sorted([commit(log=log, object=BODY, disclosure=opened), *(b64u(bytes([at] * 32)) for at in range(1, 4))])
    file = {"object": BODY, "disclosures": [opened.members()]}

    def given(members: dict[str, Any], **changes: Any) -> dict[str, Any]:
        return {"text": canonical(members).decode() + "\n", "object": BODY, "log": log, "sd": sd, **changes}

    def case(name: str, path: str, value: Any, why: str) -> Case:
        return rejected(name, given(altered(file, path, value)), why)

    return vector_file(
        "a body's disclosed name (e/<no>.json), with the commitments of the body's entry",
        "docs/specification/statement.md#commitments; docs/reference/http.md",
        [
            accepted("a body's name", given(file), "it opens a commitment of the entry", {"names": ["見本評価機構"]}),
            accepted("an erased name", given({**file, "disclosures": []}), "nothing is shown any more", {"names": []}),
            rejected("of another body", given(file, object=body_uri(HOST, 7)), "the object is the body that was asked"),
            rejected("another entry's commitments", given(file, sd=sd[:0]), "the entry committed to it"),
            case(
                "another name", "disclosures", [{**opened.members(), "value": "別の機構"}], "the value is committed to"
            ),
            case("another salt", "disclosures", [{**opened.members(), "salt": "A" * 22}], "the salt is committed to"),
            case("disclosures that are no list", "disclosures", opened.members(), "the disclosures are a list"),
            case("no object", "object", ..., "the member is required"),
            case("a further member", "later", 1, "the file has two members"),
            rejected("no JSON", {**given(file), "text": "{"}, "the file is one JSON object"),
        ],
    )

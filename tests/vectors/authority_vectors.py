"""Vectors of what an authority signs beside the log: trust list, entity configuration, admission receipt; and key gate.

``root`` names a base of trust-root.json. In base 2 the first directory key is cut off, and receipt keys take turns.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from registry.scenario.simulated_log import HOST
from tests.vectors.cases import Case, accepted, rejected, vector_file
from tests.vectors.root_vectors import TURN, ceremony, next_key
from tests.vectors.token_vectors import ASSESSOR, DECIDER, DIGEST, IAT, NONCE, altered, raw
from verifier.admission_receipt import TYP as RECEIPT
from verifier.admission_receipt import sign_admission_receipt
from verifier.encoding import b64u, canonical
from verifier.envelope import parse_token
from verifier.keys import thumbprint
from verifier.names import authority_uri, body_uri, log_origin, trust_mark_type
from verifier.signer import SoftwareSigner
from verifier.trust.entity_configuration import TYP as ENTITY
from verifier.trust.entity_configuration import sign_entity_configuration
from verifier.trust.trustlist import LIFETIME
from verifier.trust.trustlist import TYP as LIST

DAY = 86_400
SPEC = "docs/specification"


def signed(typ: str, payload: dict[str, Any], signer: SoftwareSigner) -> str:
    """Sign a payload that the envelope may refuse."""
    header = {"alg": "ES256", "kid": signer.kid, "typ": typ}
    return raw(canonical(header), canonical(payload), signer)


def _given(token: str, root: str = "1") -> dict[str, Any]:
    return {"token": token, "root": root}


def _faults(
    typ: str, payload: dict[str, Any], signer: SoftwareSigner, faults: list[tuple[str, str, Any, str]]
) -> list[Case]:
    cases = []
    for name, path, value, why in faults:
        token = signed(typ, altered(payload, path, value), signer)
        cases.append(rejected(name, _given(token), why, error="newer" if why == "never skipped" else "refused"))
    return cases


def _required(typ: str, payload: dict[str, Any], signer: SoftwareSigner, names: tuple[str, ...]) -> list[Case]:
    return _faults(typ, payload, signer, [(f"no {name}", name, ..., "the member is required") for name in names])


# --- trust list ------------------------------------------------------------------------------------------------------


def trust_list_vectors() -> dict[str, Any]:
    """Return the content of trust-list.json."""
    directory, later = ceremony().keys.directory, next_key("directory")
    payload = _list_payload()
    good = signed(LIST, payload, directory)
    listed = {
        "host": HOST, "iat": IAT, "exp": IAT + LIFETIME,
        "bodies": [{"no": 7, "uri": body_uri(HOST, 7), "deciders": {"2": DECIDER.kid}}],
    }  # fmt: skip
    return vector_file(
        "trust list (trust-list+jwt); deciders are the keys that a seal may name",
        f"{SPEC}/trust-list.md",
        [
            accepted("a trust list", _given(good), "a directory key signs", listed),
            accepted("by the next directory key", _given(signed(LIST, payload, later), "2"), "it is listed", listed),
            rejected("by a key that is not listed", _given(signed(LIST, payload, later)), "a listed key signs"),
            rejected("by a status key", _given(_by("status", LIST, payload)), "a directory key signs"),
            rejected("by a key that was cut off", _given(good, "2"), "a key that was cut off signs no list"),
            rejected("another signature", _given(_flipped(good)), "the key signs the bytes"),
            *_faults(LIST, payload, directory, _list_faults()),
            *_required(LIST, payload, directory, ("iss", "iat", "exp", "nonce", "log", "size", "root", "bodies")),
        ],
    )


def _list_payload() -> dict[str, Any]:
    keys = [
        {"no": no, "kid": signer.kid, "jwk": signer.jwk, "role": role, "state": "active"}
        for no, role, signer in ((1, "assessor", ASSESSOR), (2, "decider", DECIDER))
    ]
    body = {
        "no": 7, "uri": body_uri(HOST, 7), "name": "見本評価機構", "role": "evaluation", "state": "active",
        "scope": [{"scheme": "jp.meti.scs", "level": 3, "criteria_sha256": DIGEST}],
        "from": IAT, "until": IAT + 900 * DAY, "keys": keys,
    }  # fmt: skip
    return {
        "iss": authority_uri(HOST), "iat": IAT, "exp": IAT + LIFETIME, "nonce": NONCE, "log": log_origin(HOST),
        "size": 21, "root": 1, "hosts": [HOST], "bodies": [body],
    }  # fmt: skip


def _list_faults() -> list[tuple[str, str, Any, str]]:
    body = _list_payload()["bodies"][0]

    def bodies(path: str, value: Any) -> list[dict[str, Any]]:
        return [altered(body, path, value)]

    return [
        ("another issuer", "iss", authority_uri("other.example"), "iss is the root's authority"),
        ("another log", "log", "other.example/log", "the log is the root's"),
        ("without the root's host", "hosts", ["other.example"], "hosts hold the root's host"),
        ("eight days", "exp", IAT + LIFETIME + 1, "at most seven days"),
        ("a short nonce", "nonce", "short", "a nonce has 128 bits"),
        ("made from nothing", "size", 0, "a list is made from entries"),
        ("an unknown member", "later", 1, "never skipped"),
        ("an unknown member of a body", "bodies", bodies("later", 1), "never skipped"),
        ("body 0", "bodies", bodies("no", 0), "numbers begin with 1"),
        ("a body of no known role", "bodies", bodies("role", "owner"), "the role is one of four"),
        ("a body without keys", "bodies", bodies("keys", ...), "the member is required"),
        ("a key with a short kid", "bodies", bodies("keys", [body["keys"][0] | {"kid": "short"}]), "kids are digests"),
    ]


def _by(role: str, typ: str, payload: dict[str, Any]) -> str:
    return signed(typ, payload, getattr(ceremony().keys, role))


def _flipped(token: str) -> str:
    head, _, signature = token.rpartition(".")
    middle = len(signature) // 2
    other = "A" if signature[middle] != "A" else "B"
    return f"{head}.{signature[:middle]}{other}{signature[middle + 1 :]}"


# --- entity configuration --------------------------------------------------------------------------------------------


def entity_vectors() -> dict[str, Any]:
    """Return the content of entity-configuration.json."""
    directory = ceremony().keys.directory
    issuers = {trust_mark_type(HOST, "jp.meti.scs", level): [body_uri(HOST, 7), body_uri(HOST, 9)] for level in (3, 4)}
    good = sign_entity_configuration(HOST, organisation="Sample", issuers=issuers, iat=IAT, signer=directory)
    payload = parse_token(good, ENTITY).payload
    read = {"host": HOST, "exp": IAT + 7 * DAY, "kids": [directory.kid], "issuers": issuers}
    more = signed(ENTITY, altered(payload, "metadata", {"federation_entity": {}, "later": {}}), directory)
    return vector_file(
        "entity configuration (entity-statement+jwt) of the authority",
        f"{SPEC}/entity-configuration.md; OpenID Federation 1.1",
        [
            accepted("an entity configuration", _given(good), "a directory key signs for itself", read),
            accepted("other metadata", _given(more), "members of the federation are not judged here", read),
            rejected("by a key that it does not list", _given(_by("status", ENTITY, payload)), "its own key signs"),
            rejected("by a listed key that is no directory key", _given(_own("status", payload)), "a directory key"),
            rejected("another signature", _given(_flipped(good)), "the key signs the bytes"),
            *_faults(ENTITY, payload, directory, _entity_faults(payload)),
            *_required(ENTITY, payload, directory, ("iss", "sub", "iat", "exp", "jwks")),
        ],
    )


def _own(role: str, payload: dict[str, Any]) -> str:
    signer: SoftwareSigner = getattr(ceremony().keys, role)
    return signed(ENTITY, altered(payload, "jwks", {"keys": [{**signer.jwk, "kid": signer.kid}]}), signer)


def _entity_faults(payload: dict[str, Any]) -> list[tuple[str, str, Any, str]]:
    key, kind = payload["jwks"]["keys"][0], trust_mark_type(HOST, "jp.meti.scs", 3)
    foreign = trust_mark_type("other.example", "jp.meti.scs", 3)
    issuers = "trust_mark_issuers"
    return [
        ("about somebody else", "sub", authority_uri("other.example"), "iss and sub are one entity"),
        ("with a path", "iss", f"{authority_uri(HOST)}/e/1", "the entity is an authority"),
        ("eight days", "exp", IAT + 7 * DAY + 1, "at most seven days"),
        ("no keys", "jwks", {"keys": []}, "it lists its keys"),
        ("a kid twice", "jwks", {"keys": [key, key]}, "no kid stands twice"),
        ("a private key", "jwks", {"keys": [key | {"d": DIGEST}]}, "keys pass the gate"),
        ("a kid of another key", "jwks", {"keys": [key | {"kid": ASSESSOR.kid}]}, "kid is the thumbprint"),
        ("a type of another authority", issuers, {foreign: [body_uri(HOST, 7)]}, "types are the authority's"),
        ("a type that is none", issuers, {f"{kind}0": [body_uri(HOST, 7)]}, "types name scheme and level"),
        ("an issuer of another authority", issuers, {kind: [body_uri("other.example", 7)]}, "bodies issue"),
        ("an organisation as issuer", issuers, {kind: [f"https://{HOST}/o/0188-1180301018771"]}, "bodies issue"),
        ("an issuer twice", issuers, {kind: [body_uri(HOST, 7)] * 2}, "an issuer stands once"),
        ("an issuer as text", issuers, {kind: body_uri(HOST, 7)}, "issuers are lists"),
    ]


# --- admission receipt -----------------------------------------------------------------------------------------------


def receipt_vectors() -> dict[str, Any]:
    """Return the content of admission-receipt.json."""
    first, second = ceremony().keys.receipt, next_key("receipt")
    sign = partial(sign_admission_receipt, DIGEST, host=HOST, jti=NONCE, iat=IAT)
    good, late = sign(index=7, signer=first), sign(index=TURN, signer=second)
    payload = parse_token(good, RECEIPT).payload
    read = {"log": log_origin(HOST), "statement_sha256": DIGEST, "index": 7, "publish_by": IAT + 60}
    sooner = signed(RECEIPT, altered(payload, "publish_by", IAT + 5), first)
    return vector_file(
        "admission receipt (admission-receipt+jwt)",
        f"{SPEC}/admission-receipt.md",
        [
            accepted("a receipt", _given(good), "a receipt key signs", read),
            accepted("a sooner promise", _given(sooner), "within 60 s", read | {"publish_by": IAT + 5}),
            accepted("by a retired key, for its time", _given(good, "2"), "the key counts at that index", read),
            accepted("by the next key", _given(late, "2"), "the key counts at that index", read | {"index": TURN}),
            rejected("by the next key, too early", _given(sign(index=TURN - 1, signer=second), "2"), "the window"),
            rejected("by the retired key, too late", _given(sign(index=TURN, signer=first), "2"), "the window"),
            rejected("by a key that is not listed", _given(late), "a listed key signs"),
            rejected("by a directory key", _given(_by("directory", RECEIPT, payload)), "a receipt key signs"),
            rejected("another signature", _given(_flipped(good)), "the key signs the bytes"),
            *_faults(RECEIPT, payload, first, _receipt_faults()),
            *_required(RECEIPT, payload, first, tuple(sorted(payload))),
        ],
    )  # fmt: skip


def _receipt_faults() -> list[tuple[str, str, Any, str]]:
    return [
        ("another log", "log", "other.example/log", "the log is the authority's that iss names"),
        ("another authority", "iss", authority_uri("other.example"), "the log is the authority's that iss names"),
        ("a body's receipt", "iss", body_uri(HOST, 7), "the authority gives receipts"),
        ("61 seconds", "publish_by", IAT + 61, "within 60 s"),
        ("a promise of the past", "publish_by", IAT, "publish_by lies after iat"),
        ("an expiry", "exp", IAT + 60, "receipts never expire"),
        ("a short jti", "jti", "short", "a jti has 16 to 64 characters"),
        ("a negative index", "index", -1, "indices are not negative"),
        ("a digest of another length", "statement_sha256", "short", "digests are 43 characters"),
        ("an unknown member", "later", 1, "never skipped"),
    ]


# --- key gate --------------------------------------------------------------------------------------------------------


def key_vectors() -> dict[str, Any]:
    """Return the content of key.json."""
    ec, kid = ASSESSOR.jwk, ASSESSOR.kid
    okp = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    okp_kid = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    assert okp_kid == thumbprint(okp)
    marked = ec | {"use": "sig", "key_ops": ["verify"], "alg": "ES256", "kid": kid}

    def case(name: str, why: str, **members: Any) -> Case:
        return rejected(name, {"keys": [{k: v for k, v in (ec | members).items() if v is not ...}]}, why)

    flipped = b64u(bytes(31) + b"\x05")
    return vector_file(
        "public keys behind the key gate, as a key set; algorithms by kid",
        f"{SPEC}/envelope.md; RFC 7517, RFC 7638, RFC 8037",
        [
            accepted("a P-256 key", {"keys": [ec]}, "passes the gate", {kid: "ES256"}),
            accepted("all that may stand", {"keys": [marked]}, "passes the gate", {kid: "ES256"}),
            accepted("the key of RFC 8037", {"keys": [okp]}, "its thumbprint is there", {okp_kid: "Ed25519"}),
            accepted("EdDSA as alg", {"keys": [okp | {"alg": "EdDSA"}]}, "fits the curve", {okp_kid: "Ed25519"}),
            accepted("two keys", {"keys": [ec, okp]}, "a set", {kid: "ES256", okp_kid: "Ed25519"}),
            rejected("a kid twice", {"keys": [ec, marked]}, "no kid stands twice"),
            rejected("a key that is text", {"keys": ["key"]}, "a key is an object"),
            *(case(f"member {name}", "no private or symmetric member", **{name: DIGEST})
              for name in ("d", "p", "q", "dp", "dq", "qi", "oth", "k")),
            case("no type", "EC or OKP", kty=...),
            case("an RSA key", "EC or OKP", kty="RSA"),
            case("a symmetric key", "EC or OKP", kty="oct", crv=...),
            case("another curve", "P-256 or Ed25519", crv="P-384"),
            case("Ed25519 as EC", "the type fits the curve", crv="Ed25519"),
            case("for encryption", "use is sig", use="enc"),
            case("operations without verify", "key_ops include verify", key_ops=["sign"]),
            case("operations as text", "key_ops is a list", key_ops="verify"),
            case("another algorithm", "alg fits the curve", alg="EdDSA"),
            case("a kid that is not the thumbprint", "kid is the thumbprint", kid=DECIDER.kid),
            case("no y", "both coordinates stand", y=...),
            case("coordinates of 31 bytes", "32 bytes each", x=b64u(bytes(31)), y=b64u(bytes(31))),
            case("a point off the curve", "a point of the curve", x=flipped),
            case("padding", "base64url without padding", x=ec["x"] + "="),
            rejected("an Ed25519 key with a y", {"keys": [okp | {"y": okp["x"]}]}, "it has no y"),
            rejected("an Ed25519 key of 31 bytes", {"keys": [okp | {"x": b64u(bytes(31))}]}, "32 bytes"),
        ],
    )  # fmt: skip

"""Golden and rejection vectors of the tokens: mark, seal and statement.

Keys are derived from their names and protect nothing. A rejected input differs from an accepted one in the single
respect that ``why`` names; ``expect.error`` is "newer" where a newer reader might understand it, else "refused".
"""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from registry.scenario.simulated_log import HOST
from tests.vectors.cases import Case, accepted, rejected
from verifier.encoding import b64u, canonical, digest, unb64u
from verifier.envelope import parse_token, sign_token
from verifier.injected import seeded_entropy
from verifier.keys import P256_ORDER
from verifier.mark import Holder, MarkDraft, Scope, sign_mark
from verifier.markid import new_mark_id
from verifier.names import body_uri, log_origin
from verifier.seal import SealContent, parse_scan, scan_text, seal_content, sign_seal
from verifier.signer import SoftwareSigner
from verifier.statement import parse_statement
from verifier.statement.kinds import KINDS

IAT, NBF, EXP = 1_806_400_000, 1_806_505_200, 1_838_127_600
DECIDER, ASSESSOR = (SoftwareSigner.generate(seeded_entropy(f"vector {role}")) for role in ("decider", "assessor"))
MARK_ID, OTHER_ID = (new_mark_id(seeded_entropy(f"vector mark {number}")) for number in (1, 2))
MISTYPED = MARK_ID[:-1] + ("0" if MARK_ID[-1] != "0" else "1")
NONCE, DIGEST = b64u(bytes(range(16))), digest(b"vector")
HOLDER = "0188-1180301018771"
SCOPE = Scope(scope_kind="company", covered=(), scope_summary="全社の IT 基盤", ot="excluded")
DRAFT = MarkDraft(
    host=HOST, id=MARK_ID, iss=body_uri(HOST, 1001), sub=f"https://{HOST}/o/{HOLDER}", nbf=NBF, exp=EXP, status_no=1,
    status_idx=7, number="SCS3-000007", scheme="jp.meti.scs", tier=3, criteria="2026-03-27", basis="evaluation",
    holder=Holder(name="株式会社サンプル精機", name_latin="Sample Seiki KK", identifiers=(HOLDER,)), scope=SCOPE,
)  # fmt: skip
SEAL = sign_seal(seal_content(DRAFT, key_no=2), host=HOST, id=MARK_ID, signer=DECIDER)
MARK = sign_mark(DRAFT, iat=IAT, seal_sha256=parse_token(SEAL, "qr-seal+jwt").digest, nonce=NONCE, signer=DECIDER)


def altered(payload: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return a payload with one member replaced, added, or left out for ``...``."""
    changed = deepcopy(payload)
    *parents, name = path.split("/")
    place = changed
    for parent in parents:
        place = place[parent]
    if value is ...:
        del place[name]
    else:
        place[name] = value
    return changed


def raw(header: bytes, payload: bytes, signer: SoftwareSigner) -> str:
    """Sign any bytes as header and payload."""
    signing_input = f"{b64u(header)}.{b64u(payload)}"
    return f"{signing_input}.{b64u(signer.sign(signing_input.encode()))}"


# --- mark, with the envelope -----------------------------------------------------------------------------------------


def _shown(token: str, jwk: dict[str, str] = DECIDER.jwk) -> dict[str, Any]:
    return {"token": token, "key": jwk}


def mark_vectors() -> dict[str, Any]:
    """Return the content of mark.json."""
    payload = parse_token(MARK, "trust-mark+jwt").payload
    members = payload["scs"]
    read = {
        "host": HOST, "id": MARK_ID, "iss": payload["iss"], "sub": payload["sub"], "iat": IAT, "nbf": NBF, "exp": EXP,
        "scheme": members["scheme"], "tier": 3, "holder": members["org"]["name"], "scope_sha256": SCOPE.digest,
        "digest": parse_token(MARK, "trust-mark+jwt").digest,
    }  # fmt: skip
    good = [
        accepted("a mark", _shown(MARK), "keeps every rule", read),
        accepted(
            "a mark of a group",
            _shown(_signed_mark(altered(payload, "scs", {**members, **_group()}))),
            "covered identifiers stand in normal form",
            read
            | {
                "scope_sha256": _group()["scope_sha256"],
                "digest": _digest(altered(payload, "scs", {**members, **_group()})),
            },
        ),
    ]
    return {
        "format": "mark (trust-mark+jwt) and the envelope of all tokens",
        "spec": "docs/specification/mark.md, docs/specification/envelope.md",
        "cases": [*good, *_envelope_rejections(payload), *_mark_rejections(payload)],
    }


def _group() -> dict[str, Any]:
    scope = Scope(scope_kind="group", covered=("0188-5010005007126",), scope_summary="グループ全社", ot="included")
    return {**scope.members(), "scope_sha256": scope.digest}


def _signed_mark(payload: dict[str, Any]) -> str:
    return sign_token(payload, typ="trust-mark+jwt", signer=DECIDER)


def _digest(payload: dict[str, Any]) -> str:
    return parse_token(_signed_mark(payload), "trust-mark+jwt").digest


def _envelope_rejections(payload: dict[str, Any]) -> list[Case]:
    body = canonical(payload)
    plain = {"alg": "ES256", "kid": DECIDER.kid, "typ": "trust-mark+jwt"}

    def header(name: str, members: dict[str, Any], why: str, *, drop: str = "") -> Case:
        given = {key: value for key, value in (plain | members).items() if key != drop}
        return rejected(name, _shown(raw(json.dumps(given).encode(), body, DECIDER)), why)

    def payload_bytes(name: str, old: bytes, new: bytes, why: str) -> Case:
        assert body.count(old) == 1, old
        return rejected(name, _shown(raw(canonical(plain), body.replace(old, new), DECIDER)), why)

    head, _, signature = MARK.rpartition(".")
    r, s = unb64u(signature)[:32], int.from_bytes(unb64u(signature)[32:])
    twin = b64u(r + (P256_ORDER - s).to_bytes(32))
    stranger = SoftwareSigner.generate(seeded_entropy("vector stranger"))
    doubled = canonical(plain).replace(b'"alg"', b'"alg":"none","alg"')
    return [
        header("another typ", {"typ": "at+jwt"}, "typ is exact"),
        header("no typ", {}, "typ is required", drop="typ"),
        header("typ with a prefix", {"typ": "application/trust-mark+jwt"}, "typ is exact"),
        header("alg none", {"alg": "none"}, "alg is allowed by name"),
        header("alg HS256", {"alg": "HS256"}, "no symmetric algorithm"),
        header("alg of another key", {"alg": "EdDSA"}, "the algorithm comes from the key"),
        header("a kid that is a path", {"kid": "../../dev/null"}, "kid is a SHA-256 thumbprint"),
        header("a kid of another key", {"kid": stranger.kid}, "kid is the thumbprint of the key"),
        *(header(f"header member {name}", {name: "x"}, "the header is exactly alg, typ, kid")
          for name in ("jwk", "jku", "x5u", "x5c", "x5t", "crit", "b64", "cty")),
        rejected("a header member twice", _shown(raw(doubled, body, DECIDER)), "no member twice"),
        payload_bytes("a payload member twice", b'"ref":', b'"ref":"https://other.example","ref":', "no member twice"),
        payload_bytes("exp as text", f'"exp":{EXP}'.encode(), f'"exp":"{EXP}"'.encode(), "dates are integers"),
        payload_bytes("exp with a fraction", f'"exp":{EXP}'.encode(), f'"exp":{EXP}.0'.encode(), "dates are integers"),
        payload_bytes("exp as an exponent", f'"exp":{EXP}'.encode(), b'"exp":1e30', "dates are integers"),
        payload_bytes("exp too far", f'"exp":{EXP}'.encode(), b'"exp":137438953472', "dates lie below 2^37"),
        payload_bytes("a number of 2^53", b'"idx":7', b'"idx":9007199254740992', "integers lie below 2^53"),
        payload_bytes("exp NaN", f'"exp":{EXP}'.encode(), b'"exp":NaN', "NaN is not JSON"),
        payload_bytes("a lone surrogate", b"SCS3-000007", b"SCS3-00000\\ud800", "text has no lone surrogates"),
        payload_bytes("a NUL", b"SCS3-000007", b"SCS3-00000\\u0000", "text has no NUL"),
        payload_bytes("nine levels", b'"covered":[]', b'"covered":[[[[[[[[]]]]]]]]', "depth is at most 8"),
        rejected("a payload that is a list", _shown(raw(canonical(plain), b"[]", DECIDER)), "the payload is an object"),
        rejected("bad UTF-8", _shown(raw(canonical(plain), b'{"a":"\xff"}', DECIDER)), "JSON is UTF-8"),
        rejected("the high-S twin", _shown(f"{head}.{twin}"), "s is low: one signature has one form"),
        rejected("the psychic signature", _shown(f"{head}.{b64u(bytes(64))}"), "r and s are not zero"),
        rejected("another key", _shown(MARK, stranger.jwk), "the key's kid is the token's"),
        rejected("a signature of 63 bytes", _shown(f"{head}.{signature[:-2]}"), "signatures are 64 bytes"),
        rejected("padding", _shown(f"{MARK}=="), "base64url without padding"),
        rejected("white space", _shown(f"{head} .{signature}"), "no white space"),
        rejected("a line feed at the end", _shown(f"{MARK}\n"), "no white space"),
        rejected("spare bits", _shown(MARK[:-1] + _next(MARK[-1])), "base64url is canonical"),
        rejected("two segments", _shown(head), "three segments"),
        rejected("more than 8,192 bytes", _shown(_signed_raw_long(payload)), "the size is capped before decoding"),
    ]  # fmt: skip


def _next(character: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return alphabet[alphabet.index(character) + 1]


def _signed_raw_long(payload: dict[str, Any]) -> str:
    header = canonical({"alg": "ES256", "kid": DECIDER.kid, "typ": "trust-mark+jwt"})
    return raw(header, canonical(altered(payload, "scs/scope_summary", "x" * 6_200)), DECIDER)


MARK_FAULTS: list[tuple[str, Any, str]] = [
    ("exp", NBF, "nbf lies before exp"),
    ("iat", NBF - 100 * 86_400 - 1, "signed at most 100 days ahead"),
    ("iss", f"https://{HOST}", "a body issues"),
    ("iss", "https://other.example/e/1001", "all names lie under the host of iss"),
    ("sub", f"https://{HOST}/o/0188-5010005007126", "sub is one of the holder's identifiers"),
    ("trust_mark_type", f"https://{HOST}/tm/jp.meti.scs/4", "the type names scheme and tier"),
    ("id", f"https://{HOST}/tm/jp.meti.scs/4", "id repeats the type"),
    ("jti", OTHER_ID, "jti is the id in ref"),
    ("jti", MISTYPED, "the check symbol fits"),
    ("ref", f"https://other.example/m/{MARK_ID}", "ref lies under the host of iss"),
    ("status/status_list/uri", "https://other.example/status/1", "the list lies under the host of iss"),
    ("status/status_list/uri", f"https://{HOST}/status/01", "numbers have no leading zeros"),
    ("status/status_list/idx", -1, "indices are not negative"),
    ("scs/tier", 0, "tiers are 1 to 9"),
    ("scs/tier", True, "a tier is a number"),
    ("scs/basis", "hope", "the basis is one of two"),
    ("scs/org/identifiers", [], "a holder has an identifier"),
    ("scs/org/identifiers", ["1180301018771"], "identifiers stand in normal form"),
    ("scs/covered", ["0188-T5010005007126"], "identifiers stand in normal form"),
    ("scs/scope_summary", "別の範囲", "scope_sha256 fits the scope"),
    ("scs/scope_kind", "world", "the kind is one of three"),
    ("scs/log", "other.example/log", "the log lies under the host of iss"),
    ("scs/nonce", "short", "a nonce has 128 bits"),
    ("scs/seal_sha256", "short", "digests are 43 characters"),
]


def _mark_rejections(payload: dict[str, Any]) -> list[Case]:
    faults = [
        rejected(
            f"{path} is {json.dumps(value, ensure_ascii=False)}",
            _shown(_signed_mark(altered(payload, path, value))),
            why,
        )
        for path, value, why in MARK_FAULTS
    ]
    required = (
        "sub",
        "ref",
        "logo_uri",
        "status",
        "scs",
        "scs/org",
        "scs/seal_sha256",
        "scs/log",
        "scs/nonce",
        "scs/number",
    )
    missing = [
        rejected(f"no {path}", _shown(_signed_mark(altered(payload, path, ...))), "the member is required")
        for path in required
    ]
    unknown = [
        rejected(
            f"unknown member {path}", _shown(_signed_mark(altered(payload, path, 1))), "never skipped", error="newer"
        )
        for path in ("later", "scs/later", "scs/org/later")
    ]
    return [*faults, *missing, *unknown]


# --- seal ------------------------------------------------------------------------------------------------------------


def seal_vectors() -> dict[str, Any]:
    """Return the content of seal.json."""
    long = SealContent(
        **{**vars(seal_content(DRAFT, key_no=2)), "name": "株式会社日本産業技術総合情報通信研究開発機構東京"}
    )
    texts = {"a seal": SEAL, "a seal with a name of 24 kanji": sign_seal(long, host=HOST, id=OTHER_ID, signer=DECIDER)}
    good = [
        accepted(
            name,
            {"text": scan_text(seal), "key": DECIDER.jwk},
            "keeps every rule",
            {
                "host": HOST,
                "id": parse_scan(scan_text(seal)).id,
                "c": list(vars(parse_scan(scan_text(seal)).content).values()),
                "token": seal,
            },
        )
        for name, seal in texts.items()
    ]
    return {
        "format": "seal (qr-seal+jwt) as scanned text",
        "spec": "docs/specification/seal.md",
        "cases": [*good, *_seal_rejections(scan_text(SEAL))],
    }


def _packed(encoded: bytes, *, profile: int = 1) -> str:
    """Return a text whose content was signed as it stands."""
    payload = f'{{"v":1,"h":"{HOST}","i":"{MARK_ID}","c":'.encode() + encoded + b"}"
    token = raw(canonical({"alg": "ES256", "kid": DECIDER.kid, "typ": "qr-seal+jwt"}), payload, DECIDER)
    number = int.from_bytes(bytes([profile]) + encoded + unb64u(token.rpartition(".")[2]))
    return f"https://{HOST}/m/{MARK_ID}#{number}"


def _seal_rejections(text: str) -> list[Case]:
    def case(name: str, changed: str, why: str, *, error: str = "refused") -> Case:
        assert changed != text
        return rejected(name, {"text": changed, "key": DECIDER.jwk}, why, error=error)

    def content(name: str, why: str, /, **members: Any) -> Case:
        values = list((vars(seal_content(DRAFT, key_no=2)) | members).values())
        return case(name, _packed(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()), why)

    digits = text.partition("#")[2]
    encoded = seal_content(DRAFT, key_no=2).encode()
    escaped = json.dumps(json.loads(encoded), separators=(",", ":")).encode()
    flipped = digits[:400] + str((int(digits[400]) + 1) % 10) + digits[401:]
    return [
        case("under a look-alike host", text.replace(HOST, "shirushi.exarnple"), "the host is under the signature"),
        case("under another mark's id", text.replace(MARK_ID, OTHER_ID), "the id is under the signature"),
        case("one digit changed", text.replace(digits, flipped), "the digits are under the signature"),
        case("http", text.replace("https", "http"), "the text matches the pattern"),
        case("a host in capitals", text.replace(HOST, HOST.upper()), "the text matches the pattern"),
        case("a port", text.replace(HOST, f"{HOST}:443"), "the text matches the pattern"),
        case("an id in capitals", text.replace(MARK_ID, MARK_ID.upper()), "the text matches the pattern"),
        case("a wrong check symbol", text.replace(MARK_ID, MISTYPED), "the check symbol fits"),
        case("a leading zero", text.replace("#", "#0"), "the text matches the pattern"),
        case("no digits", text.partition("#")[0], "the text matches the pattern"),
        case("2,401 digits", text.partition("#")[0] + "#" + "9" * 2401, "the text matches the pattern"),
        case("a line feed at the end", text + "\n", "the text matches the pattern"),
        case("another profile", _packed(encoded, profile=2), "profile 1", error="newer"),
        case("a space in c", _packed(encoded.replace(b",", b", ", 1)), "c has one form"),
        case("an escaped letter in c", _packed(escaped), "c has one form"),
        case("ten members", _packed(encoded.rpartition(b",")[0] + b"]"), "c has eleven members"),
        case("an object", _packed(b'{"tier":3}'), "c is an array"),
        content("a tier as text", "numbers are integers", tier="3"),
        content("a name of 90 bytes", "a name has at most 87 bytes", name="あ" * 30),
        content("a name that is not NFC", "a name is NFC", name="か\u3099"),
        content("a subject not in normal form", "identifiers stand in normal form", subject="1180301018771"),
        content("an end at the beginning", "the interval is not empty", exp=NBF),
        content("an unknown scope kind", "the kind is one of three", scope_kind="world"),
        content("body 0", "numbers begin at 1", issuer_no=0),
        content("key 0", "numbers begin at 1", key_no=0),
    ]  # fmt: skip


# --- statement -------------------------------------------------------------------------------------------------------


def statement_payload(kind: str, path: str, public: dict[str, Any]) -> dict[str, Any]:
    """Return the payload of a statement."""
    return {
        "v": 1, "log": log_origin(HOST), "type": kind, "object": f"https://{HOST}/{path}", "iss": body_uri(HOST, 1001),
        "iat": IAT, "jti": NONCE, "prev": 3, "anchor": {"size": 9, "root": DIGEST}, "public": public, "sd": [],
    }  # fmt: skip


def statement_vectors(samples: dict[str, tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """Return the content of statement.json; ``samples`` holds an object's path and a public part for each type."""
    good = []
    for kind in KINDS:
        token = sign_token(statement_payload(kind, *samples[kind]), typ="statement+jwt", signer=DECIDER)
        statement = parse_statement(token)
        expect = {
            "type": kind,
            "object": statement.object,
            "digest": statement.token.digest,
            "approval_subject": statement.approval_subject,
        }
        good.append(accepted(kind, {"token": token, "key": DECIDER.jwk}, "keeps every rule", expect))
    return {
        "format": "statement (statement+jwt)",
        "spec": "docs/specification/statement.md",
        "cases": [*good, *_statement_rejections(samples)],
    }


def _statement_rejections(samples: dict[str, tuple[str, dict[str, Any]]]) -> list[Case]:
    base = statement_payload("mark.suspended", *samples["mark.suspended"])

    def case(name: str, path: str, value: Any, why: str, *, error: str = "refused") -> Case:
        token = sign_raw_statement(altered(base, path, value))
        return rejected(name, {"token": token, "key": DECIDER.jwk}, why, error=error)

    unknown = [
        rejected(
            f"{kind} with an unknown member",
            {"token": sign_raw_statement(statement_payload(kind, path, public | {"later": 1})), "key": DECIDER.jwk},
            "never skipped",
            error="newer",
        )
        for kind, (path, public) in samples.items()
    ]
    return [
        *unknown,
        case("another version", "v", 2, "v is 1", error="newer"),
        case("version true", "v", True, "v is the number 1", error="newer"),
        case("an unknown type", "type", "mark.praised", "the union is closed", error="newer"),
        case("an unknown member", "later", 1, "never skipped", error="newer"),
        case("an expiry", "exp", IAT + 60, "statements never expire"),
        case("another log", "log", "other.example/log", "the object belongs to the log's host"),
        case("an object of another kind", "object", f"https://{HOST}/e/1", "the type fixes the kind of the object"),
        case("an object that is no name", "object", "https://other.example/x/../y", "objects are names"),
        case("a date as text", "iat", str(IAT), "dates are integers"),
        case("a short jti", "jti", "short", "a jti has 16 to 64 characters"),
        case("a negative prev", "prev", -1, "prev is an index or null"),
        case("prev true", "prev", True, "prev is an index or null"),
        case("an anchor of nothing", "anchor", {"size": 0, "root": DIGEST}, "an anchor has entries"),
        case("an anchor without a root", "anchor", {"size": 1}, "an anchor has size and root"),
        case("commitments out of order", "sd", sorted([DIGEST, NONCE + NONCE[:21]], reverse=True), "sd is sorted"),
        case("a commitment twice", "sd", [DIGEST, DIGEST], "sd has no repetition"),
        case("a second that is no digest", "second", "short", "second is a digest"),
        case("a reason that is no code", "public/reason", "Free text", "reasons are codes"),
        case("a missing public member", "public/lift_by", ..., "every member is required"),
        *(case(f"no {name}", name, ..., "the member is required")
          for name in ("log", "type", "object", "iss", "iat", "jti", "prev", "anchor", "public", "sd")),
        case("more than 4,096 bytes", "sd", sorted(digest(bytes([at])) for at in range(80)), "the size is capped"),
    ]  # fmt: skip


def sign_raw_statement(payload: dict[str, Any]) -> str:
    """Sign a payload that the envelope may refuse."""
    return raw(canonical({"alg": "ES256", "kid": DECIDER.kid, "typ": "statement+jwt"}), canonical(payload), DECIDER)

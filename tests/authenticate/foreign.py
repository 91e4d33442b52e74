"""A foreign scheme to authenticate: its keys, its profile, the tokens that it signs and the answers that it gives."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from recognition.authenticate.scheme_profile import Profile, parse_profile
from verifier.encoding import b64u

NOW = 1_793_577_600
DAY = 86_400
ISS = "https://certs.partner.example"
HOLDER = "0199-529900T8BM49AURSDO55"
SCHEME = "example.partner"
TYP = "certificate+jwt"
STATUS_URI = "https://certs.partner.example/status/1"


@dataclass(frozen=True)
class ForeignKey:
    """A private key, the algorithm that it signs with and its public form."""

    kid: str
    alg: str
    private: Any
    jwk: dict[str, str]

    def sign(self, message: bytes) -> bytes:
        """Return the signature in the form of JWS."""
        match self.alg:
            case "ES256" | "ES384":
                size = 32 if self.alg == "ES256" else 48
                digest = hashes.SHA256() if self.alg == "ES256" else hashes.SHA384()
                r, s = decode_dss_signature(self.private.sign(message, ec.ECDSA(digest)))
                return r.to_bytes(size) + s.to_bytes(size)
            case "EdDSA":
                return bytes(self.private.sign(message))
            case "RS256":
                return bytes(self.private.sign(message, padding.PKCS1v15(), hashes.SHA256()))
            case _:
                scheme = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
                return bytes(self.private.sign(message, scheme, hashes.SHA256()))


def _seed(name: str, size: int) -> bytes:
    return hashlib.shake_256(name.encode()).digest(size)


def _numbers(value: int, size: int) -> str:
    return b64u(value.to_bytes(size))


@cache
def make_key(alg: str, name: str = "issuer") -> ForeignKey:
    """Return the key of that algorithm and name; RSA keys are new in every run."""
    kid = f"{name}-{alg}"
    if alg == "EdDSA":
        private = ed25519.Ed25519PrivateKey.from_private_bytes(_seed(kid, 32))
        return ForeignKey(
            kid, alg, private, {"kty": "OKP", "crv": "Ed25519", "x": b64u(private.public_key().public_bytes_raw())}
        )
    if alg in ("ES256", "ES384"):
        curve, size = (ec.SECP256R1(), 32) if alg == "ES256" else (ec.SECP384R1(), 48)
        key = ec.derive_private_key(int.from_bytes(_seed(kid, size - 1)) + 1, curve)
        point = key.public_key().public_numbers()
        crv = "P-256" if alg == "ES256" else "P-384"
        return ForeignKey(
            kid, alg, key, {"kty": "EC", "crv": crv, "x": _numbers(point.x, size), "y": _numbers(point.y, size)}
        )
    secret = rsa.generate_private_key(65_537, 2048)
    public = secret.public_key().public_numbers()
    return ForeignKey(kid, alg, secret, {"kty": "RSA", "n": _numbers(public.n, 256), "e": _numbers(public.e, 3)})


def sign(payload: dict[str, Any], key: ForeignKey, *, typ: str | None = TYP, **header: Any) -> str:
    """Return the compact token; members of the header may be replaced, or left out with None."""
    members = {"alg": key.alg, "kid": key.kid, "typ": typ, **header}
    return sign_raw(
        json.dumps({name: value for name, value in members.items() if value is not None}), json.dumps(payload), key
    )


def sign_raw(header: str, payload: str, key: ForeignKey) -> str:
    """Return the compact token over exactly these texts."""
    signing_input = f"{b64u(header.encode())}.{b64u(payload.encode())}"
    return f"{signing_input}.{b64u(key.sign(signing_input.encode()))}"


def certificate_claims(**changes: Any) -> dict[str, Any]:
    """Return the payload of a good token; a member that is None is left out."""
    payload = {
        "iss": ISS,
        "iat": NOW - 10 * DAY,
        "exp": NOW + 300 * DAY,
        "no": "C-1",
        "holder": HOLDER.removeprefix("0199-"),
        "cert": {"level": "Level 2", "version": "1", "issued": "2026-10-23", "last": "2027-08-28"},
        "scope": {"kind": "whole", "tags": ["it"]},
        "excluded": [],
        "status": {"status_list": {"uri": STATUS_URI, "idx": 5}},
        **changes,
    }
    return {name: value for name, value in payload.items() if value is not None}


CLAIMS = """
[claims]
number = { at = "/no" }
level = { at = "/cert/level", words = { "Level 1" = "basic", "Level 2" = "checked" } }
version = { at = "/cert/version" }
holder = { at = "/holder", register = "0199" }
issued = { at = "/cert/issued", form = "day" }
expires = { at = "/cert/last", form = "last_day" }
scope_kind = { at = "/scope/kind", words = { whole = "company", part = "unit" } }
scope_tags = { at = "/scope/tags" }
excluded_controls = { at = "/excluded" }
"""


def profile_text(
    *keys: ForeignKey, claims: str = CLAIMS, token: str | None = None, more: str = "", key_members: str = ""
) -> str:
    """Return the text of a profile whose issuer has these keys."""
    listed = "\n".join(
        f'[[issuers.keys]]\nkid = "{key.kid}"\nalg = "{key.alg}"\n{key_members}\njwk = {{ '
        + ", ".join(f'{name} = "{value}"' for name, value in key.jwk.items())
        + " }"
        for key in keys
    )
    words = 'status_words = { "0" = "valid", "1" = "withdrawn", "2" = "suspended" }'
    form = token if token is not None else f'[token]\ntyp = "{TYP}"\nstatus_list = true\n{words}'
    return f"""
scheme = "{SCHEME}"
zone = "Europe/London"
{claims}
[[issuers]]
id = "operator"
iss = "{ISS}"
{listed}
{form}
{more}
"""


def make_profile(*keys: ForeignKey, **parts: Any) -> Profile:
    """Return the profile, with an ES256 key where none is given."""
    return parse_profile(profile_text(*(keys or (make_key("ES256"),)), **parts).encode())


def status_token(
    values: list[int], key: ForeignKey, *, bits: int = 2, typ: str = "statuslist+jwt", **changes: Any
) -> str:
    """Return a signed status list of these values."""
    per_byte = 8 // bits
    packed = bytearray(-(-len(values) // per_byte))
    for place, value in enumerate(values):
        packed[place // per_byte] |= value << place % per_byte * bits
    payload = {
        "sub": STATUS_URI,
        "iat": NOW - 60,
        "exp": NOW + DAY,
        "ttl": 3600,
        "status_list": {"bits": bits, "lst": b64u(zlib.compress(bytes(packed)))},
        **changes,
    }
    return sign({name: value for name, value in payload.items() if value is not None}, key, typ=typ)


ANSWER_CLAIMS = """
[claims]
number = { at = "/certificate" }
level = { at = "/level" }
version = { at = "/version" }
holder = { at = "/holder" }
issued = { at = "/issued", form = "day" }
expires = { at = "/valid_through", form = "last_day" }
status = { at = "/status", words = { valid = "valid", withdrawn = "withdrawn" } }
"""


def answer(**changes: Any) -> dict[str, Any]:
    """Return what a well-behaved registry answers about the certificate C-1."""
    facts = {
        "certificate": "C-1",
        "holder": HOLDER,
        "level": "checked",
        "version": "1",
        "issued": "2026-10-23",
        "valid_through": "2027-10-22",
        "status": "valid",
        **changes,
    }
    return {name: value for name, value in facts.items() if value is not None}


def look_up_profile(
    base: str, *, fresh: int = 3600, keep: int = 86_400, kind: str = "json", token: str = ""
) -> Profile:
    """Return the profile of a scheme whose registry stands at that address."""
    more = (
        f'[look_up]\naddress = "{base}/certificates/{{certificate}}"\nissuer = "operator"\nanswer = "{kind}"\n'
        f"fresh_seconds = {fresh}\nkeep_seconds = {keep}\n"
    )
    return make_profile(claims=ANSWER_CLAIMS, token=token, more=more)

"""The QR seal: a signed token in the fragment of the mark's address, so that one QR opens a page and verifies offline.

Scanned text is ``https://HOST/m/<id>#<digits>``. The digits are the decimal form of 0x01 || c || signature, where c is
a JSON array without spaces. The token is rebuilt with HOST and id *from the scanned text*: the same digits under
another host or id are a bad signature. The key is found by (host, issuer number, key number) in the signed trust list.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, get_args

from verifier.encoding import b64u, digest, read_json
from verifier.envelope import MAX_TIME, Token, parse_token, sign_bytes
from verifier.errors import MalformedError, NewerVersionError
from verifier.identifier import parse_identifier
from verifier.keys import SIGNATURE_BYTES
from verifier.mark import Mark, MarkDraft
from verifier.markid import is_mark_id
from verifier.names import HOST, parse_name
from verifier.signer import Signer
from verifier.statement.public import ScopeKind

TYP = "qr-seal+jwt"
PROFILE = 1
NAME_BYTES = 87
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
SCOPE_KINDS = get_args(ScopeKind)
SCANNED = re.compile(r"https://([a-z0-9](?:[a-z0-9.-]{0,60}[a-z0-9])?)/m/([0-9a-hjkmnp-tv-z]{26})#([1-9][0-9]{0,2399})")


@dataclass(frozen=True)
class SealContent:
    """The eleven members of c, in their order."""

    scheme: str
    tier: int
    subject: str
    name: str
    nbf: int
    exp: int
    scope_kind: str
    status_no: int
    status_idx: int
    issuer_no: int
    key_no: int

    def encode(self) -> bytes:
        """Return the JSON array without spaces."""
        return _ENCODER.encode(list(vars(self).values())).encode()


@dataclass(frozen=True)
class ScannedSeal:
    """What a scanned text says, before any signature is checked. ``host`` and ``id`` are the text's own."""

    host: str
    id: str
    content: SealContent
    encoded: bytes
    signature: bytes

    def token(self, kid: str) -> Token:
        """Return the token that a key with this kid would have signed for this host and id."""
        return parse_token(f"{self._signing_input(kid)}.{b64u(self.signature)}", TYP)

    def digest(self, kid: str) -> str:
        """Return the digest of that token: what statement and mark name."""
        return digest(self._signing_input(kid).encode("ascii"))

    def _signing_input(self, kid: str) -> str:
        return f"{_header(kid)}.{b64u(_payload(self.host, self.id, self.encoded))}"


def seal_content(draft: MarkDraft, *, key_no: int) -> SealContent:
    """Return the seal's members for a mark."""
    issuer = parse_name(draft.iss)
    return SealContent(
        scheme=draft.scheme,
        tier=draft.tier,
        subject=parse_name(draft.sub).value,
        name=seal_name(draft.holder.name),
        nbf=draft.nbf,
        exp=draft.exp,
        scope_kind=draft.scope.scope_kind,
        status_no=draft.status_no,
        status_idx=draft.status_idx,
        issuer_no=int(issuer.value),
        key_no=key_no,
    )


def seal_name(name: str) -> str:
    """Return the name as it fits the seal: NFC, cut with an ellipsis at 87 bytes of UTF-8."""
    text = unicodedata.normalize("NFC", name)
    if len(text.encode()) <= NAME_BYTES:
        return text
    while len(text.encode()) > NAME_BYTES - len("…".encode()):
        text = text[:-1]
    return text + "…"


def sign_seal(content: SealContent, *, host: str, id: str, signer: Signer) -> str:
    """Return the seal as a compact token."""
    compact = sign_bytes(_payload(host, id, content.encode()), typ=TYP, signer=signer)
    read_seal(compact)
    return compact


def read_seal(compact: str | bytes) -> ScannedSeal:
    """Return what a seal token says. Raises EnvelopeError or MalformedError."""
    return seal_of(parse_token(compact, TYP))


def seal_of(token: Token) -> ScannedSeal:
    """Return what a token of the seal's type says, as ``read_seal`` does."""
    payload = token.payload
    if payload.keys() != {"v", "h", "i", "c"} or payload["v"] != PROFILE:
        raise NewerVersionError("the seal's profile is unknown to this version")
    if not isinstance(payload["h"], str) or not HOST.fullmatch(payload["h"]):
        raise MalformedError("the seal names no host")
    if not isinstance(payload["i"], str) or not is_mark_id(payload["i"]):
        raise MalformedError("the seal names no mark")
    content = _content(payload["c"])
    scanned = ScannedSeal(payload["h"], payload["i"], content, content.encode(), token.signature)
    if scanned._signing_input(token.kid).encode("ascii") != token.signing_input:
        raise MalformedError("the seal is not in its one form")
    return scanned


def scan_text(compact: str) -> str:
    """Return the text of the QR for a seal token."""
    scanned = read_seal(compact)
    number = int.from_bytes(bytes([PROFILE]) + scanned.encoded + scanned.signature)
    return f"https://{scanned.host}/m/{scanned.id}#{number}"


def parse_scan(text: str) -> ScannedSeal:
    """Return what a scanned text says. Raises MalformedError, or NewerVersionError for another profile."""
    matched = SCANNED.fullmatch(text)
    if not matched:
        raise MalformedError("this is not the text of a mark's QR")
    host, mark_id, digits = matched.groups()
    if not is_mark_id(mark_id):
        raise MalformedError("the mark id in the QR has a wrong check symbol")
    number = int(digits)
    packed = number.to_bytes((number.bit_length() + 7) // 8)
    if packed[0] != PROFILE:
        raise NewerVersionError("the QR's profile is unknown to this version")
    encoded, signature = packed[1:-SIGNATURE_BYTES], packed[-SIGNATURE_BYTES:]
    content = _content(read_json(encoded, max_depth=1))
    if content.encode() != encoded:
        raise MalformedError("the seal is not in its one form")
    return ScannedSeal(host, mark_id, content, encoded, signature)


def seal_fits_mark(content: SealContent, mark: Mark) -> bool:
    """Say whether a seal and a mark tell the same story."""
    scs = mark.content
    return (
        content.scheme,
        content.tier,
        content.subject,
        content.name,
        content.nbf,
        content.exp,
        content.scope_kind,
        content.status_no,
        content.status_idx,
        str(content.issuer_no),
    ) == (
        scs.scheme,
        scs.tier,
        parse_name(mark.sub).value,
        seal_name(scs.org.name),
        mark.nbf,
        mark.exp,
        scs.scope_kind,
        mark.status_no,
        mark.status_idx,
        parse_name(mark.iss).value,
    )


@lru_cache(maxsize=64)
def _header(kid: str) -> str:
    return b64u(json.dumps({"alg": "ES256", "kid": kid, "typ": TYP}, separators=(",", ":")).encode())


def _payload(host: str, mark_id: str, encoded: bytes) -> bytes:
    return f'{{"v":{PROFILE},"h":"{host}","i":"{mark_id}","c":'.encode() + encoded + b"}"


def _content(value: Any) -> SealContent:
    types = (str, int, str, str, int, int, str, int, int, int, int)
    if not isinstance(value, list) or len(value) != len(types):
        raise MalformedError("the seal has not eleven members")
    if not all(isinstance(one, kind) and not isinstance(one, bool) for one, kind in zip(value, types, strict=True)):
        raise MalformedError("a member of the seal has a wrong type")
    content = SealContent(*value)
    if content.scope_kind not in SCOPE_KINDS or not 0 < content.nbf < content.exp < MAX_TIME:
        raise MalformedError("the seal's scope or dates are out of bounds")
    if str(parse_identifier(content.subject)) != content.subject or seal_name(content.name) != content.name:
        raise MalformedError("the seal's subject is not in normal form")
    if min(content.tier, content.status_no, content.issuer_no, content.key_no) < 1 or content.status_idx < 0:
        raise MalformedError("a number in the seal is out of bounds")
    return content

"""Foreign status lists: Token Status List (draft-ietf-oauth-status-list-21) in JWT form, of 1, 2, 4 or 8 bits.

The reader of our own lists (``verifier.status_list``) knows one size and one key; this one takes what the draft allows
and inflates no more than a fixed limit, whatever the stream claims. The CBOR form is not read.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from recognition.authenticate.bound_key import BoundKey
from recognition.authenticate.foreign_token import check_dates, read_foreign, verify_foreign
from verifier.encoding import unb64u
from verifier.errors import EnvelopeError, MalformedError, SignatureError

TYP = "statuslist+jwt"
MAX_COMPACT = 1_500_000
MAX_INFLATED = 4_194_304
MAX_DAYS = 31
MAX_TTL = 7 * 86_400
Bits = Literal[1, 2, 4, 8]


@dataclass(frozen=True)
class Reference:
    """The list and the place in it that a token names as its state."""

    uri: str
    idx: int


@dataclass(frozen=True)
class StatusToken:
    """A verified list: its packed entries and its dates in UTC seconds."""

    bits: Bits
    packed: bytes
    iat: int
    exp: int | None
    ttl: int | None

    def value(self, idx: int) -> int:
        """Return the entry at a place. Raises MalformedError for a place outside the list."""
        per_byte = 8 // self.bits
        if not 0 <= idx < len(self.packed) * per_byte:
            raise MalformedError("the place lies outside the status list")
        return self.packed[idx // per_byte] >> idx % per_byte * self.bits & (1 << self.bits) - 1

    def fresh_until(self, fetched_at: int) -> int:
        """Return when a copy fetched then stops counting: at ``exp``, or ``ttl`` after it was fetched."""
        bounds = [fetched_at + min(self.ttl if self.ttl is not None else MAX_TTL, MAX_TTL)]
        return min([*bounds, self.exp] if self.exp is not None else bounds)


def read_reference(payload: dict[str, Any]) -> Reference:
    """Return which list a token names (section 6.1). Raises MalformedError when it names none."""
    status = payload.get("status")
    entry = status.get("status_list") if isinstance(status, dict) else None
    uri, idx = (entry.get("uri"), entry.get("idx")) if isinstance(entry, dict) else (None, None)
    if not isinstance(uri, str) or not uri.startswith("https://") or isinstance(idx, bool) or not isinstance(idx, int):
        raise MalformedError("the token names no status list")
    return Reference(uri, idx)


def read_status_token(compact: str, keys: Mapping[str, BoundKey], *, uri: str, now: int) -> StatusToken:
    """Return the list if one of the issuer's status keys signed it for exactly that address and it is of this time.

    Raises EnvelopeError, MalformedError or SignatureError.
    """
    token = read_foreign(compact, typ=TYP, max_bytes=MAX_COMPACT)
    key = verify_foreign(token, keys)
    payload = token.payload
    if not key.counted_at(token.issued):
        raise SignatureError("the key did not count when the status list was signed")
    if payload.get("sub") != uri:
        raise EnvelopeError("the status list is another one than the token names")
    check_dates(payload, now=now, max_days=MAX_DAYS, require_exp=False)
    ttl, packed = payload.get("ttl"), payload.get("status_list")
    if ttl is not None and (isinstance(ttl, bool) or not isinstance(ttl, int) or ttl <= 0):
        raise MalformedError("ttl is not a positive number of seconds")
    if not isinstance(packed, dict) or not isinstance(packed.get("lst"), str):
        raise MalformedError("the token holds no status list")
    bits = packed.get("bits")
    if isinstance(bits, bool) or bits not in (1, 2, 4, 8):
        raise MalformedError("a status list has 1, 2, 4 or 8 bits an entry")
    return StatusToken(bits, _inflated(unb64u(packed["lst"])), payload["iat"], payload.get("exp"), ttl)


def _inflated(compressed: bytes) -> bytes:
    stream = zlib.decompressobj()
    try:
        data = stream.decompress(compressed, MAX_INFLATED + 1)
    except zlib.error as error:
        raise MalformedError("the status list is not zlib data") from error
    if len(data) > MAX_INFLATED:
        raise MalformedError("the status list inflates to more than is read")
    if not stream.eof or stream.unused_data:
        raise MalformedError("the status list is not one whole zlib stream")
    return data

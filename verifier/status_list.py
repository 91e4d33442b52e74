"""The status list: the states of many marks in one small token, for clients that know nothing of the log.

Format: Token Status List (draft-ietf-oauth-status-list-21, section 5), as JWT, two bits an entry. A list has 32,768
entries, so that signed it stays below 20 KB however it is filled. It is an export of the log: whoever has the directory
asks that. A list may lower an answer always, raise it never.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from verifier.encoding import b64u, canonical, read_object, unb64u
from verifier.envelope import CLOCK_SKEW, Token, parse_token, sign_token, verify_token
from verifier.errors import EnvelopeError, MalformedError, TrustRootError
from verifier.names import NUMBER, authority_uri, log_origin, status_list_uri
from verifier.schema import Closed, Count, Instant, Uri, read_model
from verifier.signer import Signer
from verifier.trust.root import TrustRoot

TYP = "statuslist+jwt"
BITS = 2
ENTRIES = 32_768
TTL = 3600
LIFETIME = 72 * 3600
AGGREGATION = "status/lists"
"""Where all lists are named, so that a client fetches them together."""

_PER_BYTE = 8 // BITS
_PACKED = ENTRIES // _PER_BYTE
# One table for each place in a byte: the entry that a byte holds there, the least significant bits first.
_PLACES = tuple(bytes(byte >> place * BITS & 3 for byte in range(256)) for place in range(_PER_BYTE))


class Status(IntEnum):
    """What an entry says. Nobody gives out the fourth value: a reader that meets it cannot make the check."""

    VALID = 0
    INVALID = 1
    SUSPENDED = 2


class _Packed(Closed):
    bits: Literal[2]
    lst: Annotated[str, Field(max_length=16_384)]
    aggregation_uri: Uri | None = None


class Over(Closed):
    """The log that a list is made from, and how many of its entries."""

    origin: Annotated[str, Field(max_length=120)]
    size: Count


class _Claims(Closed):
    sub: Uri
    iat: Instant
    exp: Instant
    ttl: Literal[3600]
    status_list: _Packed
    log: Over


@dataclass(frozen=True)
class StatusList:
    """A status list whose signature by a status key of a trust root was checked; its age is the reader's to judge.

    ``entries`` holds one byte for each entry, of the values 0 to 3.
    """

    token: Token
    no: int
    iat: int
    exp: int
    size: int
    entries: bytes

    def status(self, idx: int, *, now: int) -> Status | None:
        """Return what the list says of a place, None for a value that this version does not know.

        Raises EnvelopeError for a list that is not of this time, MalformedError for a place outside it.
        """
        if self.iat > now + CLOCK_SKEW or now >= self.exp:
            raise EnvelopeError("the status list is not of this time", hint="Fetch the newest one.")
        if not 0 <= idx < len(self.entries):
            raise MalformedError("the place lies outside the status list")
        value = self.entries[idx]
        return Status(value) if value <= max(Status) else None


def sign_status_list(
    entries: bytes, *, host: str, no: int, size: int, iat: int, signer: Signer, aggregation_uri: str | None = None
) -> str:
    """Return the signed list of these entries (one byte each), made from the first ``size`` entries of the log.

    ``aggregation_uri`` is where all lists are named, and stands in the token where it is given.
    """
    packed: dict[str, Any] = {"bits": BITS, "lst": b64u(zlib.compress(pack(entries), 9))}
    if aggregation_uri is not None:
        packed["aggregation_uri"] = aggregation_uri
    payload: dict[str, Any] = {
        "sub": status_list_uri(host, no),
        "iat": iat,
        "exp": iat + LIFETIME,
        "ttl": TTL,
        "status_list": packed,
        "log": {"origin": log_origin(host), "size": size},
    }
    return sign_token(payload, typ=TYP, signer=signer)


def read_status_list(compact: str | bytes, root: TrustRoot) -> StatusList:
    """Return the list that a status key of this root signed.

    Raises EnvelopeError, MalformedError, NewerVersionError, SignatureError, StatementError or TrustRootError.
    """
    token = parse_token(compact, TYP)
    listed = root.keys.get(token.kid)
    if listed is None or listed[0].role != "status" or listed[0].cutoff is not None:
        raise TrustRootError("the status list is not signed by a status key of the trust root")
    verify_token(token, listed[1])
    claims = read_model(_Claims, token.payload, what="status list")
    if not listed[0].holds(claims.log.size - 1):
        raise TrustRootError("the status key did not count for the entries that the list is made from")
    no = _number(claims.sub, root.host)
    if claims.log.origin != root.origin:
        raise TrustRootError("the status list is another log's")
    if claims.status_list.aggregation_uri not in (None, aggregation_uri(root.host)):
        raise TrustRootError("the aggregation does not lie under the host of the trust root")
    entries = unpack(_inflated(unb64u(claims.status_list.lst)))
    return StatusList(token, no, claims.iat, claims.exp, claims.log.size, entries)


def aggregation_uri(host: str) -> str:
    """Return where all status lists of an authority are named."""
    return f"{authority_uri(host)}/{AGGREGATION}"


def write_aggregation(host: str, numbers: Iterable[int]) -> bytes:
    """Return the file that names the status lists of these numbers (section 9 of the draft)."""
    return canonical({"status_lists": [status_list_uri(host, no) for no in sorted(numbers)]}) + b"\n"


def read_aggregation(data: bytes, host: str) -> tuple[int, ...]:
    """Return the numbers of the lists that an aggregation names. Raises MalformedError or TrustRootError."""
    named = read_object(data).get("status_lists")
    if not isinstance(named, list) or not all(isinstance(uri, str) for uri in named):
        raise MalformedError("not an aggregation of status lists")
    return tuple(_number(uri, host) for uri in named)


def pack(entries: bytes) -> bytes:
    """Return the entries (one byte each, 0 to 3) four to a byte, the first in the least significant bits."""
    if len(entries) != ENTRIES:
        raise MalformedError(f"a status list has {ENTRIES} entries")
    # As one long number a place: no entry is wider than its two bits, so nothing is carried over.
    packed = sum(int.from_bytes(entries[place::_PER_BYTE]) << place * BITS for place in range(_PER_BYTE))
    return packed.to_bytes(_PACKED)


def unpack(packed: bytes) -> bytes:
    """Return the entries, one byte each. Raises MalformedError for another number of entries."""
    if len(packed) != _PACKED:
        raise MalformedError(f"a status list has {ENTRIES} entries")
    entries = bytearray(ENTRIES)
    for place, table in enumerate(_PLACES):
        entries[place::_PER_BYTE] = packed.translate(table)
    return bytes(entries)


def _inflated(compressed: bytes) -> bytes:
    """Return what was compressed, without ever holding more than a list is long."""
    stream = zlib.decompressobj()
    try:
        data = stream.decompress(compressed, _PACKED + 1)
    except zlib.error as error:
        raise MalformedError("the status list is not zlib data") from error
    if len(data) > _PACKED or not stream.eof or stream.unused_data:
        raise MalformedError("the status list is not one zlib stream of its length")
    return data


def _number(uri: str, host: str) -> int:
    prefix = status_list_uri(host, 0)[:-1]
    number = uri.removeprefix(prefix)
    if not uri.startswith(prefix) or not NUMBER.fullmatch(number):
        raise TrustRootError("the status list does not lie under the host of the trust root")
    return int(number)

"""Reservations: a mark id, a registration number and a place in the status lists, for one body and one tier.

The request carries a ``client-assertion+jwt`` by a desk key of the body, good for five minutes, for this request, once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from registry.errors import KeyReusedError
from registry.rows import queries
from registry.rows.queries import Reserved
from verifier.encoding import canonical, digest
from verifier.envelope import audience_is, check_times, parse_token, verify_token
from verifier.errors import RefusedError, SignatureError
from verifier.markid import new_mark_id
from verifier.names import authority_uri
from verifier.schema import Closed, Digest, Instant, TokenId, Uri, read_model
from verifier.status_list import ENTRIES
from verifier.tier import Tier

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from registry.log.ledger import Group, LogView
    from verifier.envelope import Token
    from verifier.injected import Clock, Entropy
    from verifier.keys import VerifyingKey
    from verifier.replay.state import LogState

TYP = "client-assertion+jwt"
BLOCK = 1024
BLOCKS_IN_LIST = ENTRIES // BLOCK


class _Claims(Closed):
    iss: Uri
    sub: Uri
    aud: Annotated[str, Field(max_length=120)]
    jti: TokenId
    iat: Instant
    exp: Instant
    request: Digest


@dataclass(frozen=True)
class Wish:
    """What a body asks for: an id for a mark of this tier. Only the assertion's shape was checked."""

    assertion: Token
    tier: Tier
    key: str | None = None
    """The idempotency key: under the same one a body gets the same reservation, for as long as there is one."""


def read_wish(assertion: str, *, scheme: str, level: int, key: str | None = None) -> Wish:
    """Return the request. Raises EnvelopeError or MalformedError."""
    return Wish(parse_token(assertion, TYP), Tier(scheme, level), key)


def reserve(wish: Wish, group: Group, state: LogState, clock: Clock, entropy: Entropy) -> Reserved:
    """Reserve in the group, or return what was reserved under the same key.

    Raises EnvelopeError, KeyReusedError, RefusedError, SignatureError or StatementError.
    """
    body = look_over_wish(wish, group, state, now=clock())
    key = digest(canonical([body, wish.key])) if wish.key is not None else None
    # First of all: the request is sent again with its assertion, which counts once.
    if key is not None and (before := queries.reserved_under(group.connection, key)) is not None:
        return _same(before, wish)
    queries.use_token(group.connection, "client assertion", f"{body} {wish.assertion.payload['jti']}")
    prefix = f"{wish.tier.scheme.rpartition('.')[2].replace('-', '')[:8].upper()}{wish.tier.level}"
    number = f"{prefix}-{queries.count_reserved(group.connection, prefix) + 1:06d}"
    status_list, status_idx = free_place(group.connection, entropy)
    reserved = Reserved(
        mark=new_mark_id(entropy),
        number=number,
        status_list=status_list,
        status_idx=status_idx,
        body=body,
        scheme=wish.tier.scheme,
        level=wish.tier.level,
    )
    queries.add_reservation(group.connection, reserved, prefix)
    if key is not None:
        queries.note_key(group.connection, key, reserved.mark)
    return reserved


def _same(before: Reserved, wish: Wish) -> Reserved:
    if Tier(before.scheme, before.level) != wish.tier:
        raise KeyReusedError("this key came with another request", hint="Take a new Idempotency-Key.")
    return before


def look_over_wish(wish: Wish, log: LogView, state: LogState, *, now: int) -> str:
    """Judge the request against one state of the log and return the body that asks. Nothing is written.

    Raises EnvelopeError, RefusedError, SignatureError or StatementError. Whether the assertion was used is not asked.
    """
    if state.is_closed:
        raise RefusedError("the log is closed: it takes no more entries")
    key = state.body_key(wish.assertion.kid)
    if key is None or not key.counts(log.size) or key.role != "desk":
        raise SignatureError("the assertion is not signed by a desk key that counts")
    check_assertion(wish, host=state.host, key=key.key, body=key.body, now=now)
    body = state.bodies[key.body]
    rows = {(row.scheme, row.level) for row in body.scope}
    if body.state != "active" or (wish.tier.scheme, wish.tier.level) not in rows:
        raise RefusedError("the body is not accredited for this scheme and level")
    return key.body


def check_assertion(wish: Wish, *, host: str, key: VerifyingKey, body: str, now: int) -> None:
    """The assertion is for this authority, of now, by this desk key of this body, and for exactly this request.

    Raises EnvelopeError, RefusedError, SignatureError or StatementError.
    """
    token = wish.assertion
    claims = read_model(_Claims, token.payload, what="client assertion")
    audience_is(token, authority_uri(host))
    check_times(token, now=now)
    verify_token(token, key)
    if (claims.iss, claims.sub) != (body, body):
        raise RefusedError("the assertion speaks for another body than its key")
    if claims.request != digest(canonical({"scheme": wish.tier.scheme, "level": wish.tier.level})):
        raise RefusedError("the assertion was made for another request")


def free_place(connection: Connection, entropy: Entropy) -> tuple[int, int]:
    """Return a place drawn from the block that is being filled, so that its number does not tell when it was taken."""
    block = queries.count_reserved(connection) // BLOCK
    while True:
        status_list, first = 1 + block // BLOCKS_IN_LIST, block % BLOCKS_IN_LIST * BLOCK
        taken = queries.places_taken(connection, status_list, first, first + BLOCK)
        if free := [place for place in range(first, first + BLOCK) if place not in taken]:
            return status_list, free[int.from_bytes(entropy(8)) % len(free)]
        # After a recovery fewer reservations may be known than places are taken.
        block += 1

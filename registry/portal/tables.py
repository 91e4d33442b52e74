"""The rows of the portal's database. Every row that a client made carries the client's id, and is found by it.

Secrets that callers show (keys, tokens, feed addresses) stand here as SHA-256 alone: each is 192 random bits or more,
so nothing is gained by a slower digest. Signing secrets have to be used and stand as they are.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, PrimaryKeyConstraint, Table, Text

metadata = MetaData()
VERSION_TABLE = "portal_version"


def _no() -> Column[int]:
    return Column("no", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True)


def _text(name: str, **more: Any) -> Column[str]:
    return Column(name, Text, nullable=False, **more)


def _whole(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


CLIENT = Table(
    "client",
    metadata,
    Column("id", Text, primary_key=True),
    _text("name"),
    Column("key_sha256", Text),
    Column("jwk", Text),
    _whole("per_minute"),
    _whole("made"),
    Column("revoked", BigInteger),
)
ACCESS_TOKEN = Table(
    "access_token", metadata, Column("sha256", Text, primary_key=True), _text("client"), _whole("until")
)
USED_ASSERTION = Table(
    "used_assertion", metadata, _text("client"), _text("jti"), _whole("until"), PrimaryKeyConstraint("client", "jti")
)
ANSWERED = Table(
    "answered",
    metadata,
    _text("client"),
    _text("key"),
    _text("fingerprint"),
    _whole("status"),
    Column("answer", LargeBinary, nullable=False),
    _whole("at"),
    PrimaryKeyConstraint("client", "key"),
)
WATCH = Table(
    "watch",
    metadata,
    _no(),
    _text("id", unique=True),
    _text("client", index=True),
    _text("kind"),
    _text("object"),
    _text("label"),
    _text("feed_sha256", unique=True),
    _whole("made"),
    # The entry of the directory that was looked into last; -1 before the first look.
    _whole("entry"),
    Column("seen", Text),
    Column("due", BigInteger),
    Index("watch_entry", "entry"),
    Index("watch_due", "due"),
)
ENDPOINT = Table(
    "endpoint",
    metadata,
    _no(),
    _text("id", unique=True),
    _text("client", index=True),
    _text("url"),
    _whole("made"),
    Column("stopped", Text),
    _text("lease"),
    _whole("leased_until"),
)
SIGNING_SECRET = Table(
    "signing_secret",
    metadata,
    _no(),
    _text("endpoint", index=True),
    Column("shared", LargeBinary, nullable=False),
    Column("seed", LargeBinary, nullable=False),
    Column("until", BigInteger),
)
EVENT = Table(
    "event",
    metadata,
    _no(),
    _text("id", unique=True),
    _text("client"),
    _text("watch", index=True),
    _text("type"),
    Column("payload", LargeBinary, nullable=False),
    _whole("made"),
    Index("event_client", "client", "no"),
)
DELIVERY = Table(
    "delivery",
    metadata,
    _no(),
    _text("id", unique=True),
    _text("client"),
    _text("event"),
    _text("endpoint", index=True),
    _text("state"),
    _whole("attempts"),
    _whole("due"),
    Column("status", Integer),
    _text("reason"),
    _whole("changed"),
    Index("delivery_due", "state", "due"),
    Index("delivery_client", "client", "no"),
)
DIGEST = Table(
    "digest",
    metadata,
    Column("client", Text, primary_key=True),
    _text("address"),
    _text("period"),
    _text("lang"),
    _whole("made"),
    _whole("due"),
    _whole("after"),
    Column("code_sha256", Text),
    _text("stopped"),
    Index("digest_due", "due"),
)
BOX = Table(
    "box",
    metadata,
    Column("id", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    _whole("until"),
    Index("box_until", "until"),
)
"""What a one-time link opens, under a key that only the link holds. Nobody's row: no client, no time of its making."""
FOLLOWING = Table(
    "following",
    metadata,
    Column("id", Text, primary_key=True),
    _text("pair", unique=True),
    Column("sealed", LargeBinary, nullable=False),
    _text("lang"),
    _whole("made"),
    _whole("code_until"),
    _text("letter"),
    _whole("due"),
    _whole("confirmed"),
    _whole("until"),
    Index("following_until", "until"),
    Index("following_letter", "letter", "due"),
)
"""Who follows a number by mail. Its id is the ``client`` of its watch and its digest; no address stands in clear."""

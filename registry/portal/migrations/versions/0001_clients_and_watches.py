"""Clients, their tokens and watches, and the outbox of what was seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _clients()
    _watches()
    _endpoints()
    _outbox()


def downgrade() -> None:
    """Remove the tables."""
    for name in (
        "delivery",
        "event",
        "signing_secret",
        "endpoint",
        "watch",
        "answered",
        "used_assertion",
        "access_token",
        "client",
    ):
        op.drop_table(name)


def _clients() -> None:
    op.create_table(
        "client",
        sa.Column("id", sa.Text, primary_key=True),
        _text("name"),
        sa.Column("key_sha256", sa.Text),
        sa.Column("jwk", sa.Text),
        _whole("per_minute"),
        _whole("made"),
        sa.Column("revoked", sa.BigInteger),
    )
    op.create_table("access_token", sa.Column("sha256", sa.Text, primary_key=True), _text("client"), _whole("until"))
    op.create_table(
        "used_assertion", _text("client"), _text("jti"), _whole("until"), sa.PrimaryKeyConstraint("client", "jti")
    )
    op.create_table(
        "answered",
        _text("client"),
        _text("key"),
        _text("fingerprint"),
        _whole("status"),
        sa.Column("answer", sa.LargeBinary, nullable=False),
        _whole("at"),
        sa.PrimaryKeyConstraint("client", "key"),
    )


def _watches() -> None:
    op.create_table(
        "watch",
        _no(),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        _text("client"),
        _text("kind"),
        _text("object"),
        _text("label"),
        sa.Column("feed_sha256", sa.Text, nullable=False, unique=True),
        _whole("made"),
        _whole("entry"),
        sa.Column("seen", sa.Text),
        sa.Column("due", sa.BigInteger),
    )
    op.create_index("ix_watch_client", "watch", ["client"])
    op.create_index("watch_entry", "watch", ["entry"])
    op.create_index("watch_due", "watch", ["due"])


def _endpoints() -> None:
    op.create_table(
        "endpoint",
        _no(),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        _text("client"),
        _text("url"),
        _whole("made"),
        sa.Column("stopped", sa.Text),
        _text("lease"),
        _whole("leased_until"),
    )
    op.create_index("ix_endpoint_client", "endpoint", ["client"])
    op.create_table(
        "signing_secret",
        _no(),
        _text("endpoint"),
        sa.Column("shared", sa.LargeBinary, nullable=False),
        sa.Column("seed", sa.LargeBinary, nullable=False),
        sa.Column("until", sa.BigInteger),
    )
    op.create_index("ix_signing_secret_endpoint", "signing_secret", ["endpoint"])


def _outbox() -> None:
    op.create_table(
        "event",
        _no(),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        _text("client"),
        _text("watch"),
        _text("type"),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        _whole("made"),
    )
    op.create_index("ix_event_watch", "event", ["watch"])
    op.create_index("event_client", "event", ["client", "no"])
    op.create_table(
        "delivery",
        _no(),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        _text("client"),
        _text("event"),
        _text("endpoint"),
        _text("state"),
        _whole("attempts"),
        _whole("due"),
        sa.Column("status", sa.Integer),
        _text("reason"),
        _whole("changed"),
    )
    op.create_index("ix_delivery_endpoint", "delivery", ["endpoint"])
    op.create_index("delivery_due", "delivery", ["state", "due"])
    op.create_index("delivery_client", "delivery", ["client", "no"])


def _no() -> sa.Column[int]:
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("no", whole, primary_key=True, autoincrement=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)

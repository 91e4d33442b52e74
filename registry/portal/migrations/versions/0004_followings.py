"""Followings: who is told by mail, without an account, what is listed under a number."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "following",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("pair", sa.Text, nullable=False, unique=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("lang", sa.Text, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("code_until", sa.BigInteger, nullable=False),
        sa.Column("letter", sa.Text, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("confirmed", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
    )
    op.create_index("following_until", "following", ["until"])
    op.create_index("following_letter", "following", ["letter", "due"])


def downgrade() -> None:
    """Remove the table, and what is watched and told for nobody else: addresses are forgotten."""
    for table in ("watch", "event", "digest"):
        held = sa.table(table, sa.column("client", sa.Text))
        op.execute(held.delete().where(held.c.client.in_(sa.text("SELECT id FROM following"))))
    op.drop_table("following")

"""Digests by mail: one for each client at most."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "digest",
        sa.Column("client", sa.Text, primary_key=True),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("lang", sa.Text, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("after", sa.BigInteger, nullable=False),
        sa.Column("code_sha256", sa.Text),
        sa.Column("stopped", sa.Text, nullable=False),
    )
    op.create_index("digest_due", "digest", ["due"])


def downgrade() -> None:
    """Remove the table: addresses are forgotten."""
    op.drop_table("digest")

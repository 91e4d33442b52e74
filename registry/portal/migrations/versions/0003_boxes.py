"""Boxes of one-time links: encrypted, each there until it is opened."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "box",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
    )
    op.create_index("box_until", "box", ["until"])


def downgrade() -> None:
    """Remove the table: links that were not opened open nothing any more."""
    op.drop_table("box")

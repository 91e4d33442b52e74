"""The outbox between API workers and the sequencer, and the epoch that fences the sequencer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create both tables, with the one row of the epoch."""
    epoch = op.create_table(
        "sequencer_epoch",
        sa.Column("id", sa.Integer(), primary_key=True, nullable=False),
        sa.Column("epoch", WHOLE, nullable=False),
    )
    op.bulk_insert(epoch, [{"id": 1, "epoch": 0}])
    op.create_table(
        "outbox",
        sa.Column("id", WHOLE, primary_key=True, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("decided", WHOLE, nullable=True),
    )
    is_open = sa.text("outcome IS NULL")
    op.create_index("ix_outbox_open", "outbox", ["id"], sqlite_where=is_open, postgresql_where=is_open)


def downgrade() -> None:
    """Remove both; what waits in the outbox was not acknowledged to anybody."""
    op.drop_table("outbox")
    op.drop_table("sequencer_epoch")

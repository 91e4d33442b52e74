"""Corrections of marks, as they were signed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "desk_correction",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("mark", sa.String(26), nullable=False),
        sa.Column("case_id", sa.String(16), sa.ForeignKey("desk_case.id"), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.Column("corrected", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("approval", sa.Text(), nullable=False),
        sa.Column("credential", sa.Text(), nullable=True),
        sa.Column("entry_index", sa.BigInteger(), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=True),
    )
    op.create_index("ix_desk_correction_mark", "desk_correction", ["mark"])
    op.create_index("ix_desk_correction_case_id", "desk_correction", ["case_id"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("desk_correction")

"""Batches of cases; addresses of holders and the reminders that were sent to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "desk_batch",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("sheet_sha256", sa.String(length=43), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_batch")),
        sa.UniqueConstraint("sheet_sha256", name=op.f("uq_desk_batch_sheet_sha256")),
    )
    op.create_table(
        "desk_batch_member",
        sa.Column("batch_id", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["desk_batch.id"], name=op.f("fk_desk_batch_member_batch_id")),
        sa.ForeignKeyConstraint(["case_id"], ["desk_case.id"], name=op.f("fk_desk_batch_member_case_id")),
        sa.PrimaryKeyConstraint("batch_id", "position", name=op.f("pk_desk_batch_member")),
    )
    op.create_index(op.f("ix_desk_batch_member_case_id"), "desk_batch_member", ["case_id"], unique=False)
    op.create_table(
        "desk_contact",
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("subject", "position", name=op.f("pk_desk_contact")),
    )
    op.create_table(
        "desk_reminder",
        sa.Column("mark", sa.String(length=26), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("mark", "days", "position", name=op.f("pk_desk_reminder")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("desk_reminder")
    op.drop_table("desk_contact")
    op.drop_index(op.f("ix_desk_batch_member_case_id"), table_name="desk_batch_member")
    op.drop_table("desk_batch_member")
    op.drop_table("desk_batch")

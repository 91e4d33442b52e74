"""The desk's first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "desk_case",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("scheme", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("criteria_sha256", sa.String(length=43), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("scope_sha256", sa.String(length=43), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("assessing_since", sa.BigInteger(), nullable=True),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("reservation", sa.Text(), nullable=True),
        sa.Column("confirmation", sa.Text(), nullable=True),
        sa.Column("oath", sa.Text(), nullable=True),
        sa.Column("technical", sa.Text(), nullable=True),
        sa.Column("attested", sa.Text(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_case")),
    )
    op.create_index("ix_desk_case_open", "desk_case", ["subject", "scheme", "level", "state"], unique=False)
    op.create_table(
        "desk_answer",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=20), nullable=False),
        sa.Column("justification", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["desk_case.id"], name=op.f("fk_desk_answer_case_id")),
        sa.PrimaryKeyConstraint("case_id", "item", name=op.f("pk_desk_answer")),
    )
    op.create_table(
        "desk_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["desk_case.id"], name=op.f("fk_desk_event_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_event")),
    )
    op.create_index(op.f("ix_desk_event_case_id"), "desk_event", ["case_id"], unique=False)
    op.create_table(
        "desk_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["desk_case.id"], name=op.f("fk_desk_import_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_import")),
    )
    op.create_index(op.f("ix_desk_import_case_id"), "desk_import", ["case_id"], unique=False)
    op.create_table(
        "desk_issuance",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=True),
        sa.Column("mark", sa.Text(), nullable=True),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.Column("entry_index", sa.BigInteger(), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["desk_case.id"], name=op.f("fk_desk_issuance_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_desk_issuance")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("desk_issuance")
    op.drop_index(op.f("ix_desk_import_case_id"), table_name="desk_import")
    op.drop_table("desk_import")
    op.drop_index(op.f("ix_desk_event_case_id"), table_name="desk_event")
    op.drop_table("desk_event")
    op.drop_table("desk_answer")
    op.drop_index("ix_desk_case_open", table_name="desk_case")
    op.drop_table("desk_case")

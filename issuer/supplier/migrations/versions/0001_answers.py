"""Undertakings with their answers, requests, marks, oaths."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _answers()
    _drafts_and_approvals()
    _requests_marks_oaths()


def downgrade() -> None:
    """Take back."""
    op.drop_table("supplier_oath")
    op.drop_table("supplier_mark")
    op.drop_table("supplier_level_answer")
    op.drop_table("supplier_request")
    op.drop_table("supplier_approval")
    op.drop_table("supplier_draft")
    op.drop_table("supplier_evidence")
    op.drop_table("supplier_answer")
    op.drop_table("supplier_undertaking")


def _answers() -> None:
    op.create_table(
        "supplier_undertaking",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("scheme", sa.String(64), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("began_at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.String(43), nullable=False),
        sa.Column("profile", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_supplier_undertaking"),
    )
    op.create_table(
        "supplier_answer",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column(
            "undertaking",
            sa.Integer,
            sa.ForeignKey("supplier_undertaking.id", name="fk_supplier_answer_undertaking"),
            nullable=False,
        ),
        sa.Column("item", sa.String(64), nullable=False),
        sa.Column("word", sa.String(20), nullable=False),
        sa.Column("justification", sa.Text, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("by", sa.String(43), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("source", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_supplier_answer"),
    )
    op.create_index("ix_supplier_answer_item", "supplier_answer", ["undertaking", "item", "id"])
    op.create_table(
        "supplier_evidence",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column(
            "undertaking",
            sa.Integer,
            sa.ForeignKey("supplier_undertaking.id", name="fk_supplier_evidence_undertaking"),
            nullable=False,
        ),
        sa.Column("item", sa.String(64), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("by", sa.String(43), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("removed_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_supplier_evidence"),
    )
    op.create_index("ix_supplier_evidence_undertaking", "supplier_evidence", ["undertaking"])


def _drafts_and_approvals() -> None:
    op.create_table(
        "supplier_draft",
        sa.Column(
            "undertaking",
            sa.Integer,
            sa.ForeignKey("supplier_undertaking.id", name="fk_supplier_draft_undertaking"),
            nullable=False,
        ),
        sa.Column("item", sa.String(64), nullable=False),
        sa.Column("draft", sa.String(20), nullable=False),
        sa.Column("because", sa.Text, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("source", sa.String(255), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("undertaking", "item", name="pk_supplier_draft"),
    )
    op.create_table(
        "supplier_approval",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column(
            "undertaking",
            sa.Integer,
            sa.ForeignKey("supplier_undertaking.id", name="fk_supplier_approval_undertaking"),
            nullable=False,
        ),
        sa.Column("result_sha256", sa.String(43), nullable=False),
        sa.Column("by", sa.String(43), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_supplier_approval"),
    )
    op.create_index("ix_supplier_approval_undertaking", "supplier_approval", ["undertaking"])


def _requests_marks_oaths() -> None:
    op.create_table(
        "supplier_request",
        sa.Column("sha256", sa.String(43), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.String(43), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_supplier_request"),
    )
    op.create_table(
        "supplier_level_answer",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column(
            "request",
            sa.String(43),
            sa.ForeignKey("supplier_request.sha256", name="fk_supplier_level_answer_request"),
            nullable=False,
        ),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.String(43), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_supplier_level_answer"),
    )
    op.create_index("ix_supplier_level_answer_request", "supplier_level_answer", ["request"])
    op.create_table(
        "supplier_mark",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("bundle", sa.LargeBinary, nullable=False),
        sa.Column("via", sa.String(300), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.String(43), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_supplier_mark"),
    )
    op.create_table(
        "supplier_oath",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.String(43), nullable=False),
        sa.Column("reply", sa.LargeBinary, nullable=False),
        sa.Column("sworn_by", sa.String(43), nullable=False),
        sa.Column("sworn_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_supplier_oath"),
    )

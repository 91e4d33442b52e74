"""Registers of competence and of interests, one-time invitations, how a case is handled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("desk_case", sa.Column("handling", sa.Text(), nullable=True))
    op.create_table(
        "desk_competence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("scheme", sa.String(length=64), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("begins", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_competence")),
    )
    op.create_index(op.f("ix_desk_competence_holder"), "desk_competence", ["holder"], unique=False)
    op.create_table(
        "desk_interest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(length=200), nullable=False),
        sa.Column("organisation", sa.String(length=64), nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.Column("begins", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_interest")),
    )
    op.create_index(op.f("ix_desk_interest_party"), "desk_interest", ["party"], unique=False)
    op.create_table(
        "desk_invitation",
        sa.Column("token_sha256", sa.String(length=43), nullable=False),
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("invited", sa.String(length=64), nullable=True),
        sa.Column("result_sha256", sa.String(length=43), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["desk_case.id"], name=op.f("fk_desk_invitation_case_id")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_desk_invitation")),
    )
    op.create_index(op.f("ix_desk_invitation_case_id"), "desk_invitation", ["case_id"], unique=False)
    op.create_table(
        "desk_secret",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_desk_secret")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("desk_secret")
    op.drop_index(op.f("ix_desk_invitation_case_id"), table_name="desk_invitation")
    op.drop_table("desk_invitation")
    op.drop_index(op.f("ix_desk_interest_party"), table_name="desk_interest")
    op.drop_table("desk_interest")
    op.drop_index(op.f("ix_desk_competence_holder"), table_name="desk_competence")
    op.drop_table("desk_competence")
    op.drop_column("desk_case", "handling")

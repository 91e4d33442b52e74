"""People, their passkeys and sessions, proposals, the journal."""

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
        "console_person",
        sa.Column("id", sa.String(43), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("roles", sa.String(200), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("created_at", sa.Integer, nullable=False),
        sa.Column("blocked_at", sa.Integer),
    )
    _things_of_people()
    op.create_table(
        "console_invitation",
        sa.Column("id", sa.String(43), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("roles", sa.String(200), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("person", sa.String(43), nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("until", sa.Integer, nullable=False),
    )
    op.create_table(
        "console_challenge",
        sa.Column("id", sa.String(43), primary_key=True),
        sa.Column("purpose", sa.String(64), nullable=False),
        sa.Column("until", sa.Integer, nullable=False),
    )
    op.create_table(
        "console_journal",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Integer, nullable=False),
        sa.Column("person", sa.String(43), nullable=False),
        sa.Column("act", sa.String(200), nullable=False),
        sa.Column("about", sa.String(300), nullable=False),
        sa.Column("outcome", sa.String(64), nullable=False),
    )
    _proposals()


def _things_of_people() -> None:
    op.create_table(
        "console_passkey",
        sa.Column("id", sa.String(1400), primary_key=True),
        _person(),
        sa.Column("public_key", sa.Text, nullable=False),
        sa.Column("sign_count", sa.Integer, nullable=False),
        sa.Column("label", sa.String(100), nullable=False),
        sa.Column("created_at", sa.Integer, nullable=False),
        sa.Column("used_at", sa.Integer),
    )
    op.create_table("console_recovery_code", sa.Column("id", sa.String(43), primary_key=True), _person())
    op.create_table(
        "console_session",
        sa.Column("id", sa.String(43), primary_key=True),
        _person(),
        sa.Column("way", sa.String(16), nullable=False),
        sa.Column("began_at", sa.Integer, nullable=False),
        sa.Column("seen_at", sa.Integer, nullable=False),
        sa.Column("lang", sa.String(8), nullable=False),
        sa.Column("told", sa.String(1000), nullable=False),
    )
    for name in ("passkey", "recovery_code", "session"):
        op.create_index(f"ix_console_{name}_person", f"console_{name}", ["person"])


def _proposals() -> None:
    op.create_table(
        "console_proposal",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("about", sa.String(300), nullable=False),
        sa.Column("members", sa.Text, nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("by", sa.String(43), sa.ForeignKey("console_person.id"), nullable=False),
        sa.Column("at", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("settled_by", sa.String(43), nullable=False),
        sa.Column("settled_at", sa.Integer),
        sa.Column("outcome", sa.Text, nullable=False),
    )
    op.create_index("ix_console_proposal_open", "console_proposal", ["state", "id"])


def _person() -> sa.Column[str]:
    return sa.Column("person", sa.String(43), sa.ForeignKey("console_person.id"), nullable=False)


def downgrade() -> None:
    """Undo."""
    for name in ("passkey", "recovery_code", "session", "proposal", "invitation", "challenge", "journal", "person"):
        op.drop_table(f"console_{name}")

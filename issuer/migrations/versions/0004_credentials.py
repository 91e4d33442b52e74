"""Credentials that are signed beside marks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("desk_issuance", sa.Column("credential", sa.Text(), nullable=True))


def downgrade() -> None:
    """Undo."""
    op.drop_column("desk_issuance", "credential")

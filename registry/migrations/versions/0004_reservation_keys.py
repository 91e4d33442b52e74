"""Under which idempotency key a mark id was reserved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; what was reserved before came under no key."""
    op.create_table(
        "reservation_key",
        sa.Column("key", sa.String(), primary_key=True, nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
    )


def downgrade() -> None:
    """Remove it: a request that is sent again is a new one then."""
    op.drop_table("reservation_key")

"""The log, its companions and the reservations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables, and the triggers that keep the log as it was written."""
    op.create_table(
        "log_entry",
        sa.Column("seq", WHOLE, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("object", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("iss", sa.String(), nullable=False),
        sa.Column("jti", sa.String(), nullable=False),
        sa.UniqueConstraint("iss", "jti", name="log_entry_once"),
        sa.UniqueConstraint("digest"),
    )
    op.create_index("ix_log_entry_object", "log_entry", ["object"])
    op.create_table(
        "log_tile",
        sa.Column("level", sa.Integer(), primary_key=True, nullable=False),
        sa.Column("idx", WHOLE, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "log_state",
        sa.Column("id", sa.Integer(), primary_key=True, nullable=False),
        sa.Column("size", WHOLE, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "reservation",
        sa.Column("mark", sa.String(), primary_key=True, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("status_list", sa.Integer(), nullable=False),
        sa.Column("status_idx", WHOLE, nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.UniqueConstraint("status_list", "status_idx", name="reservation_status"),
        sa.UniqueConstraint("number"),
    )
    op.create_index("ix_reservation_prefix", "reservation", ["prefix"])
    op.create_table(
        "companion",
        sa.Column("seq", WHOLE, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), primary_key=True, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=True),
        sa.Column("token", sa.String(), nullable=False),
    )
    op.create_table(
        "disclosure",
        sa.Column("object", sa.String(), primary_key=True, nullable=False),
        sa.Column("salt", sa.String(), primary_key=True, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("seq", WHOLE, nullable=False),
    )
    op.create_table(
        "used_token",
        sa.Column("kind", sa.String(), primary_key=True, nullable=False),
        sa.Column("id", sa.String(), primary_key=True, nullable=False),
    )
    op.create_table(
        "receipt",
        sa.Column("seq", WHOLE, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("jti", sa.String(), nullable=False),
        sa.Column("iat", WHOLE, nullable=False),
    )
    for statement in _triggers(op.get_bind().dialect.name):
        op.execute(statement)


def _triggers(dialect: str) -> list[str]:
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER log_entry_no_{verb} BEFORE {verb.upper()} ON log_entry "
            "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END"
            for verb in ("update", "delete")
        ]
    return [
        "CREATE FUNCTION log_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the log is append-only'; END $$",
        "CREATE TRIGGER log_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION log_entry_refuse()",
    ]


def downgrade() -> None:
    """Refuse: a log is not taken back."""
    raise RuntimeError("the first migration is not undone")

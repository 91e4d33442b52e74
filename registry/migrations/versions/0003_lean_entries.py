"""An entry's row without what its statement says: one key for (iss, jti). Hashes of level 0 stand with the entries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.rows.queries import token_key

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Move the entries into a table of the new form; on PostgreSQL the table stays, and with it who may do what."""
    if op.get_bind().dialect.name == "sqlite":
        _rebuild()
    else:
        _alter()
    op.execute("DELETE FROM log_tile WHERE level = 0")


def _rebuild() -> None:
    op.create_table(
        "lean_entry",
        sa.Column("seq", WHOLE, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("token_key", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("token_key"),
    )
    connection = op.get_bind()
    rows = connection.exec_driver_sql("SELECT seq, statement, leaf_hash, iss, jti FROM log_entry ORDER BY seq")
    for seq, statement, leaf, iss, jti in rows:
        values = (seq, statement, leaf, token_key(iss, jti))
        connection.exec_driver_sql("INSERT INTO lean_entry VALUES (?, ?, ?, ?)", values)
    op.drop_table("log_entry")
    op.rename_table("lean_entry", "log_entry")
    for verb in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER log_entry_no_{verb} BEFORE {verb.upper()} ON log_entry "
            "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END"
        )


def _alter() -> None:
    op.add_column("log_entry", sa.Column("token_key", sa.LargeBinary(), nullable=True))
    op.execute("ALTER TABLE log_entry DISABLE TRIGGER log_entry_append_only")
    connection = op.get_bind()
    rows = list(connection.exec_driver_sql("SELECT seq, iss, jti FROM log_entry"))
    for seq, iss, jti in rows:
        connection.exec_driver_sql("UPDATE log_entry SET token_key = %s WHERE seq = %s", (token_key(iss, jti), seq))
    op.execute("ALTER TABLE log_entry ENABLE TRIGGER log_entry_append_only")
    op.alter_column("log_entry", "token_key", nullable=False)
    op.create_unique_constraint(None, "log_entry", ["token_key"])
    for name in ("digest", "object", "type", "iss", "jti"):
        op.drop_column("log_entry", name)


def downgrade() -> None:
    """Refuse: a log is not taken back."""
    raise RuntimeError("what left the rows of the log stands in its statements, and is not put back")

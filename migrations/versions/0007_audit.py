"""Tables of audit: the search index of the log, the newest checkpoint of each segment, verifications."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from liuke.kernel.store.scope import grant_sql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "actor_id")),
        sa.Column("subject", sa.BigInteger(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_audit_entry"),
    )
    op.create_index("ix_audit_entry_at", "audit_entry", ["at", "n"])
    op.create_index("ix_audit_entry_actor", "audit_entry", ["actor_id", "n"])
    op.create_index("ix_audit_entry_kind", "audit_entry", ["kind", "n"], postgresql_ops={"kind": "text_pattern_ops"})
    op.create_index(
        "ix_audit_entry_subject", "audit_entry", ["subject", "n"], postgresql_where=sa.text("subject IS NOT NULL")
    )
    op.create_table(
        "audit_mark",
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("log_id", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("segment", name="pk_audit_mark"),
    )
    op.create_table(
        "audit_verification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("checkpoints", "signatures", "erased", "faults_total")
        ),
        sa.Column("sound", sa.Boolean(), nullable=True),
        sa.Column("faults", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_verification"),
    )
    op.execute(grant_sql("audit_entry"))
    op.execute(grant_sql("audit_mark", rights="SELECT, INSERT, UPDATE"))
    op.execute(grant_sql("audit_verification", rights="SELECT, INSERT, UPDATE"))


def downgrade() -> None:
    for table in ("audit_verification", "audit_mark", "audit_entry"):
        op.drop_table(table)

"""One-ID: which record belongs to which customer number, the merge journal, the review queue, people's decisions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from liuke.kernel.store.scope import grant_sql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_PAIR = ("left_source", "left_key", "right_source", "right_key")


def upgrade() -> None:
    op.create_table(
        "identity_member",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("one_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", "source_key", name="pk_identity_member"),
    )
    op.create_index("ix_identity_member_one_id", "identity_member", ["one_id"])
    op.create_table(
        "identity_number",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_identity_number"),
    )
    op.create_table(
        "identity_journal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("after", postgresql.JSONB(), nullable=False),
        sa.Column("undoes", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_identity_journal"),
        sa.UniqueConstraint("undoes", name="uq_identity_journal_undoes"),
    )
    op.create_index("ix_identity_journal_seq", "identity_journal", ["seq"])
    op.create_table(
        "identity_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _PAIR),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("waterfall", postgresql.JSONB(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_identity_review"),
        sa.UniqueConstraint(*_PAIR, name="uq_identity_review_left_source"),
    )
    op.create_index("ix_identity_review_queue", "identity_review", ["status", "weight", "id"])
    op.create_table(
        "identity_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _PAIR),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("journal_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_identity_decision"),
    )
    op.create_index("ix_identity_decision_journal", "identity_decision", ["journal_id"])
    for table in ("identity_member", "identity_number", "identity_review", "identity_decision"):
        op.execute(grant_sql(table))
    op.execute(grant_sql("identity_journal", rights="SELECT, INSERT"))


def downgrade() -> None:
    for table in ("identity_decision", "identity_review", "identity_journal", "identity_number", "identity_member"):
        op.drop_table(table)

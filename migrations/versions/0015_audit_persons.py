"""Audit knows each customer by a key of its own, finds the lists a customer was shown in, and says what troubles it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from liuke.kernel.store.scope import grant_sql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_person",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("subject", sa.BigInteger(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_person"),
    )
    op.create_index("ix_audit_person_subject", "audit_person", ["subject"], unique=True)
    op.create_table(
        "audit_trouble",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
    )
    op.add_column("audit_entry", sa.Column("subjects", postgresql.ARRAY(sa.BigInteger()), nullable=True))
    op.execute("UPDATE audit_entry SET subjects = array_remove(ARRAY[subject], NULL)")
    op.alter_column("audit_entry", "subjects", nullable=False)
    op.drop_column("audit_entry", "subject")
    op.create_index("ix_audit_entry_subjects", "audit_entry", ["subjects"], postgresql_using="gin")
    op.execute(grant_sql("audit_person", rights="SELECT, INSERT, DELETE"))
    op.execute(grant_sql("audit_trouble", rights="SELECT, INSERT, DELETE"))


def downgrade() -> None:
    op.add_column("audit_entry", sa.Column("subject", sa.BigInteger(), nullable=True))
    op.execute("UPDATE audit_entry SET subject = subjects[1]")
    op.drop_column("audit_entry", "subjects")
    op.create_index(
        "ix_audit_entry_subject", "audit_entry", ["subject", "n"], postgresql_where=sa.text("subject IS NOT NULL")
    )
    op.drop_table("audit_trouble")
    op.drop_table("audit_person")

"""Clusters: runs by version, with what they found."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from liuke.kernel.store.scope import grant_sql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "cluster_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("wanted", postgresql.JSONB(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("names", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("found", postgresql.JSONB(), nullable=True),
        sa.Column("segments", postgresql.JSONB(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("job_run", sa.Uuid(), nullable=True),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("started_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_cluster_run"),
    )
    op.create_index("ix_cluster_run_version", "cluster_run", ["version"], unique=True)
    op.execute(grant_sql("cluster_run", rights="SELECT, INSERT, UPDATE"))


def downgrade() -> None:
    op.drop_table("cluster_run")

"""Tables of derived tables: what each is, its versions and its runs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from liuke.kernel.store.scope import grant_sql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def _text(name):
    return sa.Column(name, sa.Text(), nullable=False)


def _json(name):
    return sa.Column(name, postgresql.JSONB(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "pipeline",
        _text("name"),
        _text("state"),
        sa.Column("newest_version", sa.Integer(), nullable=False),
        sa.Column("live_version", sa.Integer(), nullable=True),
        sa.Column("built_version", sa.Integer(), nullable=True),
        sa.Column("built_at", _TIME, nullable=True),
        _json("consumed"),
        sa.PrimaryKeyConstraint("name", name="pk_pipeline"),
    )
    op.create_table(
        "pipeline_version",
        _text("name"),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        _text("text"),
        *(_json(name) for name in ("columns", "inputs", "reads")),
        _text("saved_by"),
        sa.Column("saved_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", "version", name="pk_pipeline_version"),
    )
    op.create_table(
        "pipeline_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        _text("name"),
        sa.Column("version", sa.Integer(), nullable=False),
        *(_text(name) for name in ("kind", "state")),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("whole", sa.Boolean(), nullable=False),
        _json("partitions"),
        sa.Column("partitions_done", sa.Integer(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        *(_text(name) for name in ("why", "sentence")),
        *(_json(name) for name in ("broken", "inputs")),
        _text("started_by"),
        sa.Column("started_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_pipeline_run"),
    )
    op.create_index("ix_pipeline_run_name", "pipeline_run", ["name", "started_at", "id"])
    op.execute(grant_sql("pipeline", rights="SELECT, INSERT, UPDATE"))
    op.execute(grant_sql("pipeline_version", rights="SELECT, INSERT"))
    op.execute(grant_sql("pipeline_run", rights="SELECT, INSERT, UPDATE"))


def downgrade() -> None:
    for table in ("pipeline_run", "pipeline_version", "pipeline"):
        op.drop_table(table)

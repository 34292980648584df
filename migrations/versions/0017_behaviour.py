"""Behaviour: the tracking plan, how far the log is taken in, what came in by the minute."""

import sqlalchemy as sa
from alembic import op

from liuke.kernel.store.scope import grant_sql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def _count(name):
    return sa.Column(name, sa.BigInteger(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "behaviour_plan",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.Column("saved_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_behaviour_plan"),
    )
    op.create_table(
        "behaviour_place",
        sa.Column("segment", sa.Text(), nullable=False),
        _count("place"),
        sa.PrimaryKeyConstraint("segment", name="pk_behaviour_place"),
    )
    op.create_table(
        "behaviour_minute",
        sa.Column("minute", _TIME, nullable=False),
        *(_count(name) for name in ("accepted", "duplicates", "late", "malformed", "unresolved")),
        sa.PrimaryKeyConstraint("minute", name="pk_behaviour_minute"),
    )
    op.execute(grant_sql("behaviour_plan", rights="SELECT, INSERT"))
    op.execute(grant_sql("behaviour_place"))
    op.execute(grant_sql("behaviour_minute"))


def downgrade() -> None:
    for name in ("behaviour_minute", "behaviour_place", "behaviour_plan"):
        op.drop_table(name)

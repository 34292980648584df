"""Tags: the bank's own definitions, with every version."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from liuke.kernel.store.scope import grant_sql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tag_definition",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", "version", name="pk_tag_definition"),
    )
    op.execute(grant_sql("tag_definition", rights="SELECT, INSERT"))


def downgrade() -> None:
    op.drop_table("tag_definition")

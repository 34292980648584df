"""The product shelf."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from liuke.kernel.store.scope import grant_sql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "product",
        sa.Column("product_no", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("risk", sa.Text(), nullable=True),
        sa.Column("term_days", sa.Integer(), nullable=True),
        sa.Column("rate_bp", sa.Integer(), nullable=True),
        sa.Column("benchmark_low_bp", sa.Integer(), nullable=True),
        sa.Column("benchmark_high_bp", sa.Integer(), nullable=True),
        sa.Column("min_amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("sale_from", sa.Date(), nullable=True),
        sa.Column("sale_to", sa.Date(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("matures_on", sa.Date(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("suitable_tiers", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("selling_points", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("closed_reason", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("product_no", name="pk_product"),
    )
    op.create_index(
        "ix_product_maturity",
        "product",
        ["matures_on", "product_no"],
        postgresql_where=sa.text("matures_on IS NOT NULL"),
    )
    op.execute(grant_sql("product"))


def downgrade() -> None:
    op.drop_table("product")

"""What a product and its grades were until a moment, and what a buyer owned, kept by the database itself."""

import sqlalchemy as sa
from alembic import op

from liuke.kernel.store.scope import grant_sql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)

_PRODUCT = """
CREATE FUNCTION product_remember() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO product_past (product_no, until, kind, risk, min_amount, status, sale_to)
    VALUES (OLD.product_no, NEW.changed_at, OLD.kind, OLD.risk, OLD.min_amount, OLD.status, OLD.sale_to)
    ON CONFLICT (product_no, until) DO NOTHING;
    RETURN NULL;
END $$"""
_PRODUCT_TRIGGER = """
CREATE TRIGGER product_past AFTER UPDATE ON product FOR EACH ROW
WHEN ((OLD.kind, OLD.risk, OLD.min_amount, OLD.status, OLD.sale_to)
      IS DISTINCT FROM (NEW.kind, NEW.risk, NEW.min_amount, NEW.status, NEW.sale_to))
EXECUTE FUNCTION product_remember()"""
_GRADE = """
CREATE FUNCTION product_grade_remember() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO product_grade_past (product_no, until, issuer, distributor)
    SELECT NEW.product_no, NEW.made_at, OLD.issuer, OLD.distributor
    ON CONFLICT (product_no, until) DO NOTHING;
    RETURN NULL;
END $$"""
_GRADE_TRIGGER = """
CREATE TRIGGER product_grade_past AFTER INSERT OR UPDATE ON product_grade FOR EACH ROW
WHEN (NEW.state = 'live') EXECUTE FUNCTION product_grade_remember()"""

_BUYER = """
CREATE OR REPLACE FUNCTION investor_remember() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO investor_past
        (one_id, until, tolerance, assessed_on, valid_until, experienced{names})
    VALUES (OLD.one_id, NEW.changed_at, OLD.tolerance, OLD.assessed_on, OLD.valid_until, OLD.experienced{values})
    ON CONFLICT (one_id, until) DO NOTHING;
    RETURN NULL;
END $$"""
_BUYER_TRIGGER = """
CREATE TRIGGER investor_past AFTER UPDATE ON investor FOR EACH ROW
WHEN ((OLD.tolerance, OLD.assessed_on, OLD.valid_until, OLD.experienced{old})
      IS DISTINCT FROM (NEW.tolerance, NEW.assessed_on, NEW.valid_until, NEW.experienced{new}))
EXECUTE FUNCTION investor_remember()"""


def upgrade() -> None:
    op.create_table(
        "product_past",
        sa.Column("product_no", sa.Text(), nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("risk", sa.Text(), nullable=True),
        sa.Column("min_amount", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("sale_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("product_no", "until", name="pk_product_past"),
    )
    op.create_table(
        "product_grade_past",
        sa.Column("product_no", sa.Text(), nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.Column("issuer", sa.SmallInteger(), nullable=True),
        sa.Column("distributor", sa.SmallInteger(), nullable=True),
        sa.PrimaryKeyConstraint("product_no", "until", name="pk_product_grade_past"),
    )
    for table in ("product_past", "product_grade_past"):
        op.execute(grant_sql(table, rights="SELECT, INSERT"))
    for statement in (_PRODUCT, _PRODUCT_TRIGGER, _GRADE, _GRADE_TRIGGER):
        op.execute(statement)
    for name in ("aum", "high_risk_held"):
        op.add_column("investor_past", sa.Column(name, sa.BigInteger(), nullable=True))
    op.execute(_BUYER.format(names=", aum, high_risk_held", values=", OLD.aum, OLD.high_risk_held"))
    op.execute("DROP TRIGGER investor_past ON investor")
    op.execute(_BUYER_TRIGGER.format(old=", OLD.aum, OLD.high_risk_held", new=", NEW.aum, NEW.high_risk_held"))


def downgrade() -> None:
    op.execute("DROP TRIGGER investor_past ON investor")
    op.execute(_BUYER.format(names="", values=""))
    op.execute(_BUYER_TRIGGER.format(old="", new=""))
    for name in ("aum", "high_risk_held"):
        op.drop_column("investor_past", name)
    op.execute("DROP TRIGGER product_grade_past ON product_grade")
    op.execute("DROP TRIGGER product_past ON product")
    for function in ("product_grade_remember", "product_remember"):
        op.execute(f"DROP FUNCTION {function}()")
    for table in ("product_grade_past", "product_past"):
        op.drop_table(table)

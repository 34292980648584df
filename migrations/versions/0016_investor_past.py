"""Suitability: what a buyer was until a moment, kept by the database itself."""

import sqlalchemy as sa
from alembic import op

from liuke.kernel.store.scope import grant_sql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_REMEMBER = """
CREATE FUNCTION investor_remember() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO investor_past (one_id, until, tolerance, assessed_on, valid_until, experienced)
    VALUES (OLD.one_id, NEW.changed_at, OLD.tolerance, OLD.assessed_on, OLD.valid_until, OLD.experienced)
    ON CONFLICT (one_id, until) DO NOTHING;
    RETURN NULL;
END $$"""
_TRIGGER = """
CREATE TRIGGER investor_past AFTER UPDATE ON investor FOR EACH ROW
WHEN ((OLD.tolerance, OLD.assessed_on, OLD.valid_until, OLD.experienced)
      IS DISTINCT FROM (NEW.tolerance, NEW.assessed_on, NEW.valid_until, NEW.experienced))
EXECUTE FUNCTION investor_remember()"""
#: Who may see the customer's page may see them.
_SEEN = (
    "current_setting('liuke.scope', true) = 'all'"
    " OR EXISTS (SELECT 1 FROM profile p WHERE p.one_id = investor_past.one_id)"
)


def upgrade() -> None:
    op.create_table(
        "investor_past",
        sa.Column("one_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tolerance", sa.SmallInteger(), nullable=True),
        sa.Column("assessed_on", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("experienced", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("one_id", "until", name="pk_investor_past"),
    )
    op.execute(grant_sql("investor_past", rights="SELECT, INSERT"))
    op.execute("ALTER TABLE investor_past ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE investor_past FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY investor_past_scope ON investor_past USING ({_SEEN})")
    op.execute(_REMEMBER)
    op.execute(_TRIGGER)


def downgrade() -> None:
    op.execute("DROP TRIGGER investor_past ON investor")
    op.execute("DROP FUNCTION investor_remember()")
    op.drop_table("investor_past")

"""Suitability: buyers and what they hold, product grades, the policy, question papers and sittings, 双录."""

import sqlalchemy as sa
from alembic import op

from liuke.kernel.store.scope import grant_sql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
#: Tables about customers: who may see the customer's page may see them.
_ABOUT_CUSTOMERS = ("investor", "investor_position", "sitting", "insistence", "recording")
_TABLES = (*_ABOUT_CUSTOMERS, "product_grade", "suitability_policy", "paper")
_SEEN = (
    "current_setting('liuke.scope', true) = 'all' OR EXISTS (SELECT 1 FROM profile p WHERE p.one_id = {table}.one_id)"
)


def _text(name, *, nullable=False):
    return sa.Column(name, sa.Text(), nullable=nullable)


def _small(name, *, nullable=False):
    return sa.Column(name, sa.SmallInteger(), nullable=nullable)


def _whole(name):
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)


def _flag(name):
    return sa.Column(name, sa.Boolean(), nullable=False)


def _moment(name, *, nullable=False):
    return sa.Column(name, _MOMENT, nullable=nullable)


def _day(name):
    return sa.Column(name, sa.Date(), nullable=True)


def _json(name):
    return sa.Column(name, sa.JSON(), nullable=False)


def upgrade() -> None:
    _buyers()
    _rules()
    _papers()
    _sales()
    for table in _TABLES:
        deletes = ", DELETE" if table in ("investor_position", "product_grade") else ""
        op.execute(grant_sql(table, rights=f"SELECT, INSERT, UPDATE{deletes}"))
    for table in _ABOUT_CUSTOMERS:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_scope ON {table} USING ({_SEEN.format(table=table)})")


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)


def _buyers() -> None:
    op.create_table(
        "investor",
        _whole("one_id"),
        _small("tolerance", nullable=True),
        _text("origin"),
        _day("assessed_on"),
        _day("valid_until"),
        _flag("company"),
        _small("birth_year", nullable=True),
        _flag("experienced"),
        _whole("aum"),
        _whole("high_risk_held"),
        _flag("insists"),
        _moment("changed_at"),
        sa.PrimaryKeyConstraint("one_id", name="pk_investor"),
    )
    op.create_table(
        "investor_position",
        _text("product_no"),
        _whole("one_id"),
        _whole("held"),
        sa.PrimaryKeyConstraint("product_no", "one_id", name="pk_investor_position"),
    )
    op.create_index("ix_investor_position_one_id", "investor_position", ["one_id"])


def _rules() -> None:
    op.create_table(
        "product_grade",
        _text("product_no"),
        _text("state"),
        _small("issuer", nullable=True),
        _small("distributor", nullable=True),
        _text("basis"),
        _text("made_by"),
        _text("approved_by", nullable=True),
        _moment("made_at"),
        sa.PrimaryKeyConstraint("product_no", "state", name="pk_product_grade"),
    )
    op.create_table(
        "suitability_policy",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        _text("state"),
        _json("body"),
        _text("reason"),
        _text("made_by"),
        _moment("made_at"),
        _text("approved_by", nullable=True),
        _moment("approved_at", nullable=True),
        sa.PrimaryKeyConstraint("version", name="pk_suitability_policy"),
    )


def _papers() -> None:
    op.create_table(
        "paper",
        _text("paper_no"),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        _text("title"),
        _text("state"),
        _json("body"),
        _text("made_by"),
        _moment("made_at"),
        _text("approved_by", nullable=True),
        _moment("live_at", nullable=True),
        _moment("withdrawn_at", nullable=True),
        sa.PrimaryKeyConstraint("paper_no", "version", name="pk_paper"),
    )
    op.create_index("ix_paper_live", "paper", ["paper_no"], unique=True, postgresql_where=sa.text("state = 'live'"))
    op.create_table(
        "sitting",
        sa.Column("id", sa.Uuid(), nullable=False),
        _whole("one_id"),
        _text("paper_no"),
        sa.Column("version", sa.Integer(), nullable=False),
        _text("channel"),
        _text("state"),
        _moment("started_at"),
        _text("started_by"),
        _moment("submitted_at", nullable=True),
        _json("answers"),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        _small("tolerance", nullable=True),
        sa.Column("signs", sa.ARRAY(sa.Text()), nullable=False),
        _text("settled_by", nullable=True),
        _text("note", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sitting"),
    )
    op.create_index("ix_sitting_one_id", "sitting", ["one_id", "started_at"])
    op.create_index("ix_sitting_review", "sitting", ["submitted_at"], postgresql_where=sa.text("state = 'review'"))


def _sales() -> None:
    op.create_table(
        "insistence",
        sa.Column("id", sa.Uuid(), nullable=False),
        _whole("one_id"),
        _text("product_no"),
        _whole("amount"),
        sa.Column("reasons", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("policy", sa.Integer(), nullable=False),
        _text("warning"),
        _text("warning_digest"),
        _text("evidence_ref"),
        _text("made_by"),
        _moment("made_at"),
        _text("confirmed_by", nullable=True),
        _moment("confirmed_at", nullable=True),
        _moment("valid_until", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_insistence"),
    )
    op.create_index("ix_insistence_one_id", "insistence", ["one_id", "product_no"])
    op.create_table(
        "recording",
        sa.Column("id", sa.Uuid(), nullable=False),
        _whole("one_id"),
        _text("product_no"),
        _text("sale_ref"),
        _text("script"),
        _json("steps"),
        _text("media_ref"),
        _text("media_algorithm"),
        _text("media_digest"),
        _whole("media_bytes"),
        sa.Column("media_seconds", sa.Integer(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        _text("made_by"),
        _moment("made_at"),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_recording"),
    )
    op.create_index("ix_recording_one_id", "recording", ["one_id", "made_at"])

"""The 360 page: the wide row of each customer, what falls due, the keys of subjects."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from liuke.kernel.store.scope import grant_sql, security_sql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_AMOUNTS = (
    "aum",
    "aum_mavg",
    "change_3m",
    "deposits",
    "wealth",
    "funds",
    "insurance",
    "metal",
    "loans",
    "card_balance",
    "credit_limit",
)
_DOCUMENTS = (
    "accounts",
    "holdings",
    "monthly",
    "cash_flow",
    "timeline",
    "behaviour",
    "relations",
    "sources",
    "interactions",
    "complaints",
)


def _text(name, *, nullable=False):
    return sa.Column(name, sa.Text(), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "profile",
        sa.Column("one_id", sa.BigInteger(), autoincrement=False, nullable=False),
        *(_text(name) for name in ("kind", "branch_no", "branch_name", "branch_path")),
        _text("rm_no", nullable=True),
        _text("rm_name"),
        sa.Column("as_of", sa.Date(), nullable=False),
        _text("currency"),
        _text("tier"),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _AMOUNTS),
        _text("risk_tolerance", nullable=True),
        sa.Column("risk_valid_until", sa.Date(), nullable=True),
        sa.Column("next_maturity_on", sa.Date(), nullable=True),
        sa.Column("next_maturity_amount", sa.BigInteger(), nullable=False),
        sa.Column("holds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("last_contact_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("open_complaints", sa.Integer(), nullable=False),
        sa.Column("source_count", sa.Integer(), nullable=False),
        _text("gender", nullable=True),
        *(
            sa.Column(name, sa.LargeBinary(), nullable=True)
            for name in ("name", "phones", "id_numbers", "address", "birth_date")
        ),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in _DOCUMENTS),
        sa.Column("related", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        _text("ledger"),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("one_id", name="pk_profile"),
    )
    op.create_index("ix_profile_aum", "profile", ["aum", "one_id"])
    op.create_index("ix_profile_change", "profile", ["change_3m", "one_id"])
    contact = sa.text("coalesce(last_contact_at, '1970-01-01 00:00:00+00'::timestamptz)")
    op.create_index("ix_profile_contact", "profile", [contact, "one_id"])
    op.create_index("ix_profile_rm", "profile", ["rm_no", "aum", "one_id"])
    op.create_index("ix_profile_branch", "profile", ["branch_path"], postgresql_ops={"branch_path": "text_pattern_ops"})
    op.create_index(
        "ix_profile_due", "profile", ["next_maturity_on"], postgresql_where=sa.text("next_maturity_on IS NOT NULL")
    )
    op.create_table(
        "profile_blind",
        sa.Column("value", sa.LargeBinary(), nullable=False),
        _text("kind"),
        sa.Column("one_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("value", "kind", "one_id", name="pk_profile_blind"),
    )
    op.create_index("ix_profile_blind_one_id", "profile_blind", ["one_id"])
    op.create_table(
        "profile_due",
        sa.Column("one_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        _text("branch_path"),
        _text("rm_no", nullable=True),
        *(_text(name) for name in ("product_no", "product_name", "kind")),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("matures_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("one_id", "place", name="pk_profile_due"),
    )
    op.create_index("ix_profile_due_on", "profile_due", ["matures_on", "one_id", "place"])
    op.create_index("ix_profile_due_rm", "profile_due", ["rm_no", "matures_on"])
    op.create_table(
        "subject_key",
        sa.Column("one_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("one_id", name="pk_subject_key"),
    )
    for table in ("profile", "profile_due"):
        for statement in security_sql(table):
            op.execute(statement)
        op.execute(grant_sql(table))
    op.execute(grant_sql("profile_blind", rights="SELECT, INSERT, DELETE"))
    op.execute(grant_sql("subject_key", rights="SELECT, INSERT, UPDATE"))


def downgrade() -> None:
    for table in ("subject_key", "profile_due", "profile_blind", "profile"):
        op.drop_table(table)

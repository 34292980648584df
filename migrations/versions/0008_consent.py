"""Consent: acts of customers, what holds now, black lists, quiet hours, requests of data subjects."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from liuke.kernel.store.scope import grant_sql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_TABLES = ("consent_entry", "consent_state", "consent_block", "consent_quiet", "subject_request")

#: Who may see a customer's page may see what the customer granted: books and branches are kept in one place only.
_SEEN = (
    "current_setting('liuke.scope', true) = 'all' OR EXISTS (SELECT 1 FROM profile p WHERE p.one_id = {table}.one_id)"
)


def _id():
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)


def _one_id():
    return sa.Column("one_id", sa.BigInteger(), autoincrement=False, nullable=False)


def _text(name, *, nullable=False):
    return sa.Column(name, sa.Text(), nullable=nullable)


def _texts(name):
    return sa.Column(name, postgresql.ARRAY(sa.Text()), nullable=False)


def _moment(name, *, nullable=False):
    return sa.Column(name, _MOMENT, nullable=nullable)


def upgrade() -> None:
    _entries()
    _lists()
    _requests()
    for table in _TABLES:
        rights = "SELECT, INSERT" if table == "consent_entry" else "SELECT, INSERT, UPDATE"
        op.execute(grant_sql(table, rights=rights))
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_scope ON {table} USING ({_SEEN.format(table=table)})")


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)


def _entries() -> None:
    op.create_table(
        "consent_entry",
        _id(),
        _one_id(),
        _text("matter"),
        _text("purpose", nullable=True),
        _texts("channels"),
        sa.Column("granted", sa.Boolean(), nullable=False),
        *(_text(name) for name in ("evidence_kind", "evidence_ref", "evidence_digest")),
        _moment("decided_at"),
        _moment("recorded_at"),
        _text("recorded_by"),
        sa.PrimaryKeyConstraint("id", name="pk_consent_entry"),
    )
    op.create_index("ix_consent_entry_one_id", "consent_entry", ["one_id", "id"])
    op.create_table(
        "consent_state",
        _one_id(),
        sa.Column("granted", sa.BigInteger(), nullable=False),
        sa.Column("sensitive", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("personal", "automated", "blocks", "quiets")),
        _moment("changed_at"),
        sa.PrimaryKeyConstraint("one_id", name="pk_consent_state"),
    )


def _lists() -> None:
    op.create_table(
        "consent_block",
        _id(),
        _one_id(),
        _text("kind"),
        _texts("purposes"),
        _texts("channels"),
        _text("reason"),
        _moment("since"),
        _moment("until", nullable=True),
        _text("listed_by"),
        _moment("lifted_at", nullable=True),
        _text("lifted_by", nullable=True),
        _text("lift_reason", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_consent_block"),
    )
    op.create_index("ix_consent_block_one_id", "consent_block", ["one_id", "id"])
    op.create_table(
        "consent_quiet",
        _id(),
        _one_id(),
        _texts("channels"),
        sa.Column("weekdays", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("from_minute", sa.SmallInteger(), nullable=False),
        sa.Column("to_minute", sa.SmallInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        _text("made_by"),
        _moment("made_at"),
        _moment("removed_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_consent_quiet"),
    )
    op.create_index("ix_consent_quiet_one_id", "consent_quiet", ["one_id", "id"])


def _requests() -> None:
    op.create_table(
        "subject_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        _one_id(),
        *(_text(name) for name in ("kind", "state", "evidence_ref", "branch_no")),
        _text("field", nullable=True),
        sa.Column("wanted", sa.LargeBinary(), nullable=True),
        _moment("asked_at"),
        sa.Column("due_on", sa.Date(), nullable=False),
        _text("taken_by"),
        _moment("closed_at", nullable=True),
        _text("closed_by", nullable=True),
        _text("answer", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_subject_request"),
    )
    op.create_index("ix_subject_request_asked", "subject_request", ["asked_at", "id"])
    op.create_index("ix_subject_request_one_id", "subject_request", ["one_id", "asked_at"])

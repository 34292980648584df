"""Segments: rules over customers, their versions, refreshes, moves between refreshes, and exports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from liuke.kernel.store.scope import grant_sql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_TABLES = ("segment", "segment_version", "segment_refresh", "segment_move", "segment_export")

#: Who may see a customer's page may see which segments the customer moved in and out of.
_SEEN = (
    "current_setting('liuke.scope', true) = 'all' OR EXISTS (SELECT 1 FROM profile p WHERE p.one_id = {table}.one_id)"
)


def _id():
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)


def _number(name):
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)


def _texts(*names):
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _moment(name, *, nullable=False):
    return sa.Column(name, _MOMENT, nullable=nullable)


def upgrade() -> None:
    _segments()
    _members()
    _exports()
    for table in _TABLES:
        rights = "SELECT, INSERT" if table in ("segment_version", "segment_move") else "SELECT, INSERT, UPDATE"
        op.execute(grant_sql(table, rights=rights))
    op.execute("ALTER TABLE segment_move ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE segment_move FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY segment_move_scope ON segment_move USING ({_SEEN.format(table='segment_move')})")


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)


def _segments() -> None:
    op.create_table(
        "segment",
        _id(),
        *_texts("code", "name", "meaning", "purpose", "state"),
        sa.Column("version", sa.Integer(), nullable=False),
        *_texts("rule_text", "sentence"),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("strategy", postgresql.ARRAY(sa.Text()), nullable=False),
        *_texts("template", "owner", "owner_name"),
        _moment("created_at"),
        _moment("changed_at"),
        sa.PrimaryKeyConstraint("id", name="pk_segment"),
    )
    op.create_index("uq_segment_code", "segment", ["code"], unique=True)
    op.create_index("uq_segment_name", "segment", ["name"], unique=True)
    op.create_index("ix_segment_changed", "segment", ["changed_at", "id"])
    op.create_table(
        "segment_version",
        _number("segment_id"),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        *_texts("name", "rule_text", "sentence", "purpose", "note", "saved_by", "saved_name"),
        _moment("saved_at"),
        sa.PrimaryKeyConstraint("segment_id", "version", name="pk_segment_version"),
    )


def _members() -> None:
    op.create_table(
        "segment_refresh",
        _id(),
        _number("segment_id"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        _moment("at"),
        *_texts("cause"),
        *(_number(name) for name in ("customers", "reachable", "joined", "gone")),
        *_texts("fault"),
        sa.PrimaryKeyConstraint("id", name="pk_segment_refresh"),
    )
    op.create_index("ix_segment_refresh_segment", "segment_refresh", ["segment_id", "id"])
    op.create_table(
        "segment_move",
        _id(),
        _number("segment_id"),
        _number("one_id"),
        sa.Column("joined", sa.Boolean(), nullable=False),
        *_texts("cause"),
        _moment("at"),
        sa.PrimaryKeyConstraint("id", name="pk_segment_move"),
    )
    op.create_index("ix_segment_move_segment", "segment_move", ["segment_id", "id"])
    op.create_index("ix_segment_move_one_id", "segment_move", ["one_id", "id"])


def _exports() -> None:
    op.create_table(
        "segment_export",
        _id(),
        _number("segment_id"),
        sa.Column("version", sa.Integer(), nullable=False),
        *_texts("format", "content", "reason", "state", "asked_by", "asked_name"),
        _moment("asked_at"),
        *_texts("decided_by", "decided_name", "answer"),
        _moment("decided_at", nullable=True),
        _number("customers"),
        *_texts("digest"),
        _moment("expires_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_segment_export"),
    )
    op.create_index("ix_segment_export_asked", "segment_export", ["asked_at", "id"])

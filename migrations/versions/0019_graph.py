"""Relations, groups, people's words on them, requests with their second pair of eyes, and the journal."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from liuke.kernel.store.scope import grant_sql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_BIG = sa.BigInteger()
_TEXTS = postgresql.ARRAY(sa.Text())

#: The whole bank at once is asked once for a statement, not for every row; else one of the parties must be a customer
#: the actor may see, which the policy of the profile decides.
_ALL = "(SELECT current_setting('liuke.scope', true)) = 'all'"
_SEEN = {
    "relation_edge": f"{_ALL} OR EXISTS (SELECT 1 FROM profile p WHERE p.one_id IN (left_id, right_id))",
    "relation_member": f"{_ALL} OR EXISTS (SELECT 1 FROM profile p WHERE p.one_id = relation_member.one_id)",
    "relation_request": f"{_ALL} OR EXISTS (SELECT 1 FROM profile p WHERE p.one_id = ANY (subjects))",
}


def _text(name, *, nullable=False):
    return sa.Column(name, sa.Text(), nullable=nullable)


def _big(name, *, nullable=False):
    return sa.Column(name, _BIG, nullable=nullable)


def upgrade() -> None:
    op.execute("CREATE SEQUENCE relation_change_no")
    op.execute("CREATE SEQUENCE relation_group_no")
    _edges()
    _groups()
    _requests()
    for table, condition in _SEEN.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_scope ON {table} USING ({condition})")
    for table in ("relation_edge", "relation_group", "relation_member", "relation_word"):
        op.execute(grant_sql(table))
    op.execute(grant_sql("relation_request", rights="SELECT, INSERT, UPDATE"))
    op.execute(grant_sql("relation_journal", rights="SELECT, INSERT"))
    for sequence in ("relation_change_no", "relation_group_no"):
        op.execute(f"GRANT SELECT, USAGE, UPDATE ON SEQUENCE {sequence} TO liuke_app")


def _edges() -> None:
    op.create_table(
        "relation_edge",
        sa.Column("id", _BIG, sa.Identity(always=True), nullable=False),
        _big("left_id"),
        _big("right_id"),
        _text("kind"),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("evidence", postgresql.JSONB(), nullable=False),
        _text("origin"),
        _text("state"),
        _text("confirmed_by", nullable=True),
        sa.Column("confirmed_at", _TIME, nullable=True),
        sa.Column("changed", _BIG, server_default=sa.text("nextval('relation_change_no')"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_relation_edge"),
        sa.UniqueConstraint("left_id", "right_id", "kind", name="uq_relation_edge_left_id"),
        sa.CheckConstraint("confidence >= 0 AND confidence <= 1", name="ck_relation_edge_confidence"),
        sa.CheckConstraint("left_id <> right_id", name="ck_relation_edge_two_parties"),
    )
    op.create_index("ix_relation_edge_right", "relation_edge", ["right_id"])
    op.create_index("ix_relation_edge_changed", "relation_edge", ["changed"])


def _groups() -> None:
    op.create_table(
        "relation_group",
        _big("id"),
        _text("kind"),
        _text("state"),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("types", _TEXTS, nullable=False),
        _text("confirmed_by", nullable=True),
        sa.Column("confirmed_at", _TIME, nullable=True),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_relation_group"),
    )
    op.create_index("ix_relation_group_size", "relation_group", ["kind", "size", "id"])
    op.create_table(
        "relation_member",
        _text("kind"),
        _big("one_id"),
        _big("group_id"),
        _big("via", nullable=True),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("reasons", _TEXTS, nullable=False),
        sa.Column("needs", _TEXTS, nullable=False),
        sa.PrimaryKeyConstraint("kind", "one_id", name="pk_relation_member"),
    )
    op.create_index("ix_relation_member_group", "relation_member", ["group_id"])
    op.create_table(
        "relation_word",
        _text("kind"),
        _big("left_id"),
        _big("right_id"),
        _text("verdict"),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "left_id", "right_id", name="pk_relation_word"),
    )


def _requests() -> None:
    op.create_table(
        "relation_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        _text("action"),
        _text("state"),
        sa.Column("subjects", postgresql.ARRAY(_BIG), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        _text("reason"),
        _text("proposed_by"),
        sa.Column("proposed_at", _TIME, nullable=False),
        _text("decided_by", nullable=True),
        sa.Column("decided_at", _TIME, nullable=True),
        _text("decision"),
        sa.PrimaryKeyConstraint("id", name="pk_relation_request"),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by OR state = 'withdrawn'",
            name="ck_relation_request_four_eyes",
        ),
    )
    op.create_index("ix_relation_request_state", "relation_request", ["state", "proposed_at", "id"])
    op.create_table(
        "relation_journal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", _BIG, sa.Identity(always=True), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        _text("action"),
        _text("actor_id"),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("after", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_relation_journal"),
    )
    op.create_index("ix_relation_journal_request", "relation_journal", ["request_id"])


def downgrade() -> None:
    for table in (
        "relation_journal",
        "relation_request",
        "relation_word",
        "relation_member",
        "relation_group",
        "relation_edge",
    ):
        op.drop_table(table)
    op.execute("DROP SEQUENCE relation_group_no")
    op.execute("DROP SEQUENCE relation_change_no")

"""The kernel: the application's role, the event log that cannot be changed, the lake's catalogue, job runs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from liuke.kernel.store.scope import grant_sql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_APPEND_ONLY = """
CREATE FUNCTION event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the event log is append-only'; END $$
"""


def upgrade() -> None:
    op.execute(
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'liuke_app') THEN"
        " CREATE ROLE liuke_app NOLOGIN NOBYPASSRLS; END IF; END $$"
    )
    op.execute("GRANT liuke_app TO CURRENT_USER")
    op.execute("GRANT USAGE ON SCHEMA public TO liuke_app")
    op.create_table(
        "event",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "txn", sa.BigInteger(), server_default=sa.text("(pg_current_xact_id()::text::bigint)"), nullable=False
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.BigInteger(), nullable=True),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_event"),
    )
    op.create_index("ix_event_txn_seq", "event", ["txn", "seq"])
    op.create_index(
        "ix_event_subject_seq", "event", ["subject", "seq"], postgresql_where=sa.text("subject IS NOT NULL")
    )
    op.execute(_APPEND_ONLY)
    op.execute(
        "CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event"
        " FOR EACH STATEMENT EXECUTE FUNCTION event_append_only()"
    )
    op.execute(grant_sql("event", rights="SELECT, INSERT"))
    op.create_table(
        "event_cursor",
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("txn", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("consumer", name="pk_event_cursor"),
    )
    op.execute(grant_sql("event_cursor"))
    op.create_table(
        "lake_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("partition", sa.Text(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("load_id", sa.Uuid(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_lake_file"),
    )
    op.create_index(
        "ix_lake_file_live", "lake_file", ["table_name", "partition"], postgresql_where=sa.text("removed_at IS NULL")
    )
    op.execute(grant_sql("lake_file", rights="SELECT, INSERT, UPDATE"))
    op.create_table(
        "job_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("fraction", sa.Float(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_job_run"),
    )
    op.create_index("ix_job_run_started", "job_run", ["started_at", "id"])
    op.execute(grant_sql("job_run"))
    op.create_table(
        "key_fingerprint",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_key_fingerprint"),
    )
    op.execute(grant_sql("key_fingerprint", rights="SELECT, INSERT"))


def downgrade() -> None:
    for table in ("key_fingerprint", "job_run", "lake_file", "event_cursor", "event"):
        op.drop_table(table)
    op.execute("DROP FUNCTION event_append_only()")

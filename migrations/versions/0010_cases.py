"""Tables of cases, their queues, and who may see them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from liuke.kernel.store.scope import grant_sql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_TEXTS = postgresql.ARRAY(sa.Text())

#: A case is seen by the machine, its assignee, named watchers, and the members of its queue who may read cases.
_SEEN = """
current_setting('liuke.case_all', true) = '1'
OR (current_setting('liuke.case_user', true) <> '' AND (
    assignee = current_setting('liuke.case_user', true)
    OR current_setting('liuke.case_user', true) = ANY (watchers)
    OR (current_setting('liuke.case_read', true) = '1' AND EXISTS (
        SELECT 1 FROM case_queue q WHERE q.name = queue AND (
            current_setting('liuke.case_user', true) = ANY (q.members)
            OR q.roles && string_to_array(current_setting('liuke.case_roles', true), ','))))))
"""
_PARTS = ("case_note", "case_alert", "case_link", "case_attachment")

_QUEUES = (
    ("fraud", "欺诈", 4, 24, 72, 120),
    ("aml", "反洗钱", 4, 24, 120, 240),
    ("conduct", "员工行为", 8, 48, 120, 240),
    ("suitability", "适当性", 8, 48, 120, 240),
    ("outreach", "触达合规", 4, 24, 72, 120),
    ("other", "其他", 8, 48, 120, 240),
)


def _text(name, *, nullable=False):
    return sa.Column(name, sa.Text(), nullable=nullable)


def _part(name, *columns):
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        _text("by"),
        *columns,
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=f"fk_{name}_case_id_case_file"),
    )
    op.create_index(f"ix_{name}_case", name, ["case_id", "at"])


def upgrade() -> None:
    op.execute("CREATE SEQUENCE case_no_seq")
    op.create_table(
        "case_queue",
        _text("name"),
        _text("title"),
        sa.Column("hours", postgresql.JSONB(), nullable=False),
        sa.Column("members", _TEXTS, nullable=False),
        sa.Column("roles", _TEXTS, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_case_queue"),
    )
    op.create_table(
        "case_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(_text(name) for name in ("case_no", "kind", "queue", "title", "summary", "key")),
        sa.Column("subject", sa.BigInteger(), nullable=True),
        _text("priority"),
        _text("state"),
        _text("assignee", nullable=True),
        sa.Column("watchers", _TEXTS, nullable=False),
        _text("opened_by"),
        sa.Column("opened_at", _TIME, nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        _text("disposition", nullable=True),
        _text("proposal"),
        _text("proposed_by", nullable=True),
        sa.Column("proposed_at", _TIME, nullable=True),
        _text("closed_by", nullable=True),
        sa.Column("closed_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_case_file"),
        sa.ForeignKeyConstraint(["queue"], ["case_queue.name"], name="fk_case_file_queue_case_queue"),
        sa.CheckConstraint("closed_by IS NULL OR closed_by <> proposed_by", name="ck_case_file_four_eyes"),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_by IS NOT NULL AND proposed_by IS NOT NULL AND disposition IS NOT NULL)",
            name="ck_case_file_closed_whole",
        ),
    )
    op.create_index("ix_case_file_no", "case_file", ["case_no"], unique=True)
    op.create_index("ix_case_file_due", "case_file", ["due_at", "id"])
    op.create_index(
        "ix_case_file_key", "case_file", ["key"], unique=True, postgresql_where=sa.text("state <> 'closed'")
    )
    _part("case_note", _text("step"), _text("words"))
    _part("case_alert", _text("rule"), _text("words"), sa.Column("score", sa.Integer(), nullable=True))
    _part("case_link", _text("kind"), _text("ref"), _text("words"))
    _part(
        "case_attachment",
        _text("name"),
        _text("media_type"),
        sa.Column("bytes", sa.Integer(), nullable=False),
        _text("sha256"),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_case_attachment_content", "case_attachment", ["case_id", "sha256"], unique=True)
    _secure()
    for name, title, *hours in _QUEUES:
        set_hours = dict(zip(("urgent", "high", "normal", "low"), hours, strict=True))
        op.execute(
            sa.text(
                "INSERT INTO case_queue (name, title, hours, members, roles)"
                " VALUES (:name, :title, CAST(:hours AS jsonb), '{}', '{compliance}')"
            ).bindparams(name=name, title=title, hours=str(set_hours).replace("'", '"'))
        )


def _secure() -> None:
    seen = {"case_file": _SEEN} | dict.fromkeys(_PARTS, "EXISTS (SELECT 1 FROM case_file f WHERE f.id = case_id)")
    for table, condition in seen.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_seen ON {table} FOR SELECT USING ({condition})")
        op.execute(f"CREATE POLICY {table}_added ON {table} FOR INSERT WITH CHECK (true)")
    op.execute(f"CREATE POLICY case_file_changed ON case_file FOR UPDATE USING ({_SEEN}) WITH CHECK (true)")
    op.execute(grant_sql("case_file", rights="SELECT, INSERT, UPDATE"))
    for table in _PARTS:
        op.execute(grant_sql(table, rights="SELECT, INSERT"))
    op.execute(grant_sql("case_queue", rights="SELECT, UPDATE"))
    op.execute("GRANT USAGE ON SEQUENCE case_no_seq TO liuke_app")


def downgrade() -> None:
    for table in ("case_attachment", "case_link", "case_alert", "case_note", "case_file", "case_queue"):
        op.drop_table(table)
    op.execute("DROP SEQUENCE case_no_seq")

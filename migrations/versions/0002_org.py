"""Branches, staff and books; users, roles and credentials; sessions and tokens. Books are hidden by data scope."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from liuke.kernel.store.scope import grant_sql, security_sql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_TABLES = (
    "branch",
    "staff",
    "assignment",
    "bank_user",
    "user_role",
    "credential",
    "sign_in_guard",
    "user_session",
    "api_token",
)


def upgrade() -> None:
    _organisation()
    _assignment()
    _users()
    _credentials()
    _sessions()
    for table in _TABLES:
        op.execute(grant_sql(table))
    for statement in security_sql("assignment"):
        op.execute(statement)


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)


def _organisation() -> None:
    op.create_table(
        "branch",
        sa.Column("branch_no", sa.Text(), nullable=False),
        sa.Column("parent_no", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("province", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("branch_no", name="pk_branch"),
    )
    op.create_index("ix_branch_path", "branch", ["path"], postgresql_ops={"path": "text_pattern_ops"})
    op.create_table(
        "staff",
        sa.Column("staff_no", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("branch_no", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("hired_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("staff_no", name="pk_staff"),
    )
    op.create_index("ix_staff_branch_no", "staff", ["branch_no"])


def _assignment() -> None:
    op.create_table(
        "assignment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("one_id", sa.BigInteger(), nullable=False),
        sa.Column("rm_no", sa.Text(), nullable=True),
        sa.Column("branch_no", sa.Text(), nullable=False),
        sa.Column("branch_path", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("ended", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_assignment"),
    )
    current = sa.text("ended IS NULL")
    op.create_index("ix_assignment_current", "assignment", ["one_id"], unique=True, postgresql_where=current)
    op.create_index("ix_assignment_history", "assignment", ["one_id", "since"])
    op.create_index("ix_assignment_book", "assignment", ["rm_no", "one_id"], postgresql_where=current)
    op.create_index(
        "ix_assignment_branch_path",
        "assignment",
        ["branch_path"],
        postgresql_ops={"branch_path": "text_pattern_ops"},
        postgresql_where=current,
    )


def _users() -> None:
    op.create_table(
        "bank_user",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("display", sa.Text(), nullable=False),
        sa.Column("staff_no", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("last_sign_in_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_bank_user"),
    )
    op.create_index("ix_bank_user_login", "bank_user", ["login"], unique=True)
    op.create_index("ix_bank_user_staff_no", "bank_user", ["staff_no"], unique=True)
    op.create_table(
        "user_role",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column("granted_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "role", name="pk_user_role"),
    )
    op.create_index(
        "ix_user_role_one_administrator",
        "user_role",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("role IN ('audit_admin', 'security_admin', 'system_admin')"),
    )


def _credentials() -> None:
    op.create_table(
        "credential",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("former_hashes", postgresql.JSONB(), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("password_set_at", _MOMENT, nullable=False),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("totp_on", sa.Boolean(), nullable=False),
        sa.Column("totp_step", sa.BigInteger(), nullable=False),
        sa.Column("oidc_subject", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("user_id", name="pk_credential"),
    )
    op.create_index("ix_credential_oidc_subject", "credential", ["oidc_subject"], unique=True)
    op.create_table(
        "sign_in_guard",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("lockouts", sa.Integer(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("locked_until", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_sign_in_guard"),
    )
    op.create_index("ix_sign_in_guard_since", "sign_in_guard", ["since"])


def _sessions() -> None:
    op.create_table(
        "user_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_user_session"),
    )
    op.create_index("ix_user_session_token_hash", "user_session", ["token_hash"], unique=True)
    op.create_index("ix_user_session_user_id", "user_session", ["user_id"])
    op.create_index("ix_user_session_ends_at", "user_session", ["ends_at"])
    op.create_table(
        "api_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("permissions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("last_used_at", _MOMENT, nullable=True),
        sa.Column("revoked_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
    )
    op.create_index("ix_api_token_token_hash", "api_token", ["token_hash"], unique=True)
    op.create_index("ix_api_token_user_id", "api_token", ["user_id"])

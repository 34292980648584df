"""Tables of the gate: policy versions, calendar, freezes, hold-outs, sends, refusals; with a first policy."""

import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from liuke.kernel.store.scope import grant_sql, security_sql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_TEXTS = postgresql.ARRAY(sa.Text())

_SOLICITING = ["marketing", "profiling", "research"]

#: Numbers and hours to be confirmed with the bank's compliance before use: 银保监消保与工信部通信短信息管理的通行做法.
_POLICY = {
    "permit_seconds": 300,
    "caps": [
        {"name": "短信每周", "channel": "sms", "purposes": _SOLICITING, "limit": 2, "hours": 168},
        {"name": "电话每周", "channel": "phone", "purposes": _SOLICITING, "limit": 1, "hours": 168},
        {"name": "企微群发每月", "channel": "wecom", "purposes": _SOLICITING, "limit": 4, "hours": None},
        {"name": "推送每日", "channel": "app_push", "purposes": _SOLICITING, "limit": 2, "hours": 24},
        {"name": "全渠道每月", "channel": None, "purposes": _SOLICITING, "limit": 12, "hours": 720},
    ],
    "quiets": [
        {
            "name": "夜间不打扰",
            "channels": ["phone", "sms", "wecom", "app_push"],
            "purposes": _SOLICITING,
            "days": ["workday", "rest", "holiday"],
            "from_minute": 1260,
            "to_minute": 540,
        },
        {
            "name": "法定节假日不外呼",
            "channels": ["phone"],
            "purposes": _SOLICITING,
            "days": ["holiday"],
            "from_minute": 0,
            "to_minute": 1440,
        },
        {
            "name": "午间不外呼",
            "channels": ["phone"],
            "purposes": _SOLICITING,
            "days": ["workday", "rest"],
            "from_minute": 720,
            "to_minute": 840,
        },
    ],
    "wordings": [
        {
            "name": "违规承诺",
            "words": [
                "保本",
                "保证收益",
                "承诺收益",
                "稳赚",
                "零风险",
                "无风险",
                "刚性兑付",
                "兜底",
                "包赚",
                "本金无忧",
            ],
            "unless": [
                "不保本",
                "非保本",
                "不承诺保本",
                "不保证本金",
                "不保证收益",
                "不承诺收益",
                "不承诺保本保收益",
                "并非零风险",
                "并非无风险",
                "打破刚性兑付",
            ],
            "must": False,
            "kinds": [],
        },
        {
            "name": "绝对化用语",
            "words": ["收益最高", "全网最高", "秒杀存款", "存款替代", "最后机会", "国家级"],
            "unless": [],
            "must": False,
            "kinds": [],
        },
        {
            "name": "理财风险提示",
            "words": ["投资须谨慎", "投资需谨慎", "产品有风险"],
            "unless": [],
            "must": True,
            "kinds": ["wealth", "fund"],
        },
    ],
    "rules": [],
}

#: Days off and make-up workdays. 2025 and 2026: 国务院办公厅 notices; 2027: the statutory days only, to be completed.
_HOLIDAYS = (
    ("元旦", "2025-01-01", "2025-01-01"),
    ("春节", "2025-01-28", "2025-02-04"),
    ("清明节", "2025-04-04", "2025-04-06"),
    ("劳动节", "2025-05-01", "2025-05-05"),
    ("端午节", "2025-05-31", "2025-06-02"),
    ("国庆节、中秋节", "2025-10-01", "2025-10-08"),
    ("元旦", "2026-01-01", "2026-01-03"),
    ("春节", "2026-02-15", "2026-02-23"),
    ("清明节", "2026-04-04", "2026-04-06"),
    ("劳动节", "2026-05-01", "2026-05-05"),
    ("端午节", "2026-06-19", "2026-06-21"),
    ("中秋节", "2026-09-25", "2026-09-27"),
    ("国庆节", "2026-10-01", "2026-10-07"),
    ("元旦", "2027-01-01", "2027-01-01"),
    ("春节", "2027-02-05", "2027-02-08"),
    ("清明节", "2027-04-05", "2027-04-05"),
    ("劳动节", "2027-05-01", "2027-05-02"),
    ("端午节", "2027-06-09", "2027-06-09"),
    ("中秋节", "2027-09-15", "2027-09-15"),
    ("国庆节", "2027-10-01", "2027-10-03"),
)
_WORKDAYS = (
    "2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11",
    "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
)  # fmt: skip


def _text(name, *, nullable=False):
    return sa.Column(name, sa.Text(), nullable=nullable)


def upgrade() -> None:
    _policy_and_calendar()
    _freezes_and_holdouts()
    _sends_and_refusals()
    for statement in security_sql("gate_refusal"):
        op.execute(statement)
    op.execute(grant_sql("gate_policy", rights="SELECT, INSERT, UPDATE"))
    op.execute("GRANT USAGE ON SEQUENCE gate_policy_version_seq TO liuke_app")
    op.execute(grant_sql("gate_calendar"))
    op.execute(grant_sql("gate_freeze", rights="SELECT, INSERT, UPDATE"))
    op.execute(grant_sql("gate_holdout", rights="SELECT, INSERT, UPDATE"))
    for table in ("gate_holdout_member", "gate_send", "gate_refusal"):
        op.execute(grant_sql(table, rights="SELECT, INSERT"))
    _seed()


def _policy_and_calendar() -> None:
    op.create_table(
        "gate_policy",
        sa.Column("version", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        *(_text(name) for name in ("digest", "state", "note", "drafted_by")),
        sa.Column("drafted_at", _TIME, nullable=False),
        _text("decided_by", nullable=True),
        sa.Column("decided_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("version", name="pk_gate_policy"),
        sa.CheckConstraint("state <> 'published' OR decided_by <> drafted_by", name="ck_gate_policy_four_eyes"),
    )
    op.create_index(
        "ix_gate_policy_published",
        "gate_policy",
        ["decided_at", "version"],
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_table(
        "gate_calendar",
        sa.Column("day", sa.Date(), nullable=False),
        _text("kind"),
        _text("name"),
        sa.PrimaryKeyConstraint("day", name="pk_gate_calendar"),
    )


def _freezes_and_holdouts() -> None:
    op.create_table(
        "gate_freeze",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("one_id", sa.BigInteger(), nullable=False),
        _text("kind"),
        sa.Column("channels", _TEXTS, nullable=False),
        _text("reason"),
        sa.Column("since", _TIME, nullable=False),
        sa.Column("until", _TIME, nullable=True),
        _text("placed_by"),
        sa.Column("lifted_at", _TIME, nullable=True),
        _text("lifted_by", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_gate_freeze"),
    )
    op.create_index("ix_gate_freeze_one_id", "gate_freeze", ["one_id"])
    op.create_table(
        "gate_holdout",
        *(_text(name) for name in ("name", "campaign")),
        sa.Column("since", _TIME, nullable=False),
        sa.Column("until", _TIME, nullable=True),
        _text("made_by"),
        sa.PrimaryKeyConstraint("name", name="pk_gate_holdout"),
    )
    op.create_table(
        "gate_holdout_member",
        sa.Column("one_id", sa.BigInteger(), autoincrement=False, nullable=False),
        _text("name"),
        sa.PrimaryKeyConstraint("one_id", "name", name="pk_gate_holdout_member"),
    )


def _sends_and_refusals() -> None:
    op.create_table(
        "gate_send",
        sa.Column("permit", sa.Uuid(), nullable=False),
        sa.Column("one_id", sa.BigInteger(), nullable=False),
        *(_text(name) for name in ("channel", "purpose", "campaign")),
        _text("product_no", nullable=True),
        _text("digest"),
        sa.Column("sent_at", _TIME, nullable=False),
        _text("actor_id"),
        sa.PrimaryKeyConstraint("permit", name="pk_gate_send"),
    )
    op.create_index("ix_gate_send_one_id", "gate_send", ["one_id", "sent_at"])
    op.create_table(
        "gate_refusal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("one_id", sa.BigInteger(), nullable=False),
        _text("branch_path"),
        _text("rm_no", nullable=True),
        *(_text(name) for name in ("channel", "purpose")),
        _text("product_no", nullable=True),
        *(_text(name) for name in ("campaign", "check_name", "code", "reason", "remedy")),
        sa.Column("evidence", postgresql.JSONB(), nullable=False),
        _text("actor_id"),
        sa.Column("trial", sa.Boolean(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_gate_refusal"),
    )
    op.create_index("ix_gate_refusal_at", "gate_refusal", ["at", "id"])
    op.create_index("ix_gate_refusal_one_id", "gate_refusal", ["one_id", "at"])


def _seed() -> None:
    body = json.dumps(_POLICY, ensure_ascii=False)
    op.execute(
        sa.text(
            "INSERT INTO gate_policy (body, digest, state, note, drafted_by, drafted_at, decided_by, decided_at)"
            " VALUES (CAST(:body AS jsonb), md5(:body), 'published', '随产品提供的初始规则，启用前请合规确认',"
            " 'product', '2000-01-01Z', 'install', '2000-01-01Z')"
        ).bindparams(body=body)
    )
    for name, first, last in _HOLIDAYS:
        op.execute(
            sa.text(
                "INSERT INTO gate_calendar SELECT day::date, 'holiday', :name"
                " FROM generate_series(CAST(:first AS date), CAST(:last AS date), interval '1 day') day"
            ).bindparams(name=name, first=first, last=last)
        )
    for day in _WORKDAYS:
        op.execute(
            sa.text("INSERT INTO gate_calendar VALUES (CAST(:day AS date), 'workday', '调休上班')").bindparams(day=day)
        )


def downgrade() -> None:
    names = ("gate_refusal", "gate_send", "gate_holdout_member", "gate_holdout", "gate_freeze", "gate_calendar")
    for table in (*names, "gate_policy"):
        op.drop_table(table)

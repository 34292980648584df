"""Tables of what holds: accounts, holdings, customer relations, persons, relations between people, salaries."""

from typing import Final

from liuke.data.tags.table.events import ACCOUNT_KINDS
from liuke.data.tags.table.model import Mode, TagTable
from liuke.data.tags.table.steps import DAY, KNOWN, SHELF, THEME, last, versions
from liuke.kernel.rule import Field, Type

_HOME: Final = Field(Type.BOOL, "本币")
_KNOWN: Final = f"{KNOWN.format(at='t.known_at')} AS known, {KNOWN.format(at='t.replaced_at')} AS dead, t.revision"
_TOLERANCES: Final = {"C1": "C1", "C2": "C2", "C3": "C3", "C4": "C4", "C5": "C5", "none": "未测评"}
_HOLDING_KINDS: Final = ACCOUNT_KINDS | {"deposit": "存款", "card": "银行卡", "none": "未知"}

ACCOUNT: Final = TagTable(
    name="account",
    label="账户",
    mode=Mode.STATE,
    day="开户日期",
    facets={
        "kind": Field(Type.TEXT, "账户种类", values=ACCOUNT_KINDS),
        "status": Field(
            Type.TEXT,
            "状态",
            values={"active": "正常", "dormant": "睡眠", "closed": "销户", "frozen": "冻结", "none": "未知"},
        ),
        "home": _HOME,
    },
    values={
        "balance": Field(Type.MONEY, "余额", "元"),
        "credit_limit": Field(Type.MONEY, "授信额度", "元"),
        "rate": Field(Type.DECIMAL, "年利率", "%", scale=2, digits=7),
    },
    query=f"""
SELECT m.one_id, t.opened_on AS day, {_KNOWN}, t.kind, COALESCE(CASE WHEN t.closed_on IS NOT NULL THEN 'closed'
    ELSE t.status END, 'none') AS status, COALESCE(t.currency, h.currency) = h.currency AS home,
    COALESCE(t.balance, 0) AS balance, COALESCE(t.credit_limit, 0) AS credit_limit, CAST(t.rate_bp AS BIGINT) AS rate
FROM ({versions("account")}) AS t CROSS JOIN home AS h
JOIN member AS m ON m.source = t.source AND m.source_key = t.party_key""",
    reads=("account",),
    columns={
        "kind": ("account.kind",),
        "status": ("account.status", "account.closed_on"),
        "home": ("account.currency",),
        "balance": ("account.balance",),
        "credit_limit": ("account.credit_limit",),
        "rate": ("account.rate_bp",),
    },
)

_HOLDING_FACETS: Final = {
    "kind": Field(Type.TEXT, "产品种类", values=_HOLDING_KINDS),
    "risk": Field(
        Type.TEXT, "产品风险等级", values={"R1": "R1", "R2": "R2", "R3": "R3", "R4": "R4", "R5": "R5", "none": "无"}
    ),
    "theme": Field(
        Type.TEXT,
        "产品主题",
        values={"star": "科创", "pension": "养老", "large_deposit": "大额存单", "gold": "黄金", "other": "其他"},
    ),
    "held": Field(Type.BOOL, "仍在持有"),
    "home": _HOME,
}
_HOLDING_VALUES: Final = {
    "market_value": Field(Type.MONEY, "市值", "元"),
    "cost": Field(Type.MONEY, "成本", "元"),
    "gain": Field(Type.MONEY, "浮动盈亏", "元"),
}
_HOLDING_COLUMNS: Final = {
    "kind": ("holding.product_no", "product.kind", "account.kind"),
    "risk": ("holding.product_no", "product.risk"),
    "theme": ("holding.product_no", "product.name"),
    "held": ("holding.status",),
    "home": ("holding.currency",),
    "market_value": ("holding.market_value",),
    "cost": ("holding.cost",),
    "gain": ("holding.market_value", "holding.cost"),
}


def _holding(name: str, label: str, day: str, column: str) -> TagTable:
    return TagTable(
        name=name,
        label=label,
        mode=Mode.STATE,
        day=day,
        facets=_HOLDING_FACETS,
        values=_HOLDING_VALUES,
        query=f"""
SELECT m.one_id, t.{column} AS day, {_KNOWN}, COALESCE(s.kind, a.kind, 'none') AS kind,
    COALESCE(s.risk, 'none') AS risk, {THEME} AS theme, COALESCE(t.status, 'held') = 'held' AS held,
    COALESCE(t.currency, h.currency) = h.currency AS home, COALESCE(t.market_value, t.cost, 0) AS market_value,
    COALESCE(t.cost, 0) AS cost, COALESCE(t.market_value, t.cost, 0) - COALESCE(t.cost, 0) AS gain
FROM ({versions("holding")}) AS t CROSS JOIN home AS h
LEFT JOIN ({last("account")}) AS a ON a.source = t.source AND a.source_key = t.account_key
JOIN member AS m ON m.source = t.source AND m.source_key = COALESCE(t.party_key, a.party_key)
LEFT JOIN ({SHELF}) AS s ON s.product_no = t.product_no""",
        reads=("holding", "account", "product"),
        columns=_HOLDING_COLUMNS,
    )


HOLDING: Final = _holding("holding", "持仓(按到期日)", "到期日", "matures_on")
PURCHASE: Final = _holding("purchase", "持仓(按起息日)", "起息日", "started_on")

CUSTOMER: Final = TagTable(
    name="customer",
    label="客户关系",
    mode=Mode.STATE,
    day="开户日期",
    facets={
        "risk_tolerance": Field(Type.TEXT, "风险承受能力", values=_TOLERANCES),
        "occupation": Field(Type.TEXT, "职业"),
        "income_band": Field(
            Type.TEXT,
            "年收入档",
            values={
                "A": "5万元以下",
                "B": "5万至10万元",
                "C": "10万至20万元",
                "D": "20万至50万元",
                "E": "50万元以上",
                "none": "未知",
            },
        ),
        "education": Field(Type.TEXT, "学历"),
        "marital": Field(
            Type.TEXT,
            "婚姻状况",
            values={"未婚": "未婚", "已婚": "已婚", "离异": "离异", "丧偶": "丧偶", "none": "未知"},
        ),
        "open": Field(Type.BOOL, "在册"),
    },
    values={
        "risk_valid_until": Field(Type.DATE, "风险测评有效期至"),
        "risk_assessed_on": Field(Type.DATE, "风险测评日期"),
    },
    query=f"""
SELECT m.one_id, t.opened_on AS day, {_KNOWN}, COALESCE(t.risk_tolerance, 'none') AS risk_tolerance,
    COALESCE(t.occupation, 'none') AS occupation, COALESCE(t.income_band, 'none') AS income_band,
    COALESCE(t.education, 'none') AS education, COALESCE(t.marital, 'none') AS marital, t.closed_on IS NULL AS open,
    t.risk_valid_until, t.risk_assessed_on
FROM ({versions("customer")}) AS t
JOIN member AS m ON m.source = t.source AND m.source_key = t.party_key""",
    reads=("customer",),
    columns={
        "risk_tolerance": ("customer.risk_tolerance",),
        "occupation": ("customer.occupation",),
        "income_band": ("customer.income_band",),
        "education": ("customer.education",),
        "marital": ("customer.marital",),
        "open": ("customer.closed_on",),
        "risk_valid_until": ("customer.risk_valid_until",),
        "risk_assessed_on": ("customer.risk_assessed_on",),
    },
)

ASSESSMENT: Final = TagTable(
    name="assessment",
    label="风险测评",
    mode=Mode.STATE,
    day="测评日期",
    facets={"risk_tolerance": Field(Type.TEXT, "风险承受能力", values=_TOLERANCES)},
    values={"valid_until": Field(Type.DATE, "有效期至")},
    query=f"""
SELECT m.one_id, COALESCE(t.risk_assessed_on, t.risk_valid_until) AS day, {_KNOWN}, t.risk_tolerance,
    t.risk_valid_until AS valid_until
FROM ({versions("customer")}) AS t
JOIN member AS m ON m.source = t.source AND m.source_key = t.party_key
WHERE t.risk_tolerance IS NOT NULL""",
    reads=("customer",),
    columns={"risk_tolerance": ("customer.risk_tolerance",), "valid_until": ("customer.risk_valid_until",)},
)

PERSON: Final = TagTable(
    name="person",
    label="个人资料",
    mode=Mode.STATE,
    day="知悉日期",
    facets={
        "kind": Field(Type.TEXT, "主体", values={"person": "个人", "company": "公司"}),
        "gender": Field(Type.TEXT, "性别", values={"M": "男", "F": "女", "none": "未知"}),
        "system": Field(Type.TEXT, "来源系统"),
    },
    values={"birth_date": Field(Type.DATE, "出生日期")},
    query=f"""
SELECT m.one_id, {DAY.format(at="t.known_at")} AS day, {_KNOWN}, t.kind, COALESCE(t.gender, 'none') AS gender,
    t.source AS system, t.birth_date
FROM ({versions("party")}) AS t
JOIN member AS m ON m.source = t.source AND m.source_key = t.source_key""",
    reads=("party",),
    columns={
        "kind": ("party.kind",),
        "gender": ("party.gender",),
        "system": ("party.source",),
        "birth_date": ("party.birth_date",),
    },
)

_RELATION_KINDS: Final = {
    "spouse": "配偶",
    "parent": "父母",
    "child": "子女",
    "legal_rep": "法定代表人",
    "shareholder": "股东",
    "payroll": "代发工资",
    "guarantee": "担保",
    "co_borrower": "共同借款",
    "joint_holder": "联名",
    "owner": "所有者",
    "shared_device": "共用设备",
}

RELATION: Final = TagTable(
    name="relation",
    label="关联关系",
    mode=Mode.STATE,
    day="起始日期",
    facets={
        "kind": Field(Type.TEXT, "关系", values=_RELATION_KINDS),
        "side": Field(Type.TEXT, "本人是", values={"own": "登记人", "other": "对方"}),
    },
    values={},
    query=f"""
SELECT m.one_id, r.day, r.known, r.dead, r.revision, r.kind, r.side FROM (
    SELECT t.source, t.party_key, t.valid_from AS day, {_KNOWN}, t.kind, 'own' AS side
    FROM ({versions("relation")}) AS t WHERE t.kind <> 'same'
    UNION ALL
    SELECT t.other_source AS source, t.other_key AS party_key, t.valid_from AS day, {_KNOWN}, t.kind, 'other' AS side
    FROM ({versions("relation")}) AS t WHERE t.kind <> 'same') AS r
JOIN member AS m ON m.source = r.source AND m.source_key = r.party_key""",
    reads=("relation",),
    columns={"kind": ("relation.kind",), "side": ("relation.party_key", "relation.other_key")},
)

#: Only salaries eight days old or older: by then it is seen how much stayed for three and for seven days.
SALARY: Final = TagTable(
    name="salary",
    label="代发入账",
    mode=Mode.STATE,
    day="入账日期",
    facets={"home": _HOME},
    values={
        "amount": Field(Type.MONEY, "代发金额", "元"),
        "kept_3d": Field(Type.MONEY, "3日后留存", "元"),
        "kept_7d": Field(Type.MONEY, "7日后留存", "元"),
    },
    query="""
SELECT s.one_id, s.day, s.day + 7 AS known, 65535 AS dead, 0 AS revision, s.home, s.amount,
    CAST(GREATEST(0, s.amount - COALESCE(SUM(CASE WHEN o.day <= s.day + 3 THEN o.amount END), 0)) AS BIGINT) AS kept_3d,
    CAST(GREATEST(0, s.amount - COALESCE(SUM(o.amount), 0)) AS BIGINT) AS kept_7d
FROM (SELECT one_id, day, home, CAST(SUM(amount) AS BIGINT) AS amount FROM moved
      WHERE category = 'salary' AND direction = 'in' GROUP BY one_id, day, home) AS s
LEFT JOIN (SELECT one_id, day, home, CAST(SUM(amount) AS BIGINT) AS amount FROM moved
      WHERE direction = 'out' AND account_kind IN ('current', 'debit_card') GROUP BY one_id, day, home) AS o
ON o.one_id = s.one_id AND o.home = s.home AND o.day > s.day AND o.day <= s.day + 7
GROUP BY s.one_id, s.day, s.home, s.amount""",
    reads=("transaction", "account"),
    columns={
        "home": ("transaction.currency",),
        "amount": ("transaction.amount", "transaction.category"),
        "kept_3d": ("transaction.amount", "transaction.event_time"),
        "kept_7d": ("transaction.amount", "transaction.event_time"),
    },
    counted=True,
)

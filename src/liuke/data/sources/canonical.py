"""The canonical tables: what every source becomes, with units, meaning, personal-information class and retention.

`docs/canonical-model.md` is rendered from here. Money is BIGINT 分 (minor units) beside its currency; rates are basis
points a year; a party or account is named by the source system and its number there.
"""

from typing import Final

from liuke.kernel.store.columns import PiClass, Retention
from liuke.kernel.store.lake import LakeColumn, LakeTable

_KEEP: Final = Retention.RECORD


def _text(name: str, meaning: str, pi: PiClass = PiClass.NONE, unit: str = "") -> LakeColumn:
    return LakeColumn(name, "VARCHAR", meaning, unit, pi, _KEEP)


def _named(name: str, meaning: str) -> LakeColumn:
    return _text(name, meaning, PiClass.C2)


def _money(name: str, meaning: str) -> LakeColumn:
    return LakeColumn(name, "BIGINT", meaning, "分", PiClass.C2, _KEEP)


def _count(name: str, meaning: str, unit: str, pi: PiClass = PiClass.NONE) -> LakeColumn:
    return LakeColumn(name, "INTEGER", meaning, unit, pi, _KEEP)


def _date(name: str, meaning: str, pi: PiClass = PiClass.C1) -> LakeColumn:
    return LakeColumn(name, "DATE", meaning, "日", pi, _KEEP)


def _time(name: str, meaning: str) -> LakeColumn:
    return LakeColumn(name, "TIMESTAMPTZ", meaning, "UTC", PiClass.C1, _KEEP)


def _number(name: str, kind: str, meaning: str, unit: str, pi: PiClass) -> LakeColumn:
    return LakeColumn(name, kind, meaning, unit, pi, _KEEP)


#: Columns every canonical table begins with.
KEYS: Final = (
    _text("source", "来源系统", PiClass.NONE),
    _text("source_key", "在来源系统中的编号,与来源系统一起唯一", PiClass.C1),
    _time("event_time", "发生的时间"),
    _time("known_at", "本行最早可知的时间,时点回放只看此前的行"),
    LakeColumn("load_id", "UUID", "加载编号", "", PiClass.NONE, _KEEP),
    LakeColumn("row_hash", "UBIGINT", "各业务列的散列,内容不变则不变", "", PiClass.NONE, _KEEP),
    _count("revision", "0 为首次;大于 0 为更正此前同一编号的行", "次"),
)

_PARTY: Final = _text("party_key", "当事人在来源系统中的编号", PiClass.C1)
_ACCOUNT: Final = _text("account_key", "账户在来源系统中的编号", PiClass.C1)
_PRODUCT: Final = _text("product_no", "产品编号")
_BRANCH: Final = _text("branch_no", "网点编号")
_STAFF: Final = _text("staff_no", "员工编号")
_CURRENCY: Final = _text("currency", "币种 (ISO 4217)")
_CHANNEL: Final = _text("channel", "渠道")


def _table(name: str, meaning: str, *columns: LakeColumn) -> LakeTable:
    return LakeTable(name, meaning, KEYS + columns)


PARTY: Final = _table(
    "party",
    "当事人:来源系统里的一个人或一家公司,未必是客户",
    _text("kind", "person 个人,company 公司"),
    _named("name", "姓名或名称"),
    _text("id_type", "证件类型:idcard passport uscc other"),
    _named("id_no", "证件号码"),
    _date("birth_date", "出生日期", PiClass.C2),
    _text("gender", "性别:M 男,F 女", PiClass.C2),
    _named("phone", "手机"),
    _named("phone2", "备用电话"),
    _named("email", "邮箱"),
    _text("province", "省", PiClass.C1),
    _text("city", "市", PiClass.C1),
    _text("district", "区县", PiClass.C1),
    _named("address", "地址"),
    _named("employer", "工作单位"),
    _named("device_id", "设备标识"),
    _named("wecom_id", "企业微信外部联系人标识"),
)

CUSTOMER: Final = _table(
    "customer",
    "客户关系:一个来源系统里的一个客户号",
    _PARTY,
    _BRANCH,
    _text("rm_no", "管户客户经理的员工编号"),
    _date("opened_on", "开户日期"),
    _date("closed_on", "销户日期,空为在册"),
    _text("risk_tolerance", "风险承受能力:C1–C5,空为未测评", PiClass.C2),
    _date("risk_assessed_on", "测评日期"),
    _date("risk_valid_until", "测评有效期至"),
    _text("occupation", "职业", PiClass.C2),
    _text("income_band", "年收入档:A <5万 B <10万 C <20万 D <50万 E 更高", PiClass.C2),
    _text("education", "学历", PiClass.C2),
    _text("marital", "婚姻状况", PiClass.C2),
    _text("tier_hint", "来源系统自己的客户等级", PiClass.C1),
)

ACCOUNT: Final = _table(
    "account",
    "账户:存款、卡、贷款、理财账户",
    _PARTY,
    _named("account_no", "账号或卡号"),
    _text("kind", "current term wealth fund insurance loan credit_card debit_card metal"),
    _PRODUCT,
    _BRANCH,
    _CURRENCY,
    _date("opened_on", "开户日期"),
    _date("closed_on", "销户日期"),
    _text("status", "active 正常 dormant 睡眠 closed 销户 frozen 冻结", PiClass.C1),
    _money("balance", "余额;贷款和信用卡为尚欠金额,均为正数"),
    _money("available", "可用余额"),
    _money("credit_limit", "授信额度"),
    _count("rate_bp", "年利率", "基点", PiClass.C1),
)

HOLDING: Final = _table(
    "holding",
    "持仓:一个账户里的一笔产品",
    _ACCOUNT,
    _PARTY,
    _PRODUCT,
    _CURRENCY,
    _number("units", "DECIMAL(18,4)", "份额", "份", PiClass.C2),
    _money("cost", "成本"),
    _money("market_value", "市值"),
    _date("started_on", "起息日"),
    _date("matures_on", "到期日,空为无固定期限"),
    _text("status", "held 持有 ended 已结束", PiClass.C1),
    _count("rate_bp", "年利率", "基点", PiClass.C1),
)

TRANSACTION: Final = _table(
    "transaction",
    "交易:账户上的一笔资金变动;event_time 为记账时间",
    _ACCOUNT,
    _PARTY,
    _text("direction", "in 流入,out 流出", PiClass.C2),
    _money("amount", "金额,正数"),
    _money("balance_after", "交易后余额"),
    _CURRENCY,
    _text(
        "category",
        "salary transfer consume withdraw deposit loan_repay interest fee wealth_buy wealth_redeem card_repay other",
        PiClass.C2,
    ),
    _named("counterparty_name", "对方户名"),
    _named("counterparty_account", "对方账号"),
    _named("counterparty_bank", "对方银行,空为本行"),
    _text("channel", "counter atm app web pos wechat alipay auto", PiClass.C1),
    _named("summary", "摘要"),
)

BEHAVIOUR: Final = _table(
    "behaviour",
    "行为事件:手机银行里的一次动作",
    _PARTY,
    _named("device_id", "设备标识"),
    _text("session_id", "会话编号", PiClass.C1),
    _text("name", "login view click search share submit", PiClass.C1),
    _text("page", "页面", PiClass.C1),
    _PRODUCT,
    _count("seconds", "停留时间", "秒", PiClass.C1),
    _CHANNEL,
)

INTERACTION: Final = _table(
    "interaction",
    "互动:来电、投诉、拜访、聊天",
    _PARTY,
    _text("kind", "call 来电 complaint 投诉 visit 拜访 chat 聊天"),
    _CHANNEL,
    _STAFF,
    _text("topic", "主题", PiClass.C1),
    _number("sentiment", "DOUBLE", "情绪:-1 很差,1 很好", "-1–1", PiClass.C2),
    _text("status", "open 处理中 closed 已办结", PiClass.C1),
    _time("resolved_at", "办结时间"),
    _named("text", "内容"),
    _text("direction", "in 客户发起或客户所说,out 银行发起或员工所说", PiClass.C1),
)

PRODUCT: Final = _table(
    "product",
    "产品",
    _PRODUCT,
    _text("name", "名称"),
    _text("kind", "deposit wealth fund insurance loan card metal"),
    _text("risk", "产品风险等级:R1–R5,存款、贷款、卡为空"),
    _count("term_days", "期限,空为无固定期限", "天"),
    _count("rate_bp", "年利率", "基点"),
    _count("benchmark_low_bp", "业绩比较基准下限", "基点"),
    _count("benchmark_high_bp", "业绩比较基准上限", "基点"),
    LakeColumn("min_amount", "BIGINT", "起购金额", "分", PiClass.NONE, _KEEP),
    _CURRENCY,
    _text("status", "raising 募集 open 开放 closed 停售 due 到期"),
    _date("sale_from", "开售日期", PiClass.NONE),
    _date("sale_to", "停售日期", PiClass.NONE),
    _date("starts_on", "起息日", PiClass.NONE),
    _date("matures_on", "到期日", PiClass.NONE),
    _text("issuer", "发行方"),
    _text("closed_reason", "停售原因"),
)

RELATION: Final = _table(
    "relation",
    "关联关系:一个当事人与另一个当事人的关系及其依据;kind 说的是对方是谁",
    _PARTY,
    _text("other_source", "对方的来源系统"),
    _text("other_key", "对方在其来源系统中的编号", PiClass.C1),
    _text(
        "kind",
        "spouse parent child legal_rep shareholder payroll guarantee co_borrower joint_holder owner shared_device same",
        PiClass.C2,
    ),
    _number("share", "DECIMAL(9,4)", "持股比例", "%", PiClass.C2),
    _date("valid_from", "起始日期"),
    _date("valid_to", "终止日期"),
    _text("evidence", "依据:来自哪个系统的哪张表", PiClass.C1),
)

TOUCH: Final = _table(
    "touch",
    "营销触达:一次联系及其结果",
    _PARTY,
    _text("campaign_no", "活动编号"),
    _CHANNEL,
    _STAFF,
    _text("content_no", "内容编号"),
    _text("result", "unreached 未接通 declined 无兴趣 considering 考虑 responded 响应 unsubscribed 退订", PiClass.C1),
)

STAFF: Final = _table(
    "staff",
    "员工",
    _STAFF,
    _text("name", "姓名", PiClass.C1),
    _BRANCH,
    _text("position", "岗位:head manager rm teller analyst compliance engineer admin"),
    _text("phone", "工作电话", PiClass.C1),
    _date("hired_on", "入职日期"),
    _date("left_on", "离职日期"),
    _text("status", "active 在职 left 离职", PiClass.C1),
)

BRANCH: Final = _table(
    "branch",
    "网点与机构",
    _BRANCH,
    _text("parent_no", "上级机构编号,总行为空"),
    _text("name", "名称"),
    _text("level", "head_office 总行 branch 分行 sub_branch 支行"),
    _text("province", "省"),
    _text("city", "市"),
    _text("district", "区县"),
    _text("address", "地址"),
    _number("longitude", "DOUBLE", "经度", "度", PiClass.NONE),
    _number("latitude", "DOUBLE", "纬度", "度", PiClass.NONE),
)

#: All canonical tables, in the order they are loaded: what others refer to comes first.
CANONICAL: Final = {
    table.name: table
    for table in (
        BRANCH,
        STAFF,
        PRODUCT,
        PARTY,
        CUSTOMER,
        RELATION,
        ACCOUNT,
        HOLDING,
        TRANSACTION,
        INTERACTION,
        TOUCH,
        BEHAVIOUR,
    )
}

#: Rows of loads that were set aside, one file per load (its partition).
QUARANTINE: Final = LakeTable(
    "quarantine",
    "隔离行:未通过检查的原始行及原因",
    (
        LakeColumn("line_no", "BIGINT", "在文件中的行号", "行", PiClass.NONE, Retention.WORK),
        LakeColumn("reasons", "VARCHAR[]", "原因", "", PiClass.C1, Retention.WORK),
        LakeColumn("raw", "VARCHAR", "原始内容", "", PiClass.C2, Retention.WORK),
    ),
)

#: Codes a canonical column may hold; any other value sets the row aside.
CODES: Final = {
    ("party", "kind"): ("person", "company"),
    ("party", "id_type"): ("idcard", "passport", "uscc", "other"),
    ("party", "gender"): ("M", "F"),
    ("customer", "risk_tolerance"): ("C1", "C2", "C3", "C4", "C5"),
    ("account", "kind"): (
        "current",
        "term",
        "wealth",
        "fund",
        "insurance",
        "loan",
        "credit_card",
        "debit_card",
        "metal",
    ),
    ("account", "status"): ("active", "dormant", "closed", "frozen"),
    ("holding", "status"): ("held", "ended"),
    ("transaction", "direction"): ("in", "out"),
    ("transaction", "category"): (
        "salary",
        "transfer",
        "consume",
        "withdraw",
        "deposit",
        "loan_repay",
        "interest",
        "fee",
        "wealth_buy",
        "wealth_redeem",
        "card_repay",
        "other",
    ),
    ("transaction", "channel"): ("counter", "atm", "app", "web", "pos", "wechat", "alipay", "auto"),
    ("behaviour", "name"): ("login", "view", "click", "search", "share", "submit"),
    ("interaction", "kind"): ("call", "complaint", "visit", "chat"),
    ("interaction", "direction"): ("in", "out"),
    ("product", "kind"): ("deposit", "wealth", "fund", "insurance", "loan", "card", "metal"),
    ("product", "risk"): ("R1", "R2", "R3", "R4", "R5"),
    ("product", "status"): ("raising", "open", "closed", "due"),
    ("branch", "level"): ("head_office", "branch", "sub_branch"),
    ("staff", "status"): ("active", "left"),
}

#: Columns that may not be empty in an accepted row.
REQUIRED: Final = {
    "party": ("kind",),
    "customer": ("party_key",),
    "account": ("party_key", "kind"),
    "holding": ("account_key", "party_key"),
    "transaction": ("account_key", "direction", "amount", "currency"),
    "behaviour": ("party_key", "name"),
    "interaction": ("party_key", "kind"),
    "product": ("product_no", "name", "kind"),
    "relation": ("party_key", "other_source", "other_key", "kind"),
    "touch": ("party_key",),
    "staff": ("staff_no", "name"),
    "branch": ("branch_no", "name"),
}

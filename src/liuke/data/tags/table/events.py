"""Tables of what happened: bookings, app events, conversations, touches."""

from typing import Final

from liuke.data.tags.table.model import Mode, TagTable
from liuke.data.tags.table.steps import BAND, HOUR, MOOD, SHELF, SUBJECT, THEME, last, times, versions
from liuke.kernel.rule import Field, Type

_HOURS: Final = Field(Type.INT, "钟点", "点", digits=2)
_THEMES: Final = {"star": "科创", "pension": "养老", "large_deposit": "大额存单", "gold": "黄金", "other": "其他"}
_PRODUCT_KINDS: Final = {
    "deposit": "存款",
    "wealth": "理财",
    "fund": "基金",
    "insurance": "保险",
    "loan": "贷款",
    "card": "银行卡",
    "metal": "贵金属",
    "none": "无",
}
_RISKS: Final = {"R1": "R1", "R2": "R2", "R3": "R3", "R4": "R4", "R5": "R5", "none": "无"}
ACCOUNT_KINDS: Final = {
    "current": "活期",
    "term": "定期",
    "wealth": "理财",
    "fund": "基金",
    "insurance": "保险",
    "loan": "贷款",
    "credit_card": "信用卡",
    "debit_card": "借记卡",
    "metal": "贵金属",
}

TRANSACTION: Final = TagTable(
    name="transaction",
    label="交易",
    mode=Mode.EVENT,
    day="记账日期",
    facets={
        "direction": Field(Type.TEXT, "方向", values={"in": "流入", "out": "流出"}),
        "category": Field(
            Type.TEXT,
            "类别",
            values={
                "salary": "代发工资",
                "transfer": "转账",
                "consume": "消费",
                "withdraw": "取现",
                "deposit": "存入",
                "loan_repay": "还贷款",
                "interest": "结息",
                "fee": "手续费",
                "wealth_buy": "购买理财",
                "wealth_redeem": "赎回理财",
                "card_repay": "还信用卡",
                "other": "其他",
            },
        ),
        "channel": Field(
            Type.TEXT,
            "渠道",
            values={
                "counter": "柜面",
                "atm": "自助机具",
                "app": "手机银行",
                "web": "网上银行",
                "pos": "POS",
                "wechat": "微信支付",
                "alipay": "支付宝",
                "auto": "自动",
                "none": "未知",
            },
        ),
        "account_kind": Field(Type.TEXT, "账户种类", values=ACCOUNT_KINDS),
        "amount_band": Field(
            Type.TEXT,
            "单笔金额档",
            values={
                "b0": "1千元以下",
                "b1": "1千至1万元",
                "b2": "1万至5万元",
                "b3": "5万至20万元",
                "b4": "20万至50万元",
                "b5": "50万元以上",
            },
        ),
        "other_bank": Field(Type.BOOL, "对方在他行"),
        "hour": _HOURS,
        "home": Field(Type.BOOL, "本币"),
    },
    values={
        "amount": Field(Type.MONEY, "金额", "元"),
        "net": Field(Type.MONEY, "净流入金额", "元"),
    },
    query=f"""
SELECT m.one_id, {times()}, t.direction, COALESCE(t.category, 'other') AS category,
    COALESCE(t.channel, 'none') AS channel, a.kind AS account_kind, {BAND} AS amount_band,
    t.counterparty_bank IS NOT NULL AS other_bank,
    {HOUR.format(at="t.event_time")} AS hour, COALESCE(t.currency = h.currency, FALSE) AS home,
    t.amount, CASE WHEN t.direction = 'in' THEN t.amount ELSE -t.amount END AS net
FROM ({versions("transaction")}) AS t CROSS JOIN home AS h
JOIN ({last("account")}) AS a ON a.source = t.source AND a.source_key = t.account_key
JOIN member AS m ON m.source = a.source AND m.source_key = a.party_key""",
    reads=("transaction", "account"),
    columns={
        "direction": ("transaction.direction",),
        "category": ("transaction.category",),
        "channel": ("transaction.channel",),
        "account_kind": ("account.kind",),
        "amount_band": ("transaction.amount",),
        "other_bank": ("transaction.counterparty_bank",),
        "hour": ("transaction.event_time",),
        "home": ("transaction.currency",),
        "amount": ("transaction.amount",),
        "net": ("transaction.amount", "transaction.direction"),
    },
    signed={"net": ("amount", "direction", "in")},
)

BEHAVIOUR: Final = TagTable(
    name="behaviour",
    label="手机银行行为",
    mode=Mode.EVENT,
    day="发生日期",
    facets={
        "name": Field(
            Type.TEXT,
            "动作",
            values={
                "login": "登录",
                "view": "浏览",
                "click": "点击",
                "search": "搜索",
                "share": "分享",
                "submit": "提交",
            },
        ),
        "page": Field(Type.TEXT, "页面"),
        "hour": _HOURS,
        "product_kind": Field(Type.TEXT, "产品种类", values=_PRODUCT_KINDS),
        "product_risk": Field(Type.TEXT, "产品风险等级", values=_RISKS),
        "product_theme": Field(Type.TEXT, "产品主题", values=_THEMES),
    },
    values={"seconds": Field(Type.INT, "停留时间", "秒")},
    query=f"""
SELECT m.one_id, {times()}, t.name, COALESCE(t.page, 'none') AS page, {HOUR.format(at="t.event_time")} AS hour,
    COALESCE(s.kind, 'none') AS product_kind, COALESCE(s.risk, 'none') AS product_risk, {THEME} AS product_theme,
    CAST(COALESCE(t.seconds, 0) AS BIGINT) AS seconds
FROM ({versions("behaviour")}) AS t
JOIN member AS m ON m.source = t.source AND m.source_key = t.party_key
LEFT JOIN ({SHELF}) AS s ON s.product_no = t.product_no""",
    reads=("behaviour", "product"),
    columns={
        "name": ("behaviour.name",),
        "page": ("behaviour.page",),
        "hour": ("behaviour.event_time",),
        "product_kind": ("behaviour.product_no", "product.kind"),
        "product_risk": ("behaviour.product_no", "product.risk"),
        "product_theme": ("behaviour.product_no", "product.name"),
        "seconds": ("behaviour.seconds",),
    },
)

INTERACTION: Final = TagTable(
    name="interaction",
    label="互动",
    mode=Mode.EVENT,
    day="发生日期",
    facets={
        "kind": Field(Type.TEXT, "种类", values={"call": "来电", "complaint": "投诉", "visit": "拜访", "chat": "聊天"}),
        "direction": Field(Type.TEXT, "发起方", values={"in": "客户", "out": "银行", "none": "未知"}),
        "topic": Field(Type.TEXT, "主题"),
        "subject": Field(
            Type.TEXT,
            "谈及",
            values={
                "leaving": "转走或销户",
                "rival": "他行",
                "star": "科创",
                "life": "生活变化",
                "wealth": "理财",
                "rate": "利率",
                "other": "其他",
            },
        ),
        "mood": Field(Type.TEXT, "情绪", values={"bad": "不满", "plain": "平常", "good": "满意", "untold": "未评价"}),
        "status": Field(Type.TEXT, "处理状态", values={"open": "处理中", "closed": "已办结", "none": "无"}),
    },
    values={},
    query=f"""
SELECT m.one_id, {times()}, t.kind, COALESCE(t.direction, 'none') AS direction, COALESCE(t.topic, 'none') AS topic,
    {SUBJECT} AS subject, {MOOD} AS mood, COALESCE(t.status, 'none') AS status
FROM ({versions("interaction")}) AS t
JOIN member AS m ON m.source = t.source AND m.source_key = t.party_key""",
    reads=("interaction",),
    columns={
        "kind": ("interaction.kind",),
        "direction": ("interaction.direction",),
        "topic": ("interaction.topic",),
        "subject": ("interaction.text",),
        "mood": ("interaction.sentiment",),
        "status": ("interaction.status",),
    },
)

TOUCH: Final = TagTable(
    name="touch",
    label="营销触达",
    mode=Mode.EVENT,
    day="触达日期",
    facets={
        "channel": Field(
            Type.TEXT,
            "渠道",
            values={"sms": "短信", "phone": "电话", "wechat": "微信", "push": "推送", "none": "未知"},
        ),
        "result": Field(
            Type.TEXT,
            "结果",
            values={
                "unreached": "未接通",
                "declined": "无兴趣",
                "considering": "考虑",
                "responded": "响应",
                "unsubscribed": "退订",
                "none": "未知",
            },
        ),
    },
    values={},
    query=f"""
SELECT m.one_id, {times()}, COALESCE(t.channel, 'none') AS channel, COALESCE(t.result, 'none') AS result
FROM ({versions("touch")}) AS t
JOIN member AS m ON m.source = t.source AND m.source_key = t.party_key""",
    reads=("touch",),
    columns={"channel": ("touch.channel",), "result": ("touch.result",)},
)

"""What a gate rule may name: plain facts of the customer, and what is to reach them."""

from typing import Final

from liuke.kernel import rule

_CHANNELS: Final = {
    "phone": "电话",
    "sms": "短信",
    "wecom": "企业微信",
    "app_push": "App 推送",
    "app_popup": "App 弹窗",
    "email": "邮件",
    "counter": "柜面",
    "atm": "自助设备",
    "letter": "信函",
}
_PURPOSES: Final = {
    "service": "服务履约",
    "marketing": "营销",
    "profiling": "个性化推荐",
    "research": "调研",
    "antifraud": "反欺诈",
    "legal": "法定义务",
}
_TIERS: Final = {"mass": "大众", "affluent": "富裕", "hnw": "高净值", "rising": "潜力"}
_KINDS: Final = {
    "deposit": "存款",
    "wealth": "理财",
    "fund": "基金",
    "insurance": "保险",
    "loan": "贷款",
    "card": "银行卡",
    "metal": "贵金属",
}
_DAYS: Final = {"workday": "工作日", "rest": "周末", "holiday": "法定节假日"}

_text = rule.Type.TEXT

#: Fields of the customer, read from the profile.
CUSTOMER: Final = {
    "kind": rule.Field(_text, "客户类型", values={"person": "个人", "company": "单位"}),
    "tier": rule.Field(_text, "客户层级", values=_TIERS),
    "aum": rule.Field(rule.Type.MONEY, "管理客户总资产", "元"),
    "loans": rule.Field(rule.Type.MONEY, "贷款余额", "元"),
    "risk_tolerance": rule.Field(_text, "风险承受能力", values={f"C{n}": f"C{n}" for n in range(1, 6)}),
    "risk_valid_until": rule.Field(rule.Type.DATE, "风险测评有效期"),
    "open_complaints": rule.Field(rule.Type.INT, "未结投诉数", "件", digits=6),
    "branch_no": rule.Field(_text, "网点编号"),
}
#: Fields of the send, the same for every customer of one batch.
SEND: Final = {
    "channel": rule.Field(_text, "触达渠道", values=_CHANNELS),
    "purpose": rule.Field(_text, "处理目的", values=_PURPOSES),
    "campaign": rule.Field(_text, "营销活动"),
    "product_no": rule.Field(_text, "产品编号"),
    "product_kind": rule.Field(_text, "产品类型", values=_KINDS),
    "product_risk": rule.Field(_text, "产品风险等级", values={f"R{n}": f"R{n}" for n in range(1, 6)}),
    "amount": rule.Field(rule.Type.MONEY, "金额", "元"),
    "hour": rule.Field(rule.Type.INT, "当日钟点", digits=2),
    "day_kind": rule.Field(_text, "日子", values=_DAYS),
    "automated": rule.Field(rule.Type.BOOL, "自动发送"),
}

CATALOGUE: Final = rule.Catalogue(fields={**CUSTOMER, **SEND})

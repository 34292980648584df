"""What rules may say about events: the plan's events, with the fields every event has."""

from collections.abc import Mapping
from typing import Final

from liuke.data.behaviour.model import Plan
from liuke.data.products import ProductKind, ProductRisk
from liuke.kernel import rule
from liuke.kernel.rule import Catalogue, Event, Field, Type

_KINDS: Final[Mapping[str, str]] = {
    ProductKind.DEPOSIT: "存款",
    ProductKind.WEALTH: "理财",
    ProductKind.FUND: "基金",
    ProductKind.INSURANCE: "保险",
    ProductKind.LOAN: "贷款",
    ProductKind.CARD: "信用卡",
    ProductKind.METAL: "贵金属",
}
_RISKS: Final[Mapping[str, str]] = {
    ProductRisk.R1: "低风险",
    ProductRisk.R2: "中低风险",
    ProductRisk.R3: "中风险",
    ProductRisk.R4: "中高风险",
    ProductRisk.R5: "高风险",
}
#: The longest window there is data for, in days.
LONGEST_DAYS: Final = 400


def fields(plan: Plan) -> dict[str, Field]:
    """The fields of an event. ``hour`` is the hour of the day in Shanghai; ``session_id`` can only be counted."""
    return {
        "page": Field(Type.TEXT, "页面", values=dict(plan.words["page"]) or None),
        "product_no": Field(Type.TEXT, "产品编号"),
        "product": Field(Type.TEXT, "产品"),
        "product_kind": Field(Type.TEXT, "产品类型", values=dict(_KINDS)),
        "product_risk": Field(Type.TEXT, "产品风险等级", values=dict(_RISKS)),
        "channel": Field(Type.TEXT, "渠道", values=dict(plan.words["channel"]) or None),
        "hour": Field(Type.INT, "钟点", "时", digits=2),
        "seconds": Field(Type.INT, "停留时间", "秒", digits=6),
        "session_id": Field(Type.TEXT, "会话"),
    }


def events(plan: Plan) -> dict[str, Event]:
    """The plan's events as rules name them."""
    known = fields(plan)
    return {name: Event(one.title, known) for name, one in plan.events.items()}


def of_customers(plan: Plan) -> Catalogue:
    """A catalogue for rules about one customer's windows alone."""
    return Catalogue(fields={}, events=events(plan), longest_days=LONGEST_DAYS)


def of_events(plan: Plan) -> Catalogue:
    """A catalogue for conditions on single events."""
    known = fields(plan)
    del known["session_id"]
    named = Field(Type.TEXT, "事件", values={name: one.title for name, one in plan.events.items()})
    return Catalogue(fields={"event": named, **known})


def condition(text: str, plan: Plan) -> rule.Checked:
    """A condition on single events. Raises RuleInvalid."""
    return rule.check(rule.parse(text), of_events(plan), wants=Type.BOOL)

"""The points of a check, each one rule of the rule language: run in Python for one customer, in SQL for millions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from liuke.guard.suitability.model import Point
from liuke.kernel import rule
from liuke.kernel.rule import Field, Type


def _rank(label: str) -> Field:
    return Field(Type.INT, label, digits=1)


def _percent(label: str) -> Field:
    return Field(Type.INT, label, digits=3)


#: What the rules may name: facts of the customer, facts of the product, and the policy's numbers.
CATALOGUE: Final = rule.Catalogue(
    {
        "graded": Field(Type.BOOL, "按等级销售的产品"),
        "on_sale": Field(Type.BOOL, "产品在售"),
        "grade": _rank("产品风险等级"),
        "tolerance": _rank("风险承受能力"),
        "max_grade": _rank("可购最高等级"),
        "valid_until": Field(Type.DATE, "测评有效期至"),
        "today": Field(Type.DATE, "今天"),
        "elder": Field(Type.BOOL, "高龄客户"),
        "experienced": Field(Type.BOOL, "买过同类产品"),
        "amount": Field(Type.MONEY, "购买金额", "元"),
        "aum": Field(Type.MONEY, "管理资产", "元"),
        "held": Field(Type.MONEY, "已持有该产品", "元"),
        "high_risk_held": Field(Type.MONEY, "已持有高风险产品", "元"),
        "elder_max_grade": _rank("高龄客户最高等级"),
        "first_time_max_grade": _rank("首次购买最高等级"),
        "share_from_grade": _rank("看集中度的等级"),
        "high_risk_from_grade": _rank("高风险等级"),
        "product_share": _percent("单一产品占比上限"),
        "high_risk_share": _percent("高风险占比上限"),
    }
)


@dataclass(frozen=True, slots=True)
class Check:
    """One point: against the sale unless its rule is false (unknown counts as against).

    ``insistable``: the customer's own written insistence overcomes it. ``verify``: confirm with compliance.
    """

    point: Point
    rule: str
    message: str
    remedy: str
    insistable: bool = False
    verify: bool = False


#: In the order they are told in: those no insistence overcomes come first.
CHECKS: Final = (
    Check(Point.NOT_ON_SALE, "not on_sale", "产品不在售", "选择在售的产品"),
    Check(Point.NO_GRADE, "grade is null", "产品没有风险等级", "由合规登记发行方或本行的风险等级后再售"),
    Check(Point.NOT_ASSESSED, "tolerance is null", "客户未做风险承受能力测评", "请客户先完成风险测评"),
    Check(
        Point.EXPIRED,
        "tolerance is not null and (valid_until is null or valid_until < today)",
        "风险测评已过有效期",
        "请客户重新测评",
    ),
    Check(
        Point.LOWEST,
        "tolerance = 1 and grade > max_grade",
        "产品等级高于客户承受能力，客户属最低一类",
        "选择等级不高于 R1 的产品；最低一类客户不得坚持购买",
        verify=True,
    ),
    Check(
        Point.TOO_RISKY,
        "tolerance > 1 and grade > max_grade",
        "产品等级高于客户承受能力",
        "选择等级相符的产品；客户坚持购买的，须单独警示并书面确认",
        insistable=True,
        verify=True,
    ),
    Check(
        Point.ELDER,
        "elder and grade > elder_max_grade",
        "高龄客户购买较高风险产品，须从严",
        "选择较低等级的产品；坚持购买的，须由第二人当面确认并双录",
        insistable=True,
        verify=True,
    ),
    Check(
        Point.FIRST_TIME,
        "not experienced and grade > first_time_max_grade",
        "首次购买即为较高风险产品，须从严",
        "先从较低等级开始；坚持购买的，须单独警示并书面确认",
        insistable=True,
        verify=True,
    ),
    Check(
        Point.ONE_PRODUCT,
        "grade >= share_from_grade and (held + amount) * 100 > product_share * greatest(aum, held + amount)",
        "单一产品占客户资产的比例过高",
        "减少金额，或分散到其他产品；坚持购买的，须单独警示并书面确认",
        insistable=True,
        verify=True,
    ),
    Check(
        Point.HIGH_RISK_SHARE,
        "grade >= high_risk_from_grade and"
        " (high_risk_held + amount) * 100 > high_risk_share * greatest(aum, high_risk_held + amount)",
        "高风险产品合计占客户资产的比例过高",
        "减少金额，或选择较低等级的产品；坚持购买的，须单独警示并书面确认",
        insistable=True,
        verify=True,
    ),
)

#: Points about risk hold only for products sold by grade; whether it is on sale holds for all.
_FOR_ALL: Final = frozenset({Point.NOT_ON_SALE})


@lru_cache(maxsize=1)
def checked() -> Mapping[Point, rule.Checked]:
    """The rules, checked against the catalogue."""
    return {check.point: rule.check(rule.parse(_whole(check)), CATALOGUE, wants=Type.BOOL) for check in CHECKS}


@lru_cache(maxsize=1)
def functions() -> Mapping[Point, Callable[[Mapping[str, Any]], bool | None]]:
    """The rules as functions of a row of facts (money in 分): false means nothing against."""
    return {point: rule.to_python(found) for point, found in checked().items()}


@lru_cache(maxsize=1)
def sql() -> Mapping[Point, str]:
    """The rules as PostgreSQL conditions over columns of the facts: false means nothing against."""
    return {point: rule.to_sql(found, "postgres") for point, found in checked().items()}


def of(point: Point) -> Check:
    """The check of a point."""
    return next(check for check in CHECKS if check.point is point)


def why(point: Point, facts: Mapping[str, Any]) -> str:
    """Which conditions, with which values, decided."""
    return rule.explain(checked()[point], facts).words


def in_words(point: Point) -> str:
    """The rule in Chinese."""
    return rule.to_chinese(checked()[point])


def _whole(check: Check) -> str:
    return check.rule if check.point in _FOR_ALL else f"graded and ({check.rule})"

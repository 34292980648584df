"""Nouns of a verdict: what is asked, what each check said, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from liuke.guard.consent import Channel, Purpose
from liuke.kernel.errors import Refused as RefusedError
from liuke.kernel.ids import OneId


class Check(StrEnum):
    """What the gate looks at, in this order; the first that says no names the refusal."""

    CUSTOMER = "customer"  # 客户在数据范围内
    CONSENT = "consent"  # 授权同意
    PURPOSE = "purpose"  # 处理目的
    SUITABILITY = "suitability"  # 适当性
    FREEZE = "freeze"  # 投诉与风险冻结
    HOLDOUT = "holdout"  # 对照组
    CAP = "cap"  # 触达频控
    QUIET = "quiet"  # 免打扰时段与节假日
    WORDING = "wording"  # 话术
    RULE = "rule"  # 合规规则


TITLES: Final[dict[Check, str]] = {
    Check.CUSTOMER: "客户范围",
    Check.CONSENT: "授权同意",
    Check.PURPOSE: "处理目的",
    Check.SUITABILITY: "适当性",
    Check.FREEZE: "投诉与风险冻结",
    Check.HOLDOUT: "对照组",
    Check.CAP: "触达频控",
    Check.QUIET: "免打扰时段",
    Check.WORDING: "话术用语",
    Check.RULE: "合规规则",
}
#: Purposes a customer may be left in peace from; service, anti-fraud and legal duties are not held up by the bank's own
#: limits.
SOLICITING: Final = frozenset({Purpose.MARKETING, Purpose.PROFILING, Purpose.RESEARCH})
#: Purposes a product may be offered under.
OFFERING: Final = frozenset({Purpose.MARKETING, Purpose.PROFILING})


@dataclass(frozen=True, slots=True)
class Message:
    """What is to reach a customer: its words, and the product it offers. ``amount`` is in 分.

    ``fields`` are the data fields it was chosen or written with. ``automated``: no person decided to send it.
    """

    text: str = ""
    product_no: str | None = None
    amount: int | None = None
    campaign: str = ""
    fields: tuple[str, ...] = ()
    automated: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """One check and how it came out. ``code`` names what said no, e.g. ``consent:not_granted``; empty when passed."""

    check: Check
    passed: bool
    code: str
    reason: str
    remedy: str
    source: str
    evidence: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why, or why not: every check of one customer at one time."""

    one_id: OneId
    channel: Channel
    purpose: Purpose
    policy_version: int
    at: datetime
    looked: tuple[Looked, ...]

    @property
    def refusal(self) -> Looked | None:
        """The first check that says no."""
        return next((look for look in self.looked if not look.passed), None)


class ClockBack(RefusedError):
    """系统时钟早于{what}，可能被调回，本次发送已停止。请管理员校准时钟后重试。"""

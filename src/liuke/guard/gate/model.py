"""Nouns of the gate's answer: the permit, the refusal, and what is wrong with using a permit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from liuke.guard.consent import Channel, Purpose
from liuke.guard.gate.judge.model import Check
from liuke.kernel.errors import Conflict, Invalid
from liuke.kernel.errors import Refused as RefusedError
from liuke.kernel.ids import OneId


@dataclass(frozen=True, slots=True)
class Permit:
    """放行凭证: the gate's yes to one message for one customer on one channel, once, soon. Signed by the bank."""

    id: UUID
    one_id: OneId
    channel: Channel
    purpose: Purpose
    digest: str
    product_no: str | None
    campaign: str
    actor_id: str
    issued_at: datetime
    expires_at: datetime
    policy_version: int
    checks: tuple[Check, ...]
    key_id: str
    signature: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """The gate's no: the check and code, the reason, its evidence, and what would make it possible."""

    one_id: OneId
    channel: Channel
    purpose: Purpose
    policy_version: int
    at: datetime
    check: Check
    code: str
    reason: str
    remedy: str
    evidence: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal as it is kept and listed."""

    id: UUID
    at: datetime
    one_id: OneId
    channel: str
    purpose: str
    product_no: str | None
    campaign: str
    check: Check
    code: str
    reason: str
    remedy: str
    evidence: Mapping[str, object]
    actor_id: str
    trial: bool
    policy_version: int


@dataclass(frozen=True, slots=True)
class RefusalFilter:
    """Which refusals a list shows."""

    check: Check | None = None
    channel: Channel | None = None
    one_id: OneId | None = None
    since: datetime | None = None
    until: datetime | None = None
    trial: bool | None = None


class UnknownChannel(Invalid):
    """没有名为“{channel}”的触达渠道。请从渠道列表中选择。"""


class PermitUsed(Conflict):
    """此放行凭证已使用过。每次发送都需要重新申请放行。"""


class PermitExpired(Conflict):
    """放行凭证已过期。请重新申请放行。"""


class PermitForged(RefusedError):
    """放行凭证的签名不符，内容可能被改动。请重新申请放行，并报告合规。"""


class PermitMismatch(RefusedError):
    """放行凭证与本次发送不符：{what}不同。请为本次发送重新申请放行。"""


class GateShut(RefusedError):
    """放行之后情况有变，本次发送不能进行：{reason}。{remedy}"""

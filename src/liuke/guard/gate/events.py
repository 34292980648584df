"""What the gate says happened. No event holds a message's words."""

from dataclasses import dataclass
from typing import ClassVar

from liuke.kernel.event import Event


@dataclass(frozen=True, kw_only=True)
class TouchRefused(Event):
    """The gate said no."""

    kind: ClassVar[str] = "gate.refused"
    wakes: ClassVar[bool] = False
    refusal: str
    channel: str
    purpose: str
    code: str
    product_no: str
    trial: bool
    policy_version: int


@dataclass(frozen=True, kw_only=True)
class PermitRedeemed(Event):
    """A permit was used: the message may go out now."""

    kind: ClassVar[str] = "gate.redeemed"
    permit: str
    channel: str
    purpose: str
    digest: str
    campaign: str


@dataclass(frozen=True, kw_only=True)
class CustomersJudged(Event):
    """The gate judged many customers at once."""

    kind: ClassVar[str] = "gate.judged"
    channel: str
    purpose: str
    product_no: str
    asked: int
    allowed: int
    policy_version: int

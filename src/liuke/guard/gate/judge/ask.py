"""The question: what is to reach whom, the policy in force, and all of the answer that is the same for everybody."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from liuke.data import products
from liuke.guard import consent, suitability
from liuke.guard.consent import Channel, Purpose
from liuke.guard.gate.judge.model import OFFERING, Message
from liuke.guard.gate.policy import quiet, wording
from liuke.guard.gate.policy.model import Cap, DayKind, Policy, Quiet
from liuke.kernel.clock import BANK_ZONE
from liuke.kernel.errors import Refused as RefusedError


@dataclass(frozen=True, slots=True)
class Grounds:
    """What every question about a product on a day rests on: the policy in force, the kind of day, the product."""

    policy: Policy
    version: int
    digest: str
    day_kind: DayKind
    offered: suitability.Offered | None


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked of the gate, and what of the answer is the same for every customer: the caps that bear on the send,
    the quiet span that holds, the words that are wrong, the misuse of the purpose. Made by `pose`.

    ``digest``: of the policy. ``past``: judged as things stood at ``now``, not as they stand. A live question counts
    every send there is, even one stamped later than ``now``: a clock set back must not make room under a cap.
    """

    message: Message
    product: products.Product | None
    channel: Channel
    purpose: Purpose
    now: datetime
    policy: Policy
    version: int
    digest: str
    day_kind: DayKind
    sale: suitability.Sale | None
    past: bool
    caps: tuple[Cap, ...]
    quiet: Quiet | None
    faults: tuple[wording.Fault, ...]
    misuse: str | None

    @property
    def hour(self) -> int:
        """The hour of the day in Shanghai."""
        return self.now.astimezone(BANK_ZONE).hour

    def to_consent(self) -> consent.Question:
        """What is asked of consent."""
        return consent.Question(self.purpose, self.channel, self.now, automated=self.message.automated, past=self.past)

    def values(self) -> dict[str, object]:
        """The fields of `catalogue.SEND`, as values."""
        product, message = self.product, self.message
        return {
            "channel": self.channel.value,
            "purpose": self.purpose.value,
            "campaign": message.campaign,
            "product_no": message.product_no,
            "product_kind": product.kind.value if product else None,
            "product_risk": product.risk.value if product and product.risk else None,
            "amount": message.amount,
            "hour": self.hour,
            "day_kind": self.day_kind.value,
            "automated": message.automated,
        }

    def places(self) -> dict[str, object]:
        """What of the statement is another for another amount, campaign or moment, by the names of its places."""
        today = today_of(self.now)
        own = {
            "gate_now": self.now,
            "gate_hour": self.hour,
            "gate_amount": self.message.amount,
            "gate_campaign": self.message.campaign,
            "gate_earliest": earliest(self),
            "gate_today": today,
            "gate_horizon": today + timedelta(days=quiet.HORIZON_DAYS),
        }
        starts = {f"gate_start{place}": window_start(cap, self.now) for place, cap in enumerate(self.caps)}
        sold = self.sale.places() if self.sale else {}
        return {**own, **starts, **self.to_consent().places(), **sold}


def pose(
    grounds: Grounds, message: Message, *, channel: Channel, purpose: Purpose, now: datetime, past: bool = False
) -> Ask:
    """The question, with all of the answer that does not depend on the customer."""
    policy, offered = grounds.policy, grounds.offered
    product = offered.product if offered else None
    bearing = (cap for cap in policy.caps if purpose in cap.purposes and cap.channel in (None, channel))
    today = {today_of(now): grounds.day_kind}
    return Ask(
        message=message,
        product=product,
        channel=channel,
        purpose=purpose,
        now=now,
        policy=policy,
        version=grounds.version,
        digest=grounds.digest,
        day_kind=grounds.day_kind,
        sale=suitability.sale_of(offered, amount=message.amount, now=now, past=past) if offered else None,
        past=past,
        caps=tuple(bearing),
        quiet=quiet.quiet_now(policy.quiets, channel, purpose, now, today),
        faults=tuple(
            wording.faults(message.text, policy.wordings, product_kind=product.kind.value if product else None)
        ),
        misuse=_misuse(message, purpose, product),
    )


def _misuse(message: Message, purpose: Purpose, product: products.Product | None) -> str | None:
    """Why the purpose does not carry the message: a product under service, a field that may not serve it."""
    if product is not None and purpose not in OFFERING:
        return "含产品推荐的内容只能用于营销或个性化推荐"
    try:
        consent.require_usable(message.fields, purpose)
    except RefusedError as refused:
        return refused.message
    return None


def window_start(cap: Cap, now: datetime) -> datetime:
    """From when sends count towards a cap."""
    if cap.hours is not None:
        return now - timedelta(hours=cap.hours)
    local = now.astimezone(BANK_ZONE)
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def earliest(ask: Ask) -> datetime:
    """From when sends are read at all."""
    return min((window_start(cap, ask.now) for cap in ask.caps), default=ask.now)


def today_of(now: datetime) -> date:
    """The business day of a moment."""
    return now.astimezone(BANK_ZONE).date()

"""Consent over HTTP: a customer's grants, black lists, quiet hours. `requests.http` is the other door."""

from datetime import date, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path
from pydantic import AwareDatetime
from pydantic import Field as Limits

from liuke.data.profile import UnknownCustomer
from liuke.guard.consent import handle
from liuke.guard.consent.model import (
    BASES,
    Act,
    BadBlock,
    BadQuiet,
    Block,
    BlockKind,
    Channel,
    Evidence,
    EvidenceKind,
    Ground,
    Matter,
    OlderThanWithdrawal,
    Purpose,
    Reason,
    UnknownBlock,
    UnknownQuiet,
)
from liuke.guard.consent.requests.http import router as requests_router
from liuke.guard.consent.uses import table_of_uses
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Forbidden, Invalid
from liuke.kernel.http import COMMON, ActorDep, BankDep, CursorQuery, LimitQuery, Wire, WirePage, problems

router = APIRouter(
    prefix="/api/consents", tags=["consent"], responses=COMMON | problems(Forbidden, UnknownCustomer, Invalid)
)

CustomerNo = Annotated[str, Path(max_length=32)]
Number = Annotated[int, Path(ge=1, lt=2**63)]
Minute = Annotated[int, Limits(ge=0, le=1440)]
Words = Annotated[str, Limits(max_length=400)]


class PurposeOut(Wire):
    """A purpose with its lawful ground; ``verify``: to be confirmed by compliance. ``fields`` may not serve it."""

    purpose: Purpose
    title: str
    ground: Ground
    source: str
    verify: bool
    forbidden_fields: list[str]


class GrantOut(Wire):
    """A purpose and the channels the customer granted for it; ``sensitive``: sensitive information may be used."""

    purpose: Purpose
    channels: list[Channel]
    sensitive: bool


class BlockOut(Wire):
    """A customer on a black list; empty purposes or channels are all."""

    id: int
    customer_no: str
    kind: BlockKind
    purposes: list[Purpose]
    channels: list[Channel]
    reason: str
    since: datetime
    until: datetime | None
    listed_by: str


class QuietOut(Wire):
    """Hours not to disturb, in minutes of the Shanghai day; empty weekdays (Monday 1) or channels are all."""

    id: int
    channels: list[Channel]
    weekdays: list[int]
    from_minute: int
    to_minute: int
    starts_on: date | None
    ends_on: date | None


class ConsentOut(Wire):
    """授权与合规 of one customer. ``personal`` and ``automated``: false when the customer switched them off."""

    customer_no: str
    grants: list[GrantOut]
    personal: bool
    automated: bool
    blocks: list[BlockOut]
    quiets: list[QuietOut]


class EntryOut(Wire):
    """An act of the customer with its evidence."""

    id: int
    matter: Matter
    purpose: Purpose | None
    channels: list[Channel]
    granted: bool
    evidence_kind: EvidenceKind
    evidence_ref: str
    evidence_digest: str
    decided_at: datetime
    recorded_at: datetime
    recorded_by: str


class ConsentRefusalOut(Wire):
    """A reason against, its evidence, and what would make it possible."""

    reason: Reason
    message: str
    remedy: str
    source: str
    evidence: dict[str, Any]


class VerdictOut(Wire):
    """Whether the bank may reach the customer for the purpose on the channel now."""

    allowed: bool
    refusals: list[ConsentRefusalOut]


class ActIn(Wire):
    """A grant or withdrawal; for ``contact`` empty channels are all; no ``decided_at`` is now."""

    matter: Matter
    granted: bool
    evidence_kind: EvidenceKind
    evidence_ref: Annotated[str, Limits(max_length=80)]
    evidence_digest: Annotated[str, Limits(max_length=128, pattern="^[0-9a-f]*$")] = ""
    purpose: Purpose | None = None
    channels: tuple[Channel, ...] = ()
    decided_at: AwareDatetime | None = None


class BlockIn(Wire):
    """Put on a black list; empty purposes or channels are all."""

    kind: BlockKind
    reason: Words
    purposes: tuple[Purpose, ...] = ()
    channels: tuple[Channel, ...] = ()
    until: AwareDatetime | None = None


class ReasonIn(Wire):
    """Why (4–200 characters)."""

    reason: Words


class QuietIn(Wire):
    """Hours not to disturb; a span may cross midnight."""

    from_minute: Minute
    to_minute: Minute
    channels: tuple[Channel, ...] = ()
    weekdays: tuple[int, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None


class Recorded(Wire):
    """The number of what was written."""

    id: int


@router.get("/purposes")
def list_purposes(actor: ActorDep) -> list[PurposeOut]:
    """Purposes with their lawful grounds, and the stored fields that may not serve them."""
    del actor  # any signed-in user
    uses = table_of_uses()
    return [
        PurposeOut(
            purpose=purpose,
            title=basis.title,
            ground=basis.ground,
            source=basis.source,
            verify=basis.verify,
            forbidden_fields=sorted(name for name, allowed in uses.items() if purpose not in allowed),
        )
        for purpose, basis in BASES.items()
    ]


@router.get("/blocks")
def list_blocks(
    actor: ActorDep,
    bank: BankDep,
    kind: BlockKind | None = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> WirePage[BlockOut]:
    """Black lists in force within the asker's scope, latest first."""
    page = handle.blocks(bank, actor, kind=kind, cursor=cursor, limit=limit)
    return WirePage(items=[_block(bank, found) for found in page.items], next_cursor=page.next_cursor)


@router.post("/blocks/{block_id}/lift", status_code=204, responses=problems(UnknownBlock, BadBlock))
def lift_block(block_id: Number, given: ReasonIn, actor: ActorDep, bank: BankDep) -> None:
    """Take a customer off a list, with a reason."""
    handle.lift(bank, actor, block_id, reason=given.reason)


@router.get("/{customer_no}")
def read_consents(customer_no: CustomerNo, actor: ActorDep, bank: BankDep) -> ConsentOut:
    """What a customer granted, switched off and forbade. The look is recorded."""
    found = handle.sheet(bank, actor, customer_no)
    held = found.state
    return ConsentOut(
        customer_no=customer_no,
        grants=[
            GrantOut(
                purpose=purpose,
                channels=[channel for channel in Channel if (purpose, channel) in held.granted],
                sensitive=purpose in held.sensitive,
            )
            for purpose, basis in BASES.items()
            if basis.ground is Ground.CONSENT
        ],
        personal=held.personal,
        automated=held.automated,
        blocks=[_block(bank, block) for block in found.blocks],
        quiets=[QuietOut(**{name: _plain(getattr(quiet, name)) for name in _QUIET}) for quiet in found.quiets],
    )


@router.get("/{customer_no}/history")
def list_history(
    customer_no: CustomerNo, actor: ActorDep, bank: BankDep, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> WirePage[EntryOut]:
    """Every grant and withdrawal with its evidence, latest recorded first."""
    page = handle.history(bank, actor, customer_no, cursor=cursor, limit=limit)
    items = [EntryOut(**{name: _plain(getattr(entry, name)) for name in EntryOut.model_fields}) for entry in page.items]
    return WirePage(items=items, next_cursor=page.next_cursor)


@router.get("/{customer_no}/verdict")
def read_verdict(
    customer_no: CustomerNo, purpose: Purpose, channel: Channel, actor: ActorDep, bank: BankDep
) -> VerdictOut:
    """Whether the bank may reach the customer for a purpose on a channel now, and why not."""
    found = handle.verdict(bank, actor, customer_no, purpose=purpose, channel=channel)
    return VerdictOut(allowed=found.allowed, refusals=[ConsentRefusalOut.model_validate(one) for one in found.refusals])


@router.post("/{customer_no}/acts", status_code=201, responses=problems(OlderThanWithdrawal))
def record_act(customer_no: CustomerNo, given: ActIn, actor: ActorDep, bank: BankDep) -> Recorded:
    """Record a grant or a withdrawal with its evidence."""
    act = Act(
        matter=given.matter,
        granted=given.granted,
        evidence=Evidence(given.evidence_kind, given.evidence_ref, given.evidence_digest),
        purpose=given.purpose,
        channels=frozenset(given.channels),
        decided_at=given.decided_at,
    )
    return Recorded(id=handle.record(bank, actor, customer_no, act))


@router.post("/{customer_no}/blocks", status_code=201, responses=problems(BadBlock))
def add_block(customer_no: CustomerNo, given: BlockIn, actor: ActorDep, bank: BankDep) -> Recorded:
    """Put a customer on a black list."""
    wanted = {name: getattr(given, name) for name in BlockIn.model_fields}
    return Recorded(id=handle.block(bank, actor, customer_no, **wanted))


@router.post("/{customer_no}/quiet", status_code=201, responses=problems(BadQuiet))
def add_quiet(customer_no: CustomerNo, given: QuietIn, actor: ActorDep, bank: BankDep) -> Recorded:
    """Set hours not to disturb a customer."""
    wanted = {name: getattr(given, name) for name in QuietIn.model_fields}
    return Recorded(id=handle.set_quiet(bank, actor, customer_no, **wanted))


@router.delete("/{customer_no}/quiet/{quiet_id}", status_code=204, responses=problems(UnknownQuiet))
def remove_quiet(customer_no: CustomerNo, quiet_id: Number, actor: ActorDep, bank: BankDep) -> None:
    """Take hours not to disturb back."""
    handle.remove_quiet(bank, actor, customer_no, quiet_id)


_QUIET: Final = tuple(QuietOut.model_fields)
_BLOCK: Final = tuple(name for name in BlockOut.model_fields if name != "customer_no")


def _block(bank: Bank, found: Block) -> BlockOut:
    facts = {name: _plain(getattr(found, name)) for name in _BLOCK}
    return BlockOut(customer_no=bank.keys.customer_numbers.encode(found.one_id), **facts)


def _plain(value: Any) -> Any:  # noqa: ANN401
    return list(value) if isinstance(value, tuple) else value


#: All routers of this capability, for wiring.
routers: Final = (router, requests_router)

"""Relations and groups over HTTP. Money in 分 of CNY, confidences 0–1; a masked party has no number and no name."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query

from liuke.data.graph import service
from liuke.data.graph.decide import http as decide_http
from liuke.data.graph.engine.shape import MOST_HOPS
from liuke.data.graph.model import (
    KINDS,
    Edge,
    EdgeState,
    EvidenceType,
    GroupKind,
    GroupState,
    Origin,
    RelationKind,
    TooFar,
    UnknownGroup,
)
from liuke.data.graph.people import Party, Standing
from liuke.data.graph.service import Shown
from liuke.data.profile import UnknownCustomer
from liuke.kernel.errors import Forbidden, Invalid
from liuke.kernel.http import COMMON, ActorDep, BankDep, CursorQuery, LimitQuery, Wire, WirePage, problems

router = APIRouter(prefix="/api", tags=["graph"], responses=COMMON | problems(Forbidden, Invalid))

CustomerNo = Annotated[str, Path(max_length=32)]
GroupNo = Annotated[int, Path(ge=1, le=2**62)]


class GraphParty(Wire):
    """A party. ``key`` names it within this answer only; a masked one (他人客户, 行外) has nothing else."""

    key: str
    standing: Standing
    customer_no: str | None
    name: str | None
    kind: str | None
    tier: str | None
    aum: int | None
    hub: bool


class GraphEvidence(Wire):
    """One reason for a relation."""

    type: EvidenceType
    text: str
    count: int
    amount: int | None
    share_bp: int | None
    last_on: date | None


class GraphRelation(Wire):
    """A relation between two parties of this answer, read from ``left`` to ``right``."""

    id: int
    left: str
    right: str
    kind: RelationKind
    confidence: float
    valid_from: date | None
    valid_to: date | None
    evidence: list[GraphEvidence]
    origin: Origin
    confirmed_by: str | None
    confirmed_at: datetime | None


class GraphPicture(Wire):
    """Relations around a customer; ``start`` is its key. ``cut``: there is more than is shown."""

    start: str
    parties: list[GraphParty]
    relations: list[GraphRelation]
    cut: bool


class GroupReason(Wire):
    """A step of the weighing that joined a member; ``weight`` in log2 odds."""

    code: str
    weight: float


class GroupMember(Wire):
    """A member of a group, joined to ``via`` by ``reasons``; ``needs``: evidence without which it would not be in."""

    party: GraphParty
    via: str | None
    confidence: float
    reasons: list[GroupReason]
    needs: list[EvidenceType]


class GroupHeld(Wire):
    """A kind of product: how many of the members hold it, and for how much."""

    kind: str
    members: int
    amount: int


class GroupSums(Wire):
    """Sums of a group over the ``counted`` of its ``members`` that the asker may see."""

    members: int
    counted: int
    aum: int
    loans: int
    card_balance: int
    products: list[GroupHeld]
    as_of: date | None


class GroupRow(Wire):
    """A group in a list, with as many of its members as are the asker's."""

    id: int
    kind: GroupKind
    state: GroupState
    confidence: float
    types: list[EvidenceType]
    confirmed_by: str | None
    confirmed_at: datetime | None
    changed_at: datetime
    members: list[GraphParty]
    sums: GroupSums


class GroupDetail(Wire):
    """A group and how each member was joined."""

    id: int
    kind: GroupKind
    state: GroupState
    confidence: float
    types: list[EvidenceType]
    confirmed_by: str | None
    confirmed_at: datetime | None
    changed_at: datetime
    members: list[GroupMember]
    sums: GroupSums


@router.get("/customers/{customer_no}/relations", responses=problems(UnknownCustomer, TooFar))
def read_relations(
    customer_no: CustomerNo,
    actor: ActorDep,
    bank: BankDep,
    hops: Annotated[int, Query(ge=1, le=MOST_HOPS)] = 2,
    kind: Annotated[list[RelationKind] | None, Query(max_length=len(KINDS))] = None,
    floor: Annotated[float, Query(ge=0, le=1)] = 0.0,
) -> GraphPicture:
    """The relation graph around a customer; ``floor`` is the least confidence."""
    picture = service.around(bank, actor, customer_no, hops=hops, kinds=tuple(kind or KINDS), floor=floor)
    keys = keys_of(picture.parties)
    return GraphPicture(
        start=keys[picture.start],
        parties=[party_out(party, keys, hub=party.one_id in picture.hubs) for party in picture.parties],
        relations=[_edge(edge, keys) for edge in picture.edges if edge.state is EdgeState.LIVE],
        cut=picture.cut,
    )


@router.get("/customers/{customer_no}/groups", responses=problems(UnknownCustomer))
def read_customer_groups(customer_no: CustomerNo, actor: ActorDep, bank: BankDep) -> list[GroupDetail]:
    """The family and the enterprise of a customer, as far as there are."""
    return [_group(shown) for shown in service.groups_of(bank, actor, customer_no)]


@router.get("/groups", responses=problems(UnknownCustomer))
def list_groups(
    actor: ActorDep,
    bank: BankDep,
    kind: GroupKind | None = None,
    state: GroupState | None = None,
    customer_no: Annotated[str | None, Query(max_length=32)] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> WirePage[GroupRow]:
    """Groups with a member in the asker's scope, largest first; ``customer_no``: only those of one customer."""
    page = service.groups(bank, actor, kind=kind, state=state, customer_no=customer_no, cursor=cursor, limit=limit)
    return WirePage(items=[_row(shown) for shown in page.items], next_cursor=page.next_cursor)


@router.get("/groups/{group_id}", responses=problems(UnknownGroup))
def read_group(group_id: GroupNo, actor: ActorDep, bank: BankDep) -> GroupDetail:
    """One group: its members, how each was joined, and its sums."""
    return _group(service.group(bank, actor, group_id))


def keys_of(parties: "tuple[Party, ...] | list[Party]") -> dict[int, str]:
    """A key for each party that tells nothing of its number."""
    return {party.one_id: f"p{place}" for place, party in enumerate(parties)}


def party_out(party: Party, keys: Mapping[int, str], *, hub: bool = False) -> GraphParty:
    """A party on the wire."""
    return GraphParty(
        key=keys[party.one_id],
        standing=party.standing,
        customer_no=party.customer_no,
        name=party.name,
        kind=party.kind,
        tier=party.tier,
        aum=party.aum if party.standing is Standing.MINE else None,
        hub=hub,
    )


def _edge(edge: Edge, keys: Mapping[int, str]) -> GraphRelation:
    return GraphRelation(
        id=edge.id,
        left=keys[edge.left],
        right=keys[edge.right],
        kind=edge.kind,
        confidence=edge.confidence,
        valid_from=edge.valid_from,
        valid_to=edge.valid_to,
        evidence=[GraphEvidence.model_validate(found) for found in edge.evidence],
        origin=edge.origin,
        confirmed_by=edge.confirmed_by,
        confirmed_at=edge.confirmed_at,
    )


def _sums(shown: Shown) -> GroupSums:
    sums = shown.sums
    return GroupSums(
        members=sums.members,
        counted=sums.counted,
        aum=sums.aum,
        loans=sums.loans,
        card_balance=sums.card_balance,
        products=[GroupHeld.model_validate(held) for held in sums.products],
        as_of=sums.as_of,
    )


def _row(shown: Shown) -> GroupRow:
    group, keys = shown.group, keys_of(list(shown.parties.values()))
    return GroupRow(
        id=group.id,
        kind=group.kind,
        state=group.state,
        confidence=group.confidence,
        types=list(group.types),
        confirmed_by=shown.confirmed_by,
        confirmed_at=group.confirmed_at,
        changed_at=group.changed_at,
        members=[party_out(party, keys) for party in shown.parties.values()],
        sums=_sums(shown),
    )


def _group(shown: Shown) -> GroupDetail:
    group, keys = shown.group, keys_of(list(shown.parties.values()))
    return GroupDetail(
        id=group.id,
        kind=group.kind,
        state=group.state,
        confidence=group.confidence,
        types=list(group.types),
        confirmed_by=shown.confirmed_by,
        confirmed_at=group.confirmed_at,
        changed_at=group.changed_at,
        members=[
            GroupMember(
                party=party_out(shown.parties[member.one_id], keys),
                via=keys.get(member.via) if member.via else None,
                confidence=member.confidence,
                reasons=[GroupReason.model_validate(reason) for reason in member.reasons],
                needs=list(member.needs),
            )
            for member in group.members
        ],
        sums=_sums(shown),
    )


routers = (router, decide_http.router)

"""Asking for a change: what may be asked is checked here, and waits for a second pair of eyes."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from liuke.data import profile
from liuke.data.graph import people, store
from liuke.data.graph.groups.cluster import MOST
from liuke.data.graph.model import (
    SYMMETRIC,
    Action,
    AlreadyAsked,
    BadConfidence,
    BadValidity,
    ChangeProposed,
    ChangeState,
    EdgeState,
    GroupKind,
    GroupState,
    GroupTooLarge,
    NothingToChange,
    ReasonTooShort,
    RelationKind,
    Request,
    SelfRelation,
    UnknownGroup,
    UnknownRelation,
    WrongParties,
)
from liuke.data.graph.people import Standing
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.ids import new_id
from liuke.kernel.store.records import ReadHandle

#: Length of a reason, in characters.
REASON: Final = range(4, 201)
#: Relations a person may register, and the groups they join. What is counted from data (devices, transfers) is not.
REGISTRABLE: Final[Mapping[RelationKind, GroupKind | None]] = {
    RelationKind.SPOUSE: GroupKind.FAMILY,
    RelationKind.PARENT: GroupKind.FAMILY,
    RelationKind.KIN: GroupKind.FAMILY,
    RelationKind.LEGAL_REP: GroupKind.ENTERPRISE,
    RelationKind.SHAREHOLDER: GroupKind.ENTERPRISE,
    RelationKind.GUARANTEE: None,
    RelationKind.CO_BORROWER: None,
}
_FIRM_RIGHT: Final = frozenset({RelationKind.LEGAL_REP, RelationKind.SHAREHOLDER})
_FAMILY_ONLY: Final = frozenset({RelationKind.SPOUSE, RelationKind.PARENT, RelationKind.KIN})


def ask_to_add(
    bank: Bank,
    actor: Actor,
    *,
    left_no: str,
    right_no: str,
    kind: RelationKind,
    confidence: float,
    valid_from: date | None,
    valid_to: date | None,
    reason: str,
) -> Request:
    """Ask to register a relation between two customers of the actor's.

    Raises: SelfRelation, BadConfidence, BadValidity, WrongParties, UnknownCustomer, ReasonTooShort, AlreadyAsked.
    """
    left, right = (int(profile.facts.number_of(bank, number)) for number in (left_no, right_no))
    if left == right:
        raise SelfRelation
    if not 0.0 <= confidence <= 1.0:
        raise BadConfidence
    if valid_from and valid_to and valid_to < valid_from:
        raise BadValidity
    if kind not in REGISTRABLE:
        raise WrongParties(reason="同设备、同住址、同号码、代发与转账由数据得出，不能人工登记")
    if kind in SYMMETRIC and left > right:
        left, right = right, left
    facts = {
        "left": left,
        "right": right,
        "kind": kind.value,
        "confidence": confidence,
        "valid_from": valid_from.isoformat() if valid_from else None,
        "valid_to": valid_to.isoformat() if valid_to else None,
    }
    return _ask(bank, actor, Action.ADD, facts, reason)


def ask_to_deny(bank: Bank, actor: Actor, *, edge_id: int, reason: str) -> Request:
    """Ask to put on record that a relation does not hold. Raises: UnknownRelation, NothingToChange, …"""
    with bank.read(actor) as tx:
        edge = store.edge(tx, edge_id)
    if edge is None or edge.state is EdgeState.GONE:
        raise UnknownRelation
    if edge.state is EdgeState.DENIED:
        raise NothingToChange(reason="这条关系已被否认")
    facts = {"edge": edge.id, "left": edge.left, "right": edge.right, "kind": edge.kind.value}
    return _ask(bank, actor, Action.DENY, facts, reason)


def ask_to_confirm(bank: Bank, actor: Actor, *, group_id: int, reason: str) -> Request:
    """Ask to confirm a group as it stands. Raises: UnknownGroup, NothingToChange, …"""
    kind, members, state = _standing(bank, actor, group_id)
    if state is GroupState.CONFIRMED:
        raise NothingToChange(reason="这个群组已确认")
    return _ask(bank, actor, Action.CONFIRM, {"group": group_id, "kind": kind.value, "members": members}, reason)


def ask_to_merge(bank: Bank, actor: Actor, *, group_id: int, other_id: int, reason: str) -> Request:
    """Ask to make two groups of one kind one; the larger (then the older) keeps its number.

    Raises: UnknownGroup, WrongParties, GroupTooLarge, …
    """
    sides = {number: _standing(bank, actor, number) for number in (group_id, other_id)}
    if len(sides) == 1:
        raise NothingToChange(reason="两个群组是同一个")
    (kind, one, _), (other_kind, two, _) = sides.values()
    if kind is not other_kind:
        raise WrongParties(reason="家庭与企业不能合并")
    if len(one) + len(two) > MOST:
        raise GroupTooLarge(size=len(one) + len(two), most=MOST)
    keeps, goes = sorted(sides, key=lambda number: (-len(sides[number][1]), number))
    facts = {
        "kind": kind.value,
        "keeps": keeps,
        "goes": goes,
        "stay": sides[keeps][1],
        "come": sides[goes][1],
    }
    return _ask(bank, actor, Action.MERGE, facts, reason)


def ask_to_split(bank: Bank, actor: Actor, *, group_id: int, customer_nos: Sequence[str], reason: str) -> Request:
    """Ask to take members out of a group; several of them form a group of their own.

    Raises: UnknownGroup, NothingToChange, UnknownCustomer, …
    """
    kind, members, _ = _standing(bank, actor, group_id)
    leave = sorted({int(profile.facts.number_of(bank, number)) for number in customer_nos})
    if not leave or not set(leave) < set(members):
        raise NothingToChange(reason="请选择一部分成员，至少留下一位")
    stay = sorted(set(members) - set(leave))
    facts = {"kind": kind.value, "group": group_id, "stay": stay, "leave": leave}
    return _ask(bank, actor, Action.SPLIT, facts, reason)


def _standing(bank: Bank, actor: Actor, group_id: int) -> tuple[GroupKind, list[int], GroupState]:
    """RelationKind, all members and state of a group of which the actor sees a member. Raises UnknownGroup."""
    with bank.read(actor) as tx:
        row = store.group(tx, group_id)
        if row is None or not store.group_members(tx, group_id):
            raise UnknownGroup
    with bank.read(Actor.system("graph")) as tx:
        members = [member["one_id"] for member in store.group_members(tx, group_id)]
    return GroupKind(row["kind"]), members, GroupState(row["state"])


def _ask(bank: Bank, actor: Actor, action: Action, facts: Mapping[str, Any], reason: str) -> Request:
    actor.require(Permission.RELATION_PROPOSE)
    subjects = sorted(_subjects(facts))
    with bank.write(actor) as tx:
        if action is Action.ADD:
            _fitting(bank, tx, facts)
        if store.pending_like(tx, action, facts):
            raise AlreadyAsked
        asked = {
            "id": new_id(bank.clock),
            "action": action.value,
            "state": ChangeState.PENDING.value,
            "subjects": subjects,
            "facts": dict(facts),
            "reason": reasoned(reason),
            "proposed_by": actor.user_id,
            "proposed_at": bank.clock.now(),
            "decided_by": None,
            "decided_at": None,
            "decision": "",
        }
        store.add_request(tx, asked)
        tx.emit(ChangeProposed(request_id=str(asked["id"]), action=action, one_ids=subjects))
        return request_of(asked)


def _subjects(facts: Mapping[str, Any]) -> set[int]:
    """Everybody a change is about."""
    several = (facts.get(name, ()) for name in ("members", "stay", "come", "leave"))
    single = (facts[name] for name in ("left", "right") if name in facts)
    return {*single, *(one_id for some in several for one_id in some)}


def _fitting(bank: Bank, tx: ReadHandle, facts: Mapping[str, Any]) -> None:
    """Both must be the actor's customers, and of the right sort. Raises UnknownCustomer, WrongParties."""
    parties = people.look(bank, tx, [facts["left"], facts["right"]])
    if any(party.standing is not Standing.MINE for party in parties.values()):
        raise profile.UnknownCustomer
    left, right = (parties[facts[side]].kind for side in ("left", "right"))
    kind = RelationKind(facts["kind"])
    if kind in _FIRM_RIGHT and right != "company":
        raise WrongParties(reason="法定代表人和股东关系的后一方应为公司")
    if kind in _FAMILY_ONLY and "company" in (left, right):
        raise WrongParties(reason="亲属关系的双方应为个人")


def reasoned(reason: str) -> str:
    """The reason on one line. Raises ReasonTooShort."""
    why = " ".join(reason.replace("\0", "").split())
    if len(why) not in REASON:
        raise ReasonTooShort
    return why


def request_of(row: Mapping[Any, Any]) -> Request:
    """A row as the noun."""
    return Request(
        id=row["id"],
        action=Action(row["action"]),
        state=ChangeState(row["state"]),
        subjects=tuple(row["subjects"]),
        facts=row["facts"],
        reason=row["reason"],
        proposed_by=row["proposed_by"],
        proposed_at=row["proposed_at"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        decision=row["decision"],
    )

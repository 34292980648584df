"""Judging what was asked: never one's own request, and never twice."""

from dataclasses import replace
from uuid import UUID

from liuke.data.graph import store
from liuke.data.graph.decide.ask import reasoned, request_of
from liuke.data.graph.decide.carry import carry_out
from liuke.data.graph.model import (
    AlreadyDecided,
    ChangeDecided,
    ChangeState,
    OwnProposal,
    Request,
    UnknownRequest,
)
from liuke.kernel.actor import EVERYTHING, Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.ids import new_id
from liuke.kernel.store.records import WriteHandle


def withdraw(bank: Bank, actor: Actor, *, request_id: UUID) -> Request:
    """Take one's own request back. Raises: UnknownRequest, AlreadyDecided."""
    actor.require(Permission.RELATION_PROPOSE)
    with bank.write(actor) as tx:
        asked = _waiting(tx, request_id)
        if asked.proposed_by != actor.user_id:
            raise UnknownRequest
        return _end(tx, asked, ChangeState.WITHDRAWN, "")


def refuse(bank: Bank, actor: Actor, *, request_id: UUID, reason: str) -> Request:
    """Say no to another's request. Raises: UnknownRequest, AlreadyDecided, OwnProposal, ReasonTooShort."""
    with bank.write(actor) as tx:
        asked = _judged(tx, request_id)
        return _end(tx, asked, ChangeState.REFUSED, reasoned(reason))


def approve(bank: Bank, actor: Actor, *, request_id: UUID, words: str = "") -> Request:
    """Say yes to another's request; the change is in force when this returns.

    Raises: UnknownRequest, AlreadyDecided, OwnProposal, GroupMoved.
    """
    with bank.write(actor) as tx:
        _judged(tx, request_id)
    wide = replace(actor, scope=EVERYTHING)  # what was approved reaches members beyond the actor's scope
    with bank.write(wide) as tx:
        store.lock(tx)
        asked = _waiting(tx, request_id)
        before, after = carry_out(tx, asked)
        entry = {"id": new_id(bank.clock), "action": asked.action.value, "actor_id": actor.user_id}
        store.write_journal(tx, entry | {"request_id": asked.id, "before": before, "after": after})
        return _end(tx, asked, ChangeState.APPROVED, " ".join(words.split())[:200])


def _judged(tx: WriteHandle, request_id: UUID) -> Request:
    """A waiting request that the actor may judge."""
    tx.actor.require(Permission.RELATION_APPROVE)
    asked = _waiting(tx, request_id)
    if asked.proposed_by == tx.actor.user_id:
        raise OwnProposal
    return asked


def _waiting(tx: WriteHandle, request_id: UUID) -> Request:
    row = store.request(tx, request_id, locked=True)
    if row is None:
        raise UnknownRequest
    asked = request_of(row)
    if asked.state is not ChangeState.PENDING:
        raise AlreadyDecided
    return asked


def _end(tx: WriteHandle, asked: Request, state: ChangeState, words: str) -> Request:
    store.decide(tx, asked.id, state=state, by=tx.actor.user_id, words=words)
    tx.emit(ChangeDecided(request_id=str(asked.id), action=asked.action, state=state, one_ids=list(asked.subjects)))
    return request_of(store.request(tx, asked.id) or {})

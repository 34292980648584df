"""Versions of the policy, with two pairs of eyes: drafted by one, published by another."""

from dataclasses import replace

from liuke.guard.gate.policy import document as documents
from liuke.guard.gate.policy import store
from liuke.guard.gate.policy.events import PolicyMoved
from liuke.guard.gate.policy.model import NotDraft, Policy, PolicyState, SameHands, UnknownVersion, Version
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.page import Page


def in_force(bank: Bank, actor: Actor) -> Version:
    """The version of the policy in force."""
    actor.require(Permission.GATE_READ)
    with bank.read(actor) as tx:
        standing = tx.first(store.standing(bank.clock.today()))
        number = int(standing["version"]) if standing else 1
        found = store.version(tx, number)
    if found is None:
        raise UnknownVersion(version=number)
    return found


def versions(bank: Bank, actor: Actor, *, cursor: str | None, limit: int) -> Page[Version]:
    """Versions of the policy, newest first."""
    actor.require(Permission.GATE_READ)
    with bank.read(actor) as tx:
        return store.versions(tx, cursor=cursor, limit=limit)


def draft(bank: Bank, actor: Actor, policy: Policy, *, note: str) -> Version:
    """Save a draft of a new version; it changes nothing until a colleague publishes it.

    Raises: PolicyInvalid, RuleInvalid.
    """
    actor.require(Permission.GATE_EDIT)
    documents.check(policy)
    with bank.write(actor) as tx:
        made = Version(0, policy, PolicyState.DRAFT, note.strip()[:200], actor.user_id, tx.clock.now(), None, None)
        number = store.add_version(tx, made)
        tx.emit(PolicyMoved(number=number, state=PolicyState.DRAFT))
    return replace(made, version=number)


def publish(bank: Bank, actor: Actor, number: int) -> Version:
    """Put a draft into force. Raises UnknownVersion, NotDraft, SameHands."""
    return _decide(bank, actor, number, PolicyState.PUBLISHED)


def reject(bank: Bank, actor: Actor, number: int) -> Version:
    """Set a draft aside; its author may. Raises UnknownVersion, NotDraft."""
    return _decide(bank, actor, number, PolicyState.REJECTED)


def _decide(bank: Bank, actor: Actor, number: int, state: PolicyState) -> Version:
    actor.require(Permission.GATE_EDIT)
    with bank.write(actor) as tx:
        found = store.version(tx, number, lock=True)
        if found is None:
            raise UnknownVersion(version=number)
        if found.state is not PolicyState.DRAFT:
            raise NotDraft(version=number)
        if state is PolicyState.PUBLISHED:
            if found.drafted_by == actor.user_id:
                raise SameHands
            documents.check(found.policy)
        store.decide_version(tx, number, state)
        tx.emit(PolicyMoved(number=number, state=state))
        now = tx.clock.now()
    return replace(found, state=state, decided_by=actor.user_id, decided_at=now)


def require_reader(actor: Actor) -> None:
    """Raises Forbidden unless the actor may read what the gate asks."""
    actor.require(Permission.GATE_READ)

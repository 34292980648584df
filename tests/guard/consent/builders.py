"""Customers with a page and nothing else, acts of theirs, and actors who see them or not."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import text

from liuke.guard.consent import Act, Channel, Evidence, EvidenceKind, Matter, Purpose
from liuke.kernel.actor import Actor, Permission, Role, Scope, ScopeKind
from liuke.kernel.bank import Bank
from liuke.kernel.ids import OneId

_AMOUNTS = ("aum", "aum_mavg", "change_3m", "deposits", "wealth", "funds", "insurance", "metal", "loans")
_DOCUMENTS = ("accounts", "holdings", "monthly", "timeline", "relations", "sources", "interactions", "complaints")


def a_customer(bank: Bank, actor: Actor, one_id: int, **facts: Any) -> OneId:
    """Open a customer's page: branch HO/0571/, RM S001, nothing held."""
    own: dict[str, Any] = dict.fromkeys(_AMOUNTS, 0) | dict.fromkeys(_DOCUMENTS, "[]")
    own |= {
        "kind": "person",
        "branch_no": "0571",
        "branch_name": "杭州分行",
        "branch_path": "HO/0571/",
        "rm_no": "S001",
    }
    own |= {"rm_name": "陈经理", "as_of": date(2026, 10, 31), "currency": "CNY", "tier": "mass", "card_balance": 0}
    own |= {"credit_limit": 0, "next_maturity_amount": 0, "holds": [], "open_complaints": 0, "source_count": 1}
    own |= {"cash_flow": "null", "behaviour": "null", "related": [], "ledger": "0", "fingerprint": b"x"}
    own |= {"one_id": one_id} | facts
    names = ", ".join(own)
    places = ", ".join(f":{name}" for name in own)
    with bank.write(actor) as tx:
        tx.execute(text(f"INSERT INTO profile ({names}) VALUES ({places})"), own)
        wrapped = bank.keys.wrap(bank.keys.new_subject_key(one_id))
        tx.execute(
            text("INSERT INTO subject_key (one_id, wrapped) VALUES (:one, :key)"), {"one": one_id, "key": wrapped}
        )
    return OneId(one_id)


def evidence(ref: str = "APP-2026-0001") -> Evidence:
    return Evidence(EvidenceKind.APP, ref)


def an_act(purpose: Purpose | None = Purpose.MARKETING, *, granted: bool = True, **facts: Any) -> Act:
    """A grant of marketing by SMS, unless said otherwise."""
    own = {"matter": Matter.CONTACT, "evidence": evidence(), "channels": frozenset({Channel.SMS})}
    return Act(purpose=purpose, granted=granted, **(own | facts))


def an_actor(role: Role = Role.RM, *, scope: Scope | None = None, permissions: Iterable[Permission] = ()) -> Actor:
    """A signed-in user: by default RM S001 with their own book."""
    return Actor(
        user_id=f"user-{role}",
        login=str(role),
        display="某某",
        staff_no="S001",
        roles=frozenset({role}),
        permissions=frozenset(permissions),
        scope=scope or Scope(ScopeKind.BOOK, staff_no="S001"),
        via="session",
        request_id="r1",
    )

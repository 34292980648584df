"""A town of customers at the gate: profiles, investors, consents, products."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from liuke.data import products
from liuke.data.org.users.roles import permissions_of
from liuke.guard import consent, gate
from liuke.guard.gate.policy import service as policies
from liuke.kernel.actor import EVERYTHING, Actor, Role
from liuke.kernel.bank import Bank

_PROFILE = text(
    """
INSERT INTO profile (one_id, kind, branch_no, branch_name, branch_path, rm_no, rm_name, as_of, currency, tier, aum,
  aum_mavg, change_3m, deposits, wealth, funds, insurance, metal, loans, card_balance, credit_limit, risk_tolerance,
  risk_valid_until, next_maturity_amount, holds, open_complaints, source_count, accounts, holdings, monthly, cash_flow,
  timeline, behaviour, relations, sources, interactions, complaints, related, ledger, fingerprint)
SELECT n, 'person', '003', '西湖支行', 'HO/0571/003/', 'R1', '张三', '2026-11-01', 'CNY', 'mass', 20000000,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'C3', '2027-10-31', 0, '{}', 0, 1, '[]', '[]', '[]', 'null',
  '[]', 'null', '[]', '[]', '[]', '[]', '{}', '', ''
FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) n"""
)
_INVESTOR = text(
    """
INSERT INTO investor (one_id, tolerance, origin, assessed_on, valid_until, company, birth_year, experienced, aum,
  high_risk_held, insists, changed_at)
SELECT n, :tolerance, 'source', '2026-11-01', :valid_until, false, 1985, true, 20000000, 0, false, now()
FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) n
ON CONFLICT (one_id) DO UPDATE SET tolerance = excluded.tolerance, valid_until = excluded.valid_until"""
)


def settle(bank: Bank, actor: Actor, first: int, last: int) -> None:
    """Customers ``first`` to ``last``, never assessed, who agreed to nothing yet."""
    with bank.write(actor) as tx:
        tx.execute(_PROFILE, {"first": first, "last": last})


def assess(
    bank: Bank, actor: Actor, first: int, last: int, tolerance: int = 3, until: date = date(2027, 10, 31)
) -> None:
    """Give customers a risk tolerance."""
    values = {"first": first, "last": last, "tolerance": tolerance, "valid_until": until}
    with bank.write(actor) as tx:
        tx.execute(_INVESTOR, values)


def agree(bank: Bank, actor: Actor, one_ids: Iterable[int] | None, at: datetime, *, purpose: str = "marketing") -> None:
    """Let customers agree to a purpose on every channel."""
    with bank.write(actor) as tx:
        consent.take_over(
            tx,
            None if one_ids is None else list(one_ids),
            purpose=consent.Purpose(purpose),
            channels=list(consent.Channel),
            evidence=consent.Evidence(consent.EvidenceKind.SOURCE, "core-1"),
            decided_at=at - timedelta(days=1),
        )


def a_product(number: str, risk: str, **facts: Any) -> dict[str, Any]:
    own = {"product_no": number, "name": f"稳健 {number}", "kind": "wealth", "risk": risk, "currency": "CNY"}
    return own | {"status": "open", "min_amount": 1_000_000} | facts


PRODUCTS = [a_product("W2", "R2"), a_product("F4", "R4", kind="fund"), a_product("D1", "", kind="deposit")]


@pytest.fixture
def town(bank: Bank, machine: Actor, clock) -> Bank:
    """Ten customers, assessed C3; nine agreed to marketing; three products on the shelf."""
    settle(bank, machine, 1, 10)
    assess(bank, machine, 1, 10)
    agree(bank, machine, range(1, 10), clock.now())
    with bank.write(machine) as tx:
        products.replace(tx, PRODUCTS)
    return bank


def an_officer(name: str = "wang", role: Role = Role.COMPLIANCE) -> Actor:
    roles = frozenset({role})
    return Actor(f"user-{name}", name, name, "", roles, permissions_of(roles), EVERYTHING, "session", "r1")


@pytest.fixture
def set_policy(bank: Bank) -> Callable[..., int]:
    """Publish a changed policy: ``set_policy(caps=(…,))``; returns its version."""

    def make(**changes: Any) -> int:
        writer, reader = an_officer("wang"), an_officer("zhao")
        base = policies.in_force(bank, writer).policy
        made = policies.draft(bank, writer, replace(base, **changes), note="测试")
        return policies.publish(bank, reader, made.version).version

    return make


@pytest.fixture
def ask(town: Bank, machine: Actor) -> Callable[..., Any]:
    """Ask the gate: ``ask(1, product_no="W2")`` is marketing to customer 1 by SMS."""

    def make(one_id: int = 1, *, channel: str = "sms", purpose: str = "marketing", now=None, **message: Any) -> Any:
        said = gate.Message(**message)
        return gate.check(town, machine, said, one_id, channel=channel, purpose=purpose, now=now)

    return make


def send(bank: Bank, actor: Actor, one_id: int, message: gate.Message, channel: str = "sms") -> None:
    """Ask and send, as a channel's sender does."""
    permit = gate.check(bank, actor, message, one_id, channel=channel, purpose="marketing")
    assert isinstance(permit, gate.Permit), permit
    with bank.write(actor) as tx:
        gate.redeem(bank, tx, permit, message, one_id=one_id, channel=channel)

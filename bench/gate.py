"""The gate: one check, one use of a permit, an explanation; thirty senders at once; five million customers and one
offer; ten million random decisions beside an oracle that shares no code with the gate.

Scale 1 is 5 M customers. Profiles are made without their documents (a page's long parts lie outside the row), so the
row read for a verdict is narrower than a full bank's.
"""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import text

from bench.figure import Figure
from liuke.data import products
from liuke.guard import gate
from liuke.guard.gate.policy import service as policies
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank, open_bank
from liuke.kernel.clock import FixedClock
from liuke.kernel.errors import LiukeError
from liuke.kernel.ids import OneId
from liuke.kernel.settings import Settings

#: Noon of a Monday in Shanghai: an open minute.
_NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)
_WORDS = "新品上线。理财非存款,产品有风险,投资须谨慎"

_PROFILES = """
INSERT INTO profile (one_id, kind, branch_no, branch_name, branch_path, rm_no, rm_name, as_of, currency, tier, aum,
  aum_mavg, change_3m, deposits, wealth, funds, insurance, metal, loans, card_balance, credit_limit, risk_tolerance,
  risk_valid_until, next_maturity_amount, holds, open_complaints, source_count, accounts, holdings, monthly, cash_flow,
  timeline, behaviour, relations, sources, interactions, complaints, related, ledger, fingerprint)
SELECT n, 'person', '003', '西湖支行', 'HO/0571/003/', 'R' || n % 5000, '张三', '2026-11-01', 'CNY', 'mass',
  (n * 7919) % 500000000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'C' || 1 + n % 5, '2027-10-31', 0, '{}',
  CASE WHEN n % 50 = 0 THEN 1 ELSE 0 END, 1, '[]', '[]', '[]', 'null',
  '[]', 'null', '[]', '[]', '[]', '[]', '{}', '', ''
FROM generate_series(1, CAST(:count AS bigint)) n"""
_INVESTORS = """
INSERT INTO investor (one_id, tolerance, origin, assessed_on, valid_until, company, birth_year, experienced, aum,
  high_risk_held, insists, changed_at)
SELECT n, 1 + n % 5, 'source', '2026-01-01', DATE '2026-10-20' + (n % 300)::int, false, 1940 + n % 66, n % 3 > 0,
  (n * 7919) % 500000000, 0, false, now() FROM generate_series(1, CAST(:count AS bigint)) n"""
_CONSENTS = """
INSERT INTO consent_state (one_id, granted, sensitive, personal, automated, blocks, quiets, changed_at)
SELECT n, CASE WHEN n % 10 < 7 THEN (1::bigint << 54) - 1 ELSE 0 END, 0, true, true, false, false, now()
FROM generate_series(1, CAST(:count AS bigint)) n"""
_SENDS = """
INSERT INTO gate_send (permit, one_id, channel, purpose, campaign, product_no, digest, sent_at, actor_id)
SELECT gen_random_uuid(), 1 + (n * 31) % CAST(:customers AS bigint),
  (ARRAY['sms', 'phone', 'wecom', 'app_push'])[(1 + n % 4)::int],
  'marketing', '', NULL, '', CAST(:now AS timestamptz) - (n % 700) * interval '1 hour', 'bench'
FROM generate_series(1, CAST(:count AS bigint)) n"""


def figures(scale: float) -> Iterator[Figure]:
    """All figures of the gate."""
    customers = max(int(5_000_000 * scale), 1000)
    with tempfile.TemporaryDirectory() as folder, _filled(Path(folder), customers) as bank:
        machine = Actor.system("bench")
        yield from _single(bank, machine, customers)
        yield from _senders(bank, machine, customers)
        yield from _many(bank, machine, customers)
    yield from _decisions(scale)


@contextmanager
def _filled(folder: Path, customers: int) -> Iterator[Bank]:
    settings = Settings(home=folder / "home", _env_file=None)  # type: ignore[call-arg]
    clock = FixedClock(_NOON)
    with open_bank(settings, clock=clock) as bank:
        machine = Actor.system("bench")
        shelf = {"name": "稳健", "currency": "CNY", "status": "open", "min_amount": 1_000_000}
        with bank.write(machine) as tx:
            products.replace(tx, [shelf | {"product_no": "F4", "kind": "fund", "risk": "R4"}])
            products.replace(tx, [shelf | {"product_no": "W2", "kind": "wealth", "risk": "R2"}])
        for statement in (_PROFILES, _INVESTORS, _CONSENTS):
            with bank.write(machine) as tx:
                tx.execute(text(statement), {"count": customers})
        with bank.write(machine) as tx:
            tx.execute(text(_SENDS), {"count": customers // 5, "customers": customers, "now": _NOON})
            gate.hold_out(tx, "全局对照", [OneId(n) for n in range(1, customers, 20)])
        _analyse(bank)
        yield bank


def _analyse(bank: Bank) -> None:
    import psycopg

    with psycopg.connect(bank.records.url, autocommit=True) as raw:
        raw.execute("VACUUM ANALYZE")


def _single(bank: Bank, machine: Actor, customers: int) -> Iterator[Figure]:
    offer, hello = gate.Message(_WORDS, "W2", 1_000_000), gate.Message("您好")
    chosen = [OneId(int(n)) for n in np.random.default_rng(7).integers(1, customers, 1200)]
    kinds: dict[str, list[float]] = {"permit": [], "refusal": []}

    def check(one_id: OneId) -> float:
        started = time.perf_counter()
        verdict = gate.check(bank, machine, offer, one_id, channel="app_popup", purpose="marketing")
        taken = 1000 * (time.perf_counter() - started)
        kinds["permit" if isinstance(verdict, gate.Permit) else "refusal"].append(taken)
        return taken

    for one_id in chosen[:200]:
        check(one_id)
    for found in kinds.values():
        found.clear()
    every = [check(one_id) for one_id in chosen[200:]]
    yield Figure("one check with an offer: p50", float(np.percentile(every, 50)), "ms")
    yield Figure("one check with an offer: p99", float(np.percentile(every, 99)), "ms", goal=5.0)
    for name, taken in kinds.items():
        yield Figure(f"one check that ends in a {name}: p99", float(np.percentile(taken, 99)), "ms")

    def explain(one_id: OneId) -> None:
        at = _NOON - timedelta(minutes=int(one_id) % 43_200)
        gate.explain(bank, machine, offer, one_id, channel="sms", purpose="marketing", at=at)

    def explain_now(one_id: OneId) -> None:
        gate.explain(bank, machine, offer, one_id, channel="sms", purpose="marketing")

    yield Figure("why or why not, now: p99", _p99(explain_now, chosen[:300]), "ms", goal=200.0)
    yield Figure("why or why not, at any time of 30 days: p99", _p99(explain, chosen[:300]), "ms", goal=200.0)
    permitted = [one_id for one_id in chosen if one_id % 10 < 7 and one_id % 50 and one_id % 20 != 1]
    yield Figure("check and use of a permit: p99", _p99(_sender(bank, machine, hello), permitted[:300]), "ms")


def _senders(bank: Bank, machine: Actor, customers: int) -> Iterator[Figure]:
    """Thirty senders at once for the same forty customers, who may each get two messages a week."""
    one_ids = [OneId(n) for n in range(1, customers) if n % 10 < 7 and n % 50 and n % 20 != 1][:40]
    hello, limit = gate.Message("您好"), 2
    start = threading.Barrier(30)

    def send(number: int) -> None:
        start.wait()
        for one_id in np.random.default_rng(number).permutation(one_ids):
            permit = gate.check(bank, machine, hello, OneId(int(one_id)), channel="sms", purpose="marketing")
            if isinstance(permit, gate.Permit):
                with suppress(LiukeError), bank.write(machine) as tx:
                    gate.redeem(bank, tx, permit, hello, one_id=permit.one_id, channel="sms")

    threads = [threading.Thread(target=send, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counted = text(
        "SELECT count(*) AS sends FROM gate_send WHERE channel = 'sms' AND one_id = ANY(:ids) AND sent_at > :since"
        " GROUP BY one_id"
    )
    with bank.read(machine) as tx:
        rows = tx.rows(counted, {"ids": one_ids, "since": _NOON - timedelta(hours=168)})
    sends = [int(row["sends"]) for row in rows]
    yield Figure("messages sent by 30 senders at once, 1,200 tries", float(sum(sends)), "")
    yield Figure("customers over their cap then", float(sum(found > limit for found in sends)), "", goal=0.0)


def _sender(bank: Bank, machine: Actor, message: gate.Message) -> Callable[[OneId], None]:
    def send(one_id: OneId) -> None:
        permit = gate.check(bank, machine, message, one_id, channel="app_popup", purpose="marketing")
        if isinstance(permit, gate.Permit):
            with bank.write(machine) as tx:
                gate.redeem(bank, tx, permit, message, one_id=one_id, channel="app_popup")

    return send


def _p99(work: Callable[[OneId], Any], chosen: list[OneId]) -> float:
    taken = []
    for one_id in chosen:
        started = time.perf_counter()
        work(one_id)
        taken.append(1000 * (time.perf_counter() - started))
    return float(np.percentile(taken[20:] or taken, 99))


def _many(bank: Bank, machine: Actor, customers: int) -> Iterator[Figure]:
    goal = 30.0 * max(customers / 5_000_000, 0.01)
    for name, one_ids in (("everybody", None), ("named", np.arange(1, customers + 1))):
        started = time.perf_counter()
        answer = gate.check_many(
            bank, machine, one_ids, gate.Message(_WORDS, "F4", 1_000_000), channel="sms", purpose="marketing"
        )
        taken = time.perf_counter() - started
        yield Figure(f"{customers:,} customers ({name}), one offer", taken, "s", goal=goal)
    permitted = 100 * answer["refusal"].null_count / answer.num_rows
    yield Figure("of them permitted", permitted, "%")


def _decisions(scale: float) -> Iterator[Figure]:
    """Ten million decisions by chance (200,000 customers, 50 questions) beside the oracle of the tests."""
    from tests.guard.gate import oracle, world
    from tests.guard.gate.conftest import an_officer

    town = oracle.a_world(max(int(200_000 * scale), 1000), seed=20261127)
    decisions = permits = unfit = wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder) / "home", _env_file=None)  # type: ignore[call-arg]
        with open_bank(settings, clock=FixedClock(oracle.NOW)) as bank:
            machine = Actor.system("bench")
            world.build(bank, machine, town)
            base = policies.in_force(bank, an_officer("wang")).policy
            made = policies.draft(
                bank, an_officer("wang"), replace(base, caps=world.CAPS, quiets=(), wordings=()), note=""
            )
            policies.publish(bank, an_officer("zhao"), made.version)
            _analyse(bank)
            for asked in world.questions(50, seed=27):
                said = world.checks(gate.check_many(bank, machine, None, asked.message, **asked.how))
                allowed = said == ""
                decisions, permits = decisions + len(said), permits + int(allowed.sum())
                unfit += int((allowed & ~(asked.consented(town) & asked.suitable(town))).sum())
                wrong += int((said != asked.verdicts(town)).sum())
    yield Figure("random decisions beside an oracle", float(decisions), "")
    yield Figure("of them permitted", 100 * permits / decisions, "%")
    yield Figure("permits that are unsuitable or without consent", float(unfit), "", goal=0.0)
    yield Figure("verdicts other than the oracle's", float(wrong), "", goal=0.0)

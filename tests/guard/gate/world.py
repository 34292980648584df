"""A world of the oracle put into a bank, and the questions asked of both."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
from tests.guard.gate import oracle
from tests.guard.gate.conftest import settle

from liuke.data import products
from liuke.guard import gate
from liuke.guard.gate.policy.model import Cap
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank

CAPS = (
    *(Cap(f"{channel}每周", channel, tuple(oracle.SOLICITING), 1, 168) for channel in oracle.CHANNELS),
    Cap("每月", None, tuple(oracle.SOLICITING), 3, 720),
)


def build(bank: Bank, machine: Actor, world: oracle.World) -> None:
    """Put a world into the bank's tables; straight in, because row-level security takes no COPY."""
    settle(bank, machine, 1, world.n)
    bits = 1 << np.arange(54, dtype=np.int64)
    granted = world.granted.reshape(world.n, 54) @ bits
    rows = range(world.n)
    states = [(i + 1, int(granted[i]), 0, world.personal[i], True, world.blocked[i], False, oracle.NOW) for i in rows]
    blocks = [(one, "refuses", [], [], "客户拒绝打扰", oracle.NOW, "t") for one in ids(world.blocked)]
    freezes = [(uuid.uuid4(), one, "risk", [], "风险核实中", oracle.NOW, "t") for one in ids(world.frozen)]
    sends = [(uuid.uuid4(), one, how.value, what.value, "", "", at, "t") for one, how, what, at in world.sends]
    with psycopg.connect(bank.records.url) as raw:
        raw.execute("UPDATE profile SET open_complaints = 1 WHERE one_id = ANY(%s)", [ids(world.complaints)])
        for table, names, content in (
            ("consent_state", STATE, states),
            ("consent_block", BLOCK, blocks),
            ("investor", INVESTOR, investors(world)),
            ("gate_freeze", FREEZE, freezes),
            ("gate_send", SEND, sends),
        ):
            with raw.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as sink:
                for row in plain(content):
                    sink.write_row(row)
    own = {"name": "产品", "currency": "CNY", "status": "open", "min_amount": 100}
    shelf = [
        {"product_no": no, "kind": kind, "risk": f"R{grade}" if grade else None} for no, kind, grade in oracle.SHELF
    ]
    with bank.write(machine) as tx:
        gate.hold_out(tx, "对照", ids(world.held_out))
        products.replace(tx, [own | found for found in shelf])


STATE = "one_id, granted, sensitive, personal, automated, blocks, quiets, changed_at"
BLOCK = "one_id, kind, purposes, channels, reason, since, listed_by"
FREEZE = "id, one_id, kind, channels, reason, since, placed_by"
SEND = "permit, one_id, channel, purpose, campaign, digest, sent_at, actor_id"
INVESTOR = (
    "one_id, tolerance, origin, assessed_on, valid_until, company, birth_year, experienced, aum, high_risk_held,"
    " insists, changed_at"
)


def investors(world: oracle.World) -> Iterator[tuple[Any, ...]]:
    for i in range(world.n):
        until = oracle.TODAY + timedelta(days=int(world.valid_days[i]))
        rank, born = int(world.tolerance[i]) or None, int(world.birth_year[i]) or None
        known = (i + 1, rank, "source", oracle.TODAY, until, False, born, world.experienced[i], world.aum[i])
        yield (*known, world.high_risk[i], False, oracle.NOW)


def ids(mask: np.ndarray) -> list[int]:
    return [int(place) + 1 for place in np.flatnonzero(mask)]


def plain(rows: Any) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        yield tuple(value.item() if isinstance(value, np.generic) else value for value in row)


def checks(answer: pa.Table) -> np.ndarray:
    """The check that refused each customer (empty: permitted), in the order of customers."""
    refusal = answer["refusal"].combine_chunks()
    names = np.array([*(code.partition(":")[0] for code in refusal.dictionary.to_pylist()), ""])
    places = refusal.indices.fill_null(len(names) - 1).to_numpy()
    return names[places][np.argsort(answer["one_id"].to_numpy())]


@dataclass(frozen=True)
class Question:
    """One offer or message by chance, as it is asked of the gate and of the oracle."""

    purpose: gate.Purpose
    channel: gate.Channel
    product: str | None
    amount: int

    @property
    def message(self) -> gate.Message:
        return gate.Message("您好", self.product, self.amount)

    @property
    def how(self) -> dict[str, Any]:
        return {"channel": self.channel, "purpose": self.purpose}

    def consented(self, world: oracle.World) -> np.ndarray:
        return oracle.consented(world, self.purpose, self.channel)

    def suitable(self, world: oracle.World) -> np.ndarray:
        return np.ones(world.n, bool) if self.product is None else oracle.suitable(world, self.product, self.amount)

    def verdicts(self, world: oracle.World) -> np.ndarray:
        return oracle.verdicts(world, self.purpose, self.channel, self.product, self.amount)


def questions(turns: int, seed: int) -> Iterator[Question]:
    """So many questions by chance: every purpose, channel, product; a third of them marketing."""
    draw = np.random.default_rng(seed)
    for turn in range(turns):
        purpose = oracle.PURPOSES[turn % 6] if turn % 3 else gate.Purpose.MARKETING
        channel = oracle.CHANNELS[int(draw.integers(0, 9))]
        product = [None, *(found[0] for found in oracle.SHELF)][int(draw.integers(0, 6))]
        yield Question(purpose, channel, product, int(draw.integers(0, 20_000_000)))

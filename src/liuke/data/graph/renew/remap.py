"""Customers that became one, or two again: their relations and groups follow at once, the next rebuild makes sure."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
from sqlalchemy import text

from liuke.data.graph import store
from liuke.data.graph.model import SYMMETRIC
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.event import Recorded
from liuke.kernel.store import log
from liuke.kernel.store.records import WriteHandle

MERGED: Final = "identity.merged"
_CONSUMER: Final = "graph.remap"
_MOST_EVENTS: Final = 5000

#: Ends that change are written as new relations; the old rows stay as ``gone`` until the next rebuild, so that readers
#: of the running snapshot learn of them. What would relate a customer to itself is only taken away.
_COPY: Final = """
INSERT INTO relation_edge AS e (left_id, right_id, kind, confidence, valid_from, valid_to, evidence, origin, state,
                                confirmed_by, confirmed_at)
SELECT DISTINCT ON (l, r, kind) l, r, kind, confidence, valid_from, valid_to, evidence, origin, state, confirmed_by,
       confirmed_at
FROM (SELECT *, CASE WHEN turned THEN least(a, b) ELSE a END AS l, CASE WHEN turned THEN greatest(a, b) ELSE b END AS r
      FROM (SELECT *, CASE WHEN left_id = ANY(:freed) THEN :keeps ELSE left_id END AS a,
                   CASE WHEN right_id = ANY(:freed) THEN :keeps ELSE right_id END AS b, kind = ANY(:symmetric) AS turned
            FROM relation_edge
            WHERE (left_id = ANY(:freed) OR right_id = ANY(:freed)) AND state <> 'gone') moved) placed
WHERE l <> r ORDER BY l, r, kind, confirmed_by NULLS LAST, confidence DESC
ON CONFLICT (left_id, right_id, kind) DO UPDATE SET confidence = greatest(e.confidence, excluded.confidence),
    evidence = CASE WHEN e.state = 'gone' THEN excluded.evidence ELSE e.evidence END,
    state = CASE WHEN e.state = 'gone' THEN excluded.state ELSE e.state END, changed = nextval('relation_change_no')
"""
_GONE: Final = (
    "UPDATE relation_edge SET state = 'gone', changed = nextval('relation_change_no')"
    " WHERE (left_id = ANY(:freed) OR right_id = ANY(:freed)) AND state <> 'gone'"
)
#: The customer that stays keeps its own place in a group; only without one does it take the place of the freed.
_MEMBERS: Final = (
    "UPDATE relation_member SET via = :keeps WHERE via = ANY(:freed) AND one_id <> :keeps",
    "UPDATE relation_member SET via = NULL WHERE via = ANY(:freed)",
    """
    UPDATE relation_member m SET one_id = :keeps WHERE m.one_id = (
        SELECT min(f.one_id) FROM relation_member f WHERE f.kind = m.kind AND f.one_id = ANY(:freed))
    AND NOT EXISTS (SELECT FROM relation_member k WHERE k.kind = m.kind AND k.one_id = :keeps)""",
    "DELETE FROM relation_member WHERE one_id = ANY(:freed)",
    "UPDATE relation_member SET via = NULL WHERE via = one_id",
    """
    UPDATE relation_group g SET size = m.size FROM (
        SELECT group_id, count(*) AS size FROM relation_member GROUP BY group_id) m
    WHERE m.group_id = g.id AND m.size <> g.size""",
)
_WORDS: Final = (
    """
    INSERT INTO relation_word (kind, left_id, right_id, verdict, request_id)
    SELECT DISTINCT ON (kind, least(a, b), greatest(a, b)) kind, least(a, b), greatest(a, b), verdict, request_id
    FROM (SELECT *, CASE WHEN left_id = ANY(:freed) THEN :keeps ELSE left_id END AS a,
                 CASE WHEN right_id = ANY(:freed) THEN :keeps ELSE right_id END AS b
          FROM relation_word WHERE left_id = ANY(:freed) OR right_id = ANY(:freed)) moved
    WHERE a <> b ORDER BY kind, least(a, b), greatest(a, b), verdict ON CONFLICT DO NOTHING""",
    "DELETE FROM relation_word WHERE left_id = ANY(:freed) OR right_id = ANY(:freed)",
)
_SYMMETRIC: Final = sorted(kind.value for kind in SYMMETRIC)


def place(bank: Bank, actor: Actor) -> tuple[int, int]:
    """Where the event log stands now: what follows may have moved customers."""
    with bank.read(actor) as tx:
        row = tx.one(text("SELECT txn, seq FROM event ORDER BY txn DESC, seq DESC LIMIT 1"))
    return (row["txn"], row["seq"]) if row else (0, 0)


def edges(tx: WriteHandle, derived: pa.Table, *, since: tuple[int, int]) -> pa.Table:
    """Derived relations with customers merged since they were read carried over; what relates to itself goes."""
    moved = dict[int, int]()
    for happened in log.read_after(tx.connection, *since, kinds=(MERGED,), limit=_MOST_EVENTS):
        keeps = int(happened.subject or 0)
        for freed in happened.payload["freed"]:  # type: ignore[attr-defined]  # a list of numbers, as the event says
            moved[int(freed)] = keeps
    if not moved:
        return derived
    ends = {name: _moved(derived[name].to_numpy(), moved) for name in ("left_id", "right_id")}
    left, right = ends["left_id"], ends["right_id"]
    symmetric = np.isin(derived["kind"].to_numpy(zero_copy_only=False), _SYMMETRIC)
    turned = symmetric & (left > right)
    left, right = np.where(turned, right, left), np.where(turned, left, right)
    carried = derived.set_column(0, "left_id", pa.array(left)).set_column(1, "right_id", pa.array(right))
    keys = np.array([left, right]).T
    kinds = derived["kind"].to_pylist()
    seen = set[tuple[int, int, str]]()
    kept = [
        a != b and (a, b, kind) not in seen and not seen.add((a, b, kind))  # type: ignore[func-returns-value]
        for (a, b), kind in zip(keys.tolist(), kinds, strict=True)
    ]
    return carried.filter(pa.array(kept))


def _moved(values: Any, moved: dict[int, int]) -> Any:  # noqa: ANN401
    out = values.copy()
    for freed, first in moved.items():
        keeps = first
        while moved.get(keeps, keeps) != keeps:
            keeps = moved[keeps]
        out[values == freed] = keeps
    return out


def follow(bank: Bank, actor: Actor) -> int:
    """Carry relations, groups and people's words over to customers merged since the last time; returns how many."""
    with bank.write(actor) as tx:
        txn, seq = log.position(tx.connection, _CONSUMER)
        events = log.read_after(tx.connection, txn, seq, kinds=(MERGED,), limit=_MOST_EVENTS)
        if not events:
            return 0
        store.lock(tx)
        for happened in events:
            _carry(tx, happened)
        log.advance(tx.connection, _CONSUMER, events[-1].txn, events[-1].seq, bank.clock)
    return len(events)


def _carry(tx: WriteHandle, happened: Recorded) -> None:
    freed: Sequence[int] = happened.payload["freed"]  # type: ignore[assignment]  # a list of numbers, as the event says
    values = {"freed": list(freed), "keeps": happened.subject}
    tx.execute(text(_COPY), values | {"symmetric": _SYMMETRIC})
    for statement in (_GONE, *_MEMBERS, *_WORDS):
        used = {name: value for name, value in values.items() if f":{name}" in statement}
        tx.execute(text(statement), used)

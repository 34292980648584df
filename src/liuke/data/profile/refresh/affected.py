"""Which customers new loads and new decisions about identity touch."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import duckdb
from sqlalchemy import ARRAY, BigInteger, bindparam, text

from liuke.data import identity, sources
from liuke.data.profile.refresh import merge
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.event import Recorded
from liuke.kernel.ids import OneId
from liuke.kernel.store.records import ReadHandle

#: Above this share of all customers a refresh of all is cheaper than one of some.
MOST: Final = 0.2
#: Membership that changed this long before the last look is looked at again: it may have been committed later.
MARGIN: Final = timedelta(minutes=10)

#: Tables whose rows stand on every page, by name: a change of theirs concerns all customers.
_SHARED: Final = frozenset({"product", "branch", "staff"})
#: How a row of each table names its customer's record.
_NAMES: Final = {
    "party": "source_key",
    "customer": "party_key",
    "account": "party_key",
    "holding": "coalesce(party_key, (SELECT max(a.party_key) FROM account a"
    " WHERE a.source = t.source AND a.source_key = t.account_key))",
    "relation": "party_key",
    "behaviour": "party_key",
    "interaction": "party_key",
    "touch": "party_key",
}

_BY_RELATION: Final = text("SELECT one_id FROM profile WHERE related && :one_ids").bindparams(
    bindparam("one_ids", type_=ARRAY(BigInteger))
)


def affected(bank: Bank, actor: Actor, events: Sequence[Recorded], *, since: datetime | None) -> Sequence[OneId] | None:
    """Customers whose page these events may change; None when that is most of them, or all must be looked at.

    since: when the events were last looked at, None = never.
    """
    loads: list[dict[str, Any]] = [event.payload for event in events if event.kind == "source.loaded"]
    if since is None or any(_SHARED & set(load["tables"]) for load in loads):
        return None
    with bank.read(actor) as tx, bank.lake.connect(tx, *sources.CANONICAL.values()) as lake:
        lake.register("member", identity.members(tx))
        lake.register("page", merge.fingerprints(tx, None))
        found = set(_in_events(events)) | set(_by_membership(lake, since - MARGIN))
        found |= set(_in_loads(lake, loads))
        found |= {row["one_id"] for row in tx.rows(_BY_RELATION, {"one_ids": sorted(found)})}
        return None if len(found) > MOST * _customers(tx) else [OneId(one_id) for one_id in sorted(found)]


def _customers(tx: ReadHandle) -> int:
    return int(tx.value(text("SELECT count(*) FROM profile")))


def _in_events(events: Iterable[Recorded]) -> Iterable[int]:
    """Customers named by merges and splits."""
    for event in events:
        if event.kind.startswith("identity.") and event.subject is not None:
            facts: dict[str, Any] = event.payload
            yield event.subject
            yield from facts.get("freed", ())
            yield from facts.get("others", ())


def _by_membership(lake: duckdb.DuckDBPyConnection, since: datetime) -> Iterable[int]:
    """Customers that got a record since then, and pages whose customer has no record any more."""
    moment = int(since.timestamp() * 1_000_000)
    fresh = f"SELECT one_id FROM member WHERE since > {moment}"
    gone = "SELECT one_id FROM page ANTI JOIN member USING (one_id)"
    return [row[0] for row in lake.execute(f"{fresh} UNION {gone}").fetchall()]


def _in_loads(lake: duckdb.DuckDBPyConnection, loads: Sequence[dict[str, Any]]) -> Iterable[int]:
    """Customers of the rows these loads brought."""
    tables = {table for load in loads for table in load["tables"]}
    listed = ", ".join(f"'{load['load_id']}'" for load in loads)
    records = [
        f'SELECT t.source, {named} AS key FROM "{table}" t WHERE t.load_id IN ({listed})'
        for table, named in _NAMES.items()
        if table in tables
    ]
    if "transaction" in tables:
        records.append(
            "SELECT a.source, a.party_key AS key FROM account a SEMI JOIN"
            f' (SELECT source, account_key FROM "transaction" WHERE load_id IN ({listed})) t'
            " ON t.source = a.source AND t.account_key = a.source_key"
        )
    if not records:
        return []
    query = f"SELECT DISTINCT m.one_id FROM ({' UNION '.join(records)}) r JOIN member m ON m.source = r.source"
    return [row[0] for row in lake.execute(f"{query} AND m.source_key = r.key").fetchall()]

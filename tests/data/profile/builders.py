"""Builders of canonical rows: every default is valid, a test names only what it is about."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
from sqlalchemy import text

from liuke.data import sources
from liuke.kernel.actor import Actor, Permission, Role, Scope, ScopeKind
from liuke.kernel.bank import Bank

Row = dict[str, Any]

#: The data day of the tests, and when it became known.
DAY = date(2026, 10, 31)
KNOWN = datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC)

_ARROW = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "INTEGER": pa.int32(),
    "DATE": pa.date32(),
    "TIMESTAMPTZ": pa.timestamp("us", tz="UTC"),
    "DOUBLE": pa.float64(),
    "UUID": pa.string(),
    "UBIGINT": pa.uint64(),
    "DECIMAL(18,4)": pa.decimal128(18, 4),
    "DECIMAL(9,4)": pa.decimal128(9, 4),
}

LOAD = uuid.UUID("00000000-0000-7000-8000-000000000001")


def _row(**facts: Any) -> Row:
    common = {"event_time": KNOWN, "known_at": KNOWN, "load_id": str(LOAD), "row_hash": 1, "revision": 0}
    return common | facts


def a_party(source: str, key: str, name: str = "张小三", **facts: Any) -> Row:
    own = {"kind": "person", "name": name, "id_type": "idcard", "id_no": "330106199003072134", "phone": "13812341234"}
    own |= {"birth_date": date(1990, 3, 7), "gender": "M", "province": "浙江省", "city": "杭州市", "district": "西湖区"}
    return _row(source=source, source_key=key, **(own | {"address": "文三路 1 号"} | facts))


def a_customer(source: str, key: str, **facts: Any) -> Row:
    own = {"party_key": key, "branch_no": "0571001", "opened_on": date(2020, 5, 1), "risk_tolerance": "C3"}
    own |= {"risk_assessed_on": date(2026, 3, 1), "risk_valid_until": date(2027, 2, 28)}
    return _row(source=source, source_key=key, **(own | facts))


def an_account(source: str, key: str, party: str, **facts: Any) -> Row:
    own = {"party_key": party, "account_no": f"6299880000{key}", "kind": "current", "branch_no": "0571001"}
    own |= {"currency": "CNY", "opened_on": date(2020, 5, 1), "status": "active", "balance": 1_000_000}
    return _row(source=source, source_key=key, **(own | facts))


def a_holding(source: str, key: str, account: str, party: str, **facts: Any) -> Row:
    own = {"account_key": account, "party_key": party, "product_no": "W001", "currency": "CNY", "status": "held"}
    own |= {"market_value": 5_000_000, "started_on": date(2026, 6, 1), "matures_on": date(2026, 11, 20)}
    return _row(source=source, source_key=key, **(own | facts))


def a_transaction(source: str, key: str, account: str, at: datetime, amount: int, **facts: Any) -> Row:
    own = {"account_key": account, "direction": "out", "amount": amount, "currency": "CNY", "category": "consume"}
    own |= {"channel": "pos", "summary": "消费", "counterparty_name": "王大壮"}
    return _row(source=source, source_key=key, **({"event_time": at, "known_at": at} | own | facts))


def a_behaviour(source: str, key: str, party: str, at: datetime, **facts: Any) -> Row:
    own = {"party_key": party, "session_id": f"s{key}", "name": "view", "page": "wealth", "seconds": 20}
    return _row(source=source, source_key=key, **({"event_time": at, "known_at": at} | own | facts))


def an_interaction(source: str, key: str, party: str, at: datetime, **facts: Any) -> Row:
    own = {
        "party_key": party,
        "kind": "call",
        "topic": "转账",
        "sentiment": 0.1,
        "status": "closed",
        "text": "咨询转账限额",
    }
    return _row(source=source, source_key=key, **({"event_time": at, "known_at": at} | own | facts))


def a_relation(source: str, key: str, party: str, other: tuple[str, str], **facts: Any) -> Row:
    own = {
        "party_key": party,
        "other_source": other[0],
        "other_key": other[1],
        "kind": "spouse",
        "evidence": "crm.家庭",
    }
    return _row(source=source, source_key=key, **(own | facts))


def a_product(number: str, **facts: Any) -> Row:
    own = {"product_no": number, "name": "稳健 180 天", "kind": "wealth", "risk": "R2", "currency": "CNY"}
    return _row(source="wealth", source_key=number, **(own | facts))


def a_branch(number: str, parent: str | None, name: str) -> Row:
    level = "head_office" if parent is None else "sub_branch"
    return _row(source="core", source_key=number, branch_no=number, parent_no=parent, name=name, level=level)


def a_staff(number: str, name: str, branch: str) -> Row:
    own = {"staff_no": number, "name": name, "branch_no": branch, "position": "rm", "status": "active"}
    return _row(source="core", source_key=number, **own)


def fill(bank: Bank, actor: Actor, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write canonical rows into the lake, as a load does."""
    kept = list(rows)
    lake_table = sources.CANONICAL[table]
    arrays = [pa.array([row.get(column.name) for row in kept], _ARROW[column.kind]) for column in lake_table.columns]
    draft = bank.lake.write(lake_table, pa.table(arrays, names=[column.name for column in lake_table.columns]))
    with bank.write(actor) as tx:
        bank.lake.publish(tx, [draft])


def join(bank: Bank, actor: Actor, members: Mapping[tuple[str, str], int]) -> None:
    """Say which record is which customer."""
    statement = text(
        "INSERT INTO identity_member (source, source_key, one_id, since) VALUES (:source, :key, :one_id, now())"
        " ON CONFLICT (source, source_key) DO UPDATE SET one_id = excluded.one_id"
    )
    with bank.write(actor) as tx:
        for (source, key), one_id in members.items():
            tx.execute(statement, {"source": source, "key": key, "one_id": one_id})


def an_actor(role: Role = Role.RM, *, scope: Scope | None = None, permissions: Iterable[Permission] = ()) -> Actor:
    """A signed-in user: by default RM S001 with their own book."""
    rights = frozenset({Permission.CUSTOMER_READ, Permission.CUSTOMER_REVEAL, *permissions})
    return Actor(
        user_id=f"user-{role}",
        login=str(role),
        display="某某",
        staff_no="S001",
        roles=frozenset({role}),
        permissions=rights,
        scope=scope or Scope(ScopeKind.BOOK, staff_no="S001"),
        via="session",
        request_id="r1",
    )


def at(day: date, hour: int = 4) -> datetime:
    """A moment of a day, in UTC."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def days_before(days: int) -> datetime:
    """A moment so many days before the data day."""
    return at(DAY - timedelta(days=days))

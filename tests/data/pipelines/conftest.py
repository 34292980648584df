"""Definitions and rows of a small bank for derived tables: two customers, some accounts, bookings by day."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.data.profile import builders as make

from liuke.data import pipelines
from liuke.data.pipelines import store
from liuke.data.pipelines.define import edit
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank

Tree = dict[str, Any]

#: The first day of the tests, a Thursday.
FIRST = date(2026, 10, 1)

FLOW_SQL = """
SELECT t.source, t.party_key, CAST(t.event_time AS DATE) AS day, a.kind, sum(t.amount) AS amount, count(*) AS bookings
FROM transaction t
JOIN account a ON a.source = t.source AND a.source_key = t.account_key
GROUP BY t.source, t.party_key, CAST(t.event_time AS DATE), a.kind
""".strip()


def flow(**changes: Any) -> Tree:
    """Money moved a customer, day and kind of account."""
    return {
        "table": "daily_flow",
        "title": "客户日流水",
        "meaning": "每位客户每天每类账户的发生额",
        "owner": "数据管理部",
        "sql": FLOW_SQL,
        "keys": ["source", "party_key", "day", "kind"],
        "partition": {"column": "day", "by": {"transaction": "event_time"}},
        "columns": {"amount": {"meaning": "发生额", "unit": "分"}, "bookings": {"meaning": "笔数", "unit": "笔"}},
        "rules": [{"kind": "range", "name": "发生额不为负", "columns": ["amount"], "least": "0"}],
    } | changes


def monthly(**changes: Any) -> Tree:
    """A table made from the daily one."""
    return {
        "table": "monthly_flow",
        "title": "客户月流水",
        "sql": "SELECT source, party_key, CAST(date_trunc('month', day) AS DATE) AS month, sum(amount) AS amount\n"
        "FROM daily_flow GROUP BY source, party_key, CAST(date_trunc('month', day) AS DATE)",
        "keys": ["source", "party_key", "month"],
        "partition": {"column": "month", "grain": "month", "by": {"daily_flow": "day"}},
    } | changes


def noon(day: int) -> datetime:
    """Noon in Beijing, ``day`` days after the first."""
    return datetime(FIRST.year, FIRST.month, FIRST.day, 4, tzinfo=UTC) + timedelta(days=day)


def booking(number: int, day: int, amount: int = 100, *, account: str = "a1", **facts: Any) -> make.Row:
    """A booking of customer C-1 (or as told) at noon of a day."""
    return make.a_transaction("core", f"t{number}", account, noon(day), amount, **({"party_key": "C-1"} | facts))


def publish(bank: Bank, machine: Actor, tree: Mapping[str, Any]) -> int:
    """Save a definition over the newest and put it in force."""
    with bank.read(machine) as tx:
        present = store.pipeline(tx, tree["table"])
    version = edit.save(bank, machine, tree, base_version=present["newest_version"] if present else 0)
    edit.publish(bank, machine, tree["table"], version=version)
    return version


def bring(bank: Bank, machine: Actor, name: str = "daily_flow", **wanted: Any) -> Any:
    """Run a table, a second after whatever was before."""
    bank.clock.advance(timedelta(seconds=1))  # type: ignore[attr-defined]
    return pipelines.bring(bank, machine, name, pipelines.Wanted(**wanted))


def rows(bank: Bank, machine: Actor, name: str = "daily_flow") -> list[tuple[Any, ...]]:
    """The visible rows, in order."""
    with bank.read(machine) as tx, bank.lake.connect(tx, pipelines.tables(tx)[name]) as lake:
        return lake.execute(f'SELECT * FROM "{name}" ORDER BY ALL').fetchall()


def last_run(bank: Bank, machine: Actor, name: str = "daily_flow") -> Any:
    """The last run of a table."""
    with bank.read(machine) as tx:
        return store.last_runs(tx)[name]


@pytest.fixture
def books(bank: Bank, machine: Actor) -> Bank:
    """The bank with two accounts and five days of bookings."""
    accounts = [make.an_account("core", "a1", "C-1"), make.an_account("core", "a2", "C-2", kind="term")]
    make.fill(bank, machine, "account", accounts)
    first = [booking(n, n % 5, 100 + n) for n in range(10)]
    make.fill(bank, machine, "transaction", [*first, booking(90, 2, 7, account="a2", party_key="C-2")])
    return bank

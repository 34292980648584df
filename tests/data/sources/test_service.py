import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from tests.data.sources.conftest import CUSTOMERS, TRANSACTIONS, transactions

from liuke.data import sources
from liuke.data.sources import jobs, service, store
from liuke.data.sources.model import ContractBroken, ContractInvalid, ContractMoved, Freshness, LoadState, SourceUnknown
from liuke.kernel.actor import Actor, Permission, Role
from liuke.kernel.bank import Bank
from liuke.kernel.clock import FixedClock
from liuke.kernel.errors import Forbidden
from liuke.kernel.job import Progress, run_table
from liuke.kernel.store import log

Put = Callable[..., Any]
DAY = "cust_no,name,phone\n1,张三,13812345678\n2,李四,13912345678\n"


@pytest.fixture
def analyst(machine: Actor) -> Actor:
    """Somebody who may look at sources, and no more."""
    return replace(
        machine, via="session", roles=frozenset({Role.ANALYST}), permissions=frozenset({Permission.SOURCE_READ})
    )


def test_a_source_is_never_loaded_then_fresh_then_late(
    bank: Bank, machine: Actor, contract: Put, arrive: Put, clock: FixedClock
) -> None:
    contract(CUSTOMERS)

    def state() -> Freshness:
        [view] = service.source_list(bank, machine)
        return view.freshness

    assert state() is Freshness.NEVER
    arrive("core/CUST_20261101.csv", DAY)
    sources.load_source(bank, machine, "core_cust")
    assert state() is Freshness.FRESH
    clock.advance(timedelta(days=1, hours=3))
    assert state() is Freshness.FRESH
    clock.advance(timedelta(days=1))
    assert state() is Freshness.LATE


def test_the_list_counts_files_and_rows(bank: Bank, machine: Actor, contract: Put, arrive: Put) -> None:
    contract(CUSTOMERS)
    arrive("core/CUST_20261031.csv", DAY)
    arrive("core/CUST_20261101.csv", DAY + ",王五,1\n")
    sources.load_source(bank, machine, "core_cust")

    view = service.source_view(bank, machine, source="core_cust")

    assert (view.files, view.rows_accepted, view.rows_quarantined) == (2, 4, 1)
    assert view.last_load is not None
    assert view.last_load.file_name == "core/CUST_20261101.csv" or view.last_load.state is LoadState.PUBLISHED
    with pytest.raises(SourceUnknown):
        service.source_view(bank, machine, source="nowhere")


def test_a_broken_contract_is_shown_and_does_not_stop_the_others(
    bank: Bank, machine: Actor, contract: Put, arrive: Put
) -> None:
    contract(TRANSACTIONS.replace("amount > 0", "amuont > 0"))
    contract(CUSTOMERS)
    arrive("core/CUST_20261101.csv", DAY)

    with pytest.raises(ContractBroken, match="core_tran 的契约有 1 处错误"):
        sources.load_all(bank, machine)

    views = {view.name: view for view in service.source_list(bank, machine)}
    assert views["core_tran"].freshness is Freshness.BROKEN
    assert views["core_tran"].problems[0].key == "checks[0].rule"
    assert views["core_cust"].freshness is Freshness.FRESH


def test_raw_rows_are_masked_for_all_but_data_engineers_whose_look_is_an_event(
    bank: Bank, machine: Actor, analyst: Actor, contract: Put, arrive: Put
) -> None:
    contract(CUSTOMERS)
    arrive("core/CUST_20261101.csv", DAY + ",王五,13712345678\n")
    [load] = sources.load_source(bank, machine, "core_cust")
    engineer = replace(analyst, roles=frozenset({Role.DATA_ENGINEER}))

    [hidden] = service.quarantine(bank, analyst, load_id=load.id, cursor=None, limit=10).items
    [clear] = service.quarantine(bank, engineer, load_id=load.id, cursor=None, limit=10).items

    assert (hidden.raw, hidden.masked) == (",**,***********", True)
    assert (clear.raw, clear.masked) == (",王五,13712345678", False)
    with bank.read(machine) as tx:
        assert len(log.read_after(tx.connection, 0, 0, kinds=["quarantine.viewed"])) == 1


def test_quarantine_is_paged_by_line(bank: Bank, machine: Actor, contract: Put, arrive: Put) -> None:
    contract(TRANSACTIONS.replace("max_bad_percent = 5", "max_bad_percent = 99"))
    lines = [f"T{n}|20261005|A1|D|x|坏" for n in range(25)] + ["T99|20261005|A1|D|1.00|好"]
    arrive("core/TRAN_202610.dat", transactions(*lines), "gbk")
    [load] = sources.load_source(bank, machine, "core_tran")

    seen: list[int] = []
    cursor = None
    while True:
        page = service.quarantine(bank, machine, load_id=load.id, cursor=cursor, limit=10)
        seen += [row.line_no for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == list(range(1, 26))


def test_loads_are_paged_newest_first(
    bank: Bank, machine: Actor, contract: Put, arrive: Put, clock: FixedClock
) -> None:
    contract(CUSTOMERS)
    for day in range(25, 31):
        arrive(f"core/CUST_202610{day}.csv", DAY)
        sources.load_source(bank, machine, "core_cust")
        clock.advance(timedelta(minutes=1))
    first = service.loads(bank, machine, source="core_cust", cursor=None, limit=4)
    second = service.loads(bank, machine, source="core_cust", cursor=first.next_cursor, limit=4)
    names = [load.file_name[-6:-4] for load in (*first.items, *second.items)]
    assert names == ["30", "29", "28", "27", "26", "25"]
    assert second.next_cursor is None


def test_each_right_is_asked_for(bank: Bank, analyst: Actor, contract: Put) -> None:
    contract(CUSTOMERS)
    stranger = replace(analyst, permissions=frozenset())
    with pytest.raises(Forbidden):
        service.source_list(bank, stranger)
    with pytest.raises(Forbidden):
        service.start(bank, analyst, source="core_cust")
    with pytest.raises(Forbidden):
        service.save_contract(bank, analyst, source="core_cust", text=CUSTOMERS, base_version=0)
    with pytest.raises(Forbidden):
        sources.load_source(bank, analyst, "core_cust")


def test_a_contract_is_saved_as_a_new_version_and_its_history_stays(
    bank: Bank, machine: Actor, contract: Put, arrive: Put
) -> None:
    contract(CUSTOMERS)
    first = service.contract(bank, machine, source="core_cust")
    changed = CUSTOMERS.replace('title = "核心存款:客户"', 'title = "客户信息"')

    saved = service.save_contract(bank, machine, source="core_cust", text=changed, base_version=0)

    assert first.version == 1
    assert (saved.version, [one.version for one in saved.versions]) == (2, [2, 1])
    assert (bank.settings.contracts_dir / "core_cust.toml").read_text(encoding="utf-8") == changed
    assert service.contract(bank, machine, source="core_cust", version=1).text == CUSTOMERS
    assert service.source_view(bank, machine, source="core_cust").title == "客户信息"
    with pytest.raises(ContractMoved, match="第 2 版"):
        service.save_contract(bank, machine, source="core_cust", text=CUSTOMERS, base_version=1)
    with pytest.raises(ContractInvalid, match="第一处:第"):
        service.save_contract(
            bank, machine, source="core_cust", text=changed.replace("snapshot", "snap"), base_version=2
        )
    arrive("core/CUST_20261101.csv", DAY)
    [load] = sources.load_source(bank, machine, "core_cust")
    assert load.contract_version == 2


def test_a_run_in_the_background_can_be_followed(bank: Bank, machine: Actor, contract: Put, arrive: Put) -> None:
    contract(CUSTOMERS)
    arrive("core/CUST_20261101.csv", DAY)
    run_id = service.start(bank, machine, source="core_cust")
    for thread in threading.enumerate():
        if thread.name.startswith("ingest"):
            thread.join(30)
    with bank.read(machine) as tx:
        row = tx.one(select(run_table).where(run_table.c.id == run_id))
    assert row is not None
    assert (row["state"], row["target"]) == ("done", "core_cust")


def test_the_scheduler_runs_what_is_due_and_only_that(
    bank: Bank, machine: Actor, contract: Put, arrive: Put, clock: FixedClock
) -> None:
    contract(CUSTOMERS)
    [job] = jobs.JOBS
    progress = Progress(bank, uuid.uuid4(), machine)

    def turn() -> int:
        job.work(bank, machine, progress, "")
        with bank.read(machine) as tx:
            return len(store.page(tx, "core_cust", after=None, limit=100))

    arrive("core/CUST_20261031.csv", DAY)
    assert turn() == 1
    arrive("core/CUST_20261101.csv", DAY)
    clock.advance(timedelta(hours=1))
    assert turn() == 1
    clock.advance(timedelta(hours=23))
    assert turn() == 2
    assert job.every == timedelta(minutes=1)


def test_branches_staff_and_products_reach_those_who_keep_them(
    bank: Bank, machine: Actor, contract: Put, arrive: Put
) -> None:
    from liuke.data import org, products

    contract(BRANCHES)
    contract(SHELF)
    arrive("core/BRANCH_20261031.csv", "no,up,name,level\nHO,,总行,head_office\n01,HO,一支行,sub_branch\n")
    arrive("core/SHELF_20261031.csv", "no,name\nP1,活期\nP2,定期\n")
    sources.load_all(bank, machine)
    with bank.read(machine) as tx:
        assert org.branch_paths(tx)["01"] == "HO/01/"
        assert set(products.by_numbers(tx, ["P1", "P2", "P3"])) == {"P1", "P2"}


def test_a_broken_branch_tree_refuses_the_file_and_changes_nothing(
    bank: Bank, machine: Actor, contract: Put, arrive: Put, rows: Put
) -> None:
    contract(BRANCHES)
    arrive("core/BRANCH_20261031.csv", "no,up,name,level\nHO,,总行,head_office\n01,02,一支行,sub_branch\n")
    [load] = sources.load_source(bank, machine, "core_branch")
    assert load.state is LoadState.REFUSED
    assert rows("branch") == []


BRANCHES = """
contract = "core_branch"
title = "机构"
system = "core"
[file]
path = "core/BRANCH_{day}.csv"
format = "csv"
[load]
mode = "snapshot"
[columns]
no = { type = "text", pi = "none", meaning = "编号", required = true }
up = { type = "text", pi = "none", meaning = "上级" }
name = { type = "text", pi = "none", meaning = "名称" }
level = { type = "text", pi = "none", meaning = "级别" }
[[tables]]
table = "branch"
key = "no"
[tables.columns]
branch_no = "no"
parent_no = "up"
name = "name"
level = "level"
"""
SHELF = """
contract = "core_product"
title = "产品"
system = "core"
[file]
path = "core/SHELF_{day}.csv"
format = "csv"
[load]
mode = "snapshot"
[columns]
no = { type = "text", pi = "none", meaning = "编号", required = true }
name = { type = "text", pi = "none", meaning = "名称" }
[[tables]]
table = "product"
key = "no"
[tables.columns]
product_no = "no"
name = "name"
kind = "'deposit'"
currency = "'CNY'"
status = "'open'"
"""

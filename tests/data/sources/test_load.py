from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.data.sources.conftest import CUSTOMERS, TRANSACTIONS, transactions

from liuke.data import sources
from liuke.data.sources.model import LoadState
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.clock import FixedClock

Put = Callable[..., Any]

GOOD = ("T1|20261005|A1|D|12.50|早餐", "T2|20261006|A1|C|8000.00|工资")


def test_a_good_file_becomes_canonical_rows(bank: Bank, machine: Actor, contract: Put, arrive: Put, rows: Put) -> None:
    contract(TRANSACTIONS)
    arrive("core/TRAN_202610.dat", transactions(*GOOD), "gbk")

    [load] = sources.load_source(bank, machine, "core_tran")

    assert (load.state, load.rows_read, load.rows_accepted, load.rows_quarantined) == (LoadState.PUBLISHED, 2, 2, 0)
    first, second = rows("transaction")
    assert (first["amount"], first["direction"], first["summary"]) == (1250, "out", "早餐")
    assert (second["source"], second["source_key"], second["currency"]) == ("core", "T2", "CNY")
    assert first["event_time"] == datetime(2026, 10, 4, 16, tzinfo=UTC)
    assert first["known_at"] == datetime(2026, 10, 31, 15, 59, 59, 999999, tzinfo=UTC)


def test_a_bad_row_is_set_aside_with_its_reason_and_the_others_are_taken(
    bank: Bank, machine: Actor, contract: Put, arrive: Put, rows: Put
) -> None:
    contract(TRANSACTIONS)
    lines = (
        *GOOD,
        "T3|20260231|A1|D|1.00|坏日期",
        "T4|20261007|A1|X|-3.00|坏方向",
        "T5|20261007|A1|D|abc|坏金额",
        "T6|少列",
    )
    arrive("core/TRAN_202610.dat", transactions(*lines), "gbk")

    [load] = sources.load_source(bank, machine, "core_tran")

    assert (load.rows_accepted, load.rows_quarantined) == (2, 4)
    assert len(rows("transaction")) == 2
    page = sources.quarantine(bank, machine, load_id=load.id, cursor=None, limit=10)
    assert [row.line_no for row in page.items] == [3, 4, 5, 6]
    assert [row.raw for row in page.items] == list(lines[2:])
    assert page.items[0].reasons == ("tran_date 日期不是存在的日期(yyyymmdd)",)
    assert set(page.items[1].reasons) == {"金额须大于零", "dc 代码不在代码表 direction 中"}
    assert page.items[3].reasons == ("列数不是 6",)


def test_the_same_file_twice_changes_nothing(bank: Bank, machine: Actor, contract: Put, arrive: Put, rows: Put) -> None:
    contract(TRANSACTIONS)
    arrive("core/TRAN_202610.dat", transactions(*GOOD), "gbk")
    sources.load_source(bank, machine, "core_tran")
    before = rows("transaction")

    assert sources.load_source(bank, machine, "core_tran") == []
    arrive("core/TRAN_202610.dat", transactions(*GOOD), "gbk")
    assert sources.load_source(bank, machine, "core_tran") == []
    [read_again] = sources.load_source(bank, machine, "core_tran", again=True)

    assert read_again.rows_unchanged == 2
    assert rows("transaction") == before


def test_a_file_of_the_same_name_with_other_content_adds_only_what_is_new(
    bank: Bank, machine: Actor, contract: Put, arrive: Put, rows: Put, clock: FixedClock
) -> None:
    contract(TRANSACTIONS)
    arrive("core/TRAN_202610.dat", transactions(*GOOD), "gbk")
    sources.load_source(bank, machine, "core_tran")
    clock.advance(timedelta(days=1))
    changed = "T2|20261006|A1|C|8100.00|工资"
    arrive("core/TRAN_202610.dat", transactions(GOOD[0], changed, "T3|20261008|A1|D|5.00|公交"), "gbk")

    [load] = sources.load_source(bank, machine, "core_tran")

    assert [(one.accepted, one.unchanged, one.corrected) for one in load.tables] == [(2, 1, 1)]
    assert [row["amount"] for row in rows("transaction")] == [1250, 810000, 500]
    assert len(rows("transaction", present=False)) == 4


def test_a_snapshot_keeps_changes_only_and_the_past_can_be_asked(
    bank: Bank, machine: Actor, contract: Put, arrive: Put, rows: Put
) -> None:
    contract(CUSTOMERS)
    arrive("core/CUST_20261030.csv", "cust_no,name,phone\n1,张三,138\n2,李四,139\n")
    arrive("core/CUST_20261031.csv", "cust_no,name,phone\n1,张三,138\n2,李四,137\n")

    sources.load_source(bank, machine, "core_cust")

    assert len(rows("party", present=False)) == 3
    assert [row["phone"] for row in rows("party")] == ["138", "137"]
    with bank.read(machine) as tx, bank.lake.connect(tx, sources.CANONICAL["party"]) as connection:
        before = sources.current_sql("party", as_of=datetime(2026, 10, 31, 1, tzinfo=UTC))
        assert connection.execute(f"SELECT phone FROM ({before}) ORDER BY 1").fetchall() == [("138",), ("139",)]
    assert len(rows("customer", present=False)) == 2


def test_systems_may_number_their_customers_alike(
    bank: Bank, machine: Actor, contract: Put, arrive: Put, rows: Put
) -> None:
    contract(CUSTOMERS)
    contract(CUSTOMERS.replace("core", "loan"))
    arrive("core/CUST_20261030.csv", "cust_no,name,phone\n1,张三,138\n")
    arrive("loan/CUST_20261030.csv", "cust_no,name,phone\n1,李四,139\n")

    loads = sources.load_all(bank, machine)

    assert [(one.accepted, one.corrected) for load in loads for one in load.tables] == [(1, 0)] * 4
    assert sorted((row["source"], row["name"], row["revision"]) for row in rows("party")) == [
        ("core", "张三", 0),
        ("loan", "李四", 0),
    ]
    assert {row["known_at"] for row in rows("party")} == {datetime(2026, 10, 30, 15, 59, 59, 999999, tzinfo=UTC)}


def test_new_columns_are_reported_and_a_missing_key_column_refuses_the_file(
    bank: Bank, machine: Actor, contract: Put, arrive: Put, rows: Put
) -> None:
    contract(CUSTOMERS)
    arrive("core/CUST_20261030.csv", "cust_no,name,phone,vip\n1,张三,138,Y\n")
    arrive("core/CUST_20261031.csv", "name,phone\n张三,138\n")
    arrive("core/CUST_20261101.csv", "cust_no,name\n1,张三\n")

    first, second, third = sources.load_source(bank, machine, "core_cust")

    assert first.new_columns == ("vip",)
    assert "vip" in first.sentence
    assert second.state is LoadState.REFUSED
    assert second.sentence == (
        "文件 core/CUST_20261031.csv 未被接收：缺少必需的列 cust_no。请让来源系统补上，或修改契约。"
    )
    assert third.missing_columns == ("phone",)


def test_a_load_emits_one_event_without_personal_data(bank: Bank, machine: Actor, contract: Put, arrive: Put) -> None:
    from liuke.kernel.store import log

    contract(CUSTOMERS)
    arrive("core/CUST_20261030.csv", "cust_no,name,phone\n1,张三,138\n")
    sources.load_source(bank, machine, "core_cust")
    with bank.read(machine) as tx:
        [event] = log.read_after(tx.connection, 0, 0, kinds=["source.loaded"])

    assert event.payload["tables"] == {"party": 1, "customer": 1}
    assert "张三" not in str(event.payload)


def test_what_a_crash_left_behind_is_never_seen(
    bank: Bank, machine: Actor, contract: Put, arrive: Put, rows: Put
) -> None:
    contract(CUSTOMERS)
    path: Path = arrive("core/CUST_20261030.csv", "cust_no,name,phone\n1,张三,138\n")
    (bank.lake.root / "party" / "core").mkdir(parents=True)
    (bank.lake.root / "party" / "core" / "dead.parquet").write_bytes(path.read_bytes())

    sources.load_source(bank, machine, "core_cust")

    assert len(rows("party")) == 1

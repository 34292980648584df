"""What a bank's systems really send: each fault ends in one clear sentence, and nothing half-loaded is seen."""

import gzip
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.data.sources.conftest import CUSTOMERS, TRANSACTIONS, transactions

from liuke.data import sources
from liuke.data.sources.contract.parse import read
from liuke.data.sources.files.lines import Tally, batches
from liuke.data.sources.model import FileRefused, Load, LoadState
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.clock import FixedClock

Put = Callable[..., Any]
GOOD = ("T1|20261005|A1|D|12.50|早餐", "T2|20261006|A1|C|8000.00|工资")
NAME = "core/TRAN_202610.dat"

ACCOUNTS = """
contract = "core_acct"
title = "账户"
system = "core"
[file]
path = "core/ACCT_{day}.csv"
format = "csv"
[load]
mode = "snapshot"
max_bad_percent = 50
[columns]
acct_no = { type = "text", pi = "c2", meaning = "账号", required = true }
product_no = { type = "text", pi = "none", meaning = "产品编号" }
balance = { type = "money", pi = "c2", meaning = "余额" }
opened = { type = "date", format = "yyyymmdd", pi = "c1", meaning = "开户日期" }
[[tables]]
table = "account"
key = "acct_no"
[tables.columns]
party_key = "acct_no"
kind = "'current'"
product_no = "product_no"
currency = "'CNY'"
balance = "balance"
opened_on = "opened"
"""


@pytest.fixture
def load_one(bank: Bank, machine: Actor, contract: Put, arrive: Put) -> Callable[..., Load]:
    """Load one transaction file; gives its load."""

    def load(content: str | bytes, encoding: str = "gbk", name: str = NAME, text: str = TRANSACTIONS) -> Load:
        source = contract(text)
        arrive(name, content, encoding)
        [found] = sources.load_source(bank, machine, source)
        return found

    return load


def refused(load: Load, sentence: str, rows: Put, table: str = "transaction") -> None:
    """The load was refused with this sentence and nothing of it is seen."""
    assert load.state is LoadState.REFUSED
    assert load.sentence == f"文件 {load.file_name} 未被接收:{sentence}"
    assert rows(table) == []


def test_a_file_in_utf8_where_gbk_was_agreed_is_refused(load_one: Put, rows: Put) -> None:
    sentence = "编码是 UTF-8,而数据契约写的是 GBK。请改正契约,或让来源系统按约定的编码导出。"
    refused(load_one(transactions(*GOOD), "utf-8"), sentence, rows)


def test_a_file_in_gbk_where_utf8_was_agreed_is_refused(load_one: Put, rows: Put) -> None:
    sentence = "编码是 GBK,而数据契约写的是 UTF-8。请改正契约,或让来源系统按约定的编码导出。"
    text = TRANSACTIONS.replace('encoding = "gbk"', 'encoding = "utf-8"')
    refused(load_one(transactions(*GOOD), "gbk", text=text), sentence, rows)


def test_one_undecodable_character_sets_aside_its_row_only(load_one: Put, rows: Put) -> None:
    lines = [f"N{n}|20261005|A1|D|1.00|早餐" for n in range(30)]
    content = (
        transactions(*lines, "T9|20261005|A1|D|1.00|坏坏").encode("gbk").replace("坏坏".encode("gbk"), b"\xff\xff")
    )

    load = load_one(content)

    assert (load.rows_accepted, load.rows_quarantined) == (30, 1)
    assert load.reasons[0].reason == "有不能按 gbk 解码的字符"


def test_a_file_cut_short_is_refused_by_its_trailer(load_one: Put, rows: Put) -> None:
    cut = transactions(*GOOD, trailer=3)
    refused(load_one(cut), "文件不完整,结束行写明 3 行,实际有 2 行。请等传输完成或重新提供。", rows)


def test_a_file_without_its_trailer_is_refused(load_one: Put, rows: Put) -> None:
    refused(load_one("\n".join(GOOD)), "文件不完整,最后一行不是约定的结束行。请等传输完成或重新提供。", rows)


def test_an_empty_file_is_refused_for_its_missing_trailer(load_one: Put, rows: Put) -> None:
    refused(load_one(""), "文件不完整,没有找到结束行。请等传输完成或重新提供。", rows)


def test_the_same_row_twice_is_taken_once_and_the_copy_is_set_aside(load_one: Put, rows: Put) -> None:
    load = load_one(
        transactions(*GOOD, GOOD[0]), text=TRANSACTIONS.replace("max_bad_percent = 5", "max_bad_percent = 50")
    )

    assert [row["source_key"] for row in rows("transaction")] == ["T1", "T2"]
    assert load.reasons[0].reason == "重复的行,与前面的行相同"
    assert load.rows_repeated == 1


def test_one_key_with_two_contents_keeps_the_first_and_names_its_line(
    load_one: Put, rows: Put, bank: Bank, machine: Actor
) -> None:
    load = load_one(transactions(*GOOD, "T1|20261005|A1|D|99.00|改过"))

    assert [row["amount"] for row in rows("transaction")] == [1250, 800000]
    page = sources.quarantine(bank, machine, load_id=load.id, cursor=None, limit=5)
    assert page.items[0].reasons == ("tran_no 编号重复,与第 1 行相同而内容不同",)
    assert page.items[0].raw == "T1|20261005|A1|D|99.00|改过"


@pytest.mark.parametrize("date", ["20260231", "20261301", "00000000", "2026115", "明天"])
def test_an_impossible_date_sets_its_row_aside(date: str, load_one: Put, rows: Put) -> None:
    load = load_one(transactions(*GOOD, f"T3|{date}|A1|D|1.00|x"))

    assert (load.rows_accepted, load.rows_quarantined) == (2, 1)
    assert load.reasons[0].reason == "日期不是存在的日期(yyyymmdd)"


@pytest.mark.parametrize("amount", ["abc", "1.234", "1,2,3x", "99999999999999999999", "NaN", "--5"])
def test_a_column_of_the_wrong_type_sets_its_row_aside(amount: str, load_one: Put, rows: Put) -> None:
    load = load_one(transactions(*GOOD, f"T3|20261005|A1|D|{amount}|x"))

    assert (load.rows_accepted, load.rows_quarantined) == (2, 1)
    assert load.reasons[0].reason == "金额不是金额(元,最多两位小数)"


def test_too_many_bad_rows_refuse_the_whole_file_but_can_be_looked_at(
    load_one: Put, rows: Put, bank: Bank, machine: Actor
) -> None:
    lines = [f"T{n}|20261005|A1|D|x|坏" for n in range(50)] + [f"G{n}|20261005|A1|D|1.00|好" for n in range(50)]
    sentence = (
        "100 行中有 50 行不合格(50.0%,上限 5%),最多的原因是“amount 金额不是金额(元,最多两位小数)”50 行。"
        "请让来源系统更正后重新提供。"
    )
    load = load_one(transactions(*lines))

    refused(load, sentence, rows)
    assert len(sources.quarantine(bank, machine, load_id=load.id, cursor=None, limit=200).items) == 50


def test_an_account_of_an_unknown_product_is_set_aside(load_one: Put, rows: Put) -> None:
    content = "acct_no,product_no,balance,opened\n1,ZZ9999,1.00,20260101\n2,,1.00,20260101\n"
    load = load_one(content, name="core/ACCT_20261030.csv", text=ACCOUNTS)

    assert [row["source_key"] for row in rows("account")] == ["2"]
    assert load.reasons[0].reason == "未知产品,产品货架上没有这个编号"


def test_two_files_for_one_day_are_both_refused_until_one_is_taken_away(
    bank: Bank, machine: Actor, contract: Put, arrive: Put, rows: Put
) -> None:
    contract(CUSTOMERS.replace("CUST_{day}.csv", "CUST_{day}*.csv"))
    first: Path = arrive("core/CUST_20261030.csv", "cust_no,name,phone\n1,张三,138\n")
    arrive("core/CUST_20261030_2.csv", "cust_no,name,phone\n1,李四,139\n")

    loads = sources.load_source(bank, machine, "core_cust")

    refused(
        loads[0],
        f"同一天(2026-10-30)另有文件 {loads[1].file_name},无法判断以哪个为准。请只保留正确的一个。",
        rows,
        "party",
    )
    assert loads[1].state is LoadState.REFUSED
    assert sources.load_source(bank, machine, "core_cust") == []
    first.unlink()
    [taken] = sources.load_source(bank, machine, "core_cust")
    assert (taken.state, rows("party")[0]["name"]) == (LoadState.PUBLISHED, "李四")


def test_a_file_from_the_future_waits_for_its_day(
    bank: Bank, machine: Actor, contract: Put, arrive: Put, rows: Put, clock: FixedClock
) -> None:
    contract(CUSTOMERS)
    arrive("core/CUST_20261105.csv", "cust_no,name,phone\n1,张三,138\n")

    [load] = sources.load_source(bank, machine, "core_cust")

    refused(load, "文件日期 2026-11-05 晚于今天 2026-11-02。请检查文件名和来源系统的时钟。", rows, "party")
    clock.advance(timedelta(days=3))
    [taken] = sources.load_source(bank, machine, "core_cust")
    assert taken.state is LoadState.PUBLISHED


def test_a_file_named_for_a_day_that_does_not_exist_is_refused(
    bank: Bank, machine: Actor, contract: Put, arrive: Put, rows: Put
) -> None:
    contract(CUSTOMERS)
    arrive("core/CUST_20260231.csv", "cust_no,name,phone\n1,张三,138\n")
    [load] = sources.load_source(bank, machine, "core_cust")
    refused(load, "文件名里的日期不存在。请改正文件名后重新提供。", rows, "party")


def test_an_old_snapshot_cannot_bring_back_the_past(
    bank: Bank, machine: Actor, contract: Put, arrive: Put, rows: Put
) -> None:
    contract(CUSTOMERS)
    arrive("core/CUST_20261031.csv", "cust_no,name,phone\n1,张三,138\n")
    sources.load_source(bank, machine, "core_cust")
    arrive("core/CUST_20261030.csv", "cust_no,name,phone\n1,张三,136\n")

    [load] = sources.load_source(bank, machine, "core_cust")

    assert load.state is LoadState.REFUSED
    assert "早于已加载的最新快照 2026-10-31" in load.sentence
    assert rows("party")[0]["phone"] == "138"


def test_something_that_happened_after_it_was_known_is_set_aside(load_one: Put, rows: Put) -> None:
    load = load_one(transactions(*GOOD, "T3|20261220|A1|D|1.00|未来"))

    assert (load.rows_accepted, load.rows_quarantined) == (2, 1)
    assert load.reasons[0].reason == "发生时间晚于文件日期"


def test_a_line_of_ten_gigabytes_is_refused_after_the_first_block(bank: Bank, machine: Actor, contract: Put) -> None:
    contract(TRANSACTIONS)
    path = bank.settings.sources_dir / NAME
    path.parent.mkdir(parents=True)
    with path.open("wb") as handle:
        handle.write("T1|20261005|A1|D|12.50|早餐\n".encode("gbk"))
        handle.truncate(10 * 1024**3)
    began = datetime.now(UTC)
    [load] = sources.load_source(bank, machine, "core_tran")

    assert load.state is LoadState.REFUSED
    assert load.sentence.endswith("超过 1 MiB,不像是数据文件。请检查换行符和导出设置后重新提供。")
    assert datetime.now(UTC) - began < timedelta(seconds=20)
    assert not list((bank.settings.home / "raw").glob("*.draft"))


def test_a_stream_without_line_breaks_is_stopped_in_bounded_memory() -> None:
    contract, _ = read(TRANSACTIONS)
    assert contract is not None
    given = 0

    def endless() -> Iterator[bytes]:
        nonlocal given
        while True:
            given += 1
            yield b"x" * 65536

    with pytest.raises(FileRefused, match="超过 1 MiB"):
        list(batches(endless(), contract, "endless", Tally()))
    assert given < 32


def test_a_gzip_bomb_is_stopped_while_unpacking(load_one: Put, rows: Put) -> None:
    bomb = gzip.compress(b"T1|20261005|A1|D|12.50|x\n" * (8 * 1024 * 1024), 9)
    text = TRANSACTIONS.replace("TRAN_{month}.dat", "TRAN_{month}.dat.gz")
    sentence = "压缩包解开后大得不合常理,已停止读取。请改为直接提供数据文件。"
    refused(load_one(bomb, name=f"{NAME}.gz", text=text), sentence, rows)


def test_a_zip_bomb_is_stopped_before_unpacking(load_one: Put, rows: Put, tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.dat", b"0" * (256 * 1024 * 1024))
    text = TRANSACTIONS.replace("TRAN_{month}.dat", "TRAN_{month}.zip")
    sentence = "压缩包解开后大得不合常理,已停止读取。请改为直接提供数据文件。"
    refused(load_one(path.read_bytes(), name="core/TRAN_202610.zip", text=text), sentence, rows)


def test_honest_packed_files_are_read(load_one: Put, rows: Put) -> None:
    text = TRANSACTIONS.replace("TRAN_{month}.dat", "TRAN_{month}.dat.gz")
    load = load_one(gzip.compress(transactions(*GOOD).encode("gbk")), name=f"{NAME}.gz", text=text)
    assert (load.state, load.rows_accepted) == (LoadState.PUBLISHED, 2)


def test_a_packed_file_cut_short_is_refused(load_one: Put, rows: Put) -> None:
    text = TRANSACTIONS.replace("TRAN_{month}.dat", "TRAN_{month}.dat.gz")
    cut = gzip.compress(transactions(*GOOD).encode("gbk"))[:-9]
    load = load_one(cut, name=f"{NAME}.gz", text=text)
    refused(load, "文件不完整,压缩包在中途结束。请等传输完成或重新提供。", rows)


def test_a_row_of_a_huge_quarantine_is_counted_though_not_kept(
    load_one: Put, bank: Bank, machine: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liuke.data.sources.take.load.KEPT_ROWS", 10)
    lines = [f"T{n}|20261005|A1|D|x|坏" for n in range(40)]
    load = load_one(transactions(*lines))

    assert load.rows_quarantined == 40
    assert len(sources.quarantine(bank, machine, load_id=load.id, cursor=None, limit=200).items) == 10


def test_a_lone_quote_costs_its_own_row_only(load_one: Put, rows: Put) -> None:
    content = 'cust_no,name,phone\n1,张三,138\n2,"李四,139\n3,王五,137\n4,"赵,六",136\n5,"引""号",135\n'
    load = load_one(content, "utf-8", name="core/CUST_20261030.csv", text=CUSTOMERS)

    assert [row["name"] for row in rows("party")] == ["张三", "王五", "赵,六", '引"号']
    assert load.rows_quarantined == 1

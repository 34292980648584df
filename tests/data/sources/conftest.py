"""Small source files and contracts for tests of sources."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from liuke.data import sources
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank

TRANSACTIONS = """
contract = "core_tran"
version = 1
title = "核心存款:交易"
system = "core"
system_title = "核心存款系统"

[file]
path = "core/TRAN_{month}.dat"
format = "csv"
encoding = "gbk"
delimiter = "|"
quote = ""
header = false
trailer = "#END|{rows}"

[load]
mode = "append"
cadence = "1d"
max_bad_percent = 5

[columns]
tran_no = { type = "text", pi = "c1", meaning = "流水号", required = true }
tran_date = { type = "date", format = "yyyymmdd", pi = "c1", meaning = "日期", required = true }
acct_no = { type = "text", pi = "c2", meaning = "账号", required = true }
dc = { type = "text", pi = "c2", meaning = "借贷方向" }
amount = { type = "money", pi = "c2", meaning = "金额", required = true }
summary = { type = "text", pi = "c2", meaning = "摘要" }

[codes.direction]
D = "out"
C = "in"

[[checks]]
rule = "amount > 0"
reason = "金额须大于零"

[[tables]]
table = "transaction"
key = "tran_no"
event_time = "tran_date"
[tables.columns]
account_key = "acct_no"
direction = { from = "dc", codes = "direction" }
amount = "amount"
currency = "'CNY'"
summary = "summary"
"""

CUSTOMERS = """
contract = "core_cust"
version = 1
title = "核心存款:客户"
system = "core"

[file]
path = "core/CUST_{day}.csv"
format = "csv"
encoding = "utf-8"

[load]
mode = "snapshot"
max_bad_percent = 50

[columns]
cust_no = { type = "text", pi = "c1", meaning = "客户号", required = true }
name = { type = "text", pi = "c2", meaning = "姓名" }
phone = { type = "text", pi = "c2", meaning = "手机" }

[[tables]]
table = "party"
key = "cust_no"
[tables.columns]
kind = "'person'"
name = "name"
phone = "phone"

[[tables]]
table = "customer"
key = "cust_no"
[tables.columns]
party_key = "cust_no"
"""


@pytest.fixture
def contract(bank: Bank) -> Callable[[str], str]:
    """Put a contract in force; returns its name."""

    def put(text: str) -> str:
        folder = bank.settings.contracts_dir
        folder.mkdir(parents=True, exist_ok=True)
        name = text.split('contract = "', 1)[1].split('"', 1)[0]
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
        return name

    return put


@pytest.fixture
def arrive(bank: Bank) -> Callable[..., Path]:
    """Put a file where sources arrive."""

    def put(name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        path = bank.settings.sources_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return put


@pytest.fixture
def rows(bank: Bank, machine: Actor) -> Callable[..., list[dict[str, Any]]]:
    """The present rows of a canonical table."""

    def read(table: str, *, present: bool = True) -> list[dict[str, Any]]:
        query = sources.current_sql(table) if present else f'SELECT * FROM "{table}"'
        with bank.read(machine) as tx, bank.lake.connect(tx, sources.CANONICAL[table]) as connection:
            found: list[dict[str, Any]] = (
                connection.sql(f"SELECT * FROM ({query}) ORDER BY source_key, known_at").to_arrow_table().to_pylist()
            )
            return found

    return read


def transactions(*lines: str, trailer: int | None = None) -> str:
    """A transaction file with its trailer."""
    count = len(lines) if trailer is None else trailer
    return "".join(f"{line}\n" for line in lines) + f"#END|{count}\n"

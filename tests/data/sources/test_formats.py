"""Every format through its contract."""

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from tests.data.sources.conftest import CUSTOMERS

from liuke.data import sources
from liuke.data.sources.model import AddressMissing, LoadState, SourceUnreachable
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank

Put = Callable[..., Any]

FIXED = """
contract = "card_holder"
title = "持卡人"
system = "card"
[file]
path = "card/HOLDER_{day}.txt"
format = "fixed"
encoding = "gbk"
trailer = "TRL{rows}"
[load]
mode = "snapshot"
max_bad_percent = 60
[columns]
no = { type = "text", pi = "c1", meaning = "持卡人号", width = 4, required = true }
name = { type = "text", pi = "c2", meaning = "姓名", width = 8 }
birth = { type = "date", format = "yyyymmdd", pi = "c2", meaning = "出生日期", width = 8 }
[[tables]]
table = "party"
key = "no"
[tables.columns]
kind = "'person'"
name = "name"
birth_date = "birth"
"""


def fixed(number: str, name: str, birth: str) -> bytes:
    """One fixed-width record; widths are bytes."""
    return number.encode().ljust(4) + name.encode("gbk").ljust(8) + birth.encode().ljust(8) + b"\n"


def test_fixed_width_counts_bytes_not_characters(
    bank: Bank, machine: Actor, contract: Put, arrive: Put, rows: Put
) -> None:
    source = contract(FIXED)
    good = fixed("K1", "欧阳锋", "19880101") + fixed("K2", "Wang Li", "") + fixed("K3", "张三丰老", "19000101")
    arrive("card/HOLDER_20261030.txt", good + b"K4 short\n" + b"TRL0000000004\n")

    [load] = sources.load_source(bank, machine, source)

    assert [(row["source_key"], row["name"], row["birth_date"]) for row in rows("party")] == [
        ("K1", "欧阳锋", date(1988, 1, 1)),
        ("K2", "Wang Li", None),
        ("K3", "张三丰老", date(1900, 1, 1)),
    ]
    assert load.reasons[0].reason == "记录长度不是 20 字节"
    page = sources.quarantine(bank, machine, load_id=load.id, cursor=None, limit=5)
    assert (page.items[0].line_no, page.items[0].raw) == (4, "K4 short")


def test_a_character_cut_at_a_field_border_sets_its_row_aside(
    bank: Bank, machine: Actor, contract: Put, arrive: Put, rows: Put
) -> None:
    source = contract(FIXED)
    cut = b"K1  x" + "一二三四".encode("gbk")[:7] + b"19880101\n"
    arrive("card/HOLDER_20261030.txt", cut + fixed("K2", "李四", "19880101") + b"TRL2\n")
    [load] = sources.load_source(bank, machine, source)
    assert (load.rows_accepted, load.rows_quarantined) == (1, 1)


JSONL = """
contract = "app_event"
title = "事件"
system = "app"
[file]
path = "app/events_{month}.jsonl"
format = "jsonl"
[load]
mode = "append"
max_bad_percent = 90
[columns]
id = { type = "text", pi = "c1", meaning = "编号", required = true }
ts = { type = "time", format = "epoch_ms", pi = "c1", meaning = "时间", required = true }
"user.id" = { type = "text", pi = "c1", meaning = "用户", required = true }
name = { type = "text", pi = "c1", meaning = "动作" }
seconds = { type = "int", pi = "c1", meaning = "秒" }
[[tables]]
table = "behaviour"
key = "id"
event_time = "ts"
[tables.columns]
party_key = "user.id"
name = "name"
seconds = "seconds"
"""


def test_json_lines_are_read_with_nested_keys_and_bad_lines_are_set_aside(
    bank: Bank, machine: Actor, contract: Put, arrive: Put, rows: Put
) -> None:
    source = contract(JSONL)
    good = {"id": "e1", "ts": 1790000000000, "user": {"id": "u1"}, "name": "view", "seconds": 3, "extra": [1]}
    lines = [json.dumps(good), '{"id": "e2", "ts": 17900', "[1, 2]", json.dumps(good | {"id": "e3", "ts": 0})]
    arrive("app/events_202609.jsonl", "\n".join(lines) + "\n")

    [load] = sources.load_source(bank, machine, source)

    [row] = rows("behaviour")
    assert (row["source_key"], row["party_key"], row["seconds"]) == ("e1", "u1", 3)
    assert load.new_columns == ("extra",)
    assert {one.reason for one in load.reasons} == {"不是完整的 JSON 对象", "时间不是存在的时间(epoch_ms)"}


def test_a_quoted_text_may_hold_delimiters_and_line_breaks(
    bank: Bank, machine: Actor, contract: Put, arrive: Put, rows: Put
) -> None:
    text = CUSTOMERS.replace('encoding = "utf-8"', 'encoding = "utf-8"\ndelimiter = ";"\nmultiline = true')
    source = contract(text)
    content = '\ufeff"cust_no";"name";"phone"\n"1";"第一行;\n第二""行""";"138"\n"2";"李四";"x;y"\n3;王五;136\n'
    arrive("core/CUST_20261030.csv", content)

    sources.load_source(bank, machine, source)

    assert [(row["name"], row["phone"]) for row in rows("party")] == [
        ('第一行;\n第二"行"', "138"),
        ("李四", "x;y"),
        ("王五", "136"),
    ]


def test_a_multi_line_text_without_its_closing_quote_is_refused(
    bank: Bank, machine: Actor, contract: Put, arrive: Put, rows: Put
) -> None:
    source = contract(CUSTOMERS.replace('encoding = "utf-8"', 'encoding = "utf-8"\nmultiline = true'))
    arrive("core/CUST_20261030.csv", 'cust_no,name,phone\n1,张三,138\n2,"李四,139\n3,王五,137\n')
    [load] = sources.load_source(bank, machine, source)
    assert load.state is LoadState.REFUSED
    assert "引号没有配对" in load.sentence


def test_an_excel_sheet_is_read_by_its_header(
    bank: Bank, machine: Actor, contract: Put, arrive: Put, rows: Put, tmp_path: Path
) -> None:
    text = CUSTOMERS.replace('path = "core/CUST_{day}.csv"', 'path = "core/CUST_{day}.xlsx"\nsheet = "客户"')
    source = contract(text.replace('format = "csv"', 'format = "excel"').replace('encoding = "utf-8"', ""))
    book = openpyxl.Workbook()
    sheet = book.create_sheet("客户")
    for row in (["name", "cust_no", "phone"], ["张三", 1, 13800000000.0], [None, None, None], ["李四", "2", None]):
        sheet.append(row)
    book.save(tmp_path / "x.xlsx")
    arrive("core/CUST_20261030.xlsx", (tmp_path / "x.xlsx").read_bytes())

    sources.load_source(bank, machine, source)

    assert [(row["source_key"], row["name"], row["phone"]) for row in rows("party")] == [
        ("1", "张三", "13800000000"),
        ("2", "李四", None),
    ]


def test_a_workbook_without_the_sheet_or_cut_short_is_refused(
    bank: Bank, machine: Actor, contract: Put, arrive: Put, tmp_path: Path
) -> None:
    text = CUSTOMERS.replace('path = "core/CUST_{day}.csv"', 'path = "core/CUST_{day}.xlsx"\nsheet = "客户"')
    source = contract(text.replace('format = "csv"', 'format = "excel"').replace('encoding = "utf-8"', ""))
    openpyxl.Workbook().save(tmp_path / "x.xlsx")
    whole = (tmp_path / "x.xlsx").read_bytes()
    arrive("core/CUST_20261029.xlsx", whole)
    arrive("core/CUST_20261030.xlsx", whole[:2000])
    first, second = sources.load_source(bank, machine, source)
    assert "没有名为“客户”的工作表(现有:Sheet)" in first.sentence
    assert "Excel 工作簿打不开" in second.sentence


HOLDINGS = """
contract = "wealth_position"
title = "持仓"
system = "wealth"
[file]
path = "wealth/position_{day}.parquet"
format = "parquet"
[load]
mode = "snapshot"
[columns]
id = { type = "text", pi = "c1", meaning = "编号", required = true }
units = { type = "decimal", pi = "c2", meaning = "份额" }
value = { type = "money", pi = "c2", meaning = "市值" }
bought = { type = "date", pi = "c1", meaning = "买入日" }
at = { type = "time", pi = "c1", meaning = "时间" }
[[tables]]
table = "holding"
key = "id"
event_time = "at"
[tables.columns]
account_key = "id"
party_key = "id"
units = "units"
market_value = "value"
started_on = "bought"
"""


def test_parquet_keeps_its_types(
    bank: Bank, machine: Actor, contract: Put, arrive: Put, rows: Put, tmp_path: Path
) -> None:
    source = contract(HOLDINGS)
    table = pa.table(
        {
            "id": pa.array([1, 2], pa.int64()),
            "units": pa.array([Decimal("1.2345"), None], pa.decimal128(18, 4)),
            "value": pa.array([10.25, 0.1 + 0.2], pa.float64()),
            "bought": pa.array([date(2026, 1, 2), None], pa.date32()),
            "at": pa.array([1790843400] * 2, pa.timestamp("s")),
        }
    )
    pq.write_table(table, tmp_path / "x.parquet")
    whole = (tmp_path / "x.parquet").read_bytes()
    arrive("wealth/position_20261029.parquet", whole)
    arrive("wealth/position_20261030.parquet", whole[:-20])

    taken, cut = sources.load_source(bank, machine, source)

    first, second = rows("holding")
    assert (first["units"], first["market_value"], first["started_on"]) == (Decimal("1.2345"), 1025, date(2026, 1, 2))
    assert (second["market_value"], first["event_time"].hour) == (30, 0)
    assert taken.rows_accepted == 2
    assert "Parquet 的结尾读不出来" in cut.sentence


SQL = """
contract = "core_db"
title = "核心库:客户"
system = "core"
[file]
format = "sql"
address = "LIUKE_SOURCE_CORE"
table = "cust"
cursor = "changed"
[load]
mode = "snapshot"
known_at = "load_time"
[columns]
no = { type = "text", pi = "c1", meaning = "编号", required = true }
name = { type = "text", pi = "c2", meaning = "姓名" }
changed = { type = "time", pi = "c1", meaning = "修改时间" }
[[tables]]
table = "party"
key = "no"
[tables.columns]
kind = "'person'"
name = "name"
"""


@pytest.mark.filterwarnings("default")
def test_a_database_is_read_from_where_the_last_load_ended(
    bank: Bank,
    machine: Actor,
    contract: Put,
    rows: Put,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = contract(SQL)
    with pytest.raises(AddressMissing, match="LIUKE_SOURCE_CORE"):
        sources.load_source(bank, machine, source)
    url = f"sqlite:///{tmp_path / 'core.db'}"
    monkeypatch.setenv("LIUKE_SOURCE_CORE", url)
    engine = sa.create_engine(url)
    with engine.begin() as there:
        there.execute(sa.text("CREATE TABLE cust (no TEXT, name TEXT, changed TIMESTAMP)"))
        for row in ("'1', '张三', '2026-10-01 00:00:00.000000'", "'2', '李四', '2026-10-02 00:00:00.000000'"):
            there.execute(sa.text(f"INSERT INTO cust VALUES ({row})"))

    [first] = sources.load_source(bank, machine, source)
    with engine.begin() as there:
        there.execute(sa.text("INSERT INTO cust VALUES ('3', '王五', '2026-10-03 00:00:00.000000')"))
        there.execute(sa.text("UPDATE cust SET name = '不应读到' WHERE no = '1'"))
    [second] = sources.load_source(bank, machine, source)

    assert (first.rows_read, second.rows_read) == (2, 2)
    assert [row["name"] for row in rows("party")] == ["张三", "李四", "王五"]
    assert second.rows_unchanged == 1
    engine.dispose()


REST = """
contract = "call_api"
title = "客服接口"
system = "callcentre"
[file]
format = "rest"
address = "LIUKE_SOURCE_CALLS"
table = "contacts"
cursor = "changed"
[file.options]
data_selector = "data"
paginator = "single_page"
cursor_param = "since"
token = "LIUKE_SOURCE_CALLS_TOKEN"
[load]
mode = "snapshot"
known_at = "load_time"
[columns]
no = { type = "text", pi = "c1", meaning = "编号", required = true }
name = { type = "text", pi = "c2", meaning = "姓名" }
changed = { type = "text", pi = "c1", meaning = "修改时间" }
[[tables]]
table = "party"
key = "no"
[tables.columns]
kind = "'person'"
name = "name"
"""


@pytest.fixture
def service() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """A web service of contacts; gives its address and what it was asked."""
    asked: list[tuple[str, str]] = []

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers["Authorization"]))
            late = [{"no": 3, "name": "王五", "changed": "2026-10-03"}] if "since" in self.path else []
            rows = [{"no": 1, "name": "张三", "changed": "2026-10-01"}, *late]
            body = json.dumps({"data": rows}).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", asked
    server.shutdown()
    server.server_close()


@pytest.mark.filterwarnings("default")
def test_a_web_service_is_read_with_its_token_and_cursor(
    bank: Bank,
    machine: Actor,
    contract: Put,
    rows: Put,
    service: tuple[str, list[tuple[str, str]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = contract(REST)
    address, asked = service
    monkeypatch.setenv("LIUKE_SOURCE_CALLS", address)
    monkeypatch.setenv("LIUKE_SOURCE_CALLS_TOKEN", "geheim")

    sources.load_source(bank, machine, source)
    sources.load_source(bank, machine, source)

    assert [row["name"] for row in rows("party")] == ["张三", "王五"]
    assert asked == [("/contacts", "Bearer geheim"), ("/contacts?since=2026-10-01", "Bearer geheim")]


@pytest.mark.filterwarnings("default")
def test_a_source_that_cannot_be_reached_is_one_sentence(
    bank: Bank, machine: Actor, contract: Put, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source = contract(SQL)
    monkeypatch.setenv("LIUKE_SOURCE_CORE", f"sqlite:///{tmp_path}/no/such/folder.db")
    with pytest.raises(SourceUnreachable, match="连接不上数据源 core_db"):
        sources.load_source(bank, machine, source)

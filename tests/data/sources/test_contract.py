from pathlib import Path

import pytest
from tests.data.sources.conftest import TRANSACTIONS

from liuke.data.sources.contract.parse import read
from liuke.data.sources.contract.plan import plan
from liuke.data.sources.contract.spec import ColumnType, Contract
from liuke.data.sources.contract.trace import trace

DEMO = Path(__file__).resolve().parents[3] / "src" / "liuke" / "app" / "demo"


def only(text: str) -> tuple[int, int, str, str]:
    """The one problem of a text."""
    made, problems = plan(text)
    assert made is None
    [problem] = problems
    return problem.line, problem.column, problem.key, problem.message


def line_of(text: str, part: str) -> int:
    """The line a part stands on."""
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    "path",
    sorted(path for bank in ("berka", "twin") for path in (DEMO / bank).glob("*.toml")),
    ids=lambda path: path.stem,
)
def test_every_contract_we_ship_is_without_error(path: Path) -> None:
    made, problems = plan(path.read_text(encoding="utf-8"))
    assert problems == []
    assert made is not None
    assert made.contract.name == path.stem


def test_a_contract_is_read_whole() -> None:
    contract, problems = read(TRANSACTIONS)
    assert problems == []
    assert isinstance(contract, Contract)
    assert (contract.name, contract.system, contract.load.cadence.days) == ("core_tran", "core", 1)
    assert [column.type for column in contract.columns][:2] == [ColumnType.TEXT, ColumnType.DATE]
    assert contract.tables == ("transaction",)


def test_a_text_that_is_not_toml_is_told_with_its_place() -> None:
    line, column, _, message = only(TRANSACTIONS.replace('title = "核心存款：交易"', 'title = "核心存款：交易'))
    assert (line, column > 0) == (4, True)
    assert "不符合 TOML 的写法" in message


def test_an_unknown_key_names_the_keys_there_are() -> None:
    text = TRANSACTIONS.replace("cadence = ", "candence = ")
    line, column, key, message = only(text)
    assert (line, column, key) == (line_of(text, "candence"), 1, "load.candence")
    assert message.startswith("不认识的键 candence，可写：cadence、")


def test_a_rule_that_names_no_column_points_into_the_rule_and_proposes_the_nearest() -> None:
    text = TRANSACTIONS.replace('rule = "amount > 0"', 'rule = "0 < amuont"')
    line, column, key, message = only(text)
    assert (line, key) == (line_of(text, "amuont"), "checks[0].rule")
    assert column == len('rule = "') + len("0 < ") + 1
    assert "是否想写“amount”" in message


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('cadence = "1d"', 'cadence = "30s"', "“30s”不是周期"),
        ('type = "date", format = "yyyymmdd"', 'type = "date", format = "yyyy"', "不是日期格式"),
        ('type = "money", pi', 'type = "moeny", pi', "“moeny”不可用，可写：text、int、decimal、money"),
        ('D = "out"', 'D = "outwards"', "“outwards”不是标准代码，可写：in、out。"),
        ('codes = "direction"', 'codes = "directions"', "没有名为 directions 的代码表"),
        ('table = "transaction"', 'table = "transactions"', "“transactions”不可用"),
        ('summary = "summary"\n', 'sumary = "summary"\n', "标准表 transaction 没有列 sumary。"),
        ('account_key = "acct_no"\n', "", "标准表 transaction 的列 account_key 必须有来处。"),
        ('encoding = "gbk"', 'encoding = "big5"', "“big5”不可用，可写：utf-8、gbk、gb18030。"),
        ('trailer = "#END|{rows}"', 'trailer = "#END"', "trailer 里要用 {rows} 标出行数的位置。"),
        ('path = "core/', 'path = "../core/', "path 须是数据源目录下的相对路径。"),
        ('amount = "amount"', 'amount = "summary"', "这里需要数值，而写的是文字"),
        ("max_bad_percent = 5", "max_bad_percent = 500", "max_bad_percent 须在 0 到 100 之间。"),
        ('pi = "c1", meaning = "流水号"', 'meaning = "流水号"', "缺少 pi，可写：none、c1、c2、c3。"),
        ('contract = "core_tran"', 'contract = "loads"', "contract 须由小写字母"),
    ],
)
def test_each_mistake_is_one_sentence_at_its_line(before: str, after: str, said: str) -> None:
    assert before in TRANSACTIONS
    line, _, _, message = only(TRANSACTIONS.replace(before, after))
    assert said in message
    assert line > 0


def test_all_mistakes_are_told_at_once() -> None:
    text = TRANSACTIONS.replace('cadence = "1d"', 'cadence = "x"').replace('type = "money"', 'type = "gold"')
    assert len(plan(text)[1]) == 2


def test_an_address_cannot_be_written_into_a_contract() -> None:
    text = TRANSACTIONS.replace('format = "csv"', 'format = "csv"\naddress = "LIUKE_DATABASE_URL"')
    assert "须是以 LIUKE_SOURCE_ 开头的环境变量名" in only(text)[3]


def test_lineage_names_the_source_columns_of_each_canonical_column() -> None:
    contract, _ = read(TRANSACTIONS)
    assert contract is not None
    ways = {(way.column, way.source_column) for way in trace(contract)}
    assert ways == {
        ("source_key", "tran_no"),
        ("event_time", "tran_date"),
        ("account_key", "acct_no"),
        ("direction", "dc"),
        ("amount", "amount"),
        ("summary", "summary"),
    }

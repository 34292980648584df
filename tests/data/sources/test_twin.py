"""The demonstration's contracts read what a person will see, not codes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from liuke.data import sources
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from twinbank.counterparties import _TRADES

CONTRACTS = Path(__file__).resolve().parents[3] / "src" / "liuke" / "app" / "demo" / "twin"


def _purchase(number: int, merchant: str, trade: str) -> bytes:
    name = merchant.encode("gbk").ljust(40)
    return (
        f"K{number:015d}622200000000000120261005101530".encode() + b"01+000000001250156" + name + f"{trade}05".encode()
    )


def test_a_card_purchase_names_the_merchants_trade_not_its_code(
    bank: Bank, machine: Actor, contract: Callable[[str], str], arrive: Callable[..., Path], rows: Callable[..., Any]
) -> None:
    contract((CONTRACTS / "card_tran.toml").read_text(encoding="utf-8"))
    bought = [_purchase(1, "好邻超市", "5411"), _purchase(2, "老街餐饮", "5812"), _purchase(3, "某店", "9999")]
    arrive("card/CARDTRAN_202610.txt", b"\n".join([*bought, b"TRL%010d\n" % len(bought)]))
    [load] = sources.load_source(bank, machine, "card_tran")
    assert (load.rows_accepted, load.sentence) == (3, "")
    assert [row["summary"] for row in rows("transaction")] == ["超市", "餐饮", "其他商户"]
    assert [row["counterparty_name"] for row in rows("transaction")] == ["好邻超市", "老街餐饮", "某店"]


def test_every_trade_the_twin_bank_writes_has_a_word() -> None:
    text = (CONTRACTS / "card_tran.toml").read_text(encoding="utf-8")
    assert [code for _, code, *_ in _TRADES if f'\n{code} = "' not in text] == []

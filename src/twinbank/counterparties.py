"""The other side of every transaction: desks of the bank, merchants, people elsewhere, companies, our customers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twinbank import names
from twinbank.accounts import Accounts
from twinbank.companies import Companies
from twinbank.draw import Floats, Texts, stream

STRANGERS = 3000
_DESKS = ("", "理财产品清算专户", "个人贷款回收专户", "信用卡中心", "定期存款", "社会保险基金管理中心")
_BANKS = (
    "工商银行",
    "农业银行",
    "中国银行",
    "建设银行",
    "招商银行",
    "邮储银行",
    "交通银行",
    "兴业银行",
    "蜀信农商银行",
)
_WORDS = ("好邻", "福满", "川味", "老街", "惠民", "康泰", "星光", "绿源", "悦享", "金穗", "乐家", "云上")
# trade, merchant category code, median yuan, share of purchases
_TRADES = (
    ("超市", "5411", 58, 18), ("便利店", "5499", 16, 16), ("餐饮", "5812", 48, 18), ("火锅店", "5812", 210, 3),
    ("早餐店", "5814", 9, 8),
    ("加油站", "5541", 260, 4), ("药房", "5912", 55, 4), ("服饰", "5651", 190, 4), ("网上商城", "5399", 88, 14),
    ("出行", "4121", 19, 9),
    ("通信充值", "4814", 90, 3), ("水电燃气", "4900", 120, 3), ("医院", "8062", 180, 2), ("影城", "7832", 75, 2),
    ("酒店", "7011", 320, 1),
    ("教育", "8299", 900, 1), ("数码", "5732", 1200, 1), ("家居", "5712", 700, 1),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counterparties:
    """Desks, merchants, strangers, companies, then every current account's owner, in this order."""

    text: NDArray[np.bytes_]  # "name|account|bank" in GBK
    merchant: NDArray[np.bytes_]  # merchants' names in GBK
    mcc: NDArray[np.bytes_]
    price: Floats  # (merchants,): median yuan
    popularity: Floats
    stranger: int  # first stranger
    firm: int  # first company
    account: int  # first account


def _gbk(texts: list[str]) -> NDArray[np.bytes_]:
    return np.array([text.encode("gbk", "replace") for text in texts])


def _strangers(seed: int) -> list[str]:
    rng = stream(seed, "strangers")
    woman = rng.random(STRANGERS) < 0.5
    given = names.given(rng, woman=woman, birth_year=rng.integers(1955, 2006, STRANGERS))
    whole = names.join(names.surnames()[names.draw_surnames(rng, STRANGERS)], given)
    number = rng.integers(10**9, 10**10, STRANGERS)
    bank = rng.integers(0, len(_BANKS), STRANGERS)
    return [
        f"{n}|622{900 + b}{k:010d}|{_BANKS[b]}"
        for n, k, b in zip(whole.tolist(), number.tolist(), bank.tolist(), strict=True)
    ]


def counterparties(book: Accounts, owners: Texts, firms: Companies, *, seed: int) -> Counterparties:
    """`owners`: (current accounts,) clean name of each account's owner."""
    shops = [(f"{word}{trade[0]}", *trade[1:]) for trade in _TRADES for word in _WORDS]
    numbers = book.number[: book.current].tolist()
    texts = [f"{desk}||" for desk in _DESKS]
    texts += [f"{shop[0]}|{80_000_000 + at}|" for at, shop in enumerate(shops)]
    stranger = len(texts)
    texts += _strangers(seed)
    firm = len(texts)
    texts += [f"{name}|{numbers[row]}|" for name, row in zip(firms.name.tolist(), book.firm.tolist(), strict=True)]
    account = len(texts)
    texts += [f"{name}|{number}|" for name, number in zip(owners.tolist(), numbers, strict=True)]
    weight = 1.0 / (np.arange(len(shops)) % len(_WORDS) + 2)
    return Counterparties(
        _gbk(texts), _gbk([shop[0] for shop in shops]), np.array([shop[1].encode() for shop in shops]),
        np.array([float(shop[2]) for shop in shops]), weight * np.array([float(shop[3]) for shop in shops]),
        stranger, firm, account,
    )  # fmt: skip

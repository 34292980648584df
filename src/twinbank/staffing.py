"""The bank's own tree: head office, branches, sub-branches, and who works there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twinbank import ids, names, places
from twinbank.draw import Bools, Ints, Rng, Texts, stream

NAME = "澜江银行"
_CENTRE = {"成都市": (104.07, 30.67), "绵阳市": (104.68, 31.47), "宜宾市": (104.64, 28.75), "南充市": (106.11, 30.84)}
_CENTRE |= {"泸州市": (105.44, 28.87), "乐山市": (103.77, 29.55), "达州市": (107.47, 31.21), "德阳市": (104.40, 31.13)}


@dataclass(frozen=True, slots=True)
class Branches:
    """Institutions: row 0 is the head office, then branches, then sub-branches."""

    number: Texts
    parent: Texts
    name: Texts
    level: Ints
    city: Texts
    district: Texts
    address: Texts
    longitude: NDArray[np.float64]
    latitude: NDArray[np.float64]
    opened: Ints

    @property
    def leaves(self) -> Ints:
        """Rows of the sub-branches."""
        return np.flatnonzero(self.level == 2)


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody who works or worked for the bank."""

    number: Texts
    name: Texts
    branch: Ints  # row of Branches
    position: Texts
    phone: Ints
    hired: Ints
    left: Ints  # 0 = in service

    @property
    def rms(self) -> Bools:
        """Who is a relationship manager in service."""
        return np.asarray((self.position == "rm") & (self.left == 0))


def tree(customers: int, *, seed: int) -> Branches:
    """About one sub-branch for 1,000 customers (8–200), a branch in each of the bank's cities."""
    rng = stream(seed, "branches")
    cities = places.CITIES[: 4 if customers < 100_000 else 8]
    leaves = int(np.clip(customers // 1000, 8, 200))
    rows: list[tuple[str, str, str, int, str, str]] = [("100000", "", f"{NAME}总行", 0, cities[0], "高新区")]
    rows += [(f"1{b:02d}000", "100000", f"{NAME}{c[:-1]}分行", 1, c, "") for b, c in enumerate(cities, 1)]
    table = places.divisions()
    for leaf in range(leaves):
        at = leaf % len(cities) if leaf < 2 * len(cities) else int(rng.integers(0, len(cities)) * (rng.random() < 0.6))
        districts = table["district"][table["city"] == cities[at]]
        district = str(districts[leaf // len(cities) % len(districts)])
        road = places.roads()[int(rng.integers(0, len(places.roads())))]
        number = f"1{at + 1:02d}{leaf + 1:03d}"
        rows.append((number, f"1{at + 1:02d}000", f"{NAME}{cities[at][:-1]}{road}支行", 2, cities[at], district))
    numbers, parents, names_, level, towns, districts_ = (np.array(column) for column in zip(*rows, strict=True))
    centre = np.array([_CENTRE[c] for c in towns])
    size = len(rows)
    address = [
        f"{places.roads()[int(r)]}{h}号"
        for r, h in zip(rng.integers(0, 50, size), rng.integers(1, 300, size), strict=True)
    ]
    return Branches(
        numbers, parents, _distinct(names_), level, towns, districts_, np.array(address),
        (centre[:, 0] + rng.normal(0, 0.08, size)).round(5), (centre[:, 1] + rng.normal(0, 0.06, size)).round(5),
        rng.integers(8000, 17500, size),
    )  # fmt: skip


def _distinct(name: Texts) -> Texts:
    seen: dict[str, int] = {}
    out = []
    for text in name.tolist():
        seen[text] = seen.get(text, 0) + 1
        out.append(
            text if seen[text] == 1 else text.replace("支行", f"第{'〇一二三四五六七八九十'[min(seen[text], 10)]}支行")
        )
    return np.array(out)


def staff(branches: Branches, customers: int, *, seed: int, until: int) -> Staff:
    """A head, a manager, tellers and RMs (about one for 250 customers) in each sub-branch; head-office roles."""
    rng = stream(seed, "staff")
    per_leaf = max(2, round(customers / len(branches.leaves) / 250))
    places_of: list[tuple[int, str]] = [
        (0, p) for p in ("head", "analyst", "analyst", "compliance", "compliance", "engineer", "admin")
    ]
    for row in np.flatnonzero(branches.level == 1):
        places_of += [(int(row), "head"), (int(row), "manager"), (int(row), "compliance")]
    for row in branches.leaves:
        places_of += [(int(row), p) for p in ("head", "manager", *["teller"] * 3, *["rm"] * per_leaf)]
    gone = [(int(row), "rm") for row in branches.leaves[::3]]
    size = len(places_of) + len(gone)
    branch, position = (np.array(column) for column in zip(*(places_of + gone), strict=True))
    woman = rng.random(size) < 0.55
    given = names.given(rng, woman=woman, birth_year=rng.integers(1968, 2003, size))
    left = np.zeros(size, dtype=np.int64)
    left[len(places_of) :] = until - rng.integers(30, 300, len(gone))
    return Staff(
        number=np.array([f"{n:06d}" for n in 10_001 + np.arange(size)]),
        name=names.join(names.surnames()[names.draw_surnames(rng, size)], given),
        branch=branch,
        position=position,
        phone=ids.draw_phones(rng, size),
        hired=until - rng.integers(400, 9000, size),
        left=left,
    )


def books(rng: Rng, staff_: Staff, branch: Ints) -> Ints:
    """An RM (row of Staff) of the same sub-branch for each customer."""
    out = np.zeros(len(branch), dtype=np.int64)
    rms = np.flatnonzero(staff_.rms)
    for leaf in np.unique(branch):
        mine = rms[staff_.branch[rms] == leaf]
        rows = np.flatnonzero(branch == leaf)
        out[rows] = mine[rng.integers(0, len(mine), len(rows))]
    return out

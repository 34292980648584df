"""Numbers that identify a person: 18- and 15-digit ID numbers and mobile phones.

**The ID numbers belong to nobody.** The first two digits are a real province, the last a valid checksum (GB 11643-1999,
ISO 7064 MOD 11-2), but digits 3–4 are 71–88. GB/T 2260 gives 01–20 and 51–70 to cities, 21–50 to prefectures, leagues
and autonomous prefectures and 90 to counties directly under the province; 71–88 are not given to anything, so no
authority ever issued a number with them.

Phones are random within the public number ranges of the four carriers; some may belong to somebody: never call them.
"""

from collections.abc import Callable

import numpy as np

from twinbank import digits
from twinbank.digits import Bytes
from twinbank.draw import Bools, Ints, Rng, pick

PROVINCES = (
    11,
    12,
    13,
    14,
    15,
    21,
    22,
    23,
    31,
    32,
    33,
    34,
    35,
    36,
    37,
    41,
    42,
    43,
    44,
    45,
    46,
    50,
    51,
    52,
    53,
    54,
    61,
    62,
    63,
    64,
    65,
)
# millions of people, census of 2020, rounded
PEOPLE = (
    22,
    14,
    75,
    35,
    24,
    43,
    24,
    32,
    25,
    85,
    65,
    61,
    42,
    45,
    102,
    99,
    58,
    66,
    126,
    50,
    10,
    32,
    84,
    39,
    47,
    4,
    40,
    25,
    6,
    7,
    26,
)
UNASSIGNED = (71, 88)

_FACTORS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECK = np.frombuffer(b"10X98765432", dtype=np.uint8)

# prefix → share; China Mobile 57 %, Unicom 20 %, Telecom 22 %, Broadnet 1 %
_MOBILE = (134, 135, 136, 137, 138, 139, 147, 150, 151, 152, 157, 158, 159, 178, 182, 183, 184, 187, 188, 195, 198)
_UNICOM = (130, 131, 132, 145, 155, 156, 166, 175, 176, 185, 186, 196)
_TELECOM = (133, 149, 153, 173, 177, 180, 181, 189, 191, 193, 199)
_PREFIX = np.array([*_MOBILE, *_UNICOM, *_TELECOM, 192])
_PREFIX_SHARE = [
    *[57 / len(_MOBILE)] * len(_MOBILE),
    *[20 / len(_UNICOM)] * len(_UNICOM),
    *[22 / len(_TELECOM)] * len(_TELECOM),
    1,
]


def _distinct(values: Ints, redraw: Callable[[Ints], Ints]) -> Ints:
    """`values` with every repetition drawn again by `redraw(count)` until all differ."""
    while True:
        order = np.argsort(values, kind="stable")
        again = order[1:][values[order][1:] == values[order][:-1]]
        if not len(again):
            return values
        values[again] = redraw(again)


def draw_phones(rng: Rng, size: int) -> Ints:
    """`size` different mobile numbers as integers."""

    def some(rows: Ints) -> Ints:
        prefix = _PREFIX[pick(rng, _PREFIX_SHARE, len(rows))]
        return np.asarray(prefix * 10**8 + rng.integers(0, 10**8, len(rows)), dtype=np.int64)

    return _distinct(some(np.arange(size)), some)


def draw_ids(rng: Rng, *, birth: np.ndarray, woman: Bools, home: int, home_share: float = 0.8) -> Bytes:
    """(n, 18) different ID numbers for birth days `datetime64[D]`; `home` is the province most were born in."""
    size = len(birth)
    weights = np.array(PEOPLE, dtype=float) * (1 - home_share) / sum(PEOPLE)
    weights[PROVINCES.index(home)] += home_share
    province = np.array(PROVINCES)[pick(rng, weights, size)]
    day = _yyyymmdd(birth)

    def some(rows: Ints) -> Ints:
        count = len(rows)
        area = province[rows] * 100 + rng.integers(UNASSIGNED[0], UNASSIGNED[1] + 1, count)
        area = area * 100 + rng.integers(21, 30, count)
        order = rng.integers(0, 500, count) * 2 + ~woman[rows]
        return np.asarray((area * 10**8 + day[rows]) * 1000 + order, dtype=np.int64)

    return with_check(digits.padded(_distinct(some(np.arange(size)), some), 17))


def with_check(first: Bytes) -> Bytes:
    """(n, 18): the checksum added to (n, 17) digits."""
    check = _CHECK[((first.astype(np.int64) - 48) * _FACTORS).sum(axis=1) % 11]
    return np.column_stack([first, check])


def valid(number: str) -> bool:
    """Whether an 18-digit ID number has a right checksum."""
    if len(number) != 18 or not number[:17].isdigit():
        return False
    return chr(with_check(np.frombuffer(number[:17].encode(), np.uint8)[None, :])[0, 17]) == number[17].upper()


def short(numbers: Bytes) -> Bytes:
    """The 15-digit form: century and checksum left out, padded with NUL to 18."""
    out = np.zeros_like(numbers)
    out[:, :6], out[:, 6:15] = numbers[:, :6], numbers[:, 8:17]
    return out


def mistyped(rng: Rng, numbers: Bytes) -> Bytes:
    """One digit typed wrong or two neighbours swapped."""
    out = numbers.copy()
    rows, place = np.arange(len(out)), rng.integers(6, 16, len(out))
    swap = rng.random(len(out)) < 0.3
    out[rows, place] = np.where(
        swap, numbers[rows, place + 1], 48 + (numbers[rows, place] - 48 + rng.integers(1, 10, len(out))) % 10
    )
    out[rows, place + 1] = np.where(swap, numbers[rows, place], numbers[rows, place + 1])
    return out


def _yyyymmdd(day: np.ndarray) -> Ints:
    year = day.astype("datetime64[Y]")
    month = day.astype("datetime64[M]")
    parts = (year.astype(int) + 1970) * 100 + (month - year).astype(int) + 1
    return np.asarray(parts * 100 + (day - month).astype(int) + 1, dtype=np.int64)


yyyymmdd = _yyyymmdd

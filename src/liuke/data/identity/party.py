"""The comparisons and blocking keys of Chinese retail parties."""

from dataclasses import replace
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from liuke.data.identity.linkage import hashes
from liuke.data.identity.linkage.columns import flat
from liuke.data.identity.linkage.compare import Comparison, Level, Row, edited, missing, other, same

#: Share of pairs of different people with one identity number: only wrong entries, so far below one in all pairs.
_ID_COINCIDENCE: Final = 1e-11


def _shared_phone(a: Row, b: Row) -> bool:
    left, right = {a["phone"], a["phone2"]} - {None}, {b["phone"], b["phone2"]} - {None}
    return bool(left & right)


def _phone_typo(a: Row, b: Row) -> bool:
    left, right = str(a["phone"]), str(b["phone"])
    return len(left) == len(right) and sum(x != y for x, y in zip(left, right, strict=True)) == 1


def _near_birth(a: Row, b: Row) -> bool:
    (y1, m1, d1), (y2, m2, d2) = ((v // 10000, v // 100 % 100, v % 100) for v in (a["birth"], b["birth"]))
    return bool((y1 == y2 and (m1 == m2 or d1 == d2 or (m1 == d2 and d1 == m2))) or (m1 == m2 and d1 == d2))


def _one_character(a: Row, b: Row) -> bool:
    left, right = a["name"], b["name"]
    if len(left) != len(right) or len(left) < 3 or left[0] != right[0]:
        return False
    return bool(left[:-1] == right[:-1] or left[2:] == right[2:])


#: Family name equal, and the rest but for one character: the last, or the second.
_ONE_CHARACTER_SQL: Final = (
    "length(name_l) = length(name_r) AND length(name_l) > 2 AND substr(name_l, 1, 1) = substr(name_r, 1, 1)"
    " AND (substr(name_l, 1, length(name_l) - 1) = substr(name_r, 1, length(name_r) - 1)"
    " OR substr(name_l, 3) = substr(name_r, 3))"
)

_NEAR_BIRTH_SQL: Final = (
    "(birth_l // 10000 = birth_r // 10000 AND (birth_l // 100 = birth_r // 100 OR birth_l % 100 = birth_r % 100"
    " OR (birth_l // 100 % 100 = birth_r % 100 AND birth_r // 100 % 100 = birth_l % 100)))"
    " OR birth_l % 10000 = birth_r % 10000"
)

#: Few systems keep a mail address: what to hold of it where training saw none.
_SAME_MAIL: Final = replace(same("email", "邮箱相同", rarity=True), unseen=(0.6, 1e-6))
_OTHER_MAIL: Final = replace(other("邮箱不同"), unseen=(0.4, 1.0))

COMPARISONS: Final = (
    Comparison(
        "identity",
        "证件号码",
        (
            missing("id_no"),
            same("id_no", "证件号码相同", u=_ID_COINCIDENCE),
            Level(
                "both_valid",
                "两个有效且不同的证件号码",
                "id_valid_l AND id_valid_r",
                lambda a, b: a["id_valid"] and b["id_valid"],
            ),
            edited("id_no", "证件号码相差一两位", edits=2, longer_than=14),
            other("证件号码不同"),
        ),
    ),
    Comparison(
        "called",
        "姓名",
        (
            missing("name"),
            same("name", "姓名相同", rarity=True),
            same("reading", "读音相同", rarity=True, code="homonym"),
            Level("typo", "同姓且名差一字", _ONE_CHARACTER_SQL, _one_character),
            edited("reading", "拼音差一个字母", edits=1, longer_than=7, code="near_reading"),
            Level(
                "family",
                "同姓",
                "substr(name_l, 1, 1) = substr(name_r, 1, 1)",
                lambda a, b: a["name"][0] == b["name"][0],
            ),
            other("姓名不同"),
        ),
    ),
    Comparison(
        "phone",
        "电话",
        (
            missing("phone"),
            same("phone", "电话相同", rarity=True),
            Level(
                "second",
                "与备用电话相同",
                "phone_l = phone2_r OR phone2_l = phone_r OR phone2_l = phone2_r",
                _shared_phone,
                unseen=(0.05, 5e-6),
            ),
            Level(
                "typo",
                "电话差一位",
                "length(phone_l::VARCHAR) = length(phone_r::VARCHAR)"
                " AND hamming(phone_l::VARCHAR, phone_r::VARCHAR) = 1",
                _phone_typo,
                unseen=(0.002, 1e-5),
            ),
            other("电话不同"),
        ),
    ),
    Comparison(
        "born",
        "出生日期",
        (
            missing("birth"),
            same("birth", "出生日期相同"),
            Level("near", "出生日期相近", _NEAR_BIRTH_SQL, _near_birth),
            other("出生日期不同"),
        ),
    ),
    Comparison(
        "home",
        "地址",
        (
            missing("street"),
            same("street", "地址相同"),
            same("house", "门牌相同", code="house"),
            same("place", "同城", code="place"),
            other("地址不同"),
        ),
    ),
    Comparison("sex", "性别", (missing("gender"), same("gender"), other())),
    Comparison("mail", "邮箱", (missing("email"), _SAME_MAIL, _OTHER_MAIL)),
)

#: Conditions within which the model is trained: the same number, the same name and birthday, the same phone.
TRAINING_RULES: Final = ("l.id_no = r.id_no", "l.name = r.name AND l.birth = r.birth", "l.phone = r.phone")

#: Keys whose values are also compared with each other: a first phone may be another system's second.
CROSSED: Final = ("phone", "phone2")


def blocking_keys(records: pa.Table) -> dict[str, hashes.Keys]:
    """Keys of which two records must share one to be compared at all; 0 where a part is missing.

    Each key carries whether the record is a firm, so a person never meets a firm.
    """
    side = hashes.mixed(records["firm"].to_numpy().astype(np.uint64) + np.uint64(1))
    reading = hashes.of_text(flat(records, "reading"))
    birth = hashes.of_number(flat(records, "birth"))
    phone, phone2 = flat(records, "phone"), flat(records, "phone2")
    id_no = flat(records, "id_no")
    parts = {
        "id": (hashes.of_text(id_no),),
        "phone": (hashes.of_number(phone),),
        "phone2": (hashes.of_number(phone2),),
        "email": (hashes.of_number(flat(records, "email")),),
        "name_birth": (reading, birth),
        "name_home": (reading, hashes.of_number(flat(records, "house"))),
        "name_street": (reading, hashes.of_number(flat(records, "street"))),
        "name_phone": (reading, hashes.of_number(pc.divide(phone, 10000))),
        "name_phone_tail": (reading, hashes.of_number(pc.subtract(phone, pc.multiply(pc.divide(phone, 10000), 10000)))),
        "birth_tail": (birth, hashes.of_text(pc.utf8_slice_codeunits(id_no, -4, 2**31 - 1))),
        "tail": (hashes.of_text(pc.utf8_slice_codeunits(id_no, -8, 2**31 - 1)), hashes.of_text(_initial(records))),
    }
    return {name: hashes.together(*keys, side) for name, keys in parts.items()}


def _initial(records: pa.Table) -> pa.Array:
    return pc.utf8_slice_codeunits(flat(records, "reading"), 0, 1)

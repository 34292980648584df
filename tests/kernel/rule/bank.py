"""A small catalogue, rows of awkward values, and random rules over them, for the tests of the rule language."""

import random
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from liuke.kernel.rule import Catalogue, Event, Field, Type

FIELDS = {
    "aum": Field(Type.MONEY, "月日均资产", "元"),
    "aum_prev": Field(Type.MONEY, "上月日均资产", "元"),
    "logins": Field(Type.INT, "登录次数", "次"),
    "big": Field(Type.INT, "大数"),
    "small": Field(Type.INT, "小数目", digits=4),
    "rate": Field(Type.DECIMAL, "占比", scale=4),
    "score": Field(Type.DECIMAL, "分数", scale=2, digits=6),
    "name": Field(Type.TEXT, "姓名"),
    "code": Field(Type.TEXT, "代码"),
    "raw": Field(Type.TEXT, "原文"),
    "gender": Field(Type.TEXT, "性别", values={"M": "男", "F": "女"}),
    "vip": Field(Type.BOOL, "高净值客户"),
    "active": Field(Type.BOOL, "活跃客户"),
    "birth": Field(Type.DATE, "出生日期"),
    "due": Field(Type.DATE, "到期日"),
    "seen": Field(Type.TIMESTAMP, "最近登录时间"),
    "opened": Field(Type.TIMESTAMP, "开户时间"),
}
VIEW = Event("浏览", {"product": Field(Type.TEXT, "产品"), "seconds": Field(Type.INT, "停留秒数", "秒")})
PAY = Event("转账", {"amount": Field(Type.MONEY, "金额"), "direction": Field(Type.TEXT, "方向")})
CATALOGUE = Catalogue(FIELDS, {"view": VIEW, "pay": PAY})

BIGGEST = 2**63 - 1
NUMBERS = {
    "aum": [0, 1, -1, 50, 99, 100, 50_000_000, 49_999_999, -12_345, 10**16 - 1, -(10**16) + 1],
    "logins": [0, 1, 2, 3, 7, 10, -1, 1_000_000],
    "big": [0, 1, -1, 2, -7, 10**9, BIGGEST, -BIGGEST, 4_611_686_018_427_387_904, 3_037_000_500],
    "small": [0, 1, -1, 5, -5, 15, 25, 9_999, -9_999, 2024],
    "rate": [
        Decimal(n)
        for n in ("0", "0.5", "-0.5", "0.0001", "-0.0001", "12.3456", "99999999999999.9999", "1", "2.5", "-2.5")
    ],
    "score": [Decimal(n) for n in ("0", "0.01", "1.50", "-1.50", "2.50", "3.33", "9999.99", "-9999.99", "0.5")],
}
NUMBERS["aum_prev"] = NUMBERS["aum"]
TEXTS = [
    "", " ", "a", "A", "abc", "ABC", "aB1", "z", "大额存单", "大额", "张三", "李 四", "　全角　",
    "ＡＢＣ１２３（）", "é", "e\u0301", "ß", "İ", "ı",
    "👨‍👩‍👧家", "𠮷野家", "a\nb", "a\tb", " x ", "\u00a0x\u3000", "100%", "a_b", "a%b", "a\\b", "it's", '"',
    "--", "0", "-0", "+7",
    "007", "123456789012345678", "999999999999999999", "1234567890123456789", "-5", " 42 ", "4 2", "1.5",
    "-1.005", "1.", ".5", ".", "-",
    "+", "1e3", "1,234.50", "0.0000005", "-0.0000005", "999999999999999999.9999999", "１２３", "٣", "NaN",
    "inf", "null",
]  # fmt: skip
DAYS_AS_TEXT = [
    "20240131", "20240229", "20230229", "19000229", "20000229", "00000101", "00010101", "99991231",
    "20241301", "20240230", "20240431",
    "2024-01-31", "2024-1-31", "2024-12-31", "2024/01/31", "31/01/2024", "240131", "690101", "680101",
    "2024年1月5日", "20240131 ", "２０２４0131",
    "2024-01-31 08:30:00", "2024-01-31 24:00:00", "2024-01-31T08:30:59.5Z",
    "2024-01-31T08:30:59.123456+08:00", "2024-01-31T08:30:59.1-0530",
    "1000-01-01 00:00:00", "0999-12-31 23:59:59", "9998-12-31 23:59:59", "9999-01-01 00:00:00",
    "2024-01-31T08:30:59.1+1500",
]  # fmt: skip
CARDS = [
    "11010519491231002X", "11010519491231002x", "110105194912310021", "440524188001010014", "130503670401001",
    "130503670431001",
    "11010519490229002X", "110105000012310029", "11010521491231002X", "1101051949123100",
    "01010519491231002X", "１１010519491231002X",
]  # fmt: skip
DAYS = [
    date(1, 1, 1), date(1, 12, 31), date(1899, 12, 31), date(1949, 10, 1), date(1986, 5, 4), date(1970, 1, 1),
    date(1999, 12, 31),
    date(2000, 2, 29), date(2023, 2, 28), date(2024, 1, 31), date(2024, 2, 29), date(2024, 12, 31),
    date(9999, 12, 1), date(9999, 12, 31),
]  # fmt: skip
MOMENTS = [
    datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC), datetime(1970, 1, 1, tzinfo=UTC),
    datetime(1988, 7, 1, 15, 30, tzinfo=UTC),
    datetime(2024, 1, 31, 15, 59, 59, 999_999, UTC), datetime(2024, 1, 31, 16, tzinfo=UTC),
    datetime(2024, 2, 29, 3, 4, 5, 678, UTC),
    datetime(1001, 1, 1, tzinfo=UTC), datetime(9998, 12, 30, tzinfo=UTC), datetime(1900, 12, 31, 15, 54, tzinfo=UTC),
]  # fmt: skip


def a_row(rng: random.Random) -> dict[str, Any]:
    """A row in stored form; a sixth of its values are NULL."""
    row: dict[str, Any] = {}
    for name, field in FIELDS.items():
        row[name] = None if rng.random() < 0.17 else a_value(rng, name, Type(field.type))
    return row


def a_value(rng: random.Random, name: str, kind: Type) -> Any:
    """A value of a field: often an edge, else random."""
    edge = rng.random() < 0.6
    match kind:
        case Type.BOOL:
            return rng.random() < 0.5
        case Type.TEXT:
            if name == "gender":
                return rng.choice("MF")
            pool = {"raw": DAYS_AS_TEXT + CARDS + TEXTS, "code": CARDS + TEXTS}.get(name, TEXTS)
            return (
                rng.choice(pool)
                if edge
                else "".join(rng.choice("aAbZ019 大额存单张%_.") for _ in range(rng.randrange(9)))
            )
        case Type.DATE:
            return rng.choice(DAYS) if edge else date.fromordinal(rng.randrange(1, date(9999, 12, 31).toordinal() + 1))
        case Type.TIMESTAMP:
            return (
                rng.choice(MOMENTS)
                if edge
                else MOMENTS[1] + timedelta(microseconds=rng.randrange(-(10**15), 4 * 10**15))
            )
        case Type.DECIMAL:
            scale, most = FIELDS[name].scale, 10 ** (FIELDS[name].digits or 18)
            return rng.choice(NUMBERS[name]) if edge else Decimal(rng.randrange(-most + 1, most)).scaleb(-scale)
    most = {"small": 9_999, "logins": 30, "big": BIGGEST}.get(name, 10**16 - 1)
    return rng.choice(NUMBERS[name]) if edge else rng.randrange(-most, most + 1)


#: Ways to write a value of each kind: c condition, n number, w whole number, t text, d date, m moment; the other
#: letters stand for literals and signs. A place in braces is filled with something of that kind, one level less deep.
WAYS = {
    "c": [
        "({c} and {c})",
        "({c} or {c})",
        "({c} and {c} and {c})",
        "not ({c})",
        "{n} {o} {n}",
        "{n} {o} {n}",
        "{t} {o} {t}",
        "{d} {o} {d}",
        "{m} {o} {m}",
        "{n} between {n} and {n}",
        "{t} not between {t} and {t}",
        "{d} between {d} and {d}",
        "{n} in ({N}, {N}, {N})",
        "{t} not in ({T}, {T})",
        "({n}) is null",
        "({t}) is not null",
        "({d}) is null",
        "({c}) is null",
        "{t} like {L}",
        "{t} not like {L}",
        "matches({t}, {P})",
        "contains({t}, {t})",
        "starts_with({t}, {t})",
        "ends_with({t}, {t})",
        "valid_id_card(code)",
        "valid_id_card(raw)",
        "(vip = ({c}))",
        "(vip <> ({c}))",
        "coalesce({c}, {c})",
        "case when {c} then {c} else {c} end",
        "vip",
        "{s} {o} {N}",
        "{s} in ({N}, {N})",
    ],
    "n": [
        "({n} + {n})",
        "({n} - {n})",
        "({n} * {n})",
        "({n} / {n})",
        "({n} / {n})",
        "abs({n})",
        "-({n})",
        "floor({n})",
        "ceil({n})",
        "round({n}, {i})",
        "coalesce({n}, {n})",
        "nullif({n}, {n})",
        "case when {c} then {n} end",
        "greatest({n}, {n}, {n})",
        "least({n}, {n})",
        "to_int(raw)",
        "to_decimal({t})",
        "to_decimal(raw, 2)",
        "to_decimal(name, 0)",
        "to_int({t})",
        "minor(aum)",
        "minor(rate)",
        "minor(to_decimal(raw))",
        "minor(small)",
        "({w} // {w})",
        "({w} % {w})",
        "{w}",
        "{w}",
    ],
    "w": [
        "logins",
        "big",
        "small",
        "length({t})",
        "days_between({d}, {m})",
        "year({d})",
        "month({m})",
        "day({d})",
        "weekday({m})",
        "hour({m})",
        "({d} - {d})",
        "years_between({d}, {d})",
        "seconds_between({m}, {m})",
        "-7",
        "13",
    ],
    "t": [
        "trim({t})",
        "upper({t})",
        "lower({t})",
        "half_width({t})",
        "digits({t})",
        "substr({t}, 2)",
        "substr({t}, 1, {i})",
        "left({t}, {i})",
        "right({t}, {i})",
        "replace({t}, 'a', 'xx')",
        "replace({t}, '大额', '')",
        "replace({t}, ' ', '')",
        "({t} || {t})",
        "concat({t}, {t})",
        "coalesce({t}, {t})",
        "nullif({t}, {t})",
        "greatest({t}, {t})",
        "least({t}, {t})",
        "to_text({w})",
        "to_text({d})",
        "id_gender(code)",
        "id_gender(raw)",
        "case when {c} then {t} else {t} end",
    ],
    "d": [
        "({d} + small)",
        "({d} - to_int(name))",
        "({d} + big)",
        "({d} - 40)",
        "({d} + 3000000)",
        "date({m})",
        "month_start({d})",
        "month_start({m})",
        "add_months({d}, 1)",
        "add_months({d}, -1)",
        "add_months({d}, 12000)",
        "add_months({d}, -12000)",
        "add_months({d}, 13)",
        "to_date(raw, {F})",
        "to_date(raw, {F})",
        "to_date({t}, {F})",
        "id_birth_date(code)",
        "id_birth_date(raw)",
        "coalesce({d}, {d})",
        "greatest({d}, {d})",
        "least({d}, {d})",
    ],
    "m": [
        "to_timestamp(raw, {G})",
        "to_timestamp(raw, {G})",
        "to_timestamp({t}, {G})",
        "from_epoch_ms({w})",
        "from_epoch_ms(to_int(raw))",
        "coalesce({m}, {m})",
        "seen",
        "opened",
    ],
}
#: What stands at the bottom.
ENDS = {
    "c": ["vip", "active", "true", "false", "vip", "active"],
    "n": ["aum", "aum_prev", "logins", "big", "small", "rate", "score", "{N}"],
    "w": ["logins", "big", "small", "5", "-3"],
    "t": ["name", "code", "raw", "gender", "{T}"],
    "d": ["birth", "due", "date '2024-02-29'", "date '9999-12-31'", "date '0001-01-01'"],
    "m": ["seen", "opened", "timestamp '2024-01-31 23:59:59'", "timestamp '1970-01-01'"],
    "s": ["rate", "score", "aum", "logins"],
    "o": ["=", "<>", "<", "<=", ">", ">="],
    "i": ["0", "1", "2", "3", "4"],
    "N": [
        "0",
        "1",
        "-1",
        "2",
        "3",
        "10",
        "0.5",
        "-0.5",
        "1.005",
        "100",
        "500000",
        "0.000001",
        "-7",
        "12.3456",
        "999999999",
        "2000000000",
    ],
    "L": ["%a%", "a%", "%b", "abc", "%", "", "_", "a_%", "%大%存_", "__", "a\\%", "%'%", "%a%b%", "100%%"],
    "P": [
        "a",
        "a*",
        "[a-z]+",
        "[^0-9]*",
        ".*",
        ".",
        "[A-Z]{1,3}",
        "(a|ab)(c|bcd)?",
        "\\d+",
        "\\w*",
        "\\s?\\w+\\s?",
        "[一-鿿]+",
        "(大额|存单)+",
        "a.b",
        "(a?){5}",
        "(a*)*",
        "[ab]+c?",
        "x|y|abc",
        "-?\\d+(\\.\\d+)?",
        "[1-9]\\d{5}.*",
        "\\+?\\d{1,3}",
        "[-a]",
        "(?:ab)?c?",
        "[^a]",
    ],
    "F": ["%Y%m%d", "%Y-%m-%d", "%Y/%m/%d", "%d/%m/%Y", "%y%m%d", "%Y年%-m月%-d日", "%Y-%-m-%-d"],
    "G": ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%d", "%Y%m%d", "%Y-%m-%dT%H:%M:%S%z"],
    "T": [text for text in TEXTS if "\u0301" not in text],
}
QUOTED = "LPFGT"


class Author:
    """Writes random, well typed rules; now and then their units clash, and then they do not check."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def rule(self) -> str:
        """A rule: most often a condition, else a value of some type."""
        return self.write(self.rng.choice("ccccccccnnttddm"), self.rng.randrange(1, 5))

    def write(self, kind: str, depth: int) -> str:
        """Something of a kind, nested at most so deep."""
        way = self.rng.choice(WAYS[kind] if depth > 0 and kind in WAYS else ENDS[kind])
        if kind in QUOTED:
            return quoted(way)
        return re.sub(r"\{(\w)\}", lambda place: self.write(place[1], depth - 1), way)


def quoted(text: str) -> str:
    """A text literal."""
    return "'" + text.replace("'", "''") + "'"

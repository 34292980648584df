"""One value at a time: the forms in which Chinese names, numbers, addresses and phones can be compared."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Final

#: First two digits of a resident identity number. Source: GB/T 2260-2007, province codes; 81–83 are residence permits.
PROVINCES: Final = frozenset(
    (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83)
)
#: Weights and check characters of the identity number. Source: GB 11643-1999, section 3 (ISO 7064 MOD 11-2).
ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS: Final = "10X98765432"
#: Alphabet and weights of the unified social credit code. Source: GB 32100-2015, section 5.
_USCC: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)

#: Family names whose first character reads differently as a family name. Source: 现代汉语词典, 姓氏读音.
_FAMILY_READINGS: Final = {
    "曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "任": "ren", "盖": "ge",
    "朴": "piao", "乐": "yue", "尉": "yu", "翟": "zhai", "缪": "miao", "华": "hua", "员": "yun", "黑": "he",
    "秘": "bi", "冼": "xian", "折": "she", "召": "shao", "覃": "qin", "沈": "shen", "柏": "bai", "葛": "ge",
    "隗": "wei", "宓": "mi", "逄": "pang", "长": "zhang", "万": "wan", "令": "ling", "种": "chong",
}  # fmt: skip
_PUNCTUATION: Final = re.compile(r"[\s·•‧・.,,、。'\"“”‘’「」『』〈〉《》_*#\-—–~/\\|]+")
_BRACKETS: Final = re.compile(r"[((【\[〔{][^))】\]〕}]*[))】\]〕}]")
_TITLE: Final = re.compile(r"(先生|女士|小姐|太太)$")
_FIRM: Final = re.compile(r"(股份有限公司|有限责任公司|有限公司|分公司|公司|集团)")
_GAPS: Final = re.compile(r"[\s\-]")
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]+").fullmatch
_PLAIN_ADDRESS: Final = re.compile(r"[\u4e00-\u9fff0-9A-Z]+").fullmatch
#: Longer names may be a firm's and take the long way.
_LONG_NAME: Final = 5
_DIGITS: Final = re.compile(r"\d+")
_ADDRESS_NOISE: Final = re.compile(r"[\s,,.。、;;::\-—–~##·'\"]+")


def half_width(text: str) -> str:
    """Full-width letters, digits and punctuation become ordinary ones; compatibility characters their plain form."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def name_form(text: str) -> str | None:
    """Normal form of a person's or firm's name: no spaces, dots, brackets or titles, in capitals; None when empty."""
    if len(text) < _LONG_NAME and _CHINESE(text):
        return _TITLE.sub("", text) or None
    if "*" in text:
        return None
    plain = _BRACKETS.sub("", half_width(text)).strip()
    if plain.isascii():
        return " ".join(_PUNCTUATION.sub(" ", plain).upper().split()) or None
    return _FIRM.sub("", _TITLE.sub("", _PUNCTUATION.sub("", plain))).upper() or None


def phone_form(text: str) -> int | None:
    """A phone number as its digits without +86; None for what cannot be one (too short, masked, one digit repeated)."""
    if len(text) == 11 and text.isascii() and text.isdigit() and text[0] == "1":
        return int(text) if len(set(text)) > 2 else None
    plain = half_width(text).strip().removesuffix(".0")
    if "*" in plain or "E+" in plain.upper():
        return None
    digits = "".join(_DIGITS.findall(plain)).lstrip("0")
    if len(digits) == 13 and digits.startswith("861"):
        digits = digits[2:]
    if not 7 <= len(digits) <= 15 or len(set(digits)) <= 2:
        return None
    return int(digits)


def id_form(text: str) -> str | None:
    """An identity number in capitals, 15 digits widened to 18; None when masked or empty."""
    plain = text.upper() if text.isascii() and text.isalnum() else _GAPS.sub("", half_width(text)).upper()
    if not plain or "*" in plain:
        return None
    if len(plain) == 15 and plain.isdigit():
        return widened(plain)
    return plain


def widened(old: str) -> str:
    """The 18-digit form of a first-generation 15-digit identity number: the century and a check digit are added."""
    body = f"{old[:6]}19{old[6:]}"
    return body + check_digit(body)


def check_digit(body: str) -> str:
    """Last character of an identity number from its first 17. Source: GB 11643-1999 (ISO 7064 MOD 11-2)."""
    return ID_CHECKS[sum(int(d) * w for d, w in zip(body, ID_WEIGHTS, strict=True)) % 11]


def is_credit_code(text: str) -> bool:
    """Whether an 18-character unified social credit code has the right check character. Source: GB 32100-2015."""
    if len(text) != 18 or any(c not in _USCC for c in text):
        return False
    total = sum(_USCC.index(c) * w for c, w in zip(text, _USCC_WEIGHTS, strict=False))
    return _USCC[-total % 31] == text[17]


def address_form(text: str) -> str | None:
    """Normal form of an address: half width, no spaces or punctuation; 幢 and 栋 are 号楼."""
    if not _PLAIN_ADDRESS(text):
        text = _ADDRESS_NOISE.sub("", _BRACKETS.sub("", half_width(text))).upper()
    return text.replace("幢", "号楼").replace("栋", "号楼").replace("座", "号楼") or None


def house_numbers(address: str) -> str | None:
    """The numbers of an address in order, e.g. ``12-3-402``; None with fewer than two, which single out no home."""
    numbers = [str(int(n)) for n in _DIGITS.findall(address)]
    return "-".join(numbers) if len(numbers) > 1 else None


def email_form(text: str) -> str | None:
    """A mail address in lower case; None when it has no @."""
    plain = half_width(text).strip().lower()
    return plain if "@" in plain[1:-1] else None


def pinyin(name: str) -> str:
    """Reading of a name without tones or spaces: 张伟, 張偉, 章伟 and ZHANG WEI are all ``zhangwei``."""
    if name.isascii():
        return name.replace(" ", "").lower()
    table = readings()
    first = _FAMILY_READINGS.get(name[0]) or table.get(name[0], name[0])
    return first + "".join([table.get(c, c) for c in name[1:]])


@cache
def readings() -> Mapping[str, str]:
    """Reading of every Chinese character by itself, without tone (first reading where there are several)."""
    from pypinyin import constants
    from pypinyin.contrib.tone_convert import to_normal

    return {chr(code): to_normal(tones.split(",")[0]) for code, tones in constants.PINYIN_DICT.items()}

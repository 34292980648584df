"""Cuts the text of a rule into tokens. Whatever is not a token of the language stops here, with its place."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from liuke.kernel.rule.errors import NotAllowed, TooLarge, Unreadable
from liuke.kernel.rule.model import MAX_CHARS

KEYWORDS: Final = frozenset(
    [
        "and",
        "or",
        "not",
        "in",
        "is",
        "null",
        "like",
        "between",
        "case",
        "when",
        "then",
        "else",
        "end",
        "true",
        "false",
        "date",
        "timestamp",
    ]
)

_TOKEN: Final = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<comment>--|/\*|\#)
    |(?P<number>[0-9]+(?:\.[0-9]+)?(?![\w.]))
    |(?P<name>(?:[^\W\d]\w*|"(?:[^"]|"")+")(?:\.(?:[^\W\d]\w*|"(?:[^"]|"")+"))*)
    |(?P<string>'(?:[^']|'')*')
    |(?P<symbol><>|!=|<=|>=|==|\|\||//|[-+*/%=<>(),])""",
    re.VERBOSE,
)
_PART: Final = re.compile(r'[^\W\d]\w*|"((?:[^"]|"")+)"')
#: What Chinese input methods write in place of the half-width sign.
_FULL_WIDTH: Final = dict(zip("，（）＝＞＜＋－＊／％‘’“”。；：！｜", ",()=><+-*/%''\"\".;:!|", strict=True))
_FOREIGN: Final = {
    ";": ("多条语句", "一条规则只写一个表达式。"),
    "[": ("方括号", "列表请写成 in ('甲', '乙')。"),
    "{": ("花括号", ""),
    "$": ("参数占位符", ""),
    "?": ("参数占位符", ""),
    "@": ("变量", ""),
    "\\": ("反斜杠", ""),
    "`": ("反引号", '名称请用双引号 "…"。'),
    ":": ("类型转换符", "请用 to_int、to_decimal、to_date 等函数。"),
}
#: Marks that make text read otherwise than it is written.
_DIRECTION: Final = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a rule: ``kind`` is number, name, keyword, string, symbol or end."""

    kind: str
    text: str
    at: int


def scan(text: str) -> list[Token]:
    """The tokens of a rule's text, ended by a token of kind ``end``."""
    if len(text) > MAX_CHARS:
        raise TooLarge(position=1, reason=f"共 {len(text)} 个字", limit=f"{MAX_CHARS} 个字")
    refuse_controls(text)
    return [*_tokens(text), Token("end", "", len(text))]


def refuse_controls(text: str) -> None:
    """Refuses characters that no person types: NUL, control characters, direction marks, lone surrogates."""
    if text.isascii() and text.isprintable():
        return
    for at, char in enumerate(text):
        if char in _DIRECTION or (char not in "\t\r\n" and unicodedata.category(char) in ("Cc", "Cs", "Cn")):
            raise NotAllowed(position=at + 1, what=f"不可见字符 U+{ord(char):04X}", advice="请删除它。")


def _tokens(text: str) -> Iterator[Token]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _stranger(text, at)
        kind, word = match.lastgroup or "", match.group()
        if kind == "comment":
            raise NotAllowed(position=at + 1, what="注释", advice="说明请写在规则的备注里。")
        if kind == "name":
            yield _name(word, at)
        elif kind == "string":
            yield Token("string", word[1:-1].replace("''", "'"), at)
        elif kind != "space":
            yield Token(kind, {"!=": "<>", "==": "="}.get(word, word), at)
        at = match.end()


def _name(word: str, at: int) -> Token:
    if word.lower() in KEYWORDS:
        return Token("keyword", word.lower(), at)
    parts = [(m.group(1) or m.group()).replace('""', '"') for m in _PART.finditer(word)]
    return Token("name" if '"' not in word else "quoted", ".".join(parts), at)


def _stranger(text: str, at: int) -> Unreadable | NotAllowed:
    char = text[at]
    if char in _FULL_WIDTH:
        return Unreadable(position=at + 1, reason=f"“{char}”是全角符号,请改用半角“{_FULL_WIDTH[char]}”")
    if char in _FOREIGN:
        what, advice = _FOREIGN[char]
        return NotAllowed(position=at + 1, what=what, advice=advice)
    if char == "'":
        return Unreadable(position=at + 1, reason="文字缺少右边的单引号")
    if char == '"':
        return Unreadable(position=at + 1, reason="名称缺少右边的双引号")
    if char.isdigit():
        return Unreadable(position=at + 1, reason="数字只能写成 123 或 123.45,后面不能紧跟文字")
    return Unreadable(position=at + 1, reason=f"不认识的符号“{char}”")

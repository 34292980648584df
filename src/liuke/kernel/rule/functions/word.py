"""Text. Lengths and places count code points; upper and lower change A–Z only; the empty text is a value, not NULL."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sqlglot import exp

from liuke.kernel.rule import pattern
from liuke.kernel.rule.agree import count, need, whole, written
from liuke.kernel.rule.chinese import Speaker
from liuke.kernel.rule.errors import TooLarge, WrongArguments
from liuke.kernel.rule.model import Call, Scalar
from liuke.kernel.rule.python import Code, Python
from liuke.kernel.rule.sql import Sql
from liuke.kernel.rule.term import BOOL, TEXT, Apply, Bind, Const, Function, Kind, Shape, Term, number

Args = tuple[Term, ...]
SqlArgs = tuple[Any, ...]
SqlWriter = Callable[[Sql, Apply, SqlArgs], exp.Expression]
PythonWriter = Callable[[Python, Apply, tuple[Code, ...]], Code]
#: What ``trim`` takes off: space, tab, line ends, no-break space, full-width space.
BLANKS: Final = " \t\r\n\u00a0\u3000"
_LOWER: Final = "abcdefghijklmnopqrstuvwxyz"
_UPPER: Final = _LOWER.upper()
_WIDE: Final = "".join(chr(code) for code in range(0xFF01, 0xFF5F)) + "\u3000"
_NARROW: Final = "".join(chr(code) for code in range(0x21, 0x7F)) + " "
_LONGEST: Final = 10_000
#: How many times longer a text may become by nested ``replace``.
_GROWTH: Final = 1_000


def texts(least: int, most: int | None = None, shape: Shape = TEXT) -> Callable[[Call, Args], tuple[Shape, Args]]:
    """A binding of so many text arguments."""

    def bind(call: Call, args: Args) -> tuple[Shape, Args]:
        count(call, args, least, most)
        return shape, tuple(need(arg, Kind.TEXT) for arg in args)

    return bind


def helped(function: Callable[..., Any], *, partial: bool = False) -> Callable[[Python, Apply, tuple[Code, ...]], Code]:
    """Python by a helper that is called with every argument, none of them None."""

    def python(writer: Python, _term: Apply, args: tuple[Code, ...]) -> Code:
        name = writer.helper(function)
        return writer.strict(args, lambda *names: f"{name}({', '.join(names)})", partial=partial)

    return python


def value_of(term: Term) -> Scalar:
    """The value of an argument that was bound as a literal."""
    if not isinstance(term, Const):
        raise TypeError("not a literal")
    return term.value


def _translated(old: str, new: str) -> Callable[[Sql, Apply, SqlArgs], exp.Expression]:
    return lambda sql, _term, args: sql.call("TRANSLATE", args[0], sql.text(old), sql.text(new))


def _translate(old: str, new: str) -> Callable[[str], str]:
    table = str.maketrans(old, new)
    return lambda text: text.translate(table)


def _trim_sql(sql: Sql, _term: Apply, args: SqlArgs) -> exp.Expression:
    if sql.dialect == "spark":
        return exp.Trim(this=args[0], expression=sql.text(BLANKS), position="BOTH")
    return sql.call("TRIM" if sql.dialect == "duckdb" else "BTRIM", args[0], sql.text(BLANKS))


def _piece(call: Call, args: Args) -> tuple[Shape, Args]:
    if call.function == "substr":
        count(call, args, 2, 3)
        whole(call, args[1], 1, _LONGEST)
    else:
        count(call, args, 2)
    if call.function != "substr" or len(args) == 3:
        whole(call, args[-1], 0, _LONGEST)
    need(args[0], Kind.TEXT)
    return TEXT, args


def _piece_sql(sql: Sql, term: Apply, args: SqlArgs) -> exp.Expression:
    return sql.call(term.function.name.upper(), *args)


def _piece_python(python: Python, term: Apply, args: tuple[Code, ...]) -> Code:
    numbers = [value_of(arg) for arg in term.args[1:]]
    match term.function.name, numbers:
        case "left", [size]:
            bounds = f":{size}"
        case "right", [size]:
            bounds = f"-{size}:" if size else ":0"
        case _, [start]:
            bounds = f"{start - 1}:"
        case _:
            bounds = f"{numbers[0] - 1}:{numbers[0] - 1 + numbers[1]}"
    return python.strict(args[:1], lambda text: f"{text}[{bounds}]")


def _replace(call: Call, args: Args) -> tuple[Shape, Args]:
    count(call, args, 3)
    need(args[0], Kind.TEXT)
    old, new = written(call, args[1]), written(call, args[2])
    if not old:
        raise WrongArguments(position=args[1].at + 1, function="replace", reason="要替换的文字不能为空")
    if _growth(args[0]) * max(1, -(-len(new) // len(old))) > _GROWTH:
        raise TooLarge(position=call.at + 1, reason="替换后的文字可能太长", limit=f"{_GROWTH} 倍")
    return TEXT, args


def _growth(term: Term) -> int:
    if not isinstance(term, Apply):
        return 1
    inner = max(map(_growth, term.args), default=1)
    if term.function.name != "replace":
        return inner
    return inner * max(1, -(-len(value_of(term.args[2])) // len(value_of(term.args[1]))))


def _length_sql(sql: Sql, _term: Apply, args: SqlArgs) -> exp.Expression:
    return sql.cast(sql.call("LENGTH" if sql.dialect != "spark" else "CHAR_LENGTH", args[0]), "BIGINT")


def _join_sql(sql: Sql, _term: Apply, args: SqlArgs) -> exp.Expression:
    return sql.balanced(exp.DPipe, list(args))


def _concat_sql(sql: Sql, _term: Apply, args: SqlArgs) -> exp.Expression:
    return sql.balanced(exp.DPipe, [sql.call("COALESCE", arg, sql.text("")) for arg in args])


def _concat_python(_python: Python, _term: Apply, args: tuple[Code, ...]) -> Code:
    parts = [f"({arg.text} or '')" if arg.nullable else arg.text for arg in args]
    return Code(f"({' + '.join(parts)})", nullable=False)


def _digits_sql(sql: Sql, _term: Apply, args: SqlArgs) -> exp.Expression:
    flags = [] if sql.dialect == "spark" else [sql.text("g")]
    return sql.call("REGEXP_REPLACE", args[0], sql.text("[^0-9]"), sql.text(""), *flags)


def _digits(text: str) -> str:
    return text if text.isascii() and text.isdigit() else "".join(char for char in text if "0" <= char <= "9")


def _part_sql(sql: Sql, term: Apply, args: SqlArgs) -> exp.Expression:
    name, (text, piece) = term.function.name, args
    if sql.dialect == "spark":
        return sql.call(name.replace("_", "").upper().replace("STARTSWITH", "STARTSWITH"), text, piece)
    if sql.dialect == "duckdb" or name == "starts_with":
        return sql.call(name.upper(), text, piece)
    if name == "contains":
        return sql.binary(exp.GT, sql.call("STRPOS", text, piece), sql.integer(0))
    return sql.binary(exp.EQ, sql.call("RIGHT", text, sql.call("LENGTH", piece)), piece)


def _pattern(call: Call, args: Args) -> tuple[Shape, Args]:
    count(call, args, 2)
    need(args[0], Kind.TEXT)
    _read(written(call, args[1]), call, args[1])
    return BOOL, args


def _read(text: str, call: Call, term: Term) -> pattern.Pattern:
    try:
        if call.function == "matches":
            return pattern.read(text)
        found = pattern.read_like(text)
        if pattern.steps(found) > pattern.MAX_STEPS:
            raise pattern.BadPattern(f"长于 {pattern.MAX_STEPS} 个字")
    except pattern.BadPattern as why:
        reason = f"的式样不能用：{why}"
        raise WrongArguments(position=term.at + 1, function=call.function, reason=reason) from None
    return found


def match_sql(sql: Sql, text: exp.Expression, found: pattern.Pattern) -> exp.Expression:
    """Whether the whole text matches the pattern."""
    source = pattern.write(found)
    if sql.dialect == "duckdb":
        return sql.call("REGEXP_FULL_MATCH", text, sql.text(f"(?s){source}"))
    if sql.dialect == "postgres":
        return sql.binary(exp.RegexpLike, text, sql.text(f"^(?:{source})$"))
    return exp.Paren(this=exp.RegexpLike(this=text, expression=sql.text(f"(?s)^(?:{source})\\z")))


def _matches_sql(sql: Sql, term: Apply, args: SqlArgs) -> exp.Expression:
    return match_sql(sql, args[0], pattern.read(value_of(term.args[1])))


def _like_sql(sql: Sql, term: Apply, args: SqlArgs) -> exp.Expression:
    if sql.dialect == "duckdb":
        return sql.binary(exp.Like, args[0], args[1])
    if sql.dialect == "spark":
        return sql.binary(exp.Like, args[0], sql.text(value_of(term.args[1]).replace("\\", "\\\\")))
    return exp.Paren(this=exp.Escape(this=exp.Like(this=args[0], expression=args[1]), expression=sql.text("")))


def _pattern_python(python: Python, term: Apply, args: tuple[Code, ...]) -> Code:
    text = value_of(term.args[1])
    found = pattern.read(text) if term.function.name == "matches" else pattern.read_like(text)
    test = python.constant(_simple_like(text) if term.function.name == "like" else None)
    if python.globals[test] is None:
        python.globals[test] = pattern.matcher(found)
    return python.strict(args[:1], lambda value: f"{test}({value})")


def _simple_like(text: str) -> Callable[[str], bool] | None:
    """The quick test for a LIKE that is only a beginning, an end, a part or the whole."""
    inner = text.strip("%")
    if "_" in text or "%" in inner or (not inner and text):
        return None
    front, back = text.startswith("%"), text.endswith("%")
    if front and back:
        return lambda value: inner in value
    if front:
        return lambda value: value.endswith(inner)
    return (lambda value: value.startswith(inner)) if back else (lambda value: value == inner)


@dataclass(frozen=True, slots=True)
class _Said:
    """Chinese of the form: the text, then the words."""

    words: str

    def __call__(self, speaker: Speaker, term: Apply) -> str:
        rest = [speaker.value(arg) for arg in term.args[1:]]
        return speaker.operand(term.args[0]) + self.words.format(*rest, *[""] * 2)


def _like_chinese(speaker: Speaker, term: Apply) -> str:
    text, subject = value_of(term.args[1]), speaker.value(term.args[0])
    inner = text.strip("%")
    if _simple_like(text) is None:
        return f"{subject}形如“{text}”（%为任意文字，_为任意一字）"
    front, back = text.startswith("%"), text.endswith("%")
    if front and back:
        return f"{subject}包含“{inner}”"
    return f"{subject}以“{inner}”{'结尾' if front else '开头'}" if front or back else f"{subject}为“{inner}”"


def _plain(name: str, bind: Bind, sql: SqlWriter, python: PythonWriter, words: str) -> Function:
    return Function(name, bind, sql, python, _Said(words))


def _native(sql: Sql, term: Apply, args: SqlArgs) -> exp.Expression:
    return sql.call(term.function.name.upper(), *args)


ALL: Final = (
    _plain("trim", texts(1), _trim_sql, helped(lambda text: text.strip(BLANKS)), "（去掉首尾空格）"),
    _plain("upper", texts(1), _translated(_LOWER, _UPPER), helped(_translate(_LOWER, _UPPER)), "（转大写）"),
    _plain("lower", texts(1), _translated(_UPPER, _LOWER), helped(_translate(_UPPER, _LOWER)), "（转小写）"),
    _plain("half_width", texts(1), _translated(_WIDE, _NARROW), helped(_translate(_WIDE, _NARROW)), "（转半角）"),
    _plain("digits", texts(1), _digits_sql, helped(_digits), "中的数字"),
    _plain("substr", _piece, _piece_sql, _piece_python, "的第{0}字起{1}"),
    _plain("left", _piece, _piece_sql, _piece_python, "的前{0}个字"),
    _plain("right", _piece, _piece_sql, _piece_python, "的后{0}个字"),
    _plain("replace", _replace, _native, helped(str.replace), "（将{0}换成{1}）"),
    _plain("length", texts(1, shape=number(0, 9, "字")), _length_sql, helped(len), "的字数"),
    Function(
        "||",
        texts(2, 1000),
        _join_sql,
        lambda p, _t, a: p.strict(a, lambda *n: " + ".join(n)),
        lambda s, t: s.chained(t),
    ),
    Function("concat", texts(1, 1000), _concat_sql, _concat_python, lambda s, t: s.chained(t)),
    _plain("contains", texts(2, shape=BOOL), _part_sql, helped(str.__contains__), "包含{0}"),
    _plain("starts_with", texts(2, shape=BOOL), _part_sql, helped(str.startswith), "以{0}开头"),
    _plain("ends_with", texts(2, shape=BOOL), _part_sql, helped(str.endswith), "以{0}结尾"),
    _plain("matches", _pattern, _matches_sql, _pattern_python, "符合式样{0}"),
    Function("like", _pattern, _like_sql, _pattern_python, _like_chinese),
)

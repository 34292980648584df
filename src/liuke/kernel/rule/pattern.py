"""Patterns for ``matches`` and ``like``: regular expressions every engine reads alike, matched in linear time.

Literals, ``.`` (any character), classes ``[a-z]`` ``[^0-9]`` ``\\d \\w \\s`` (ASCII), groups, ``|``, and
``? * + {m,n}``. A pattern covers the whole text. No look-around, no back-reference: nothing that needs backtracking.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

#: The largest number of steps a pattern may expand to, repeats written out.
MAX_STEPS: Final = 500
_MAX_REPEAT: Final = 100
_LAST: Final = 0x10FFFF
_CLASSES: Final = {
    "d": ((48, 57),),
    "w": ((48, 57), (65, 90), (95, 95), (97, 122)),
    "s": ((9, 13), (32, 32)),
}
_CONTROL: Final = {"n": 10, "t": 9, "r": 13}
_SPECIAL: Final = frozenset("\\.[]{}()*+?^$|-&~#/@<>=!\"'%,:; _")
_META: Final = frozenset("\\.[]{}()*+?^$|")
Ranges: TypeAlias = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Chars:
    """One character out of ranges of code points."""

    ranges: Ranges


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts one after another."""

    parts: "tuple[Pattern, ...]"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several branches."""

    branches: "tuple[Pattern, ...]"


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part repeated ``least`` to ``most`` times, without bound if ``most`` is None."""

    part: "Pattern"
    least: int
    most: int | None


Pattern: TypeAlias = Chars | Sequence | Choice | Repeat
ANY: Final = Chars(((0, _LAST),))


class BadPattern(ValueError):
    """Why a pattern cannot be used, in Chinese; the caller adds the place."""


def read(text: str) -> Pattern:
    """The pattern written in ``text``. Raises `BadPattern`."""
    body = text.removeprefix("^")
    if body.endswith("$") and not body.endswith("\\$"):
        body = body[:-1]
    reader = _Reader(body)
    pattern = reader.choice(0)
    if reader.place < len(body):
        raise BadPattern("括号不成对")
    if steps(pattern) > MAX_STEPS:
        raise BadPattern(f"展开后超过 {MAX_STEPS} 步")
    return pattern


def read_like(text: str) -> Pattern:
    """The pattern of a LIKE: % is any text, _ any one character, everything else itself."""
    marks: dict[str, Pattern] = {"%": Repeat(ANY, 0, None), "_": ANY}
    parts: list[Pattern] = [marks.get(char) or Chars(((ord(char), ord(char)),)) for char in text]
    return Sequence(tuple(parts))


def steps(pattern: Pattern) -> int:
    """How many single-character steps the pattern has with its repeats written out."""
    match pattern:
        case Chars():
            return 1
        case Sequence():
            return sum(steps(part) for part in pattern.parts)
        case Choice():
            return 1 + sum(steps(branch) for branch in pattern.branches)
        case Repeat():
            return 1 + steps(pattern.part) * max(pattern.least, pattern.most or 1, 1)


def write(pattern: Pattern) -> str:
    """The pattern as text that RE2, PostgreSQL, Java and Python read alike."""
    match pattern:
        case Chars():
            return _write_chars(pattern)
        case Sequence():
            return "".join(f"(?:{write(p)})" if isinstance(p, Choice) else write(p) for p in pattern.parts)
        case Choice():
            return "|".join(write(branch) for branch in pattern.branches)
        case Repeat():
            part = write(pattern.part)
            if not isinstance(pattern.part, Chars):
                part = f"(?:{part})"
            return part + _write_times(pattern)


def _write_times(repeat: Repeat) -> str:
    short = {(0, None): "*", (1, None): "+", (0, 1): "?"}.get((repeat.least, repeat.most))
    if short:
        return short
    if repeat.most is None:
        return f"{{{repeat.least},}}"
    return f"{{{repeat.least}}}" if repeat.least == repeat.most else f"{{{repeat.least},{repeat.most}}}"


def _write_chars(chars: Chars) -> str:
    if chars == ANY:
        return "."
    if len(chars.ranges) == 1 and chars.ranges[0][0] == chars.ranges[0][1]:
        return _escaped(chars.ranges[0][0])
    ranges, sign = chars.ranges, ""
    if ranges[0][0] == 0 and ranges[-1][1] == _LAST:
        ranges, sign = _gaps(ranges), "^"
    return f"[{sign}{''.join(_escaped(a) if a == b else f'{_escaped(a)}-{_escaped(b)}' for a, b in ranges)}]"


def _escaped(code: int) -> str:
    char = chr(code)
    return f"\\{char}" if char in _META or char in "-&~" else char


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0

    def peek(self) -> str:
        return self.text[self.place : self.place + 1]

    def next(self) -> str:
        char = self.peek()
        if not char:
            raise BadPattern("没有写完")
        self.place += 1
        return char

    def choice(self, depth: int) -> Pattern:
        if depth > 20:
            raise BadPattern("括号嵌套超过 20 层")
        branches = [self.sequence(depth)]
        while self.peek() == "|":
            self.place += 1
            branches.append(self.sequence(depth))
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def sequence(self, depth: int) -> Pattern:
        parts: list[Pattern] = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.repeated(depth))
        if not parts:
            raise BadPattern("有空的分支")
        return Sequence(tuple(parts))

    def repeated(self, depth: int) -> Pattern:
        part = self.single(depth)
        times = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(self.peek())
        if times:
            self.place += 1
        elif self.peek() == "{":
            times = self.times()
        if times is None:
            return part
        if self.peek() and self.peek() in "*+?{":
            raise BadPattern("重复符号不能连写")
        return Repeat(part, *times)

    def times(self) -> tuple[int, int | None]:
        match = re.compile(r"\{([0-9]{1,3})(,([0-9]{0,3}))?\}").match(self.text, self.place)
        if match is None:
            raise BadPattern("{ } 里须写次数,如 {2} 或 {2,5}")
        self.place = match.end()
        least = int(match[1])
        most = least if match[2] is None else int(match[3]) if match[3] else None
        if max(least, most or 0) > _MAX_REPEAT or (most is not None and (most < least or most == 0)):
            raise BadPattern(f"重复次数须从小到大,且不超过 {_MAX_REPEAT}")
        return least, most

    def single(self, depth: int) -> Pattern:
        char = self.next()
        match char:
            case ".":
                return ANY
            case "(":
                return self.group(depth)
            case "[":
                return self.chars()
            case "\\":
                return Chars(self.escape())
        if char in "*+?{":
            raise BadPattern(f"“{char}”前面没有内容")
        if char in "^$]}":
            raise BadPattern(f"“{char}”在这里须写成“\\{char}”")
        return Chars(((ord(char), ord(char)),))

    def group(self, depth: int) -> Pattern:
        if self.peek() == "?":
            if not self.text.startswith("?:", self.place):
                raise BadPattern("不支持 (?…) 这类写法")
            self.place += 2
        inner = self.choice(depth + 1)
        if self.next() != ")":
            raise BadPattern("括号不成对")
        return inner

    def escape(self) -> Ranges:
        char = self.next()
        if char in _CLASSES:
            return _CLASSES[char]
        code = _CONTROL.get(char)
        if code is None and char not in _SPECIAL:
            raise BadPattern(f"不支持“\\{char}”")
        code = ord(char) if code is None else code
        return ((code, code),)

    def chars(self) -> Chars:
        negated = self.peek() == "^"
        self.place += negated
        ranges: list[tuple[int, int]] = []
        while (char := self.next()) != "]":
            if char == "[":
                raise BadPattern("“[”在这里须写成“\\[”")
            found = self.escape() if char == "\\" else ((ord(char), ord(char)),)
            if self.peek() == "-" and self.text[self.place + 1 : self.place + 2] not in ("]", ""):
                self.place += 1
                high = self.next()
                top = self.escape() if high == "\\" else ((ord(high), ord(high)),)
                if len(found) > 1 or len(top) > 1 or found[0][0] > top[0][0]:
                    raise BadPattern("[ ] 里的范围须从小到大")
                found = ((found[0][0], top[0][0]),)
            ranges += found
        if not ranges:
            raise BadPattern("[ ] 不能为空")
        return Chars(_merged(ranges, negated=negated))


def _merged(ranges: list[tuple[int, int]], *, negated: bool) -> Ranges:
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    if not negated:
        return tuple(merged)
    gaps = _gaps(tuple(merged))
    if not gaps:
        raise BadPattern("[^ ] 不能排除所有字符")
    return gaps


def _gaps(ranges: Ranges) -> Ranges:
    """Every code point outside the ranges."""
    edges = [-1, *(edge for pair in ranges for edge in pair), _LAST + 1]
    return tuple((a + 1, b - 1) for a, b in zip(edges[::2], edges[1::2], strict=True) if a + 1 <= b - 1)


def matcher(pattern: Pattern) -> Callable[[str], bool]:
    """A function that says whether a whole text matches, in time linear in its length."""
    from liuke.kernel.rule.automaton import Automaton

    if cheap(pattern):
        found = re.compile(write(pattern), re.DOTALL).fullmatch
        return lambda text: found(text) is not None
    return Automaton(pattern).matches


def cheap(pattern: Pattern) -> bool:
    """Whether backtracking can try only few ways, so that the built-in matcher is both safe and quick."""
    ways, unbounded = _ways(pattern)
    return ways <= 64 and unbounded <= 1


def _ways(pattern: Pattern) -> tuple[int, int]:
    match pattern:
        case Chars():
            return 1, 0
        case Sequence():
            ways, unbounded = 1, 0
            for part in pattern.parts:
                more, loops = _ways(part)
                ways, unbounded = min(ways * more, 1000), unbounded + loops
            return ways, unbounded
        case Choice():
            counts = [_ways(branch) for branch in pattern.branches]
            return sum(ways for ways, _ in counts), sum(loops for _, loops in counts)
        case Repeat():
            ways, unbounded = _ways(pattern.part)
            if pattern.most is None:
                return (1, 1) if isinstance(pattern.part, Chars) else (1000, 2)
            total = sum(min(ways, 10) ** times for times in range(pattern.least, min(pattern.most, 70) + 1))
            return min(total, 1000), unbounded * 2

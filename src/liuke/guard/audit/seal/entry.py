"""Entries as bytes: one line of the log, and the line beside it that can be erased.

    <leaf hash of the line before, hexadecimal> <number> <canonical JSON>
    <number> <text>

The leaf hash covers the whole first line, so the lines are a chain. Canonical JSON: UTF-8, keys sorted, no spaces, no
numbers but integers. The text beside is committed to in ``sealed``, its hash.
"""

from binascii import hexlify
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from liuke.guard.audit.seal.hash import HASH_BYTES, Hasher
from liuke.guard.audit.seal.model import Draft

GENESIS: Final = bytes(HASH_BYTES)
_PREVIOUS: Final = HASH_BYTES * 2
#: What a text beside is overwritten with.
BLANK: Final = b"-"


@dataclass(frozen=True, slots=True)
class Encoded:
    """A batch ready to be written: n lines and their leaf hashes (joined); the lines beside, and whose they are."""

    lines: Sequence[bytes]
    leaves: bytes
    beside: Sequence[bytes]
    committed: Sequence[int]


def canonical(facts: object) -> bytes:
    """Canonical JSON. Times become RFC 3339 in UTC with Z, UUIDs their text."""
    return orjson.dumps(facts, option=_OPTIONS, default=str)


_OPTIONS: Final = orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def encode(drafts: Iterable[Draft], *, first: int, last_leaf: bytes, hasher: Hasher) -> Encoded:
    """Lines for a batch whose first entry has number ``first``, chained to the leaf before it."""
    lines: list[bytes] = []
    leaves: list[bytes] = []
    beside: list[bytes] = []
    committed: list[int] = []
    begin, leaf = hasher.begin_leaf, last_leaf
    for n, draft in enumerate(drafts, first):
        facts = draft.facts
        if draft.beside is not None:
            committed.append(n - first)
            beside.append(b"%d %b\n" % (n, draft.beside))
            if "sealed" not in facts:
                facts = {**facts, "sealed": hasher.beside(draft.beside).hex()}
        line = b"%b %d %b" % (hexlify(leaf), n, canonical(facts))
        state = begin()
        state.update(line)
        leaf = state.digest()
        lines.append(line)
        leaves.append(leaf)
    return Encoded(lines, b"".join(leaves), beside, committed)


def facts_of(line: bytes) -> dict[str, object]:
    """The facts in a line of the log. Raises ValueError when it is none."""
    facts = orjson.loads(line[line.index(b" ", _PREVIOUS + 1) + 1 :])
    if not isinstance(facts, dict):
        raise ValueError("an entry is a JSON object")  # noqa: TRY004
    return facts


@dataclass(frozen=True, slots=True)
class Beside:
    """What lies beside an entry; ``text`` is None when it was erased."""

    n: int
    text: bytes | None


def beside_of(line: bytes) -> Beside:
    """The line beside an entry. Raises ValueError when it is none."""
    number, _, text = line.partition(b" ")
    n = int(number)
    if not text or b"%d" % n != number:
        raise ValueError("not a line beside an entry")
    return Beside(n, None if text == BLANK * len(text) else text)


def blanked(line: bytes) -> bytes:
    """The line as it stays after an erasure: of the same length, without its text."""
    start = line.index(b" ") + 1
    return line[:start] + BLANK * (len(line) - start)

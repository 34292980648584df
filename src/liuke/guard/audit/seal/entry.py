"""Entries as bytes: one line of the log, and the line beside it that can be erased.

    <leaf hash of the line before, hexadecimal> <number> <canonical JSON>
    <number> <salt, hexadecimal> <canonical JSON of what is personal>

The leaf hash covers the whole first line, so the lines are a chain. Canonical JSON: UTF-8, keys sorted, no spaces, no
numbers but integers. The line beside is committed to in ``sealed``: the hash of its salt and its JSON.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from liuke.guard.audit.seal.hash import HASH_BYTES, SALT_BYTES, Hasher
from liuke.guard.audit.seal.model import Draft

GENESIS: Final = bytes(HASH_BYTES)
_PREVIOUS: Final = HASH_BYTES * 2
SALT_DIGITS: Final = SALT_BYTES * 2
#: What the salt and the JSON are overwritten with.
BLANK: Final = b"-"


@dataclass(frozen=True, slots=True)
class Encoded:
    """A batch ready to be written: n lines and their leaf hashes, and the lines beside (some entries have none)."""

    lines: Sequence[bytes]
    leaves: Sequence[bytes]
    beside: Sequence[bytes]


def canonical(facts: object) -> bytes:
    """Canonical JSON. Times become RFC 3339 in UTC with Z, UUIDs their text."""
    return orjson.dumps(facts, option=_OPTIONS, default=str)


_OPTIONS: Final = orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def encode(drafts: Sequence[Draft], *, first: int, last_leaf: bytes, hasher: Hasher) -> Encoded:
    """Lines for a batch whose first entry has number ``first``, chained to the leaf before it."""
    lines: list[bytes] = []
    leaves: list[bytes] = []
    beside: list[bytes] = []
    leaf_of, commit, leaf = hasher.leaf, hasher.commit, last_leaf
    salts = os.urandom(SALT_BYTES * len(drafts))
    for at, draft in enumerate(drafts):
        facts = draft.facts
        if draft.personal is not None:
            salt = salts[at * SALT_BYTES : (at + 1) * SALT_BYTES]
            body = canonical(draft.personal)
            beside.append(b"%d %s %s\n" % (first + at, salt.hex().encode(), body))
            facts = {**facts, "sealed": commit(salt + body).hex()}
        line = b"%s %d %s" % (leaf.hex().encode(), first + at, canonical(facts))
        leaf = leaf_of(line)
        lines.append(line)
        leaves.append(leaf)
    return Encoded(lines, leaves, beside)


def facts_of(line: bytes) -> dict[str, object]:
    """The facts in a line of the log. Raises ValueError when it is none."""
    facts = orjson.loads(line[line.index(b" ", _PREVIOUS + 1) + 1 :])
    if not isinstance(facts, dict):
        raise ValueError("an entry is a JSON object")  # noqa: TRY004
    return facts


@dataclass(frozen=True, slots=True)
class Beside:
    """What lies beside an entry; salt and body are None when it was erased."""

    n: int
    salt: bytes | None
    body: bytes | None


def beside_of(line: bytes) -> Beside:
    """The line beside an entry. Raises ValueError when it is none."""
    space = line.index(b" ")
    start = space + 1
    n, salt, gap, body = (
        int(line[:space]),
        line[start : start + SALT_DIGITS],
        line[start + SALT_DIGITS : start + SALT_DIGITS + 1],
        line[start + SALT_DIGITS + 1 :],
    )
    if len(salt) != SALT_DIGITS or gap != b" " or not body or str(n).encode() != line[:space]:
        raise ValueError("not a line beside an entry")
    if salt == BLANK * SALT_DIGITS and body == BLANK * len(body):
        return Beside(n, None, None)
    return Beside(n, bytes.fromhex(salt.decode("ascii")), body)


def blanked(line: bytes) -> bytes:
    """The line as it stays after an erasure: of the same length, without salt and body."""
    space = line.index(b" ")
    return line[: space + 1] + BLANK * SALT_DIGITS + b" " + BLANK * (len(line) - space - SALT_DIGITS - 2)

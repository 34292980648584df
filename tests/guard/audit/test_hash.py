"""Digests of many messages at once are those of each, and lines read many at once are those read one by one."""

import hashlib

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from liuke.guard.audit.check import lines
from liuke.guard.audit.seal.hash import LEAF, NODE, Hasher, octets


@given(
    st.lists(st.integers(0, 400), min_size=1, max_size=150), st.integers(0, 2**32), st.sampled_from(["sm3", "sha256"])
)
@settings(max_examples=30, deadline=None)
def test_many_digests_are_those_of_openssl(sizes: list[int], seed: int, name: str) -> None:
    draw = np.random.default_rng(seed)
    messages = [draw.bytes(size) for size in sizes]
    wanted = b"".join(hashlib.new(name, b"\4" + message).digest() for message in messages)
    assert Hasher(name).many(4, messages) == wanted  # type: ignore[arg-type]


def test_every_length_around_a_block_is_padded_right() -> None:
    messages = [bytes([size % 251]) * size for size in range(260)]
    wanted = b"".join(hashlib.new("sm3", b"\0" + message).digest() for message in messages)
    assert Hasher("sm3").many(LEAF, messages) == wanted


def test_very_long_messages_are_digested_too() -> None:
    messages = [b"x" * 70_000, *([b"y"] * 40)]
    wanted = b"".join(hashlib.new("sm3", b"\1" + message).digest() for message in messages)
    assert Hasher("sm3").many(NODE, messages) == wanted


@given(st.integers(0, 10**12), st.integers(1, 40), st.data())
@settings(max_examples=40, deadline=None)
def test_a_chain_read_at_once_breaks_wherever_one_byte_of_its_links_is_changed(
    first: int, count: int, data: st.DataObject
) -> None:
    hasher, leaf, made = Hasher("sm3"), bytes(32), []
    for n in range(first, first + count):
        made.append(b"%b %d {}" % (leaf.hex().encode(), n))
        leaf = hasher.leaf(made[-1])
    text = bytearray(b"".join(line + b"\n" for line in made))
    assert _chained(bytes(text), first, hasher)
    at = data.draw(st.integers(0, len(text) - 1))
    if text[at : at + 1] not in b"{}":
        text[at] ^= 1 << data.draw(st.integers(0, 7))
        assert not _chained(bytes(text), first, hasher)


def _chained(text: bytes, first: int, hasher: Hasher) -> bool:
    starts, ends = lines.bounds(octets(text))
    leaves = octets(hasher.within(LEAF, text, starts, ends)).reshape(-1, 32)
    whole = lines.chained(octets(text), starts, ends, leaves, octets(bytes(32)), first)
    return bool(whole) and text.endswith(b"\n")


def test_a_line_is_looked_at_closely_when_it_may_order_an_erasure_or_tells_the_word() -> None:
    head = b"0" * 64 + b" 7 "
    plain = head + b'{"kind":"a","payload":{}}'
    sealed = head + b'{"kind":"a","sealed":"' + b"f" * 64 + b'","via":"s"}'
    erasure = head + b'{"kind":"audit.erased","payload":{"entries":[1]}}'
    telling = head + b'{"payload":{"sealed":"' + b"f" * 64 + b'"}}'
    cut = head + b'{"sealed":"ff"}'
    text = b"".join(line + b"\n" for line in (plain, sealed, erasure, telling, cut))
    starts, ends = lines.bounds(octets(text))
    found = lines.commitments(octets(text), starts, ends).tolist()
    assert found == [lines.NONE, starts[1] + len(head) + 22, lines.CLOSELY, lines.CLOSELY, lines.CLOSELY]

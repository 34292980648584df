"""Digests against published vectors."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuke.kernel.crypto import digest
from liuke.kernel.crypto.digest import HashName, derive, keyed, same


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_agrees_with_the_examples_of_gbt_32905(data: bytes, expected: str) -> None:
    assert digest(data, "sm3").hex() == expected


def test_sha256_agrees_with_the_example_of_fips_180() -> None:
    assert digest(b"abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_keyed_sha256_agrees_with_rfc_4231_case_2() -> None:
    state = keyed(b"Jefe", "sha256")
    state.update(b"what do ya want for nothing?")
    assert state.finalize().hex() == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


@given(key=st.binary(max_size=100), data=st.binary(max_size=300))
def test_keyed_sm3_is_the_hmac_construction_of_rfc_2104(key: bytes, data: bytes) -> None:
    state = keyed(key, "sm3")
    state.update(data)
    block = (digest(key, "sm3") if len(key) > 64 else key).ljust(64, b"\0")
    inner = digest(bytes(b ^ 0x36 for b in block) + data, "sm3")
    assert state.finalize() == digest(bytes(b ^ 0x5C for b in block) + inner, "sm3")


@given(data=st.binary(max_size=300))
def test_sha256_agrees_with_the_standard_library(data: bytes) -> None:
    assert digest(data, "sha256") == hashlib.sha256(data).digest()


@pytest.mark.parametrize("name", ["sha256", "sm3"])
def test_keys_derived_for_two_purposes_are_unrelated(name: HashName) -> None:
    secret = bytes(range(32))
    made = {derive(secret, label, hash_name=name) for label in ("wrap aes", "seal aes", "blind phone")}
    assert len(made) == 3
    assert all(len(key) == 32 for key in made)


def test_same_is_equality() -> None:
    assert same(b"abc", b"abc")
    assert not same(b"abc", b"abd")
    assert not same(b"abc", b"ab")

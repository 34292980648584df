"""Public customer numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuke.kernel.crypto import OpaqueId
from liuke.kernel.crypto.model import BadCustomerNumber
from liuke.kernel.crypto.opaque import ALPHABET, LENGTH, LIMIT

NUMBERS = OpaqueId(bytes(range(32)))
#: Recorded when the scheme was fixed: printed on letters by then, so they may never change.
GOLDEN = ["LKM6PMAE394", "LKEQ3PJQ1B6", "LK40M506HMP", "LK7SZ63RWDT"]
dense = st.integers(0, LIMIT - 1)


@given(dense)
def test_every_number_comes_back(number: int) -> None:
    text = NUMBERS.encode(number)
    assert NUMBERS.decode(text) == number
    assert len(text) == LENGTH == 11
    assert text.startswith("LK")
    assert set(text[2:]) <= set(ALPHABET)


@given(dense)
def test_the_permutation_undoes_itself_from_both_sides(number: int) -> None:
    assert NUMBERS.restore(NUMBERS.permute(number)) == number
    assert NUMBERS.permute(NUMBERS.restore(number)) == number


def test_no_two_customers_share_a_number() -> None:
    assert len(set(NUMBERS.encode_many(np.arange(200_000)))) == 200_000


@given(st.lists(dense, max_size=50))
def test_a_column_is_encoded_as_its_elements_are(numbers: list[int]) -> None:
    assert NUMBERS.encode_many(np.array(numbers, dtype=np.int64)) == [NUMBERS.encode(number) for number in numbers]


def test_the_numbers_of_one_key_never_change() -> None:
    assert [NUMBERS.encode(number) for number in (0, 1, 2, LIMIT - 1)] == GOLDEN


def test_neighbours_look_unrelated() -> None:
    here, there = NUMBERS.encode_many(np.arange(10_000)), NUMBERS.encode_many(np.arange(1, 10_001))
    alike = np.mean([sum(a == b for a, b in zip(x[2:], y[2:], strict=True)) for x, y in zip(here, there, strict=True)])
    assert abs(alike - 9 / 32) < 0.03  # nine characters, each equal by chance once in 32; six standard errors


def test_another_key_gives_other_numbers() -> None:
    other = OpaqueId(bytes(32))
    assert NUMBERS.encode(1) != other.encode(1)


@given(dense, st.integers(2, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(number: int, place: int, wrong: str) -> None:
    text = NUMBERS.encode(number)
    if text[place] == wrong:
        return
    with pytest.raises(BadCustomerNumber):
        NUMBERS.decode(text[:place] + wrong + text[place + 1 :])


@given(dense, st.integers(2, LENGTH - 1), st.integers(2, LENGTH - 1))
def test_two_swapped_characters_are_always_noticed(number: int, one: int, other: int) -> None:
    letters = list(NUMBERS.encode(number))
    if letters[one] == letters[other]:
        return
    letters[one], letters[other] = letters[other], letters[one]
    with pytest.raises(BadCustomerNumber):
        NUMBERS.decode("".join(letters))


def test_people_may_write_it_their_way() -> None:
    text = next(text for text in NUMBERS.encode_many(np.arange(10_000)) if "0" in text[2:] and "1" in text[2:])
    number = NUMBERS.decode(text)
    body = text[2:]
    ways = [
        text.lower(),
        f" {text} ",
        f"LK-{body[:4]}-{body[4:]}",
        "LK" + body.replace("0", "O").replace("1", "I"),
        "lk" + body.replace("0", "o").replace("1", "l"),
        "".join(chr(ord(letter) + 0xFEE0) for letter in text),
    ]
    assert [NUMBERS.decode(way) for way in ways] == [number] * len(ways)


@pytest.mark.parametrize(
    "text",
    ["", "LK", "LK7Q2M9XKD", "XX7Q2M9XKDV", "LK7Q2M9XKDVV", "LK7Q2M9UKDV", "张三", "LK" + "0" * 9_999, "LK\0"],
)
def test_what_is_not_a_customer_number_is_refused(text: str) -> None:
    with pytest.raises(BadCustomerNumber, match="以 LK 开头，共 11 位"):
        NUMBERS.decode(text)


@pytest.mark.parametrize("number", [-1, LIMIT, 2**63])
def test_a_number_that_does_not_fit_is_a_fault_of_the_program(number: int) -> None:
    with pytest.raises(ValueError, match="below 2"):
        NUMBERS.encode(number)


def test_a_column_with_a_number_that_does_not_fit_is_refused_whole() -> None:
    with pytest.raises(ValueError, match="below 2"):
        NUMBERS.encode_many(np.array([1, LIMIT]))


def test_an_empty_column_is_empty() -> None:
    assert NUMBERS.encode_many(np.array([], dtype=np.int64)) == []


def test_a_short_key_is_no_key() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        OpaqueId(bytes(16))

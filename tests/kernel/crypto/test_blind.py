"""Exact search on encrypted fields."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuke.kernel.crypto import BlindKind, KeyRing
from liuke.kernel.crypto.blind import BlindIndex, normalise
from liuke.kernel.crypto.model import NothingToIndex

RING = KeyRing.fresh()


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (BlindKind.PHONE, "13800138000", "+86 138-0013-8000"),
        (BlindKind.PHONE, "13800138000", "008613800138000"),
        (BlindKind.PHONE, "13800138000", "１３８００１３８０００"),
        (BlindKind.PHONE, "021-63212211", "(021) 6321 2211"),
        (BlindKind.ID_NO, "11010519491231002x", "11010519491231002X"),
        (BlindKind.ID_NO, "110105491231002", "11010519491231002X"),
        (BlindKind.ID_NO, " 110105 19491231 002Ｘ", "11010519491231002X"),
        (BlindKind.NAME, "买买提·艾力", "买买提•艾力"),
        (BlindKind.NAME, "张 三", "张三"),
        (BlindKind.NAME, "Ｌi Lei", "LI LEI"),
        (BlindKind.ACCOUNT_NO, "6222 0200 0000 0001", "6222020000000001"),
        (BlindKind.EMAIL, " A@Bank.cn", "a@bank.CN"),
        (BlindKind.WECOM_ID, " wmAbc", "wmAbc"),
    ],
)
def test_equal_things_written_differently_are_found_as_one(kind: BlindKind, one: str, other: str) -> None:
    assert RING.blind(kind, one) == RING.blind(kind, other)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (BlindKind.PHONE, "13800138000", "13800138001"),
        (BlindKind.PHONE, "8613800138", "13800138"),
        (BlindKind.ID_NO, "110105194912310021", "11010519491231002X"),
        (BlindKind.NAME, "张三", "张叁"),
        (BlindKind.WECOM_ID, "wmAbc", "wmabc"),
    ],
)
def test_different_things_are_not_mixed(kind: BlindKind, one: str, other: str) -> None:
    assert RING.blind(kind, one) != RING.blind(kind, other)


def test_the_same_digits_of_two_kinds_are_unrelated() -> None:
    assert len({RING.blind(kind, "13800138000") for kind in BlindKind}) == len(BlindKind)


def test_another_key_gives_another_index() -> None:
    assert KeyRing.fresh().blind(BlindKind.PHONE, "13800138000") != RING.blind(BlindKind.PHONE, "13800138000")


@pytest.mark.parametrize("text", ["", "   ", "—", "\t\n"])
def test_nothing_to_look_for_is_said_so(text: str) -> None:
    with pytest.raises(NothingToIndex, match="没有可用于查找的内容"):
        RING.blind(BlindKind.PHONE, text)


def test_a_column_keeps_its_gaps() -> None:
    one = RING.blind(BlindKind.PHONE, "13800138000")
    assert RING.blind_many(BlindKind.PHONE, ["13800138000", None, "", "无", "138 0013 8000"]) == [
        one,
        None,
        None,
        None,
        one,
    ]


@pytest.mark.parametrize("cipher", ["aes", "sm4"])
def test_the_digest_follows_the_cipher_at_the_first_start_and_stays(cipher: str, tmp_path: Path) -> None:
    first = KeyRing.open(tmp_path / "keys", cipher=cipher).blind(BlindKind.NAME, "张三")
    assert len(first) == 16
    for later in ("aes", "sm4"):
        assert KeyRing.open(tmp_path / "keys", cipher=later).blind(BlindKind.NAME, "张三") == first


def test_the_two_digests_differ() -> None:
    key = bytes(range(32))
    made = {BlindIndex(key, name).one(BlindKind.NAME, "张三") for name in ("sm3", "sha256")}
    assert len(made) == 2


#: What such fields hold: Han, Latin, full width, separators.
WRITING = st.text("张三丰艾买提0123456789１２３abcXYZＡｘ+-—· •.\u3000@_", max_size=40)


@given(kind=st.sampled_from(BlindKind), text=WRITING)
def test_normalising_twice_is_normalising_once(kind: BlindKind, text: str) -> None:
    once = normalise(kind, text)
    assert normalise(kind, once) == once

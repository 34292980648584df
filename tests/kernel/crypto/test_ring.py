"""Keys of subjects and the fields under them."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuke.kernel.crypto import BlindKind, Cipher, Erased, KeyRing, KeyTrouble, SubjectKey, Tampered
from liuke.kernel.crypto.model import KeyMissing, SubjectErased

PHONE = "13800138000"


@pytest.fixture(params=list(Cipher))
def ring(request: pytest.FixtureRequest) -> KeyRing:
    return KeyRing.fresh(cipher=request.param)


def test_a_field_comes_back_as_it_went_in(ring: KeyRing) -> None:
    key = ring.new_subject_key(7)
    value = ring.encrypt(PHONE, key=key, at="party.phone")
    assert ring.decrypt(value, key=key, at="party.phone") == PHONE
    assert len(value) == len(PHONE) + 32
    assert PHONE.encode() not in value


@given(text=st.text(max_size=200), subject=st.integers(-(2**63), 2**63 - 1), cipher=st.sampled_from(Cipher))
def test_every_text_of_every_subject_comes_back(text: str, subject: int, cipher: Cipher) -> None:
    ring = KeyRing.fresh(cipher=cipher)
    key = ring.unwrap(ring.wrap(ring.new_subject_key(subject)), subject)
    assert isinstance(key, SubjectKey)
    assert ring.decrypt(ring.encrypt(text, key=key, at="party.name"), key=key, at="party.name") == text


def test_the_same_text_never_looks_the_same_twice(ring: KeyRing) -> None:
    key = ring.new_subject_key(7)
    assert len({ring.encrypt(PHONE, key=key, at="party.phone") for _ in range(100)}) == 100


@pytest.mark.parametrize("place", [0, 1, 2, 3, 4, 15, 16, 20, -16, -1])
def test_one_changed_bit_anywhere_is_noticed(ring: KeyRing, place: int) -> None:
    key = ring.new_subject_key(7)
    value = bytearray(ring.encrypt(PHONE, key=key, at="party.phone"))
    value[place] ^= 1
    with pytest.raises(Tampered):
        ring.decrypt(bytes(value), key=key, at="party.phone")


def test_a_truncated_value_is_noticed(ring: KeyRing) -> None:
    key = ring.new_subject_key(7)
    value = ring.encrypt(PHONE, key=key, at="party.phone")
    for length in range(len(value)):
        with pytest.raises(Tampered):
            ring.decrypt(value[:length], key=key, at="party.phone")


def test_a_value_moved_to_another_column_does_not_open(ring: KeyRing) -> None:
    key = ring.new_subject_key(7)
    value = ring.encrypt(PHONE, key=key, at="party.phone")
    with pytest.raises(Tampered, match=r"party\.email"):
        ring.decrypt(value, key=key, at="party.email")


def test_a_value_moved_to_another_subject_does_not_open(ring: KeyRing) -> None:
    value = ring.encrypt(PHONE, key=ring.new_subject_key(7), at="party.phone")
    with pytest.raises(Tampered):
        ring.decrypt(value, key=ring.new_subject_key(8), at="party.phone")


def test_the_subject_is_bound_even_if_two_subjects_shared_a_secret(ring: KeyRing) -> None:
    secret = bytes(range(48))
    value = ring.encrypt(PHONE, key=SubjectKey(7, secret), at="party.phone")
    with pytest.raises(Tampered):
        ring.decrypt(value, key=SubjectKey(8, secret), at="party.phone")


def test_a_wrapped_key_moved_to_another_subject_does_not_open(ring: KeyRing) -> None:
    wrapped = ring.wrap(ring.new_subject_key(7))
    with pytest.raises(Tampered):
        ring.unwrap(wrapped, 8)


@pytest.mark.parametrize("length", [0, 3, 4, 10, 31, 81])
def test_a_truncated_wrapped_key_among_good_ones_is_noticed(ring: KeyRing, length: int) -> None:
    wrapped = ring.wrap(ring.new_subject_key(7))
    assert len(wrapped) == 82
    with pytest.raises(Tampered):
        ring.unwrap_many([wrapped, wrapped[:length]], [7, 7])


def test_a_wrapped_key_of_another_bank_does_not_open(ring: KeyRing) -> None:
    stranger = KeyRing.fresh(cipher=ring.cipher)
    with pytest.raises(Tampered):
        ring.unwrap(stranger.wrap(stranger.new_subject_key(7)), 7)


def test_an_erased_subject_reads_as_erased_and_cannot_be_written(ring: KeyRing) -> None:
    value = ring.encrypt(PHONE, key=ring.new_subject_key(7), at="party.phone")
    gone = ring.unwrap(None, 7)
    assert gone == Erased()
    assert str(ring.decrypt(value, key=gone, at="party.phone")) == "已删除"
    with pytest.raises(SubjectErased, match="已按要求删除"):
        ring.encrypt(PHONE, key=gone, at="party.phone")
    with pytest.raises(SubjectErased):
        ring.encrypt_many([PHONE], keys=[gone], at="party.phone")


def test_columns_go_in_and_out_with_their_gaps_and_their_dead(ring: KeyRing) -> None:
    keys = [ring.new_subject_key(subject) for subject in range(4)]
    wrapped: list[bytes | None] = list(ring.wrap_many(keys))
    assert ring.unwrap_many(wrapped, range(4)) == keys
    values = ring.encrypt_many(["甲", None, "丙", ""], keys=keys, at="party.name")
    wrapped[2] = None
    opened = ring.unwrap_many(wrapped, range(4))
    assert ring.decrypt_many(values, keys=opened, at="party.name") == ["甲", None, Erased(), ""]


def test_columns_of_unequal_length_are_refused(ring: KeyRing) -> None:
    key = ring.new_subject_key(1)
    with pytest.raises(ValueError, match="zip"):
        ring.encrypt_many(["a", "b"], keys=[key], at="party.name")
    with pytest.raises(ValueError, match="zip"):
        ring.unwrap_many([None], [1, 2])


def test_a_key_of_another_version_does_not_open_a_field(ring: KeyRing) -> None:
    first, second = ring.new_subject_key(7), ring.new_subject_key(7, version=2)
    value = ring.encrypt(PHONE, key=first, at="party.phone")
    with pytest.raises(Tampered):
        ring.decrypt(value, key=second, at="party.phone")
    assert ring.unwrap(ring.wrap(second), 7) == second


def test_after_rotation_old_keys_open_and_new_ones_use_the_new_master(ring: KeyRing) -> None:
    old = ring.wrap(ring.new_subject_key(7))
    assert ring.rotate() == 2
    new = ring.wrap(ring.new_subject_key(8))
    assert isinstance(ring.unwrap(old, 7), SubjectKey)
    assert isinstance(ring.unwrap(new, 8), SubjectKey)
    assert ring.is_stale(old)
    assert not ring.is_stale(new)


def test_rewrapping_leaves_fields_untouched_and_readable(ring: KeyRing) -> None:
    key = ring.new_subject_key(7)
    value, old = ring.encrypt(PHONE, key=key, at="party.phone"), ring.wrap(key)
    ring.rotate()
    (new,) = ring.rewrap_many([old], [7])
    assert not ring.is_stale(new)
    assert ring.decrypt(value, key=ring.unwrap(new, 7), at="party.phone") == PHONE


def test_after_a_change_of_cipher_old_values_stay_readable(tmp_path: Path) -> None:
    before = KeyRing.open(tmp_path / "keys", cipher="aes")
    key = before.new_subject_key(7)
    value, wrapped = before.encrypt(PHONE, key=key, at="party.phone"), before.wrap(key)
    after = KeyRing.open(tmp_path / "keys", cipher="sm4")
    assert after.is_stale(wrapped)
    opened = after.unwrap(wrapped, 7)
    assert after.decrypt(value, key=opened, at="party.phone") == PHONE
    assert after.encrypt(PHONE, key=opened, at="party.phone")[1] == 2
    assert after.blind(BlindKind.PHONE, PHONE) == before.blind(BlindKind.PHONE, PHONE)
    assert after.customer_numbers.encode(7) == before.customer_numbers.encode(7)


def test_a_master_key_added_by_another_process_is_found(tmp_path: Path) -> None:
    here, there = KeyRing.open(tmp_path / "keys"), KeyRing.open(tmp_path / "keys")
    there.rotate()
    wrapped = there.wrap(there.new_subject_key(7))
    assert isinstance(here.unwrap(wrapped, 7), SubjectKey)
    assert here.rotate() == 3
    assert here.fingerprints() == KeyRing.open(tmp_path / "keys").fingerprints()


def test_two_processes_that_rotate_at_once_get_two_versions(tmp_path: Path) -> None:
    rings = [KeyRing.open(tmp_path / "keys") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        versions = list(pool.map(KeyRing.rotate, rings))
    assert sorted(versions) == [2, 3, 4, 5]


def test_a_missing_master_key_is_named(tmp_path: Path) -> None:
    ring = KeyRing.open(tmp_path / "keys")
    ring.rotate()
    wrapped = ring.wrap(ring.new_subject_key(7))
    (tmp_path / "keys" / "kek-2.key").unlink()
    with pytest.raises(KeyMissing, match=r"kek-2\.key.*切勿重新生成"):
        KeyRing.open(tmp_path / "keys").unwrap(wrapped, 7)


def test_a_sealed_secret_opens_only_in_its_place(ring: KeyRing) -> None:
    value = ring.seal("JBSWY3DPEHPK3PXP", at="user.totp", subject="u-1")
    ring.rotate()
    assert ring.unseal(value, at="user.totp", subject="u-1") == "JBSWY3DPEHPK3PXP"
    for at, subject in (("user.totp", "u-2"), ("user.other", "u-1"), ("user.totp", 1)):
        with pytest.raises(Tampered):
            ring.unseal(value, at=at, subject=subject)


def test_a_sealed_secret_is_not_a_wrapped_key(ring: KeyRing) -> None:
    with pytest.raises(Tampered):
        ring.unwrap(ring.seal("x" * 50, at="subject.key", subject=7), 7)


def test_threads_share_a_ring(ring: KeyRing) -> None:
    def there_and_back(subject: int) -> bool:
        key = ring.unwrap(ring.wrap(ring.new_subject_key(subject)), subject)
        text = f"1{subject:010d}"
        return ring.decrypt(ring.encrypt(text, key=key, at="party.phone"), key=key, at="party.phone") == text

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(there_and_back, range(2_000)))


def test_no_secret_shows_in_text(ring: KeyRing, tmp_path: Path) -> None:
    key = SubjectKey(7, bytes(range(48)))
    shown = " ".join(map(repr, (ring, key, ring.customer_numbers, ring.signer(), KeyRing.open(tmp_path / "k"))))
    assert repr(key) == "SubjectKey(subject=7, version=1)"
    assert "00010203" not in shown
    assert r"\x01" not in shown


def test_a_subject_key_is_not_pickled_by_accident() -> None:
    with pytest.raises(TypeError, match="never pickled"):
        pickle.dumps(SubjectKey(7, bytes(48)))


def test_a_short_secret_is_no_key() -> None:
    with pytest.raises(ValueError, match="48 bytes"):
        SubjectKey(7, bytes(32))


def test_errors_are_of_one_family_with_chinese_messages() -> None:
    assert issubclass(KeyMissing, KeyTrouble)
    assert "完整性校验" in Tampered(at="party.phone").message

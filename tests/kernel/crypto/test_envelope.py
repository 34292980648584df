"""The layout of an encrypted value, and the two ciphers against published vectors."""

import pytest
from cryptography.exceptions import InvalidTag

from liuke.kernel.crypto import Cipher, Tampered
from liuke.kernel.crypto.envelope import bound, header, nonces, opener, parse, sealer, subject_bytes


def unhex(text: str) -> bytes:
    return bytes.fromhex(text.replace(" ", ""))


# RFC 8998, appendix A.1
SM4_GCM = (
    Cipher.SM4,
    unhex("0123456789ABCDEFFEDCBA9876543210"),
    unhex("00001234567800000000ABCD"),
    unhex("AAAAAAAAAAAAAAAA BBBBBBBBBBBBBBBB CCCCCCCCCCCCCCCC DDDDDDDDDDDDDDDD")
    + unhex("EEEEEEEEEEEEEEEE FFFFFFFFFFFFFFFF EEEEEEEEEEEEEEEE AAAAAAAAAAAAAAAA"),
    unhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2"),
    unhex("17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735")
    + unhex("D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"),
    unhex("83DE3541E4C2B58177E065A9BF7B62EC"),
)

# McGrew and Viega, "The Galois/Counter Mode of Operation", test case 16 (AES-256)
AES_GCM = (
    Cipher.AES,
    unhex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"),
    unhex("cafebabefacedbaddecaf888"),
    unhex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72")
    + unhex("1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"),
    unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
    unhex("522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa")
    + unhex("8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"),
    unhex("76fc6ece0f4e1768cddf8853bb2d551b"),
)

Vector = tuple[Cipher, bytes, bytes, bytes, bytes, bytes, bytes]


@pytest.mark.parametrize("vector", [SM4_GCM, AES_GCM], ids=["sm4", "aes"])
def test_both_ciphers_agree_with_published_vectors(vector: Vector) -> None:
    cipher, key, nonce, text, associated, secret, tag = vector
    assert sealer(cipher)(key, nonce, text, associated) == secret + tag
    assert opener(cipher)(key, nonce, secret + tag, associated) == text


@pytest.mark.parametrize("cipher", list(Cipher))
def test_one_sealer_serves_many_keys_without_mixing_them(cipher: Cipher) -> None:
    size = 16 if cipher is Cipher.SM4 else 32
    seal, unseal = sealer(cipher), opener(cipher)
    one, two, nonce = bytes(size), bytes([1]) * size, bytes(12)
    first, second, again = seal(one, nonce, b"x", b""), seal(two, nonce, b"x", b""), seal(one, nonce, b"x", b"")
    assert first == again != second
    with pytest.raises(InvalidTag):
        unseal(two, nonce, first, b"")


@pytest.mark.parametrize("cipher", list(Cipher))
def test_the_header_names_layout_cipher_and_key_version(cipher: Cipher) -> None:
    head = header(cipher, 513)
    assert head[0] == 1
    assert head[1] == {Cipher.AES: 1, Cipher.SM4: 2}[cipher]
    assert head[2:] == b"\x02\x01"
    assert parse(head + bytes(28), at="party.phone") == (cipher, 513)


@pytest.mark.parametrize(
    "value",
    [b"", b"\x01\x01\x00\x01", bytes(31), bytes(40), b"\x02\x01\x00\x01" + bytes(30), b"\x01\x03\x00\x01" + bytes(30)],
)
def test_what_is_not_an_encrypted_value_is_refused(value: bytes) -> None:
    with pytest.raises(Tampered, match=r"party\.phone"):
        parse(value, at="party.phone")


def test_no_two_places_or_subjects_share_associated_data() -> None:
    head = header(Cipher.AES, 1)
    pairs = [
        ("a.b", 1),
        ("a.bc", 1),
        ("a.b", 2),
        ("a.b", -1),
        ("a.b", "1"),
        ("a.b", "\0" * 7 + "\1"),
    ]
    assert len({bound(head, at) + subject_bytes(subject) for at, subject in pairs}) == len(pairs)


def test_nonces_do_not_repeat_across_blocks() -> None:
    drawn = [nonce for nonce, _ in zip(nonces(), range(10_000), strict=False)]
    assert len(set(drawn)) == 10_000
    assert {len(nonce) for nonce in drawn} == {12}

"""Signatures against published vectors, and the files their keys live in."""

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from tongsuopy.crypto.asymciphers import ec

from liuke.kernel.crypto import KeyRing, KeyTrouble, verifier
from liuke.kernel.crypto.ed25519 import Ed25519Signer, Ed25519Verifier
from liuke.kernel.crypto.model import KeyFileBroken, KeyFileUnsafe
from liuke.kernel.crypto.sign import SignatureName, new_signer, open_signer, read_signer
from liuke.kernel.crypto.sm2 import Sm2Signer, Sm2Verifier

NAMES: list[SignatureName] = ["ed25519", "sm2"]

# RFC 8032, section 7.1: secret, public, message, signature
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
]

# GB/T 32918.5-2017, appendix A.2: message "message digest", user id 1234567812345678
SM2_PRIVATE = 0x3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8
SM2_X = 0x09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020
SM2_Y = 0xCCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13
SM2_R = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
SM2_S = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA


@pytest.mark.parametrize(("secret", "public", "message", "signature"), RFC_8032)
def test_ed25519_agrees_with_rfc_8032(secret: str, public: str, message: str, signature: str) -> None:
    signer = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)))
    assert signer.sign(bytes.fromhex(message)).hex() == signature
    known = Ed25519Verifier(Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)))
    assert known.verify(bytes.fromhex(message), bytes.fromhex(signature))
    assert known.key_id == signer.key_id


def test_sm2_accepts_the_signature_of_gbt_32918() -> None:
    known = Sm2Verifier(ec.EllipticCurvePublicNumbers(SM2_X, SM2_Y, ec.SM2()).public_key())
    signature = encode_dss_signature(SM2_R, SM2_S)
    assert known.verify(b"message digest", signature)
    assert not known.verify(b"message digesT", signature)
    assert not known.verify(b"message digest", encode_dss_signature(SM2_R, SM2_S + 1))


def test_the_private_key_of_gbt_32918_has_the_published_public_key() -> None:
    numbers = ec.EllipticCurvePublicNumbers(SM2_X, SM2_Y, ec.SM2())
    signer = Sm2Signer(ec.EllipticCurvePrivateNumbers(SM2_PRIVATE, numbers).private_key())
    known = Sm2Verifier(numbers.public_key())
    assert signer.key_id == known.key_id
    assert known.verify(b"message digest", signer.sign(b"message digest"))


@pytest.mark.parametrize("name", NAMES)
def test_a_signature_belongs_to_one_text_and_one_key(name: SignatureName) -> None:
    signer, other = new_signer(name), new_signer(name)
    signature = signer.sign("放行凭证".encode())
    assert signer.verifier().verify("放行凭证".encode(), signature)
    assert not signer.verifier().verify("放行凭证。".encode(), signature)
    assert not other.verifier().verify("放行凭证".encode(), signature)


@pytest.mark.parametrize("name", NAMES)
@given(junk=st.binary(max_size=100))
def test_junk_is_no_signature_and_no_crash(name: SignatureName, junk: bytes) -> None:
    assert not VERIFIERS[name].verify(b"x", junk)


VERIFIERS = {name: new_signer(name).verifier() for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_public_key_travels_as_pem(name: SignatureName) -> None:
    signer = new_signer(name)
    received = verifier(signer.verifier().pem())
    assert received.algorithm == name
    assert received.key_id == signer.key_id
    assert len(signer.key_id) == 32
    assert received.verify(b"x", signer.sign(b"x"))


def test_a_public_key_of_another_kind_is_refused() -> None:
    key = rsa.generate_private_key(65537, 2048).public_key()
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    for text in (pem, "", "-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----\n"):
        with pytest.raises(KeyTrouble, match="既不是 Ed25519 也不是 SM2"):
            verifier(text)


@pytest.mark.parametrize(("cipher", "name"), [("aes", "ed25519"), ("sm4", "sm2")])
def test_the_bank_keeps_its_signing_key_in_a_private_file(tmp_path: Path, cipher: str, name: str) -> None:
    signer = KeyRing.open(tmp_path / "keys", cipher=cipher).signer()
    path = tmp_path / "keys" / f"sign-{name}.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert signer.algorithm == name
    assert KeyRing.open(tmp_path / "keys", cipher=cipher).signer().key_id == signer.key_id


def test_signers_opened_at_once_are_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        signers = list(pool.map(lambda _: open_signer(tmp_path, "ed25519"), range(8)))
    assert len({signer.key_id for signer in signers}) == 1
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_signing_key_open_to_others_is_refused(tmp_path: Path, name: SignatureName) -> None:
    open_signer(tmp_path, name)
    (tmp_path / f"sign-{name}.pem").chmod(0o644)
    with pytest.raises(KeyFileUnsafe):
        open_signer(tmp_path, name)


def wrong_pems() -> dict[str, bytes]:
    other = rsa.generate_private_key(65537, 2048)
    return {
        "empty": b"",
        "half": new_signer("ed25519").private_pem()[:60],
        "another kind": other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        "binary": bytes(range(256)),
    }


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("pem", wrong_pems().values(), ids=wrong_pems().keys())
def test_a_broken_signing_key_is_refused_in_one_sentence(tmp_path: Path, name: SignatureName, pem: bytes) -> None:
    path = tmp_path / f"sign-{name}.pem"
    path.write_bytes(pem)
    path.chmod(0o600)
    with pytest.raises(KeyFileBroken, match="不是可用的签名私钥"):
        read_signer(path, name)


@pytest.mark.parametrize("name", NAMES)
def test_a_key_of_one_kind_is_not_read_as_the_other(tmp_path: Path, name: SignatureName) -> None:
    other: SignatureName = "sm2" if name == "ed25519" else "ed25519"
    path = tmp_path / "sign.pem"
    path.write_bytes(new_signer(other).private_pem())
    path.chmod(0o600)
    with pytest.raises(KeyFileBroken):
        read_signer(path, name)


@pytest.mark.parametrize("order", ["ladybug, liuke.kernel.crypto.sm2", "liuke.kernel.crypto.sm2, ladybug"])
def test_sm2_keeps_to_its_own_library_whoever_brings_another(order: str) -> None:
    told = f"import {order}; from liuke.kernel.crypto.sm2 import Sm2Signer, Sm2Verifier; s = Sm2Signer.fresh();"
    told += "assert Sm2Verifier.load(s.verifier().pem().encode()).verify(b'text', s.sign(b'text'))"
    subprocess.run([sys.executable, "-c", told], check=True)

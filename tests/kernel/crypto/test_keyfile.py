"""Key files: who may read them, and what is said when one is broken."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from liuke.kernel.crypto import KeyRing
from liuke.kernel.crypto.keyfile import KeyFile, add_key, read_key
from liuke.kernel.crypto.model import KeyFileBroken, KeyFileUnsafe, KeyFolderUnusable, KeyMissing

NAMES = ["kek-1.key", "blind.key", "customer-number.key"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "home" / "keys"
    KeyRing.open(place)
    return place


def test_the_first_start_makes_a_private_folder_of_private_files(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == sorted(NAMES)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert [path.name for path in folder.parent.iterdir()] == ["keys"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(mode=0o755)
    KeyRing.open(tmp_path / "keys")
    assert len(list((tmp_path / "keys").iterdir())) == 3


def test_the_next_start_reads_the_same_keys(folder: Path) -> None:
    one, two = KeyRing.open(folder), KeyRing.open(folder)
    assert one.fingerprints() == two.fingerprints()
    key = one.new_subject_key(7)
    assert two.unwrap(one.wrap(key), 7) == key


def test_many_first_starts_at_once_agree_on_one_set_of_keys(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(lambda _: KeyRing.open(tmp_path / "keys"), range(8)))
    assert len({ring.fingerprints()[1] for ring in rings}) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


def test_the_umask_does_not_loosen_or_tighten_key_files(tmp_path: Path) -> None:
    before = os.umask(0o277)
    try:
        KeyRing.open(tmp_path / "keys")
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()} == {0o600}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o601])
def test_a_key_file_open_to_others_is_refused_with_the_remedy(folder: Path, name: str, mode: int) -> None:
    (folder / name).chmod(mode)
    with pytest.raises(KeyFileUnsafe, match=f"权限为 {mode:04o}.*chmod 600 .*{name}"):
        KeyRing.open(folder)


def test_a_folder_others_may_write_to_is_refused(folder: Path) -> None:
    folder.chmod(0o770)
    with pytest.raises(KeyFileUnsafe, match="chmod 700"):
        KeyRing.open(folder)


@pytest.mark.parametrize("name", NAMES)
def test_a_lost_key_is_named_and_never_made_anew(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(KeyMissing, match=f"缺少密钥 {name}.*切勿重新生成"):
        KeyRing.open(folder)
    assert not (folder / name).exists()


def broken_texts() -> dict[str, bytes]:
    good = "liuke-key 1\nuse: kek\nversion: 1\nsecret: " + "ab" * 32 + "\ncheck: 0123456789abcdef\n"
    return {
        "empty": b"",
        "half": good[:40].encode(),
        "not ours": b"-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\n",
        "binary": bytes(range(256)),
        "chinese": "密钥".encode("gbk"),
        "wrong check": good.encode(),
        "too large": b"x" * 100_000,
    }


@pytest.mark.parametrize("content", broken_texts().values(), ids=broken_texts().keys())
def test_a_broken_key_file_is_refused_in_one_clear_sentence(folder: Path, content: bytes) -> None:
    (folder / "kek-1.key").write_bytes(content)
    with pytest.raises(KeyFileBroken, match=r"kek-1\.key 已损坏或不完整.*切勿重新生成"):
        KeyRing.open(folder)


def test_one_changed_digit_of_a_secret_is_noticed(folder: Path) -> None:
    path = folder / "kek-1.key"
    lines = path.read_text().splitlines()
    lines[3] = lines[3][:-1] + ("0" if lines[3][-1] != "0" else "1")
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(KeyFileBroken, match="校验码不符"):
        KeyRing.open(folder)


@pytest.mark.parametrize(
    "key", [KeyFile("kek", 1, bytes(31)), KeyFile("kek", 0, bytes(32)), KeyFile("kek", 70_000, bytes(32))]
)
def test_a_well_formed_file_with_an_impossible_key_is_refused(tmp_path: Path, key: KeyFile) -> None:
    add_key(tmp_path / "kek-1.key", key)
    with pytest.raises(KeyFileBroken):
        read_key(tmp_path / "kek-1.key")


def test_files_that_changed_places_are_noticed(folder: Path) -> None:
    (folder / "blind.key").write_bytes((folder / "kek-1.key").read_bytes())
    with pytest.raises(KeyFileBroken, match="用途与文件名不符"):
        KeyRing.open(folder)


def test_a_master_key_under_a_wrong_number_is_noticed(folder: Path) -> None:
    (folder / "kek-1.key").rename(folder / "kek-2.key")
    with pytest.raises(KeyFileBroken, match="文件名与密钥版本不符"):
        KeyRing.open(folder)


def test_a_folder_in_place_of_a_key_file_is_refused(folder: Path) -> None:
    (folder / "blind.key").unlink()
    (folder / "blind.key").mkdir()
    with pytest.raises(KeyFileBroken, match="不是普通文件"):
        KeyRing.open(folder)


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("x")
    with pytest.raises(KeyFolderUnusable, match="密钥目录"):
        KeyRing.open(tmp_path / "keys")


def test_a_draft_left_by_a_killed_start_does_no_harm(tmp_path: Path) -> None:
    draft = tmp_path / ".keys-killed"
    draft.mkdir()
    (draft / "kek-1.key").write_text("liuke-key 1\n")
    assert KeyRing.open(tmp_path / "keys").current == 1


def test_a_key_in_place_is_never_overwritten(folder: Path) -> None:
    before = (folder / "kek-1.key").read_bytes()
    assert not add_key(folder / "kek-1.key", KeyFile.fresh("kek", 1))
    assert (folder / "kek-1.key").read_bytes() == before
    assert len(list(folder.iterdir())) == 3


def test_a_secret_is_not_shown_by_repr() -> None:
    assert repr(KeyFile("kek", 1, bytes(32))) == "KeyFile(use='kek', version=1)"

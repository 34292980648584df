"""Whatever is done to a log is found and named, by Liuke and by the offline verifier alike."""

import importlib.util
import random
import shutil
from pathlib import Path
from types import ModuleType

import pytest
from tests.guard.audit.builders import MUTATIONS, Mutation, Place, replace_key, roll_back, three_days
from tests.guard.audit.forger import rewrite

from liuke.guard.audit.check.verify import verify
from liuke.guard.audit.seal.model import FaultKind

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def offline() -> ModuleType:
    """The single-file verifier, loaded from its file as an auditor runs it."""
    spec = importlib.util.spec_from_file_location("verify_audit", ROOT / "tools" / "verify_audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return three_days(tmp_path_factory.mktemp("log"))


@pytest.fixture
def place(original: Place, tmp_path: Path) -> Place:
    """A copy to be mistreated."""
    shutil.copytree(original.path.parent, tmp_path / "bank")
    return Place(tmp_path / "bank/audit", tmp_path / "bank/witness", original.signer, original.clock)


def test_an_untouched_log_is_sound(place: Place, offline: ModuleType) -> None:
    report = verify(place.path, witnesses=place.witnesses, pins=frozenset({place.signer.key_id}))
    assert report.faults == ()
    assert (report.size, report.segments, report.erased) == (121, 4, 3)
    assert offline.Verifier(place.path, {place.signer.key_id}).run([place.witness], True) == []


@pytest.mark.parametrize("hash_name", ["sm3", "sha256"])
@pytest.mark.parametrize("algorithm", ["ed25519", "sm2"])
def test_every_digest_and_signature_is_verified_offline_too(
    tmp_path: Path, offline: ModuleType, hash_name: str, algorithm: str
) -> None:
    made = three_days(tmp_path, entries=5, hash_name=hash_name, algorithm=algorithm)  # type: ignore[arg-type]
    assert verify(made.path, witnesses=made.witnesses).sound
    assert offline.Verifier(made.path, {made.signer.key_id}).run([made.witness], True) == []


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
@pytest.mark.parametrize("seed", range(6))
def test_a_changed_log_is_found_and_named(place: Place, offline: ModuleType, mutation: Mutation, seed: int) -> None:
    what = mutation(place.path, random.Random(seed))
    report = verify(place.path, witnesses=place.witnesses, pins=frozenset({place.signer.key_id}))
    assert not report.sound, what
    named = [fault for fault in report.faults if fault.segment or fault.entry is not None]
    assert named or report.faults[0].kind in {FaultKind.FOLDER, FaultKind.KEY, FaultKind.DERIVED}, what
    arguments = [str(place.path), "--witness", str(place.witness), "--key", place.signer.key_id]
    assert offline.main(arguments) in {1, 2}, what


@pytest.mark.parametrize("n", [0, 1, 39, 40, 57, 119])
def test_an_edited_entry_is_named(place: Place, offline: ModuleType, n: int, capsys: pytest.CaptureFixture) -> None:
    path = sorted((place.path / "segments").glob("*.log"))[n // 40]
    path.chmod(0o600)
    data = path.read_bytes()
    at = data.index(b" %d {" % n) + 20
    path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    report = verify(place.path)
    assert report.faults[0].entry == n
    assert report.faults[0].segment == path.stem
    assert offline.main([str(place.path)]) == 1
    assert f"#{n} " in capsys.readouterr().out


def test_a_rollback_is_found_only_by_a_witness(place: Place) -> None:
    roll_back(place.path, random.Random(0))
    assert verify(place.path).sound
    faults = verify(place.path, witnesses=place.witnesses).faults
    assert [fault.kind for fault in faults] == [FaultKind.ROLLBACK]


def test_a_replaced_key_is_found_by_its_name_or_by_a_witness(place: Place, offline: ModuleType) -> None:
    replace_key(place.path, random.Random(0))
    rewritten = verify(place.path)
    assert {fault.kind for fault in rewritten.faults} <= {FaultKind.PERSONAL}
    assert FaultKind.KEY in {fault.kind for fault in verify(place.path, pins=frozenset({place.signer.key_id})).faults}
    assert FaultKind.ROLLBACK in {fault.kind for fault in verify(place.path, witnesses=place.witnesses).faults}
    assert any("密钥" in sentence for _, _, sentence in offline.Verifier(place.path, {"0" * 32}).run([], False))


def test_an_entry_rewritten_with_everything_but_the_signature_is_found_by_its_segment(place: Place) -> None:
    rewrite(place.path, 50, signer=None)
    report = verify(place.path)
    assert report.faults[0].kind is FaultKind.ROOT
    assert report.faults[0].segment == sorted((place.path / "segments").glob("*.log"))[1].stem


def test_the_plain_sm3_agrees_with_the_published_vectors(offline: ModuleType) -> None:
    """Source: GB/T 32905-2016, appendix A."""
    short = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    long = "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    assert offline.sm3_plain(b"abc").hex() == short
    assert offline.sm3_plain(b"abcd" * 16).hex() == long


@pytest.mark.parametrize("algorithm", ["ed25519", "sm2"])
def test_the_plain_signatures_agree_with_the_libraries(offline: ModuleType, algorithm: str) -> None:
    from liuke.kernel.crypto.sign import new_signer

    for turn in range(4):
        signer, message = new_signer(algorithm), b"message %d" % turn  # type: ignore[arg-type]
        name, fits = offline.public_key(signer.verifier().pem())
        made = signer.sign(message)
        assert name == signer.key_id
        assert fits(message, made)
        assert not fits(message + b"!", made)
        assert not fits(message, made[:-1] + bytes([made[-1] ^ 1]))
        assert not fits(message, b"")

"""What is acknowledged stays, whatever happens to the process, the disk, the clock or the keys."""

import os
import signal
import stat
import subprocess
import sys
import textwrap
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from tests.guard.audit.builders import Place, a_draft, a_place, fill, lines_of

from liuke.guard.audit.check.verify import verify
from liuke.guard.audit.seal.commit import Committer
from liuke.guard.audit.seal.entry import facts_of
from liuke.guard.audit.seal.folder import Folder
from liuke.guard.audit.seal.log import open_log
from liuke.guard.audit.seal.model import (
    LogDamaged,
    LogFull,
    LogHeld,
    LogRolledBack,
    OtherHash,
    SigningKeyLost,
)
from liuke.kernel.crypto.sign import open_signer


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return a_place(tmp_path)


def sound(place: Place) -> bool:
    return verify(place.path, witnesses=place.witnesses).sound


def kinds(place: Place) -> list[object]:
    return [facts_of(line)["kind"] for path in sorted(place.path.rglob("*.log")) for line in lines_of(path)]


def test_what_is_written_is_read_back_after_reopening(place: Place) -> None:
    fill(place, 20)
    fill(place, 20)
    folder = Folder(place.path)
    assert [folder.line(n).facts["request"] for n in range(40)] == [f"r{n}" for n in range(40)]  # type: ignore[union-attr]
    assert folder.line(40) is None
    assert folder.line(3).beside == b"1 about customer 103"  # type: ignore[union-attr]
    assert sound(place)


def test_two_writers_cannot_hold_one_log(place: Place) -> None:
    with place.open() as log:
        log.append([a_draft()])
        with pytest.raises(LogHeld), place.open():
            pass
        log.append([a_draft()])
    assert sound(place)


def test_another_process_cannot_write_while_one_does(place: Place, tmp_path: Path) -> None:
    code = f"""
        from pathlib import Path
        from tests.guard.audit.builders import a_place
        from liuke.guard.audit.seal.model import LogHeld
        try:
            with a_place(Path({str(tmp_path)!r})).open(): print("open")
        except LogHeld: print("held")
    """
    with place.open():
        assert run(code) == "held"


def test_a_half_written_line_is_cut_off_and_noted(place: Place) -> None:
    fill(place, 10)
    for suffix in ("log", "beside", "checkpoints"):
        with next(place.path.rglob(f"*.{suffix}")).open("ab") as file:
            file.write(b"0123 half a line")
    with place.open() as log:
        assert log.size == 11
    assert kinds(place)[-1] == "audit.recovered"
    assert sound(place)


def test_an_entry_beside_that_never_got_its_line_is_cut_off(place: Place) -> None:
    fill(place, 10)
    with next(place.path.rglob("*.beside")).open("ab") as file:
        file.write(b"10 " + b"a" * 32 + b" {}\n")
    fill(place, 3)
    assert sound(place)


@pytest.mark.parametrize("lost", ["offsets", "tree"])
def test_what_follows_from_the_entries_is_made_again(place: Place, lost: str) -> None:
    fill(place, 30)
    for path in [*place.path.rglob("*.offsets")] if lost == "offsets" else [*(place.path / "tree").rglob("0*")]:
        if path.is_file():
            path.write_bytes(b"")
    fill(place, 1)
    assert sound(place)


def test_a_full_disk_stops_writing_and_loses_nothing(place: Place, tmp_path: Path) -> None:
    """The limit on a file's size stands for the full disk: the system refuses the same write with the same call."""
    code = f"""
        import resource, signal
        from pathlib import Path
        from liuke.guard.audit.seal.model import LogFull
        from tests.guard.audit.builders import a_place, a_draft
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        place, kept, refused = a_place(Path({str(tmp_path)!r})), 0, 0
        with place.open() as log:
            resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, resource.RLIM_INFINITY))
            for n in range(100):
                try:
                    kept = log.append([a_draft(n, personal=n % 2 == 0)] * 5).stop
                except LogFull as fault:
                    refused += 1
                    message = fault.message
            assert refused > 10
            assert "磁盘空间不足" in message
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            assert log.append([a_draft()]).start == kept
        print(kept)
    """
    kept = int(run(code))
    assert len(kinds(place)) == kept + 1
    assert verify(place.path).sound


def test_a_disk_that_fails_stops_the_log_until_it_is_opened_again(place: Place) -> None:
    with place.open() as log:
        log.append([a_draft()])
        os.close(log._log._handle)
        with pytest.raises(Exception, match="磁盘写入失败"):
            log.append([a_draft()])
        with pytest.raises(Exception, match="磁盘写入失败"):
            log.append([a_draft()])
        log._log._handle = os.open(os.devnull, os.O_RDONLY)
    fill(place, 3)
    assert sound(place)


@pytest.mark.slow
@pytest.mark.parametrize("delay", [0.05, 0.1, 0.2, 0.3])
def test_a_process_killed_while_writing_and_sealing_loses_nothing_it_acknowledged(
    place: Place, tmp_path: Path, delay: float
) -> None:
    code = f"""
        import sys
        from datetime import timedelta
        from pathlib import Path
        from liuke.kernel.crypto.sign import open_signer
        from tests.guard.audit.builders import a_place, a_draft
        place = a_place(Path({str(tmp_path)!r}))
        place.signer = open_signer(Path({str(tmp_path)!r}), "ed25519")
        with place.open() as log:
            while True:
                done = log.append([a_draft(n, personal=n % 2 == 0) for n in range(5)]).stop
                print(done, flush=True)
                log.erase([done - 1, done - 3], reason="x") if done % 2 else None
                log.seal()
                place.clock.advance(timedelta(hours=9))
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment()) as child:
        assert child.stdout is not None
        first = child.stdout.readline()
        time.sleep(delay)
        child.send_signal(signal.SIGKILL)
        acknowledged = int(([first, *child.stdout.readlines()][-1]).split()[0])
    place.signer = open_signer(tmp_path, "ed25519")
    place.clock.advance(timedelta(days=900))
    with place.open() as log:
        assert log.size >= acknowledged
        log.append([a_draft()])
    assert verify(place.path, witnesses=place.witnesses).faults == ()


def test_a_day_that_is_over_is_sealed_and_can_only_be_read(place: Place) -> None:
    fill(place, 10)
    place.clock.advance(timedelta(days=1))
    with place.open() as log:
        log.end_day()
        assert log.newest.sealed
    segment = Folder(place.path).segments()[0]
    assert stat.S_IMODE(segment.file("log").stat().st_mode) == 0o440
    fill(place, 4)
    assert [segment.first for segment in Folder(place.path).segments()] == [0, 10]
    assert sound(place)


def test_half_a_segment_that_a_crash_left_is_swept_away(place: Place) -> None:
    fill(place, 3)
    for suffix in ("checkpoints", "offsets"):
        (place.path / "segments" / f"2026-11-03-000000000003.{suffix}").touch()
    assert not sound(place)
    fill(place, 1)
    assert sound(place)


def test_sealing_twice_or_sealing_nothing_changes_nothing(place: Place) -> None:
    with place.open() as log:
        assert not log.seal().sealed
        log.append([a_draft()])
        first = log.seal()
        assert first.sealed
        assert log.seal() == first
    with place.open() as log:
        assert not log.seal().size > 1
    assert sound(place)


def test_a_clock_that_goes_back_is_noted_and_time_never_does(place: Place) -> None:
    fill(place, 5)
    place.clock.advance(timedelta(hours=-13))
    fill(place, 5)
    assert kinds(place).count("audit.clock_back") == 1
    assert len(Folder(place.path).segments()) == 1
    times = [checkpoint.at for checkpoint in Folder(place.path).segments()[0].checkpoints()]
    assert times == sorted(times)
    assert sound(place)


def test_a_lost_signing_key_stops_the_log_until_its_keeper_accepts_a_new_one(place: Place, tmp_path: Path) -> None:
    fill(place, 5)
    old, place.signer = place.signer.key_id, a_place(tmp_path / "other").signer
    with pytest.raises(SigningKeyLost, match="accept-new-key"), place.open():
        pass
    with place.open(accept_new_key=True) as log:
        log.append([a_draft()])
    assert "audit.key_changed" in kinds(place)
    assert not verify(place.path).sound
    assert verify(place.path, pins=frozenset({old, place.signer.key_id})).sound


def test_a_key_that_is_still_there_hands_over_to_the_next(place: Place, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o700)
    place.signer = open_signer(keys, "ed25519")
    fill(place, 5)
    place.signer = open_signer(keys, "sm2")
    with place.open(keys=keys) as log:
        log.append([a_draft()])
    fill(place, 2)
    assert sound(place)
    assert len(verify(place.path).key_ids) == 2


def test_another_digest_is_refused(place: Place) -> None:
    fill(place, 2)
    place.hash_name = "sha256"
    with pytest.raises(OtherHash, match="sm3"), place.open():
        pass


def test_a_log_that_does_not_fit_its_signatures_is_not_written_to(place: Place) -> None:
    fill(place, 12)
    path = next(place.path.rglob("*.log"))
    path.write_bytes(path.read_bytes().replace(b'"request":"r4"', b'"request":"r5"'))
    with pytest.raises(LogDamaged, match="第 5 条"), place.open():
        pass


def test_a_log_rolled_back_or_replaced_is_not_written_to(place: Place, tmp_path: Path) -> None:
    import shutil

    fill(place, 7)
    shutil.copytree(place.path, tmp_path / "old")
    fill(place, 7)
    shutil.rmtree(place.path)
    with pytest.raises(LogRolledBack), place.open():
        pass
    shutil.copytree(tmp_path / "old", place.path)
    with pytest.raises(LogRolledBack, match="只有 7 条"), place.open():
        pass


def test_a_witness_that_was_away_is_caught_up(place: Place) -> None:
    with open_log(place.path, place.means(witnesses=())) as log:
        log.append([a_draft()])
    fill(place, 3)
    assert sound(place)
    assert len(lines_of(next(place.witness.rglob("*.checkpoints")))) == len(
        lines_of(next(place.path.rglob("*.checkpoints")))
    )


def test_an_unreachable_witness_does_not_stop_the_log(place: Place) -> None:
    fill(place, 3)
    (place.witness / Folder(place.path).header.log_id / "segments").rename(place.witness / "away")
    (place.witness / Folder(place.path).header.log_id / "segments").write_text("in the way")
    with place.open() as log:
        log.append([a_draft()])
        log.checkpoint()
        log.shown()
        assert log.troubles


def test_an_erased_person_is_gone_and_the_log_still_verifies(place: Place) -> None:
    fill(place, 30)
    with place.open() as log:
        assert log.erase([0, 3, 4, 3], reason="request") == 2
        assert log.erase([0, 3], reason="again") == 0
    assert b'"subject":103' not in b"".join(path.read_bytes() for path in place.path.rglob("*") if path.is_file())
    assert Folder(place.path).line(3).beside is None  # type: ignore[union-attr]
    assert sound(place)


def test_an_erasure_that_a_crash_interrupted_is_finished(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    from liuke.guard.audit.seal import erase

    fill(place, 9)
    with monkeypatch.context() as patch, place.open() as log:
        patch.setattr(erase, "blank", lambda _folder, _numbers: None)
        log.erase([3], reason="request")
    assert Folder(place.path).line(3).beside is not None  # type: ignore[union-attr]
    with place.open():
        pass
    assert Folder(place.path).line(3).beside is None  # type: ignore[union-attr]


def test_many_threads_each_get_their_own_numbers(place: Place) -> None:
    got: list[range] = []
    with place.open() as log:
        threads = [threading.Thread(target=lambda: got.append(log.append([a_draft()] * 3))) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(n for numbers in got for n in numbers) == list(range(60))
    assert sound(place)


def test_single_entries_share_a_flush_and_each_get_their_number(place: Place) -> None:
    got: list[int] = []
    with place.open() as log:
        committer = Committer(log)
        threads = [threading.Thread(target=lambda: got.append(committer.append(a_draft()))) for _ in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(got) == list(range(50))
    assert sound(place)


def test_a_group_that_cannot_be_written_is_refused_as_a_whole(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with place.open() as log:
        committer = Committer(log)
        with monkeypatch.context() as patch, pytest.raises(LogFull, match="磁盘空间不足"):
            patch.setattr(log, "append", lambda _drafts: (_ for _ in ()).throw(LogFull()))
            committer.append(a_draft())
        assert committer.append(a_draft()) == 0


def environment() -> dict[str, str]:
    root = Path(__file__).resolve().parents[3]
    return {**os.environ, "PYTHONPATH": f"{root / 'src'}:{root}"}


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, env=environment(), check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()

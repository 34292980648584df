"""Witnesses elsewhere: another host over a real socket, a time stamp authority that OpenSSL plays."""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr, ValidationError
from tests.guard.audit.builders import Place, a_draft, a_place, lines_of
from tests.guard.audit.forger import rewrite

from liuke.guard.audit.check.verify import verify
from liuke.guard.audit.seal.folder import Folder
from liuke.guard.audit.seal.log import open_log
from liuke.guard.audit.seal.model import LogRolledBack
from liuke.guard.audit.seal.witness import Witness
from liuke.guard.audit.witness import FolderWitness, RemoteWitness, configured
from liuke.guard.audit.witness.receiver import Kept, Receiver
from liuke.guard.audit.witness.stamp import StampWitness
from liuke.kernel.crypto.sign import new_signer
from liuke.kernel.settings import Settings

TOKEN = "a-secret-of-thirty-characters-"
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return a_place(tmp_path)


@contextmanager
def receiving(folder: Path, *, accepted: tuple[str, ...] = ()) -> Iterator[str]:
    """A witness that listens; gives its address."""
    with Receiver(("127.0.0.1", 0), Kept(folder, accepted=accepted), token=TOKEN) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def written(place: Place, witness: Witness, entries: int = 5) -> None:
    with place.open(witnesses=(witness,)) as log:
        for n in range(entries):
            log.append([a_draft(n)])
            log.checkpoint()


# another host


def test_another_host_keeps_every_checkpoint_as_the_log_has_it(place: Place, tmp_path: Path) -> None:
    with receiving(tmp_path / "there") as url:
        witness = RemoteWitness(url, TOKEN)
        written(place, witness)
        place.clock.advance(timedelta(days=1))
        written(place, witness)
        log_id = Folder(place.path).header.log_id
        assert witness.logs() == [log_id]
        assert witness.seen(log_id) == Folder(place.path).newest()
        assert verify(place.path, witnesses=[witness]).faults == ()
    for path in sorted(place.path.rglob("*.checkpoints")):
        assert lines_of(next((tmp_path / "there").rglob(path.name))) == lines_of(path)
    assert verify(place.path, witnesses=[FolderWitness(tmp_path / "there")]).sound


def test_another_host_finds_a_log_that_was_rolled_back(place: Place, tmp_path: Path) -> None:
    with receiving(tmp_path / "there") as url:
        witness = RemoteWitness(url, TOKEN)
        written(place, witness)
        shutil.copytree(place.path, tmp_path / "old")
        written(place, witness)
        shutil.rmtree(place.path)
        shutil.copytree(tmp_path / "old", place.path)
        assert not verify(place.path, witnesses=[witness]).sound
        with pytest.raises(LogRolledBack, match="只有 5 条"), place.open(witnesses=(witness,)):
            pass


def test_a_log_rewritten_and_signed_again_is_refused_there(place: Place, tmp_path: Path) -> None:
    """Whoever has the server's own signing key still cannot make the witness forget."""
    with receiving(tmp_path / "there") as url:
        written(place, RemoteWitness(url, TOKEN))
        rewrite(place.path, 2, signer=place.signer)
        with open_log(place.path, place.means(witnesses=())) as log:
            log.append([a_draft()])
        with pytest.raises(OSError, match="不接续"):
            RemoteWitness(url, TOKEN).show(Folder(place.path))


def test_a_witness_that_was_away_for_days_is_caught_up(place: Place, tmp_path: Path) -> None:
    with receiving(tmp_path / "there") as url:
        written(place, RemoteWitness(url, TOKEN), 3)
    away = RemoteWitness(url, TOKEN)
    for _ in range(3):
        with place.open(witnesses=(away,)) as log:
            log.append([a_draft()])
            log.checkpoint()
            log.shown()
            assert "没有应答" in log.troubles[url]
        place.clock.advance(timedelta(days=1))
    with receiving(tmp_path / "there") as url:
        witness = RemoteWitness(url, TOKEN)
        written(place, witness, 2)
        assert verify(place.path, witnesses=[witness]).faults == ()


def test_a_slow_witness_does_not_hold_up_what_is_written(place: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with place.open(witnesses=()) as log:
            log.append([a_draft()])
        with place.open(witnesses=(Silent(url),)) as log:
            log.append([a_draft()])
            log.checkpoint()
            assert log.size == 2
            assert log.troubles == {}
            Silent.asked.wait(5)
            Silent.answer.set()
            log.shown()
            assert log.troubles


class Silent(RemoteWitness):
    """One that answers only when the test lets it."""

    asked, answer = threading.Event(), threading.Event()

    def __init__(self, url: str) -> None:
        super().__init__(url, TOKEN)

    def seen(self, log_id: str) -> None:
        del log_id

    def show(self, folder: Folder) -> None:
        del folder
        self.asked.set()
        self.answer.wait(10)
        raise OSError("silent")


def test_a_key_that_nobody_handed_over_to_needs_the_witness_keepers_consent(place: Place, tmp_path: Path) -> None:
    with receiving(tmp_path / "there") as url:
        written(place, RemoteWitness(url, TOKEN), 2)
        place.signer = new_signer("ed25519")
        with place.open(witnesses=(RemoteWitness(url, TOKEN),), accept_new_key=True) as log:
            log.append([a_draft()])
            log.checkpoint()
            log.shown()
            assert "没有原密钥的签名" in log.troubles[url]
    with receiving(tmp_path / "there", accepted=(place.signer.key_id,)) as url:
        witness = RemoteWitness(url, TOKEN)
        witness.show(Folder(place.path))
        assert witness.seen(Folder(place.path).header.log_id) == Folder(place.path).newest()


def test_a_hostile_sender_gets_nothing_in_and_nothing_out(place: Place, tmp_path: Path) -> None:
    with receiving(tmp_path / "there") as url:
        written(place, RemoteWitness(url, TOKEN), 3)
        log_id = Folder(place.path).header.log_id
        with pytest.raises(OSError, match="401"):
            RemoteWitness(url, "another-secret-of-thirty-chars").seen(log_id)
        segment = Folder(place.path).segments()[0]
        held = segment.file("checkpoints").read_bytes()
        with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}) as client:
            path = f"/logs/{log_id}/{segment.name}"
            assert client.post(f"{path}?at=0", content=held).status_code == 409
            assert client.post(f"{path}?at={len(held)}", content=held).status_code == 409
            assert client.post(f"{path}?at={len(held)}", content=b"{} 00\n").status_code == 400
            assert client.post(f"{path}?at={len(held)}", content=b"half").status_code == 400
            assert client.post("/logs/../../etc/passwd?at=0", content=b"x\n").status_code == 404
            assert client.put(f"/logs/{log_id}", json={"header": "{}\n", "keys": {}}).status_code == 409
            assert client.put(f"/logs/{'0' * 36}", json={"header": "{}\n", "keys": {}}).status_code == 400
            assert client.put(f"/logs/{log_id}", content=b"[]").status_code == 400
            assert client.get("/").status_code == 404
        assert b" 413 " in _raw(url, f"POST {path}?at=0 HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n")
        assert b" 413 " in _raw(url, f"POST {path}?at=0 HTTP/1.1\r\nContent-Length: -5\r\n\r\n")
        assert (tmp_path / "there" / log_id / "segments" / f"{segment.name}.checkpoints").read_bytes() == held


def _raw(url: str, request: str) -> bytes:
    """The first line of what the witness answers to these very bytes."""
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request.encode())
        return connection.recv(4096).split(b"\r\n")[0]


def test_half_a_line_that_a_crash_left_at_the_witness_is_cut_off(place: Place, tmp_path: Path) -> None:
    with receiving(tmp_path / "there") as url:
        written(place, RemoteWitness(url, TOKEN), 2)
    with next((tmp_path / "there").rglob("*.checkpoints")).open("ab") as file:
        file.write(b'{"at":"half')
    with receiving(tmp_path / "there") as url:
        written(place, RemoteWitness(url, TOKEN), 2)
        assert verify(place.path, witnesses=[RemoteWitness(url, TOKEN)]).faults == ()


def test_the_witness_runs_as_a_process_of_its_own(place: Place, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "liuke.app.cli", "audit", "witness", "--folder", str(tmp_path / "there")]
    environment = {**os.environ, "LIUKE_AUDIT_WITNESS_TOKEN": TOKEN, "PYTHONPATH": str(ROOT / "src")}
    child = subprocess.Popen([*command, "--host", "127.0.0.1", "--port", str(port)], env=environment, cwd=tmp_path)
    try:
        witness = RemoteWitness(f"http://127.0.0.1:{port}", TOKEN)
        while not _listens(witness):  # the test's own time limit ends a wait in vain
            assert child.poll() is None
            time.sleep(0.1)
        written(place, witness, 2)
        assert verify(place.path, witnesses=[witness]).faults == ()
    finally:
        child.kill()
        child.wait()


def _listens(witness: RemoteWitness) -> bool:
    try:
        return witness.logs() == []
    except OSError:
        return False


def test_a_token_that_is_no_secret_is_not_served(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="不少于 24"):
        Receiver(("127.0.0.1", 0), Kept(tmp_path), token="short")


# a time stamp authority

CONFIG = """
[tsa]
default_tsa = one
[one]
serial = {place}/serial
signer_digest = sha256
digests = sha256, sha384, sha512
default_policy = 1.2.3.4.1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


class Authority:
    """A time stamp authority of OpenSSL's, with a root of its own."""

    def __init__(self, place: Path) -> None:
        place.mkdir()
        self.place, self.roots = place, place / "root.pem"
        subject = ["-newkey", "rsa:2048", "-nodes", "-days", "30"]
        self._openssl("req", "-x509", *subject, "-subj", "/CN=root", "-keyout", "root.key", "-out", "root.pem")
        self._openssl("req", *subject, "-subj", "/CN=stamps", "-keyout", "tsa.key", "-out", "tsa.csr")
        (place / "ext").write_text("extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n")
        signed = ["-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-extfile", "ext", "-days", "30"]
        self._openssl("x509", "-req", "-in", "tsa.csr", *signed, "-out", "tsa.pem")
        (place / "tsa.cnf").write_text(CONFIG.format(place=place))
        (place / "serial").write_text("01")

    def answer(self, query: bytes) -> bytes:
        (self.place / "query.tsq").write_bytes(query)
        keys = ["-signer", "tsa.pem", "-inkey", "tsa.key"]
        self._openssl("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq", *keys, "-out", "answer.tsr")
        return (self.place / "answer.tsr").read_bytes()

    def _openssl(self, *command: str) -> None:
        subprocess.run(["openssl", *command], cwd=self.place, check=True, capture_output=True)


@contextmanager
def stamping(authority: Authority) -> Iterator[str]:
    """The authority over HTTP; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            good = self.headers["Content-Type"] == "application/timestamp-query"
            answer = authority.answer(body) if good else b""
            self.send_response(200 if good else 400)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/tsr"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to play the authority")
    return Authority(tmp_path / "tsa")


def stamps(url: str, tmp_path: Path, authority: Authority) -> StampWitness:
    return StampWitness(url, tmp_path / "stamps", roots=authority.roots, every=timedelta(hours=1))


def test_an_authority_stamps_once_an_hour_and_whatever_seals_a_day(
    place: Place, tmp_path: Path, authority: Authority
) -> None:
    with stamping(authority) as url:
        witness = stamps(url, tmp_path, authority)
        written(place, witness, 4)
        log_id = Folder(place.path).header.log_id
        before = len(list(witness.all(log_id)))
        assert before == 1
        written(place, witness, 1)
        assert len(list(witness.all(log_id))) == before
        place.clock.advance(timedelta(days=1))
        written(place, witness, 1)
        assert [one.sealed for one in witness.all(log_id)].count(True) == 1
        assert verify(place.path, witnesses=[witness]).faults == ()
    assert all(abs((at - time_now()).total_seconds()) < 600 for _, at in witness.times(log_id))
    path = next((tmp_path / "stamps").rglob("*.tsr"))
    checked = ["openssl", "ts", "-verify", "-data", str(path.with_suffix(".checkpoint")), "-in", str(path)]
    subprocess.run([*checked, "-CAfile", str(authority.roots)], check=True, capture_output=True)


def test_a_stamped_log_that_was_rewritten_and_signed_again_is_found(
    place: Place, tmp_path: Path, authority: Authority
) -> None:
    with stamping(authority) as url:
        witness = stamps(url, tmp_path, authority)
        written(place, witness, 4)
    rewrite(place.path, 0, signer=place.signer)
    assert verify(place.path).sound
    assert not verify(place.path, witnesses=[witness]).sound


def test_a_token_over_something_else_or_by_somebody_else_is_not_believed(
    place: Place, tmp_path: Path, authority: Authority
) -> None:
    with stamping(authority) as url:
        witness = stamps(url, tmp_path, authority)
        written(place, witness, 2)
        log_id = Folder(place.path).header.log_id
        path = next((tmp_path / "stamps").rglob("*.checkpoint"))
        line = path.read_bytes()
        path.write_bytes(line.replace(b'"sealed":false', b'"sealed":true '))
        with pytest.raises(OSError, match="时间戳不符"):
            list(witness.all(log_id))
        assert not verify(place.path, witnesses=[witness]).sound
        path.write_bytes(line)
        other = Authority(tmp_path / "other")
        stranger = StampWitness(url, tmp_path / "stamps", roots=other.roots, every=timedelta(hours=1))
        with pytest.raises(OSError, match="时间戳不符"):
            list(stranger.all(log_id))
        fresh = StampWitness(url, tmp_path / "none", roots=other.roots, every=timedelta(hours=1))
        with pytest.raises(OSError, match="时间戳不符"):
            fresh.show(Folder(place.path))


def test_an_answer_to_another_question_is_refused(place: Place, tmp_path: Path, authority: Authority) -> None:
    """A replayed answer has the wrong nonce, however well it is signed."""
    with stamping(authority) as url:
        witness = stamps(url, tmp_path, authority)
        written(place, witness, 2)
        old = next((tmp_path / "stamps").rglob("*.tsr")).read_bytes()
        authority.answer = lambda _query: old  # type: ignore[method-assign]
        again = StampWitness(url, tmp_path / "again", roots=authority.roots, every=timedelta(hours=1))
        with pytest.raises(OSError, match="时间戳不符"):
            again.show(Folder(place.path))
    with pytest.raises(OSError, match="没有应答"):
        again.show(Folder(place.path))


def time_now() -> datetime:
    return datetime.now(UTC)


# settings


def test_the_operator_names_the_witnesses_and_half_a_setting_is_refused(tmp_path: Path) -> None:
    whole = Settings(
        audit_witness=tmp_path,
        audit_witness_url="https://there:8601",
        audit_witness_token=SecretStr(TOKEN),
        audit_tsa_url="http://stamps",
        audit_tsa_roots=tmp_path / "roots.pem",
    )
    assert [witness.name for witness in configured(whole)] == [str(tmp_path), "https://there:8601", "http://stamps"]
    assert configured(Settings()) == ()
    for half in ({"audit_witness_url": "https://there:8601"}, {"audit_tsa_url": "http://stamps"}):
        with pytest.raises(ValidationError, match="needs"):
            Settings(**half)  # type: ignore[arg-type]

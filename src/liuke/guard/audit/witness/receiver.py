"""``liuke audit witness``: the host that keeps what a log's server signs. It needs a folder and nothing else.

    PUT  /logs/<log>                  {"header": log.json, "keys": {name: PEM}}; a log once begun keeps its header
    GET  /logs · /logs/<log>          numbers of logs · bytes kept of each segment
    POST /logs/<log>/<segment>?at=n   checkpoint lines that follow byte n of what is kept
    GET  /logs/<log>/<segment>[?last=1]

It only adds: a line must be signed, name the hash of the line before it, and use the key the line before it used or
handed over to. The server cannot take anything back, and the folder is a witness for the offline verifier as it is.
"""

import hmac
import os
import re
import ssl
import threading
from collections.abc import Callable, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

import orjson

from liuke.guard.audit.seal.checkpoint import NONE_BEFORE, parsed
from liuke.guard.audit.seal.disk import Tail, write_new
from liuke.guard.audit.seal.folder import Header
from liuke.guard.audit.seal.hash import Hasher
from liuke.guard.audit.seal.model import Checkpoint, LogDamaged
from liuke.guard.audit.witness.folder import FolderWitness
from liuke.kernel.crypto import KeyTrouble, verifier
from liuke.kernel.disk import flush
from liuke.kernel.settings import WITNESS_TOKEN_CHARACTERS

#: The longest body taken.
BODY_BYTES: Final = 4 << 20
_PATH: Final = re.compile(r"/logs(?:/(?P<log>[0-9a-f-]{36})(?:/(?P<segment>\d{4}-\d\d-\d\d-\d{12}))?)?")
_KEY: Final = re.compile(r"[0-9a-f]{32}")


#: (log, segment, query, body) -> answer.
Work = Callable[[str | None, str | None, dict[str, list[str]], bytes], bytes]


class Refused(Exception):
    """What was sent is not taken; the status and a sentence say why."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Kept:
    """The folder of a witness, added to line by line. ``accepted``: keys its keeper allows to follow a lost one."""

    def __init__(self, folder: Path, *, accepted: Sequence[str] = ()) -> None:
        self._folder: Final = folder
        self._accepted: Final = frozenset(accepted)
        self._lock = threading.Lock()
        for path in folder.glob("*/segments/*.checkpoints"):  # a crash may have left half a line
            data = path.read_bytes()
            os.truncate(path, data.rfind(b"\n") + 1)

    def logs(self) -> list[str]:
        """The numbers of the logs kept."""
        return FolderWitness(self._folder).logs()

    def sizes(self, log_id: str) -> dict[str, int]:
        """Bytes kept of each segment. Raises Refused."""
        place = self._folder / log_id / "segments"
        if not place.is_dir():
            raise Refused(HTTPStatus.NOT_FOUND, "没有见过这个日志")
        return {path.stem: path.stat().st_size for path in sorted(place.glob("*.checkpoints"))}

    def lines(self, log_id: str, segment: str) -> bytes:
        """What is kept of a segment. Raises Refused."""
        path = self._folder / log_id / "segments" / f"{segment}.checkpoints"
        if not path.is_file():
            raise Refused(HTTPStatus.NOT_FOUND, "没有见过这个日志段")
        return path.read_bytes()

    def begin(self, log_id: str, header: str, keys: dict[str, str]) -> None:
        """A log and its public keys; what is there already is not changed. Raises Refused."""
        with self._lock:
            place = self._folder / log_id
            if not (place / "log.json").exists():
                _checked_header(log_id, header)
                (place / "segments").mkdir(parents=True, exist_ok=True)
                (place / "keys").mkdir(exist_ok=True)
                write_new(place / "log.json", header.encode())
            elif (place / "log.json").read_text() != header:
                raise Refused(HTTPStatus.CONFLICT, "日志的 log.json 与见证所存不同")
            for name, pem in keys.items():
                _checked_key(name, pem)
                if not (place / "keys" / f"{name}.pem").exists():
                    write_new(place / "keys" / f"{name}.pem", pem.encode())

    def add(self, log_id: str, segment: str, at: int, data: bytes) -> None:
        """Lines that follow what is kept. Raises Refused."""
        with self._lock:
            sizes = self.sizes(log_id)
            if at != sizes.get(segment, 0) or (sizes and segment < max(sizes)):
                raise Refused(HTTPStatus.CONFLICT, f"见证已存 {sizes.get(segment, 0)} 字节，不能改写或补写")
            if not data.endswith(b"\n"):
                raise Refused(HTTPStatus.BAD_REQUEST, "最后一行不完整")
            self._follow(log_id, segment, data.split(b"\n")[:-1])
            path = self._folder / log_id / "segments" / f"{segment}.checkpoints"
            tail = Tail(path)
            try:
                tail.write(data)
                tail.sync()
            except OSError:
                tail.back()
                raise
            finally:
                tail.close()
            flush(path.parent)

    def _follow(self, log_id: str, segment: str, lines: Sequence[bytes]) -> None:
        place = self._folder / log_id
        header = Header.read(place / "log.json")
        hasher, before = Hasher(header.hash), FolderWitness(self._folder).seen(log_id)
        for line in lines:
            checkpoint = _parsed(line)
            previous = hasher.checkpoint(before.line).hex() if before else NONE_BEFORE
            size, key_id = (before.size, before.next_key or before.key_id) if before else (0, header.first_key)
            if (checkpoint.log_id, checkpoint.segment) != (log_id, segment) or checkpoint.size < size:
                raise Refused(HTTPStatus.CONFLICT, "检查点不属于这里，或大小倒退")
            if checkpoint.previous != previous:
                raise Refused(HTTPStatus.CONFLICT, f"大小为 {checkpoint.size} 的检查点不接续见证所存：日志被回退或改写")
            if checkpoint.key_id not in {key_id, *self._accepted}:
                raise Refused(HTTPStatus.CONFLICT, f"改用密钥 {checkpoint.key_id}，没有原密钥的签名")
            if not _signed(place, checkpoint):
                raise Refused(HTTPStatus.CONFLICT, f"大小为 {checkpoint.size} 的检查点签名不符")
            before = checkpoint


def _parsed(line: bytes) -> Checkpoint:
    try:
        return parsed(line)
    except ValueError as fault:
        raise Refused(HTTPStatus.BAD_REQUEST, "不是检查点") from fault


def _signed(place: Path, checkpoint: Checkpoint) -> bool:
    path = place / "keys" / f"{checkpoint.key_id}.pem"
    if not _KEY.fullmatch(checkpoint.key_id) or not path.is_file():
        return False
    return verifier(path.read_text("ascii")).verify(checkpoint.signed, checkpoint.signature)


def _checked_header(log_id: str, header: str) -> None:
    try:
        facts = orjson.loads(header)
        name = "sha256" if facts["hash"] == "sha256" else "sm3"
        good = Header(log_id, name, str(facts["first_key"])).text() == header.encode()  # type: ignore[arg-type]
    except (ValueError, KeyError, TypeError):
        good = False
    if not good:
        raise Refused(HTTPStatus.BAD_REQUEST, "不是日志的 log.json")


def _checked_key(name: str, pem: str) -> None:
    try:
        good = verifier(pem).key_id == name
    except (KeyTrouble, UnicodeEncodeError):
        good = False
    if not good:
        raise Refused(HTTPStatus.BAD_REQUEST, "不是公钥")


class Receiver(ThreadingHTTPServer):
    """Listens for a log's server. ``token`` is what it must send; with a certificate it listens by TLS."""

    daemon_threads = True

    def __init__(
        self, address: tuple[str, int], kept: Kept, *, token: str, certificate: tuple[Path, Path] | None = None
    ) -> None:
        if len(token) < WITNESS_TOKEN_CHARACTERS:
            raise ValueError(f"见证口令须不少于 {WITNESS_TOKEN_CHARACTERS} 个字符")
        self.kept, self.token = kept, token
        super().__init__(address, _Handler)
        if certificate:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(*certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)


class _Handler(BaseHTTPRequestHandler):
    server: Receiver
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "liuke-witness", ""
    timeout = 30

    def do_GET(self) -> None:
        self._answered(self._get)

    def do_PUT(self) -> None:
        self._answered(self._put)

    def do_POST(self) -> None:
        self._answered(self._post)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (its name in the library)
        """What matters is in the folder; what is refused the sender tells its operators."""

    def _answered(self, work: Work) -> None:
        try:
            body = self._body()
            self._permitted()
            split = urlsplit(self.path)
            place = _PATH.fullmatch(split.path)
            if place is None:
                raise Refused(HTTPStatus.NOT_FOUND, "没有这个地址")
            answer = work(place["log"], place["segment"], parse_qs(split.query), body)
            self._say(HTTPStatus.OK, answer, "application/octet-stream")
        except Refused as refused:
            self._say(refused.status, str(refused).encode(), "text/plain; charset=utf-8")
        except (OSError, LogDamaged, ValueError) as fault:
            self._say(HTTPStatus.INTERNAL_SERVER_ERROR, type(fault).__name__.encode(), "text/plain; charset=utf-8")

    def _body(self) -> bytes:
        size = self.headers.get("Content-Length") or "0"
        if not size.isdigit() or int(size) > BODY_BYTES:
            self.close_connection = True
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "内容过大")
        return self.rfile.read(int(size))

    def _permitted(self) -> None:
        given = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), self.server.token.encode()):
            raise Refused(HTTPStatus.UNAUTHORIZED, "口令不符")

    def _get(self, log_id: str | None, segment: str | None, query: dict[str, list[str]], _body: bytes) -> bytes:
        if log_id is None:
            return orjson.dumps(self.server.kept.logs())
        if segment is None:
            return orjson.dumps(self.server.kept.sizes(log_id))
        lines = self.server.kept.lines(log_id, segment)
        return lines[lines.rfind(b"\n", 0, -1) + 1 :] if "last" in query else lines

    def _put(self, log_id: str | None, segment: str | None, _query: dict[str, list[str]], body: bytes) -> bytes:
        if log_id is None or segment is not None:
            raise Refused(HTTPStatus.NOT_FOUND, "没有这个地址")
        try:
            facts = orjson.loads(body)
            header, keys = str(facts["header"]), {str(name): str(pem) for name, pem in facts["keys"].items()}
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            raise Refused(HTTPStatus.BAD_REQUEST, "内容无法读取") from fault
        self.server.kept.begin(log_id, header, keys)
        return b""

    def _post(self, log_id: str | None, segment: str | None, query: dict[str, list[str]], body: bytes) -> bytes:
        at = query.get("at", [""])[0]
        if log_id is None or segment is None or not at.isdigit():
            raise Refused(HTTPStatus.NOT_FOUND, "没有这个地址")
        self.server.kept.add(log_id, segment, int(at), body)
        return b""

    def _say(self, status: HTTPStatus, body: bytes, kind: str) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except ConnectionError:  # who asked has gone
            self.close_connection = True


def receive(
    folder: Path,
    address: tuple[str, int],
    *,
    token: str,
    accepted: Sequence[str] = (),
    certificate: tuple[Path, Path] | None = None,
) -> None:
    """Be a witness until interrupted. Raises ValueError when the token is too short to be a secret."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with Receiver(address, Kept(folder, accepted=accepted), token=token, certificate=certificate) as server:
        server.serve_forever()

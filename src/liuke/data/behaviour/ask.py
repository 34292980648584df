"""Questions to the stream process over a socket of its own: what one customer did, what a rule says of them.

One question, one answer, each a length (u32, little endian) and JSON. The socket lies in the bank's own folder, open to
the same account only.
"""

import os
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import orjson
import structlog

from liuke.data.behaviour import catalogue
from liuke.data.behaviour.follow import Stream, folder
from liuke.data.behaviour.model import StreamAway
from liuke.data.behaviour.windows.summary import summary
from liuke.kernel import rule
from liuke.kernel.bank import Bank

_log = structlog.get_logger("liuke.behaviour")

_LENGTH: Final = struct.Struct("<I")
_MOST: Final = 4 * 2**20
_PATIENCE_SECONDS: Final = 3.0
#: Questions answered at a time; more wait in the socket's queue.
_AT_ONCE: Final = 8


@contextmanager
def answering(stream: Stream) -> Iterator[None]:
    """Answer questions beside a block."""
    place = folder(stream.bank)
    with _address(place) as address, socket.socket(socket.AF_UNIX) as server:
        with suppress(FileNotFoundError):
            (place / _NAME).unlink()
        server.bind(address)
        (place / _NAME).chmod(0o600)
        server.listen(128)
        threads = [threading.Thread(target=_serve, args=(server, stream), daemon=True) for _ in range(_AT_ONCE)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            with suppress(FileNotFoundError):
                (place / _NAME).unlink()


_NAME: Final = "ask.sock"


@contextmanager
def _address(place: Path) -> Iterator[str]:
    """The socket's address; a folder's handle stands for a path longer than a socket's address may be."""
    handle = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{handle}/{_NAME}"
    finally:
        os.close(handle)


def _serve(server: socket.socket, stream: Stream) -> None:
    while True:
        try:
            caller, _ = server.accept()
        except OSError:  # closed
            return
        with caller:
            caller.settimeout(_PATIENCE_SECONDS)
            try:
                _send(caller, _answer(stream, orjson.loads(_receive(caller))))
            except OSError:
                continue
            except Exception as fault:  # noqa: BLE001  (one question's fault must not end the answering)
                _log.error("behaviour_answer_failed", fault=type(fault).__name__)


def _answer(stream: Stream, question: dict[str, Any]) -> bytes:
    windows, one_id, at = stream.windows, int(question["one_id"]), stream.now()
    if "rule" not in question:
        return orjson.dumps(summary(windows, one_id, at=at))
    plan = stream.plan
    checked = rule.check(rule.parse(question["rule"]), catalogue.of_customers(plan))
    answer = rule.to_python(checked, windowed=windows.windowed(checked, at=at))({"one_id": one_id})
    return orjson.dumps({"at": at, "answer": answer}, default=str)


def ask(bank: Bank, question: dict[str, Any]) -> Any:  # noqa: ANN401
    """The stream process's answer. Raises StreamAway when there is none."""
    place = folder(bank)
    try:
        with _address(place) as address, socket.socket(socket.AF_UNIX) as caller:
            caller.settimeout(_PATIENCE_SECONDS)
            caller.connect(address)
            _send(caller, orjson.dumps(question))
            return orjson.loads(_receive(caller))
    except (OSError, EOFError) as fault:
        raise StreamAway from fault


def _send(to: socket.socket, body: bytes) -> None:
    to.sendall(_LENGTH.pack(len(body)) + body)


def _receive(of: socket.socket) -> bytes:
    (length,) = _LENGTH.unpack(_exactly(of, _LENGTH.size))
    if length > _MOST:
        raise EOFError
    return _exactly(of, length)


def _exactly(of: socket.socket, count: int) -> bytes:
    parts = []
    while count:
        part = of.recv(min(count, 1 << 16))
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)

"""A home is served once, on a port of its own: granian would share both without a word."""

import fcntl
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Final

from liuke.kernel.errors import Conflict
from liuke.kernel.settings import Settings

#: Seconds for the children of a killed server to let go of what they inherited from it.
_PATIENCE: Final = 4.0


class AlreadyServing(Conflict):
    """留客已经在目录 {home} 上运行,请直接打开 {address}。如要重新启动,请先停止它。"""


class PortTaken(Conflict):
    """端口 {port} 已被其他程序占用(或地址 {host} 不属于本机)。请用 --port 或 LIUKE_PORT 换一个端口。"""


@contextmanager
def claimed(settings: Settings) -> Iterator[None]:
    """Hold home and port for as long as the block runs. Raises AlreadyServing, PortTaken."""
    settings.home.mkdir(parents=True, exist_ok=True)
    with (settings.home / "serve.lock").open("a+", encoding="utf-8") as lock:
        if not _within_patience(lambda: _lock(lock)):
            lock.seek(0)
            raise AlreadyServing(home=settings.home, address=lock.read().strip())
        if not _within_patience(lambda: _free(settings.host, settings.port)):
            raise PortTaken(host=settings.host, port=settings.port)
        lock.truncate(0)
        lock.write(f"http://{settings.host}:{settings.port}")
        lock.flush()
        yield


def _within_patience(succeeds: Callable[[], bool]) -> bool:
    until = time.monotonic() + _PATIENCE
    while not succeeds():
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True


def _lock(file: IO[str]) -> bool:
    """A lock of this process alone: unlike ``flock`` it does not pass to children that outlive it."""
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _free(host: str, port: int) -> bool:
    """Whether nobody listens there."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError:
        return False
    return True

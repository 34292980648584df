"""One command serves the bank: PostgreSQL watched over, worker and stream beside it, and the HTTP server in front."""

import atexit
import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Collection
from contextlib import ExitStack
from typing import Final

import structlog
from fastapi import FastAPI

from liuke.app import http
from liuke.app.follow import follow_server
from liuke.app.observe import start_logging
from liuke.kernel.bank import open_bank
from liuke.kernel.errors import Unavailable
from liuke.kernel.settings import Settings
from liuke.kernel.store.embedded import EmbeddedPostgres

_log = structlog.get_logger("liuke.serve")

#: Commands that run beside the server.
_BESIDE: Final = ("work", "stream")
_WATCH_SECONDS: Final = 1.0
#: Seconds to finish what is under way before a process is ended. Together they stay below ten.
_REQUEST_SECONDS: Final = 4
_JOB_SECONDS: Final = 3
#: New objects after which the collector looks at the newest; seconds a thread may keep the others waiting.
_YOUNG: Final = 10_000
_TURN_SECONDS: Final = 0.001


def application() -> FastAPI:
    """The application of one server process, with a bank of its own that closes with the process."""
    follow_server()
    settings = Settings()
    start_logging(settings.log_level)
    stack = ExitStack()
    bank = stack.enter_context(open_bank(settings))
    atexit.register(stack.close)
    app = http.build(bank)
    _settle_down()
    return app


def _settle_down() -> None:
    """What is loaded by now stays: the collector of garbage need not look through it again and again, which would hold
    up every request meanwhile. Threads take turns often enough for none to wait long for the one that talks to callers.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 50)
    sys.setswitchinterval(_TURN_SECONDS)


def serve(settings: Settings) -> None:
    """Serve until interrupted. A dead PostgreSQL, worker or stream is started again within seconds."""
    from granian import Granian
    from granian.constants import Interfaces

    start_logging(settings.log_level)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    stop = threading.Event()
    with ExitStack() as stack:
        stack.enter_context(open_bank(settings))
        watcher = threading.Thread(target=_watch, args=(settings, stop), daemon=True)
        watcher.start()
        stack.callback(watcher.join)
        stack.callback(stop.set)
        Granian(
            "liuke.app.serve:application",
            factory=True,
            address=settings.host,
            port=settings.port,
            interface=Interfaces.ASGI,
            workers=settings.workers,
            backpressure=512,
            log_enabled=False,
            respawn_failed_workers=True,
            workers_kill_timeout=_REQUEST_SECONDS,
        ).serve()


def _watch(settings: Settings, stop: threading.Event) -> None:
    """Keep PostgreSQL, the worker and the stream process alive."""
    embedded = None if settings.database_url.get_secret_value() else EmbeddedPostgres(settings.home / "pg")
    if embedded:
        embedded.start()
    beside = {name: _start(name) for name in _BESIDE}
    while not stop.wait(_WATCH_SECONDS):
        if embedded and not embedded.running():
            _log.warning("postgres_died")
            _restart(embedded)
        for name, process in beside.items():
            if process.poll() is not None:
                _log.warning("process_died", process=name, code=process.returncode)
                beside[name] = _start(name)
    _end(beside.values())
    if embedded:
        embedded.stop()


def _restart(embedded: EmbeddedPostgres) -> None:
    try:
        embedded.start()
    except Unavailable as fault:
        _log.error("postgres_restart_failed", code=fault.code)


def _start(name: str) -> subprocess.Popen[bytes]:
    """The worker or the stream, in a session of its own: Ctrl+C reaches this process only, which then ends them."""
    command = [sys.executable, "-m", "liuke.app.cli", name, "--parent", str(os.getpid())]
    return subprocess.Popen(command, start_new_session=True)


def _end(processes: Collection[subprocess.Popen[bytes]]) -> None:
    """Let them finish what they are at if that is soon; what is cut off is done again at the next start."""
    for process in processes:
        process.terminate()
    until = time.monotonic() + _JOB_SECONDS
    for process in processes:
        try:
            process.wait(max(until - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

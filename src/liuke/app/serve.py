"""One command serves the bank: PostgreSQL watched over, the worker beside it, and the HTTP server in front."""

import atexit
import subprocess
import sys
import threading
from contextlib import ExitStack
from typing import Final

import structlog
from fastapi import FastAPI

from liuke.app import http
from liuke.app.observe import start_logging
from liuke.kernel.bank import open_bank
from liuke.kernel.errors import Unavailable
from liuke.kernel.settings import Settings
from liuke.kernel.store.embedded import EmbeddedPostgres

_log = structlog.get_logger("liuke.serve")

_WATCH_SECONDS: Final = 1.0


def application() -> FastAPI:
    """The application of one server process, with a bank of its own that closes with the process."""
    settings = Settings()
    start_logging(settings.log_level)
    stack = ExitStack()
    bank = stack.enter_context(open_bank(settings))
    atexit.register(stack.close)
    return http.build(bank)


def serve(settings: Settings) -> None:
    """Serve until interrupted. A dead PostgreSQL or worker is started again within seconds."""
    from granian import Granian
    from granian.constants import Interfaces

    start_logging(settings.log_level)
    stop = threading.Event()
    with ExitStack() as stack:
        stack.enter_context(open_bank(settings))
        watcher = threading.Thread(target=_watch, args=(settings, stop), daemon=True)
        watcher.start()
        stack.callback(watcher.join, 10)
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
        ).serve()


def _watch(settings: Settings, stop: threading.Event) -> None:
    """Keep PostgreSQL and the worker alive."""
    embedded = None if settings.database_url.get_secret_value() else EmbeddedPostgres(settings.home / "pg")
    if embedded:
        embedded.start()
    worker = _start_worker()
    while not stop.wait(_WATCH_SECONDS):
        if embedded and not embedded.running():
            _log.warning("postgres_died")
            _restart(embedded)
        if worker.poll() is not None:
            _log.warning("worker_died", code=worker.returncode)
            worker = _start_worker()
    worker.terminate()
    worker.wait(20)


def _restart(embedded: EmbeddedPostgres) -> None:
    try:
        embedded.start()
    except Unavailable as fault:
        _log.error("postgres_restart_failed", code=fault.code)


def _start_worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "liuke.app.cli", "work"])

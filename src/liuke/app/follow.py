"""A child process ends with its parent, also when the parent was killed and could tell nobody."""

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import time
from typing import Final

_LOOK_SECONDS: Final = 0.5

#: ``PR_SET_PDEATHSIG`` of ``prctl(2)``: the signal the kernel sends to this process when its parent dies.
_PARENT_DEATH_SIGNAL: Final = 1


def follow(parent: int) -> None:
    """End this process once ``parent`` is no longer its parent. Work is safe to cut off at any point.

    On Linux the kernel ends it, however busy it is; elsewhere, and for a parent that died before the kernel was asked,
    a thread looks twice a second.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    threading.Thread(target=_end_with, args=(parent,), name="follow", daemon=True).start()


def follow_server() -> None:
    """In a process that a server made: end with it."""
    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid is not None:
        follow(parent.pid)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os._exit(1)

"""Showing checkpoints to witnesses, each in a thread of its own: one that is slow or away delays nobody but itself."""

import threading
from collections.abc import Sequence
from typing import Final

from liuke.guard.audit.seal.folder import Folder
from liuke.guard.audit.seal.witness import Witness


class Herald:
    """Goes to one witness whenever there is something new."""

    def __init__(self, folder: Folder, witness: Witness) -> None:
        self._folder: Final = folder
        self.witness: Final = witness
        self._changed = threading.Condition()
        self._told = self._done = 0
        self._ends = False
        #: Why the last attempt failed; empty when it did not. It is made good with the next checkpoint.
        self.trouble = ""
        self._thread = threading.Thread(target=self._run, name=f"audit witness {witness.name}", daemon=True)
        self._thread.start()

    def tell(self) -> None:
        """There is something new."""
        with self._changed:
            self._told += 1
            self._changed.notify_all()

    def settle(self, seconds: float) -> bool:
        """Wait until everything told so far was shown, or tried in vain; False when it takes longer than that."""
        with self._changed:
            wanted = self._told
            return self._changed.wait_for(lambda: self._done >= wanted, seconds)

    def end(self) -> None:
        """Go no more."""
        with self._changed:
            self._ends = True
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._ends or self._told > self._done)
                if self._ends:
                    return
                turn = self._told
            trouble = self._show()
            with self._changed:
                self.trouble, self._done = trouble, turn
                self._changed.notify_all()

    def _show(self) -> str:
        try:
            self.witness.show(self._folder)
        except OSError as fault:
            return fault.strerror or str(fault) or type(fault).__name__
        except ValueError as fault:  # what it keeps is no checkpoint
            return str(fault)
        return ""


class Heralds:
    """All of a log's witnesses."""

    def __init__(self, folder: Folder, witnesses: Sequence[Witness]) -> None:
        self._all: Final = [Herald(folder, witness) for witness in witnesses]

    def tell(self) -> None:
        """There is something new."""
        for herald in self._all:
            herald.tell()

    def settle(self, seconds: float) -> None:
        """Wait until every witness was shown it, or could not be; at most so long for each."""
        for herald in self._all:
            herald.settle(seconds)

    def troubles(self) -> dict[str, str]:
        """What keeps witnesses from seeing what is new, by their names."""
        return {herald.witness.name: herald.trouble for herald in self._all if herald.trouble}

    def end(self, seconds: float) -> None:
        """Show what is left and stop."""
        self.settle(seconds)
        for herald in self._all:
            herald.end()

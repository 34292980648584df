"""The stream process: behaviour events taken in, windows kept, listeners told, questions answered."""

import threading

from liuke.app import wiring
from liuke.data import behaviour
from liuke.kernel.bank import Bank


def serve(bank: Bank, stop: threading.Event) -> None:
    """Follow the events of a bank until told to stop. Raises StreamBusy when another process does."""
    with behaviour.following(bank, wiring.STREAM_LISTENERS) as stream, behaviour.answering(stream):
        threading.Thread(target=behaviour.warm, args=(stream.plan,), daemon=True).start()
        stream.serve(stop)

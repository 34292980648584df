"""The graph a process answers from: the snapshot that serves, with what changed since laid over it."""

import threading
from typing import Final

import structlog

from liuke.data.graph import store
from liuke.data.graph.engine import snapshot
from liuke.data.graph.engine.fresh import Fresh
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank

_log = structlog.get_logger("liuke.graph")

#: Changes held in memory before only a rebuild helps; the newest wait for it.
MOST_CHANGES: Final = 200_000

_gate: Final = threading.Lock()
_serving: Final[dict[str, tuple[str | None, Fresh]]] = {}


def graph(bank: Bank) -> Fresh:
    """The graph as it is now: opened anew when another snapshot serves, and brought up to the last change.

    It asks the database for changes at every question, so a relation is seen as soon as it is written.
    """
    home, version = str(bank.settings.home), snapshot.current(bank.settings)
    with _gate:
        held = _serving.get(home)
        if held is None or held[0] != version:
            opened = snapshot.load(bank.settings, version)
            held = (version, Fresh(opened.engine, opened.upto))
            _serving[home] = held
        fresh = held[1]
        if len(fresh.now) < MOST_CHANGES:
            with bank.read(Actor.system("graph")) as tx:
                fresh.learn(store.changed_after(tx, fresh.upto, limit=MOST_CHANGES), today=bank.clock.today())
        else:
            _log.warning("graph_waits_for_a_rebuild", changes=len(fresh.now))
        return fresh

"""行为 · what customers do in the app: taken in, kept in mind by the second, and analysed.

Answers: what a customer did within any window from 5 minutes to 400 days (how often, how much, how many different, when
last), exactly and in memory; who does what, when, in which order, how often and for how long, over all customers or any
of them; what the app sent that could not be accepted, and why.

Events come by files (sources) or live: ``POST /api/behaviour/events`` makes a batch durable and acknowledges it; the
stream process judges each event by the tracking plan, recognises the customer by identity, counts each id once and
writes it into the canonical table ``behaviour``. An event live and again by file is one event.

Reads: the log below ``home/behaviour/log``; the lake's ``behaviour`` and ``party``; members of identity; products.
Writes: the lake's ``behaviour``; ``home/behaviour/stock``, from which every process answers.

Emits: ``behaviour.plan_saved``, ``behaviour.viewed``, ``behaviour.quarantine_viewed``. The stream process tells each
`Listener` which customers' windows changed.

Does not: decide who is one customer, compute tags, or keep what the plan does not declare.
Rooms inside: ``intake`` (door and log), ``plan`` (tracking plan and verdicts), ``windows`` (online state), ``analyse``.
"""

from liuke.data.behaviour.analyse.ask import analyse
from liuke.data.behaviour.analyse.model import Query, Step
from liuke.data.behaviour.analyse.run import warm
from liuke.data.behaviour.ask import answering
from liuke.data.behaviour.follow import Listener, Stream, following
from liuke.data.behaviour.model import BehaviourViewed, PlanSaved
from liuke.data.behaviour.service import events
from liuke.data.behaviour.windows.state import Windows

__all__ = [
    "BehaviourViewed",
    "Listener",
    "PlanSaved",
    "Query",
    "Step",
    "Stream",
    "Windows",
    "analyse",
    "answering",
    "events",
    "following",
    "warm",
]

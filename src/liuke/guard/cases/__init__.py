"""案件 · what a machine or a person found suspicious, and how people settled it.

Answers: what waits in which queue and until when; who works on it; what it rests on (events, customers, products,
files with their hash, alerts); how it was settled and by which two people; how each queue keeps its time.

Reads: alerts raised through ``alert``, cases opened by hand; the event log and the shelf, to check links.

Emits: ``case.opened``, ``case.alerted``, ``case.moved``, ``case.closed``, ``case.viewed``, ``case.listed``,
``case.queue_changed``. None
names a customer as its subject: a customer's own change log must not tell that a case is about them.

Does not: find anything suspicious (fraud, AML and conduct do), freeze a customer (the gate does). A case is seen only
by its assignee, the members of its queue and the watchers it names: PostgreSQL itself hides it from everybody else.
"""

from liuke.guard.cases.model import Alert, Case, CaseKind, Evidence, LinkKind, Priority, UnknownCase
from liuke.guard.cases.service import Opened, alert, open_case

__all__ = [
    "Alert",
    "Case",
    "CaseKind",
    "Evidence",
    "LinkKind",
    "Opened",
    "Priority",
    "UnknownCase",
    "alert",
    "open_case",
]

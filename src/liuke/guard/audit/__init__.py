"""存证 · the audit log nobody can change: everything that happened, chained, signed, witnessed and searchable.

Answers: who did what about whom and when; is this record genuine; was anything edited, deleted, inserted, moved,
cut off or rolled back; was a key exchanged. Takes evidence away as JSON and PDF, which anyone checks with
``tools/verify_audit.py`` alone.

Reads: the kernel's event log, each event once and in order (nobody calls audit). What concerns a customer is committed
to by a salted hash and lies beside the log, so that ``subject.erased`` destroys it while every proof still holds.

Emits: ``audit.verified``, ``audit.exported``, ``audit.trail_viewed``; in the log itself also ``audit.erased``,
``audit.recovered``, ``audit.clock_back``, ``audit.key_changed``.

Does not: decide who is erased (consent does), keep business data, or write to the log from a second process.
Rooms inside, which know no database: ``seal`` (the log on disk: lines, tree, checkpoints), ``check`` (verifying it),
``witness`` (who keeps its checkpoints: a folder, another host, a time stamp authority).
"""

from liuke.guard.audit.findings import examine, verify_log
from liuke.guard.audit.follow import erase, opened, rebuild, turn
from liuke.guard.audit.seal.model import Report
from liuke.guard.audit.service import evidence, printed, proved, search
from liuke.guard.audit.witness.receiver import receive

__all__ = [
    "Report",
    "erase",
    "evidence",
    "examine",
    "opened",
    "printed",
    "proved",
    "rebuild",
    "receive",
    "search",
    "turn",
    "verify_log",
]

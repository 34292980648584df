"""授权同意 · may the bank use what it knows of a customer for a purpose, and reach them on a channel, now?

Answers: which purposes (处理目的) a customer consented to on which channels, proved by what, since when; what was
withdrawn; whether sensitive information may be used; whether personalised recommendation and automated decisions are
switched off (个保法 24: `personal_allowed`); who is on a black list; when somebody must not be disturbed; which stored
fields may serve which purpose (`usable`, `require_usable`: device and place never reach marketing).

One definition, two forms: `verdict` for one customer with every reason and its evidence, `sql` for a set of millions as
a SQLAlchemy select of (one_id, refusal) to be used as a CTE::

    people = select(...).cte("people")  # has one_id
    asked = consent.Question(purpose, channel, now)
    said = consent.sql(people, asked).cte("consent")  # refusal NULL: allowed

Reads: the customers of `data.profile`. Emits: ``consent.granted``, ``consent.withdrawn``, ``consent.taken_over``,
``consent.blocked``, ``consent.block_lifted``, ``consent.quiet_set``, ``consent.quiet_removed``, ``consent.viewed``;
``subject.requested``, ``subject.exported``, ``subject.corrected``, ``subject.erased``, ``subject.refused``.

Does not: count how often a customer was reached, know holidays or the bank's own quiet hours (gate does), judge
products (suitability does). Room inside: ``requests`` (export, correct, erase); others take part with `participate`.
"""

from liuke.guard.consent.explain import evidence as evidence
from liuke.guard.consent.explain import told as told
from liuke.guard.consent.judge import Narrow as Narrow
from liuke.guard.consent.judge import Question
from liuke.guard.consent.judge import onto as onto
from liuke.guard.consent.judge import verdicts as sql
from liuke.guard.consent.model import Act, Channel, Purpose
from liuke.guard.consent.model import Evidence as Evidence
from liuke.guard.consent.model import EvidenceKind as EvidenceKind
from liuke.guard.consent.model import Matter as Matter
from liuke.guard.consent.model import Reason as Reason
from liuke.guard.consent.model import Verdict as Verdict
from liuke.guard.consent.participants import Kept as Kept
from liuke.guard.consent.participants import Participant, participate
from liuke.guard.consent.service import block as block
from liuke.guard.consent.service import personal_allowed, record, state, verdict
from liuke.guard.consent.service import take_over as take_over
from liuke.guard.consent.uses import require_usable
from liuke.guard.consent.uses import usable as usable

__all__ = [
    "Act",
    "Channel",
    "Participant",
    "Purpose",
    "Question",
    "participate",
    "personal_allowed",
    "record",
    "require_usable",
    "sql",
    "state",
    "verdict",
]

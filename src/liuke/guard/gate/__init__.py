"""触达闸口 · may this message or offer reach that customer, on this channel, for this purpose, now?

Answers: yes with a signed, short-lived, single-use `Permit` that names every check, or no with a `Refused` that names
the check, the reason, its evidence and what would make it possible. The checks in order: scope, consent, purpose,
suitability, complaint and risk freeze, hold-out, frequency caps, quiet hours and holidays, wording, compliance's own
rules. One statement judges one customer (`check`), millions (`check_many`) and the past (`explain`). `redeem` uses a
permit in the sender's own transaction: it looks at everything again under the customer's lock and counts the send.

Reads: consent, suitability, the customers of `data.profile`, the shelf; its own policy, calendar, freezes, hold-outs
and sends. Emits: ``gate.refused``, ``gate.redeemed``, ``gate.judged``, ``gate.policy_moved``, ``gate.freeze_moved``,
``gate.holdout_moved``, ``gate.calendar_changed``.

Does not: send anything (delivery does), choose whom to reach (insight does), or draw a hold-out (campaigns do).
"""

from liuke.guard.consent import Channel as Channel
from liuke.guard.consent import Purpose as Purpose
from liuke.guard.gate.batch import check_many
from liuke.guard.gate.judge.model import Check, Message
from liuke.guard.gate.judge.model import Explanation as Explanation
from liuke.guard.gate.model import Permit, Refused
from liuke.guard.gate.service import check, explain, redeem
from liuke.guard.gate.settings.model import FreezeKind
from liuke.guard.gate.settings.service import end_holdout, freeze, hold_out

__all__ = [
    "Check",
    "FreezeKind",
    "Message",
    "Permit",
    "Refused",
    "check",
    "check_many",
    "end_holdout",
    "explain",
    "freeze",
    "hold_out",
    "redeem",
]

"""What was refused, for the compliance centre."""

from datetime import timedelta
from typing import Any, Final

from liuke.data import profile
from liuke.guard.gate import store
from liuke.guard.gate.model import Refusal, RefusalFilter
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.page import Page

_COUNTED_DAYS: Final = 30


def refusals(bank: Bank, actor: Actor, wanted: RefusalFilter, *, cursor: str | None, limit: int) -> Page[Refusal]:
    """What the gate refused to customers in scope, newest first; the look is recorded."""
    actor.require(Permission.GATE_READ)
    with bank.write(actor) as tx:
        page = store.refusals(tx, wanted, cursor=cursor, limit=limit)
        one_ids = sorted({refusal.one_id for refusal in page.items})
        tx.emit(profile.CustomersListed(where="gate.refusals", count=len(one_ids), one_ids=list(one_ids)))
    return page


def refusal_counts(bank: Bank, actor: Actor) -> list[dict[str, Any]]:
    """Refusals of the last 30 days by check and channel, trials left out."""
    actor.require(Permission.GATE_READ)
    with bank.read(actor) as tx:
        return [dict(row) for row in store.refusal_counts(tx, bank.clock.now() - timedelta(days=_COUNTED_DAYS))]

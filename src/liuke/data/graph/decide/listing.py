"""Requests as the one who looks may see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from liuke.data import org
from liuke.data.graph import people, service, store
from liuke.data.graph.decide.ask import request_of
from liuke.data.graph.model import ChangeState, Request
from liuke.data.graph.people import Party
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.page import Page, page_of, read_cursor
from liuke.kernel.store.records import WriteHandle


@dataclass(frozen=True, slots=True)
class Told:
    """A request with its parties as the actor may see them and the names of staff."""

    request: Request
    parties: tuple[Party, ...]
    names: Mapping[str, str]
    mine: bool


def requests(bank: Bank, actor: Actor, *, state: ChangeState | None, cursor: str | None, limit: int) -> Page[Told]:
    """Requests about customers in the actor's scope, newest first. The look is recorded. Raises BadCursor."""
    actor.require(Permission.CUSTOMER_READ)
    before = tuple(read_cursor(cursor, datetime.fromisoformat, UUID)) if cursor else None
    with bank.write(actor) as tx:
        rows = store.requests(tx, state=state, before=before, limit=limit + 1)
        page = page_of(rows, limit=limit, key=lambda row: (row["proposed_at"].isoformat(), row["id"]))
        return _told(bank, tx, page.map(request_of))


def told(bank: Bank, actor: Actor, asked: Request) -> Told:
    """One request. The look is recorded."""
    with bank.write(actor) as tx:
        return _told(bank, tx, Page([asked], None)).items[0]


def _told(bank: Bank, tx: WriteHandle, page: Page[Request]) -> Page[Told]:
    parties = people.look(bank, tx, {one_id for asked in page.items for one_id in asked.subjects})
    staff = {who for asked in page.items for who in (asked.proposed_by, asked.decided_by) if who}
    names = org.names(tx, sorted(staff))
    service.seen(tx, "relation-requests", parties.values())
    return page.map(
        lambda asked: Told(
            asked,
            tuple(parties[one_id] for one_id in asked.subjects),
            names,
            asked.proposed_by == tx.actor.user_id,
        )
    )

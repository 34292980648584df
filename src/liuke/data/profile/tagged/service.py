"""All tags of one customer. The look is recorded."""

from datetime import date

from liuke.data import tags
from liuke.data.profile.model import CustomerViewed, Part, UnknownCustomer
from liuke.data.profile.service import number_of
from liuke.data.profile.store import sealed_row
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank

#: A tag's plate in the snapshot, and the customer's value.
Told = tuple[tags.Plate, bool | int | str | date | None]


def tags_of(bank: Bank, actor: Actor, customer_no: str) -> tuple[tags.Snapshot | None, list[Told]]:
    """A customer's tags in the order of families, from the newest snapshot; none of an erased or still unseen customer.

    Raises: Forbidden, UnknownCustomer.
    """
    actor.require(Permission.CUSTOMER_READ)
    one_id = number_of(bank, customer_no)
    with bank.write(actor) as tx:
        row = sealed_row(tx, one_id)
        if row is None:
            raise UnknownCustomer
        tx.emit(CustomerViewed(subject=one_id, part=Part.TAGS))
    snapshot = tags.newest(bank)
    if snapshot is None or row["wrapped"] is None or not snapshot.holds(one_id):
        return snapshot, []
    plates = [plate for plate in snapshot.plates.values() if not plate.ingredient]
    return snapshot, [(plate, snapshot.column(plate.code).at(one_id)) for plate in plates]

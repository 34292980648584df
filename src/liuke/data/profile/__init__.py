"""客户画像 · the 360 page: everything the bank knows about one customer, on one page.

Answers: who the customer is, what they have with the bank and how it moved in twelve months, what falls due, what they
did and said, whom they are related to, which source systems know them; which customers a relationship manager has; who
is meant by a name, a customer number, a phone or an ID number.

Reads: the canonical tables of the lake, membership of one-ID, branches and books. A refresh (`refresh`) builds one wide
row a customer in PostgreSQL, all at once or only for customers whose records changed, as known on a day (``as_of``).

Emits: ``customer.viewed``, ``customers.listed``, ``customer.revealed`` for every look; ``customer.changed``,
``customer.erased``, ``profiles.refreshed``.

Does not: decide who is one customer (identity does), keep sources, compute tags or scores, write to a customer.
Personal fields lie encrypted under a key of the customer's own; without it (`erase`) they are 已删除 for ever.
Rooms inside: ``find`` (list, search, ladder) and ``refresh``. ``facts`` is what guard reads of customers.
"""

from liuke.data.profile import facts
from liuke.data.profile.find.service import among as among
from liuke.data.profile.find.service import introduce as introduce
from liuke.data.profile.lineage import lineage
from liuke.data.profile.model import (
    CustomerChanged,
    CustomerErased,
    CustomerRevealed,
    CustomersListed,
    CustomerViewed,
    ProfilesRefreshed,
    Tier,
    UnknownCustomer,
)
from liuke.data.profile.refresh.load import refresh
from liuke.data.profile.service import erase

__all__ = [
    "CustomerChanged",
    "CustomerErased",
    "CustomerRevealed",
    "CustomerViewed",
    "CustomersListed",
    "ProfilesRefreshed",
    "Tier",
    "UnknownCustomer",
    "erase",
    "facts",
    "lineage",
    "refresh",
]

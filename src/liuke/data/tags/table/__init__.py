"""The tables tags are measured from, by name."""

from typing import Final

from liuke.data.tags.table.events import BEHAVIOUR, INTERACTION, TOUCH, TRANSACTION
from liuke.data.tags.table.model import Mode, TagTable
from liuke.data.tags.table.states import (
    ACCOUNT,
    ASSESSMENT,
    CUSTOMER,
    HOLDING,
    PERSON,
    PURCHASE,
    RELATION,
    SALARY,
)

#: In the order they are offered.
TABLES: Final = {
    table.name: table
    for table in (
        TRANSACTION,
        ACCOUNT,
        HOLDING,
        PURCHASE,
        SALARY,
        BEHAVIOUR,
        INTERACTION,
        TOUCH,
        CUSTOMER,
        ASSESSMENT,
        PERSON,
        RELATION,
    )
}

#: Tables whose rows make somebody a customer of the bank.
SUBJECTS: Final = ("customer", "account", "transaction")

__all__ = ["SUBJECTS", "TABLES", "Mode", "TagTable"]

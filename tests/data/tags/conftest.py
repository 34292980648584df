"""A small town with something of everything tags are measured from."""

from datetime import date, timedelta
from typing import Any, Final

import pytest
from tests.data.profile import builders as make

from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank

#: Numbers of the town's customers, and the data day of the tests.
ZHANG: Final = 11
LI: Final = 12
DAY: Final = make.DAY


@pytest.fixture
def town(bank: Bank, machine: Actor) -> Bank:
    """Zhang, who does a lot, and Li, who only has an account; nothing refreshed yet."""
    make.fill(
        bank, machine, "product", [make.a_product("W001"), make.a_product("F9", name="科技创新股票", kind="fund")]
    )
    make.fill(
        bank,
        machine,
        "party",
        [
            make.a_party("core", "C-1"),
            make.a_party("wealth", "W-1"),
            make.a_party("app", "A-1", birth_date=None),
            make.a_party("core", "C-2", birth_date=None),
        ],
    )
    make.fill(
        bank,
        machine,
        "customer",
        [
            make.a_customer("core", "C-1", marital="已婚"),
            make.a_customer("core", "C-2", risk_tolerance=None, risk_assessed_on=None, risk_valid_until=None),
        ],
    )
    make.fill(
        bank,
        machine,
        "account",
        [
            make.an_account("core", "a1", "C-1", balance=60_000_000),
            make.an_account("core", "a2", "C-2", balance=0),
            make.an_account("wealth", "w1", "W-1", kind="wealth", balance=None),
        ],
    )
    make.fill(bank, machine, "holding", [make.a_holding("wealth", "h1", "w1", "W-1")])
    make.fill(bank, machine, "transaction", bookings())
    make.fill(bank, machine, "behaviour", clicks())
    make.fill(
        bank,
        machine,
        "interaction",
        [make.an_interaction("callcentre", "i1", "A-1", make.days_before(3), kind="complaint", direction="in")],
    )
    make.join(
        bank,
        machine,
        {
            ("core", "C-1"): ZHANG,
            ("wealth", "W-1"): ZHANG,
            ("app", "A-1"): ZHANG,
            ("callcentre", "A-1"): ZHANG,
            ("core", "C-2"): LI,
        },
    )
    return bank


def bookings() -> list[make.Row]:
    """A salary on the 5th of two months, a transfer out, some shopping."""
    salary: dict[str, Any] = {"category": "salary", "direction": "in", "channel": "auto"}
    return [
        make.a_transaction("core", "t1", "a1", make.at(date(2026, 9, 5)), 1_000_000, **salary),
        make.a_transaction("core", "t2", "a1", make.at(date(2026, 10, 5)), 1_000_000, **salary),
        make.a_transaction("core", "t3", "a1", make.at(date(2026, 10, 7)), 400_000),
        make.a_transaction("core", "t4", "a1", make.at(date(2026, 10, 20)), 30_000_000, category="transfer"),
    ]


def clicks() -> list[make.Row]:
    """Logins on three days, and two looks at a technology fund at night."""
    logins = [
        make.a_behaviour("app", f"l{day}", "A-1", make.days_before(day), name="login", page="home")
        for day in (1, 2, 40)
    ]
    night = make.days_before(2) + timedelta(hours=10)
    looks = [
        make.a_behaviour("app", f"v{one}", "A-1", night + timedelta(minutes=one), page="fund_detail", product_no="F9")
        for one in range(2)
    ]
    return logins + looks

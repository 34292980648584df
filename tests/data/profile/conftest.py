"""A small town: three customers in two branches, known by four source systems."""

from datetime import date

import pytest
from tests.data.profile import builders as make

from liuke.data import org, profile
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.ids import OneId

#: Numbers of the town's customers.
ZHANG, LI, WANG = OneId(11), OneId(12), OneId(13)


@pytest.fixture
def town(bank: Bank, machine: Actor) -> Bank:
    """The bank with the town in its lake, joined and refreshed."""
    tell(bank, machine)
    profile.refresh(bank, machine)
    return bank


def tell(bank: Bank, machine: Actor) -> None:
    """Everything the town's sources say, except the refresh."""
    branches = [
        make.a_branch("HO", None, "总行"),
        make.a_branch("0571001", "HO", "西湖支行"),
        make.a_branch("0574001", "HO", "海曙支行"),
    ]
    staff = [make.a_staff("S001", "陈经理", "0571001"), make.a_staff("S002", "周经理", "0574001")]
    with bank.write(machine) as tx:
        org.replace_branches(tx, branches)
        org.replace_staff(tx, staff)
    make.fill(bank, machine, "branch", branches)
    make.fill(bank, machine, "staff", staff)
    make.fill(
        bank,
        machine,
        "product",
        [make.a_product("W001"), make.a_product("F001", name="沪深 300", kind="fund", risk="R4")],
    )
    make.fill(bank, machine, "party", _parties())
    make.fill(bank, machine, "customer", _customers())
    make.fill(bank, machine, "account", _accounts())
    make.fill(bank, machine, "holding", [make.a_holding("wealth", "h1", "w1", "W-1")])
    make.fill(bank, machine, "transaction", _transactions())
    make.fill(bank, machine, "behaviour", _behaviours())
    make.fill(
        bank,
        machine,
        "interaction",
        [
            make.an_interaction("callcentre", "i1", "K-1", make.days_before(3), kind="complaint", status="open"),
            make.an_interaction("callcentre", "i2", "K-1", make.days_before(9)),
        ],
    )
    make.fill(bank, machine, "relation", [make.a_relation("crm", "r1", "M-1", ("crm", "M-2"))])
    make.join(bank, machine, _members())


def _parties() -> list[make.Row]:
    other = {"id_no": "330203198506153319", "phone": "13900001111", "birth_date": date(1985, 6, 15)}
    third = {"id_no": "330203197701013314", "phone": "13700002222", "birth_date": date(1977, 1, 1)}
    return [
        make.a_party("core", "C-1"),
        make.a_party("wealth", "W-1", phone="+86 139 8888 7777", id_no=None),
        make.a_party("app", "A-1", name="zhang", id_no=None, phone="13812341234"),
        make.a_party("callcentre", "K-1", id_no=None),
        make.a_party("crm", "M-1"),
        make.a_party("core", "C-2", name="李四", gender="F", **other),
        make.a_party("crm", "M-2", name="李四", gender="F", **other),
        make.a_party("core", "C-3", name="王五", **third),
    ]


def _customers() -> list[make.Row]:
    return [
        make.a_customer("core", "C-1", branch_no="0574001"),
        make.a_customer("wealth", "W-1", branch_no=None, risk_tolerance=None),
        make.a_customer("crm", "M-1", rm_no="S001", branch_no="0571001", risk_tolerance=None),
        make.a_customer("core", "C-2"),
        make.a_customer("crm", "M-2", rm_no="S001", branch_no="0571001", risk_tolerance=None),
        make.a_customer("core", "C-3", branch_no="0574001", rm_no="S002"),
    ]


def _accounts() -> list[make.Row]:
    return [
        make.an_account("core", "1001", "C-1", balance=30_000_000),
        make.an_account("wealth", "w1", "W-1", kind="wealth", balance=None),
        make.an_account("core", "1002", "C-2", balance=700_000_000),
        make.an_account("core", "1003", "C-3", balance=90_000, opened_on=date(2026, 9, 10)),
    ]


def _transactions() -> list[make.Row]:
    salaries = [
        make.a_transaction(
            "core", f"p{month}", "1001", make.at(date(2026, month, 10)), 2_500_000, direction="in", category="salary"
        )
        for month in range(4, 11)
    ]
    spent = [make.a_transaction("core", f"t{i}", "1001", make.days_before(i), 10_000 + i) for i in range(60)]
    return [*salaries, *spent, make.a_transaction("core", "x1", "1002", make.days_before(20), 300_000_000)]


def _behaviours() -> list[make.Row]:
    seen = [make.a_behaviour("app", f"b{i}", "A-1", make.days_before(i % 40), product_no="F001") for i in range(20)]
    return [*seen, make.a_behaviour("app", "l1", "A-1", make.days_before(1), name="login", page=None, product_no=None)]


def _members() -> dict[tuple[str, str], int]:
    zhang = [("core", "C-1"), ("wealth", "W-1"), ("app", "A-1"), ("callcentre", "K-1"), ("crm", "M-1")]
    return dict.fromkeys(zhang, ZHANG) | dict.fromkeys((("core", "C-2"), ("crm", "M-2")), LI) | {("core", "C-3"): WANG}

"""A village: a family found by its home and a shared phone, a firm, a neighbour, and a kiosk tablet everybody uses."""

from datetime import date

import pytest
from tests.data.profile import builders as make

from liuke.data import graph, org, profile
from liuke.kernel.actor import Actor, Permission, Role, Scope, ScopeKind
from liuke.kernel.bank import Bank
from liuke.kernel.ids import OneId

#: Father, mother, grown daughter of another book; the neighbour; a stranger; the firm; a relative who is no customer.
HE, SHE, GIRL, NEIGHBOUR, STRANGER, FIRM, AUNT = (OneId(n) for n in range(21, 28))
HOME = "桂花街12号幸福里3栋1201室"


@pytest.fixture
def village(bank: Bank, machine: Actor) -> Bank:
    """The village in the lake, joined, with its customers' pages and its graph."""
    tell(bank, machine)
    profile.refresh(bank, machine)
    graph.rebuild(bank, machine)
    return bank


def tell(bank: Bank, machine: Actor) -> None:
    """Everything the village's sources say."""
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
    make.fill(bank, machine, "party", _parties())
    mine, other = {"rm_no": "S001"}, {"rm_no": "S002", "branch_no": "0574001"}
    rows = {"P1": mine, "P2": mine, "P3": other, "P4": mine, "P5": other, "F1": mine}
    make.fill(bank, machine, "customer", [make.a_customer("core", key, **facts) for key, facts in rows.items()])
    make.fill(bank, machine, "account", [make.an_account("core", f"a{key}", key) for key in rows])
    make.fill(bank, machine, "relation", _relations())
    make.fill(
        bank,
        machine,
        "transaction",
        [
            make.a_transaction(
                "core",
                f"t{n}",
                "aP1",
                make.days_before(n * 20 + 1),
                10_000,
                category="transfer",
                counterparty_account="6299880000aP5",
            )
            for n in range(3)
        ],
    )
    members = {("core", f"P{n}"): number for n, number in enumerate((HE, SHE, GIRL, NEIGHBOUR, STRANGER), 1)}
    make.join(bank, machine, members | {("core", "F1"): FIRM, ("crm", "X1"): AUNT})


def _parties() -> list[make.Row]:
    born = date(1980, 1, 1)
    here = {"address": HOME, "province": "浙江省", "city": "杭州市", "district": "西湖区", "device_id": "kiosk"}
    away = {"device_id": "kiosk", "id_no": None}
    return [
        make.a_party("core", "P1", "赵大", **here, phone="13800000001", id_no=None, birth_date=born),
        make.a_party(
            "core", "P2", "钱二", **here | {"address": f"浙江省杭州市西湖区{HOME}"}, phone="13800000002", id_no=None,
            gender="F", birth_date=born,
        ),
        make.a_party(
            "core", "P3", "赵三", **away, phone="13800000003", phone2="13800000001", gender="F",
            birth_date=date(2004, 1, 1), address="人民路5号2栋301室",
        ),
        make.a_party("core", "P4", "孙四", **away, phone="13800000004", address="桂花街12号幸福里3栋1202室"),
        make.a_party("core", "P5", "李五", **away, phone="13800000005", address="东风路9号"),
        make.a_party("core", "F1", "西湖茶叶有限公司", kind="company", id_no=None, phone=None, address="桂花街1号"),
        make.a_party("crm", "X1", "赵姑", id_no=None, phone=None, address=None, device_id="kiosk"),
    ]  # fmt: skip


def _relations() -> list[make.Row]:
    core = ("core", "P1")
    return [
        make.a_relation("core", "r1", "F1", core, kind="legal_rep", evidence="核心 RELA"),
        make.a_relation("core", "r2", "F1", ("core", "P4"), kind="payroll", evidence="核心 RELA"),
        make.a_relation("core", "r3", "P1", ("core", "P3"), kind="child", evidence="核心 RELA"),
        make.a_relation("core", "r4", "P2", ("crm", "X1"), kind="sibling", evidence="不认识的关系"),
        make.a_relation("core", "r5", "P1", core, kind="spouse", evidence="与自己"),
        make.a_relation(
            "core", "r6", "P4", ("core", "P5"), kind="spouse", evidence="已离异", valid_to=date(2020, 1, 1)
        ),
        make.a_relation("core", "r7", "P2", ("crm", "X1"), kind="guarantee", evidence="信贷担保"),
    ]


RIGHTS = (Permission.RELATION_PROPOSE, Permission.RELATION_APPROVE)


@pytest.fixture
def rm() -> Actor:
    """RM of one book."""
    return make.an_actor(permissions=RIGHTS[:1])


@pytest.fixture
def head() -> Actor:
    """Head of the branch that book is in."""
    scope = Scope(ScopeKind.BRANCH, branch_path="HO/0571001/")
    return make.an_actor(Role.BRANCH_HEAD, scope=scope, permissions=RIGHTS)


@pytest.fixture
def compliance() -> Actor:
    """Sees the whole bank."""
    return make.an_actor(Role.COMPLIANCE, scope=Scope(ScopeKind.ALL), permissions=RIGHTS)

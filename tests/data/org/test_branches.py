"""The branch tree, staff and books, as the sources bring them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from liuke.data import org
from liuke.data.org import store, tree
from liuke.data.org.model import BadNumber, BrokenTree, DuplicateNumber, NothingSent, StaffFilter
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.clock import FixedClock
from liuke.kernel.ids import OneId
from liuke.kernel.store.log import read_after

from .conftest import BRANCHES, STAFF


def _book(bank: Bank, actor: Actor) -> dict[int, tuple[str | None, str]]:
    with bank.read(actor) as tx:
        return {row.one_id: (row.rm_no, row.branch_path) for row in org.assignments(tx, None)}


def _assign(bank: Bank, machine: Actor, *rows: tuple[int, str | None, str]) -> Any:
    with bank.write(machine) as tx:
        return org.assign(tx, [(OneId(one), rm, branch, "crm") for one, rm, branch in rows])


def test_a_path_leads_from_the_head_office_down(bank: Bank, machine: Actor, tree: None) -> None:
    with bank.read(machine) as tx:
        paths = org.branch_paths(tx)
    assert paths["003"] == "HO/0571/003/"
    assert paths["0031"] == "HO/0574/0031/"


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from([None, *"abcdefgh"]), min_size=1))
def test_a_path_is_below_its_parents_path_or_the_tree_is_refused(parents: dict[str, str | None]) -> None:
    try:
        paths = tree.paths(parents)
    except BrokenTree:
        return
    for number, parent in parents.items():
        assert paths[number] == (paths[parent] if parent else "") + number + "/"


def test_a_broken_list_changes_nothing(bank: Bank, machine: Actor, tree: None) -> None:
    broken: list[tuple[list[dict[str, Any]], type[Exception]]] = [
        ([], NothingSent),
        ([{"branch_no": "A", "parent_no": "B"}], BrokenTree),
        ([{"branch_no": "A", "parent_no": "B"}, {"branch_no": "B", "parent_no": "A"}], BrokenTree),
        ([{"branch_no": "A", "parent_no": "A"}], BrokenTree),
        ([{"branch_no": "A"}, {"branch_no": "A"}], DuplicateNumber),
        ([{"branch_no": ""}], BadNumber),
        ([{"branch_no": "A/B"}], BadNumber),
        ([{"branch_no": "A" * 33}], BadNumber),
        ([{"branch_no": None}], BadNumber),
    ]
    for rows, error in broken:
        with pytest.raises(error), bank.write(machine) as tx:
            org.replace_branches(tx, rows)
        with bank.read(machine) as tx:
            assert len(org.branch_paths(tx)) == len(BRANCHES)


def test_a_branch_no_longer_named_is_closed_and_keeps_its_place(bank: Bank, machine: Actor, tree: None) -> None:
    with bank.write(machine) as tx:
        org.replace_branches(tx, [row for row in BRANCHES if row["branch_no"] != "004"])
        page = store.find_branches(tx, words="", under=None, active=False, cursor=None, limit=10)
    assert [(branch.branch_no, branch.path) for branch in page.items] == [("004", "HO/0571/004/")]


def test_customers_follow_their_branch_to_its_new_place(bank: Bank, machine: Actor, tree: None) -> None:
    _assign(bank, machine, (1, "R1", "003"), (2, "R3", "0031"))
    moved = [row | {"parent_no": "0574"} if row["branch_no"] == "003" else row for row in BRANCHES]
    with bank.write(machine) as tx:
        org.replace_branches(tx, moved)
    assert _book(bank, machine) == {1: ("R1", "HO/0574/003/"), 2: ("R3", "HO/0574/0031/")}
    with bank.read(machine) as tx:
        last = read_after(tx.connection, 0, 0, kinds=["branch.replaced"])[-1]
    assert last.payload["moved"] == ["003"]


def test_assigning_again_changes_nothing_and_history_is_kept(
    bank: Bank, machine: Actor, clock: FixedClock, tree: None
) -> None:
    assert _assign(bank, machine, (1, "R1", "003"), (2, None, "003")).changed == [1, 2]
    assert _assign(bank, machine, (1, "R1", "003"), (2, None, "003")).changed == []
    assert _assign(bank, machine, (1, "R2", "003")).changed == [1]
    assert _book(bank, machine) == {1: ("R2", "HO/0571/003/"), 2: (None, "HO/0571/003/")}
    with bank.read(machine) as tx:
        kept = tx.rows(select(store.assignment_table).where(store.assignment_table.c.one_id == 1).order_by(text("id")))
    assert [(row["rm_no"], row["ended"] is None) for row in kept] == [("R1", False), ("R2", True)]


def test_the_last_row_of_a_customer_counts(bank: Bank, machine: Actor, tree: None) -> None:
    _assign(bank, machine, (1, "R1", "003"), (1, "R3", "0031"))
    assert _book(bank, machine) == {1: ("R3", "HO/0574/0031/")}


def test_rows_of_an_unknown_branch_are_left_out_and_named(bank: Bank, machine: Actor, tree: None) -> None:
    done = _assign(bank, machine, (1, "R1", "003"), (2, "R1", "nowhere"))
    assert (done.changed, done.unknown_branches) == ([1], ["nowhere"])


def test_who_leaves_loses_the_book_to_the_pool(bank: Bank, machine: Actor, tree: None) -> None:
    _assign(bank, machine, (1, "R1", "003"), (2, "R2", "003"))
    with bank.write(machine) as tx:
        org.replace_staff(tx, [row for row in STAFF if row["staff_no"] != "R1"])
    assert _book(bank, machine) == {1: (None, "HO/0571/003/"), 2: ("R2", "HO/0571/003/")}
    assert _assign(bank, machine, (1, "R1", "003")).changed == []


def test_staff_may_come_back(bank: Bank, machine: Actor, tree: None) -> None:
    with bank.write(machine) as tx:
        org.replace_staff(tx, STAFF[1:])
        org.replace_staff(tx, STAFF)
        page = store.find_staff(tx, StaffFilter(text="R1"), _no_logins(), cursor=None, limit=5)
    assert page.items[0].status == "active"


def _no_logins() -> Any:
    from liuke.data.org.users.service import logins_by_staff

    return logins_by_staff()


def test_an_empty_staff_list_drives_nobody_out(bank: Bank, machine: Actor, tree: None) -> None:
    with pytest.raises(NothingSent), bank.write(machine) as tx:
        org.replace_staff(tx, [])


def test_everybody_has_a_name_by_user_id_or_staff_number(bank: Bank, machine: Actor, a_user: Any) -> None:
    user = str(a_user("rm.two").user_id)
    with bank.read(machine) as tx:
        found = org.names(tx, ["R1", user, "system:worker", "nobody", None])
        assert org.names(tx, []) == {}
    assert found == {"R1": "张三", user: "Rm.Two", "system:worker": "系统", "nobody": "未知人员"}


def test_hundred_thousand_customers_are_assigned_in_seconds(bank: Bank, machine: Actor, tree: None) -> None:
    with bank.write(machine) as tx:
        done = org.assign(tx, ((OneId(one), f"R{one % 3 + 1}", "003", "crm") for one in range(100_000)))
    assert len(done.changed) == 100_000

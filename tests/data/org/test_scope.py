"""Data scope: whose customers an actor sees, by our own helper and by the database itself."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from liuke.data import org
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.ids import OneId

SEEN = {
    "rm.one": {1},
    "rm.two": {2},
    "rm.three": {4},
    "head": {1, 2, 3},
    "manager": {1, 2, 3, 5},
    "analyst": {1, 2, 3, 4, 5},
    "compliance": {1, 2, 3, 4, 5},
    "engineer": set(),
    "sysadmin": set(),
    "secadmin": set(),
    "auditor": set(),
}


@pytest.fixture
def books(bank: Bank, machine: Actor, tree: None) -> None:
    with bank.write(machine) as tx:
        rows = [(1, "R1", "003"), (2, "R2", "003"), (3, None, "003"), (4, "R3", "0031"), (5, None, "004")]
        org.assign(tx, [(OneId(one), rm, branch, "crm") for one, rm, branch in rows])


def test_each_role_sees_its_own_customers_by_our_helper_and_by_raw_sql(
    bank: Bank, books: None, actor_of: Callable[[str], Actor]
) -> None:
    for login, seen in SEEN.items():
        with bank.read(actor_of(login)) as tx:
            assert {row.one_id for row in org.assignments(tx, None)} == seen, login
            assert {row["one_id"] for row in tx.rows(text("SELECT one_id FROM assignment"))} == seen, login


def test_raw_sql_cannot_take_or_give_away_another_book(
    bank: Bank, books: None, actor_of: Callable[[str], Actor]
) -> None:
    mine = actor_of("rm.one")
    with bank.write(mine) as tx:
        assert tx.execute(text("UPDATE assignment SET branch_no = 'x' WHERE one_id = 2")) == 0
        assert tx.execute(text("DELETE FROM assignment WHERE one_id = 2")) == 0
    with pytest.raises(DBAPIError, match="row-level security"), bank.write(mine) as tx:
        tx.execute(text("UPDATE assignment SET rm_no = 'R2' WHERE one_id = 1"))


def test_a_connection_without_an_actor_sees_nothing(bank: Bank, books: None) -> None:
    with bank.records.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM assignment")).scalar() == 0


def test_the_application_cannot_switch_row_security_off(bank: Bank, machine: Actor, books: None) -> None:
    with pytest.raises(DBAPIError, match="must be owner"), bank.write(machine) as tx:
        tx.execute(text("ALTER TABLE assignment DISABLE ROW LEVEL SECURITY"))


def test_asking_for_named_customers_gives_only_ones_own(
    bank: Bank, books: None, actor_of: Callable[[str], Actor]
) -> None:
    with bank.read(actor_of("rm.one")) as tx:
        assert [row.one_id for row in org.assignments(tx, [OneId(1), OneId(2), OneId(99)])] == [1]

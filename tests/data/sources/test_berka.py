"""The real Czech bank through its contracts: every count and sum equals the files'."""

import csv
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from liuke.data import sources
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank

CONTRACTS = Path(__file__).resolve().parents[3] / "src" / "liuke" / "app" / "demo" / "berka"


@pytest.fixture
def berka(bank: Bank, machine: Actor, shared_data: Path) -> Callable[[str], Any]:
    """The whole bank loaded; gives one number of a query over its tables."""
    files = shared_data / "berka"
    if not (files / "account.asc").is_file():
        pytest.skip(f"the Berka files are not on this machine: no {files}/account.asc")
    shutil.copytree(CONTRACTS, bank.settings.contracts_dir)
    bank.settings.sources_dir.symlink_to(files, target_is_directory=True)
    loads = sources.load_all(bank, machine)
    assert {load.rows_quarantined for load in loads} == {0}

    def value(query: str) -> Any:
        tables = [table for name, table in sources.CANONICAL.items() if name in query]
        with bank.read(machine) as tx, bank.lake.connect(tx, *tables) as connection:
            [row] = connection.execute(query).fetchall()
            return row

    value.files = files  # type: ignore[attr-defined]
    return value


def table(files: Path, name: str) -> list[dict[str, str]]:
    """The rows of a file, by the standard library's reader."""
    [path] = files.glob(name)
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, delimiter=";"))


def minor(rows: list[dict[str, str]], column: str) -> int:
    """The sum of a money column in minor units."""
    return int(sum((Decimal(row[column]) for row in rows), Decimal(0)) * 100)


def test_counts_and_sums_equal_the_files(berka: Callable[[str], Any]) -> None:
    files: Path = berka.files  # type: ignore[attr-defined]
    transactions, loans = table(files, "trans*.asc"), table(files, "loan.asc")
    orders, accounts = table(files, "order.asc"), table(files, "account.asc")

    assert berka('SELECT count(*), sum(amount), sum(balance_after) FROM "transaction"') == (
        len(transactions),
        minor(transactions, "amount"),
        minor(transactions, "balance"),
    )
    assert berka("SELECT count(*), sum(credit_limit) FROM account WHERE kind = 'loan'") == (
        len(loans),
        minor(loans, "amount"),
    )
    assert berka("SELECT count(*), sum(cost) FROM holding WHERE product_no = 'BK-ORDER'") == (
        len(orders),
        minor(orders, "amount"),
    )
    assert berka("SELECT count(*) FROM account WHERE kind = 'current'") == (len(accounts),)
    assert berka("SELECT count(*) FROM account WHERE kind = 'credit_card'") == (len(table(files, "card.asc")),)
    assert berka("SELECT count(*) FROM branch WHERE level = 'sub_branch'") == (len(table(files, "district.asc")),)


def test_gender_and_birth_date_come_from_the_birth_number(berka: Callable[[str], Any]) -> None:
    files: Path = berka.files  # type: ignore[attr-defined]
    clients = table(files, "client.asc")
    women = sum(int(row["birth_number"][2:4]) > 50 for row in clients)

    assert berka("SELECT count(*), count(*) FILTER (gender = 'F'), count(birth_date) FROM party") == (
        len(clients),
        women,
        len(clients),
    )
    assert berka("SELECT birth_date::VARCHAR, gender FROM party WHERE source_key = '1'") == ("1970-12-13", "F")


def test_every_account_belongs_to_its_owner_and_disponents_are_related_to_them(berka: Callable[[str], Any]) -> None:
    files: Path = berka.files  # type: ignore[attr-defined]
    dispositions = table(files, "disp.asc")
    owners = {row["account_id"]: row["client_id"] for row in dispositions if row["type"] == "OWNER"}
    joint = sum(row["type"] == "DISPONENT" for row in dispositions)

    assert berka("SELECT count(*) FROM relation WHERE kind = 'joint_holder'") == (joint,)
    assert berka("SELECT party_key FROM account WHERE source_key = 'A2'") == (owners["2"],)
    assert berka("SELECT count(*) FROM account WHERE party_key IS NULL") == (0,)


def test_money_in_and_out_agrees_by_direction(berka: Callable[[str], Any]) -> None:
    files: Path = berka.files  # type: ignore[attr-defined]
    incoming = [row for row in table(files, "trans*.asc") if row["type"] == "PRIJEM"]

    assert berka("SELECT count(*), sum(amount) FROM \"transaction\" WHERE direction = 'in'") == (
        len(incoming),
        minor(incoming, "amount"),
    )

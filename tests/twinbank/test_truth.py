"""The books balance, and the truth covers every record."""

import csv
import io
import json
from collections import defaultdict
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from twinbank import layouts

Rows = list[dict[str, str]]


def core(bank: Path, name: str) -> Rows:
    lines = (bank / "sources/core" / name).read_bytes().decode("gbk").splitlines()[:-1]
    names = layouts.table("core", name.split("_", maxsplit=1)[0]).names
    return [dict(zip(names, line.split("|"), strict=True)) for line in lines]


def fen(text: str) -> int:
    return round(float(text) * 100)


@pytest.fixture(scope="module")
def postings(bank: Path) -> Rows:
    """All good postings in order: bad ones have an impossible date, a negative amount or a number seen before."""
    seen: set[str] = set()
    out: Rows = []
    for path in sorted((bank / "sources/core").glob("TRAN_*.dat")):
        for row in core(bank, path.name):
            if row["tran_date"].endswith("0231") or row["amount"].startswith("-") or row["tran_no"] in seen:
                continue
            seen.add(row["tran_no"])
            out.append(row)
    return out


def keys(bank: Path) -> dict[str, set[str]]:
    folder = bank / "sources"
    book = openpyxl.load_workbook(folder / "crm/crm_20261031.xlsx", read_only=True)
    lines = (folder / "card/CARDHOLDER_20261031.txt").read_bytes().splitlines()[:-1]
    loans = csv.DictReader(io.StringIO((folder / "loan/borrower_20261031.csv").read_text(encoding="utf-8")))
    calls = (folder / "callcentre/contact_20261031.csv").read_text(encoding="utf-8-sig")
    return {
        "core": {r["cust_no"] for r in core(bank, "CUST_20261031.dat") if r["open_date"] != "20250231"},
        "loan": {r["CUST_ID"] for r in loans if r["REG_DATE"] != "2025/02/30"},
        "card": {line[:12].decode() for line in lines},
        "wealth": set(map(str, pq.read_table(folder / "wealth/investor_20261031.parquet")["investor_id"].to_pylist())),
        "app": {
            json.loads(line)["user_id"] for line in (folder / "app/users_20261031.jsonl").read_bytes().splitlines()
        },
        "callcentre": {r["contact_id"] for r in csv.DictReader(io.StringIO(calls), delimiter=";")},
        "wecom": {
            json.loads(line)["external_userid"]
            for line in (folder / "wecom/contacts_20261031.jsonl").read_bytes().splitlines()
        },
        "crm": {r[0] for r in book["客户"].iter_rows(min_row=2, values_only=True) if r[15] != "2025/2/30"},
    }


def test_the_truth_covers_every_record_of_every_system(bank: Path):
    truth = defaultdict(set)
    for row in pq.read_table(bank / "truth/identity.parquet").to_pylist():
        truth[row["source"]].add(row["source_key"])
    found = keys(bank)
    assert set(found) == set(layouts.SYSTEMS)
    for system in layouts.SYSTEMS:
        assert found[system] == truth[system], system


def test_balances_are_opening_plus_transactions(bank: Path, postings: Rows):
    total: dict[str, int] = defaultdict(int)
    for row in postings:
        total[row["acct_no"]] += fen(row["amount"]) * (1 if row["dc"] == "C" else -1)
    opening = {r["acct_no"]: r["opening"] for r in pq.read_table(bank / "truth/account.parquet").to_pylist()}
    accounts = [
        r for r in core(bank, "ACCT_20261031.dat") if r["product_no"] != "ZZ9999" and r["open_date"] != "20260231"
    ]
    assert len(accounts) == len(opening)
    for row in accounts:
        assert fen(row["balance"]) == opening[row["acct_no"]] + total[row["acct_no"]], row


def test_the_balance_after_each_transaction_follows_from_the_one_before(bank: Path, postings: Rows):
    balance = {r["acct_no"]: r["opening"] for r in pq.read_table(bank / "truth/account.parquet").to_pylist()}
    for row in postings:
        balance[row["acct_no"]] += fen(row["amount"]) * (1 if row["dc"] == "C" else -1)
        assert fen(row["balance"]) == balance[row["acct_no"]] >= 0


def test_transactions_of_an_account_are_in_order_of_time(postings: Rows):
    last: dict[str, str] = {}
    for row in postings:
        now = row["tran_date"] + row["tran_time"]
        assert last.get(row["acct_no"], "") <= now
        last[row["acct_no"]] = now


def test_no_account_moves_before_it_opens_or_after_it_closes(bank: Path, postings: Rows):
    accounts = {r["acct_no"]: r for r in core(bank, "ACCT_20261031.dat") if r["product_no"] != "ZZ9999"}
    for row in postings:
        account = accounts[row["acct_no"]]
        assert account["open_date"] <= row["tran_date"] <= (account["close_date"] or "99999999")


def test_closed_accounts_are_empty(bank: Path):
    closed = [r for r in core(bank, "ACCT_20261031.dat") if r["status"] == "1" and r["product_no"] != "ZZ9999"]
    assert closed
    assert {r["balance"] for r in closed} == {"0.00"}


def test_money_between_our_customers_has_two_sides(postings: Rows):
    out = {
        (r["tran_date"], r["tran_time"], r["acct_no"], r["opp_acct"], r["amount"])
        for r in postings
        if r["tran_code"] == "TRO"
    }
    into = [r for r in postings if r["tran_code"] == "TRI" and r["opp_acct"].startswith("629988")]
    assert into
    assert all((r["tran_date"], r["tran_time"], r["opp_acct"], r["acct_no"], r["amount"]) in out for r in into)


def test_who_leaves_is_written_down_with_a_reason_and_falls_silent(bank: Path, postings: Rows):
    people = pq.read_table(bank / "truth/person.parquet").to_pylist()
    gone = {p["person_id"]: p for p in people if p["leave_date"]}
    assert gone
    assert all(p["leave_reason"] and p["hazard"] > 0 for p in gone.values())
    owner = {r["acct_no"]: r["person_id"] for r in pq.read_table(bank / "truth/account.parquet").to_pylist()}
    for row in postings:
        person = gone.get(owner[row["acct_no"]])
        if person and row["tran_date"] > f"{person['leave_date']:%Y%m%d}":
            assert row["tran_code"] in {"LRP", "CRP", "TRI"}, row


def test_some_deposits_and_wealth_products_mature_within_ninety_days(bank: Path):
    soon = [
        r for r in core(bank, "TERM_20261031.dat") if r["status"] == "0" and "20261031" < r["end_date"] <= "20270129"
    ]
    held = pq.read_table(bank / "sources/wealth/position_20261031.parquet").to_pylist()
    maturing = [
        h for h in held if h["state"] == "held" and h["matures_on"] and f"{h['matures_on']:%Y%m%d}" <= "20270129"
    ]
    assert soon
    assert maturing


def test_the_shelf_has_products_of_every_kind_and_state(bank: Path):
    shelf = core(bank, "PRODUCT_20261031.dat")
    assert {p["kind"] for p in shelf} == {"deposit", "wealth", "fund", "insurance", "loan", "card", "metal"}
    assert {p["risk"] for p in shelf} == {"", "R1", "R2", "R3", "R4", "R5"}
    assert {p["status"] for p in shelf} == {"raising", "open", "closed", "due"}


def test_every_relationship_manager_in_service_works_in_a_sub_branch(bank: Path):
    level = {b["branch_no"]: b["level"] for b in core(bank, "BRANCH_20261031.dat")}
    staff = core(bank, "STAFF_20261031.dat")
    assert {level[s["branch_no"]] for s in staff if s["position"] == "rm"} == {"2"}
    assert {s["position"] for s in staff} >= {"head", "manager", "rm", "teller", "analyst", "compliance"}

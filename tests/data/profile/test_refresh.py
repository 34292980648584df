"""From the lake to the wide rows: amounts, time, what stays untouched, and some customers like all of them."""

from datetime import date, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import text
from tests.data.profile import builders as make
from tests.data.profile.conftest import LI, WANG, ZHANG, tell
from tests.data.profile.test_page import page

from liuke.data import profile
from liuke.data.profile import service
from liuke.data.profile.jobs import follow
from liuke.data.profile.refresh import merge
from liuke.data.profile.refresh.load import Refreshed, RefreshRunning
from liuke.data.sources import CANONICAL
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.event import Event
from liuke.kernel.ids import OneId

_SEALED = ("name", "phones", "id_numbers", "address", "birth_date")


def rows(bank: Bank, machine: Actor) -> dict[int, dict[str, Any]]:
    """Every wide row, with PostgreSQL's own mark of the transaction that wrote it."""
    with bank.read(machine) as tx:
        found = tx.rows(text("SELECT xmin::text AS written, p.* FROM profile p ORDER BY one_id"))
    return {row["one_id"]: dict(row) for row in found}


def facts(bank: Bank, machine: Actor) -> dict[int, dict[str, Any]]:
    """Wide rows without what differs by chance (ciphertexts) or by way (the ledger's file, the mark)."""
    left_out = {*_SEALED, "written", "ledger"}
    found = rows(bank, machine)
    return {one_id: {name: row[name] for name in row if name not in left_out} for one_id, row in found.items()}


def loaded(bank: Bank, machine: Actor, *tables: str) -> None:
    """Say that a load brought rows of these tables."""
    from liuke.data.sources.model import SourceLoaded

    brought: Event = SourceLoaded(
        source="test", system="core", load_id=str(make.LOAD), tables=dict.fromkeys(tables, 1), rows_quarantined=0
    )
    with bank.write(machine) as tx:
        tx.emit(brought)


def test_a_refresh_of_an_empty_bank_does_nothing(bank: Bank, machine: Actor) -> None:
    assert profile.refresh(bank, machine) == Refreshed(None, 0, 0, 0)


def test_balances_of_past_months_follow_from_the_bookings(town: Bank, machine: Actor) -> None:
    months = {month["month"]: month for month in page(town, machine, LI)["monthly"]}
    assert months["2026-10-01"]["aum"] == 700_000_000
    assert months["2026-09-01"]["aum"] == 1_000_000_000
    # The 3,000,000 元 left on the 11th: they stood on 10 of 31 days.
    assert months["2026-10-01"]["aum_mavg"] == 700_000_000 + 300_000_000 * 10 // 31
    assert page(town, machine, LI)["amounts"]["change_3m"] == -300_000_000


def test_an_account_opened_within_the_year_had_nothing_before(town: Bank, machine: Actor) -> None:
    months = {month["month"]: month for month in page(town, machine, WANG)["monthly"]}
    assert months["2026-08-01"]["aum"] == 0
    assert months["2026-09-01"]["aum"] == 90_000
    assert months["2026-09-01"]["aum_mavg"] == 90_000 - 90_000 * 9 // 30


def test_the_month_average_equals_the_mean_of_the_daily_balances(town: Bank, machine: Actor) -> None:
    shown = next(month for month in page(town, machine, ZHANG)["monthly"] if month["month"] == "2026-10-01")
    balance, days = 30_000_000, []
    for back in range(31):
        days.append(balance)
        day = make.DAY - timedelta(days=back)
        balance += 10_000 + back - (2_500_000 if day.day == 10 else 0)
    assert shown["aum_mavg"] == pytest.approx(sum(days) / 31 + 5_000_000, abs=1)


def test_salary_and_how_much_of_it_stays(town: Bank, machine: Actor) -> None:
    flow = page(town, machine, ZHANG)["cash_flow"]
    assert (flow["salary_mean"], flow["last_salary_on"]) == (2_500_000, "2026-10-10")
    assert 9_000 < flow["kept_7d_bp"] < flow["kept_3d_bp"] < 10_000


def test_the_assignment_of_the_crm_comes_before_the_branch_of_an_account(town: Bank, machine: Actor) -> None:
    assert [(row["branch_path"], row["rm_no"]) for row in rows(town, machine).values()] == [
        ("HO/0571001/", "S001"),
        ("HO/0571001/", "S001"),
        ("HO/0574001/", "S002"),
    ]


def test_customers_whose_facts_are_as_before_keep_their_row(town: Bank, machine: Actor) -> None:
    before = rows(town, machine)
    assert profile.refresh(town, machine).changed == 0
    make.fill(town, machine, "account", [make.an_account("core", "1009", "C-3", kind="term", balance=5)])
    assert profile.refresh(town, machine) == Refreshed(make.DAY, 3, 1, 0)
    after = rows(town, machine)
    assert (after[ZHANG], after[LI]) == (before[ZHANG], before[LI])
    assert after[WANG]["written"] != before[WANG]["written"]


def test_what_becomes_known_later_changes_nothing_of_an_earlier_day(town: Bank, machine: Actor) -> None:
    before = rows(town, machine)
    later = {"known_at": make.KNOWN + timedelta(days=2), "revision": 1, "row_hash": 2}
    make.fill(town, machine, "account", [make.an_account("core", "1001", "C-1", balance=1, **later)])
    make.fill(town, machine, "party", [make.a_party("core", "C-1", name="改名", **later)])
    make.fill(town, machine, "customer", [make.a_customer("crm", "M-1", rm_no="S002", branch_no="0574001", **later)])
    make.fill(town, machine, "holding", [make.a_holding("wealth", "h1", "w1", "W-1", market_value=1, **later)])
    made_up = make.a_transaction("core", "t1", "1001", make.days_before(1), 99) | later
    make.fill(town, machine, "transaction", [made_up, make.a_transaction("core", "z", "1001", make.days_before(-1), 5)])
    profile.refresh(town, machine, as_of=make.DAY)
    assert rows(town, machine) == before
    profile.refresh(town, machine)
    assert page(town, machine, ZHANG)["identity"]["name"] == "改*"
    assert page(town, machine, ZHANG)["amounts"]["deposits"] == 1


def test_a_correction_replaces_the_booking_it_corrects(town: Bank, machine: Actor) -> None:
    fixed = make.a_transaction("core", "x1", "1002", make.days_before(20), 100_000_000) | {"revision": 1, "row_hash": 7}
    make.fill(town, machine, "transaction", [fixed])
    profile.refresh(town, machine)
    assert page(town, machine, LI)["amounts"]["change_3m"] == -100_000_000


def test_events_refresh_the_customers_they_touch_like_a_refresh_of_all(town: Bank, machine: Actor) -> None:
    follow(town, machine)
    crowd = range(100, 130)
    make.fill(town, machine, "party", [make.a_party("core", f"X{n}", phone=f"1370000{n:04d}") for n in crowd])
    make.fill(town, machine, "customer", [make.a_customer("core", f"X{n}") for n in crowd])
    make.join(town, machine, {("core", f"X{n}"): n for n in crowd})
    profile.refresh(town, machine)
    loaded(town, machine, "relation")
    with town.write(machine) as tx:
        tx.execute(text("UPDATE identity_member SET since = '2020-01-01'"))
    follow(town, machine)
    before = rows(town, machine)

    make.fill(town, machine, "account", [make.an_account("core", "1010", "C-2", balance=77, load_id=str(make.LOAD))])
    with town.write(machine) as tx:
        tx.execute(text("UPDATE identity_member SET since = :now WHERE source = 'app'"), {"now": town.clock.now()})
        tx.execute(text("UPDATE identity_member SET one_id = :to WHERE source = 'app'"), {"to": WANG})
    profile.refresh(town, machine, only=[ZHANG, LI, WANG])
    some, after = facts(town, machine), rows(town, machine)
    assert {row["ledger"][0] for row in after.values()} == {"b", "i"}
    assert all(after[n] == before[n] for n in crowd)
    assert orjson.loads(service.timeline(town, machine, _number(town, WANG), kinds=(), cursor=None, limit=50))["items"]
    profile.refresh(town, machine)
    assert facts(town, machine) == some
    assert {row["ledger"] for row in rows(town, machine).values()} == {"b0"}
    assert page(town, machine, WANG)["behaviour"]["views_90d"] == 20


def _number(bank: Bank, one_id: int) -> str:
    return bank.keys.customer_numbers.encode(one_id)


def test_a_load_that_touches_one_customer_refreshes_that_one(town: Bank, machine: Actor) -> None:
    crowd = range(100, 120)
    make.fill(town, machine, "party", [make.a_party("core", f"X{n}") for n in crowd])
    make.fill(town, machine, "customer", [make.a_customer("core", f"X{n}") for n in crowd])
    make.join(town, machine, {("core", f"X{n}"): n for n in crowd})
    loaded(town, machine, "party")
    assert follow(town, machine).customers == 23
    with town.write(machine) as tx:
        tx.execute(text("UPDATE identity_member SET since = '2020-01-01'"))
    load = "00000000-0000-7000-8000-000000000009"
    make.fill(
        town, machine, "transaction", [make.a_transaction("core", "n1", "1003", make.days_before(0), 8, load_id=load)]
    )
    from liuke.data.sources.model import SourceLoaded

    with town.write(machine) as tx:
        tx.emit(SourceLoaded(source="t", system="core", load_id=load, tables={"transaction": 1}, rows_quarantined=0))
    done = follow(town, machine)
    assert (done.customers, done.changed) == (1, 1)


def test_a_number_freed_by_a_merge_has_no_page_any_more(town: Bank, machine: Actor) -> None:
    make.join(town, machine, {("core", "C-3"): LI})
    assert profile.refresh(town, machine, only=[LI, WANG]).gone == 1
    assert set(rows(town, machine)) == {ZHANG, LI}
    assert page(town, machine, LI)["amounts"]["deposits"] == 700_090_000


def test_two_refreshes_at_once_are_refused(town: Bank, machine: Actor) -> None:
    with town.read(machine) as tx:
        merge.claim(tx, RefreshRunning)
        with pytest.raises(RefreshRunning):
            profile.refresh(town, machine)


def test_a_refresh_that_breaks_leaves_everything_as_it_was(
    town: Bank, machine: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(town, machine)
    make.fill(town, machine, "account", [make.an_account("core", "1009", "C-3", balance=5)])

    def broken(*_: object, **__: object) -> int:
        raise RuntimeError("power cut")

    monkeypatch.setattr(merge, "settle", broken)
    with pytest.raises(RuntimeError, match="power cut"):
        profile.refresh(town, machine)
    assert rows(town, machine) == before
    monkeypatch.undo()
    assert profile.refresh(town, machine).changed == 1


def test_nothing_that_names_a_person_lies_readable_in_the_database(town: Bank, machine: Actor) -> None:
    with town.read(machine) as tx:
        whole = str(tx.value(text("SELECT string_agg(p::text, '') FROM profile p")))
        blind = str(tx.value(text("SELECT string_agg(b::text, '') FROM profile_blind b")))
    for secret in ("张小三", "13812341234", "330106199003072134", "文三路", "1990-03-07"):
        assert secret not in whole
        assert secret not in blind


def test_money_in_another_currency_is_shown_but_not_added(bank: Bank, machine: Actor) -> None:
    tell(bank, machine)
    make.fill(bank, machine, "account", [make.an_account("core", "1020", "C-1", currency="USD", balance=99)])
    profile.refresh(bank, machine)
    shown = page(bank, machine, ZHANG)
    assert shown["amounts"]["deposits"] == 30_000_000
    assert any(account["currency"] == "USD" for account in shown["accounts"])


def test_balances_told_only_by_bookings_are_the_balance_after_the_last_one(bank: Bank, machine: Actor) -> None:
    tell(bank, machine)
    make.fill(
        bank, machine, "account", [make.an_account("core", "1030", "C-3", balance=None, opened_on=date(2026, 8, 1))]
    )
    booked = [
        make.a_transaction("core", f"q{n}", "1030", make.days_before(9 - n), 10, balance_after=100 - n)
        for n in range(3)
    ]
    make.fill(bank, machine, "transaction", booked)
    profile.refresh(bank, machine, only=[OneId(WANG)])
    assert page(bank, machine, WANG)["amounts"]["deposits"] == 90_000 + 98


def test_every_canonical_table_may_be_empty_but_the_customers(bank: Bank, machine: Actor) -> None:
    assert "customer" in CANONICAL
    make.fill(bank, machine, "party", [make.a_party("core", "C-9")])
    make.fill(bank, machine, "customer", [make.a_customer("core", "C-9")])
    make.join(bank, machine, {("core", "C-9"): 9})
    assert profile.refresh(bank, machine).changed == 1
    shown = page(bank, machine, 9)
    assert (shown["accounts"], shown["monthly"], shown["cash_flow"], shown["behaviour"]) == ([], [], None, None)

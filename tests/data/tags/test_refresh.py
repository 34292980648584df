"""From the lake to a published snapshot."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from tests.data.profile import builders as make
from tests.data.tags.conftest import DAY, LI, ZHANG

from liuke.data import tags
from liuke.data.tags.model import NoSuchDay, TagsRunning
from liuke.data.tags.refresh import refresh
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Forbidden
from liuke.kernel.store import log


def told(bank: Bank, one_id: int, *codes: str, as_of: date | None = None) -> list[Any]:
    snapshot = tags.open(bank, as_of)
    return [snapshot.column(code).at(one_id) for code in codes]


def test_a_customers_tags_say_what_the_sources_say(town: Bank, machine: Actor) -> None:
    done = refresh(town, machine)
    assert (done.as_of, done.customers) == (DAY, 2)
    assert told(town, ZHANG, "deposits", "wealth_value", "aum") == [60_000_000, 5_000_000, 65_000_000]
    assert told(town, ZHANG, "salary_mean_6m", "salary_kept_rate_3d") == [333_333, 8000]
    assert told(town, ZHANG, "largest_out_30d", "large_out", "payroll") == [30_000_000, True, True]
    assert told(town, ZHANG, "login_30d", "last_login_on", "no_login_30d") == [2, DAY - timedelta(days=1), False]
    assert told(town, ZHANG, "star_board_30d", "complaint_rise", "marital") == [True, True, "已婚"]
    assert told(town, ZHANG, "risk_tolerance", "age", "life_stage") == ["C3", 36, "family"]
    assert told(town, ZHANG, "due_30d", "next_due_on") == [5_000_000, date(2026, 11, 20)]


def test_a_customer_who_does_nothing_has_zeros_and_gaps(town: Bank, machine: Actor) -> None:
    refresh(town, machine)
    assert told(town, LI, "deposits", "txn_count_30d", "login_30d", "no_login_30d") == [0, 0, 0, False]
    assert told(town, LI, "last_txn_on", "age", "risk_tolerance", "risk_expired") == [None, None, None, None]


def test_a_rate_over_nothing_has_no_value(town: Bank, machine: Actor) -> None:
    refresh(town, machine)
    assert told(town, LI, "net_outflow_rate_3m", "card_usage", "mobile_pay_share") == [None, None, None]


def test_somebody_who_is_no_customer_has_no_bit_and_no_value(town: Bank, machine: Actor) -> None:
    refresh(town, machine)
    snapshot = tags.open(town)
    assert snapshot.size == LI + 1
    assert [one for one in range(snapshot.size) if snapshot.holds(one)] == [ZHANG, LI]
    assert snapshot.column("aum").values[:ZHANG].tolist() == [0] * ZHANG


def test_an_event_from_2099_counts_on_no_day_before(town: Bank, machine: Actor) -> None:
    make.fill(
        town,
        machine,
        "behaviour",
        [make.a_behaviour("app", "far", "A-1", make.at(date(2099, 1, 1)), name="login", known_at=make.KNOWN)],
    )
    refresh(town, machine)
    assert told(town, ZHANG, "login_30d", "last_login_on") == [2, DAY - timedelta(days=1)]


def test_what_was_known_later_leaves_a_past_day_byte_for_byte_as_it_was(town: Bank, machine: Actor) -> None:
    past = DAY - timedelta(days=20)
    refresh(town, machine, as_of=past)
    before = _bytes(town, past)
    late: dict[str, Any] = {"known_at": make.at(past + timedelta(days=1))}
    make.fill(town, machine, "transaction", [make.a_transaction("core", "n1", "a1", make.at(past), 77_700, **late)])
    make.fill(
        town,
        machine,
        "transaction",
        [make.a_transaction("core", "t2", "a1", make.at(date(2026, 10, 5)), 5, revision=1, **late)],
    )
    refresh(town, machine, as_of=past)
    assert _bytes(town, past) == before
    refresh(town, machine)
    assert told(town, ZHANG, "salary_180d") == [1_000_000]


def _bytes(bank: Bank, day: date) -> dict[str, bytes]:
    folder = tags.open(bank, day).path
    return {one.name: one.read_bytes() for one in folder.iterdir() if one.name != "page.json"}


def test_a_past_day_and_the_newest_stand_side_by_side(town: Bank, machine: Actor) -> None:
    refresh(town, machine)
    refresh(town, machine, as_of=DAY - timedelta(days=30))
    assert tags.open(town).as_of == DAY
    assert tags.open(town, DAY - timedelta(days=30)).as_of == DAY - timedelta(days=30)
    with pytest.raises(NoSuchDay):
        tags.open(town, DAY - timedelta(days=31))


def test_readers_of_a_snapshot_keep_it_while_a_newer_one_is_published(town: Bank, machine: Actor) -> None:
    refresh(town, machine)
    held = tags.open(town)
    make.fill(town, machine, "account", [make.an_account("core", "a3", "C-2", balance=7)])
    refresh(town, machine)
    assert held.column("deposits").at(LI) == 0
    assert told(town, LI, "deposits") == [7]


def test_one_refresh_at_a_time_and_only_by_who_may(town: Bank, machine: Actor) -> None:
    with pytest.raises(Forbidden):
        refresh(town, make.an_actor())
    with town.read(machine) as tx:
        from liuke.data.tags import store

        store.claim(tx, TagsRunning)
        with pytest.raises(TagsRunning):
            refresh(town, machine)


def test_a_refresh_says_so(town: Bank, machine: Actor) -> None:
    done = refresh(town, machine)
    with town.read(machine) as tx:
        events = log.read_after(tx.connection, 0, 0, kinds=("tags.refreshed",))
    assert [event.payload["snapshot"] for event in events] == [done.snapshot]


def test_an_empty_bank_has_no_snapshot(bank: Bank, machine: Actor) -> None:
    assert refresh(bank, machine).as_of is None
    with pytest.raises(tags.NoSnapshot):
        tags.open(bank)


def test_columns_are_as_narrow_as_their_values(town: Bank, machine: Actor) -> None:
    refresh(town, machine)
    snapshot = tags.open(town)
    kinds = {code: snapshot.column(code).values.dtype for code in ("login_30d", "aum", "last_login_on", "marital")}
    assert kinds == {"login_30d": np.int8, "aum": np.int32, "last_login_on": np.int16, "marital": np.uint8}

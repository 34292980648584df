"""The kernel's own way from the lake: what a day brings, what moves to another customer, what is put right."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from tests.data.profile import builders as make
from tests.data.tags.conftest import DAY, LI, ZHANG

from liuke.data import tags
from liuke.data.tags.engine.duck import DuckEngine
from liuke.data.tags.engine.model import Task
from liuke.data.tags.publish import publish
from liuke.data.tags.refresh import Refreshed, refresh
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank

_NEXT: Final = DAY + timedelta(days=1)
_KNOWN: Final[dict[str, Any]] = {"known_at": make.at(_NEXT, 15)}

Change = Callable[[Bank, Actor], None]


def _as_sql_says(bank: Bank, machine: Actor, folder: Path) -> dict[str, bytes]:
    """The files of the snapshot SQL gives for the newest snapshot's day."""
    with bank.read(machine) as tx:
        task = Task(bank, tx, tags.book(bank), tags.open(bank).as_of, folder, lambda _fraction, _phrase: None)
        made = publish(task, DuckEngine().compute, "duckdb")
    return _files(folder / made.name)


def _files(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.iterdir() if one.suffix not in {".json", ".state"}}


def _brought(bank: Bank, machine: Actor, folder: Path) -> Refreshed:
    """Refresh once more, and see that the result is what SQL says."""
    done = refresh(bank, machine)
    assert _files(tags.open(bank).path) == _as_sql_says(bank, machine, folder)
    return done


def a_day(bank: Bank, machine: Actor) -> None:
    """A day like any other."""
    rows = [make.a_transaction("core", f"n{one}", "a1", make.at(_NEXT), 1000 + one, **_KNOWN) for one in range(3)]
    make.fill(bank, machine, "transaction", rows)
    make.fill(
        bank, machine, "behaviour", [make.a_behaviour("app", "n1", "A-1", make.at(_NEXT), name="login", **_KNOWN)]
    )


def late(bank: Bank, machine: Actor) -> None:
    """Bookings of last month that are known only now."""
    rows = [make.a_transaction("core", f"o{one}", "a2", make.days_before(40), 500, **_KNOWN) for one in range(2)]
    make.fill(bank, machine, "transaction", rows)


def correction(bank: Bank, machine: Actor) -> None:
    """A booking that was put right."""
    fixed = make.a_transaction("core", "t4", "a1", make.at(date(2026, 10, 20)), 7, revision=1, **_KNOWN)
    make.fill(bank, machine, "transaction", [fixed])


def merge(bank: Bank, machine: Actor) -> None:
    """Li turns out to be Zhang."""
    a_day(bank, machine)
    make.join(bank, machine, {("core", "C-2"): ZHANG})


def split(bank: Bank, machine: Actor) -> None:
    """The app user turns out to be Li."""
    a_day(bank, machine)
    make.join(bank, machine, {("app", "A-1"): LI, ("callcentre", "A-1"): LI})


def joining(bank: Bank, machine: Actor) -> None:
    """Somebody whose clicks were nobody's becomes a customer."""
    make.fill(bank, machine, "behaviour", [make.a_behaviour("app", "s1", "A-9", make.days_before(5), name="login")])
    refresh(bank, machine)
    a_day(bank, machine)
    make.join(bank, machine, {("app", "A-9"): LI})


def newcomer(bank: Bank, machine: Actor) -> None:
    """Somebody opens an account, of whom nothing else is known; beside them is one who only clicks."""
    make.join(bank, machine, {("app", "A-9"): 3, ("core", "C-9"): 4})
    make.fill(bank, machine, "behaviour", [make.a_behaviour("app", "s1", "A-9", make.days_before(5), name="login")])
    refresh(bank, machine)
    make.fill(bank, machine, "account", [make.an_account("core", "a9", "C-9", balance=5, **_KNOWN)])


def handover(bank: Bank, machine: Actor) -> None:
    """An account that is given to somebody else."""
    make.fill(bank, machine, "account", [make.an_account("core", "a1", "C-2", balance=1, revision=1, **_KNOWN)])


def renamed(bank: Bank, machine: Actor) -> None:
    """A product that was something else than was said."""
    product = make.a_product("F9", name="稳健债券", kind="fund") | {"revision": 1, **_KNOWN}
    make.fill(bank, machine, "product", [product])
    a_day(bank, machine)


@pytest.mark.parametrize("change", [a_day, late, correction, merge, split, joining, newcomer, handover, renamed])
def test_whatever_a_day_brings_the_tags_are_those_of_everything_afresh(
    town: Bank, machine: Actor, tmp_path: Path, change: Change
) -> None:
    refresh(town, machine)
    change(town, machine)
    _brought(town, machine, tmp_path / "sql")


def test_a_day_like_any_other_is_brought_forward(town: Bank, machine: Actor) -> None:
    assert refresh(town, machine).full
    a_day(town, machine)
    done = refresh(town, machine)
    assert (done.as_of, done.full) == (_NEXT, False)


def test_a_merge_while_tags_are_refreshed_is_in_the_next_snapshot(town: Bank, machine: Actor, tmp_path: Path) -> None:
    def meanwhile(fraction: float, _phrase: str) -> None:
        if fraction > 0.4:
            make.join(town, machine, {("core", "C-2"): ZHANG})

    assert refresh(town, machine, report=meanwhile).customers == 2
    assert tags.open(town).holds(LI)
    assert _brought(town, machine, tmp_path / "sql").customers == 1
    assert not tags.open(town).holds(LI)


def test_a_customer_with_a_million_events_is_a_customer_like_others(town: Bank, machine: Actor) -> None:
    with town.lake.engine() as lake:
        rows = lake.sql(
            "SELECT 'app' AS source, 'm' || i AS source_key, TIMESTAMPTZ '2026-10-31 01:00:00+00'"
            " - INTERVAL 1 MINUTE * i AS event_time, TIMESTAMPTZ '2026-10-31 15:59:59+00' AS known_at,"
            " '00000000-0000-7000-8000-000000000001' AS load_id, 1::UBIGINT AS row_hash, 0 AS revision,"
            " 'A-1' AS party_key, NULL::VARCHAR AS device_id, NULL::VARCHAR AS session_id, 'login' AS name,"
            " 'home' AS page, NULL::VARCHAR AS product_no, 1 AS seconds, 'app' AS channel FROM range(1000000) t(i)"
        ).to_arrow_table()
    from liuke.data import sources

    draft = town.lake.write(sources.CANONICAL["behaviour"], rows)
    with town.write(machine) as tx:
        town.lake.publish(tx, [draft])
    refresh(town, machine)
    column = tags.open(town).column("login_30d")
    assert column.at(ZHANG) == 29 * 1440 + 9 * 60 + 1 + 2
    assert column.at(LI) == 0
